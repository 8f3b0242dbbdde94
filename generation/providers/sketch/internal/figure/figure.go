// Package figure holds the drawings of things: silhouettes in a few tones, a unit high, standing on the origin with y
// growing downwards. The composer chooses where they stand, how large they are and what light falls on them.
package figure

import (
	"math/rand/v2"

	"atelier/generation/providers/sketch/internal/paint"
	"atelier/generation/providers/sketch/internal/scene"
)

// Tone is which colour a part gets.
type Tone uint8

// The tones, by what they are lit with.
const (
	Body   Tone = iota // the thing's own colour
	Shade              // its own colour, turned from the light
	Light              // its own colour, turned to the light
	Accent             // the picture's accent, or the colour that was said
	Pale               // near white
	Dark               // near black
	Wood               // brown
	Leaf               // what grows
	Lamp               // shines by itself when it is dark
)

// Home is where a thing belongs.
type Home uint8

// The homes.
const (
	Ground Home = iota
	Water
	Air
	Deep // under water
)

// Part is one filled shape.
type Part struct {
	Tone  Tone
	Alpha float32
	Path  *paint.Path
}

// Figure is a drawing, back part first.
type Figure struct{ Parts []Part }

func (f *Figure) add(t Tone) *paint.Path { return f.glass(t, 1) }

func (f *Figure) glass(t Tone, alpha float32) *paint.Path {
	p := &paint.Path{}
	f.Parts = append(f.Parts, Part{t, alpha, p})
	return p
}

// Kind is an entry of the catalogue.
type Kind struct {
	Concept scene.Concept
	Home    Home
	Size    float32   // height, as a share of the picture's unit
	Own     paint.Lab // its usual colour
	Draw    func(f *Figure, r *rand.Rand)
}

// Catalogue lists everything that can be drawn.
func Catalogue() []Kind {
	out := make([]Kind, 0, 64)
	for _, group := range [][]Kind{animals(), birds(), swimmers(), people(), buildings(), structures(), vessels(), vehicles(), plants(), camp()} {
		out = append(out, group...)
	}
	return out
}

// Find is the catalogue's entry of a concept.
func Find(c scene.Concept) (Kind, bool) {
	for _, k := range Catalogue() {
		if k.Concept == c {
			return k, true
		}
	}
	return Kind{}, false
}
