package merge

import (
	"slices"
	"strings"
)

// Text merges two texts that came from base: theirs is what stands, mine is the newcomer. Clean tells that all edits
// went to different places, or were the same; then the sides may be swapped. Otherwise the merged text keeps both: where
// the edits met it has what theirs put there, then what mine did. See the package's comment for what meets.
func Text(base, theirs, mine string) (merged string, clean bool) {
	switch {
	case theirs == mine, base == mine:
		return theirs, true
	case base == theirs:
		return mine, true
	}
	m := merger{base: tokens(base), theirs: tokens(theirs), mine: tokens(mine), refinable: maxRefined}
	m.walk(edits(m.base, m.theirs), edits(m.base, m.mine))
	m.gather()
	return m.text()
}

// merger holds one merge by words.
type merger struct {
	base, theirs, mine []string

	chunks    []chunk
	refinable int // bytes that may still be compared by characters
}

// chunk is a piece of the result. When the edits met in it, both sides' words are there; else those of one are.
type chunk struct {
	theirs, mine []string
	met          bool
	stable       bool // nobody edited it
}

// walk goes through both sides' edits in the order of the base.
func (m *merger) walk(theirs, mine []edit) {
	at := 0
	for len(theirs) > 0 || len(mine) > 0 {
		r := nextRegion(theirs, mine)
		m.keep(at, r.from)
		at = r.to
		theirs, mine = theirs[len(r.theirs):], mine[len(r.mine):]
		switch {
		case len(r.mine) == 0:
			m.take(m.theirs[r.theirs[0].start:r.theirs[0].end])
		case len(r.theirs) == 0, m.same(r):
			m.take(m.mine[r.mine[0].start:r.mine[0].end])
		default:
			m.settle(r)
		}
	}
	m.keep(at, len(m.base))
}

func (m *merger) keep(from, to int) {
	if from < to {
		m.chunks = append(m.chunks, chunk{theirs: m.base[from:to], stable: true})
	}
}

func (m *merger) take(words []string) {
	m.chunks = append(m.chunks, chunk{theirs: words})
}

// region is a part of the base with the edits that touch each other in it; one side has none when they touch nothing.
type region struct {
	from, to     int
	theirs, mine []edit
}

// nextRegion is the first edit of those left, with all that meet it.
func nextRegion(theirs, mine []edit) region {
	switch {
	case len(mine) == 0 || (len(theirs) > 0 && !meet(theirs[0], mine[0]) && before(theirs[0], mine[0])):
		return region{from: theirs[0].from, to: theirs[0].to, theirs: theirs[:1]}
	case len(theirs) == 0 || !meet(theirs[0], mine[0]):
		return region{from: mine[0].from, to: mine[0].to, mine: mine[:1]}
	}
	hull := edit{from: min(theirs[0].from, mine[0].from), to: max(theirs[0].to, mine[0].to)}
	t, n := 1, 1
	for grown := true; grown; {
		grown = false
		if t < len(theirs) && meet(hull, theirs[t]) {
			hull.to, t, grown = max(hull.to, theirs[t].to), t+1, true
		}
		if n < len(mine) && meet(hull, mine[n]) {
			hull.to, n, grown = max(hull.to, mine[n].to), n+1, true
		}
	}
	return region{from: hull.from, to: hull.to, theirs: theirs[:t], mine: mine[:n]}
}

// meet tells whether two edits are of the same place: they share words of the base, one inserts within what the other
// replaces, or both insert at one point. An insertion at the border of a replacement is beside it.
func meet(a, b edit) bool {
	if a.inserts() && b.inserts() {
		return a.from == b.from
	}
	return a.from < b.to && b.from < a.to
}

func before(a, b edit) bool {
	return a.from < b.from || (a.from == b.from && a.inserts())
}

// same tells whether both sides did the same in a region.
func (m *merger) same(r region) bool {
	if len(r.theirs) != 1 || len(r.mine) != 1 {
		return false
	}
	t, n := r.theirs[0], r.mine[0]
	return t.from == n.from && t.to == n.to && slices.Equal(m.theirs[t.start:t.end], m.mine[n.start:n.end])
}

// settle decides a region in which edits met. Every word of the base in it was taken away by at least one side, so what
// is kept of both sides is what they put.
func (m *merger) settle(r region) {
	if refined, ok := m.refine(r); ok {
		m.take(tokens(refined))
		return
	}
	m.chunks = append(m.chunks, chunk{theirs: put(m.theirs, r.theirs), mine: put(m.mine, r.mine), met: true})
}

// put is a copy of what a side put, which gather may append to.
func put(side []string, all []edit) []string {
	var out []string
	for _, e := range all {
		out = appendApart(out, side[e.start:e.end])
	}
	return out
}

// maxGap is how many tokens may stand between two chunks that gather makes one: a comma and a space, no sentence of a
// script that has no words for us.
const maxGap = 3

// gather makes one chunk of those that met with nearly nothing between them, so that two sentences written into one place
// stay two sentences.
func (m *merger) gather() {
	var out []chunk
	for _, c := range m.chunks {
		if n := len(out); c.met && n >= 2 && out[n-2].met && out[n-1].gap() {
			last, gap := &out[n-2], out[n-1].theirs
			last.theirs = append(append(last.theirs, gap...), c.theirs...)
			last.mine = append(append(last.mine, gap...), c.mine...)
			out = out[:n-1]
			continue
		}
		out = append(out, c)
	}
	m.chunks = out
}

func (c chunk) gap() bool { return c.stable && len(c.theirs) <= maxGap && wordless(c.theirs) }

// text joins the chunks. Words that were neighbours in neither text and would run together are parted, and that is not
// clean: nobody wrote it so.
func (m *merger) text() (merged string, clean bool) {
	clean = true
	var out strings.Builder
	last := ""
	for _, c := range m.chunks {
		clean = clean && !c.met
		for _, words := range both(c) {
			if len(words) == 0 {
				continue
			}
			if last != "" && fuse(last, words[0]) {
				out.WriteByte(' ')
				clean = false
			}
			for _, w := range words {
				out.WriteString(w)
			}
			last = words[len(words)-1]
		}
	}
	return out.String(), clean
}

// both are the pieces of a chunk in their order. A side that begins or ends with all of the other says it for both.
// Whitespace around both is there once, and parts them: two lines written into one place stay two lines.
func both(c chunk) [][]string {
	if !c.met {
		return [][]string{c.theirs}
	}
	theirs, mine := c.theirs, c.mine
	head := commonHead(theirs, mine)
	if head < min(len(theirs), len(mine)) {
		head = commonHead(theirs[:head], leadingSpace(theirs))
	}
	theirs, mine = theirs[head:], mine[head:]
	tail := commonTail(theirs, mine)
	if tail < min(len(theirs), len(mine)) {
		tail = commonTail(theirs[len(theirs)-tail:], trailingSpace(theirs))
	}
	end := mine[len(mine)-tail:]
	theirs, mine = theirs[:len(theirs)-tail], mine[:len(mine)-tail]
	return [][]string{c.theirs[:head], theirs, between(c.theirs[:head], theirs, mine, end), mine, end}
}

// between is the whitespace that stands behind both sides, or else before them.
func between(head, theirs, mine, tail []string) []string {
	switch {
	case len(theirs) == 0 || len(mine) == 0 || spaced(theirs[len(theirs)-1]) || spaced(mine[0]):
		return nil
	case len(tail) > 0 && spaced(tail[0]):
		return tail[:1]
	case len(head) > 0 && spaced(head[len(head)-1]):
		return head[len(head)-1:]
	default:
		return nil
	}
}

func leadingSpace(words []string) []string {
	n := 0
	for n < len(words) && spaced(words[n]) {
		n++
	}
	return words[:n]
}

func trailingSpace(words []string) []string {
	n := len(words)
	for n > 0 && spaced(words[n-1]) {
		n--
	}
	return words[n:]
}

// appendApart appends words, with a space where they would run together.
func appendApart(out, words []string) []string {
	if len(out) > 0 && len(words) > 0 && fuse(out[len(out)-1], words[0]) {
		out = append(out, " ")
	}
	return append(out, words...)
}
