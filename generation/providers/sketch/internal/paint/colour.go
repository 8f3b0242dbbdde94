// Package paint is the drawing ground of the sketch renderer: a picture of linear light, colours mixed in OKLab, seeded
// noise, antialiased polygons and the final grading. It knows nothing of scenes and words.
//
// Everything here is a pure function of its arguments: no clock, no shared randomness, no map order. A [Canvas] belongs
// to one goroutine.
package paint

import "math"

// RGB is linear light with the primaries of sRGB. Values above 1 are allowed until grading.
type RGB struct{ R, G, B float32 }

// Scale multiplies the light by k.
func (c RGB) Scale(k float32) RGB { return RGB{c.R * k, c.G * k, c.B * k} }

// Plus adds light.
func (c RGB) Plus(o RGB) RGB { return RGB{c.R + o.R, c.G + o.G, c.B + o.B} }

// Times is the light that a surface of colour c sends back under light o.
func (c RGB) Times(o RGB) RGB { return RGB{c.R * o.R, c.G * o.G, c.B * o.B} }

// Lerp mixes linear light; t is 0 for c and 1 for o.
func (c RGB) Lerp(o RGB, t float32) RGB {
	return RGB{c.R + (o.R-c.R)*t, c.G + (o.G-c.G)*t, c.B + (o.B-c.B)*t}
}

// Luma is the relative luminance.
func (c RGB) Luma() float32 { return 0.2126*c.R + 0.7152*c.G + 0.0722*c.B }

// Lab converts to OKLab.
func (c RGB) Lab() Lab {
	l := cbrt(0.4122214708*c.R + 0.5363325363*c.G + 0.0514459929*c.B)
	m := cbrt(0.2119034982*c.R + 0.6806995451*c.G + 0.1073969566*c.B)
	s := cbrt(0.0883024619*c.R + 0.2817188376*c.G + 0.6299787005*c.B)
	return Lab{
		0.2104542553*l + 0.7936177850*m - 0.0040720468*s,
		1.9779984951*l - 2.4285922050*m + 0.4505937099*s,
		0.0259040371*l + 0.7827717662*m - 0.8086757660*s,
	}
}

// Lab is a colour in OKLab (Björn Ottosson, 2020): equal steps look equal, so gradients do not go through mud.
type Lab struct{ L, A, B float32 }

// LCH makes a colour of lightness 0–1, chroma (0–0.3) and hue in degrees.
func LCH(l, c, h float32) Lab {
	sin, cos := math.Sincos(float64(h) * math.Pi / 180)
	return Lab{l, c * float32(cos), c * float32(sin)}
}

// Hex makes a colour of 0xRRGGBB in sRGB.
func Hex(v uint32) Lab {
	return RGB{decode(v >> 16 & 255), decode(v >> 8 & 255), decode(v & 255)}.Lab()
}

// Mix is the perceptual blend of two colours.
func (c Lab) Mix(o Lab, t float32) Lab {
	return Lab{c.L + (o.L-c.L)*t, c.A + (o.A-c.A)*t, c.B + (o.B-c.B)*t}
}

// Chroma is how far the colour is from grey.
func (c Lab) Chroma() float32 { return float32(math.Hypot(float64(c.A), float64(c.B))) }

// Hue is in degrees, 0–360.
func (c Lab) Hue() float32 {
	h := math.Atan2(float64(c.B), float64(c.A)) * 180 / math.Pi
	if h < 0 {
		h += 360
	}
	return float32(h)
}

// Saturate multiplies the chroma.
func (c Lab) Saturate(k float32) Lab { return Lab{c.L, c.A * k, c.B * k} }

// Rotate turns the hue by degrees.
func (c Lab) Rotate(deg float32) Lab { return LCH(c.L, c.Chroma(), c.Hue()+deg) }

// Lighten adds to the lightness and keeps it in 0–1.
func (c Lab) Lighten(d float32) Lab { return Lab{Clamp(c.L+d, 0, 1), c.A, c.B} }

// RGB converts to linear light; what lies outside of sRGB is cut at zero.
func (c Lab) RGB() RGB {
	l := c.L + 0.3963377774*c.A + 0.2158037573*c.B
	m := c.L - 0.1055613458*c.A - 0.0638541728*c.B
	s := c.L - 0.0894841775*c.A - 1.2914855480*c.B
	l, m, s = l*l*l, m*m*m, s*s*s
	return RGB{
		max(0, 4.0767416621*l-3.3077115913*m+0.2309699292*s),
		max(0, -1.2684380046*l+2.6097574011*m-0.3413193965*s),
		max(0, -0.0041960863*l-0.7034186147*m+1.7076147010*s),
	}
}

// Stop is one colour of a [Ramp].
type Stop struct {
	At     float32
	Colour Lab
}

// Ramp is a gradient, its stops in rising order.
type Ramp []Stop

// At is the colour at t.
func (r Ramp) At(t float32) Lab {
	if t <= r[0].At {
		return r[0].Colour
	}
	for i := 1; i < len(r); i++ {
		if t <= r[i].At {
			a, b := r[i-1], r[i]
			return a.Colour.Mix(b.Colour, (t-a.At)/(b.At-a.At))
		}
	}
	return r[len(r)-1].Colour
}

// Clamp keeps v in lo–hi.
func Clamp(v, lo, hi float32) float32 { return min(max(v, lo), hi) }

// Smooth is 0 below lo, 1 above hi and smooth between; lo may be above hi.
func Smooth(v, lo, hi float32) float32 {
	t := Clamp((v-lo)/(hi-lo), 0, 1)
	return t * t * (3 - 2*t)
}

// Sqrt is the square root of v.
func Sqrt(v float32) float32 { return float32(math.Sqrt(float64(v))) }

// Sin is the sine of radians.
func Sin(v float32) float32 { return float32(math.Sin(float64(v))) }

// Cos is the cosine of radians.
func Cos(v float32) float32 { return float32(math.Cos(float64(v))) }

// Pow is v to the power of p.
func Pow(v, p float32) float32 { return float32(math.Pow(float64(v), float64(p))) }

// Exp is e to the power of v.
func Exp(v float32) float32 { return float32(math.Exp(float64(v))) }

// Abs is the magnitude of v.
func Abs(v float32) float32 { return float32(math.Abs(float64(v))) }

func cbrt(v float32) float32 { return float32(math.Cbrt(float64(v))) }

func decode(v uint32) float32 {
	x := float64(v) / 255
	if x <= 0.04045 {
		return float32(x / 12.92)
	}
	return float32(math.Pow((x+0.055)/1.055, 2.4))
}

func encode(x float32) float32 {
	if x <= 0.0031308 {
		return x * 12.92
	}
	return float32(1.055*math.Pow(float64(x), 1/2.4) - 0.055)
}
