package merge

import "slices"

// Set merges two lists of distinct members that came from base: what either added is in, what either took away is out,
// in the order of theirs, then what only mine added. No member comes twice.
func Set(base, theirs, mine []string) []string {
	out := make([]string, 0, len(theirs)+len(mine))
	for _, member := range theirs {
		gone := slices.Contains(base, member) && !slices.Contains(mine, member)
		if !gone && !slices.Contains(out, member) {
			out = append(out, member)
		}
	}
	for _, member := range mine {
		if !slices.Contains(base, member) && !slices.Contains(out, member) {
			out = append(out, member)
		}
	}
	return out
}
