package figure

import (
	"math/rand/v2"

	"atelier/generation/providers/sketch/internal/paint"
)

func vehicles() []Kind {
	return []Kind{
		{"car", Ground, 0.11, paint.Hex(0xc8402f), car},
		{"train", Ground, 0.12, paint.Hex(0x8a3a30), train},
		{"rocket", Ground, 0.4, paint.Hex(0xeceae4), rocket},
		{"bicycle", Ground, 0.13, paint.Hex(0x3a6a78), bicycle},
	}
}

func car(f *Figure, _ *rand.Rand) {
	f.add(Accent).Curve(-1.1, -0.2, -1.12, -0.46, -0.96, -0.56, -0.62, -0.6, -0.4, -0.92, 0.26, -0.94, 0.6, -0.6, 1.02, -0.52, 1.14, -0.4, 1.12, -0.2, 0, -0.15)
	f.add(Lamp).XY(-0.5, -0.6, -0.34, -0.85, -0.05, -0.86, -0.05, -0.6).XY(0.03, -0.6, 0.03, -0.86, 0.22, -0.86, 0.46, -0.6)
	f.glass(Shade, 0.5).XY(-1.1, -0.36, 1.14, -0.36, 1.12, -0.2, -1.1, -0.2)
	f.add(Dark).Oval(-0.64, -0.19, 0.2, 0.2).Oval(0.66, -0.19, 0.2, 0.2)
	f.add(Pale).Oval(-0.64, -0.19, 0.09, 0.09).Oval(0.66, -0.19, 0.09, 0.09)
	f.add(Lamp).Oval(1.08, -0.43, 0.06, 0.05)
}

// train is a steam engine with its coaches.
func train(f *Figure, r *rand.Rand) {
	for i := range 9 {
		k := float32(i) / 9
		rad := 0.09 + 0.26*k
		f.glass(Pale, 0.55-0.45*k).Oval(0.78-1.9*k, -1.1-0.5*k+0.07*r.Float32(), rad*1.3, rad)
	}
	f.add(Dark).Rect(-5.2, -0.1, 1.3, -0.06)
	for i := range 4 {
		x := -1.35 - 1.28*float32(i)
		f.add(Accent).Rect(x, -0.78, x+1.2, -0.2)
		f.add(Shade).Rect(x-0.02, -0.86, x+1.22, -0.76).Rect(x, -0.32, x+1.2, -0.2)
		lamp := f.add(Lamp)
		for j := range 5 {
			lamp.Rect(x+0.1+0.21*float32(j), -0.66, x+0.24+0.21*float32(j), -0.44)
		}
		f.add(Dark).Oval(x+0.25, -0.12, 0.12, 0.12).Oval(x+0.95, -0.12, 0.12, 0.12)
	}
	f.add(Body).Rect(-0.04, -0.9, 0.4, -0.18).Rect(0.3, -0.68, 1.05, -0.26).Oval(1.05, -0.47, 0.08, 0.21)
	f.add(Dark).Rect(-0.1, -0.97, 0.46, -0.88).XY(0.76, -0.66, 0.7, -1, 0.92, -1, 0.86, -0.66).Oval(0.56, -0.7, 0.09, 0.08).
		Oval(0.12, -0.15, 0.15, 0.15).Oval(0.48, -0.15, 0.15, 0.15).Oval(0.84, -0.12, 0.12, 0.12).XY(1.05, -0.22, 1.32, 0, 1, 0)
	f.add(Lamp).Rect(0.06, -0.78, 0.28, -0.56).Oval(1.1, -0.56, 0.06, 0.06)
}

// rocket stands or climbs on its fire.
func rocket(f *Figure, r *rand.Rand) {
	f.glass(Lamp, 0.85).Curve(-0.06, -0.12, 0, -0.1, 0.06, -0.12, 0.045, 0.06, 0, 0.2, -0.045, 0.06)
	for i := range 7 {
		f.glass(Pale, 0.5).Oval(-0.24+0.08*float32(i), 0.02+0.03*r.Float32(), 0.075, 0.05)
	}
	f.add(Accent).XY(-0.09, -0.42, -0.2, -0.1, -0.09, -0.17).XY(0.09, -0.42, 0.2, -0.1, 0.09, -0.17)
	f.add(Body).Curve(-0.085, -0.14, -0.11, -0.4, -0.1, -0.68, -0.05, -0.88, 0, -1, 0, -1, 0.05, -0.88, 0.1, -0.68, 0.11, -0.4, 0.085, -0.14, 0, -0.13)
	f.glass(Shade, 0.42).Curve(0.03, -0.14, 0.04, -0.4, 0.03, -0.7, 0, -1, 0.05, -0.88, 0.1, -0.68, 0.11, -0.4, 0.085, -0.14)
	f.add(Accent).Curve(-0.075, -0.79, -0.04, -0.9, 0, -1, 0, -1, 0.04, -0.9, 0.075, -0.79, 0, -0.77)
	f.add(Dark).Oval(0, -0.62, 0.05, 0.05).XY(-0.06, -0.14, -0.075, -0.1, 0.075, -0.1, 0.06, -0.14)
	f.add(Lamp).Oval(0, -0.62, 0.036, 0.036)
}

func bicycle(f *Figure, _ *rand.Rand) {
	wheels := f.add(Dark)
	for _, x := range []float32{-0.52, 0.52} {
		outer := new(paint.Path).Oval(x, -0.36, 0.36, 0.36)
		wheels.Add(outer.Cut(new(paint.Path).Oval(x, -0.36, 0.325, 0.325)))
		for i := range 6 {
			a := float32(i) * 0.5236
			wheels.Limb(0.007, 0.007, x-0.33*paint.Cos(a), -0.36-0.33*paint.Sin(a), x+0.33*paint.Cos(a), -0.36+0.33*paint.Sin(a))
		}
	}
	f.add(Accent).Limb(0.035, 0.035, -0.52, -0.36, -0.2, -0.76).Limb(0.035, 0.035, -0.2, -0.76, 0.4, -0.78).Limb(0.035, 0.035, 0.4, -0.78, -0.04, -0.36).
		Limb(0.035, 0.035, -0.04, -0.36, -0.2, -0.76).Limb(0.035, 0.035, -0.04, -0.36, -0.52, -0.36).Limb(0.035, 0.03, 0.52, -0.36, 0.36, -0.92)
	f.add(Dark).Limb(0.035, 0.03, 0.36, -0.92, 0.24, -0.98, 0.2, -0.94).Limb(0.03, 0.03, -0.2, -0.76, -0.24, -0.88).Limb(0.07, 0.04, -0.36, -0.9, -0.12, -0.88).Oval(-0.04, -0.36, 0.07, 0.07)
}
