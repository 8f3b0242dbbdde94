package paint

import (
	"image"

	"golang.org/x/image/vector"
)

// Canvas is a picture of linear light, three values a pixel, rows from the top.
type Canvas struct {
	W, H int
	Pix  []float32

	raster vector.Rasterizer // reused by fill
	mask   []uint8           // its coverage, reused by fill
}

// NewCanvas makes a black canvas.
func NewCanvas(w, h int) *Canvas {
	return &Canvas{W: w, H: h, Pix: make([]float32, w*h*3)}
}

// At is the light of a pixel; coordinates outside are moved to the edge.
func (c *Canvas) At(x, y int) RGB {
	i := (min(max(y, 0), c.H-1)*c.W + min(max(x, 0), c.W-1)) * 3
	return RGB{c.Pix[i], c.Pix[i+1], c.Pix[i+2]}
}

// Set replaces a pixel, which must be inside.
func (c *Canvas) Set(x, y int, v RGB) {
	i := (y*c.W + x) * 3
	c.Pix[i], c.Pix[i+1], c.Pix[i+2] = v.R, v.G, v.B
}

// Blend covers a pixel, which must be inside, by the share a of v.
func (c *Canvas) Blend(x, y int, v RGB, a float32) {
	i := (y*c.W + x) * 3
	p := c.Pix[i : i+3 : i+3]
	p[0] += (v.R - p[0]) * a
	p[1] += (v.G - p[1]) * a
	p[2] += (v.B - p[2]) * a
}

// Add adds light to a pixel, which must be inside.
func (c *Canvas) Add(x, y int, v RGB) {
	i := (y*c.W + x) * 3
	p := c.Pix[i : i+3 : i+3]
	p[0] += v.R
	p[1] += v.G
	p[2] += v.B
}

// Glow adds a soft round light: full at the middle, nothing at radius, with the given falloff power.
func (c *Canvas) Glow(cx, cy, radius float32, power int, v RGB) {
	x0, x1 := max(0, int(cx-radius)), min(c.W-1, int(cx+radius)+1)
	y0, y1 := max(0, int(cy-radius)), min(c.H-1, int(cy+radius)+1)
	for y := y0; y <= y1; y++ {
		dy := float32(y) + 0.5 - cy
		for x := x0; x <= x1; x++ {
			dx := float32(x) + 0.5 - cx
			t := 1 - (dx*dx+dy*dy)/(radius*radius)
			if t <= 0 {
				continue
			}
			k := t
			for range power - 1 {
				k *= t
			}
			c.Add(x, y, v.Scale(k))
		}
	}
}

// Reduce is the canvas made smaller by whole-pixel boxes so that neither side exceeds limit.
func (c *Canvas) Reduce(limit int) *Canvas {
	f := (max(c.W, c.H) + limit - 1) / limit
	if f <= 1 {
		return &Canvas{W: c.W, H: c.H, Pix: append([]float32(nil), c.Pix...)}
	}
	out := NewCanvas(max(1, c.W/f), max(1, c.H/f))
	k := 1 / float32(f*f)
	for y := range out.H {
		for x := range out.W {
			var sum RGB
			for j := range f {
				for i := range f {
					sum = sum.Plus(c.At(x*f+i, y*f+j))
				}
			}
			out.Set(x, y, sum.Scale(k))
		}
	}
	return out
}

// Bilinear reads between pixels, in pixel coordinates of their middles.
func (c *Canvas) Bilinear(x, y float32) RGB {
	x, y = x-0.5, y-0.5
	xi, yi := floor(x), floor(y)
	fx, fy := x-float32(xi), y-float32(yi)
	top := c.At(xi, yi).Lerp(c.At(xi+1, yi), fx)
	return top.Lerp(c.At(xi, yi+1).Lerp(c.At(xi+1, yi+1), fx), fy)
}

func (c *Canvas) alpha(w, h int) *image.Alpha {
	if cap(c.mask) < w*h {
		c.mask = make([]uint8, w*h)
	}
	return &image.Alpha{Pix: c.mask[:w*h], Stride: w, Rect: image.Rect(0, 0, w, h)}
}
