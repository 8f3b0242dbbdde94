package compose

import "atelier/generation/providers/sketch/internal/paint"

// track is a road, or rails, along the line of the near ground, for what has wheels.
func (p *picture) track() {
	const steps = 64
	ribbon := func(from, to float32) *paint.Path {
		pts := make([]paint.Pt, 0, 2*steps+2)
		for i := range steps + 1 {
			x := p.w * float32(i) / steps
			pts = append(pts, paint.Pt{X: x, Y: p.floorAt(x) + p.u*from})
		}
		for i := steps; i >= 0; i-- {
			x := p.w * float32(i) / steps
			pts = append(pts, paint.Pt{X: x, Y: p.floorAt(x) + p.u*to})
		}
		return new(paint.Path).Poly(pts...)
	}
	bed := paint.Hex(0x6a6a70)
	if p.Scene.Shows("train") {
		bed = paint.Hex(0x7a6a58)
	}
	p.Fill(ribbon(0.008, 0.062), 1, paint.Flat(p.surface(bed, 0.6, 0.1).RGB()))
	p.Fill(ribbon(0.006, 0.01), 1, paint.Flat(p.surface(bed.Lighten(0.15), 0.9, 0.1).RGB()))
	if p.Scene.Shows("train") {
		p.Fill(ribbon(0.031, 0.0345), 1, paint.Flat(p.surface(paint.Hex(0x3a3638), 0.4, 0.05).RGB()))
		return
	}
	dashes := &paint.Path{}
	for x := float32(0); x < p.w; x += p.u * 0.09 {
		y := p.floorAt(x+p.u*0.02) + p.u*0.046
		dashes.Rect(x, y, x+p.u*0.04, y+p.u*0.004)
	}
	p.Fill(dashes, 0.8, paint.Flat(p.surface(paint.Hex(0xf0e8d8), 0.8, 0.1).RGB()))
}
