package figure

import (
	"math/rand/v2"

	"atelier/generation/providers/sketch/internal/paint"
)

func birds() []Kind {
	return []Kind{
		{"bird", Air, 0.035, paint.Hex(0x2a2a30), bird},
		{"eagle", Air, 0.12, paint.Hex(0x4a3524), eagle},
		{"butterfly", Air, 0.1, paint.Hex(0xe8902a), butterfly},
		{"dragon", Air, 0.34, paint.Hex(0x7a4a4e), dragon},
		{"balloon", Air, 0.26, paint.Hex(0xd1495b), balloon},
		{"plane", Air, 0.075, paint.Hex(0xe4e4e8), plane},
		{"ufo", Air, 0.1, paint.Hex(0x9aa4ac), ufo},
		{"kite", Air, 0.16, paint.Hex(0xe63946), kite},
	}
}

// bird is a gull seen from afar: two bent wings.
func bird(f *Figure, r *rand.Rand) {
	up := 0.35 + 0.45*r.Float32()
	dip := 0.1 * r.Float32()
	f.add(Body).
		Poly(wing(-1, up, dip)...).Poly(wing(1, up, dip)...).
		Tilted(0, -0.02, 0.2, 0.075, 0.15)
}

func wing(side, up, dip float32) []paint.Pt {
	top := []paint.Pt{{X: 0, Y: -0.06}, {X: side * 0.35, Y: -up}, {X: side * 0.7, Y: -up*0.92 + dip}, {X: side * 1.15, Y: -up*0.4 + dip}}
	bottom := []paint.Pt{{X: side * 0.7, Y: -up*0.72 + dip}, {X: side * 0.38, Y: -up * 0.72}, {X: side * 0.06, Y: 0.06}}
	return append(top, bottom...)
}

// eagle soars with fingered wings.
func eagle(f *Figure, _ *rand.Rand) {
	body := f.add(Body)
	for _, s := range []float32{-1, 1} {
		body.XY(0, -0.6, s*0.3, -0.78, s*0.8, -0.9, s*1.3, -1.0, s*1.28, -0.93, s*1.42, -0.9, s*1.3, -0.84, s*1.4, -0.78, s*1.22, -0.74,
			s*1.26, -0.66, s*0.95, -0.62, s*0.6, -0.5, s*0.2, -0.42, 0, -0.4)
	}
	body.Tilted(0, -0.5, 0.11, 0.27, 0).XY(-0.06, -0.32, -0.2, -0.06, 0, -0.1, 0.2, -0.06, 0.06, -0.32)
	f.add(Pale).Oval(0, -0.74, 0.065, 0.09)
}

func butterfly(f *Figure, _ *rand.Rand) {
	for _, s := range []float32{-1, 1} {
		f.add(Accent).
			Curve(s*0.03, -0.5, s*0.2, -0.85, s*0.55, -1, s*0.66, -0.8, s*0.5, -0.52, s*0.15, -0.42).
			Curve(s*0.03, -0.44, s*0.3, -0.42, s*0.48, -0.24, s*0.36, -0.04, s*0.16, -0.1)
		f.add(Pale).Oval(s*0.48, -0.82, 0.05, 0.05).Oval(s*0.33, -0.2, 0.04, 0.04)
	}
	f.add(Dark).Limb(0.05, 0.03, 0, -0.66, 0, -0.2).
		Limb(0.012, 0.006, 0, -0.66, -0.06, -0.8, -0.15, -0.88).Limb(0.012, 0.006, 0, -0.66, 0.06, -0.8, 0.15, -0.88)
}

// dragon flies with spread wings and a long tail.
func dragon(f *Figure, _ *rand.Rand) {
	f.add(Shade).XY(0.08, -0.55, 0.12, -0.8, 0.3, -1.0, 0.36, -0.84, 0.52, -0.92, 0.5, -0.76, 0.68, -0.78, 0.54, -0.66, 0.3, -0.56, 0.16, -0.46)
	f.add(Body).
		Limb(0.16, 0.08, -0.1, -0.44, 0.12, -0.48, 0.34, -0.42, 0.5, -0.5, 0.6, -0.64).
		Limb(0.15, 0.012, -0.06, -0.44, -0.32, -0.38, -0.52, -0.24, -0.74, -0.26, -0.92, -0.12).
		XY(-0.94, -0.2, -1.08, -0.04, -0.86, -0.1).
		Curve(0.52, -0.66, 0.6, -0.74, 0.7, -0.72, 0.84, -0.64, 0.84, -0.59, 0.7, -0.58, 0.58, -0.58).
		XY(0.58, -0.7, 0.46, -0.84, 0.64, -0.74).XY(0.62, -0.72, 0.54, -0.88, 0.68, -0.72).
		Limb(0.07, 0.03, 0.22, -0.42, 0.26, -0.28, 0.2, -0.22).Limb(0.08, 0.03, -0.1, -0.42, -0.08, -0.26, -0.18, -0.18).
		XY(0.08, -0.5, -0.06, -0.86, -0.28, -1.06, -0.34, -0.86, -0.56, -0.94, -0.54, -0.74, -0.78, -0.76, -0.6, -0.6, -0.36, -0.52, -0.1, -0.42)
	f.add(Light).Limb(0.02, 0.006, 0.02, -0.52, -0.1, -0.84, -0.27, -1.03).Limb(0.016, 0.006, 0, -0.52, -0.26, -0.72, -0.34, -0.85).
		Limb(0.016, 0.006, 0, -0.5, -0.3, -0.66, -0.54, -0.74)
}

// balloon is a hot-air balloon with gores.
func balloon(f *Figure, _ *rand.Rand) {
	envelope := func(k float32) []float32 {
		return []float32{-0.05 * k, -0.28, -0.2 * k, -0.42, -0.33 * k, -0.6, -0.34 * k, -0.8, -0.22 * k, -0.95, 0, -1, 0.22 * k, -0.95, 0.34 * k, -0.8, 0.33 * k, -0.6, 0.2 * k, -0.42, 0.05 * k, -0.28}
	}
	f.add(Accent).Curve(envelope(1)...)
	f.add(Pale).Curve(envelope(0.68)...)
	f.add(Accent).Curve(envelope(0.36)...)
	f.glass(Shade, 0.4).Curve(0.1, -0.3, 0.24, -0.44, 0.34, -0.62, 0.34, -0.8, 0.24, -0.93, 0.1, -0.99, 0.2, -0.85, 0.22, -0.64, 0.16, -0.46)
	f.add(Dark).Limb(0.008, 0.008, -0.07, -0.31, -0.05, -0.1).Limb(0.008, 0.008, 0.07, -0.31, 0.05, -0.1)
	f.add(Wood).XY(-0.065, -0.11, 0.065, -0.11, 0.055, 0, -0.055, 0)
	f.glass(Lamp, 0.9).Oval(0, -0.25, 0.022, 0.032)
}

func plane(f *Figure, _ *rand.Rand) {
	f.add(Body).Curve(-1.3, -0.42, -0.6, -0.56, 0.8, -0.58, 1.25, -0.5, 1.4, -0.4, 1.2, -0.32, 0.4, -0.26, -0.7, -0.3).
		XY(-1.3, -0.42, -1.55, -1.0, -1.32, -1.0, -0.85, -0.48)
	f.add(Shade).XY(0.3, -0.36, -0.35, 0, -0.62, 0, -0.2, -0.38).XY(-1.1, -0.42, -1.5, -0.28, -1.62, -0.3, -1.3, -0.46)
	f.add(Dark).Oval(1.12, -0.46, 0.09, 0.035)
	f.add(Lamp).Rect(0.7, -0.47, 0.76, -0.42).Rect(0.5, -0.47, 0.56, -0.42).Rect(0.3, -0.47, 0.36, -0.42).Rect(0.1, -0.47, 0.16, -0.42).Rect(-0.1, -0.47, -0.04, -0.42)
}

// ufo hovers over its beam.
func ufo(f *Figure, _ *rand.Rand) {
	f.glass(Lamp, 0.16).XY(-0.3, -0.3, -0.8, 1.9, 0.8, 1.9, 0.3, -0.3)
	f.glass(Lamp, 0.16).XY(-0.18, -0.3, -0.4, 1.9, 0.4, 1.9, 0.18, -0.3)
	f.glass(Pale, 0.85).Curve(-0.38, -0.55, -0.3, -0.86, 0, -1, 0.3, -0.86, 0.38, -0.55)
	f.add(Body).Oval(0, -0.45, 1, 0.2)
	f.add(Shade).Oval(0, -0.36, 0.6, 0.12)
	lamps := f.add(Lamp)
	for i := range 7 {
		lamps.Oval(-0.78+0.26*float32(i), -0.44, 0.055, 0.045)
	}
}

func kite(f *Figure, _ *rand.Rand) {
	f.add(Accent).XY(0, -1, 0.24, -0.72, 0, -0.34, -0.24, -0.72)
	f.glass(Shade, 0.6).XY(0, -1, 0.24, -0.72, 0, -0.34)
	f.add(Dark).Limb(0.008, 0.004, 0, -0.34, -0.04, -0.2, 0.06, -0.1, -0.02, 0.1, 0.05, 0.3)
	f.add(Pale).XY(-0.04, -0.2, -0.1, -0.24, -0.09, -0.15).XY(0.06, -0.08, 0.12, -0.12, 0.12, -0.04)
}
