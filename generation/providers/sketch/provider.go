package sketch

import (
	"bytes"
	"context"
	"fmt"
	"io"

	"atelier/generation"
	"atelier/generation/providers/sketch/internal/compose"
	"atelier/generation/providers/sketch/internal/paint"
	"atelier/generation/providers/sketch/internal/scene"
	"atelier/protocol"
)

const (
	title     = "Built-in sketch renderer, not an AI model"
	model     = "landscape"
	generate  = "generate"
	variation = "variation"
)

// Provider paints pictures from words. It is safe for concurrent use.
type Provider struct{ words *scene.Lexicon }

var _ generation.Provider = (*Provider)(nil)

// New makes the provider.
func New() *Provider { return &Provider{words: scene.NewLexicon()} }

// Name implements generation.Provider.
func (*Provider) Name() string { return "sketch" }

// Title implements generation.Provider.
func (*Provider) Title() string { return title }

// Models implements generation.Provider.
func (*Provider) Models() []generation.Model {
	return []generation.Model{{
		Name: model, Title: "Landscape. " + title, Kind: "image", Transforms: []string{generate, variation}, Default: true,
	}}
}

// Generate implements generation.Provider. A variation keeps the scene and the palette and moves the layout.
func (p *Provider) Generate(ctx context.Context, r generation.Request, report generation.Report) (generation.Result, error) {
	size, err := p.check(r.Job.JobRequest)
	if err != nil {
		return generation.Result{}, err
	}
	sc := p.words.Parse(r.Job.Prompt, r.Job.Negative)
	seed := uint64(r.Seed)
	spec := compose.Spec{Scene: sc, Width: size.w, Height: size.h, Layout: mix(sc.Words, seed), Tones: sc.Words}
	if r.Job.Transform == variation {
		spec.Layout = mix(spec.Layout, 1)
	}
	pic, err := compose.Paint(spec, steps(ctx, report))
	if err != nil {
		return generation.Result{}, fmt.Errorf("painting %s: %w", sc.String(), err)
	}
	var out bytes.Buffer
	err = encode(&out, pic, []text{
		{"Software", "Atelier sketch (" + title + ")"},
		{"Description", "Painted from the words of the prompt. " + title + "."},
		{"Scene", sc.String()},
	})
	if err != nil {
		return generation.Result{}, fmt.Errorf("encoding the picture: %w", err)
	}
	return generation.Result{Body: io.NopCloser(&out), Mime: "image/png"}, nil
}

// check refuses what cannot be painted.
func (*Provider) check(j protocol.JobRequest) (size, error) {
	switch {
	case j.Kind != "image":
		return size{}, protocol.Errorf(protocol.CodeInvalidInput, "sketch makes images, not %q", j.Kind)
	case j.Transform != "" && j.Transform != generate && j.Transform != variation:
		return size{}, protocol.Errorf(protocol.CodeInvalidInput, "sketch cannot %q; it can %s and %s", j.Transform, generate, variation)
	case j.Model != "" && j.Model != model:
		return size{}, protocol.Errorf(protocol.CodeInvalidInput, "sketch has no model %q; it has %s", j.Model, model)
	}
	return readSize(j.Params)
}

// steps passes on how far the painting is, with a preview every third layer, and stops it when it is no longer wanted.
func steps(ctx context.Context, report generation.Report) compose.Step {
	n := 0
	return func(fraction float64, c *paint.Canvas, g paint.Grade) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		var small []byte
		n++
		if n%3 == 0 {
			small = preview(c, g)
		}
		return report(fraction, small)
	}
}

// mix makes one seed of two.
func mix(a, b uint64) uint64 {
	x := a ^ b*0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
