package scene_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"atelier/generation/providers/sketch/internal/scene"
)

func TestWordsBecomeAScene(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ prompt, negative, want string }{
		{"sunset over misty mountains", "", "time sunset; place mountains; weather fog"},
		{"A lighthouse on a rocky coast in a STORM, at night!", "", "time night; place sea; weather storm; subjects lighthouse"},
		{"three red hot air balloons at golden hour over the canyon", "", "time golden; place canyon; subjects 3 red balloon"},
		{"northern lights over a frozen lake", "", "time night; place lake; season winter; sky aurora"},
		{"snowy forest, dawn, no deer", "", "time dawn; place forest; weather snow"},
		{"a cat and a dog on the beach at noon", "dog", "time noon; place beach; subjects cat"},
		{"cyberpunk city, midnight", "", "time night; place city; style neon"},
		{"a boat at dawn", "", "time dawn; place sea; subjects boat"},
		{"boat in the mountains, morning", "", "time morning; place mountains + lake; subjects boat"},
		{"purple sky over green hills, dusk", "", "time dusk; place hills; sky in purple; land in green"},
		{"blue and gold abstract, wide, calm sea at noon", "", "time noon; place sea; colours blue + gold; mood calm; framing wide"},
		{"foggy wintry village, twilight", "", "time dusk; place village; season winter; weather fog"},
		{"black-and-white cityscape at noon, minimalist", "", "time noon; place city; style monochrome; framing minimal"},
		{"flock of birds, sunrise, fields", "", "time dawn; place fields; subjects 9 bird"},
	} {
		got := scene.NewLexicon().Parse(c.prompt, c.negative)
		require.Equal(t, c.want, got.String(), c.prompt)
	}
}

func TestUnknownWordsStillGiveAPlaceAndATimeOfTheirOwn(t *testing.T) {
	t.Parallel()
	l := scene.NewLexicon()
	seen := map[string]bool{}
	for _, prompt := range []string{"", "qwx", "qwy", "qwz", "flibber", "gibbet", "zorp", "zarp", "zirp"} {
		s := l.Parse(prompt, "")
		require.NotEmpty(t, s.Time)
		require.NotEmpty(t, s.Places)
		seen[s.String()] = true
	}
	require.Greater(t, len(seen), 5)
	require.Equal(t, []string{"flibber"}, func() []string { s := l.Parse("flibber", ""); return s.Unknown }())
}

func TestWhatTheNegativePromptNamesIsNeverChosen(t *testing.T) {
	t.Parallel()
	l := scene.NewLexicon()
	for _, prompt := range []string{"a", "b", "c", "d", "e", "f", "g", "h", "boat", "whale", "cabin"} {
		s := l.Parse(prompt, "sea, mountains, sunset, night")
		require.False(t, s.Is("sea", "mountains"), prompt)
		require.NotContains(t, []scene.Concept{"sunset", "night"}, s.Time, prompt)
	}
}

func TestEveryWordHasOneMeaning(t *testing.T) {
	t.Parallel()
	seen := map[string]string{}
	for _, word := range scene.Words() {
		concept, phrase, _ := strings.Cut(word, "=")
		require.Empty(t, seen[phrase], "%q stands for %s too", phrase, concept)
		seen[phrase] = concept
	}
	require.Greater(t, len(seen), 500)
}
