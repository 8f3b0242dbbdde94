package compose

import (
	"math/rand/v2"
	"slices"
	"strconv"

	"atelier/generation/providers/sketch/internal/paint"
)

// treeline stands small trees along a ridge.
func (p *picture) treeline(rg ridge, i int) {
	r := p.rand("treeline" + strconv.Itoa(i))
	n := p.noise("treeline" + strconv.Itoa(i))
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
	slices.Reverse(right)
	left = append(left, right...)
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

// crown paints clumps of leaves around the tips: dark ones first, then smaller, lit ones moved towards the light.
func (p *picture) crown(r *rand.Rand, tips []paint.Pt, h, t float32, leaf paint.Lab) {
	const passes = 5
	for pass := range passes {
		k := float32(pass) / (passes - 1)
		c := p.surface(leaf.Lighten(0.09*k-0.07), 0.05+0.85*k*k, t).RGB()
		clumps := &paint.Path{}
		for _, tip := range tips {
			for range 4 {
				if between(r, 0, 1) < 0.5*k {
					continue
				}
				rad := h * between(r, 0.04, 0.075) * (1 - 0.62*k)
				cx := tip.X + between(r, -0.055, 0.055)*h + p.lay.dx*h*0.045*k
				cy := tip.Y + between(r, -0.055, 0.04)*h + p.lay.dy*h*0.05*k
				leafy(clumps, r, cx, cy, rad)
			}
		}
		p.Fill(clumps, 1-0.2*k, paint.Flat(c))
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

// frond adds a bent spine with leaflets that hang from it, longest in the middle.
func frond(path *paint.Path, x0, y0, x1, y1, x2, y2, w float32) {
	path.Limb(w*0.16, w*0.06, x0, y0, (x0+2*x1+x2)/4, (y0+2*y1+y2)/4, x2, y2)
	const n = 22
	for i := 1; i <= n; i++ {
		t := float32(i) / n
		x := (1-t)*(1-t)*x0 + 2*t*(1-t)*x1 + t*t*x2
		y := (1-t)*(1-t)*y0 + 2*t*(1-t)*y1 + t*t*y2
		dx, dy := 2*(1-t)*(x1-x0)+2*t*(x2-x1), 2*(1-t)*(y1-y0)+2*t*(y2-y1)
		d := max(paint.Sqrt(dx*dx+dy*dy), 1e-3)
		dx, dy = dx/d, dy/d
		drop := w * 2 * paint.Sin(t*2.4+0.5)
		half := w * 0.13
		for _, side := range []float32{1, -0.55} {
			path.XY(x-dx*half, y-dy*half, x+dx*drop*0.75-dy*side*drop*0.3, y+dy*drop*0.75+dx*side*drop*0.3+drop*0.5, x+dx*half, y+dy*half)
		}
	}
}
