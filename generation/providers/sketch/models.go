package sketch

import (
	"slices"

	"atelier/generation"
	"atelier/protocol"
)

const (
	title      = "Built-in sketch renderer, not an AI model"
	landscape  = "landscape"
	music      = "score"
	film       = "film"
	words      = "words"
	generate   = "generate"
	variation  = "variation"
	upscale    = "upscale"
	edit       = "edit"
	soundtrack = "soundtrack"
	animate    = "animate"
	describe   = "describe"
)

// Models implements generation.Provider.
func (*Provider) Models() []generation.Model {
	return []generation.Model{
		{
			Name: landscape, Title: "Landscape. " + title, Kind: "image", Transforms: []string{generate, variation, upscale, edit},
			Default: true, Units: 1, Inputs: generation.Inputs{Kinds: []string{"image"}, Mask: true},
		},
		{
			Name: music, Title: "Score. " + title, Kind: "audio", Transforms: []string{generate, soundtrack},
			Default: true, Units: 2, Inputs: generation.Inputs{Kinds: []string{"image"}},
		},
		{
			Name: film, Title: "Film. " + title, Kind: "video", Transforms: []string{generate, animate},
			Default: true, Units: 8, Inputs: generation.Inputs{Kinds: []string{"image", "audio"}, Least: 1},
		},
		{
			Name: words, Title: "Words. " + title, Kind: "text", Transforms: []string{describe},
			Default: true, Units: 0.5, Inputs: generation.Inputs{Kinds: []string{"any"}, Least: 1},
		},
	}
}

// check refuses what no model of the kind does.
func (p *Provider) check(j protocol.JobRequest) error {
	for _, m := range p.Models() {
		if m.Kind != j.Kind {
			continue
		}
		switch {
		case j.Model != "" && j.Model != m.Name:
			return protocol.Errorf(protocol.CodeInvalidInput, "sketch has no model %q of kind %s; it has %s", j.Model, j.Kind, m.Name)
		case !slices.Contains(m.Transforms, transformOf(j)):
			return protocol.Errorf(protocol.CodeInvalidInput, "sketch cannot %q %s; it can %v", j.Transform, j.Kind, m.Transforms)
		}
		return nil
	}
	return protocol.Errorf(protocol.CodeInvalidInput, "sketch makes no %q", j.Kind)
}

func transformOf(j protocol.JobRequest) string {
	if j.Transform == "" {
		return generate
	}
	return j.Transform
}
