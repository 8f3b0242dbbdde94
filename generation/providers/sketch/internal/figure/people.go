package figure

import (
	"math/rand/v2"

	"atelier/generation/providers/sketch/internal/paint"
)

func people() []Kind {
	return []Kind{
		{"person", Ground, 0.2, paint.Hex(0x3a4a5c), person},
		{"lovers", Ground, 0.21, paint.Hex(0x3a4a5c), lovers},
		{"robot", Ground, 0.26, paint.Hex(0x8a9aa4), robot},
	}
}

// person stands with a coat and a scarf that the wind moves.
func person(f *Figure, r *rand.Rand) {
	stand(f, 0, 1)
	flow := 0.1 + 0.12*r.Float32()
	f.add(Accent).Curve(-0.06, -0.82, 0.06, -0.82, 0.07, -0.76, -0.06, -0.75).
		Curve(-0.04, -0.81, -0.16, -0.8, -0.2-flow, -0.74, -0.3-flow, -0.76, -0.2-flow, -0.69, -0.12, -0.72, -0.03, -0.75)
}

func stand(f *Figure, x, h float32) {
	f.add(Dark).
		Limb(0.075*h, 0.05*h, x-0.045*h, -0.42*h, x-0.05*h, -0.2*h, x-0.055*h, -0.02*h).Oval(x-0.045*h, -0.015*h, 0.045*h, 0.02*h).
		Limb(0.075*h, 0.05*h, x+0.045*h, -0.42*h, x+0.06*h, -0.2*h, x+0.065*h, -0.02*h).Oval(x+0.075*h, -0.015*h, 0.045*h, 0.02*h)
	f.add(Body).
		Curve(x-0.075*h, -0.8*h, x, -0.83*h, x+0.075*h, -0.8*h, x+0.105*h, -0.68*h, x+0.1*h, -0.5*h, x+0.13*h, -0.32*h, x, -0.29*h, x-0.13*h, -0.32*h, x-0.1*h, -0.5*h, x-0.105*h, -0.68*h).
		Limb(0.055*h, 0.04*h, x-0.085*h, -0.76*h, x-0.13*h, -0.6*h, x-0.125*h, -0.44*h).
		Limb(0.055*h, 0.04*h, x+0.085*h, -0.76*h, x+0.13*h, -0.6*h, x+0.125*h, -0.44*h)
	f.add(Dark).Oval(x, -0.915*h, 0.062*h, 0.078*h).Rect(x-0.026*h, -0.86*h, x+0.026*h, -0.79*h)
}

// lovers stand close, hand in hand.
func lovers(f *Figure, _ *rand.Rand) {
	stand(f, -0.13, 1)
	stand(f, 0.13, 0.92)
	f.add(Accent).Curve(0.06, -0.74, 0.13, -0.77, 0.2, -0.74, 0.22, -0.5, 0.29, -0.2, 0.13, -0.17, -0.01, -0.2, 0.05, -0.5)
	f.add(Dark).Curve(0.07, -0.9, 0.13, -0.93, 0.2, -0.88, 0.21, -0.7, 0.16, -0.68, 0.17, -0.8, 0.1, -0.82)
}

func robot(f *Figure, _ *rand.Rand) {
	f.add(Shade).Limb(0.085, 0.07, -0.1, -0.36, -0.11, -0.06).Limb(0.085, 0.07, 0.1, -0.36, 0.11, -0.06).
		Limb(0.06, 0.05, -0.23, -0.6, -0.3, -0.46, -0.28, -0.32).Limb(0.06, 0.05, 0.23, -0.6, 0.3, -0.46, 0.28, -0.32).
		Rect(-0.04, -0.72, 0.04, -0.64)
	f.add(Body).
		Curve(-0.2, -0.66, 0, -0.68, 0.2, -0.66, 0.22, -0.5, 0.18, -0.34, 0, -0.32, -0.18, -0.34, -0.22, -0.5).
		Curve(-0.17, -0.92, 0, -0.95, 0.17, -0.92, 0.19, -0.82, 0.16, -0.71, 0, -0.69, -0.16, -0.71, -0.19, -0.82).
		Oval(-0.12, -0.035, 0.085, 0.04).Oval(0.12, -0.035, 0.085, 0.04).Oval(-0.28, -0.3, 0.045, 0.05).Oval(0.28, -0.3, 0.045, 0.05)
	f.add(Dark).Limb(0.012, 0.012, 0, -0.93, 0, -1).Curve(-0.13, -0.87, 0, -0.89, 0.13, -0.87, 0.14, -0.81, 0.12, -0.76, 0, -0.75, -0.12, -0.76, -0.14, -0.81)
	f.add(Lamp).Oval(-0.06, -0.815, 0.032, 0.034).Oval(0.06, -0.815, 0.032, 0.034).Oval(0, -1, 0.026, 0.026)
	f.add(Accent).Oval(0, -0.53, 0.06, 0.06)
}
