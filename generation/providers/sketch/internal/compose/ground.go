package compose

import (
	"strconv"

	"atelier/generation/providers/sketch/internal/paint"
)

// ground paints what lies before the horizon and keeps its line for those who stand on it.
func (p *picture) ground() {
	s := &p.Scene
	switch {
	case s.Is("river") && !s.Is("city"):
		p.banks()
	case s.Is("sea") && !s.Is("beach", "island"):
		p.promontory()
		return
	case p.wet():
	case s.Is("fields", "garden", "beach", "city"):
		p.plane()
	default:
		p.rolling()
	}
	n := p.noise("ground")
	base, amp := p.h*0.86, p.u*0.055
	if p.wet() {
		base, amp = p.lay.shore, p.u*0.04
	}
	if s.Is("city") && !p.wet() {
		base = p.h * 0.9
	}
	p.floor = p.Tops(func(x float32) float32 {
		return base - amp*n.LineFbm(x/p.u*1.3+3, 3, 0.4) - amp*0.7*p.open(x)
	})
	p.paintFloor()
}

// plane is flat land between the relief and the front, with rows where it is tilled.
func (p *picture) plane() {
	s := &p.Scene
	n := p.noise("plane")
	r := p.rand("plane")
	tilled := s.Is("fields", "garden")
	crops := []paint.Lab{p.grass(), p.grass().Mix(paint.Hex(0xe0b94a), 0.6), p.grass().Mix(paint.Hex(0x8a6cc0), 0.75), p.grass().Mix(paint.Hex(0xd8c070), 0.8)}
	crop := crops[p.toned("crop").IntN(len(crops))]
	if !tilled || p.snowy() || s.LandHue != "" {
		crop = p.grass()
	}
	top := p.lay.horizon + p.h*0.03
	near, far := p.surface(crop, 0.75, 0.12).RGB(), p.surface(crop, 0.7, 0.62).RGB()
	furrow := p.surface(crop.Mix(paint.Hex(0x4a5a34), 0.45), 0.2, 0.2).RGB()
	vx := p.lay.sunX + p.w*between(r, -0.1, 0.1)
	line := p.Tops(func(x float32) float32 { return top - p.u*0.02*n.LineFbm(x/p.u*1.1, 3, 0.4) })
	p.Below(line, p.H, func(x, _ int, depth float32) paint.RGB {
		d := paint.Clamp(depth/(p.h-top), 0, 1)
		c := far.Lerp(near, paint.Pow(d, 0.6))
		if tilled {
			across := (float32(x) - vx) / (depth + p.h*0.015)
			wave := paint.Sin(across*9 + 0.5*n.At(float32(x)/p.u*3, d*5))
			fade := paint.Smooth(d, 0.01, 0.2) * paint.Smooth(paint.Abs(across), 14, 5)
			c = c.Lerp(furrow, paint.Smooth(wave, -0.2, 0.7)*0.75*fade)
		}
		grain := n.Fbm((float32(x)-vx)/(depth+p.u*0.05)*4, paint.Pow(d, 0.5)*24, 4)
		return c.Scale(1 + 0.26*grain)
	})
}

// rolling are layers of near land that lead from the relief to the front.
func (p *picture) rolling() {
	s := &p.Scene
	const n = 3
	for i := range n {
		k := float32(i) / n
		noise := p.noise("rolling" + strconv.Itoa(i))
		base := p.lay.horizon + (p.h*0.9-p.lay.horizon)*(0.18+0.62*k)
		amp := p.u * (0.055 + 0.02*k)
		tops := p.Tops(func(x float32) float32 {
			v := noise.LineFbm(x/p.u*(1.5-0.35*k), 3, 0.35)
			if s.Is("desert", "mars") {
				v = 1.4*noise.LineRidge(x/p.u*(1.1-0.2*k), 2, 0.25) - 0.7
			}
			return base - amp*v - amp*0.5*p.open(x)
		})
		rg := ridge{tops: tops, foot: int(base + p.h*0.26), amp: p.u * 0.2, t: 0.46 - 0.3*k, local: p.grass(), crag: 0.2, mist: 0.5}
		p.land(rg)
		if p.wooded() && i < 2 {
			rg.t = 0.42 - 0.24*k
			p.treeline(rg, 7+i)
		}
	}
}

// banks leave a winding channel of the water open.
func (p *picture) banks() {
	n := p.noise("banks")
	r := p.rand("banks")
	phase, swing := r.Float32()*6, between(r, 0.12, 0.2)
	near, far := p.surface(p.grass(), 0.75, 0.12).RGB(), p.surface(p.grass(), 0.6, 0.62).RGB()
	edge := p.surface(p.grass().Mix(paint.Hex(0x54452f), 0.7), 0.15, 0.2).RGB()
	for y := max(0, int(p.lay.horizon)); y < p.H; y++ {
		d := max(0, float32(y)-p.lay.horizon) / (p.h - p.lay.horizon)
		centre := p.lay.sunX + (p.w*0.5-p.lay.sunX)*d + p.u*swing*paint.Sin(phase+7*paint.Pow(d, 0.5))*(0.25+d)
		half := p.u * (0.012 + 0.34*d*d + 0.06*d)
		c := far.Lerp(near, paint.Pow(d, 0.7))
		for x := range p.W {
			off := paint.Abs(float32(x)-centre) - half*(1+0.16*n.At(float32(x)/p.u*6, paint.Pow(d, 0.5)*12))
			a := paint.Smooth(off, -1, 1.2)
			if a <= 0 {
				continue
			}
			grain := n.Fbm((float32(x)-p.w/2)/(d+0.06)/p.u*2.4, paint.Pow(d, 0.5)*22, 4)
			v := edge.Lerp(c.Scale(1+0.26*grain), paint.Smooth(off, 0, p.u*0.03*(0.15+d)))
			p.Blend(x, y, v, a)
		}
	}
}

// promontory is the piece of coast that things stand on in a picture of the sea.
func (p *picture) promontory() {
	n := p.noise("promontory")
	side := float32(1)
	if p.lay.focus < p.w/2 {
		side = -1
	}
	if !p.standing() {
		p.floor = p.Tops(func(float32) float32 { return p.h + p.u*0.02 })
		return
	}
	edge := p.lay.focus - side*p.u*0.24
	p.floor = p.Tops(func(x float32) float32 {
		in := (x - edge) * side / p.u
		if in < 0 {
			return p.h + 2
		}
		rise := 0.24*paint.Smooth(in, 0, 0.2) + 0.04*in + 0.022*n.LineFbm(x/p.u*7, 5, 0.5)
		return p.h + p.u*0.03 - p.u*rise
	})
	p.paintFloor()
}

// standing tells whether the picture has something that stands on land.
func (p *picture) standing() bool {
	for _, s := range p.Scene.Subjects {
		if k, ok := lookup(s.Kind); !ok || k.Home == 0 {
			return true
		}
	}
	return false
}

// paintFloor paints the near ground with its grain and blades of grass along its edge.
func (p *picture) paintFloor() {
	n := p.noise("floor")
	s := &p.Scene
	local := p.grass()
	if s.Is("sea") && !s.Is("beach", "island") && !p.snowy() {
		local = local.Mix(paint.Hex(0x6a625a), 0.65)
	}
	if s.Is("city") && !p.snowy() {
		local = paint.Hex(0x5a5e68)
	}
	lit, dark := p.surface(local, 0.8, 0.1).RGB(), p.surface(local, 0.05, 0.02).RGB()
	if s.Is("desert", "beach") && !s.Dark() { // sand keeps its own colour
		lit = lit.Lerp(local.RGB().Times(p.pal.Key.RGB()), 0.45)
	}
	rim := p.pal.Key.RGB().Scale(0.35)
	slopes := p.slopes(p.floor)[3]
	side := float32(1)
	if p.lay.dx < 0 {
		side = -1
	}
	ripple := s.Is("desert", "beach", "mars", "arctic") || p.snowy()
	p.Below(p.floor, p.H, func(x, y int, depth float32) paint.RGB {
		t := depth / (p.h * 0.2)
		fx, fy := float32(x)/p.u, float32(y)/p.u
		grain := n.Fbm(fx*13, fy*30, 4)
		if ripple {
			grain = 0.5*paint.Sin((fy*1.6+0.25*n.Fbm(fx*2.2, fy*4, 3)+fx*0.2)*70)*(0.4+t) + 0.4*n.Fbm(fx*3, fy*8, 3)
		}
		f := 0.6 - 0.62*paint.Smooth(t, 0, 1.1) + slopes[x]*side*0.5 + grain*0.22
		c := dark.Lerp(lit, paint.Clamp(f, 0, 1))
		return c.Plus(rim.Scale(paint.Smooth(depth, p.u*0.006, 0) * 0.35))
	})
	if ripple || s.Is("city", "canyon", "volcano") || s.Has("flat") {
		return
	}
	p.blades(dark.Lerp(lit, 0.28))
}

// blades grow along the floor's line and in front.
func (p *picture) blades(c paint.RGB) {
	r := p.rand("blades")
	path := &paint.Path{}
	for range 900 {
		x := r.Float32() * p.w
		y := p.floorAt(x)
		h := p.u * between(r, 0.006, 0.02)
		lean := p.u * between(r, -0.006, 0.008)
		if p.Scene.Has("wind", "storm") {
			lean += h * 0.7
		}
		path.XY(x-h*0.07, y+2, x+lean, y-h, x+h*0.07, y+2)
	}
	p.Fill(path, 0.85, paint.Flat(c))
}

// floorAt is the row of the near ground in a column.
func (p *picture) floorAt(x float32) float32 {
	return p.floor[min(max(int(x), 0), p.W-1)*paint.TopSamples+1]
}
