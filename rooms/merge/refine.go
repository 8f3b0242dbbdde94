package merge

import "strings"

// What may be compared by characters.
const (
	maxRegion  = 3000   // bytes of all three sides in one region
	maxRefined = 12_000 // bytes of all regions of a merge
)

// refine merges by characters what both sides made of the same words. It is stricter than the merge by words: edits that
// as much as touch do not merge, nor does a side that kept less than half of the characters, for then it wrote another
// word and a mix of both would be none.
func (m *merger) refine(r region) (string, bool) {
	was, isTheirs, isMine := m.base[r.from:r.to], spanOf(m.theirs, r.theirs, r), spanOf(m.mine, r.mine, r)
	size := length(was) + length(isTheirs) + length(isMine)
	if len(was) == 0 || len(isTheirs) == 0 || len(isMine) == 0 || size > min(maxRegion, m.refinable) {
		return "", false
	}
	m.refinable -= size
	base, theirs, mine := clusters(join(was)), clusters(join(isTheirs)), clusters(join(isMine))
	t, n := edits(base, theirs), edits(base, mine)
	if rewritten(base, t) || rewritten(base, n) {
		return "", false
	}
	return weave(base, theirs, mine, t, n)
}

// spanOf is what a side has where the base has the region.
func spanOf(side []string, all []edit, r region) []string {
	first, last := all[0], all[len(all)-1]
	return side[first.start-(first.from-r.from) : last.end+(r.to-last.to)]
}

func rewritten(base []string, all []edit) bool {
	gone := 0
	for _, e := range all {
		gone += e.to - e.from
	}
	return 2*gone > len(base)
}

// weave applies the edits of both sides if none touches one of the other's that is not the same.
func weave(base, theirs, mine []string, t, n []edit) (string, bool) {
	var out strings.Builder
	at := 0
	apply := func(side []string, e edit) {
		out.WriteString(join(base[at:e.from]))
		out.WriteString(join(side[e.start:e.end]))
		at = e.to
	}
	for len(t) > 0 || len(n) > 0 {
		switch {
		case len(n) == 0 || (len(t) > 0 && t[0].to < n[0].from):
			apply(theirs, t[0])
			t = t[1:]
		case len(t) == 0 || n[0].to < t[0].from:
			apply(mine, n[0])
			n = n[1:]
		case t[0].from == n[0].from && t[0].to == n[0].to &&
			join(theirs[t[0].start:t[0].end]) == join(mine[n[0].start:n[0].end]):
			apply(mine, n[0])
			t, n = t[1:], n[1:]
		default:
			return "", false
		}
	}
	out.WriteString(join(base[at:]))
	return out.String(), true
}
