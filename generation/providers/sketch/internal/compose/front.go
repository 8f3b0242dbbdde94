package compose

import (
	"math/rand/v2"

	"atelier/generation/providers/sketch/internal/figure"
	"atelier/generation/providers/sketch/internal/paint"
)

// frontage frames the picture with dark things close to the eye.
func (p *picture) frontage() {
	s := &p.Scene
	if s.Has("minimal", "flat") || s.Is("room") {
		return
	}
	r := p.rand("frontage")
	side := float32(1) // the side away from the focus
	if p.lay.focus > p.w/2 {
		side = -1
	}
	at := func(k float32) float32 { return p.w * (0.5 + side*k) }
	dark := p.surface(paint.Hex(0x33503c), 0.1, 0).Mix(p.pal.Near, 0.55)
	path := &paint.Path{}
	switch {
	case s.Is("garden"), s.Season == "spring" && s.Is("fields", "hills"), s.Shows("flower", "butterfly"):
		p.shade(at(0.4), r)
		p.meadow()
		return
	case (s.Season == "autumn" || s.Season == "spring") && !s.Is("forest", "city", "sea", "desert"):
		p.shade(at(0.4), r)
		return
	case s.Is("desert") && !s.Shows("cactus") && r.IntN(2) == 0:
		return
	case s.Is("beach", "island") && !s.Shows("palm") && !p.snowy():
		palm(path, r, at(0.44), p.h*1.02, p.h*between(r, 0.62, 0.8))
		palm(path, r, at(0.54), p.h*1.02, p.h*between(r, 0.5, 0.62))
	case s.Is("jungle"):
		for i := range 7 {
			x := p.w * float32(i) / 6
			h := p.u * between(r, 0.22, 0.42) * (0.5 + 0.7*p.open(x))
			for j := range 6 {
				a := -2.5 + float32(j)*0.36 + between(r, -0.1, 0.1)
				n := h * between(r, 0.7, 1.1)
				path.Limb(h*0.02, h*0.01, x, p.h*1.02, x+paint.Cos(a)*n, p.h+paint.Sin(a)*n)
				path.Tilted(x+paint.Cos(a)*n, p.h+paint.Sin(a)*n, n*0.36, n*0.07, a+between(r, -0.3, 0.3))
			}
		}
	case s.Is("forest", "mountains", "lake", "river", "waterfall", "volcano") && !s.Is("city", "desert", "sea", "arctic"):
		for i := range 5 {
			h := p.h * between(r, 0.34, 0.66) * (1 - 0.13*float32(i))
			conifer(path, r, at(0.5-0.07*float32(i)+between(r, -0.02, 0.02)), p.h*1.03, h)
		}
		for i := range 3 {
			conifer(path, r, at(-0.5+0.05*float32(i)), p.h*1.03, p.h*between(r, 0.16, 0.34))
		}
	default:
		p.reeds()
		return
	}
	p.Rim(path, 1, paint.Flat(dark.RGB()), p.pal.Key.RGB().Scale(0.1), p.u*0.003, p.lay.dx, p.lay.dy)
}

// shade is a large tree at the side that frames the picture.
func (p *picture) shade(x float32, r *rand.Rand) {
	p.broadleaf(r, x, max(p.floorAt(x), p.h*0.84)+p.u*0.06, p.h*between(r, 0.72, 0.9), 0.04, p.leaves(r.Float32()))
}

// reeds are blades and ears close to the eye.
func (p *picture) reeds() {
	s := &p.Scene
	if s.Is("sea", "arctic", "mars", "city", "canyon", "desert", "beach") || p.snowy() {
		return
	}
	r := p.rand("reeds")
	path := &paint.Path{}
	for range 150 {
		x := r.Float32() * p.w
		h := p.u * between(r, 0.03, 0.13) * (0.3 + 0.8*p.open(x))
		lean := h * between(r, -0.25, 0.35)
		path.Limb(h*0.03, h*0.008, x, p.h+2, x+lean*0.3, p.h-h*0.6, x+lean, p.h-h)
		if r.IntN(4) == 0 {
			path.Tilted(x+lean, p.h-h, h*0.02, h*0.075, lean/h)
		}
	}
	c := p.surface(p.grass().Mix(paint.Hex(0x2a3a24), 0.6), 0.15, 0).Mix(p.pal.Near, 0.5).RGB()
	p.Fill(path, 0.95, paint.Flat(c))
}

// meadow fills the front with flowers, larger towards the eye.
func (p *picture) meadow() {
	r := p.rand("meadow")
	kind, _ := figure.Find("flower")
	said := p.Scene.LandHue
	for _, s := range p.Scene.Subjects {
		if s.Kind == "flower" && s.Colour != "" {
			said = s.Colour
		}
	}
	choices := []paint.Lab{p.pal.Accent, paint.Hex(0xf2e9dc), paint.Hex(0xf0b84a), p.pal.Accent.Rotate(40)}
	tones := p.toned("meadow")
	first, second := choices[tones.IntN(4)], choices[tones.IntN(4)]
	for i := range 110 {
		k := paint.Pow(float32(i)/110, 1.7)
		x := r.Float32() * p.w
		y := p.floorAt(x) + (p.h*1.05-p.floorAt(x))*k
		st := stand{kind: kind, x: x, y: y + p.u*0.02, h: p.u * (0.022 + 0.1*k) * between(r, 0.75, 1.25), t: 0.16 - 0.1*k, accent: first, colour: said, r: r}
		if r.IntN(3) == 0 {
			st.accent = second
		}
		st.kind.Own = st.accent
		p.place(st)
	}
}
