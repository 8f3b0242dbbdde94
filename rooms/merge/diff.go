package merge

import (
	"slices"
	"unicode/utf8"

	"github.com/sergi/go-diff/diffmatchpatch"
)

// What a comparison may cost, in tokens, never in time: the same texts compare the same everywhere. Two texts of 16 KiB
// stay within some milliseconds, whatever is in them (BenchmarkText).
const (
	maxDiffer = 320     // tokens that went or came
	maxLong   = 1 << 14 // tokens of both sides; more are no prose, and may differ in fewer tokens:
	maxInLong = 24      // as every halving of such a comparison costs as much as its length
	maxTokens = 1 << 17 // of both sides; every distinct one needs a rune
)

// edit replaces a[from:to] by b[start:end]. The edits of a comparison are in order and leave everything between them as
// it was; an insertion has from == to, a deletion start == end.
type edit struct {
	from, to   int
	start, end int
}

func (e edit) inserts() bool { return e.from == e.to }

// edits are what makes b of a. Insertions and deletions stand as far right as they can, so that two that mean the same
// gap between words are at the same place. Texts that are too large or too different for the bounds above have one edit,
// from their common head to their common tail.
func edits(a, b []string) []edit {
	head := commonHead(a, b)
	tail := commonTail(a[head:], b[head:])
	whole := edit{from: head, to: len(a) - tail, start: head, end: len(b) - tail}
	if whole.from == whole.to && whole.start == whole.end {
		return nil
	}
	out := []edit{whole}
	if whole.from < whole.to && whole.start < whole.end {
		out = within(a, b, whole)
	}
	slideRight(a, b, out)
	return out
}

// within divides an edit that replaces something.
func within(a, b []string, whole edit) []edit {
	n, m := whole.to-whole.from, whole.end-whole.start
	limit := maxDiffer
	if n+m > maxLong {
		limit = maxInLong
	}
	if n+m > maxTokens || max(n, m)-min(n, m) > limit {
		return []edit{whole}
	}
	ra, rb := asRunes(a[whole.from:whole.to], b[whole.start:whole.end])
	if !near(ra, rb, min(limit, n+m)) {
		return []edit{whole}
	}
	differ := diffmatchpatch.New()
	differ.DiffTimeout = 0 // to the end, whatever the clock says
	var out []edit
	at, bt, fresh := whole.from, whole.start, true
	for _, d := range differ.DiffMainRunes(ra, rb, false) {
		n := utf8.RuneCountInString(d.Text)
		if d.Type == diffmatchpatch.DiffEqual {
			at, bt, fresh = at+n, bt+n, true
			continue
		}
		if fresh {
			out = append(out, edit{from: at, to: at, start: bt, end: bt})
			fresh = false
		}
		last := &out[len(out)-1]
		if d.Type == diffmatchpatch.DiffDelete {
			at += n
			last.to = at
		} else {
			bt += n
			last.end = bt
		}
	}
	return out
}

// near tells whether at most limit runes went or came between a and b: the first half of Myers, An O(ND) Difference
// Algorithm (1986), which tells the distance without the way.
func near(a, b []rune, limit int) bool {
	reach := make([]int, 2*limit+3) // how far in a each diagonal got
	for d := range limit + 1 {
		for k := -d; k <= d; k += 2 {
			i := k + limit + 1
			x := reach[i-1] + 1
			if k == -d || (k != d && reach[i-1] < reach[i+1]) {
				x = reach[i+1]
			}
			for x < len(a) && x-k < len(b) && a[x] == b[x-k] {
				x++
			}
			reach[i] = x
			if x >= len(a) && x-k >= len(b) {
				return true
			}
		}
	}
	return false
}

// asRunes gives every distinct token a rune: a single byte its own, so that spaces and punctuation cost nothing, and
// what is longer those from 256 on.
func asRunes(a, b []string) (ra, rb []rune) {
	const surrogates, surrogatesEnd = 0xD800, 0xE000
	known := make(map[string]rune)
	next := rune(256)
	number := func(toks []string) []rune {
		out := make([]rune, len(toks))
		for i, t := range toks {
			if len(t) == 1 {
				out[i] = rune(t[0])
				continue
			}
			r, ok := known[t]
			if !ok {
				if next == surrogates {
					next = surrogatesEnd
				}
				r = next
				known[t] = r
				next++
			}
			out[i] = r
		}
		return out
	}
	return number(a), number(b)
}

// slideRight moves every insertion and deletion as far right as it goes without changing what comes out.
func slideRight(a, b []string, all []edit) {
	for i, e := range slices.Backward(all) {
		stop, stopB := len(a), len(b)
		if i+1 < len(all) {
			stop, stopB = all[i+1].from, all[i+1].start
		}
		switch {
		case e.from == e.to:
			for e.end < stopB && b[e.start] == b[e.end] {
				e = edit{from: e.from + 1, to: e.to + 1, start: e.start + 1, end: e.end + 1}
			}
		case e.start == e.end:
			for e.to < stop && a[e.from] == a[e.to] {
				e = edit{from: e.from + 1, to: e.to + 1, start: e.start + 1, end: e.end + 1}
			}
		}
		all[i] = e
	}
}

func commonHead(a, b []string) int {
	n := 0
	for n < min(len(a), len(b)) && a[n] == b[n] {
		n++
	}
	return n
}

func commonTail(a, b []string) int {
	n := 0
	for n < min(len(a), len(b)) && a[len(a)-1-n] == b[len(b)-1-n] {
		n++
	}
	return n
}
