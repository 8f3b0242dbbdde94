package merge

import (
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/rivo/uniseg"
	"github.com/stretchr/testify/require"
)

func TestTokensAreWordsSpacesAndSingleCharacters(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"none", "", []string{}},
		{"words and spaces", "a  cat", []string{"a", "  ", "cat"}},
		{"punctuation is single", "no...", []string{"no", ".", ".", "."}},
		{"line ends are spaces", "a\r\n\n b", []string{"a", "\r\n\n ", "b"}},
		{"accents belong to letters", "re\u0301d", []string{"re\u0301d"}},
		{"a mark without a letter is of the word behind it", "\u0301a", []string{"\u0301a"}},
		{"families are one", "👩‍👩‍👧👍🏽", []string{"👩‍👩‍👧", "👍🏽"}},
		{"flags are pairs", "🇩🇪🇫🇷", []string{"🇩🇪", "🇫🇷"}},
		{"Chinese has no spaces", "我们a", []string{"我", "们", "a"}},
		{"numbers and underscores are words", "x_1 42", []string{"x_1", " ", "42"}},
		{"bytes that are no text stay", "a\xffb", []string{"a", "\xff", "b"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.Equal(t, c.want, tokens(c.text))
		})
	}
}

// The tables are not asked about plain runes, so they must agree.
func TestPlainRunesNeverCombineWithEachOther(t *testing.T) {
	var all []rune
	for r := range rune(0xA000) {
		if plain(r) {
			all = append(all, r)
		}
	}
	for i, r := range all {
		for _, next := range []rune{'a', r, all[(i*7+13)%len(all)], 0xA9, '\n'} {
			if text := string([]rune{r, next}); text != "\r\n" {
				require.Equal(t, 2, uniseg.GraphemeClusterCount(text), "%U %U", r, next)
			}
		}
	}
}

func TestNoCutIsWithinACluster(t *testing.T) {
	r := seeded(t)
	alphabet := []rune("ae .,\r\n\u0301\u0302\u200d\ufe0f👩👧🏽🇩🇪한ᄒ\u1161กำ猫ー")
	for range rounds {
		text := make([]rune, r.IntN(12))
		for i := range text {
			text[i] = alphabet[r.IntN(len(alphabet))]
		}
		var want []string
		for rest, state := string(text), -1; rest != ""; {
			var cluster string
			cluster, rest, _, state = uniseg.FirstGraphemeClusterInString(rest, state)
			want = append(want, cluster)
		}
		require.Equal(t, want, append([]string(nil), clusters(string(text))...), "%+q", string(text))
	}
}

func TestInsertionsInOneGapStandAtOnePoint(t *testing.T) {
	base := tokens("a cat sleeps")
	before := edits(base, tokens("a big cat sleeps"))
	behind := edits(base, tokens("a red cat sleeps well"))
	require.Equal(t, []edit{{from: 2, to: 2, start: 2, end: 4}}, before)
	require.Equal(t, before[0], behind[0])
	again := edits(tokens("ha ha"), tokens("ha ha ha"))
	require.Equal(t, []edit{{from: 3, to: 3, start: 3, end: 5}}, again)
}

func TestEditsMakeOneTextOfTheOther(t *testing.T) {
	r := seeded(t)
	for range rounds {
		text := randomText(r, r.IntN(30))
		a, b := tokens(text), tokens(randomEdit(r, randomEdit(r, text)))
		var out []string
		at := 0
		all := edits(a, b)
		for i, e := range all {
			require.GreaterOrEqual(t, e.from, at)
			next := edit{from: len(a), start: len(b)}
			if i+1 < len(all) {
				next = all[i+1]
			}
			slides := (e.from == e.to && e.end < next.start && b[e.start] == b[e.end]) ||
				(e.start == e.end && e.to < next.from && a[e.from] == a[e.to])
			require.False(t, slides, "%v of %v could stand further right: %q %q", e, all, a, b)
			out = append(append(out, a[at:e.from]...), b[e.start:e.end]...)
			at = e.to
		}
		require.Equal(t, join(b), join(append(out, a[at:]...)))
	}
}

func TestTextsTooDifferentHaveOneEdit(t *testing.T) {
	words := func(n int, word string) []string { return tokens(strings.Repeat(word+" ", n)) }
	shared := tokens(strings.Repeat("one two three ", 20))
	var a, b []string
	for range maxDiffer/4 + 1 {
		a = append(append(a, "x", "y"), shared...)
		b = append(append(b, "p", "q"), shared...)
	}
	require.Len(t, edits(a, b), 1, "too many differences")
	require.Len(t, edits(a[:len(a)/8], b[:len(b)/8]), (maxDiffer/4+1)/8+1, "few enough differences")
	require.Len(t, edits(append(words(maxDiffer, "a"), "x"), append([]string{"y"}, words(2*maxDiffer, "a")...)), 1, "too much longer")

	dots := tokens(strings.Repeat(".", maxLong))
	ends := func(mark string) []string { return append(append([]string{mark}, dots...), mark) }
	require.Len(t, edits(ends("a"), ends("b")), 2, "long, and nearly the same")
	require.Len(t, edits(ends("a"), append(ends("b"), strings.Split(strings.Repeat(".!", maxInLong), "")...)), 1, "long, and not")

	huge := tokens(strings.Repeat(".", maxTokens))
	require.Len(t, edits(append([]string{"a"}, append(huge, "a")...), append([]string{"b"}, append(huge, "b")...)), 1, "too long")
}

func TestEveryTokenHasItsRune(t *testing.T) {
	var toks []string
	for i := range maxTokens {
		toks = append(toks, "t"+strconv.Itoa(i))
	}
	runes, _ := asRunes(append(toks, "a", " "), nil)
	known := make(map[rune]bool)
	for _, r := range runes {
		require.True(t, utf8.ValidRune(r))
		require.False(t, known[r])
		known[r] = true
	}
}

func TestComparingByCharactersIsBounded(t *testing.T) {
	long := strings.Repeat("wonderful", maxRegion/4/len("wonderful"))
	merge := func(regions int) bool {
		_, clean := Text(strings.Repeat(long+" ", regions), strings.Repeat("a"+long+" ", regions), strings.Repeat(long+"b ", regions))
		return clean
	}
	require.True(t, merge(1))
	require.True(t, merge(maxRefined/maxRegion))
	require.False(t, merge(2*maxRefined/maxRegion), "too much of the text")
	long += long
	require.False(t, merge(1), "too large a region")
}

func TestCostlyMergesLoseNothing(t *testing.T) {
	for name, c := range costly() {
		t.Run(name, func(t *testing.T) {
			merged, clean := Text(c[0], c[1], c[2])
			requireKept(t, runesOf(c[0]), runesOf(c[1]), runesOf(merged))
			requireKept(t, runesOf(c[0]), runesOf(c[2]), runesOf(merged))
			again, cleanAgain := Text(c[0], c[1], c[2])
			require.Equal(t, merged, again)
			require.Equal(t, clean, cleanAgain)
			requireWords(t, c[0], c[1])
		})
	}
}
