package figure

import (
	"math/rand/v2"

	"atelier/generation/providers/sketch/internal/paint"
)

func plants() []Kind {
	return []Kind{
		{"cactus", Ground, 0.26, paint.Hex(0x4f7a4a), cactus},
		{"flower", Ground, 0.17, paint.Hex(0xe4526a), Flower},
		{"mushroom", Ground, 0.15, paint.Hex(0xc8402f), mushroom},
	}
}

func cactus(f *Figure, r *rand.Rand) {
	k := 0.8 + 0.3*r.Float32()
	f.add(Leaf).Limb(0.15, 0.13, 0, 0, 0, -0.93).
		Limb(0.1, 0.09, 0, -0.36, -0.2, -0.37, -0.25, -0.46, -0.25, -0.46-0.26*k).
		Limb(0.1, 0.085, 0, -0.5, 0.18, -0.52, 0.22, -0.6, 0.22, -0.6-0.2*k)
	f.glass(Dark, 0.25).Limb(0.012, 0.01, 0.025, 0, 0.025, -0.92).Limb(0.012, 0.01, -0.03, 0, -0.03, -0.92)
	f.add(Accent).Oval(0, -0.99, 0.04, 0.03).Oval(-0.25, -0.5-0.26*k, 0.03, 0.025)
}

// Flower has a stem, two leaves and two rings of petals; meadows are made of it.
func Flower(f *Figure, r *rand.Rand) {
	bend := 0.16 * (r.Float32() - 0.5)
	f.add(Leaf).Limb(0.035, 0.028, 0, 0, bend*0.4, -0.4, bend, -0.72).
		Curve(0.01, -0.2, 0.14, -0.36, 0.27, -0.4, 0.2, -0.26, 0.06, -0.16).
		Curve(-0.01, -0.12, -0.14, -0.3, -0.26, -0.32, -0.18, -0.18, -0.06, -0.08)
	petals := 6 + r.IntN(4)
	for ring, rad := range []float32{0.2, 0.13} {
		tone := []Tone{Accent, Light}[ring]
		path := f.add(tone)
		for i := range petals {
			a := (float32(i) + 0.5*float32(ring)) / float32(petals) * 6.2832
			path.Tilted(bend+paint.Cos(a)*rad*0.62, -0.76+paint.Sin(a)*rad*0.62, rad*0.52, rad*0.26, a)
		}
	}
	f.add(Pale).Oval(bend, -0.76, 0.062, 0.062)
}

func mushroom(f *Figure, r *rand.Rand) {
	one := func(x, h float32) {
		f.add(Pale).Curve(x-0.11*h, 0, x-0.08*h, -0.3*h, x-0.09*h, -0.56*h, x+0.09*h, -0.56*h, x+0.08*h, -0.3*h, x+0.12*h, 0)
		f.glass(Shade, 0.3).Curve(x+0.02*h, 0, x+0.02*h, -0.3*h, x+0.02*h, -0.56*h, x+0.09*h, -0.56*h, x+0.08*h, -0.3*h, x+0.12*h, 0)
		f.add(Accent).Curve(x-0.4*h, -0.52*h, x-0.34*h, -0.76*h, x-0.14*h, -0.96*h, x+0.1*h, -0.98*h, x+0.32*h, -0.78*h, x+0.4*h, -0.52*h, x+0.2*h, -0.47*h, x-0.2*h, -0.47*h)
		f.add(Pale).Oval(x-0.16*h, -0.76*h, 0.06*h, 0.05*h).Oval(x+0.07*h, -0.84*h, 0.07*h, 0.055*h).Oval(x+0.22*h, -0.66*h, 0.05*h, 0.045*h).Oval(x-0.02*h, -0.63*h, 0.045*h, 0.04*h).Oval(x-0.28*h, -0.6*h, 0.035*h, 0.035*h)
	}
	one(0.36, 0.5+0.1*r.Float32())
	one(-0.4, 0.38)
	one(0, 1)
}
