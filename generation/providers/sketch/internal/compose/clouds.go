package compose

import "atelier/generation/providers/sketch/internal/paint"

// clouds paints the clouds at half size, since they are soft, and lays them over the sky.
func (p *picture) clouds() {
	cover := p.cover()
	if cover <= 0 {
		return
	}
	n := p.noise("clouds")
	r := p.rand("clouds")
	w, h := (p.W+1)/2, int(p.lay.horizon*1.02)/2+2
	light := paint.NewCanvas(w, h) // R is the density, G how lit it is
	drift := r.Float32() * 40
	stretch := between(r, 1.5, 2.4)
	if p.Scene.Has("storm", "cloudy", "rain") {
		stretch = 1.35
	}
	if p.Scene.Has("wind") {
		stretch = 4
	}
	density := func(fx, fy float32) float32 {
		warp := n.At(fx*0.9+drift, fy*1.7+3) * 0.45
		return n.Fbm(fx/stretch*2.2+drift+warp, fy*2.6+warp*0.6, 5)
	}
	for y := range h {
		fy := float32(y*2) / p.lay.horizon
		lift := 1 / (1.22 - min(fy, 1.05)) // clouds get flatter and denser to the horizon
		for x := range w {
			fx := (float32(x*2) - p.w/2) / p.u * (0.55 + 0.25*lift)
			cy := lift * 0.85
			d := density(fx, cy)
			edge := 0.42 - cover*0.62
			k := paint.Smooth(d, edge, edge+0.24)
			if k <= 0 {
				continue
			}
			toward := density(fx+p.lay.dx*0.09, cy+p.lay.dy*0.12)
			light.Set(x, y, paint.RGB{R: k, G: paint.Clamp(0.5+(d-toward)*2.6-0.35*paint.Smooth(d, edge+0.15, edge+0.55), 0, 1)})
		}
	}
	p.layClouds(light)
}

// cover is how much of the sky is clouded, 0–1.
func (p *picture) cover() float32 {
	s := &p.Scene
	switch {
	case s.Is("space", "mars"), s.Has("aurora"):
		return 0
	case s.Has("storm"):
		return 0.95
	case s.Has("rain"):
		return 0.85
	case s.Has("cloudy"):
		return 0.72
	case s.Has("snow"):
		return 0.6
	case s.Has("clear", "minimal", "flat"):
		return 0.08
	case s.Has("stars", "galaxy"):
		return 0
	case s.Time == "night":
		return between(p.rand("cover"), 0.05, 0.3)
	}
	return between(p.rand("cover"), 0.2, 0.5)
}

func (p *picture) layClouds(light *paint.Canvas) {
	lit, shade := p.pal.Cloud.RGB(), p.pal.Upper.Mix(p.pal.Lower, 0.4).Mix(p.pal.Middle, 0.25)
	if p.Scene.Has("storm", "rain") {
		shade = shade.Mix(p.pal.Near, 0.35)
	}
	dark := shade.RGB()
	haze := p.pal.Horizon.RGB()
	key := p.pal.Key.RGB()
	bottom := min(p.H, int(p.lay.horizon)+1)
	for y := range bottom {
		t := float32(y) / p.lay.horizon
		far := paint.Smooth(t, 0.55, 1) * 0.7
		for x := range p.W {
			v := light.Bilinear((float32(x)+0.5)/2, (float32(y)+0.5)/2)
			if v.R <= 0.003 {
				continue
			}
			c := dark.Lerp(lit, v.G/max(v.R, 0.35))
			dx, dy := (float32(x)-p.lay.sunX)/p.u, (float32(y)-p.lay.sunY)/p.u
			near := paint.Exp(-(dx*dx + dy*dy) * 7)
			c = c.Plus(key.Scale(near * 0.5 * (1 - v.R*0.6)))
			p.Blend(x, y, c.Lerp(haze, far), v.R*0.94*(1-0.4*far))
		}
	}
}
