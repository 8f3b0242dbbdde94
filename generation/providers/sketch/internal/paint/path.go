package paint

import "math"

// Pt is a point; y grows downwards.
type Pt struct{ X, Y float32 }

// Path is a set of closed polygons, all turned the same way, so that those that overlap unite.
type Path struct{ polys [][]Pt }

// Poly adds a closed polygon.
func (p *Path) Poly(pts ...Pt) *Path {
	if len(pts) < 3 {
		return p
	}
	var area float32
	for i, a := range pts {
		b := pts[(i+1)%len(pts)]
		area += a.X*b.Y - b.X*a.Y
	}
	own := append([]Pt(nil), pts...)
	if area < 0 {
		reverse(own)
	}
	p.polys = append(p.polys, own)
	return p
}

// XY is Poly with the coordinates in a row: x0, y0, x1, y1, …
func (p *Path) XY(v ...float32) *Path { return p.Poly(pairs(v)...) }

// Hole cuts a polygon out of those that lie over it.
func (p *Path) Hole(v ...float32) *Path {
	p.XY(v...)
	reverse(p.polys[len(p.polys)-1])
	return p
}

// Curve adds a closed smooth outline through the points (centripetal enough for drawings: Catmull–Rom).
func (p *Path) Curve(v ...float32) *Path {
	in := pairs(v)
	n := len(in)
	out := make([]Pt, 0, n*8)
	for i := range in {
		out = spline(out, in[(i+n-1)%n], in[i], in[(i+1)%n], in[(i+2)%n])
	}
	return p.Poly(out...)
}

// Oval adds an ellipse.
func (p *Path) Oval(cx, cy, rx, ry float32) *Path { return p.Tilted(cx, cy, rx, ry, 0) }

// Tilted adds an ellipse turned by radians.
func (p *Path) Tilted(cx, cy, rx, ry, turn float32) *Path {
	const n = 40
	st, ct := math.Sincos(float64(turn))
	pts := make([]Pt, n)
	for i := range pts {
		s, c := math.Sincos(float64(i) * 2 * math.Pi / n)
		x, y := float64(rx)*c, float64(ry)*s
		pts[i] = Pt{cx + float32(x*ct-y*st), cy + float32(x*st+y*ct)}
	}
	return p.Poly(pts...)
}

// Rect adds a rectangle by its corners.
func (p *Path) Rect(x0, y0, x1, y1 float32) *Path { return p.XY(x0, y0, x1, y0, x1, y1, x0, y1) }

// Limb adds a smooth tapering stroke along the points, w0 wide at the start and w1 at the end, with round ends.
func (p *Path) Limb(w0, w1 float32, v ...float32) *Path {
	in := pairs(v)
	mid := []Pt{in[0]}
	for i := 0; i+1 < len(in); i++ {
		mid = spline(mid, in[max(i-1, 0)], in[i], in[i+1], in[min(i+2, len(in)-1)])
	}
	mid = append(mid, in[len(in)-1])
	left, right := make([]Pt, 0, len(mid)*2), make([]Pt, 0, len(mid))
	for i, m := range mid {
		a, b := mid[max(i-1, 0)], mid[min(i+1, len(mid)-1)]
		dx, dy := b.X-a.X, b.Y-a.Y
		d := max(Sqrt(dx*dx+dy*dy), 1e-6)
		w := (w0 + (w1-w0)*float32(i)/float32(len(mid)-1)) / 2
		left = append(left, Pt{m.X - dy/d*w, m.Y + dx/d*w})
		right = append(right, Pt{m.X + dy/d*w, m.Y - dx/d*w})
	}
	reverse(right)
	p.Poly(append(left, right...)...)
	p.Oval(in[0].X, in[0].Y, w0/2, w0/2)
	last := in[len(in)-1]
	return p.Oval(last.X, last.Y, w1/2, w1/2)
}

// Place is the path scaled by sx, sy and moved to x, y.
func (p *Path) Place(x, y, sx, sy float32) *Path {
	out := &Path{polys: make([][]Pt, len(p.polys))}
	for i, poly := range p.polys {
		moved := make([]Pt, len(poly))
		for j, q := range poly {
			moved[j] = Pt{x + q.X*sx, y + q.Y*sy}
		}
		if sx*sy < 0 {
			reverse(moved)
		}
		out.polys[i] = moved
	}
	return out
}

// Add takes over the polygons of another path.
func (p *Path) Add(o *Path) *Path {
	p.polys = append(p.polys, o.polys...)
	return p
}

// Bounds is the smallest box around the path; ok is false for an empty one.
func (p *Path) Bounds() (lo, hi Pt, ok bool) {
	lo, hi = Pt{math.MaxFloat32, math.MaxFloat32}, Pt{-math.MaxFloat32, -math.MaxFloat32}
	for _, poly := range p.polys {
		for _, q := range poly {
			lo = Pt{min(lo.X, q.X), min(lo.Y, q.Y)}
			hi = Pt{max(hi.X, q.X), max(hi.Y, q.Y)}
		}
	}
	return lo, hi, len(p.polys) > 0
}

func pairs(v []float32) []Pt {
	out := make([]Pt, len(v)/2)
	for i := range out {
		out[i] = Pt{v[2*i], v[2*i+1]}
	}
	return out
}

func reverse(p []Pt) {
	for i, j := 0, len(p)-1; i < j; i, j = i+1, j-1 {
		p[i], p[j] = p[j], p[i]
	}
}

// spline appends the curve from b (included) to c (left out).
func spline(out []Pt, a, b, c, d Pt) []Pt {
	const steps = 8
	for i := range steps {
		t := float32(i) / steps
		t2, t3 := t*t, t*t*t
		f := func(a, b, c, d float32) float32 {
			return 0.5 * (2*b + (c-a)*t + (2*a-5*b+4*c-d)*t2 + (3*b-a-3*c+d)*t3)
		}
		out = append(out, Pt{f(a.X, b.X, c.X, d.X), f(a.Y, b.Y, c.Y, d.Y)})
	}
	return out
}

// Cut takes another path's polygons out of this one, which must lie around them.
func (p *Path) Cut(o *Path) *Path {
	for _, poly := range o.polys {
		hole := append([]Pt(nil), poly...)
		reverse(hole)
		p.polys = append(p.polys, hole)
	}
	return p
}
