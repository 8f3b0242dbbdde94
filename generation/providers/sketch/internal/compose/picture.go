// Package compose lays a scene out and paints it, layer by layer from the sky to the air in front. Each layer draws its
// chances from a generator of its own, derived from the seed and the layer's name, so that a change in one layer does not
// move the others.
package compose

import (
	"hash/fnv"
	"image"
	"math/rand/v2"

	"atelier/generation/providers/sketch/internal/paint"
	"atelier/generation/providers/sketch/internal/scene"
)

// Spec is what is to be painted.
type Spec struct {
	Scene  scene.Scene
	Width  int
	Height int
	Layout uint64 // seed of where things are
	Tones  uint64 // seed of the palette
}

// Step is called after each layer with what is done, 0–1, and the canvas so far. An error stops the painting.
type Step func(fraction float64, c *paint.Canvas, g paint.Grade) error

// picture is a painting in work. Lengths are pixels; u is the unit that drawings scale with.
type picture struct {
	*paint.Canvas
	Spec
	w, h, u float32
	pal     palette
	lay     layout
	floor   []float32     // the line of the near ground, once it is painted
	before  *paint.Canvas // the picture without its subjects, for their reflections
}

// Paint makes the picture of a spec.
func Paint(spec Spec, step Step) (*image.RGBA, error) {
	p := &picture{Canvas: paint.NewCanvas(spec.Width, spec.Height), Spec: spec, w: float32(spec.Width), h: float32(spec.Height)}
	p.u = min(p.h, p.w*0.8)
	p.pal = newPalette(&p.Scene, p.toned("palette"))
	p.lay = newLayout(p)
	g := grade(&p.Scene)
	layers := p.layers()
	for i, layer := range layers {
		layer()
		if err := step(float64(i+1)/float64(len(layers)+1), p.Canvas, g); err != nil {
			return nil, err
		}
	}
	return p.Develop(g, p.rand("grain")), nil
}

// layers are the steps of the painting, back to front.
func (p *picture) layers() []func() {
	var land []func()
	switch {
	case p.Scene.Is("underwater"):
		land = []func(){p.deep, p.reef, p.subjects}
	case p.Scene.Is("space") && !p.Scene.Is("mars"):
		land = []func(){p.sky, p.cosmos, p.subjects}
	default:
		land = []func(){p.sky, p.clouds, p.relief, p.skyline, p.water, p.ground, p.mist, p.subjects, p.frontage, p.weather}
	}
	if p.Scene.Is("room") {
		land = append(land, p.interior, p.indoors)
	}
	return append(land, p.air)
}

// rand is the generator of a layer's layout.
func (p *picture) rand(layer string) *rand.Rand { return paint.Seeded(p.Layout, name(layer)) }

// toned is the generator of a layer's colours; it stays the same in variations.
func (p *picture) toned(layer string) *rand.Rand { return paint.Seeded(p.Tones, name(layer)) }

func (p *picture) noise(layer string) *paint.Noise { return paint.NewNoise(p.rand(layer)) }

func name(s string) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(s)) // a hash never fails
	return h.Sum64()
}

// between is a random number from lo to hi.
func between(r *rand.Rand, lo, hi float32) float32 { return lo + (hi-lo)*r.Float32() }
