package paint

import (
	"image"
	"image/draw"
)

// Shader gives the colour of a pixel.
type Shader func(x, y int) RGB

// Flat is one colour everywhere.
func Flat(v RGB) Shader { return func(int, int) RGB { return v } }

// Fill covers the path with the shader's colours, antialiased, with the opacity a.
func (c *Canvas) Fill(p *Path, a float32, shade Shader) {
	m, ok := c.rasterise(p)
	if !ok {
		return
	}
	for y := range m.h {
		for x := range m.w {
			if k := m.pix[y*m.w+x]; k != 0 {
				c.Blend(m.x+x, m.y+y, shade(m.x+x, m.y+y), a*float32(k)/255)
			}
		}
	}
}

// Rim covers the path like Fill and lights its edge that faces the light: by the colour rim, width pixels wide, towards
// dx, dy (the direction to the light, of length 1).
func (c *Canvas) Rim(p *Path, a float32, shade Shader, rim RGB, width, dx, dy float32) {
	m, ok := c.rasterise(p)
	if !ok {
		return
	}
	for y := range m.h {
		for x := range m.w {
			k := m.pix[y*m.w+x]
			if k == 0 {
				continue
			}
			v := shade(m.x+x, m.y+y)
			open := 1 - float32(m.at(x+int(dx*width+signed(dx)), y+int(dy*width+signed(dy))))/255
			if open > 0 {
				v = v.Plus(rim.Scale(open))
			}
			c.Blend(m.x+x, m.y+y, v, a*float32(k)/255)
		}
	}
}

func signed(v float32) float32 {
	if v < 0 {
		return -0.5
	}
	return 0.5
}

// coverage is a path's share of each pixel of a box.
type coverage struct {
	x, y, w, h int
	pix        []uint8
}

func (m coverage) at(x, y int) uint8 {
	if x < 0 || y < 0 || x >= m.w || y >= m.h {
		return 0
	}
	return m.pix[y*m.w+x]
}

func (c *Canvas) rasterise(p *Path) (coverage, bool) {
	lo, hi, ok := p.Bounds()
	if !ok || hi.X <= 0 || hi.Y <= 0 || lo.X >= float32(c.W) || lo.Y >= float32(c.H) {
		return coverage{}, false
	}
	x0, y0 := max(0, floor(lo.X)), max(0, floor(lo.Y))
	w, h := min(c.W, floor(hi.X)+1)-x0, min(c.H, floor(hi.Y)+1)-y0
	if w <= 0 || h <= 0 {
		return coverage{}, false
	}
	c.raster.Reset(w, h)
	c.raster.DrawOp = draw.Src
	for _, poly := range p.polys {
		c.raster.MoveTo(poly[0].X-float32(x0), poly[0].Y-float32(y0))
		for _, q := range poly[1:] {
			c.raster.LineTo(q.X-float32(x0), q.Y-float32(y0))
		}
		c.raster.ClosePath()
	}
	dst := c.alpha(w, h)
	c.raster.Draw(dst, dst.Rect, image.Opaque, image.Point{})
	return coverage{x0, y0, w, h, dst.Pix}, true
}

// Below covers everything under a line: tops has [TopSamples] heights a column, in pixels. The shader gets the column,
// the row and how far the row is under the line. Rows from bottom on are left alone.
func (c *Canvas) Below(tops []float32, bottom int, shade func(x, y int, depth float32) RGB) {
	bottom = min(bottom, c.H)
	for x := range c.W {
		s := tops[x*TopSamples : x*TopSamples+TopSamples]
		lo, hi, mean := s[0], s[0], float32(0)
		for _, t := range s {
			lo, hi, mean = min(lo, t), max(hi, t), mean+t/TopSamples
		}
		for y := max(0, floor(lo)); y < bottom; y++ {
			a := float32(1)
			if float32(y) < hi {
				a = 0
				for _, t := range s {
					a += Clamp(float32(y+1)-t, 0, 1) / TopSamples
				}
			}
			if a > 0 {
				c.Blend(x, y, shade(x, y, max(0, float32(y)+0.5-mean)), a)
			}
		}
	}
}

// TopSamples is how many heights of a line a column has.
const TopSamples = 3

// Tops samples a line of heights for [Canvas.Below]; f gets x in pixels.
func (c *Canvas) Tops(f func(x float32) float32) []float32 {
	out := make([]float32, c.W*TopSamples)
	for i := range out {
		out[i] = f((float32(i) + 0.5) / TopSamples)
	}
	return out
}
