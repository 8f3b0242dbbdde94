package paint

import (
	"image"
	"math/rand/v2"
)

// Grade is how the finished light becomes a picture.
type Grade struct {
	Exposure   float32 // 1 leaves the light as it is
	Contrast   float32 // 0 leaves it
	Saturation float32 // 1 leaves it
	Fade       float32 // lifts the blacks, 0–1
	Shadow     Lab     // pulls dark tones to its hue; L is ignored
	Highlight  Lab     // pulls light tones to its hue; L is ignored
	Vignette   float32 // 0–1
	Bloom      float32 // 0–1
	Grain      float32 // in 8-bit steps
	Paper      float32 // 0–1: the tooth of watercolour paper
}

const lutSide = 33

// lut holds graded 8-bit colours on a grid over the square roots of tone-mapped light.
type lut [lutSide * lutSide * lutSide][3]float32

func (g Grade) table() *lut {
	t := &lut{}
	for r := range lutSide {
		for gr := range lutSide {
			for b := range lutSide {
				sq := func(i int) float32 { v := float32(i) / (lutSide - 1); return v * v }
				t[(r*lutSide+gr)*lutSide+b] = g.colour(RGB{sq(r), sq(gr), sq(b)})
			}
		}
	}
	return t
}

func (g Grade) colour(v RGB) [3]float32 {
	c := v.Lab()
	c.L += g.Contrast * (Smooth(c.L, 0, 1) - c.L)
	c.L = g.Fade*0.22 + c.L*(1-g.Fade*0.27)
	c = c.Saturate(g.Saturation)
	dark, light := 1-Smooth(c.L, 0.05, 0.6), Smooth(c.L, 0.45, 1)
	c.A += g.Shadow.A*dark + g.Highlight.A*light
	c.B += g.Shadow.B*dark + g.Highlight.B*light
	out := c.RGB()
	return [3]float32{
		encode(min(out.R, 1)) * 255, encode(min(out.G, 1)) * 255, encode(min(out.B, 1)) * 255,
	}
}

func (t *lut) at(v RGB) [3]float32 {
	var idx [3]int
	var f [3]float32
	for i, x := range [3]float32{v.R, v.G, v.B} {
		x = Sqrt(x) * (lutSide - 1)
		idx[i] = min(int(x), lutSide-2)
		f[i] = x - float32(idx[i])
	}
	base := (idx[0]*lutSide+idx[1])*lutSide + idx[2]
	var out [3]float32
	for corner := range 8 {
		k, at := float32(1), base
		if corner&1 != 0 {
			k, at = k*f[0], at+lutSide*lutSide
		} else {
			k *= 1 - f[0]
		}
		if corner&2 != 0 {
			k, at = k*f[1], at+lutSide
		} else {
			k *= 1 - f[1]
		}
		if corner&4 != 0 {
			k, at = k*f[2], at+1
		} else {
			k *= 1 - f[2]
		}
		e := &t[at]
		out[0] += e[0] * k
		out[1] += e[1] * k
		out[2] += e[2] * k
	}
	return out
}

// shoulder lets light above 0.7 roll off towards 1 instead of cutting it.
func shoulder(x float32) float32 {
	const knee = 0.7
	if !(x > 0) { // not a number is black too
		return 0
	}
	if x <= knee {
		return x
	}
	over := (x - knee) / (1 - knee)
	return knee + (1-knee)*over/(1+over)
}

// Develop makes the picture. Grain comes from r.
func (c *Canvas) Develop(g Grade, r *rand.Rand) *image.RGBA {
	t := g.table()
	var bloom *Canvas
	if g.Bloom > 0 {
		bloom = c.bloom()
	}
	tooth := NewNoise(r)
	out := image.NewRGBA(image.Rect(0, 0, c.W, c.H))
	fw, fh := float32(c.W), float32(c.H)
	for y := range c.H {
		ny := (float32(y)+0.5)/fh*2 - 1
		for x := range c.W {
			nx := (float32(x)+0.5)/fw*2 - 1
			v := c.At(x, y)
			if bloom != nil {
				v = v.Plus(bloom.Bilinear((float32(x)+0.5)*float32(bloom.W)/fw, (float32(y)+0.5)*float32(bloom.H)/fh).Scale(g.Bloom))
			}
			d := (nx*nx + ny*ny) * 0.5
			k := g.Exposure * (1 - g.Vignette*d*d)
			e := t.at(RGB{shoulder(v.R * k), shoulder(v.G * k), shoulder(v.B * k)})
			bits := r.Uint64()
			tri := float32(bits&0xffff)/65536 + float32(bits>>16&0xffff)/65536 - 1
			n := tri * g.Grain
			if g.Paper > 0 {
				n += g.Paper * 14 * tooth.Fbm(float32(x)*0.19, float32(y)*0.19, 3)
			}
			i := out.PixOffset(x, y)
			out.Pix[i] = uint8(Clamp(e[0]+n+0.5, 0, 255))
			out.Pix[i+1] = uint8(Clamp(e[1]+n+0.5, 0, 255))
			out.Pix[i+2] = uint8(Clamp(e[2]+n+0.5, 0, 255))
			out.Pix[i+3] = 255
		}
	}
	return out
}

// bloom is the light that bright parts spread, small and blurred.
func (c *Canvas) bloom() *Canvas {
	small := c.Reduce(256)
	for i := 0; i < len(small.Pix); i += 3 {
		v := RGB{small.Pix[i], small.Pix[i+1], small.Pix[i+2]}
		k := Smooth(v.Luma(), 0.55, 1.4)
		small.Pix[i], small.Pix[i+1], small.Pix[i+2] = min(v.R*k, 3), min(v.G*k, 3), min(v.B*k, 3)
	}
	radius := max(1, max(small.W, small.H)/40)
	for range 3 {
		small.boxBlur(radius)
	}
	return small
}

func (c *Canvas) boxBlur(radius int) {
	tmp := make([]RGB, max(c.W, c.H))
	line := func(n int, get func(i int) RGB, set func(i int, v RGB)) {
		var sum RGB
		k := 1 / float32(2*radius+1)
		at := func(i int) RGB { return get(min(max(i, 0), n-1)) }
		for i := -radius; i <= radius; i++ {
			sum = sum.Plus(at(i))
		}
		for i := range n {
			tmp[i] = sum.Scale(k)
			sum = sum.Plus(at(i + radius + 1)).Plus(at(i - radius).Scale(-1))
		}
		for i := range n {
			set(i, tmp[i])
		}
	}
	for y := range c.H {
		line(c.W, func(i int) RGB { return c.At(i, y) }, func(i int, v RGB) { c.Set(i, y, v) })
	}
	for x := range c.W {
		line(c.H, func(i int) RGB { return c.At(x, i) }, func(i int, v RGB) { c.Set(x, i, v) })
	}
}
