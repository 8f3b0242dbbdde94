package paint

import (
	"math"
	"math/rand/v2"
)

// Noise is seeded gradient noise in one and two dimensions. Values lie roughly in −1 to 1. It is read-only once made.
type Noise struct {
	perm  [512]uint16
	gradX [256]float32
	gradY [256]float32
}

// Seeded is a generator that gives the same numbers for the same seeds, for ever.
func Seeded(a, b uint64) *rand.Rand {
	return rand.New(rand.NewPCG(a, b))
}

// NewNoise makes noise from the generator.
func NewNoise(r *rand.Rand) *Noise {
	n := &Noise{}
	for i, p := range r.Perm(256) {
		n.perm[i], n.perm[i+256] = uint16(p), uint16(p)
		sin, cos := math.Sincos(r.Float64() * 2 * math.Pi)
		n.gradX[i], n.gradY[i] = float32(cos), float32(sin)
	}
	return n
}

// At is the noise at a point of the plane.
func (n *Noise) At(x, y float32) float32 {
	xi, yi := floor(x), floor(y)
	fx, fy := x-float32(xi), y-float32(yi)
	u, v := fade(fx), fade(fy)
	x0, x1 := xi&255, (xi+1)&255
	p0, p1 := int(n.perm[x0]), int(n.perm[x1])
	y0, y1 := yi&255, (yi+1)&255
	h00, h10 := n.perm[p0+y0], n.perm[p1+y0]
	h01, h11 := n.perm[p0+y1], n.perm[p1+y1]
	a := n.gradX[h00]*fx + n.gradY[h00]*fy
	b := n.gradX[h10]*(fx-1) + n.gradY[h10]*fy
	c := n.gradX[h01]*fx + n.gradY[h01]*(fy-1)
	d := n.gradX[h11]*(fx-1) + n.gradY[h11]*(fy-1)
	top := a + (b-a)*u
	return (top + (c+(d-c)*u-top)*v) * 1.5
}

// Line is the noise along a line.
func (n *Noise) Line(x float32) float32 {
	xi := floor(x)
	f := x - float32(xi)
	a := n.gradX[n.perm[xi&255]] * f
	b := n.gradX[n.perm[(xi+1)&255]] * (f - 1)
	return (a + (b-a)*fade(f)) * 2.4
}

// Fbm adds octaves of noise, each twice as fine and half as strong.
func (n *Noise) Fbm(x, y float32, octaves int) float32 {
	var sum float32
	amp := float32(0.5)
	for range octaves {
		sum += n.At(x, y) * amp
		x, y = x*2.03+17.1, y*2.03+9.7
		amp *= 0.5
	}
	return sum
}

// LineFbm adds octaves along a line; gain is how strong each is against the one before.
func (n *Noise) LineFbm(x float32, octaves int, gain float32) float32 {
	var sum, norm float32
	amp := float32(1)
	for range octaves {
		sum += n.Line(x) * amp
		norm += amp
		x = x*2.07 + 31.7
		amp *= gain
	}
	return sum / norm
}

// LineRidge is sharp-crested noise in 0–1, for mountains: crests where the noise crosses zero.
func (n *Noise) LineRidge(x float32, octaves int, gain float32) float32 {
	var sum, norm float32
	amp := float32(1)
	for range octaves {
		v := 1 - Abs(n.Line(x))*1.35
		sum += v * amp
		norm += amp
		x = x*2.13 + 11.3
		amp *= gain
	}
	return Clamp(sum/norm, 0, 1)
}

// Hash is a repeatable value in 0–1 for a cell of a grid.
func (n *Noise) Hash(x, y int) float32 {
	h := n.perm[int(n.perm[x&255])+(y&255)]
	g := n.perm[int(h)+((x>>8+y>>8)&255)]
	return (float32(h) + float32(g)/256) / 256
}

func fade(t float32) float32 { return t * t * t * (t*(t*6-15) + 10) }

func floor(v float32) int {
	i := int(v)
	if float32(i) > v {
		i--
	}
	return i
}
