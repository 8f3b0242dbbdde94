// Package look measures pictures: colours, light, contrast, where the weight lies. Everything is a function of the pixels.
package look

import (
	"cmp"
	"image"
	"math"
	"slices"

	"golang.org/x/image/draw"
)

// Look is what is measured of a picture. Shares and levels are 0–1.
type Look struct {
	Width, Height int
	Light         float64    // mean luma
	Contrast      float64    // its standard deviation, doubled
	Saturation    float64    // mean
	Warmth        float64    // −1 blue to 1 orange
	Texture       float64    // mean step between neighbours
	Balance       [2]float64 // where the weight of contrast lies, from the left and from the top
	Symmetry      float64    // 1: the left mirrors the right
	Horizon       float64    // height of the strongest level edge from the top; 0 when there is none
	Colours       []Colour   // the most common first, at most five
	Mean, Spread  [3]float64 // of red, green and blue
}

// Colour is one of a picture's, with how much of it there is.
type Colour struct {
	R, G, B uint8
	Share   float64
	Name    string
}

const side = 96 // of the reduced picture that is measured

// Measure looks at a picture.
func Measure(pic image.Image) Look {
	b := pic.Bounds()
	small := image.NewRGBA(image.Rect(0, 0, side, side))
	draw.ApproxBiLinear.Scale(small, small.Bounds(), pic, b, draw.Src, nil)
	l := Look{Width: b.Dx(), Height: b.Dy()}
	var luma [side][side]float64
	bins := make(map[int]*[4]float64)
	for y := range side {
		for x := range side {
			c := small.RGBAAt(x, y)
			r, g, bl := float64(c.R)/255, float64(c.G)/255, float64(c.B)/255
			luma[y][x] = 0.2126*r + 0.7152*g + 0.0722*bl
			l.Saturation += saturation(r, g, bl)
			l.Warmth += r - bl
			for i, v := range []float64{r, g, bl} {
				l.Mean[i] += v
				l.Spread[i] += v * v
			}
			key := int(c.R)>>5<<6 | int(c.G)>>5<<3 | int(c.B)>>5
			if bins[key] == nil {
				bins[key] = new([4]float64)
			}
			for i, v := range []float64{r, g, bl, 1} {
				bins[key][i] += v
			}
		}
	}
	const n = side * side
	l.Saturation /= n
	l.Warmth /= n
	for i := range l.Mean {
		l.Mean[i] /= n
		l.Spread[i] = math.Sqrt(max(0, l.Spread[i]/n-l.Mean[i]*l.Mean[i]))
	}
	l.Colours = common(bins)
	l.weigh(&luma)
	return l
}

func saturation(r, g, b float64) float64 {
	top := max(r, g, b)
	if top == 0 {
		return 0
	}
	return (top - min(r, g, b)) / top
}

func common(bins map[int]*[4]float64) []Colour {
	keys := make([]int, 0, len(bins))
	for key := range bins {
		keys = append(keys, key)
	}
	slices.SortFunc(keys, func(a, b int) int { return cmp.Or(cmp.Compare(bins[b][3], bins[a][3]), cmp.Compare(a, b)) })
	var out []Colour
	for _, key := range keys {
		v := bins[key]
		c := Colour{R: level(v[0] / v[3]), G: level(v[1] / v[3]), B: level(v[2] / v[3]), Share: v[3] / (side * side)}
		c.Name = NameOf(c.R, c.G, c.B)
		i := slices.IndexFunc(out, func(o Colour) bool { return o.Name == c.Name })
		switch {
		case i >= 0:
			out[i].Share += c.Share
		case len(out) < 5:
			out = append(out, c)
		}
	}
	return out
}

func level(v float64) uint8 { return uint8(min(max(v, 0), 1)*255 + 0.5) }

func (l *Look) weigh(luma *[side][side]float64) {
	var sum, squares, weight, x0, y0, mirrored float64
	var rows [side]float64
	for y := range side {
		for x := range side {
			v := luma[y][x]
			sum += v
			squares += v * v
			rows[y] += v / side
			mirrored += math.Abs(v - luma[y][side-1-x])
			if x > 0 && y > 0 {
				step := math.Abs(v-luma[y][x-1]) + math.Abs(v-luma[y-1][x])
				l.Texture += step
				weight += step
				x0 += step * float64(x)
				y0 += step * float64(y)
			}
		}
	}
	const n = side * side
	l.Light = sum / n
	l.Contrast = min(1, 2*math.Sqrt(max(0, squares/n-l.Light*l.Light)))
	l.Texture = min(1, l.Texture/n*4)
	l.Symmetry = 1 - min(1, mirrored/n*4)
	l.Balance = [2]float64{0.5, 0.5}
	if weight > 0 {
		l.Balance = [2]float64{x0 / weight / side, y0 / weight / side}
	}
	strongest := 0.06
	for y := side / 8; y < side*7/8; y++ {
		if edge := math.Abs(rows[y+2] - rows[y-2]); edge > strongest {
			strongest, l.Horizon = edge, float64(y)/side
		}
	}
}

// Hue is the angle of a colour on the wheel in degrees, 0 for red.
func Hue(r, g, b float64) float64 {
	return math.Mod(math.Atan2(math.Sqrt(3)*(g-b), 2*r-g-b)*180/math.Pi+360, 360)
}

// NameOf is a colour in a word or two.
func NameOf(r8, g8, b8 uint8) string {
	r, g, b := float64(r8)/255, float64(g8)/255, float64(b8)/255
	light, sat := 0.2126*r+0.7152*g+0.0722*b, saturation(r, g, b)
	if sat < 0.14 || light < 0.03 {
		switch {
		case light < 0.12:
			return "black"
		case light < 0.35:
			return "charcoal"
		case light < 0.65:
			return "grey"
		case light < 0.88:
			return "silver"
		}
		return "white"
	}
	hue := Hue(r, g, b)
	names := []struct {
		to   float64
		name string
	}{
		{15, "red"},
		{40, "orange"},
		{52, "amber"},
		{70, "yellow"},
		{95, "lime"},
		{150, "green"},
		{175, "teal"},
		{200, "cyan"},
		{240, "blue"},
		{265, "indigo"},
		{295, "violet"},
		{335, "rose"},
		{361, "red"},
	}
	word := names[slices.IndexFunc(names, func(n struct {
		to   float64
		name string
	},
	) bool {
		return hue < n.to
	})].name
	switch {
	case light < 0.2:
		return "deep " + word
	case light > 0.7 && sat < 0.5:
		return "pale " + word
	case sat < 0.35:
		return "muted " + word
	}
	return word
}
