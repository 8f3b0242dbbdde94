package sketch

import (
	"bytes"
	"fmt"
	"io"

	"atelier/generation"
	"atelier/generation/providers/sketch/internal/look"
	"atelier/generation/providers/sketch/internal/score"
)

// music composes from the words, and from the picture when there is one.
func (w *work) music() (generation.Result, error) {
	seconds, err := within(w.Job.Params, "seconds", 12, 2, 60)
	if err != nil {
		return generation.Result{}, err
	}
	mood := score.FromWords(w.scene)
	if len(w.Job.Inputs) > 0 {
		pic, err := w.input()
		if err != nil {
			return generation.Result{}, err
		}
		mood = mood.Seen(look.Measure(pic))
	}
	piece, err := w.compose(mood, seconds, w.report)
	if err != nil {
		return generation.Result{}, err
	}
	return generation.Result{Body: io.NopCloser(bytes.NewReader(piece.WAV())), Mime: "audio/wav"}, nil
}

func (w *work) compose(mood score.Mood, seconds float64, report generation.Report) (score.Piece, error) {
	piece, err := score.Compose(mood, seconds, w.layout(), func(fraction float64) error {
		if err := w.ctx.Err(); err != nil {
			return err //nolint:wrapcheck // the context's
		}
		return report(fraction, nil)
	})
	if err != nil {
		return nil, fmt.Errorf("composing in %s: %w", mood.Key(), err)
	}
	return piece, nil
}
