package merge

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// typist types into a text of its own, as the server's merged one stays unseen until the field is left.
type typist struct {
	own    string
	cursor int    // in own, in bytes
	left   string // still to be typed
}

// write types up to n characters and sends them: the basis is what the typist had before.
func (p *typist) write(stands string, n int) (merged string, clean bool) {
	basis := p.own
	n = min(n, len(p.left))
	p.own = basis[:p.cursor] + p.left[:n] + basis[p.cursor:]
	p.cursor += n
	p.left = p.left[n:]
	return Text(basis, stands, p.own)
}

// erase takes back the last n characters.
func (p *typist) erase(stands string, n int) (merged string, clean bool) {
	basis := p.own
	n = min(n, p.cursor)
	p.left = basis[p.cursor-n:p.cursor] + p.left
	p.own = basis[:p.cursor-n] + basis[p.cursor:]
	p.cursor -= n
	return Text(basis, stands, p.own)
}

// race lets the typists write in a random order, a few characters at once, until all is typed.
func race(r *rand.Rand, base string, typists []*typist, each func(merged string, clean bool)) string {
	stands := base
	for {
		var busy []*typist
		for _, p := range typists {
			if p.left != "" {
				busy = append(busy, p)
			}
		}
		if len(busy) == 0 {
			return stands
		}
		var clean bool
		stands, clean = busy[r.IntN(len(busy))].write(stands, 1+r.IntN(4))
		each(stands, clean)
	}
}

// phrase is a few words that nobody else writes.
func phrase(r *rand.Rand, mark string) (words []string) {
	for i := range 1 + r.IntN(5) {
		words = append(words, fmt.Sprintf("%s%s%d", mark, strings.Repeat(mark, r.IntN(4)), i))
	}
	return words
}

// gaps are the places behind words.
func gaps(text string) (out []int) {
	for i := range text {
		if text[i] == ' ' || text[i] == '.' {
			out = append(out, i)
		}
	}
	return append(out, len(text))
}

const typed = "one two three four. five six, seven eight nine ten. eleven twelve"

func TestTypingAtDifferentPlacesIsAlwaysClean(t *testing.T) {
	r := seeded(t)
	for range rounds / 4 {
		places := gaps(typed)
		i := r.IntN(len(places) - 1)
		j := i + 1 + r.IntN(len(places)-i-1)
		a, b := " "+strings.Join(phrase(r, "A"), " "), " "+strings.Join(phrase(r, "B"), " ")
		first, second := &typist{own: typed, cursor: places[i], left: a}, &typist{own: typed, cursor: places[j], left: b}
		end := race(r, typed, []*typist{first, second}, func(merged string, clean bool) {
			require.True(t, clean, "%q and %q: %q", first.own, second.own, merged)
		})
		require.Equal(t, typed[:places[i]]+a+typed[places[i]:places[j]]+b+typed[places[j]:], end)
	}
}

func TestTypingAtOnePlaceLosesNoWord(t *testing.T) {
	r := seeded(t)
	for range rounds / 4 {
		places := gaps(typed)
		at := places[r.IntN(len(places))]
		var typists []*typist
		var words []string
		for _, mark := range []string{"A", "B", "C"}[:2+r.IntN(2)] {
			own := phrase(r, mark)
			words = append(words, own...)
			typists = append(typists, &typist{own: typed, cursor: at, left: " " + strings.Join(own, " ")})
		}
		end := race(r, typed, typists, func(string, bool) {})
		requireKept(t, nil, append(words, "one", "six", "twelve"), tokens(end), end)
	}
}

func TestTypingWithinOneWordLosesNoCharacter(t *testing.T) {
	r := seeded(t)
	for range rounds / 4 {
		base := "a wonderful day"
		first := &typist{own: base, cursor: 2 + r.IntN(10), left: strings.Join(phrase(r, "A"), " ")}
		second := &typist{own: base, cursor: 2 + r.IntN(10), left: strings.Join(phrase(r, "B"), " ")}
		a, b := first.left, second.left
		end := race(r, base, []*typist{first, second}, func(string, bool) {})
		requireKept(t, nil, clusters(strings.ReplaceAll(a+b, " ", "")), clusters(end), end)
	}
}

func TestTypingOverAWordWhileAnotherTypesElsewhereIsClean(t *testing.T) {
	r := seeded(t)
	for range rounds / 4 {
		base := strings.Replace(typed, "seven", "", 1) // what the first one has after selecting and deleting
		at := strings.Index(typed, "seven")
		other := []int{0, len(typed)}[r.IntN(2)]
		first := &typist{own: base, cursor: at, left: strings.Join(phrase(r, "A"), " ")}
		second := &typist{own: typed, cursor: other, left: " " + strings.Join(phrase(r, "B"), " ") + " "}
		a, b := first.left, second.left
		stands, clean := Text(typed, typed, base)
		require.True(t, clean)
		end := race(r, stands, []*typist{first, second}, func(merged string, clean bool) {
			require.True(t, clean, "%q and %q: %q", first.own, second.own, merged)
		})
		want := strings.Replace(typed, "seven", a, 1)
		if other == 0 {
			want = b + want
		} else {
			want += b
		}
		require.Equal(t, want, end)
	}
}

func TestErasingWhatOneTypedLeavesTheOthersWords(t *testing.T) {
	r := seeded(t)
	for range rounds / 4 {
		places := gaps(typed)
		i := r.IntN(len(places) - 1)
		j := i + 1 + r.IntN(len(places)-i-1)
		b := " " + strings.Join(phrase(r, "B"), " ")
		first := &typist{own: typed, cursor: places[i], left: " " + strings.Join(phrase(r, "A"), " ")}
		second := &typist{own: typed, cursor: places[j], left: b}
		stands, _ := first.write(typed, len(first.left))
		var clean bool
		for first.own != typed || second.left != "" {
			if second.left != "" && r.IntN(2) == 0 {
				stands, clean = second.write(stands, 1+r.IntN(4))
			} else {
				stands, clean = first.erase(stands, min(1+r.IntN(4), first.cursor-places[i]))
			}
			require.True(t, clean, "%q and %q: %q", first.own, second.own, stands)
		}
		require.Equal(t, typed[:places[j]]+b+typed[places[j]:], stands)
	}
}
