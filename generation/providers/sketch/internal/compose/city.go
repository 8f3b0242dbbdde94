package compose

import (
	"math/rand/v2"
	"strconv"

	"atelier/generation/providers/sketch/internal/figure"
	"atelier/generation/providers/sketch/internal/paint"
)

// skyline paints what people built at the horizon, and the woods there.
func (p *picture) skyline() {
	s := &p.Scene
	if s.Has("storm") {
		p.lightning() // before the water, which mirrors it
	}
	if s.Is("city") {
		for i := range 4 {
			p.blocks(i)
		}
	}
	if s.Is("village") {
		p.village()
	}
	if s.Is("forest", "jungle") {
		p.woods()
	}
	if s.Is("waterfall") {
		p.fall()
	}
}

// blocks is one row of towers; rows behind are taller and paler.
func (p *picture) blocks(row int) {
	r := p.rand("blocks" + strconv.Itoa(row))
	k := float32(row) / 3
	t := 0.92 - 0.72*k
	base := p.lay.horizon + p.h*0.02*k
	tall := p.u * (0.44 - 0.2*k)
	if p.Scene.Has("epic", "neon") {
		tall *= 1.25
	}
	wall := paint.Hex(0x7c8694)
	if p.Scene.LandHue != "" {
		wall = hue(p.Scene.LandHue)
	}
	mist := p.pal.Far.Mix(p.pal.Horizon, 0.4).RGB()
	p.haze(base, tall*0.7, 0.5*(1-k))
	for x := -p.u * 0.05; x < p.w; {
		w := p.u * between(r, 0.035, 0.085) * (0.8 + 0.5*k)
		centre := paint.Exp(-(x - p.lay.focus) * (x - p.lay.focus) / (p.w * p.w * 0.07))
		h := tall * (0.22 + 0.3*r.Float32() + 0.62*centre*paint.Pow(r.Float32(), 0.6))
		face := p.surface(wall.Lighten(between(r, -0.06, 0.06)), 0.55, t).RGB()
		side := p.surface(wall, 0.08, t).RGB()
		shape := towerShape(r, x, base, w, h)
		split := x + w*between(r, 0.55, 0.75)
		p.Fill(shape, 1, func(px, py int) paint.RGB {
			c := face
			if (float32(px) > split) == (p.lay.dx < 0) {
				c = side
			}
			return c.Lerp(mist, 0.65*t*paint.Smooth(float32(py), base-h, base))
		})
		p.windows(r, x, base, w, h, t)
		if p.Scene.Dark() && r.IntN(4) == 0 {
			p.Glow(x+w/2, base-h*1.18, p.u*0.012, 3, paint.Hex(0xff4a3a).RGB().Scale(1.2*(1-t*0.6)))
		}
		x += w * between(r, 0.8, 1.25)
	}
}

// haze is the shine of the streets that stands between two rows.
func (p *picture) haze(base, height, k float32) {
	c := p.pal.Horizon.Mix(p.pal.Far, 0.4)
	if p.Scene.Dark() {
		c = c.Mix(p.pal.Lamp, 0.25)
	}
	v := c.RGB()
	for y := max(0, int(base-height)); y < min(p.H, int(base)); y++ {
		a := k * paint.Smooth(float32(y), base-height, base)
		for x := range p.W {
			p.Blend(x, y, v, a)
		}
	}
}

// towerShape is a block with a crown: flat, stepped, pointed or slanted.
func towerShape(r *rand.Rand, x, base, w, h float32) *paint.Path {
	s := new(paint.Path).Rect(x, base-h, x+w, base+4)
	switch r.IntN(6) {
	case 0:
		s.Rect(x+w*0.2, base-h*1.09, x+w*0.8, base-h+1).Rect(x+w*0.36, base-h*1.15, x+w*0.64, base-h)
		s.XY(x+w*0.47, base-h*1.12, x+w*0.5, base-h*1.32, x+w*0.53, base-h*1.12)
	case 1:
		s.XY(x, base-h+1, x+w/2, base-h*1.2, x+w, base-h+1)
	case 2:
		s.XY(x, base-h+1, x, base-h*1.12, x+w, base-h+1)
	case 3:
		s.Rect(x+w*0.12, base-h*1.06, x+w*0.88, base-h+1)
		s.XY(x+w*0.3, base-h*1.05, x+w*0.315, base-h*1.18, x+w*0.33, base-h*1.05)
	case 4:
		s.Rect(x+w*0.55, base-h*1.03, x+w*0.85, base-h+1)
	}
	return s
}

// windows are lit by night and faint by day.
func (p *picture) windows(r *rand.Rand, x, base, w, h, t float32) {
	cell := max(p.u*(0.016-0.009*t), 2.4)
	var lit float32
	glow := p.pal.Near.RGB()
	strength := float32(0.3)
	switch p.Scene.Time {
	case "night", "dusk":
		lit, strength = between(r, 0.04, 0.42)*between(r, 0.4, 1), 1.25
	case "sunset", "dawn", "golden":
		lit, strength = between(r, 0.06, 0.26), 0.9
	default:
		lit = 0.55
	}
	day := strength < 0.5
	panes := [3]*paint.Path{{}, {}, {}}
	for wy := base - h + cell*0.9; wy < base-cell; wy += cell * 1.35 {
		for wx := x + cell*0.6; wx < x+w-cell*0.8; wx += cell {
			if r.Float32() < lit {
				panes[r.IntN(3)].Rect(wx, wy, wx+cell*0.52, wy+cell*0.72)
			}
		}
	}
	tints := [3]paint.Lab{p.pal.Lamp, p.pal.Lamp.Mix(paint.Hex(0xfff4dc), 0.6), p.pal.Lamp.Mix(p.pal.Accent, 0.4)}
	for i, path := range panes {
		if !day {
			glow = tints[i].RGB()
		}
		p.Fill(path, paint.Clamp(strength, 0, 1)*(1-0.62*t), paint.Flat(glow.Scale(max(strength, 0.6))))
	}
}

// village scatters houses over the middle ground, a church among them.
func (p *picture) village() {
	r := p.rand("village")
	church, _ := figure.Find("church")
	house, _ := figure.Find("house")
	base := p.lay.horizon + p.h*0.05
	if p.wet() {
		base = p.lay.horizon + p.h*0.006
	}
	roofs := []uint32{0xa8503c, 0x8c4434, 0x6a4a44, 0xb8683c, 0x5a5a64}
	for i := range 15 {
		k := float32(i) / 15
		x := p.lay.focus + p.u*between(r, -0.42, 0.42)
		y := base + p.h*0.055*k
		if p.wet() {
			y = base
		}
		size := p.u * (0.042 + 0.034*k)
		kind := house
		if i == 5 {
			kind, size, x = church, p.u*0.14, p.lay.focus
		}
		p.place(stand{
			kind: kind, x: x, y: y, h: size, t: 0.5 - 0.22*k, accent: paint.Hex(roofs[r.IntN(len(roofs))]), r: r,
		})
	}
}

// fall is a ribbon of white water between the rocks.
func (p *picture) fall() {
	n := p.noise("fall")
	r := p.rand("fall")
	top, foot := p.lay.horizon-p.u*between(r, 0.36, 0.44), p.lay.horizon+p.h*0.02
	cx, half := p.lay.focus, p.u*0.06
	cliff := p.Tops(func(x float32) float32 {
		d := paint.Abs(x-cx) / p.u
		return top - p.u*(0.03*n.LineFbm(x/p.u*9, 4, 0.5)-0.05*paint.Smooth(d, half/p.u, half/p.u*1.6)) + p.u*0.85*max(0, d-0.26)
	})
	p.land(ridge{tops: cliff, amp: foot - top, t: 0.42, local: p.grass().Mix(paint.Hex(0x66605a), 0.7), crag: 0.9, mist: 0.3})
	foam := p.pal.Cloud.Mix(paint.Hex(0xffffff), 0.4).RGB()
	shade := p.pal.Upper.Mix(p.pal.Cloud, 0.5).RGB()
	for y := max(0, int(top)); y < min(p.H, int(foot)); y++ {
		d := (float32(y) - top) / (foot - top)
		for x := max(0, int(cx-half*2)); x < min(p.W, int(cx+half*2)); x++ {
			off := (float32(x) - cx) / (half * (0.75 + 0.4*d + 0.12*n.Line(d*6)))
			a := paint.Smooth(paint.Abs(off), 1, 0.8)
			streak := n.Fbm(float32(x)/p.u*70, d*5, 3)
			if a > 0 {
				p.Blend(x, y, shade.Lerp(foam, paint.Smooth(streak, -0.4, 0.3)), a*0.94)
			}
		}
	}
	for range 18 {
		p.Glow(cx+p.u*between(r, -0.1, 0.1), foot+p.u*between(r, -0.02, 0.01), p.u*between(r, 0.03, 0.07), 3, foam.Scale(0.09))
	}
}

// seasonal is how much the colour of leaves stands out against distance.
func (p *picture) seasonal() float32 {
	if p.Scene.Season == "autumn" || p.Scene.Season == "spring" {
		return 0.3
	}
	return 0
}

// woods are rows of trees from the haze to the front.
func (p *picture) woods() {
	for i := range 4 {
		k := float32(i) / 3
		r := p.rand("woods" + strconv.Itoa(i))
		n := p.noise("woods" + strconv.Itoa(i))
		t := 0.82 - 0.5*k
		base := p.lay.horizon + p.h*(0.01+0.09*k)
		if p.wet() {
			base = p.lay.horizon + 2
		}
		size := p.u * (0.14 + 0.2*k)
		path := &paint.Path{}
		for x := -size; x < p.w+size; x += size * between(r, 0.1, 0.26) {
			gap := 0.45 + 0.55*p.open(x)
			h := size * between(r, 0.6, 1.1) * gap * (1 + 0.25*n.Line(x/p.u*2))
			if p.Scene.Is("jungle") || p.Scene.Season == "autumn" || p.Scene.Season == "spring" {
				leafy(path, r, x, base-h*0.4, h*between(r, 0.2, 0.36))
				path.Rect(x-h*0.3, base-h*0.3, x+h*0.3, base+4)
				x -= size * 0.06
			} else {
				conifer(path, r, x, base+h*0.08, h)
			}
		}
		leaf := p.leaves(between(r, 0, 1))
		c, foot := p.surface(leaf, 0.5, t).Mix(leaf, p.seasonal()).RGB(), p.pal.Far.Mix(p.pal.Horizon, 0.3).RGB()
		p.Fill(path, 1, func(_, y int) paint.RGB {
			return c.Lerp(foot, 0.6*(0.35+0.65*t)*paint.Smooth(float32(y), base-size*0.55, base+size*0.1))
		})
	}
}
