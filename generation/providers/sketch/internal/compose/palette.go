package compose

import (
	"math/rand/v2"

	"atelier/generation/providers/sketch/internal/paint"
	"atelier/generation/providers/sketch/internal/scene"
)

// palette is the colours of a picture: the sky from top to horizon, the land from far to near, and the light.
type palette struct {
	Zenith, Upper, Lower, Horizon paint.Lab
	Sun                           paint.Lab // the disk and what it lights up
	Far, Middle, Near             paint.Lab // the land: haze, between, silhouette
	Key, Ambient                  paint.Lab // light from the sun or moon, and from everywhere
	Cloud                         paint.Lab // the lit side of clouds
	Accent                        paint.Lab // sails, doors, flowers
	Lamp                          paint.Lab // windows and lanterns
}

// each lets f change every colour of sky, land and light.
func (p *palette) each(f func(c *paint.Lab)) {
	for _, c := range []*paint.Lab{
		&p.Zenith, &p.Upper, &p.Lower, &p.Horizon, &p.Sun, &p.Far, &p.Middle, &p.Near, &p.Key, &p.Ambient, &p.Cloud,
	} {
		f(c)
	}
}

// hours are the palettes by time of day; a row is zenith, upper, lower, horizon, sun, far, middle, near, key, ambient,
// cloud, accent.
func hours(t scene.Concept) [][12]uint32 {
	switch t {
	case "dawn":
		return [][12]uint32{
			{0x41538f, 0x8b80ba, 0xf0a9a6, 0xffdcb4, 0xfff0d0, 0xd9a8b8, 0x7d6a9c, 0x2a2a4e, 0xffcaa0, 0x8a86b4, 0xffd0c0, 0xe4606a},
			{0x2f5b86, 0x7aa6bd, 0xf3cdb4, 0xffe6c0, 0xfff4da, 0xb9b8c8, 0x5f7d98, 0x1e3350, 0xffd8a8, 0x8fa2bc, 0xffe2d0, 0xe27d60},
			{0x5a4a8c, 0xb07cae, 0xf7a8a0, 0xffd09a, 0xffeac4, 0xe0a0a8, 0x8a5c8e, 0x30224a, 0xffc090, 0x9a80b0, 0xffc4c0, 0xf2a65a},
		}
	case "morning":
		return [][12]uint32{
			{0x3f8ac4, 0x83bde0, 0xcfe8ea, 0xfdf3da, 0xfffbe8, 0xbcd6e0, 0x5f93aa, 0x1d4452, 0xfff0cc, 0x9cbcd0, 0xffffff, 0xe4573d},
			{0x4fa3b8, 0x94cdca, 0xdcead0, 0xfff0cc, 0xfffae0, 0xc6dccb, 0x6c9f94, 0x1f4a48, 0xffeec4, 0xa0c0bc, 0xfffdf4, 0xee6c4d},
			{0x5a86c8, 0x9db8e4, 0xe4d4e4, 0xffe6d2, 0xfff6e4, 0xd0cade, 0x7c8cb0, 0x2a3a60, 0xffe8cc, 0xa4b4d8, 0xfff4ee, 0xe8705a},
		}
	case "noon":
		return [][12]uint32{
			{0x1f6cc0, 0x4d9be0, 0x98ccf0, 0xdff2f8, 0xfffdf0, 0xb4d6ea, 0x5b95b4, 0x1c4a50, 0xfff8e0, 0xa4c6e4, 0xffffff, 0xe63946},
			{0x137a9c, 0x43acc4, 0x9bdad6, 0xe6f6e6, 0xfffdf0, 0xb2dcd8, 0x5aa0a4, 0x144a4c, 0xfff8dc, 0xa8ccd4, 0xffffff, 0xf25c54},
			{0x3a62b4, 0x6f98dc, 0xb4cdee, 0xf4efe4, 0xfffdf0, 0xc4d0e6, 0x6f8ab4, 0x223c5c, 0xfff4dc, 0xacc0e4, 0xffffff, 0xf4a236},
		}
	case "golden":
		return [][12]uint32{
			{0x4d76a6, 0xa3a9ae, 0xf2bd7c, 0xffe3a6, 0xfff3cc, 0xf2c38a, 0xa96f48, 0x3a2232, 0xffc878, 0xa08c94, 0xffe0b0, 0xc8402f},
			{0x6a7f9a, 0xc9a98a, 0xf7b65e, 0xffd98a, 0xfff0c0, 0xeab070, 0x9a5f40, 0x34202c, 0xffbe66, 0xa88c84, 0xffd8a0, 0x2f6f73},
			{0x2f7f8f, 0x86b3a2, 0xf0cf8c, 0xffe8ae, 0xfff6d4, 0xe4c890, 0x8e8254, 0x2c3a34, 0xffd488, 0x94a89c, 0xffecc4, 0xd1495b},
		}
	case "sunset":
		return [][12]uint32{
			{0x2b2763, 0x7b3a86, 0xea566c, 0xffb468, 0xffe3a0, 0xe5766e, 0x7a3568, 0x1c1234, 0xff8c50, 0x7a5a92, 0xff9a86, 0xffb13d},
			{0x123a5a, 0x3f6f86, 0xf08a5c, 0xffc46e, 0xffeab0, 0xd98a6c, 0x5c4a62, 0x141f33, 0xff9a54, 0x6a7c94, 0xffae84, 0xe84a4a},
			{0x3a2a5c, 0xa83c5f, 0xf26a4b, 0xffa94d, 0xffe09a, 0xec7a52, 0x8c2f4f, 0x24102a, 0xff8242, 0x8a5878, 0xff9070, 0xffd166},
			{0x28406f, 0x8a6a9e, 0xf59a9a, 0xffcf9a, 0xffecc0, 0xe09aa0, 0x75588c, 0x1f1f42, 0xffa070, 0x8080a8, 0xffb8a8, 0xf4d35e},
		}
	case "dusk":
		return [][12]uint32{
			{0x121a45, 0x33356e, 0x8a5c92, 0xea9a84, 0xffd0a0, 0x8c6898, 0x3d3b6e, 0x0d102e, 0xc890a0, 0x5a629a, 0xb07aa0, 0xff9f6b},
			{0x0f2644, 0x24506e, 0x5f8a9a, 0xe8b890, 0xffdcb0, 0x6a8898, 0x2c5068, 0x081828, 0xc8b0a0, 0x4e7090, 0x8aa0b0, 0xf4a259},
			{0x241848, 0x54307a, 0xa8528e, 0xf08a82, 0xffc898, 0x9a5a92, 0x4a2c6a, 0x140c2c, 0xd08098, 0x6a5698, 0xb8709c, 0xffc857},
		}
	}
	return [][12]uint32{
		{0x050b22, 0x0c1c40, 0x1b3a62, 0x3f6a8c, 0xf2f0e0, 0x33587c, 0x17304f, 0x040a18, 0x8fb0d8, 0x2c4570, 0x5a7ba6, 0xe8a04c},
		{0x0a0a26, 0x1a1846, 0x35306c, 0x6a5a92, 0xf6ead8, 0x4f4a80, 0x262550, 0x070618, 0xa0a0dc, 0x3a3a72, 0x7a76b4, 0xf2a65a},
		{0x041820, 0x0a2e3c, 0x165058, 0x3f8a86, 0xf0f4e4, 0x2c6a70, 0x123e48, 0x031016, 0x8cc8c8, 0x22525e, 0x5aa0a4, 0xf0b060},
	}
}

func newPalette(s *scene.Scene, r *rand.Rand) palette {
	rows := hours(s.Time)
	row := rows[r.IntN(len(rows))]
	h := func(i int) paint.Lab { return paint.Hex(row[i]) }
	p := palette{h(0), h(1), h(2), h(3), h(4), h(5), h(6), h(7), h(8), h(9), h(10), h(11), paint.Hex(0xffc970)}
	turn := r.Float32()*16 - 8
	p.each(func(c *paint.Lab) { *c = c.Rotate(turn) })
	p.weather(s)
	p.words(s)
	return p
}

// weather greys and darkens.
func (p *palette) weather(s *scene.Scene) {
	grey := func(amount, dim float32, tint paint.Lab) {
		p.each(func(c *paint.Lab) {
			g := paint.Lab{L: c.L * dim, A: tint.A, B: tint.B}
			*c = c.Mix(g, amount)
		})
	}
	switch {
	case s.Has("storm"):
		grey(0.76, 0.7, paint.LCH(0, 0.028, 250))
	case s.Has("rain"):
		grey(0.55, 0.86, paint.LCH(0, 0.025, 235))
	case s.Has("snow"):
		grey(0.4, 1.04, paint.LCH(0, 0.02, 245))
	case s.Has("fog"):
		grey(0.35, 1.0, paint.LCH(0, 0.012, 220))
	case s.Has("cloudy"):
		grey(0.3, 0.96, paint.LCH(0, 0.02, 240))
	}
	if s.Has("eerie") {
		grey(0.5, 0.8, paint.LCH(0, 0.05, 160))
	}
	if s.Has("melancholy") {
		grey(0.35, 0.92, paint.LCH(0, 0.03, 255))
	}
}

// words applies what was said about colours.
func (p *palette) words(s *scene.Scene) {
	switch len(s.Colours) {
	case 0:
	case 1:
		c := hue(s.Colours[0])
		p.each(func(o *paint.Lab) { *o = tint(*o, c, 0.72) })
	default:
		dark, light := hue(s.Colours[0]), hue(s.Colours[1])
		if dark.L > light.L {
			dark, light = light, dark
		}
		p.each(func(o *paint.Lab) { *o = tint(*o, dark.Mix(light, paint.Smooth(o.L, 0.3, 0.75)), 0.75) })
		p.Accent = hue(s.Colours[len(s.Colours)-1])
	}
	if s.Is("desert", "canyon") && s.LandHue == "" && len(s.Colours) == 0 && !s.Dark() {
		for _, o := range []*paint.Lab{&p.Middle, &p.Near, &p.Far} {
			*o = tint(*o, paint.Hex(0xc0703a), 0.55)
		}
	}
	if s.SkyHue != "" {
		c := hue(s.SkyHue)
		for _, o := range []*paint.Lab{&p.Zenith, &p.Upper, &p.Lower, &p.Horizon, &p.Cloud, &p.Far} {
			*o = tint(*o, c, 0.75)
		}
	}
	if s.LandHue != "" {
		c := hue(s.LandHue)
		for _, o := range []*paint.Lab{&p.Middle, &p.Near} {
			*o = tint(*o, c, 0.7)
		}
	}
	if s.Is("space") {
		for _, o := range []*paint.Lab{&p.Zenith, &p.Upper, &p.Lower, &p.Horizon} {
			*o = paint.Lab{L: o.L * 0.42, A: o.A * 0.8, B: o.B * 0.8}
		}
	}
	if s.Has("pastel") {
		p.each(func(o *paint.Lab) { *o = paint.Lab{L: 0.42 + 0.56*o.L, A: o.A * 0.62, B: o.B * 0.62} })
		p.Accent = p.Accent.Lighten(0.1).Saturate(0.7)
	}
	if s.Has("neon") {
		p.each(func(o *paint.Lab) { *o = neon(*o) })
		p.Accent, p.Lamp = paint.Hex(0x21f0ff), paint.Hex(0xff5ad0)
	}
}

// neon moves a colour to the line from deep indigo over magenta to hot pink and cyan-white.
func neon(c paint.Lab) paint.Lab {
	ramp := paint.Ramp{
		{At: 0, Colour: paint.Hex(0x07041a)},
		{At: 0.3, Colour: paint.Hex(0x1c0f52)},
		{At: 0.5, Colour: paint.Hex(0x6a1f9c)},
		{At: 0.72, Colour: paint.Hex(0xf0409a)},
		{At: 0.88, Colour: paint.Hex(0xff9a80)},
		{At: 1, Colour: paint.Hex(0xfff0c0)},
	}
	return c.Mix(ramp.At(c.L), 0.8)
}

// tint gives c the hue of o and keeps most of its lightness.
func tint(c, o paint.Lab, k float32) paint.Lab {
	chroma := o.Chroma() * (0.55 + 0.6*paint.Smooth(c.L, 0, 0.6)*(1-paint.Smooth(c.L, 0.75, 1.05)))
	want := paint.LCH(c.L*0.8+0.2*(c.L*0.5+o.L*0.5), chroma, o.Hue())
	return c.Mix(want, k)
}

// hue is the colour that a colour word means.
func hue(c scene.Concept) paint.Lab {
	switch c {
	case "red":
		return paint.Hex(0xd62828)
	case "orange":
		return paint.Hex(0xf3722c)
	case "yellow":
		return paint.Hex(0xf9c74f)
	case "gold":
		return paint.Hex(0xe0a526)
	case "green":
		return paint.Hex(0x3f9b57)
	case "teal":
		return paint.Hex(0x1fa3a3)
	case "blue":
		return paint.Hex(0x2a6fdb)
	case "indigo":
		return paint.Hex(0x34329c)
	case "purple":
		return paint.Hex(0x8544b8)
	case "magenta":
		return paint.Hex(0xd6249f)
	case "pink":
		return paint.Hex(0xf48fb1)
	case "brown":
		return paint.Hex(0x7d4f30)
	case "white":
		return paint.Hex(0xf4f1ea)
	case "black":
		return paint.Hex(0x17171c)
	}
	return paint.Hex(0x8a8f98) // grey
}

// grade chooses how the picture is developed.
func grade(s *scene.Scene) paint.Grade {
	g := paint.Grade{Exposure: 1, Contrast: 0.22, Saturation: 1.08, Vignette: 0.34, Bloom: 0.5, Grain: 1.6}
	set := func(c scene.Concept, f func()) {
		if s.Has(c) {
			f()
		}
	}
	set("pastel", func() { g.Contrast, g.Fade, g.Saturation, g.Exposure, g.Vignette = -0.05, 0.35, 0.95, 1.06, 0.1 })
	set("vivid", func() { g.Saturation, g.Contrast = 1.4, 0.32 })
	set("neon", func() { g.Saturation, g.Contrast, g.Bloom = 1.3, 0.35, 1 })
	set("earthy", func() { g.Saturation, g.Highlight, g.Shadow = 0.72, paint.LCH(0, 0.03, 75), paint.LCH(0, 0.02, 60) })
	set("vintage", func() {
		g.Saturation, g.Fade, g.Contrast, g.Grain, g.Vignette = 0.72, 0.5, 0.15, 5, 0.55
		g.Highlight, g.Shadow = paint.LCH(0, 0.045, 88), paint.LCH(0, 0.03, 200)
	})
	set("warm", func() { g.Highlight, g.Shadow = paint.LCH(0, 0.045, 70), paint.LCH(0, 0.03, 40) })
	set("cold", func() { g.Highlight, g.Shadow = paint.LCH(0, 0.03, 230), paint.LCH(0, 0.045, 255) })
	set("calm", func() { g.Contrast -= 0.08; g.Saturation *= 0.94 })
	set("lonely", func() { g.Saturation *= 0.86; g.Vignette += 0.15 })
	set("melancholy", func() { g.Saturation *= 0.8 })
	set("joyful", func() { g.Saturation *= 1.18; g.Exposure *= 1.06 })
	set("epic", func() { g.Contrast += 0.14; g.Vignette += 0.2 })
	set("eerie", func() { g.Vignette += 0.35; g.Contrast += 0.1 })
	set("dreamy", func() { g.Bloom += 0.5; g.Fade += 0.25; g.Highlight = paint.LCH(0, 0.02, 340) })
	set("watercolor", func() { g.Paper, g.Fade, g.Vignette, g.Bloom = 0.9, 0.4, -0.12, 0.25 })
	set("flat", func() { g.Grain, g.Bloom, g.Vignette = 1, 0.2, 0.1 })
	set("sepia", func() {
		g.Saturation, g.Fade, g.Grain = 0, 0.35, 4
		g.Highlight, g.Shadow = paint.LCH(0, 0.055, 80), paint.LCH(0, 0.045, 60)
	})
	set("monochrome", func() { g.Saturation, g.Contrast, g.Grain = 0, 0.4, 4 })
	return g
}
