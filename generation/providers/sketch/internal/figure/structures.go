package figure

import (
	"math/rand/v2"

	"atelier/generation/providers/sketch/internal/paint"
)

func structures() []Kind {
	return []Kind{
		{"torii", Ground, 0.28, paint.Hex(0xc8372c), torii},
		{"bridge", Water, 0.26, paint.Hex(0x9a4a3a), bridge},
	}
}

func torii(f *Figure, _ *rand.Rand) {
	f.add(Accent).XY(-0.36, 0, -0.31, -0.8, -0.24, -0.8, -0.27, 0).XY(0.36, 0, 0.31, -0.8, 0.24, -0.8, 0.27, 0).Rect(-0.44, -0.68, 0.44, -0.61).Rect(-0.035, -0.82, 0.035, -0.66)
	f.add(Accent).Poly(eave(0.56, 0.5, -0.8, 0.07)...)
	f.add(Dark).Poly(eave(0.6, 0.55, -0.87, 0.06)...)
	f.glass(Shade, 0.45).XY(-0.3, 0, -0.265, -0.8, -0.24, -0.8, -0.27, 0).XY(0.36, 0, 0.31, -0.8, 0.285, -0.8, 0.32, 0)
	f.add(Dark).XY(-0.385, 0.01, -0.375, -0.06, -0.255, -0.06, -0.25, 0.01).XY(0.385, 0.01, 0.375, -0.06, 0.255, -0.06, 0.25, 0.01)
}

// bridge hangs from two towers.
func bridge(f *Figure, _ *rand.Rand) {
	f.add(Shade).Rect(-3.2, -0.32, 3.2, -0.27)
	cables := f.add(Accent)
	hang(cables, -2.9, -1)
	hang(cables, -1, 1)
	hang(cables, 1, 2.9)
	f.add(Accent).Rect(-1.07, -1, -0.93, 0.04).Rect(0.93, -1, 1.07, 0.04).Rect(-3.2, -0.345, 3.2, -0.315)
	f.glass(Shade, 0.5).Rect(-0.99, -1, -0.93, 0.04).Rect(1.01, -1, 1.07, 0.04)
	lamps := f.add(Lamp)
	for i := range 17 {
		lamps.Oval(-2.8+0.35*float32(i), -0.365, 0.014, 0.014)
	}
}

func hang(p *paint.Path, x0, x1 float32) {
	high := func(x float32) float32 { // the cable's height
		switch {
		case x0 < -2:
			t := (x - x0) / (x1 - x0)
			return -0.34 - 0.62*t*t
		case x1 > 2:
			t := (x1 - x) / (x1 - x0)
			return -0.34 - 0.62*t*t
		}
		return -0.38 - 0.58*x*x
	}
	pts := []float32{}
	for i := range 11 {
		x := x0 + (x1-x0)*float32(i)/10
		pts = append(pts, x, high(x))
		if i > 0 && i < 10 {
			p.Limb(0.008, 0.008, x, high(x), x, -0.33)
			mid := x - (x1-x0)/20
			p.Limb(0.008, 0.008, mid, high(mid), mid, -0.33)
		}
	}
	p.Limb(0.026, 0.026, pts...)
}
