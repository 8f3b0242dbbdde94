package sketch

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"io"

	"atelier/generation"
	"atelier/generation/providers/sketch/internal/compose"
	"atelier/generation/providers/sketch/internal/paint"
	"atelier/generation/providers/sketch/internal/scene"
	"atelier/protocol"
)

// Provider makes pictures, music, films and descriptions. It is safe for concurrent use.
type Provider struct {
	words  *scene.Lexicon
	ffmpeg string // name or path of the program that encodes films
}

var _ generation.Provider = (*Provider)(nil)

// New makes the provider.
func New() *Provider { return &Provider{words: scene.NewLexicon(), ffmpeg: "ffmpeg"} }

// Name implements generation.Provider.
func (*Provider) Name() string { return "sketch" }

// Title implements generation.Provider.
func (*Provider) Title() string { return title }

// Generate implements generation.Provider.
func (p *Provider) Generate(ctx context.Context, r generation.Request, report generation.Report) (generation.Result, error) {
	if err := p.check(r.Job.JobRequest); err != nil {
		return generation.Result{}, err
	}
	w := &work{Provider: p, Request: r, ctx: ctx, report: report, scene: p.words.Parse(r.Job.Prompt, r.Job.Negative)}
	switch transformOf(r.Job.JobRequest) {
	case variation:
		return w.variation()
	case upscale:
		return w.upscale()
	case edit:
		return w.edit()
	case soundtrack:
		return w.music()
	case animate:
		return w.film() //nolint:contextcheck // the request's, which w has
	case describe:
		return w.describe()
	}
	switch r.Job.Kind {
	case "audio":
		return w.music()
	case "video":
		return w.film() //nolint:contextcheck // the request's, which w has
	}
	return w.picture()
}

// work is one request being done.
type work struct {
	*Provider
	generation.Request

	ctx    context.Context //nolint:containedctx // of the request, which this is
	report generation.Report
	scene  scene.Scene
}

// part is a share of the work that reports within its bounds.
func (w *work) part(from, to float64) generation.Report {
	return func(fraction float64, preview []byte) error {
		if err := w.ctx.Err(); err != nil {
			return err //nolint:wrapcheck // the context's
		}
		return w.report(from+(to-from)*fraction, preview)
	}
}

// paint makes the picture of the scene.
func (w *work) paint(s size, layout uint64, report generation.Report) (*image.RGBA, error) {
	spec := compose.Spec{Scene: w.scene, Width: s.w, Height: s.h, Layout: layout, Tones: w.scene.Words}
	pic, err := compose.Paint(spec, steps(w.ctx, report))
	if err != nil {
		return nil, fmt.Errorf("painting %s: %w", w.scene.String(), err)
	}
	return pic, nil
}

func (w *work) layout() uint64 { return mix(w.scene.Words, uint64(w.Seed)) }

func (w *work) picture() (generation.Result, error) {
	s, err := readSize(w.Job.Params)
	if err != nil {
		return generation.Result{}, err
	}
	pic, err := w.paint(s, w.layout(), w.report)
	if err != nil {
		return generation.Result{}, err
	}
	return w.encoded(pic, "Painted from the words of the prompt. ")
}

// encoded is a picture as a PNG that says what it is.
func (w *work) encoded(pic image.Image, how string) (generation.Result, error) {
	var out bytes.Buffer
	err := encode(&out, pic, []text{
		{"Software", "Atelier sketch (" + title + ")"},
		{"Description", how + title + "."},
		{"Scene", w.scene.String()},
	})
	if err != nil {
		return generation.Result{}, fmt.Errorf("encoding the picture: %w", err)
	}
	return generation.Result{Body: io.NopCloser(&out), Mime: "image/png"}, nil
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

// within reads a number param, or its default.
func within(params map[string]any, name string, usual, least, most float64) (float64, error) {
	v, ok := params[name]
	if !ok {
		return usual, nil
	}
	f, ok := number(v)
	if !ok || f < least || f > most {
		return 0, protocol.Errorf(protocol.CodeInvalidInput, "param %s must be a number within %g–%g, not %v", name, least, most, v)
	}
	return f, nil
}
