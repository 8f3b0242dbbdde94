package compose

import (
	"strconv"

	"atelier/generation/providers/sketch/internal/paint"
)

// ridge is one layer of land.
type ridge struct {
	tops   []float32 // its line, see paint.Canvas.Below
	amp    float32   // its height in pixels
	t      float32   // its distance, 0–1
	local  paint.Lab // its own colour
	crag   float32   // how broken its faces are, 0–1
	snow   float32   // share of its height that is white
	strata float32   // how strong its layers of rock show, 0–1
	foot   int       // where the layers in front hide it; 0 is the bottom of the picture
	mist   float32   // how much its foot drowns in haze, 0–1
}

// relief paints the land at and behind the horizon.
func (p *picture) relief() {
	s := &p.Scene
	switch {
	case s.Is("room") && len(s.Places) == 1:
		p.ranges(p.hill, 0.16)
	case s.Is("mountains", "waterfall"):
		p.ranges(p.mountain, 0.4)
	case s.Is("volcano"):
		p.ranges(p.hill, 0.14)
		p.volcano()
	case s.Is("canyon"):
		p.ranges(p.mesa, 0.34)
	case s.Is("arctic"):
		p.ranges(p.mountain, 0.24)
	case s.Is("desert", "mars"):
		p.ranges(p.dune, 0.2)
	case s.Is("island"):
		p.islands()
	case s.Is("sea", "beach"):
		p.headlands()
	case s.Is("city"):
		p.ranges(p.hill, 0.12)
	case s.Is("lake"):
		p.ranges(p.mountain, 0.26)
	default:
		p.ranges(p.hill, 0.24)
	}
}

// ranges paints layers of the same kind, each nearer, lower and darker; flat styles have fewer.
func (p *picture) ranges(form func(i int, t, base, amp float32) ridge, height float32) {
	n := 5
	if p.Scene.Has("minimal") {
		n = 2
	} else if p.Scene.Has("epic") {
		n, height = 6, height*1.3
	}
	if p.Scene.Has("wide") {
		height *= 0.85
	}
	for i := range n {
		k := float32(i) / float32(n-1)
		t := 0.95 - 0.6*k
		base := p.lay.horizon + p.h*0.035*k
		amp := p.u * height * (1 - 0.62*k)
		rg := form(i, t, base, amp)
		rg.foot = int(p.lay.horizon + p.h*0.22)
		p.land(rg)
		if i >= n/2 && p.wooded() {
			p.treeline(rg, i)
		}
	}
}

// wooded tells whether trees stand on the ridges.
func (p *picture) wooded() bool {
	s := &p.Scene
	return !s.Is("desert", "canyon", "mars", "arctic", "volcano", "sea", "beach") && !s.Has("minimal") &&
		s.Is("mountains", "lake", "forest", "hills", "river", "village", "waterfall", "room")
}

// open is 0 in the middle of the valley that leads to the light and 1 at the sides.
func (p *picture) open(x float32) float32 {
	d := (x - p.lay.sunX) / p.w
	return paint.Smooth(paint.Abs(d), 0, 0.45)
}

func (p *picture) mountain(i int, t, base, amp float32) ridge {
	n := p.noise("mountain" + strconv.Itoa(i))
	r := p.rand("mountains")
	freq := between(r, 1.1, 1.6) * (1 + 0.35*float32(i))
	peak := p.w * between(p.rand("peak"+strconv.Itoa(i)), 0.12, 0.88)
	if i == 1 {
		peak = p.lay.focus
	}
	tops := p.Tops(func(x float32) float32 {
		fx := x / p.u
		v := n.LineRidge(fx*freq, 6, 0.46)
		d := (x - peak) / (p.u * 0.34)
		v = (v*v*0.75+0.16)*(0.5+0.5*p.open(x)) + 0.62*paint.Exp(-paint.Abs(d)*1.5)*(0.72+0.28*v)
		return base - amp*v
	})
	rg := ridge{tops: tops, amp: amp, t: t, local: paint.Hex(0x77746f), crag: 1, mist: 0.75}
	switch {
	case p.snowy():
		rg.snow = 1.2
	case p.Scene.Is("volcano", "canyon", "mars"):
	case i < 3:
		rg.snow = 0.42
	}
	if i >= 3 && !p.snowy() {
		rg.local, rg.crag = p.grass().Mix(rg.local, 0.3), 0.6
	}
	return rg
}

func (p *picture) hill(i int, t, base, amp float32) ridge {
	n := p.noise("hill" + strconv.Itoa(i))
	freq := between(p.rand("hills"), 0.7, 1.1) * (1 + 0.2*float32(i))
	tops := p.Tops(func(x float32) float32 {
		v := 0.5 + 0.5*n.LineFbm(x/p.u*freq, 4, 0.32)
		return base - amp*v*(0.55+0.45*p.open(x))
	})
	return ridge{tops: tops, amp: amp, t: t, local: p.grass(), crag: 0.16, mist: 0.7}
}

func (p *picture) dune(i int, t, base, amp float32) ridge {
	n := p.noise("dune" + strconv.Itoa(i))
	freq := between(p.rand("dunes"), 0.8, 1.2)
	tops := p.Tops(func(x float32) float32 {
		v := n.LineRidge(x/p.u*freq, 2, 0.25)
		return base - amp*(v*v*0.9+0.06*n.Line(x/p.u*5))
	})
	return ridge{tops: tops, amp: amp, t: t, local: p.grass(), crag: 0.3, mist: 0.5}
}

func (p *picture) mesa(i int, t, base, amp float32) ridge {
	n := p.noise("mesa" + strconv.Itoa(i))
	freq := between(p.rand("mesas"), 1.2, 1.7)
	tops := p.Tops(func(x float32) float32 {
		fx := x / p.u
		v := n.LineFbm(fx*freq, 3, 0.4) + 0.25*p.open(x) - 0.1
		jag := 0.02 * n.LineFbm(fx*24, 3, 0.5)
		step := 0.36*paint.Smooth(v, -0.05, 0.02) + 0.34*paint.Smooth(v, 0.2, 0.25) + 0.2*paint.Smooth(v, 0.42, 0.46)
		return base - amp*(step+jag+0.08*v+0.05)
	})
	return ridge{tops: tops, amp: amp, t: t, local: p.grass(), crag: 0.55, strata: 1, mist: 0.45}
}

// islands puts a near island of rock and a far one on the sea.
func (p *picture) islands() {
	p.island("far", p.w-p.lay.focus, p.u*0.3, p.u*0.08, 0.8)
	p.island("near", p.lay.focus, p.u*0.44, p.u*0.2, 0.45)
}

// headlands sometimes put land at the end of the sea.
func (p *picture) headlands() {
	r := p.rand("headlands")
	if p.Scene.Has("minimal") || r.IntN(4) == 0 {
		return
	}
	for i := range 2 {
		x := float32(0)
		if (p.lay.sunX < p.w/2) == (i == 0) {
			x = p.w
		}
		p.island("head"+strconv.Itoa(i), x, p.u*between(r, 0.35, 0.6), p.u*between(r, 0.06, 0.15)*(1-0.4*float32(i)), 0.85-0.15*float32(1-i))
	}
}

func (p *picture) island(id string, cx, half, amp, t float32) {
	n := p.noise("island" + id)
	tops := p.Tops(func(x float32) float32 {
		d := paint.Abs(x-cx) / half
		if d >= 1 {
			return p.h + 2
		}
		v := (1 - d*d) * (0.45 + 0.55*n.LineRidge(x/p.u*3.2, 5, 0.45))
		return p.lay.horizon + 2 - amp*v*paint.Smooth(d, 1, 0.75)
	})
	rg := ridge{tops: tops, amp: amp, t: t, local: paint.Hex(0x6d8a55).Mix(paint.Hex(0x77746f), 0.4), crag: 0.8, mist: 0.2}
	if p.snowy() {
		rg.snow = 1
	}
	p.Below(rg.tops, int(p.lay.horizon)+2, p.face(rg))
}

// volcano is one cone with fire at its mouth.
func (p *picture) volcano() {
	n := p.noise("volcano")
	amp, cx := p.u*0.4, p.lay.focus
	tops := p.Tops(func(x float32) float32 {
		d := paint.Abs(x-cx) / p.u
		v := 1.12 * paint.Exp(-d*3.6)
		v = min(v, 0.86+0.02*n.Line(x/p.u*40)) + 0.03*n.LineFbm(x/p.u*9, 4, 0.5)
		return p.lay.horizon + p.u*0.03 - amp*v
	})
	mouth := p.lay.horizon - amp*0.86
	fire := paint.Hex(0xff5a1f).RGB()
	for i := range 26 {
		r := p.rand("smoke" + strconv.Itoa(i))
		k := float32(i) / 26
		x := cx + p.u*(0.16*k*k+between(r, -0.035, 0.035)*(0.6+2*k))
		y := mouth - p.u*0.36*k
		rad := p.u * (0.02 + 0.06*k)
		c := p.pal.Upper.Mix(p.pal.Near, 0.4).RGB().Lerp(fire, 0.5*(1-k)*(1-k))
		p.Fill(new(paint.Path).Oval(x, y, rad, rad*0.85), 0.4*(1-0.6*k), paint.Flat(c))
	}
	p.land(ridge{tops: tops, amp: amp, t: 0.55, local: paint.Hex(0x5a4a48), crag: 1, mist: 0.6})
	r := p.rand("lava")
	for range 5 {
		x, y := cx+p.u*between(r, -0.035, 0.035), mouth+p.u*0.012
		pts := []float32{x, y}
		dir := between(r, -0.5, 0.5)
		for j := range 6 {
			x += p.u * (dir*0.035 + between(r, -0.012, 0.012))
			y += p.u * between(r, 0.015, 0.04)
			pts = append(pts, x, y)
			if j > 3+r.IntN(3) {
				break
			}
		}
		p.Fill(new(paint.Path).Limb(p.u*0.007, p.u*0.002, pts...), 1, paint.Flat(fire.Scale(1.7)))
	}
	p.Glow(cx, mouth, p.u*0.2, 4, fire.Scale(0.4))
}

// land paints a ridge down to its foot.
func (p *picture) land(rg ridge) {
	if rg.foot == 0 {
		rg.foot = p.H
	}
	p.Below(rg.tops, rg.foot, p.face(rg))
}

// face shades a ridge: slopes that look to the light are bright, facets run down from the crests, feet sink into haze.
func (p *picture) face(rg ridge) func(x, y int, depth float32) paint.RGB {
	n := p.noise("face")
	slopes := p.slopes(rg.tops)
	rock := [2]paint.RGB{p.surface(rg.local, 0, rg.t).RGB(), p.surface(rg.local, 1, rg.t).RGB()}
	white := paint.Hex(0xf6f9fc)
	snow := [2]paint.RGB{p.surface(white, 0.12, rg.t*0.75).RGB(), p.surface(white, 1, rg.t*0.75).RGB()}
	haze := p.pal.Far.Mix(p.pal.Horizon, 0.35).RGB()
	peak := p.h
	for _, t := range rg.tops {
		peak = min(peak, t)
	}
	side := float32(1)
	if p.lay.dx < 0 {
		side = -1
	}
	freq := 7 / p.u
	flat := p.Scene.Has("flat")
	return func(x, y int, depth float32) paint.RGB {
		fx, fy := float32(x), float32(y)
		jag := n.Fbm(fx*freq*1.6, fy*freq, 4)
		at := int(fx + jag*depth*1.1*rg.crag)
		at = min(max(at, 0), p.W-1)
		// the farther down, the broader the form that decides
		level := min(depth/(p.u*0.03), float32(len(slopes))-1.001)
		near, far := slopes[int(level)][at], slopes[int(level)+1][at]
		slope := near + (far-near)*(level-float32(int(level)))
		f := paint.Smooth(slope*side+jag*0.35*rg.crag, -0.75, 0.75)
		if flat {
			f = paint.Smooth(f, 0.45, 0.55)
		}
		c := rock[0].Lerp(rock[1], f)
		if rg.strata > 0 {
			band := n.Line(fy*46/p.u + 0.25*jag + fx*0.6/p.u)
			c = c.Scale(1 + 0.22*rg.strata*paint.Smooth(band, -0.3, 0.3) - 0.11)
		}
		if rg.snow > 0 {
			line := peak + rg.amp*rg.snow*0.75 + jag*rg.amp*0.5 + (f-0.5)*rg.amp*0.16
			c = c.Lerp(snow[0].Lerp(snow[1], f), paint.Smooth(fy, line+p.u*0.008, line-p.u*0.008))
		}
		sink := paint.Smooth(depth, rg.amp*0.15, rg.amp*1.1+1) * rg.mist * (0.35 + 0.55*rg.t)
		return c.Lerp(haze, sink)
	}
}

// slopes are the line's slopes, each level smoothed wider than the one before.
func (p *picture) slopes(tops []float32) [][]float32 {
	line := make([]float32, p.W)
	for x := range line {
		line[x] = tops[x*paint.TopSamples+1]
	}
	out := make([][]float32, 6)
	for level := range out {
		reach := max(1, int(p.u*0.004*float32(1+level*level)))
		out[level] = make([]float32, p.W)
		for x := range line {
			a, b := max(0, x-reach), min(p.W-1, x+reach)
			out[level][x] = (line[b] - line[a]) / float32(max(1, b-a))
		}
	}
	return out
}
