package compose

import "atelier/generation/providers/sketch/internal/paint"

// water lays a plane from the horizon down that mirrors what is above it, broken by ripples, with the path of the light.
func (p *picture) water() {
	if !p.wet() {
		return
	}
	n := p.noise("water")
	r := p.rand("water")
	rough := p.roughness()
	deep := p.pal.Zenith.Mix(p.pal.Near, 0.3).Mix(paint.Hex(0x0f6a78), 0.22)
	if p.Scene.Is("beach", "island") && !p.Scene.Dark() {
		deep = deep.Mix(paint.Hex(0x1ab0a8), 0.35)
	}
	if c := p.Scene.LandHue; c != "" {
		deep = tint(deep, hue(c), 0.6)
	}
	body, sheen := deep.RGB(), p.pal.Sun.Mix(p.pal.Key, 0.4).RGB()
	mirror := p.copyAbove()
	top, bottom := int(p.lay.horizon), min(p.H, int(p.lay.shore)+int(p.u*0.06))
	phase := r.Float32() * 90
	glint := float32(1)
	if !p.lay.sunUp {
		glint = 0.3
	}
	for y := max(top, 0); y < bottom; y++ {
		d := (float32(y) - p.lay.horizon + 1) / (p.h - p.lay.horizon) // 0 far, 1 near
		scale := 1 / (0.012 + d*0.34)                                 // ripples shrink with distance
		fresnel := 0.86 - 0.5*paint.Smooth(d, 0, 1) - 0.12*rough
		ny := paint.Pow(d, 0.45) * 26
		for x := range p.W {
			fx := (float32(x) - p.w/2) / p.u
			rip := n.At(fx*scale*0.55+phase, ny*2.2) + 0.6*n.At(fx*scale*1.3-phase, ny*4.6)
			sx := float32(x) + rip*p.u*0.012*(0.25+d)*(0.5+rough)
			up := (float32(y) - p.lay.horizon) * (1.02 + 0.1*d)
			sy := p.lay.horizon - up + rip*p.u*(0.006+0.05*d)*(0.3+rough)
			v := body.Lerp(mirror.At(int(sx), min(int(sy), top-1)), paint.Clamp(fresnel+rip*0.16*(0.4+rough), 0, 1))
			v = v.Scale(1 + 0.1*rip*(0.4+rough))
			width := p.lay.sunR*(0.8+2.6*d) + p.u*0.03
			off := (float32(x) - p.lay.sunX + rip*p.u*0.05*d) / width
			spark := paint.Exp(-off*off) * paint.Smooth(rip+0.35*n.At(fx*scale*4, ny*9), 0.02+0.3*d, 0.55+0.2*d)
			p.Set(x, y, v.Plus(sheen.Scale(spark*0.85*glint)))
		}
	}
	p.waterLine()
	if rough > 0.6 {
		p.breakers()
	}
}

// roughness is how much the water moves, 0–1.
func (p *picture) roughness() float32 {
	s := &p.Scene
	switch {
	case s.Has("storm"):
		return 1
	case s.Has("wind"):
		return 0.75
	case s.Has("rain"):
		return 0.5
	case s.Has("calm"), s.Is("lake"):
		return 0.08
	case s.Is("river"):
		return 0.22
	case s.Is("sea"):
		return 0.4
	}
	return 0.3
}

func (p *picture) copyAbove() *paint.Canvas {
	rows := min(p.H, max(1, int(p.lay.horizon)))
	return &paint.Canvas{W: p.W, H: rows, Pix: append([]float32(nil), p.Pix[:rows*p.W*3]...)}
}

// waterLine is the pale mist where the far shore meets the water.
func (p *picture) waterLine() {
	c := p.pal.Far.Mix(p.pal.Horizon, 0.5).RGB()
	reach := p.u * 0.012
	for y := max(0, int(p.lay.horizon-reach)); y < min(p.H, int(p.lay.horizon+reach)); y++ {
		k := 1 - paint.Abs(float32(y)-p.lay.horizon)/reach
		for x := range p.W {
			p.Blend(x, y, c, 0.4*k*k)
		}
	}
}

// breakers are rows of swell with foam, for wind and storm.
func (p *picture) breakers() {
	n := p.noise("breakers")
	dark, foam := p.pal.Near.Mix(p.pal.Upper, 0.45), p.pal.Cloud.Mix(p.pal.Horizon, 0.3).RGB()
	for i := range 6 {
		k := float32(i+1) / 6
		base := p.lay.horizon + (p.lay.shore-p.lay.horizon)*k*k*0.98
		amp := p.u * 0.075 * k * k
		tops := p.Tops(func(x float32) float32 {
			fx := x/p.u*(2.6-1.2*k) + k*31
			v := n.LineRidge(fx, 3, 0.35)
			return base - amp*v*v
		})
		body := dark.Mix(p.pal.Lower, 0.3*(1-k)).RGB()
		p.Below(tops, min(p.H, int(base+p.u*0.11*k)), func(x, y int, depth float32) paint.RGB {
			t := depth / (p.u * 0.1 * k)
			grain := n.Fbm(float32(x)/p.u*22, float32(y)/p.u*60, 3)
			v := p.At(x, y).Lerp(body, (1-paint.Smooth(t, 0.1, 1))*0.75)
			return v.Lerp(foam, 0.85*paint.Smooth(grain+0.45-t*2.6, 0.1, 0.5))
		})
	}
}
