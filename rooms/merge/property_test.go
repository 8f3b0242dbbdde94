package merge

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const rounds = 2000

func seeded(t *testing.T) *rand.Rand {
	t.Helper()
	return rand.New(rand.NewPCG(7, 11))
}

// vocabulary has words that are alike, repeat, touch punctuation and are no ASCII.
func vocabulary() []string {
	return strings.Fields("a the cat cats cat, dog dogs. red re\u0301d blue-ish very very (so) 猫 我们 кот 👩‍👩‍👧 🇩🇪🇫🇷 x1 it's")
}

func randomText(r *rand.Rand, words int) string {
	var out strings.Builder
	vocabulary := vocabulary()
	for range words {
		out.WriteString(vocabulary[r.IntN(len(vocabulary))])
		out.WriteString([]string{" ", " ", " ", "\n", "", "  "}[r.IntN(6)])
	}
	return out.String()
}

// randomEdit changes a few tokens or characters anywhere.
func randomEdit(r *rand.Rand, text string) string {
	cut := tokens
	if r.IntN(3) == 0 {
		cut = clusters
	}
	toks := cut(text)
	for range r.IntN(4) {
		from := r.IntN(len(toks) + 1)
		to := min(len(toks), from+r.IntN(3))
		toks = slices.Replace(slices.Clone(toks), from, to, tokens(randomText(r, r.IntN(3)))...)
	}
	return join(toks)
}

func TestCleanMergesAreTheSameWithSidesSwapped(t *testing.T) {
	r := seeded(t)
	clean := 0
	for range rounds {
		base := randomText(r, r.IntN(20))
		theirs, mine := randomEdit(r, base), randomEdit(r, base)
		merged, ok := Text(base, theirs, mine)
		swapped, okSwapped := Text(base, mine, theirs)
		require.Equal(t, ok, okSwapped, "%q, %q, %q", base, theirs, mine)
		if ok {
			clean++
			require.Equal(t, merged, swapped, "%q, %q, %q", base, theirs, mine)
		}
	}
	require.Greater(t, clean, rounds/4, "the cases must not all conflict")
	require.Less(t, clean, rounds*9/10, "the cases must not all be clean")
}

func TestASideThatChangedNothingYields(t *testing.T) {
	r := seeded(t)
	for range rounds {
		base := randomText(r, r.IntN(20))
		changed := randomEdit(r, base)
		for _, sides := range [][2]string{{base, changed}, {changed, base}, {changed, changed}} {
			merged, clean := Text(base, sides[0], sides[1])
			require.True(t, clean)
			require.Equal(t, changed, merged)
		}
	}
}

func TestMergingAgainChangesNothing(t *testing.T) {
	r := seeded(t)
	for range rounds {
		base := randomText(r, r.IntN(20))
		theirs, mine := randomEdit(r, base), randomEdit(r, base)
		merged, _ := Text(base, theirs, mine)
		again, clean := Text(mine, merged, mine)
		require.True(t, clean)
		require.Equal(t, merged, again)
	}
}

func counts(all []string) map[string]int {
	out := make(map[string]int)
	for _, s := range all {
		out[s]++
	}
	return out
}

// requireKept checks that all which a side put is there: of every word or character as many as it has more than the base.
func requireKept(t *testing.T, base, side, merged []string, context ...any) {
	t.Helper()
	had, have := counts(base), counts(merged)
	for token, n := range counts(side) {
		require.GreaterOrEqual(t, have[token], n-had[token], "%q is lost: %q", token, context)
	}
}

func TestNothingInsertedIsLost(t *testing.T) {
	r := seeded(t)
	for range rounds {
		base := randomText(r, r.IntN(20))
		theirs, mine := randomEdit(r, base), randomEdit(r, base)
		merged, _ := Text(base, theirs, mine)
		requireKept(t, runesOf(base), runesOf(theirs), runesOf(merged), base, theirs, mine)
		requireKept(t, runesOf(base), runesOf(mine), runesOf(merged), base, theirs, mine)
	}
}

func runesOf(text string) (out []string) {
	for _, r := range text {
		out = append(out, string(r))
	}
	return out
}

// whole edits by words only: each side writes words that nobody else writes, and takes some away.
func wholeWords(r *rand.Rand, words []string, mark string) []string {
	words = slices.Clone(words)
	for i := range 1 + r.IntN(4) {
		from := r.IntN(len(words) + 1)
		to := min(len(words), from+r.IntN(3))
		words = slices.Replace(words, from, to, fmt.Sprintf("%s%d%s", mark, i, mark))
	}
	return words
}

func TestNoInsertedWordIsLostOrBroken(t *testing.T) {
	r := seeded(t)
	for range rounds {
		base := strings.Fields("alpha beta gamma delta alpha beta epsilon zeta eta theta beta")[:r.IntN(12)]
		theirs, mine := wholeWords(r, base, "T"), wholeWords(r, base, "M")
		merged, _ := Text(strings.Join(base, " "), strings.Join(theirs, " "), strings.Join(mine, " "))
		requireKept(t, base, theirs, strings.Fields(merged), base, theirs, mine, merged)
		requireKept(t, base, mine, strings.Fields(merged), base, theirs, mine, merged)
	}
}

func TestNoWordComesTwice(t *testing.T) {
	r := seeded(t)
	for range rounds {
		base := strings.Fields("alpha beta gamma delta epsilon zeta eta theta iota")[:r.IntN(10)]
		theirs, mine := wholeWords(r, base, "T"), wholeWords(r, base, "M")
		merged, _ := Text(strings.Join(base, " "), strings.Join(theirs, " "), strings.Join(mine, " "))
		for word, n := range counts(strings.Fields(merged)) {
			require.Equal(t, 1, n, "%q: %q, %q, %q: %q", word, base, theirs, mine, merged)
		}
	}
}

func TestUndoLeavesEveryWordOfOthers(t *testing.T) {
	r := seeded(t)
	for range rounds {
		before := strings.Fields("alpha beta gamma delta epsilon zeta eta theta")
		left := wholeWords(r, before, "M")
		stands := wholeWords(r, left, "T")
		undone, clean := Text(strings.Join(left, " "), strings.Join(stands, " "), strings.Join(before, " "))
		requireKept(t, left, stands, strings.Fields(undone), before, left, stands, undone)
		requireKept(t, left, before, strings.Fields(undone), before, left, stands, undone)
		require.False(t, clean && strings.Contains(undone, "M"), "my own words are taken back: %q %q %q", left, stands, undone)
	}
}

func TestTokensAndClustersAreTheTextAgain(t *testing.T) {
	r := seeded(t)
	for range rounds {
		text := randomText(r, r.IntN(20)) + string([]byte{byte(r.IntN(256)), byte(r.IntN(256))})
		require.Equal(t, text, join(tokens(text)))
		require.Equal(t, text, join(clusters(text)))
	}
}

func TestWordsGiveBothTextsBack(t *testing.T) {
	r := seeded(t)
	for range rounds {
		a := randomText(r, r.IntN(30))
		b := randomEdit(r, randomEdit(r, a))
		requireWords(t, a, b)
	}
}

func requireWords(t *testing.T, a, b string) {
	t.Helper()
	var first, second strings.Builder
	before := ""
	for _, op := range Words(a, b) {
		require.NotEmpty(t, op.Text)
		require.NotEqual(t, before, op.Op, "two of a kind in a row")
		before = op.Op
		if op.Op != New {
			first.WriteString(op.Text)
		}
		if op.Op != Gone {
			second.WriteString(op.Text)
		}
	}
	require.Equal(t, a, first.String())
	require.Equal(t, b, second.String())
}
