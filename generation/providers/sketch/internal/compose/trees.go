package compose

import (
	"math/rand/v2"

	"atelier/generation/providers/sketch/internal/paint"
)

// treeline stands small trees along a ridge.
func (p *picture) treeline(rg ridge, i int) {
	r := p.rand("treeline" + string(rune('a'+i)))
	n := p.noise("treeline" + string(rune('a'+i)))
	size := p.u * (0.018 + 0.05*(1-rg.t)*(1-rg.t))
	dense := float32(-0.1)
	if p.Scene.Is("forest") {
		dense, size = -1.5, size*1.5
	}
	path := &paint.Path{}
	for x := -size; x < p.w+size; x += size * between(r, 0.16, 0.5) {
		if n.Line(x/p.u*2.3) < dense {
			continue
		}
		col := min(max(int(x), 0), p.W-1)
		y := rg.tops[col*paint.TopSamples+1]
		h := size * between(r, 0.55, 1.25)
		conifer(path, r, x, y+h*0.12, h)
	}
	top := p.surface(paint.Hex(0x3f6a4c).Mix(p.leaves(0.6), 0.4), 0.35, rg.t*0.92).RGB()
	p.Fill(path, 1, paint.Flat(top))
}

// conifer adds a fir of ragged tiers.
func conifer(path *paint.Path, r *rand.Rand, x, y, h float32) {
	w := h * between(r, 0.17, 0.23)
	lean := between(r, -0.02, 0.02) * h
	tiers := 5
	if h < 14 {
		path.XY(x-w, y, x+lean, y-h, x+w, y)
		return
	}
	if h > 90 {
		tiers = 9
	}
	left, right := []paint.Pt{}, []paint.Pt{}
	for i := range tiers {
		k := float32(i) / float32(tiers)
		ty := y - h*0.1 - h*0.9*k
		half := w * (1.12 - k) * between(r, 0.82, 1.15)
		drop := h * 0.035
		left = append(left, paint.Pt{X: x - half + lean*k, Y: ty + drop}, paint.Pt{X: x - half*0.42 + lean*k, Y: ty - h*0.055})
		half = w * (1.12 - k) * between(r, 0.82, 1.15)
		right = append(right, paint.Pt{X: x + half + lean*k, Y: ty + drop}, paint.Pt{X: x + half*0.42 + lean*k, Y: ty - h*0.055})
	}
	left = append(left, paint.Pt{X: x + lean, Y: y - h})
	for i := len(right) - 1; i >= 0; i-- {
		left = append(left, right[i])
	}
	path.Poly(left...)
	path.Rect(x-w*0.12, y-h*0.14, x+w*0.12, y+h*0.03)
}

// broadleaf paints a tree with a forked trunk and a crown of lit clumps; bare in winter.
func (p *picture) broadleaf(r *rand.Rand, x, y, h, t float32, leaf paint.Lab) {
	trunk := &paint.Path{}
	tips := []paint.Pt{}
	bend := between(r, -0.06, 0.06)
	trunk.Limb(h*0.062, h*0.036, x, y+h*0.01, x+h*bend*0.5, y-h*0.2, x+h*bend, y-h*0.4)
	trunk.XY(x-h*0.06, y+h*0.012, x-h*0.024, y-h*0.07, x+h*0.024, y-h*0.07, x+h*0.065, y+h*0.012)
	branch(trunk, r, &tips, x+h*bend, y-h*0.38, -1.57, h*0.2, h*0.034, 4)
	bark := p.surface(paint.Hex(0x5a4032), 0.25, t).RGB()
	p.Fill(trunk, 1, paint.Flat(bark))
	if p.Scene.Season == "winter" {
		return
	}
	p.crown(r, tips, h, t, leaf)
}

func branch(path *paint.Path, r *rand.Rand, tips *[]paint.Pt, x, y, angle, length, width float32, depth int) {
	if depth <= 1 {
		*tips = append(*tips, paint.Pt{X: x, Y: y})
	}
	if depth == 0 {
		return
	}
	for i := range 2 {
		a := angle + (float32(i)*2-1)*between(r, 0.22, 0.62)
		n := length * between(r, 0.66, 0.92)
		ex, ey := x+paint.Cos(a)*n, y+paint.Sin(a)*n
		path.Limb(width, width*0.62, x, y, (x+ex)/2+between(r, -0.05, 0.05)*n, (y+ey)/2, ex, ey)
		branch(path, r, tips, ex, ey, a, n, width*0.62, depth-1)
	}
}

// crown paints clumps of leaves around the tips: dark ones first, then lit ones moved towards the light.
func (p *picture) crown(r *rand.Rand, tips []paint.Pt, h, t float32, leaf paint.Lab) {
	for pass := range 3 {
		k := float32(pass) / 2
		c := p.surface(leaf.Lighten(0.05*k-0.06), 0.05+0.75*k*k, t).RGB()
		clumps := &paint.Path{}
		for _, tip := range tips {
			for range 3 {
				rad := h * between(r, 0.045, 0.08) * (1 - 0.32*k)
				cx := tip.X + between(r, -0.05, 0.05)*h + p.lay.dx*h*0.045*k
				cy := tip.Y + between(r, -0.05, 0.04)*h + p.lay.dy*h*0.05*k
				leafy(clumps, r, cx, cy, rad)
			}
		}
		p.Fill(clumps, 1-0.12*k, paint.Flat(c))
	}
}

// leafy adds a clump with a ragged edge.
func leafy(path *paint.Path, r *rand.Rand, cx, cy, rad float32) {
	const n = 14
	pts := make([]paint.Pt, n)
	for i := range pts {
		a := float32(i) / n * 6.2832
		k := rad * between(r, 0.78, 1.12)
		pts[i] = paint.Pt{X: cx + paint.Cos(a)*k, Y: cy + paint.Sin(a)*k*0.86}
	}
	path.Poly(pts...)
}

// palm adds a bent trunk and its fronds.
func palm(path *paint.Path, r *rand.Rand, x, y, h float32) {
	lean := between(r, -0.22, 0.22) * h
	tx, ty := x+lean, y-h*0.86
	path.Limb(h*0.045, h*0.024, x, y, x+lean*0.25, y-h*0.4, tx, ty)
	for i := range 13 {
		a := -3.6 + float32(i)*0.34 + between(r, -0.12, 0.12)
		n := h * between(r, 0.4, 0.52)
		mx, my := tx+paint.Cos(a)*n*0.6, ty+paint.Sin(a)*n*0.55-h*0.07
		ex, ey := tx+paint.Cos(a)*n, ty+paint.Sin(a)*n*0.55+h*0.12
		frond(path, tx, ty, mx, my, ex, ey, h*0.06)
	}
}

// frond adds a leaf whose lower edge is cut into fingers.
func frond(path *paint.Path, x0, y0, x1, y1, x2, y2, w float32) {
	const n = 9
	upper, lower := []paint.Pt{}, []paint.Pt{}
	for i := range n + 1 {
		t := float32(i) / n
		x := (1-t)*(1-t)*x0 + 2*t*(1-t)*x1 + t*t*x2
		y := (1-t)*(1-t)*y0 + 2*t*(1-t)*y1 + t*t*y2
		upper = append(upper, paint.Pt{X: x, Y: y})
		drop := w * paint.Sin(t*2.8+0.3)
		lower = append(lower, paint.Pt{X: x - w*0.1, Y: y + drop*1.5}, paint.Pt{X: x + w*0.15, Y: y + drop*0.35})
	}
	for i := len(lower) - 1; i >= 0; i-- {
		upper = append(upper, lower[i])
	}
	path.Poly(upper...)
}
