package compose

import (
	"atelier/generation/providers/sketch/internal/figure"
	"atelier/generation/providers/sketch/internal/paint"
)

// interior puts the picture behind a window: wall, frame, sill, a plant, books and a lamp.
func (p *picture) interior() {
	wall := paint.Hex(0x8a5f4c).Mix(p.pal.Middle, 0.4)
	if p.Scene.Dark() {
		wall = paint.Hex(0x4a3440).Mix(p.pal.Near, 0.35)
	}
	lit, dark := wall.Lighten(0.05).RGB(), wall.Lighten(-0.1).RGB()
	x0, x1, y0, y1 := p.w*0.16, p.w*0.84, p.h*0.08, p.h*0.72
	lampX, lampY := p.w*0.91, p.h*0.5
	open := new(paint.Path).Rect(0, 0, p.w, p.h).Hole(x0, y0, x1, y0, x1, y1, x0, y1)
	n := p.noise("wall")
	warm := p.pal.Lamp.RGB()
	p.Fill(open, 1, func(x, y int) paint.RGB {
		dx, dy := (float32(x)-lampX)/p.u, (float32(y)-lampY)/p.u
		glow := paint.Exp(-(dx*dx + dy*dy) * 6)
		c := lit.Lerp(dark, float32(y)/p.h).Scale(1 + 0.08*n.Fbm(float32(x)/p.u*9, float32(y)/p.u*9, 3))
		return c.Plus(warm.Scale(0.16 * glow))
	})
	frame := paint.Hex(0xe8dcc8).Mix(wall, 0.3)
	wood, shade := frame.RGB().Scale(0.72), frame.RGB().Scale(0.4)
	b := p.u * 0.018
	bars := new(paint.Path).Rect(x0-b, y0-b, x0+b*0.3, y1).Rect(x1-b*0.3, y0-b, x1+b, y1).Rect(x0-b, y0-b, x1+b, y0+b*0.3).
		Rect((x0+x1)/2-b*0.35, y0, (x0+x1)/2+b*0.35, y1).Rect(x0, y0+(y1-y0)*0.36-b*0.3, x1, y0+(y1-y0)*0.36+b*0.3)
	p.Rim(bars, 1, paint.Flat(shade), wood, b*0.3, p.lay.dx, p.lay.dy)
	sill := new(paint.Path).Rect(x0-b*3, y1-b*0.2, x1+b*3, y1+b*1.4)
	p.Rim(sill, 1, paint.Flat(wood), p.pal.Key.RGB().Scale(0.25), b*0.3, 0, -1)
	p.Fill(new(paint.Path).Rect(x0-b*2.5, y1+b*1.4, x1+b*2.5, y1+b*2.4), 0.45, paint.Flat(dark.Scale(0.4)))
	p.table(wall)
	p.still(x0, x1, y1, lampX, lampY)
}

// indoors puts the things that belong to the room on the sill.
func (p *picture) indoors() {
	sill := p.h*0.72 - p.u*0.004
	p.floor = p.Tops(func(float32) float32 { return sill })
	x := p.w * 0.62
	for _, s := range p.Scene.Subjects {
		kind, ok := lookup(s.Kind)
		if !ok || kind.Home != figure.Ground || kind.Size > 0.2 {
			continue
		}
		r := p.rand("indoors" + string(s.Kind))
		for range min(s.Count, 3) {
			p.place(stand{kind: kind, x: x, y: sill, h: p.u * min(kind.Size*1.15, 0.2), t: 0.04, flip: x > p.w/2, colour: s.Colour, r: r})
			x -= p.u * 0.2
		}
	}
}

func (p *picture) table(wall paint.Lab) {
	top := p.h * 0.88
	c := paint.Hex(0x5a3a2a).Mix(wall, 0.25).RGB()
	n := p.noise("table")
	p.Fill(new(paint.Path).Rect(0, top, p.w, p.h), 1, func(x, y int) paint.RGB {
		grain := n.Fbm(float32(x)/p.u*3, float32(y)/p.u*60, 3)
		return c.Scale(0.9 + 0.3*grain + 0.35*paint.Smooth(float32(y), top+p.u*0.02, top))
	})
}

// still is the still life on sill and table.
func (p *picture) still(x0, x1, sill, lampX, lampY float32) {
	r := p.rand("still")
	u := p.u
	px := x0 + (x1-x0)*0.14
	pot := new(paint.Path).XY(px-u*0.045, sill-u*0.085, px+u*0.045, sill-u*0.085, px+u*0.034, sill, px-u*0.034, sill)
	leaves := &paint.Path{}
	for i := range 9 {
		a := -2.9 + float32(i)*0.33
		n := u * between(r, 0.12, 0.2)
		leaves.Limb(u*0.006, u*0.004, px, sill-u*0.08, px+paint.Cos(a)*n*0.5, sill-u*0.08+paint.Sin(a)*n*0.8, px+paint.Cos(a)*n, sill-u*0.08+paint.Sin(a)*n)
		leaves.Tilted(px+paint.Cos(a)*n, sill-u*0.08+paint.Sin(a)*n, u*0.045, u*0.02, a)
	}
	p.Rim(leaves, 1, paint.Flat(p.surface(paint.Hex(0x3f7a4a), 0.3, 0.05).RGB()), p.pal.Key.RGB().Scale(0.25), u*0.004, p.lay.dx, p.lay.dy)
	p.Rim(pot, 1, paint.Flat(paint.Hex(0xb8643c).RGB().Scale(0.55)), p.pal.Key.RGB().Scale(0.25), u*0.004, p.lay.dx, p.lay.dy)
	top := p.h * 0.88
	bx, by := p.w*between(r, 0.2, 0.32), top+u*0.01
	for i, c := range []uint32{0x8a3a34, 0x34566a, 0xc8a050} {
		w := u * between(r, 0.15, 0.19)
		y := by - u*0.032*float32(i)
		p.Rim(new(paint.Path).Rect(bx-w/2, y-u*0.03, bx+w/2, y), 1, paint.Flat(paint.Hex(c).RGB().Scale(0.5)), p.pal.Key.RGB().Scale(0.15), u*0.004, 0, -1)
	}
	stem := new(paint.Path).Limb(u*0.012, u*0.012, lampX, top, lampX, lampY+u*0.05).Oval(lampX, top, u*0.06, u*0.012)
	p.Fill(stem, 1, paint.Flat(paint.Hex(0x2c2426).RGB()))
	glow := p.pal.Lamp.RGB()
	p.Fill(new(paint.Path).XY(lampX-u*0.045, lampY-u*0.06, lampX+u*0.045, lampY-u*0.06, lampX+u*0.085, lampY+u*0.06, lampX-u*0.085, lampY+u*0.06), 1, func(_, y int) paint.RGB {
		return glow.Scale(0.75 + 0.5*paint.Smooth(float32(y), lampY-u*0.06, lampY+u*0.06))
	})
	p.Glow(lampX, lampY+u*0.06, u*0.3, 4, glow.Scale(0.4))
}
