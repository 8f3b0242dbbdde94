package compose

import "atelier/generation/providers/sketch/internal/paint"

// tone is the colour of land at a distance t, 0 for here and 1 for the far end, before light and ground colour.
func (p *picture) tone(t float32) paint.Lab {
	ramp := paint.Ramp{{At: 0, Colour: p.pal.Near}, {At: 0.5, Colour: p.pal.Middle}, {At: 1, Colour: p.pal.Far}}
	return ramp.At(t)
}

// surface is the colour of something local at distance t whose face gets the share facing of the key light. It is pulled
// towards the palette, the more the farther away, so that everything in a picture belongs together.
func (p *picture) surface(local paint.Lab, facing, t float32) paint.Lab {
	light := p.pal.Ambient.RGB().Scale(0.62).Plus(p.pal.Key.RGB().Scale(facing * 0.95))
	pull := 0.36 + 0.42*t
	if p.Scene.Time == "noon" || p.Scene.Time == "morning" {
		pull -= 0.17
	}
	if p.Scene.Time == "sunset" || p.Scene.Time == "dusk" {
		pull += 0.14
	}
	if p.Scene.Season == "autumn" || p.Scene.Season == "spring" {
		pull -= 0.14
	}
	if p.Scene.Has("flat", "minimal", "neon") || len(p.Scene.Colours) > 0 {
		pull += 0.18
	}
	return local.RGB().Times(light).Lab().Mix(p.tone(t), min(pull, 0.95))
}

// grass is the colour of what grows, by season and place.
func (p *picture) grass() paint.Lab {
	s := &p.Scene
	switch {
	case s.LandHue != "":
		return hue(s.LandHue)
	case s.Has("snow") || s.Season == "winter" || s.Is("arctic"):
		return paint.Hex(0xf2f6fa)
	case s.Is("mars"):
		return paint.Hex(0xb5593a).Mix(p.pal.Accent, 0.35)
	case s.Is("desert"):
		return paint.Hex(0xe9b872)
	case s.Is("canyon"):
		return paint.Hex(0xc8683e)
	case s.Is("volcano"):
		return paint.Hex(0x4a3c3c)
	case s.Is("beach", "island"):
		return paint.Hex(0xf0d9a8)
	case s.Season == "autumn":
		return paint.Hex(0xb98a3e)
	case s.Season == "spring":
		return paint.Hex(0x9ac255)
	case s.Season == "summer":
		return paint.Hex(0x8fc043)
	case s.Is("jungle", "forest"):
		return paint.Hex(0x4d8a4a)
	}
	return paint.Hex(0x84ad4f)
}

// leaves is the colour of trees.
func (p *picture) leaves(k float32) paint.Lab {
	s := &p.Scene
	switch {
	case s.Season == "autumn":
		return paint.Hex(0xd9902f).Mix(paint.Hex(0xb8432a), k)
	case s.Season == "spring":
		return paint.Hex(0xf2a7bd).Mix(paint.Hex(0xe88aa8), k)
	case s.Has("snow") || s.Season == "winter":
		return paint.Hex(0xd8e4ec).Mix(paint.Hex(0x6a8590), 0.5+0.3*k)
	case s.Is("jungle"):
		return paint.Hex(0x3f9a4e).Mix(paint.Hex(0x1f6a50), k)
	}
	return paint.Hex(0x5f9a4a).Mix(paint.Hex(0x33704c), k)
}

// snowy tells whether the ground is white.
func (p *picture) snowy() bool {
	s := &p.Scene
	return s.Has("snow") || s.Season == "winter" || s.Is("arctic")
}

// wet tells whether there is open water below the horizon.
func (p *picture) wet() bool { return p.Scene.Wet() || p.waterfront() }

// waterfront tells whether a city stands at the water, which is where it looks best; on land it keeps to what was said.
func (p *picture) waterfront() bool {
	return p.Scene.Is("city") && (len(p.Scene.Places) == 1 || p.Scene.Is("river"))
}
