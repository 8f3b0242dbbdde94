package scene

import (
	"iter"
	"slices"
	"strings"
)

// Field is which part of a scene a concept fills.
type Field uint8

// The fields.
const (
	Time Field = iota
	Weather
	Sky
	Season
	Place
	Thing
	Colour
	Style
	Mood
	Framing
	count
	negation
)

type meaning struct {
	field   Field
	concept Concept
	number  int
}

// Lexicon knows words. It is read-only once made.
type Lexicon struct {
	words   map[string]meaning
	longest int // words in the longest phrase
}

// NewLexicon makes the lexicon of the tables below.
func NewLexicon() *Lexicon {
	l := &Lexicon{words: map[string]meaning{}}
	for field, table := range tables() {
		for concept, phrases := range rows(table) {
			for phrase := range strings.SplitSeq(phrases, ",") {
				phrase = strings.TrimSpace(phrase)
				l.words[phrase] = meaning{field: Field(field), concept: Concept(concept)}
				l.longest = max(l.longest, strings.Count(phrase, " ")+1)
			}
		}
	}
	for i, phrases := range []string{
		"a, an, one, single, lone, solitary", "two, pair of, couple of, both", "three, trio of, few, some", "four", "five, several", "six",
		"seven, many, group of, herd of, pack of", "eight, fleet of, lots of", "nine, flock of, swarm of, school of",
	} {
		for phrase := range strings.SplitSeq(phrases, ", ") {
			l.words[phrase] = meaning{field: count, number: i + 1}
		}
	}
	for _, w := range []string{"no", "without", "not", "minus", "except"} {
		l.words[w] = meaning{field: negation}
	}
	return l
}

// Concepts lists the concepts of a field in order.
func (l *Lexicon) Concepts(f Field) []Concept {
	var out []Concept
	for _, m := range l.words {
		if m.field == f && !slices.Contains(out, m.concept) {
			out = append(out, m.concept)
		}
	}
	slices.Sort(out)
	return out
}

// find looks a word up by itself and by its stems.
func (l *Lexicon) find(word string) (m meaning, plural, ok bool) {
	if m, ok = l.words[word]; ok {
		return m, false, true
	}
	for _, e := range []struct {
		end, with string
		plural    bool
	}{
		{"'s", "", false},
		{"ies", "y", true},
		{"ves", "f", true},
		{"es", "", true},
		{"s", "", true},
		{"ing", "", false},
		{"ing", "e", false},
		{"ed", "", false},
		{"ed", "e", false},
		{"y", "", false},
		{"y", "e", false},
		{"ly", "", false},
		{"ish", "", false},
		{"like", "", false},
		{"scape", "", false},
		{"side", "", false},
		{"lit", "", false},
	} {
		stem, cut := strings.CutSuffix(word, e.end)
		if !cut || len(stem) < 2 {
			continue
		}
		if m, ok = l.words[stem+e.with]; ok {
			return m, e.plural, true
		}
		if n := len(stem); n > 3 && stem[n-1] == stem[n-2] { // foggy, sunny
			if m, ok = l.words[stem[:n-1]]; ok {
				return m, false, true
			}
		}
	}
	return meaning{}, false, false
}

// rows reads a table: a line is a concept, a colon and its words; the concept itself is one of them.
func rows(table string) iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		for line := range strings.Lines(strings.TrimSpace(table)) {
			concept, words, more := strings.Cut(strings.TrimSpace(line), ":")
			if more {
				words = concept + "," + words
			} else {
				words = concept
			}
			if !yield(concept, words) {
				return
			}
		}
	}
}
