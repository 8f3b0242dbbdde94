// Package scene reads a prompt: words in, a [Scene] out. A scene says what is to be seen and how it should feel; where
// things stand is left to the composer and its seed. Reading is pure: the same words give the same scene.
package scene

import (
	"fmt"
	"slices"
	"strings"
)

// Concept is what a word stands for: "sunset", "lighthouse", "red".
type Concept string

// Subject is something that stands in the picture.
type Subject struct {
	Kind   Concept
	Count  int     // 1 or more
	Colour Concept // a colour word that was said of it, or ""
}

// Scene is everything that is known of a picture before it is laid out. Time and Places are always set.
type Scene struct {
	Time     Concept   // dawn, morning, noon, golden, sunset, dusk, night
	Weather  []Concept // clear, cloudy, rain, storm, snow, fog, wind; empty is up to the composer
	Sky      []Concept // stars, aurora, rainbow, meteor, moon, sun, …
	Season   Concept   // spring, summer, autumn, winter or ""
	Places   []Concept // the first one said leads
	Subjects []Subject // in the order they were said
	Colours  []Concept // colour words about the whole picture
	Styles   []Concept // pastel, neon, monochrome, …
	Moods    []Concept // calm, epic, eerie, …
	Framing  []Concept // wide, close, minimal, portrait
	SkyHue   Concept   // a colour word that was said of the sky
	LandHue  Concept   // a colour word that was said of a place
	Unknown  []string  // words that mean nothing here; they still choose variants
	Words    uint64    // hash of all words
}

// Is tells whether the picture is in this place.
func (s *Scene) Is(places ...Concept) bool { return overlap(s.Places, places) }

// Has tells whether any of these concepts of weather, sky, style, mood or framing was asked for.
func (s *Scene) Has(concepts ...Concept) bool {
	for _, list := range [][]Concept{s.Weather, s.Sky, s.Styles, s.Moods, s.Framing} {
		if overlap(list, concepts) {
			return true
		}
	}
	return false
}

// Shows tells whether a subject of this kind is in the picture.
func (s *Scene) Shows(kinds ...Concept) bool {
	for _, sub := range s.Subjects {
		if overlap([]Concept{sub.Kind}, kinds) {
			return true
		}
	}
	return false
}

// Dark tells whether lamps and windows are lit.
func (s *Scene) Dark() bool { return s.Time == "night" || s.Time == "dusk" }

// String shows the scene on one line, for people and for the picture's metadata.
func (s *Scene) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "time %s; place %s", s.Time, join(s.Places))
	if s.Season != "" {
		fmt.Fprintf(&b, "; season %s", s.Season)
	}
	for _, part := range []struct {
		name string
		list []Concept
	}{
		{"weather", s.Weather},
		{"sky", s.Sky},
		{"colours", s.Colours},
		{"style", s.Styles},
		{"mood", s.Moods},
		{"framing", s.Framing},
	} {
		if len(part.list) > 0 {
			fmt.Fprintf(&b, "; %s %s", part.name, join(part.list))
		}
	}
	for i, sub := range s.Subjects {
		b.WriteString([]string{"; subjects ", ", "}[min(i, 1)])
		if sub.Count > 1 {
			fmt.Fprintf(&b, "%d ", sub.Count)
		}
		if sub.Colour != "" {
			b.WriteString(string(sub.Colour) + " ")
		}
		b.WriteString(string(sub.Kind))
	}
	if s.SkyHue != "" {
		fmt.Fprintf(&b, "; sky in %s", s.SkyHue)
	}
	if s.LandHue != "" {
		fmt.Fprintf(&b, "; land in %s", s.LandHue)
	}
	return b.String()
}

func join(list []Concept) string {
	out := make([]string, len(list))
	for i, c := range list {
		out[i] = string(c)
	}
	return strings.Join(out, " + ")
}

func overlap(a, b []Concept) bool {
	return slices.ContainsFunc(a, func(c Concept) bool { return slices.Contains(b, c) })
}
