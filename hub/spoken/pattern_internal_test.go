package spoken

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPatternsMatchWhatTheySay(t *testing.T) {
	words := map[string][]string{"go": {"go", "walk [on]"}}
	for _, tc := range []struct{ pattern, said, captured string }{
		{"a b", "a b", "yes"},
		{"a b", "a", ""},
		{"a b", "a b c", ""},
		{"a [b|c d] e", "a e", "yes"},
		{"a [b|c d] e", "a c d e", "yes"},
		{"a [b|c d] e", "a c e", ""},
		{"(a|b) [(c|d) e] f", "b d e f", "yes"},
		{"{go} home", "walk on home", "yes"},
		{"a <x> b", "a 1 b 2 b", "1 b 2"},
		{"<x> b", "1 b", "1"},
		{"a <x>", "a", ""},
		{"a <n> things", "a couple of things", ""},
		{"take <n> things", "take a couple of things", "a couple of"},
		{"a b", "a b please now", "yes"},
		{"a <text>", "a thank you", "thank you"},
		{"a <prompt>", "a cat thank you", "cat"},
	} {
		p, err := compile(tc.pattern, words)
		require.NoError(t, err)
		l := split(tc.said)
		m := matcher{words: l.folded(), captures: map[string]capture{}, accepts: accepts}
		ok := m.match(p.nodes, 0, func(at int) bool { return allOf(l.folded()[at:], p.tail) })
		require.Equal(t, tc.captured != "", ok, "%s: %s", tc.pattern, tc.said)
		for _, at := range m.captures {
			require.Equal(t, tc.captured, strings.Join(l.folded()[at.from:at.to], " "), "%s: %s", tc.pattern, tc.said)
		}
	}
}

func TestPatternsThatDoNotEndAreFaults(t *testing.T) {
	for _, text := range []string{"(a|b", "[a", "a <x", "{go", "{nowhere}", "a (b [c) d]"} {
		_, err := compile(text, map[string][]string{"go": {"go"}})
		require.Error(t, err, text)
	}
}

func TestFillersAreReadInAnyOrderWithoutEnd(t *testing.T) {
	list := phrases("for me", "please", "for me please", "now")
	require.True(t, allOf(strings.Fields("please for me please now"), list))
	require.False(t, allOf(strings.Fields("please for"), list))
	// 2^60 ways to read it, and none of them to the end.
	require.False(t, allOf(strings.Fields(strings.Repeat("for me please ", 60)+"x"), list))
}

func TestDistancesCountExchangedLetters(t *testing.T) {
	for _, tc := range []struct {
		a, b string
		off  int
	}{{"", "", 0}, {"ana", "anna", 1}, {"jsoe", "jose", 1}, {"kitten", "sitting", 3}, {"abc", "", 3}, {"李小", "李小龍", 1}} {
		require.Equal(t, tc.off, editDistance([]rune(tc.a), []rune(tc.b)), "%s %s", tc.a, tc.b)
		require.Equal(t, tc.off, editDistance([]rune(tc.b), []rune(tc.a)), "%s %s", tc.b, tc.a)
	}
}
