package compose

import (
	"math/rand/v2"

	"atelier/generation/providers/sketch/internal/paint"
)

// layout is where things are, in pixels.
type layout struct {
	horizon float32 // where the far plane meets the sky
	shore   float32 // where the water ends and the near ground begins; h when there is none
	focus   float32 // the column that the eye goes to
	sunX    float32
	sunY    float32
	sunR    float32
	sunUp   bool    // the sun or moon is to be seen
	dx, dy  float32 // towards the light, length 1
	scale   float32 // of subjects
}

func newLayout(p *picture) layout {
	r := p.rand("layout")
	var l layout
	l.frame(p, r)
	side := float32(1)
	if r.IntN(2) == 0 {
		side = -1
	}
	off := between(r, 0.13, 0.2)
	if p.Scene.Has("portrait", "close") {
		off *= 0.3
	}
	l.focus = p.w * (0.5 + side*off)
	l.light(p, r, side)
	l.ashore(p, r)
	return l
}

// frame sets the horizon and how large things are.
func (l *layout) frame(p *picture, r *rand.Rand) {
	s := &p.Scene
	l.horizon = p.h * between(r, 0.56, 0.66)
	switch {
	case s.Is("sea", "beach"):
		l.horizon = p.h * between(r, 0.54, 0.64)
	case p.waterfront():
		l.horizon = p.h * between(r, 0.64, 0.7)
	case s.Is("fields", "hills", "desert", "garden"):
		l.horizon = p.h * between(r, 0.5, 0.62)
	}
	l.scale = 1
	if s.Has("wide") {
		l.horizon, l.scale = l.horizon+p.h*0.05, 0.6
	}
	if s.Has("lonely") {
		l.horizon, l.scale = l.horizon+p.h*0.04, l.scale*0.72
	}
	if s.Has("close") {
		l.scale = 1.6
	}
	if s.Has("portrait") {
		l.horizon, l.scale = l.horizon+p.h*0.05, 1.8
	}
}

// light sets where sun or moon are; side is the side of the focus, which they mostly leave free.
func (l *layout) light(p *picture, r *rand.Rand, side float32) {
	s := &p.Scene
	l.sunX = p.w * (0.5 - side*between(r, 0.08, 0.26))
	if r.IntN(3) == 0 { // the light behind what matters
		l.sunX = l.focus + p.u*between(r, -0.06, 0.06)
	}
	l.sunR = p.u * between(r, 0.045, 0.075)
	l.sunUp = !s.Has("rain", "storm", "fog", "snow") || s.Has("sun", "moon", "eclipse", "crescent")
	switch s.Time {
	case "dawn", "sunset":
		l.sunY = l.horizon - p.u*between(r, 0.03, 0.13)
		l.sunR *= 1.25
	case "golden":
		l.sunY = l.horizon - p.u*between(r, 0.12, 0.24)
	case "dusk":
		l.sunY = l.horizon + p.u*0.05
		l.sunUp = s.Has("moon", "crescent", "sun", "eclipse")
		if l.sunUp {
			l.sunY = l.horizon - p.u*between(r, 0.2, 0.36)
		}
	case "night":
		l.sunY = p.h * between(r, 0.14, 0.3)
	case "morning":
		l.sunY = p.h * between(r, 0.16, 0.28)
		l.sunR *= 0.8
	default:
		l.sunY = p.h * between(r, 0.08, 0.16)
		l.sunR *= 0.7
	}
	if s.Has("moon", "sun", "eclipse") {
		l.sunR *= 1.7
	}
	if s.Has("minimal", "flat") {
		l.sunR *= 1.3
	}
	dx, dy := l.sunX-l.focus, l.sunY-l.horizon
	if paint.Abs(dx) < p.w*0.08 {
		dx = side * -p.w * 0.12
	}
	dy = min(dy, -p.h*0.1)
	d := paint.Sqrt(dx*dx + dy*dy)
	l.dx, l.dy = dx/d, dy/d
}

// ashore sets where the water ends.
func (l *layout) ashore(p *picture, r *rand.Rand) {
	s := &p.Scene
	l.shore = p.h
	switch {
	case s.Is("beach", "island"):
		l.shore = p.h * between(r, 0.8, 0.86)
	case p.waterfront():
		l.shore = p.h * between(r, 0.9, 0.94)
	case s.Is("lake", "river", "waterfall", "arctic"):
		l.shore = p.h * between(r, 0.86, 0.92)
	}
}
