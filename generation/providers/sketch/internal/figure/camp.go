package figure

import (
	"math/rand/v2"

	"atelier/generation/providers/sketch/internal/paint"
)

func camp() []Kind {
	return []Kind{
		{"tent", Ground, 0.14, paint.Hex(0xe8a03c), tent},
		{"campfire", Ground, 0.11, paint.Hex(0xff8c30), campfire},
		{"lantern", Air, 0.075, paint.Hex(0xffb050), lantern},
	}
}

// tent is lit from inside.
func tent(f *Figure, _ *rand.Rand) {
	f.add(Accent).XY(-0.2, -0.98, 0.62, -0.86, 1.05, 0, 0.42, 0)
	f.add(Shade).XY(-0.2, -0.98, 0.62, -0.86, 1.05, 0, 0.82, 0)
	f.add(Accent).XY(-0.85, 0, -0.2, -1, 0.42, 0)
	f.add(Lamp).XY(-0.46, 0, -0.2, -0.84, 0.1, 0)
	f.add(Dark).XY(-0.46, 0, -0.2, -0.84, -0.36, 0)
	f.add(Dark).Limb(0.012, 0.008, -0.2, -0.98, -1.15, 0.02).Limb(0.012, 0.008, 0.62, -0.86, 1.35, 0.02)
}

func campfire(f *Figure, r *rand.Rand) {
	f.add(Dark).Limb(0.12, 0.1, -0.5, -0.02, 0.4, -0.14).Limb(0.12, 0.1, 0.5, -0.02, -0.4, -0.14)
	k := 0.1 * (r.Float32() - 0.5)
	f.glass(Accent, 0.95).Curve(-0.3, -0.1, -0.34, -0.34, -0.2, -0.5, -0.18, -0.72, -0.04+k, -0.6, 0.02+k, -1, 0.14, -0.66, 0.24, -0.6, 0.34, -0.34, 0.28, -0.1)
	f.add(Lamp).Curve(-0.17, -0.1, -0.2, -0.3, -0.06, -0.46, 0.02+k, -0.68, 0.1, -0.44, 0.2, -0.26, 0.15, -0.1)
}

// lantern is of paper and floats.
func lantern(f *Figure, _ *rand.Rand) {
	f.add(Lamp).Curve(-0.26, -0.05, -0.38, -0.5, -0.3, -0.92, 0, -1, 0.3, -0.92, 0.38, -0.5, 0.26, -0.05, 0, 0)
	f.glass(Accent, 0.4).Curve(-0.26, -0.05, -0.38, -0.5, -0.3, -0.92, 0, -1, -0.12, -0.6, -0.1, -0.2)
	f.add(Wood).Rect(-0.24, -0.06, 0.24, 0)
}
