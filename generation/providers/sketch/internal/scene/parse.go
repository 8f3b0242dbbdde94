package scene

import (
	"hash/fnv"
	"slices"
	"strings"
	"unicode"
)

// token is a phrase of the prompt with its meaning.
type token struct {
	meaning
	word   string
	plural bool
	known  bool
}

// Parse reads a prompt and takes out what the negative prompt names.
func (l *Lexicon) Parse(prompt, negative string) Scene {
	said := l.tokens(prompt)
	var refused []Concept
	for _, t := range l.tokens(negative) {
		if t.known {
			refused = append(refused, t.concept)
		}
	}
	var s Scene
	h := fnv.New64a()
	for i := 0; i < len(said); i++ {
		t := said[i]
		_, _ = h.Write([]byte(t.word + " ")) // a hash never fails
		if t.known && t.field == negation {
			if j := nextKnown(said, i+1); j > 0 {
				refused = append(refused, said[j].concept)
				i = j
			}
			continue
		}
		if !slices.Contains(refused, t.concept) || !t.known {
			s.take(said, i)
		}
	}
	s.Words = h.Sum64()
	s.drop(refused)
	s.resolve(refused)
	return s
}

// tokens splits text into the longest phrases that the lexicon knows, and words that it does not know.
func (l *Lexicon) tokens(text string) []token {
	words := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '-' && r != '\'' && r != '&'
	})
	const most = 400 // a prompt may be long; a picture has no room for more
	words = words[:min(len(words), most)]
	var out []token
	for i := 0; i < len(words); {
		n := min(l.longest, len(words)-i)
		for ; n > 0; n-- {
			phrase := strings.Join(words[i:i+n], " ")
			if m, plural, ok := l.find(phrase); ok {
				out = append(out, token{m, phrase, plural, true})
				break
			}
		}
		if n == 0 {
			if parts := strings.FieldsFunc(words[i], func(r rune) bool { return r == '-' || r == '\'' || r == '&' }); len(parts) > 1 {
				words = slices.Concat(words[:i], parts, words[i+1:])
				continue
			}
			out = append(out, token{word: words[i]})
			n = 1
		}
		i += n
	}
	return out
}

func nextKnown(said []token, from int) int {
	for j := from; j < min(from+4, len(said)); j++ {
		if said[j].known && said[j].field != count {
			return j
		}
	}
	return -1
}

// take puts one token into the scene, looking around it for numbers and colours that belong to it.
func (s *Scene) take(said []token, i int) {
	t := said[i]
	if !t.known {
		if len(t.word) > 2 {
			s.Unknown = append(s.Unknown, t.word)
		}
		return
	}
	switch t.field {
	case Time:
		if s.Time == "" {
			s.Time = t.concept
		}
	case Weather:
		s.Weather = with(s.Weather, t.concept)
	case Sky:
		s.Sky = with(s.Sky, t.concept)
	case Season:
		s.Season = t.concept
	case Place:
		s.Places = with(s.Places, t.concept)
	case Thing:
		s.subject(said, i)
	case Colour:
		s.colour(said, i)
	case Style:
		s.Styles = with(s.Styles, t.concept)
	case Mood:
		s.Moods = with(s.Moods, t.concept)
	case Framing:
		s.Framing = with(s.Framing, t.concept)
	case count, negation:
	}
}

func (s *Scene) subject(said []token, i int) {
	t := said[i]
	sub := Subject{Kind: t.concept, Count: 1}
	if t.plural || slices.Contains([]string{"people", "children", "geese", "cacti", "wildflower", "camping"}, t.word) {
		sub.Count = 3
	}
	for j := i - 1; j >= max(0, i-3); j-- {
		b := said[j]
		if b.known && b.field == Thing || b.word == "and" || b.word == "with" || b.word == "in" || b.word == "on" {
			break
		}
		if b.known && b.field == count && b.number > 0 && (b.number > 1 || !t.plural) {
			sub.Count = b.number
			break
		}
		if b.known && b.field == Colour && sub.Colour == "" {
			sub.Colour = b.concept
		}
	}
	for k := range s.Subjects {
		if s.Subjects[k].Kind == sub.Kind {
			s.Subjects[k].Count = max(s.Subjects[k].Count, sub.Count)
			return
		}
	}
	s.Subjects = append(s.Subjects, sub)
}

// colour decides what a colour word is about: the next noun, or the picture.
func (s *Scene) colour(said []token, i int) {
	c := said[i].concept
	for j := i + 1; j < min(i+3, len(said)); j++ {
		n := said[j]
		switch {
		case n.word == "sky" || n.word == "skies" || n.word == "clouds" || n.word == "cloud":
			s.SkyHue = c
			return
		case n.known && n.field == Thing:
			return // the subject takes it
		case n.known && n.field == Place:
			s.LandHue = c
			return
		case n.word == "and" || n.known && n.field == Colour:
			s.Colours = with(s.Colours, c)
			return
		}
	}
	s.Colours = with(s.Colours, c)
}

// drop takes out what was refused.
func (s *Scene) drop(refused []Concept) {
	no := func(c Concept) bool { return slices.Contains(refused, c) }
	for _, list := range []*[]Concept{&s.Weather, &s.Sky, &s.Places, &s.Colours, &s.Styles, &s.Moods, &s.Framing} {
		*list = slices.DeleteFunc(*list, no)
	}
	s.Subjects = slices.DeleteFunc(s.Subjects, func(sub Subject) bool { return no(sub.Kind) || no(sub.Colour) && sub.Colour != "" })
	if no(s.Time) {
		s.Time = ""
	}
	if no(s.Season) {
		s.Season = ""
	}
}

func with(list []Concept, c Concept) []Concept {
	if slices.Contains(list, c) {
		return list
	}
	return append(list, c)
}
