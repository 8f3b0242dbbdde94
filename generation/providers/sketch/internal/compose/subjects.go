package compose

import (
	"math/rand/v2"

	"atelier/generation/providers/sketch/internal/figure"
	"atelier/generation/providers/sketch/internal/paint"
	"atelier/generation/providers/sketch/internal/scene"
)

// stand is a figure in its place: its foot at x, y, its height h in pixels, at distance t.
type stand struct {
	kind    figure.Kind
	x, y, h float32
	t       float32
	flip    bool
	accent  paint.Lab
	colour  scene.Concept // said of it, or ""
	r       *rand.Rand
}

func lookup(c scene.Concept) (figure.Kind, bool) { return figure.Find(c) }

// subjects puts the things of the scene where they belong: the first near the focus, the others around it.
func (p *picture) subjects() {
	if len(p.floor) == 0 {
		p.floor = p.Tops(func(float32) float32 { return p.h * 0.9 })
	}
	if p.Scene.Shows("car", "bicycle", "train") && !p.Scene.Is("room") {
		p.track()
	}
	if p.wet() && len(p.Scene.Subjects) > 0 {
		p.before = &paint.Canvas{W: p.W, H: p.H, Pix: append([]float32(nil), p.Pix...)}
	}
	for i, s := range p.Scene.Subjects[:min(len(p.Scene.Subjects), 6)] {
		r := p.rand("subject" + string(s.Kind))
		for j := range min(s.Count, 9) {
			p.subject(s, i, j, r)
		}
	}
	if len(p.Scene.Subjects) == 0 && !p.Scene.Is("space", "underwater", "room", "mars") && !p.Scene.Has("minimal", "storm") {
		p.flock()
	}
	p.before = nil
}

// flock is a few far birds that give a picture its size.
func (p *picture) flock() {
	r := p.rand("flock")
	if p.Scene.Time == "night" || r.IntN(3) == 0 {
		return
	}
	kind, _ := lookup("bird")
	cx, cy := p.lay.sunX+p.u*between(r, -0.25, 0.25), p.lay.horizon*between(r, 0.35, 0.6)
	for range 4 + r.IntN(5) {
		p.place(stand{kind: kind, x: cx + p.u*between(r, -0.12, 0.12), y: cy + p.u*between(r, -0.05, 0.05), h: p.u * between(r, 0.008, 0.014), t: 0.3, r: r})
	}
}

func (p *picture) subject(s scene.Subject, i, j int, r *rand.Rand) {
	x := p.spot(i, j, r)
	if k, ok := lookup(s.Kind); ok && p.Scene.Is("room") && k.Home == figure.Ground && k.Size <= 0.2 {
		return // it comes in, see indoors
	}
	switch s.Kind {
	case "tree", "pine", "palm":
		p.tree(s, x, j, r)
		return
	}
	kind, ok := lookup(s.Kind)
	if !ok {
		return
	}
	st := stand{kind: kind, x: x, h: kind.Size * p.u * p.lay.scale, accent: p.pal.Accent, colour: s.Colour, r: r, t: 0.12}
	if s.Count > 1 {
		st.h *= 0.82 * between(r, 0.75, 1.1)
	} else if i == 0 {
		st.h *= 1.12
	}
	if j > 0 {
		st.h *= 0.86
	}
	st.flip = st.x > p.w/2
	if st.colour == "" && kind.Concept == "bear" && p.snowy() {
		st.colour = "white"
	}
	switch p.home(kind) {
	case figure.Water:
		p.afloat(st, j)
		return
	case figure.Air:
		st.y = p.lay.horizon * between(r, 0.4, 0.62)
		st.h = min(st.h, p.u*0.42)
		if j > 0 {
			st.h *= between(r, 0.45, 0.9)
			st.y = p.lay.horizon * between(r, 0.25, 0.75)
		}
		st.y = max(st.y, st.h+p.h*0.05)
		st.t = 0.25
	case figure.Deep:
		st.y = p.h * between(r, 0.35, 0.7)
		st.t = between(r, 0.1, 0.5)
		if kind.Concept == "whale" {
			st.h *= 1.7
		}
	case figure.Ground:
		st.y = p.footing(st)
	}
	if i == 0 && j == 0 && p.Scene.Dark() && !p.Scene.Is("space", "underwater") { // so that it stands out from the dark
		p.Glow(st.x, st.y-st.h*0.5, st.h*1.3, 4, p.pal.Horizon.Mix(p.pal.Key, 0.5).RGB().Scale(0.13))
	}
	p.place(st)
}

// afloat puts the j-th of its kind on the water with its image.
func (p *picture) afloat(st stand, j int) {
	k := between(st.r, 0.3, 0.5)
	if j > 0 {
		k = between(st.r, 0.08, 0.4)
	}
	st.y = p.lay.horizon + (min(p.lay.shore, p.h)-p.lay.horizon)*k
	st.h *= 0.55 + 1.1*k
	st.t = 0.4 - 0.5*k
	p.reflect(st)
}

// footing readies the ground under a thing and gives the row of its foot.
func (p *picture) footing(st stand) float32 {
	y := p.floorAt(st.x)
	switch {
	case st.kind.Concept == "car", st.kind.Concept == "bicycle", st.kind.Concept == "train":
		st.y = y + p.u*0.032
	case p.raised(st.kind):
		st.y = y + st.h*0.03 + p.u*0.012
		p.knoll(st)
		return st.y - p.u*0.035
	default:
		st.y = y + st.h*0.03 + p.u*0.012
	}
	p.shadow(st)
	return st.y
}

// home is where a thing goes in this scene.
func (p *picture) home(k figure.Kind) figure.Home {
	switch {
	case p.Scene.Is("underwater") && k.Home != figure.Ground:
		return figure.Deep
	case p.Scene.Is("space") && !p.Scene.Is("mars"):
		return figure.Deep
	case k.Home == figure.Water && !p.wet():
		if k.Concept == "bridge" || k.Concept == "boat" || k.Concept == "ship" {
			return figure.Ground
		}
		return figure.Air // whales that fly: nobody asked for water
	case k.Concept == "rocket" && p.Scene.Is("space"):
		return figure.Air
	}
	return k.Home
}

// raised tells whether a thing stands on a small hill.
func (p *picture) raised(k figure.Kind) bool {
	return k.Size > 0.3 && !p.Scene.Is("sea", "city") && k.Home == figure.Ground
}

// knoll lifts the ground under a large thing.
func (p *picture) knoll(st stand) {
	path := new(paint.Path).Curve(st.x-st.h*0.95, st.y+p.u*0.03, st.x-st.h*0.5, st.y-p.u*0.022, st.x, st.y-p.u*0.045, st.x+st.h*0.5, st.y-p.u*0.02, st.x+st.h*0.95, st.y+p.u*0.03, st.x, st.y+p.u*0.06)
	lit, dark := p.surface(p.grass(), 0.6, 0.1).RGB(), p.surface(p.grass(), 0.15, 0.05).RGB()
	p.Fill(path, 1, func(x, y int) paint.RGB {
		c := lit.Lerp(dark, paint.Smooth(float32(y), st.y-p.u*0.045, st.y+p.u*0.05))
		return c.Lerp(p.At(x, y), paint.Smooth(float32(y), st.y-p.u*0.02, st.y+p.u*0.025))
	})
}

// spot is the column of the j-th thing of the i-th subject.
func (p *picture) spot(i, j int, r *rand.Rand) float32 {
	x := p.lay.focus
	away := p.w*0.5 - p.lay.focus
	switch i {
	case 0:
	case 1:
		x += away * between(r, 1.5, 2.1)
	case 2:
		x += away * between(r, 0.7, 1.1)
	default:
		x = p.w * between(r, 0.1, 0.9)
	}
	if j > 0 {
		step := p.u * (0.15 + 0.04*r.Float32()) * float32((j+1)/2)
		if j%2 == 0 {
			step = -step
		}
		x += step
	}
	return paint.Clamp(x, p.w*0.07, p.w*0.93)
}

func (p *picture) tree(s scene.Subject, x float32, j int, r *rand.Rand) {
	h := p.u * 0.46 * p.lay.scale * between(r, 0.9, 1.1)
	if s.Kind == "palm" {
		h *= 1.35
	}
	if s.Count > 1 {
		h *= between(r, 0.6, 1)
	}
	y := p.floorAt(x) + p.u*0.015
	h = min(h, y*0.9)
	leaf := p.leaves(0.3 + 0.2*float32(j%3))
	if s.Colour != "" {
		leaf = hue(s.Colour)
	}
	path := &paint.Path{}
	switch s.Kind {
	case "tree":
		p.broadleaf(r, x, y, h, 0.1, leaf)
		return
	case "pine":
		conifer(path, r, x, y, h)
	default:
		palm(path, r, x, y, h)
	}
	lit, dark := p.surface(leaf.Mix(paint.Hex(0x2c5a44), 0.5), 0.6, 0.1).RGB(), p.surface(leaf.Mix(paint.Hex(0x1f4a3c), 0.7), 0.05, 0.08).RGB()
	p.Rim(path, 1, p.sided(x, h*0.25, lit, dark), p.pal.Key.RGB().Scale(0.3), p.u*0.0035, p.lay.dx, p.lay.dy)
}

// sided shades from the side that is lit to the one that is not.
func (p *picture) sided(x, half float32, lit, dark paint.RGB) paint.Shader {
	return func(px, _ int) paint.RGB {
		k := paint.Clamp((float32(px)-x)/half*p.lay.dx*0.5+0.4, 0, 1)
		return dark.Lerp(lit, k)
	}
}

// reflect paints a figure on water and its image in it.
func (p *picture) reflect(st stand) {
	low := int(st.y)
	p.place(st)
	if p.Scene.Is("river") && !p.Scene.Is("city") {
		return // most of it would lie on the banks
	}
	n := p.noise("reflect" + string(st.kind.Concept))
	reach := int(st.h * 1.05)
	wide := int(st.h * 1.4)
	rough := p.roughness()
	if st.kind.Concept == "bridge" {
		wide = p.W
	}
	for y := low; y < min(p.H, low+reach); y++ {
		d := float32(y-low) / float32(reach)
		for x := max(0, int(st.x)-wide); x < min(p.W, int(st.x)+wide); x++ {
			if float32(y) > p.floorAt(float32(x)) {
				continue
			}
			rip := n.At(float32(x)/p.u*14, float32(y)/p.u*70)
			sy := low - (y - low) + int(rip*p.u*0.012*(0.4+rough))
			sx := x + int(rip*p.u*0.014*(0.3+rough))
			above, under := p.At(sx, min(sy, low-1)), p.At(x, y)
			open := p.before.At(sx, min(sy, low-1))
			diff := paint.Abs(above.R-open.R) + paint.Abs(above.G-open.G) + paint.Abs(above.B-open.B)
			k := paint.Smooth(diff, 0.01, 0.1) * (1 - d) * (0.62 - 0.3*rough)
			p.Set(x, y, under.Lerp(above, k))
		}
	}
}

// shadow darkens the ground on the side away from the light.
func (p *picture) shadow(st stand) {
	if p.Scene.Has("fog") {
		return
	}
	c := p.pal.Near.RGB()
	path := new(paint.Path).Oval(st.x-p.lay.dx*st.h*0.22, st.y, st.h*0.45, p.u*0.011)
	p.Fill(path, 0.42, paint.Flat(c))
}

// place paints a figure with the light of the scene on it.
func (p *picture) place(st stand) {
	var f figure.Figure
	st.kind.Draw(&f, st.r)
	sx := st.h
	if st.flip {
		sx = -sx
	}
	half := st.h * 0.4
	if st.kind.Concept == "lighthouse" && (p.Scene.Dark() || p.Scene.Has("storm", "fog", "rain", "snow")) {
		p.beams(st)
	}
	for _, part := range f.Parts {
		path := part.Path.Place(st.x, st.y, sx, st.h)
		if part.Tone == figure.Lamp {
			p.lamp(st, path, part.Alpha)
			continue
		}
		local := p.local(st, part.Tone)
		lit, dark := p.surface(local, 1.1, st.t), p.surface(local, 0.26, st.t)
		if part.Tone == figure.Shade {
			lit, dark = lit.Mix(dark, 0.75), dark.Mix(p.pal.Near, 0.35)
		}
		if part.Tone == figure.Light {
			lit = lit.Lighten(0.08)
		}
		rim := p.pal.Key.RGB().Scale(0.34 * (1 - st.t))
		if part.Alpha < 1 || part.Tone == figure.Shade {
			rim = paint.RGB{}
		}
		p.Rim(path, part.Alpha, p.sided(st.x, half, lit.RGB(), dark.RGB()), rim, max(1, st.h*0.012), p.lay.dx, p.lay.dy)
	}
}

// beams are the two cones of a lighthouse.
func (p *picture) beams(st stand) {
	x, y := st.x, st.y-st.h*0.85
	reach := p.u * 0.9
	c := p.pal.Lamp.RGB()
	for _, side := range []float32{-1, 1} {
		cone := new(paint.Path).XY(x, y-st.h*0.02, x+side*reach, y-reach*0.2, x+side*reach, y+reach*0.02, x, y+st.h*0.02)
		p.Fill(cone, 1, func(px, py int) paint.RGB {
			k := 1 - paint.Clamp(paint.Abs(float32(px)-x)/reach, 0, 1)
			return p.At(px, py).Plus(c.Scale(0.3 * k * k))
		})
	}
}

// local is the colour of a part before light falls on it.
func (p *picture) local(st stand, tone figure.Tone) paint.Lab {
	own := st.kind.Own
	accent := st.accent
	if accent == (paint.Lab{}) {
		accent = p.pal.Accent
	}
	if st.colour != "" {
		accent = hue(st.colour)
		if tone != figure.Pale {
			own = accent
		}
	} else if st.kind.Home == figure.Air || st.kind.Concept == "fish" || st.kind.Concept == "barn" || st.kind.Concept == "torii" || st.kind.Concept == "tent" || st.kind.Concept == "campfire" || st.kind.Concept == "flower" || st.kind.Concept == "mushroom" || st.kind.Concept == "car" {
		accent = own.Mix(accent, 0.3)
	}
	switch tone {
	case figure.Accent:
		return accent
	case figure.Pale:
		return paint.Hex(0xf4f0e6)
	case figure.Dark:
		return paint.Hex(0x24222a)
	case figure.Wood:
		return paint.Hex(0x6e4a32)
	case figure.Leaf:
		return paint.Hex(0x4f8a45)
	case figure.Light:
		return own.Lighten(0.1)
	case figure.Body, figure.Shade, figure.Lamp:
	}
	return own
}

// lamp paints what shines: glass by day, light by night.
func (p *picture) lamp(st stand, path *paint.Path, alpha float32) {
	always := st.kind.Concept == "campfire" || st.kind.Concept == "lantern" || st.kind.Concept == "ufo" || st.kind.Concept == "robot" || st.kind.Concept == "rocket"
	dim := p.Scene.Has("storm", "rain", "fog", "snow")
	if !always && !p.Scene.Dark() && !dim && p.Scene.Time != "sunset" && p.Scene.Time != "dawn" {
		p.Fill(path, alpha, paint.Flat(p.surface(paint.Hex(0x4a5a6a).Mix(p.pal.Upper, 0.4), 0.5, st.t).RGB()))
		return
	}
	c := p.pal.Lamp.RGB()
	p.Fill(path, alpha, paint.Flat(c.Scale(1.5)))
	lo, hi, ok := path.Bounds()
	if ok && alpha > 0.5 && hi.X-lo.X < st.h*1.2 {
		k, reach := float32(0.25), float32(0.13)
		if p.Scene.Dark() {
			k = 0.42
		}
		if st.kind.Concept == "campfire" {
			reach = 1.6
		}
		p.Glow((lo.X+hi.X)/2, (lo.Y+hi.Y)/2, min(hi.X-lo.X, hi.Y-lo.Y)*1.2+st.h*reach, 4, c.Scale(k*(1-st.t)))
	}
}
