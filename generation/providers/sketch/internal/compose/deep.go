package compose

import (
	"math/rand/v2"
	"strconv"

	"atelier/generation/providers/sketch/internal/paint"
)

// deep is the water seen from inside: bright above, dark below, with shafts of light.
func (p *picture) deep() {
	top, mid, low := paint.Hex(0x7fe0e0), paint.Hex(0x1f86a8), paint.Hex(0x0a2a50)
	if p.Scene.Dark() {
		top, mid, low = paint.Hex(0x3a8ab0), paint.Hex(0x134a74), paint.Hex(0x06142e)
	}
	tintBy := func(c paint.Lab) paint.Lab { return c.Mix(p.pal.Upper, 0.25) }
	if len(p.Scene.Colours) > 0 {
		tintBy = func(c paint.Lab) paint.Lab { return tint(c, hue(p.Scene.Colours[0]), 0.7) }
	}
	p.pal.Zenith, p.pal.Upper, p.pal.Lower, p.pal.Horizon = tintBy(top), tintBy(top.Mix(mid, 0.5)), tintBy(mid), tintBy(mid.Mix(low, 0.5))
	p.pal.Far, p.pal.Middle, p.pal.Near = tintBy(mid), tintBy(mid.Mix(low, 0.6)), tintBy(low.Lighten(-0.08))
	p.pal.Key, p.pal.Ambient, p.pal.Cloud = tintBy(paint.Hex(0xd8fff4)), tintBy(paint.Hex(0x5aa8c0)), tintBy(paint.Hex(0xd0fff8))
	p.lay.horizon, p.lay.sunY, p.lay.dx, p.lay.dy = p.h, -p.h*0.08, -0.25, -0.97
	ramp := paint.Ramp{{At: 0, Colour: p.pal.Zenith}, {At: 0.25, Colour: p.pal.Upper}, {At: 0.6, Colour: p.pal.Lower}, {At: 1, Colour: tintBy(low)}}
	n := p.noise("deep")
	light := p.pal.Key.RGB()
	for y := range p.H {
		t := float32(y) / p.h
		for x := range p.W {
			fx := float32(x) / p.u
			c := ramp.At(t + 0.04*n.At(fx*1.2, t*2)).RGB()
			a := (float32(x) - p.lay.sunX) / (float32(y) + p.h*0.5)
			k := paint.Smooth(n.Line(a*16)+0.5*n.Line(a*41+7), 0, 0.9) * (1 - t) * (1 - t)
			p.Set(x, y, c.Plus(light.Scale(0.3*k)))
		}
	}
	p.Glow(p.lay.sunX, 0, p.u*0.5, 3, light.Scale(0.5))
}

// reef is the ground of the sea with rocks, weed, coral and bubbles.
func (p *picture) reef() {
	for i := range 3 {
		k := float32(i) / 2
		rg := p.hill(i, 0.75-0.55*k, p.h*(0.9+0.1*k), p.u*(0.3-0.06*k))
		rg.local, rg.crag = paint.Hex(0x6a9a98).Mix(paint.Hex(0xe8d8b0), 0.3+0.5*k), 0.6
		p.land(rg)
		p.weed(i, rg)
		p.floor = rg.tops
	}
	r := p.rand("bubbles")
	c := p.pal.Cloud.RGB()
	for range 70 {
		s := p.u * between(r, 0.001, 0.007)
		x, y := r.Float32()*p.w, r.Float32()*p.h
		ring := new(paint.Path).Oval(x, y, s, s).Cut(new(paint.Path).Oval(x+s*0.12, y+s*0.12, s*0.74, s*0.74))
		p.Fill(ring, 0.6, paint.Flat(c))
	}
	p.school(r)
}

// school is a swarm of small fish.
func (p *picture) school(r *rand.Rand) {
	kind, _ := lookup("fish")
	cx, cy := p.lay.focus, p.h*between(r, 0.3, 0.5)
	flip := r.IntN(2) == 0
	for range 18 {
		p.place(stand{
			kind: kind, x: cx + p.u*between(r, -0.3, 0.3), y: cy + p.u*between(r, -0.14, 0.14), h: p.u * between(r, 0.016, 0.034),
			t: between(r, 0.2, 0.6), flip: flip, r: r,
		})
	}
}

func (p *picture) weed(i int, rg ridge) {
	r := p.rand("weed" + strconv.Itoa(i))
	k := float32(i) / 2
	kelp, coral := &paint.Path{}, [2]*paint.Path{{}, {}}
	for range 26 {
		x := r.Float32() * p.w
		y := rg.tops[min(max(int(x), 0), p.W-1)*paint.TopSamples] + p.u*0.01
		h := p.u * between(r, 0.06, 0.22) * (0.5 + 0.7*k)
		if r.IntN(2) == 0 {
			sway := h * 0.13
			kelp.Limb(h*0.1, h*0.02, x, y, x+sway, y-h*0.25, x-sway, y-h*0.5, x+sway, y-h*0.75, x, y-h)
			continue
		}
		fan(coral[r.IntN(2)], r.Float32()*6, x, y, -1.57, h*0.24, h*0.13, 4)
	}
	p.Fill(kelp, 1, paint.Flat(p.surface(paint.Hex(0x3f8a5a), 0.4, rg.t).RGB()))
	for j, c := range []uint32{0xe8607a, 0xf0a050} {
		p.Fill(coral[j], 1, paint.Flat(paint.Hex(c).Mix(p.tone(rg.t), 0.3+0.5*rg.t).RGB()))
	}
}

// fan adds a branching coral.
func fan(path *paint.Path, seed, x, y, angle, length, width float32, depth int) {
	ex, ey := x+paint.Cos(angle)*length, y+paint.Sin(angle)*length
	path.Limb(width, width*0.75, x, y, ex, ey)
	if depth == 0 {
		return
	}
	spread := 0.34 + 0.16*paint.Sin(seed*3+float32(depth)*2.1)
	fan(path, seed+1.3, ex, ey, angle-spread, length*0.8, width*0.75, depth-1)
	fan(path, seed+2.7, ex, ey, angle+spread*0.9, length*0.78, width*0.75, depth-1)
}

// cosmos fills space with planets.
func (p *picture) cosmos() {
	r := p.rand("cosmos")
	p.lay.horizon = p.h
	near := p.u * between(r, 0.3, 0.42)
	x := p.w - p.lay.focus
	p.planet(r, x, p.h*between(r, 0.6, 0.95), near, p.pal.Lower.Lighten(0.18).Mix(p.pal.Accent, 0.4))
	p.planet(r, p.lay.focus+p.u*0.05, p.h*between(r, 0.14, 0.3), p.u*between(r, 0.05, 0.1), p.pal.Cloud.Mix(paint.Hex(0x6fc0c8), 0.5))
	if r.IntN(2) == 0 {
		p.planet(r, p.w*between(r, 0.1, 0.9), p.h*between(r, 0.3, 0.5), p.u*between(r, 0.02, 0.035), p.pal.Accent.Lighten(0.1))
	}
}
