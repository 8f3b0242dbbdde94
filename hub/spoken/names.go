package spoken

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// distance of a name: how it was found, then by how many letters it is off.
type distance int

const (
	exact   distance = 0
	inPart  distance = 1 // a first or last name
	begun   distance = 2 // its beginning
	similar distance = 3 // and one for each letter
	none    distance = 99
)

// mostOff is how many letters a name of so many may be heard wrong.
func mostOff(letters int) int {
	switch {
	case letters < 3:
		return 0
	case letters < 6:
		return 1
	case letters < 10:
		return 2
	}
	return 3
}

// apart is how far a name is from what was said. Both are folded.
func apart(said, name []string) distance {
	joined, whole := strings.Join(said, ""), strings.Join(name, "")
	switch {
	case joined == "" || whole == "":
		return none
	case joined == whole:
		return exact
	case len(said) == 1 && slices.Contains(name, joined):
		return inPart
	case utf8.RuneCountInString(joined) >= 3 && strings.HasPrefix(whole, joined):
		return begun
	}
	far := none
	for _, part := range append(slices.Clone(name), whole) {
		a, b := []rune(joined), []rune(part)
		most := mostOff(min(len(a), len(b)))
		if max(len(a), len(b))-min(len(a), len(b)) > most {
			continue
		}
		if off := editDistance(a, b); off <= most {
			far = min(far, similar+distance(off))
		}
	}
	return far
}

// nearest lists the positions of the names that are nearest to what was said: several when they are equally near.
func nearest(said, names []string) (at []int, far distance) {
	far = none
	for i, name := range names {
		d := apart(said, split(name).folded())
		switch {
		case d == none || d > far:
		case d == far:
			at = append(at, i)
		default:
			at, far = []int{i}, d
		}
	}
	return at, far
}

// editDistance counts the letters that have to be put in, left out, changed or exchanged with their neighbour to make b of
// a (optimal string alignment).
func editDistance(a, b []rune) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := range a {
		row[0] = i + 1
		for j := range b {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			row[j+1] = min(last[j+1]+1, row[j]+1, last[j]+cost)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}

// findMember finds who is called so; the speaker is nobody else. Shown is the name for people.
func (c *Context) findMember(words []string, shown string) (uint32, distance, error) {
	others := slices.DeleteFunc(slices.Clone(c.Members), func(m Member) bool { return m.M == c.Self })
	names := make([]string, len(others))
	for i, m := range others {
		names[i] = m.Name
	}
	at, far := nearest(words, names)
	if len(at) == 1 {
		return others[at[0]].M, far, nil
	}
	candidates := make([]Candidate, len(at))
	for i, k := range at {
		candidates[i] = Candidate{Member: others[k].M, Name: others[k].Name}
	}
	if self, ok := c.member(c.Self); ok && len(at) == 0 {
		if strings.Join(words, " ") == "me" || apart(words, split(self).folded()) <= inPart {
			return 0, far, doubt(NotPossible, "That is you.")
		}
	}
	return 0, far, unclear("Nobody here is called “%s”.", shown, candidates)
}

// findBranch finds the branch that is called so, main among them.
func (c *Context) findBranch(words []string, shown string) (string, distance, error) {
	names := []string{Main}
	for _, b := range c.Branches {
		names = append(names, b.Name)
	}
	id := func(i int) string {
		if i == 0 {
			return Main
		}
		return c.Branches[i-1].ID
	}
	at, far := nearest(words, names)
	if len(at) == 1 {
		return id(at[0]), far, nil
	}
	candidates := make([]Candidate, len(at))
	for i, k := range at {
		candidates[i] = Candidate{Branch: id(k), Name: names[k]}
	}
	return "", far, unclear("No branch is called “%s”.", shown, candidates)
}

// unclear is the doubt about a name that nobody, or more than one, has.
func unclear(nobody, name string, candidates []Candidate) error {
	if len(candidates) == 0 {
		return doubt(UnknownName, nobody, brief(name))
	}
	names := make([]string, len(candidates))
	for i, c := range candidates {
		names[i] = c.Name
	}
	return doubt(Ambiguous, "“%s” may be %s. Say the whole name.", brief(name), brief(strings.Join(names, " or "))).
		With(Doubt{Reason: Ambiguous, Candidates: candidates})
}
