package figure

import (
	"math/rand/v2"

	"atelier/generation/providers/sketch/internal/paint"
)

func buildings() []Kind {
	return []Kind{
		{"house", Ground, 0.2, paint.Hex(0xe8dcc4), House},
		{"cabin", Ground, 0.17, paint.Hex(0x7a5238), cabin},
		{"barn", Ground, 0.2, paint.Hex(0xa83a2c), barn},
		{"lighthouse", Ground, 0.42, paint.Hex(0xf2ece0), lighthouse},
		{"castle", Ground, 0.4, paint.Hex(0x9a928a), castle},
		{"church", Ground, 0.34, paint.Hex(0xe4dccb), church},
		{"temple", Ground, 0.36, paint.Hex(0xa8402e), temple},
		{"tower", Ground, 0.42, paint.Hex(0x9c8f7c), tower},
		{"windmill", Ground, 0.34, paint.Hex(0xe6dcc8), windmill},
	}
}

// House has a gable, a chimney and lit windows; it is also what villages are made of.
func House(f *Figure, r *rand.Rand) {
	w := 0.42 + 0.2*r.Float32()
	f.add(Shade).Rect(w*0.35, -1, w*0.35+0.09, -0.6)
	f.add(Body).XY(-w, 0, -w, -0.52, -w*0.4, -0.92, w*0.2, -0.52, w*0.2, 0)
	f.add(Shade).Rect(w*0.2, -0.52, w, 0.002)
	f.add(Accent).XY(-w*0.4, -0.95, w*0.72, -0.95, w*1.12, -0.5, w*0.2, -0.5, -w*0.4, -0.95)
	f.add(Dark).XY(-w*1.1, -0.47, -w*0.4, -0.96, w*0.24, -0.5, w*0.2, -0.46, -w*0.4, -0.88, -w*1.06, -0.42)
	f.add(Wood).Rect(-w*0.52, -0.26, -w*0.28, 0)
	f.add(Lamp).Rect(-w*0.86, -0.4, -w*0.64, -0.22).Rect(-w*0.16, -0.4, w*0.06, -0.22).Rect(-w*0.5, -0.68, -w*0.3, -0.52).
		Rect(w*0.4, -0.38, w*0.56, -0.2).Rect(w*0.68, -0.38, w*0.84, -0.2)
}

func cabin(f *Figure, _ *rand.Rand) {
	f.add(Dark).Rect(0.3, -1.02, 0.42, -0.6)
	f.add(Wood).Rect(-0.56, -0.46, 0.56, 0)
	logs := f.glass(Dark, 0.35)
	for i := range 5 {
		y := -0.08 - 0.085*float32(i)
		logs.Rect(-0.56, y, 0.56, y+0.018)
	}
	f.add(Wood).XY(-0.3, -0.44, 0, -0.86, 0.3, -0.44)
	f.add(Shade).XY(-0.72, -0.42, -0.5, -0.9, 0.5, -0.9, 0.72, -0.42)
	f.add(Wood).XY(-0.32, -0.4, 0, -0.82, 0.32, -0.4)
	f.add(Dark).XY(-0.38, -0.38, 0, -0.9, 0.38, -0.38, 0.32, -0.38, 0, -0.8, -0.32, -0.38)
	f.add(Lamp).Rect(-0.42, -0.32, -0.2, -0.14).Rect(0.22, -0.32, 0.44, -0.14).Rect(-0.08, -0.58, 0.08, -0.44)
	f.add(Dark).Rect(-0.09, -0.3, 0.09, 0).Rect(-0.32, -0.32, -0.3, -0.14).Rect(0.32, -0.32, 0.34, -0.14)
}

func barn(f *Figure, _ *rand.Rand) {
	f.add(Accent).XY(-0.42, 0, -0.42, -0.5, -0.32, -0.78, 0, -0.98, 0.32, -0.78, 0.42, -0.5, 0.42, 0)
	f.add(Shade).XY(0.42, 0, 0.42, -0.5, 0.94, -0.5, 0.94, 0)
	f.add(Dark).XY(0, -1.02, 0.34, -0.8, 0.46, -0.48, 1, -0.48, 0.88, -0.8, 0.56, -1.02)
	f.add(Pale).Rect(-0.17, -0.4, -0.15, 0).Rect(0.15, -0.4, 0.17, 0).Rect(-0.17, -0.42, 0.17, -0.4).
		XY(-0.16, -0.4, -0.13, -0.4, 0.16, 0, 0.13, 0).XY(0.16, -0.4, 0.13, -0.4, -0.16, 0, -0.13, 0)
	f.add(Lamp).Rect(-0.08, -0.76, 0.08, -0.6)
}

// lighthouse stands on its rock with stripes and a lantern room.
func lighthouse(f *Figure, _ *rand.Rand) {
	f.add(Wood).Curve(-0.36, 0.02, -0.3, -0.05, -0.17, -0.08, 0, -0.11, 0.16, -0.085, 0.3, -0.05, 0.4, 0.02)
	f.add(Body).XY(-0.095, -0.08, -0.058, -0.78, 0.058, -0.78, 0.095, -0.08)
	stripes := f.add(Accent)
	for _, y := range []float32{-0.12, -0.36, -0.6} {
		a, b := 0.095-0.037*(-y-0.08)/0.7, 0.095-0.037*(-y+0.12-0.08)/0.7
		stripes.XY(-a, y, -b, y-0.12, b, y-0.12, a, y)
	}
	f.glass(Shade, 0.4).XY(0.03, -0.08, 0.02, -0.78, 0.058, -0.78, 0.095, -0.08)
	f.add(Dark).Rect(-0.085, -0.805, 0.085, -0.775).XY(-0.06, -0.9, 0, -0.98, 0.06, -0.9).Rect(-0.004, -1.01, 0.004, -0.96).
		Rect(-0.016, -0.5, 0.016, -0.45).Rect(-0.016, -0.3, 0.016, -0.25)
	f.add(Lamp).Rect(-0.043, -0.895, 0.043, -0.808)
	f.add(Dark).Rect(-0.004, -0.9, 0.004, -0.8).Rect(-0.046, -0.9, -0.038, -0.8).Rect(0.038, -0.9, 0.046, -0.8)
	f.add(Body).Rect(0.11, -0.18, 0.3, -0.07)
	f.add(Accent).XY(0.09, -0.17, 0.15, -0.25, 0.27, -0.25, 0.32, -0.17)
	f.add(Lamp).Rect(0.15, -0.14, 0.19, -0.1).Rect(0.23, -0.14, 0.27, -0.1)
}

// castle has towers with pointed roofs on a crag.
func castle(f *Figure, r *rand.Rand) {
	f.add(Shade).Curve(-0.75, 0.04, -0.5, -0.12, -0.36, -0.24, 0, -0.28, 0.34, -0.24, 0.52, -0.1, 0.8, 0.04)
	towers := [][3]float32{{-0.3, 0.085, 0.56}, {0.31, 0.08, 0.52}, {-0.12, 0.07, 0.72}, {0.14, 0.075, 0.66}, {0.02, 0.08, 0.86}}
	f.add(Body).Rect(-0.32, -0.42, 0.32, -0.16)
	walls := f.add(Body)
	for i := range 12 {
		x := -0.31 + 0.053*float32(i)
		walls.Rect(x, -0.45, x+0.03, -0.41)
	}
	for i, t := range towers {
		x, w, h := t[0], t[1], t[2]+0.04*r.Float32()
		f.add(Body).Rect(x-w/2, -h, x+w/2, -0.14)
		f.glass(Shade, 0.55).Rect(x+w*0.1, -h, x+w/2, -0.14)
		f.add(Body).Rect(x-w*0.62, -h-0.035, x+w*0.62, -h)
		f.add(Accent).XY(x-w*0.72, -h-0.03, x, -h-0.2-0.03*float32(i%2), x+w*0.72, -h-0.03)
		f.add(Lamp).Rect(x-0.012, -h+0.05, x+0.012, -h+0.1).Rect(x-0.01, -h+0.17, x+0.01, -h+0.21)
	}
	f.add(Dark).Rect(-0.05, -0.26, 0.05, -0.14).Oval(0, -0.26, 0.05, 0.05)
	f.add(Accent).XY(0.02, -1.06, 0.12, -1.1, 0.02, -1.13)
}

func church(f *Figure, _ *rand.Rand) {
	f.add(Shade).Rect(0.02, -0.36, 0.46, 0)
	f.add(Accent).XY(-0.02, -0.35, 0.05, -0.56, 0.42, -0.56, 0.5, -0.35)
	f.add(Body).Rect(-0.2, -0.66, 0.06, 0)
	f.add(Accent).XY(-0.22, -0.65, -0.07, -0.96, 0.08, -0.65)
	f.add(Dark).Rect(-0.076, -1.03, -0.064, -0.94).Rect(-0.1, -1.0, -0.04, -0.988).Rect(-0.11, -0.16, -0.03, 0).Oval(-0.07, -0.16, 0.04, 0.05)
	f.add(Lamp).Oval(-0.07, -0.5, 0.032, 0.032).Rect(-0.09, -0.36, -0.05, -0.27).Rect(0.13, -0.26, 0.17, -0.12).Rect(0.24, -0.26, 0.28, -0.12).Rect(0.35, -0.26, 0.39, -0.12)
}

// temple is a pagoda of upturned roofs.
func temple(f *Figure, _ *rand.Rand) {
	const floors = 4
	for i := range floors {
		k := float32(i) / floors
		y, w, h := -0.8*k, 0.26-0.15*k, float32(0.2)-0.03*k
		f.add(Body).Rect(-w, y-h, w, y)
		f.add(Lamp).Rect(-w*0.7, y-h*0.72, -w*0.25, y-h*0.2).Rect(w*0.25, y-h*0.72, w*0.7, y-h*0.2)
		f.add(Wood).Rect(-w*0.12, y-h*0.8, w*0.12, y)
		e := w + 0.16
		f.add(Dark).Poly(eave(e, w*0.7, y-h, 0.075)...)
		f.glass(Shade, 0.6).Rect(-w*1.02, y-h, w*1.02, y-h*0.86)
	}
	f.add(Dark).Limb(0.02, 0.006, 0, -0.84, 0, -1.04).Oval(0, -0.9, 0.022, 0.014).Oval(0, -0.95, 0.017, 0.012)
}

func eave(half, top, y, h float32) []paint.Pt {
	pts := []paint.Pt{}
	for i := range 9 {
		t := float32(i)/4 - 1
		pts = append(pts, paint.Pt{X: t * half, Y: y + 0.012 - 0.045*t*t*t*t})
	}
	return append(pts, paint.Pt{X: half * 0.8, Y: y - h*0.55}, paint.Pt{X: top, Y: y - h}, paint.Pt{X: -top, Y: y - h}, paint.Pt{X: -half * 0.8, Y: y - h*0.55})
}

func tower(f *Figure, _ *rand.Rand) {
	f.add(Body).XY(-0.11, 0, -0.09, -0.7, 0.09, -0.7, 0.11, 0)
	f.glass(Shade, 0.5).XY(0.02, 0, 0.02, -0.7, 0.09, -0.7, 0.11, 0)
	f.add(Body).Rect(-0.12, -0.8, 0.12, -0.7)
	f.add(Accent).XY(-0.13, -0.79, 0, -1.02, 0.13, -0.79)
	f.add(Pale).Oval(0, -0.62, 0.055, 0.055)
	f.add(Dark).Limb(0.01, 0.008, 0, -0.62, 0, -0.66).Limb(0.01, 0.008, 0, -0.62, 0.028, -0.61)
	f.add(Lamp).Rect(-0.018, -0.5, 0.018, -0.42).Rect(-0.018, -0.34, 0.018, -0.26).Rect(-0.08, -0.775, -0.03, -0.72).Rect(0.03, -0.775, 0.08, -0.72)
	f.add(Dark).Rect(-0.035, -0.11, 0.035, 0).Oval(0, -0.11, 0.035, 0.035)
}

func windmill(f *Figure, r *rand.Rand) {
	f.add(Body).XY(-0.17, 0, -0.1, -0.58, 0.1, -0.58, 0.17, 0)
	f.glass(Shade, 0.5).XY(0.03, 0, 0.02, -0.58, 0.1, -0.58, 0.17, 0)
	f.add(Accent).Curve(-0.12, -0.57, -0.08, -0.68, 0, -0.72, 0.08, -0.68, 0.12, -0.57)
	f.add(Dark).Rect(-0.035, -0.12, 0.035, 0)
	f.add(Lamp).Rect(-0.022, -0.3, 0.022, -0.23).Rect(-0.02, -0.48, 0.02, -0.42)
	turn := 0.2 + r.Float32()
	for i := range 4 {
		a := turn + float32(i)*1.5708
		s, c := paint.Sin(a), paint.Cos(a)
		at := func(along, across float32) (float32, float32) { return c*along - s*across, -0.62 + s*along + c*across }
		x0, y0 := at(0.08, 0)
		x1, y1 := at(0.4, 0)
		x2, y2 := at(0.4, 0.085)
		x3, y3 := at(0.08, 0.075)
		f.glass(Pale, 0.9).XY(x0, y0, x1, y1, x2, y2, x3, y3)
		f.add(Dark).Limb(0.016, 0.012, 0, -0.62, x1, y1)
	}
}
