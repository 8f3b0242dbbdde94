package compose_test

import (
	"bytes"
	"errors"
	"image"
	"testing"

	"github.com/stretchr/testify/require"

	"atelier/generation/providers/sketch/internal/compose"
	"atelier/generation/providers/sketch/internal/paint"
	"atelier/generation/providers/sketch/internal/scene"
)

func pass(float64, *paint.Canvas, paint.Grade) error { return nil }

func draw(t *testing.T, s scene.Scene, layout uint64) *image.RGBA {
	t.Helper()
	pic, err := compose.Paint(compose.Spec{Scene: s, Width: 96, Height: 72, Layout: layout, Tones: 7}, pass)
	require.NoError(t, err)
	return pic
}

// field is one part of a scene, with how a concept is put into it.
type field struct {
	field scene.Field
	put   func(s *scene.Scene, c scene.Concept)
}

func fields() []field {
	return []field{
		{scene.Time, func(s *scene.Scene, c scene.Concept) { s.Time = c }},
		{scene.Weather, func(s *scene.Scene, c scene.Concept) { s.Weather = []scene.Concept{c} }},
		{scene.Sky, func(s *scene.Scene, c scene.Concept) { s.Sky = []scene.Concept{c} }},
		{scene.Season, func(s *scene.Scene, c scene.Concept) { s.Season = c }},
		{scene.Place, func(s *scene.Scene, c scene.Concept) { s.Places = []scene.Concept{c} }},
		{scene.Thing, func(s *scene.Scene, c scene.Concept) { s.Subjects = []scene.Subject{{Kind: c, Count: 1}} }},
		{scene.Colour, func(s *scene.Scene, c scene.Concept) { s.Colours = []scene.Concept{c} }},
		{scene.Style, func(s *scene.Scene, c scene.Concept) { s.Styles = []scene.Concept{c} }},
		{scene.Mood, func(s *scene.Scene, c scene.Concept) { s.Moods = []scene.Concept{c} }},
		{scene.Framing, func(s *scene.Scene, c scene.Concept) { s.Framing = []scene.Concept{c} }},
	}
}

func TestEveryConceptOfTheLexiconChangesThePicture(t *testing.T) {
	t.Parallel()
	l := scene.NewLexicon()
	for _, f := range fields() {
		base := scene.Scene{Time: "golden", Places: []scene.Concept{"hills"}}
		plain := draw(t, base, 3)
		seen := map[string]scene.Concept{}
		for _, c := range l.Concepts(f.field) {
			s := base
			f.put(&s, c)
			pic := draw(t, s, 3)
			if c != "golden" && c != "hills" {
				require.False(t, bytes.Equal(plain.Pix, pic.Pix), "%s draws nothing", c)
			}
			other, twice := seen[string(pic.Pix)]
			require.False(t, twice, "%s looks like %s", c, other)
			seen[string(pic.Pix)] = c
		}
	}
}

func TestEverySubjectCanStandInEveryPlace(t *testing.T) {
	t.Parallel()
	l := scene.NewLexicon()
	things := l.Concepts(scene.Thing)
	for i, place := range l.Concepts(scene.Place) {
		s := scene.Scene{Time: "dusk", Places: []scene.Concept{place}}
		for j := range 4 {
			s.Subjects = append(s.Subjects, scene.Subject{Kind: things[(i*5+j*11)%len(things)], Count: 1 + j%3})
		}
		draw(t, s, uint64(i))
	}
}

func TestAnErrorOfTheStepStopsThePainting(t *testing.T) {
	t.Parallel()
	stop := errors.New("stop")
	calls := 0
	_, err := compose.Paint(compose.Spec{Scene: scene.Scene{Time: "noon", Places: []scene.Concept{"sea"}}, Width: 64, Height: 64}, func(f float64, _ *paint.Canvas, _ paint.Grade) error {
		calls++
		require.Greater(t, f, 0.0)
		require.Less(t, f, 1.0)
		return stop
	})
	require.ErrorIs(t, err, stop)
	require.Equal(t, 1, calls)
}

func TestTheTonesStayWhenTheLayoutMoves(t *testing.T) {
	t.Parallel()
	s := scene.Scene{Time: "sunset", Places: []scene.Concept{"sea"}, Weather: []scene.Concept{"clear"}}
	a, b := draw(t, s, 1), draw(t, s, 2)
	require.False(t, bytes.Equal(a.Pix, b.Pix))
	for c := range 3 { // the top left corner is sky alone
		require.InDelta(t, a.Pix[c], b.Pix[c], 26)
	}
}
