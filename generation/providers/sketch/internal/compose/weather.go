package compose

import "atelier/generation/providers/sketch/internal/paint"

// weather paints what falls and drifts between the eye and the land.
func (p *picture) weather() {
	s := &p.Scene
	if s.Has("rain", "storm") {
		p.rain()
	}
	if s.Has("snow") {
		p.snow()
	}
	if s.Has("wind") && !s.Has("rain", "snow", "storm") {
		p.gusts()
	}
	if s.Season == "autumn" || s.Season == "spring" {
		p.petals()
	}
	if s.Has("dreamy") || s.Time == "night" && s.Is("forest", "garden", "jungle", "fields") {
		p.fireflies()
	}
}

// mist lies over the land behind what stands in front.
func (p *picture) mist() {
	s := &p.Scene
	if s.Has("fog", "eerie") || s.Is("forest", "jungle") && s.Has("dreamy", "calm", "rays") {
		p.fog()
	}
	if s.Has("rays") || s.Has("epic") && p.lay.sunUp || s.Is("forest") && (s.Time == "dawn" || s.Time == "golden" || s.Time == "morning") {
		p.rays()
	}
}

func (p *picture) fog() {
	n := p.noise("fog")
	c := p.pal.Far.Mix(p.pal.Horizon, 0.5).Lighten(0.02).RGB()
	for y := range p.H {
		fy := float32(y)
		band := paint.Smooth(fy, p.lay.horizon-p.u*0.26, p.lay.horizon+p.u*0.03) * (1 - 0.85*paint.Smooth(fy, p.lay.horizon+p.u*0.04, p.h*0.98))
		if band <= 0 {
			continue
		}
		for x := range p.W {
			d := n.Fbm(float32(x)/p.u*1.5, fy/p.u*6, 4)
			p.Blend(x, y, c, band*paint.Clamp(0.46+d*1.3, 0, 1)*0.78)
		}
	}
}

func (p *picture) rain() {
	r := p.rand("rain")
	slant := between(r, -0.2, -0.1)
	if p.Scene.Has("storm", "wind") {
		slant *= 2.4
	}
	c := p.pal.Cloud.Mix(p.pal.Horizon, 0.5).RGB()
	for pass, a := range []float32{0.13, 0.2, 0.32} {
		path := &paint.Path{}
		for range 520 - 160*pass {
			x, y := between(r, -0.1, 1.1)*p.w, between(r, -0.1, 1)*p.h
			n := p.u * between(r, 0.02, 0.045) * (1 + 0.7*float32(pass))
			w := p.u * 0.0009 * (1 + 0.5*float32(pass))
			path.XY(x, y, x+w, y, x+w+n*slant, y+n, x+n*slant, y+n)
		}
		p.Fill(path, a, paint.Flat(c))
	}
	if p.wet() {
		rings := &paint.Path{}
		for range 60 {
			y := between(r, p.lay.horizon+p.u*0.05, p.h)
			d := (y - p.lay.horizon) / (p.h - p.lay.horizon)
			w := p.u * between(r, 0.008, 0.02) * (0.3 + d)
			x := r.Float32() * p.w
			rings.Add(new(paint.Path).Oval(x, y, w, w*0.3).Cut(new(paint.Path).Oval(x, y, w*0.86, w*0.24)))
		}
		p.Fill(rings, 0.35, paint.Flat(c))
	}
}

func (p *picture) snow() {
	r := p.rand("snow")
	c := paint.Hex(0xf8fbff).Mix(p.pal.Cloud, 0.25).RGB()
	for pass, size := range []float32{0.0011, 0.0019, 0.0036} {
		path := &paint.Path{}
		for range 420 - 170*pass {
			s := p.u * size * between(r, 0.7, 1.4)
			path.Oval(r.Float32()*p.w, r.Float32()*p.h, s, s)
		}
		p.Fill(path, 0.75-0.2*float32(pass), paint.Flat(c))
	}
}

func (p *picture) lightning() {
	r := p.rand("lightning")
	c := paint.Hex(0xf4f0ff).RGB()
	x, y := p.lay.sunX+p.u*between(r, -0.1, 0.1), p.lay.horizon*between(r, 0.05, 0.2)
	p.Glow(x, y, p.u*0.5, 4, c.Scale(0.3))
	pts := []float32{x, y}
	for y < p.lay.horizon-p.u*0.01 {
		x += p.u * between(r, -0.045, 0.045)
		y = min(p.lay.horizon, y+p.u*between(r, 0.02, 0.055))
		pts = append(pts, x, y)
		if r.IntN(3) == 0 {
			bx, by := x, y
			twig := []float32{x, y}
			dir := between(r, -0.05, 0.05)
			for range 2 + r.IntN(4) {
				bx += p.u * (dir + between(r, -0.015, 0.015))
				by += p.u * between(r, 0.015, 0.035)
				twig = append(twig, bx, by)
			}
			p.bolt(twig, p.u*0.0016, c.Scale(0.9))
		}
	}
	for i := 0; i+1 < len(pts); i += 2 {
		p.Glow(pts[i], pts[i+1], p.u*0.08, 4, c.Scale(0.1))
	}
	p.bolt(pts, p.u*0.0034, c.Scale(1.8))
}

// bolt is a line of straight pieces.
func (p *picture) bolt(v []float32, w float32, c paint.RGB) {
	path := &paint.Path{}
	for i := 0; i+3 < len(v); i += 2 {
		path.Limb(w, w*0.9, v[i], v[i+1], v[i+2], v[i+3])
	}
	p.Fill(path, 1, paint.Flat(c))
}

func (p *picture) gusts() {
	r := p.rand("gusts")
	path := &paint.Path{}
	for range 9 {
		x, y := between(r, -0.1, 0.8)*p.w, between(r, 0.12, 0.85)*p.h
		n := p.u * between(r, 0.18, 0.4)
		path.Limb(p.u*0.0006, p.u*0.0022, x, y, x+n*0.3, y-n*0.035, x+n*0.7, y+n*0.03, x+n, y-n*0.02, x+n*1.07, y-n*0.08, x+n*1.0, y-n*0.1)
	}
	p.Fill(path, 0.5, paint.Flat(p.pal.Cloud.RGB()))
}

// petals drift in spring, leaves in autumn.
func (p *picture) petals() {
	r := p.rand("petals")
	for range 46 {
		k := paint.Pow(r.Float32(), 3)
		s := p.u * (0.003 + 0.008*k)
		path := new(paint.Path).Tilted(r.Float32()*p.w, between(r, 0.15, 1)*p.h, s, s*0.5, r.Float32()*3)
		p.Fill(path, 0.9, paint.Flat(p.surface(p.leaves(r.Float32()).Lighten(0.08), 0.8, 0.05).RGB()))
	}
}

func (p *picture) fireflies() {
	r := p.rand("fireflies")
	c := p.pal.Lamp.Mix(paint.Hex(0xe8ff9a), 0.4).RGB()
	for range 44 {
		x, y := r.Float32()*p.w, between(r, p.lay.horizon*0.9, p.h)
		k := between(r, 0.4, 1)
		p.Glow(x, y, p.u*0.003*k+1, 2, c.Scale(1.1))
		p.Glow(x, y, p.u*0.018*k, 4, c.Scale(0.3))
	}
}

// rays fan out from the light.
func (p *picture) rays() {
	n := p.noise("rays")
	c := p.pal.Key.RGB()
	reach := p.u * 1.15
	for y := range p.H {
		for x := range p.W {
			dx, dy := float32(x)-p.lay.sunX, float32(y)-p.lay.sunY
			d := paint.Sqrt(dx*dx+dy*dy) / reach
			if d >= 1 || dy < -p.u*0.1 {
				continue
			}
			// the direction alone, without an arc tangent
			a := dx / (paint.Abs(dx) + paint.Abs(dy) + 1)
			k := paint.Smooth(n.Line(a*6+20)+0.45*n.Line(a*15), -0.5, 1)
			p.Add(x, y, c.Scale(0.22*k*(1-d)*(1-d)*paint.Smooth(d, 0.02, 0.2)))
		}
	}
}

// air is the last layer: a breath of haze in the light's colour over everything, most around the horizon.
func (p *picture) air() {
	if p.Scene.Is("room", "underwater", "space") {
		return
	}
	p.Glow(p.lay.sunX, min(p.lay.sunY, p.lay.horizon), p.u*0.62, 4, p.pal.Key.RGB().Scale(0.08))
}
