package scene

import "slices"

// resolve fills what the words leave open by what they imply, and otherwise by their hash.
func (s *Scene) resolve(refused []Concept) {
	free := func(list ...Concept) []Concept {
		return slices.DeleteFunc(list, func(c Concept) bool { return slices.Contains(refused, c) })
	}
	s.resolvePlaces(free)
	s.resolveTime(free)
	if s.Season == "winter" && len(s.Weather) == 0 && len(s.Sky) == 0 && !slices.Contains(refused, "snow") && s.Words%2 == 0 {
		s.Weather = append(s.Weather, "snow")
	}
}

func (s *Scene) resolvePlaces(free func(...Concept) []Concept) {
	if len(s.Places) > 0 {
		if s.Shows("boat", "ship", "whale", "dolphin", "lighthouse", "swan") && !s.Wet() && !s.Is("space", "mars") {
			s.Places = append(s.Places, free(map[bool]Concept{true: "lake", false: "sea"}[s.Is("mountains", "forest", "hills")])...)
		}
		return
	}
	implied := []struct {
		kinds  []Concept
		places []Concept
	}{
		{[]Concept{"whale", "dolphin", "boat", "ship", "lighthouse"}, []Concept{"sea"}},
		{[]Concept{"palm"}, []Concept{"beach", "island"}},
		{[]Concept{"fish"}, []Concept{"underwater"}},
		{[]Concept{"swan"}, []Concept{"lake"}},
		{[]Concept{"camel", "cactus"}, []Concept{"desert"}},
		{[]Concept{"rocket", "ufo", "astronaut"}, []Concept{"mars", "space"}},
		{[]Concept{"castle", "dragon", "eagle", "temple", "torii"}, []Concept{"mountains"}},
		{[]Concept{"tent", "campfire", "cabin", "pine", "deer", "bear", "wolf", "fox", "mushroom"}, []Concept{"forest", "mountains"}},
		{[]Concept{"robot", "car", "lantern"}, []Concept{"city", "hills"}},
		{[]Concept{"bridge"}, []Concept{"river", "city"}},
		{[]Concept{"house", "church", "windmill", "barn", "horse", "flower", "butterfly", "bicycle", "rabbit"}, []Concept{"fields", "hills"}},
		{[]Concept{"train", "balloon", "tree", "kite"}, []Concept{"hills", "fields"}},
		{[]Concept{"elephant"}, []Concept{"fields"}},
	}
	for _, row := range implied {
		if open := free(slices.Clone(row.places)...); s.Shows(row.kinds...) && len(open) > 0 {
			s.Places = append(s.Places, open[s.Words>>8%uint64(len(open))])
			return
		}
	}
	open := free("mountains", "hills", "lake", "sea", "forest", "fields", "desert", "island")
	if s.Has("galaxy", "planet") {
		open = free("mars", "space", "mountains")
	}
	if len(open) == 0 {
		open = []Concept{"hills"}
	}
	s.Places = append(s.Places, open[s.Words>>8%uint64(len(open))])
}

func (s *Scene) resolveTime(free func(...Concept) []Concept) {
	if s.Time != "" {
		return
	}
	open := free("dawn", "morning", "noon", "golden", "sunset", "dusk", "golden", "sunset")
	switch {
	case s.Has("aurora", "galaxy"):
		open = free("night")
	case s.Has("stars", "moon", "crescent", "aurora", "meteor", "galaxy") || s.Shows("campfire", "lantern") || s.Is("space"):
		open = free("night", "dusk")
	case s.Has("eerie", "neon"):
		open = free("night", "dusk")
	case s.Has("storm"):
		open = free("dusk", "sunset", "noon")
	case s.Has("rain", "melancholy", "lonely", "fog"):
		open = free("dusk", "dawn", "morning")
	case s.Has("joyful", "clear", "sun", "rainbow"):
		open = free("morning", "noon", "golden")
	case s.Has("snow") || s.Is("arctic") || s.Season == "winter":
		open = free("dawn", "morning", "dusk", "noon")
	case s.Has("calm", "dreamy"):
		open = free("dawn", "dusk", "golden", "sunset")
	case s.Is("beach", "garden", "jungle", "fields"):
		open = free("morning", "golden", "sunset", "noon")
	}
	if len(open) == 0 {
		open = []Concept{"morning"}
	}
	s.Time = open[s.Words>>16%uint64(len(open))]
}

// Wet tells whether there is open water.
func (s *Scene) Wet() bool {
	return s.Is("sea", "beach", "lake", "river", "island", "waterfall", "arctic")
}
