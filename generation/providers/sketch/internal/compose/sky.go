package compose

import (
	"math/rand/v2"

	"atelier/generation/providers/sketch/internal/paint"
)

// sky paints the gradient, the stars and what shines.
func (p *picture) sky() {
	p.gradient()
	dark := p.Scene.Time == "night" || p.Scene.Time == "dusk"
	overcast := p.Scene.Has("rain", "storm", "snow", "fog", "cloudy")
	if p.Scene.Has("galaxy") || p.Scene.Is("space", "mars") {
		p.nebula()
	}
	if dark && !overcast || p.Scene.Has("stars", "galaxy", "meteor") || p.Scene.Is("space", "mars") {
		p.stars()
	}
	if p.Scene.Has("aurora") {
		p.aurora()
	}
	if p.Scene.Has("planet") || p.Scene.Is("mars") {
		r := p.rand("planet")
		p.planet(r, p.w-p.lay.sunX*0.8, p.h*between(r, 0.2, 0.3), p.u*between(r, 0.11, 0.19), p.pal.Cloud.Mix(p.pal.Accent, 0.4))
	}
	if p.Scene.Has("meteor") {
		p.meteors()
	}
	if p.Scene.Is("space") && !p.Scene.Has("sun", "moon", "eclipse", "crescent") {
		return
	}
	switch {
	case p.Scene.Has("crescent"):
		p.moon(1)
	case p.Scene.Has("eclipse"):
		p.eclipse()
	case p.Scene.Has("moon"), p.Scene.Time == "night" && p.lay.sunUp && !p.Scene.Has("sun"):
		bite := float32(0)
		if p.rand("moon").IntN(4) == 0 && !p.Scene.Has("moon") {
			bite = 1
		}
		p.moon(bite)
	default:
		p.sun()
	}
	if p.Scene.Has("rainbow") {
		p.rainbow()
	}
}

func (p *picture) gradient() {
	ramp := paint.Ramp{
		{At: 0, Colour: p.pal.Zenith},
		{At: 0.38, Colour: p.pal.Upper},
		{At: 0.76, Colour: p.pal.Lower},
		{At: 1, Colour: p.pal.Horizon},
		{At: 1.25, Colour: p.pal.Horizon},
	}
	n := p.noise("sky")
	lut := make([]paint.RGB, 512)
	for i := range lut {
		lut[i] = ramp.At(float32(i) / 400).RGB()
	}
	for y := range p.H {
		for x := range p.W {
			t := float32(y) / p.lay.horizon
			side := paint.Abs(float32(x)-p.lay.sunX) / p.w
			t += 0.03*n.At(float32(x)/p.w*1.4, t*2) - 0.1*side*side*paint.Smooth(t, 0.2, 0.9)
			f := paint.Clamp(t*400, 0, 510)
			i := int(f)
			p.Set(x, y, lut[i].Lerp(lut[i+1], f-float32(i)))
		}
	}
}

func (p *picture) stars() {
	r := p.rand("stars")
	area := p.w * p.lay.horizon / (p.u * p.u)
	n := int(520 * area)
	if p.Scene.Time == "dusk" {
		n /= 3
	}
	if p.Scene.Has("stars", "galaxy") || p.Scene.Is("space") {
		n *= 2
	}
	high := p.lay.horizon
	if p.Scene.Is("space") {
		high = p.h
	}
	for range n {
		x, y := r.Float32()*p.w, r.Float32()*high
		m := paint.Pow(r.Float32(), 7)
		fade := paint.Smooth(y, high, high*0.45)
		if p.Scene.Is("space") {
			fade = 1
		}
		c := paint.LCH(0.97, 0.05*r.Float32(), 60+180*r.Float32()).RGB().Scale((0.16 + 1.1*m) * fade)
		p.Glow(x, y, p.u*0.0016+p.u*0.0022*m+0.4, 2, c)
		if m > 0.55 {
			p.Glow(x, y, p.u*0.012*m, 5, c.Scale(0.5))
		}
	}
}

// moon is a disk with seas; the bite makes a crescent of it.
func (p *picture) moon(bite float32) {
	l := &p.lay
	glow := p.pal.Sun.Mix(p.pal.Cloud, 0.3).RGB()
	p.Glow(l.sunX, l.sunY, l.sunR*9, 4, glow.Scale(0.12))
	p.Glow(l.sunX, l.sunY, l.sunR*3, 3, glow.Scale(0.22))
	n := p.noise("moon")
	disk := new(paint.Path).Oval(l.sunX, l.sunY, l.sunR, l.sunR)
	light := p.pal.Sun.RGB().Scale(1.15)
	shade := p.pal.Sun.Mix(p.pal.Upper, 0.42).RGB()
	under := p.At(int(l.sunX), int(l.sunY))
	p.Fill(disk, 1, func(x, y int) paint.RGB {
		dx, dy := (float32(x)-l.sunX)/l.sunR, (float32(y)-l.sunY)/l.sunR
		k := paint.Smooth(n.Fbm(dx*1.3+3, dy*1.3+7, 4), -0.02, 0.3) * 0.55
		v := light.Lerp(shade, k+0.25*paint.Smooth(dx*dx+dy*dy, 0.5, 1))
		if bite > 0 {
			ox, oy := dx-0.46, dy+0.22
			v = v.Lerp(under.Plus(glow.Scale(0.03)), bite*paint.Smooth(ox*ox+oy*oy, 0.84, 0.74))
		}
		return v
	})
}

func (p *picture) sun() {
	l := &p.lay
	c := p.pal.Sun.RGB()
	warm := p.pal.Key.RGB()
	strength := float32(1)
	if !l.sunUp {
		strength = 0.45
	}
	if p.Scene.Time == "dusk" {
		warm = p.pal.Horizon.RGB()
		strength = 0.6
	}
	room := max(0.25, 1-p.pal.Lower.RGB().Luma()*1.15) // a bright sky leaves little room for more light
	p.Glow(l.sunX, l.sunY, p.u*0.85, 4, warm.Scale(0.3*strength*room))
	p.Glow(l.sunX, l.sunY, l.sunR*5, 3, warm.Scale(0.5*strength*room))
	if l.sunUp {
		p.Fill(new(paint.Path).Oval(l.sunX, l.sunY, l.sunR, l.sunR), 1, func(_, y int) paint.RGB {
			t := paint.Smooth(float32(y), l.sunY-l.sunR, l.sunY+l.sunR)
			return c.Scale(1.5).Lerp(warm.Scale(1.25), t*0.6)
		})
		if p.Scene.Has("neon") {
			p.slits()
		}
	}
}

// slits cut the sun of neon pictures into stripes.
func (p *picture) slits() {
	l := &p.lay
	for i := range 5 {
		y := l.sunY + l.sunR*(float32(i)*0.2-0.02)
		half := paint.Sqrt(max(0, l.sunR*l.sunR-(y-l.sunY)*(y-l.sunY))) + 2
		band := new(paint.Path).Rect(l.sunX-half, y, l.sunX+half, y+l.sunR*(0.03+0.022*float32(i)))
		p.Fill(band, 1, paint.Flat(p.pal.Lower.RGB()))
	}
}

func (p *picture) eclipse() {
	l := &p.lay
	c := p.pal.Sun.RGB()
	p.Glow(l.sunX, l.sunY, l.sunR*6, 4, c.Scale(0.5))
	p.Glow(l.sunX, l.sunY, l.sunR*1.8, 2, c.Scale(2))
	p.Fill(new(paint.Path).Oval(l.sunX, l.sunY, l.sunR, l.sunR), 1, paint.Flat(p.pal.Near.RGB().Scale(0.5)))
}

func (p *picture) meteors() {
	r := p.rand("meteors")
	for range 3 + r.IntN(4) {
		x, y := r.Float32()*p.w, r.Float32()*p.lay.horizon*0.6
		n := p.u * between(r, 0.08, 0.22)
		tail := new(paint.Path).Limb(p.u*0.0005, p.u*0.004, x+n, y-n*0.55, x, y)
		p.Fill(tail, 0.8, func(px, _ int) paint.RGB {
			t := 1 - paint.Clamp((float32(px)-x)/n, 0, 1)
			return p.At(px, int(y)).Lerp(paint.RGB{R: 1.2, G: 1.2, B: 1.1}, t*t)
		})
		p.Glow(x, y, p.u*0.02, 4, paint.RGB{R: 0.8, G: 0.8, B: 0.9})
	}
}

func (p *picture) rainbow() {
	cx, cy := p.w-p.lay.sunX, p.lay.horizon*1.15
	radius, width := p.u*0.72, p.u*0.075
	for y := range min(p.H, int(p.lay.horizon)+1) {
		for x := range p.W {
			dx, dy := float32(x)-cx, float32(y)-cy
			t := (radius - paint.Sqrt(dx*dx+dy*dy)) / width
			if t > 0 && t < 1 {
				k := paint.Smooth(t, 0, 0.25) * paint.Smooth(t, 1, 0.75) * paint.Smooth(float32(y), 0, p.lay.horizon*0.3)
				p.Add(x, y, paint.LCH(0.75, 0.17, 25+t*275).RGB().Scale(0.2*k))
			}
		}
	}
}

// aurora hangs curtains whose lower edges wander.
func (p *picture) aurora() {
	n := p.noise("aurora")
	r := p.rand("aurora")
	first, second := paint.Hex(0x3dffa2).RGB(), paint.Hex(0x8a5cff).RGB()
	if len(p.Scene.Colours) > 0 {
		first = hue(p.Scene.Colours[0]).RGB()
	}
	for i := range 3 {
		phase, height := r.Float32()*50, p.lay.horizon*between(r, 0.35, 0.55)
		base := p.lay.horizon * (0.5 + 0.14*float32(i))
		for x := range p.W {
			fx := float32(x) / p.u
			foot := base + p.lay.horizon*0.3*n.LineFbm(fx*0.8+phase, 3, 0.5)
			ray := 0.35 + 0.65*paint.Smooth(n.Line(fx*22+phase*3)+0.6*n.Line(fx*57+phase), -0.6, 1)
			body := paint.Smooth(n.Line(fx*1.1+phase*2), -0.6, 0.5) * ray * 0.6
			top := foot - height*(0.7+0.3*ray)
			for y := max(0, int(top)); y < min(p.H, int(foot+p.u*0.02)); y++ {
				t := (foot - float32(y)) / (foot - top)
				k := paint.Smooth(t, -0.06, 0.05) * (1 - t) * (1 - t) * body
				if k > 0 {
					p.Add(x, y, first.Lerp(second, paint.Smooth(t, 0.15, 0.8)).Scale(k))
				}
			}
		}
	}
}

// nebula lays glowing dust along a tilted band.
func (p *picture) nebula() {
	n := p.noise("nebula")
	r := p.rand("nebula")
	slope, at := between(r, -0.7, 0.7), between(r, 0.25, 0.5)
	one, two := p.pal.Lower.Mix(p.pal.Accent, 0.3).Saturate(1.5).RGB(), p.pal.Cloud.Mix(paint.Hex(0x6a7cff), 0.5).RGB()
	for y := range p.H {
		for x := range p.W {
			fx, fy := float32(x)/p.u, float32(y)/p.u
			off := (fy - at - slope*(fx-p.w/p.u/2)) * 2.4
			band := paint.Exp(-off * off * 2)
			if band < 0.03 {
				continue
			}
			warp := n.Fbm(fx*2, fy*2, 3)
			d := n.Fbm(fx*3+warp*1.4, fy*3-warp, 5)
			k := paint.Smooth(d, -0.25, 0.5) * band
			lane := 1 - 0.8*paint.Smooth(paint.Abs(off+warp*0.8), 0.22, 0)*paint.Smooth(d, 0.2, -0.2)
			p.Add(x, y, one.Lerp(two, paint.Smooth(warp+off*0.4, -0.3, 0.4)).Scale(0.42*k*lane))
		}
	}
}

// planet is a lit ball with bands and sometimes a ring.
func (p *picture) planet(r *rand.Rand, cx, cy, radius float32, c paint.Lab) {
	n := p.noise("planet")
	light, dark := c.Lighten(0.1).RGB(), c.Mix(p.pal.Zenith, 0.45).RGB()
	ringed, tilt := r.IntN(3) > 0, between(r, -0.5, 0.5)
	warp := between(r, 2.5, 6)
	ring := func(front bool) {
		if !ringed {
			return
		}
		for i := range 3 {
			k := radius * (1.45 + 0.24*float32(i))
			outer, inner := new(paint.Path).Tilted(cx, cy, k, k*0.24, tilt), radius*(1.45+0.24*float32(i)-0.2)
			hole := new(paint.Path).Tilted(cx, cy, inner, inner*0.24, tilt)
			p.Fill(outer.Cut(hole), 0.62-0.14*float32(i), func(x, y int) paint.RGB {
				up := (float32(y)-cy)*paint.Cos(tilt)-(float32(x)-cx)*paint.Sin(tilt) > 0
				dx, dy := float32(x)-cx, float32(y)-cy
				if up != front && dx*dx+dy*dy < radius*radius {
					return p.At(x, y)
				}
				return light.Lerp(dark, 0.3*float32(i))
			})
		}
	}
	p.Glow(cx, cy, radius*1.7, 4, light.Scale(0.12))
	ring(false)
	p.Fill(new(paint.Path).Oval(cx, cy, radius, radius), 1, func(x, y int) paint.RGB {
		dx, dy := (float32(x)-cx)/radius, (float32(y)-cy)/radius
		z := paint.Sqrt(max(0, 1-dx*dx-dy*dy))
		bx, by := dx*paint.Cos(tilt)+dy*paint.Sin(tilt), dy*paint.Cos(tilt)-dx*paint.Sin(tilt)
		t := n.Fbm(bx/(0.6+z)*1.2+5, by*warp, 4)
		lit := paint.Smooth(dx*p.lay.dx*0.8+dy*p.lay.dy*0.6+z*0.45, -0.15, 0.75)
		v := light.Lerp(dark, paint.Smooth(t, -0.3, 0.35)*0.75)
		return p.pal.Zenith.RGB().Scale(0.7).Lerp(v, 0.06+0.94*lit)
	})
	ring(true)
}
