package spoken

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// word is a word of what was said.
type word struct {
	fold     string // as it is compared: lower case, no accents, no apostrophes
	from, to int    // bytes of the text up to its neighbours, punctuation included
}

// line is what was said, with the hesitations left out between words.
type line struct {
	text  string
	words []word
}

// split finds the words of a text.
func split(text string) line {
	text = strings.Map(func(r rune) rune {
		if r != '\n' && unicode.IsControl(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, " "))
	l := line{text: text}
	end := 0 // of the word before
	hesitated := false
	for at := 0; at < len(text); {
		start := at
		for at < len(text) {
			r, n := utf8.DecodeRuneInString(text[at:])
			if parts(r) {
				break
			}
			at += n
		}
		if at == start {
			_, n := utf8.DecodeRuneInString(text[at:])
			at += n
			continue
		}
		folded := fold(text[start:at])
		if !hesitated && len(l.words) > 0 {
			l.words[len(l.words)-1].to = start
		}
		hesitated = hesitation(folded)
		if folded != "" && !hesitated {
			l.words = append(l.words, word{folded, end, len(text)})
		}
		end = at
	}
	return l
}

// parts tells whether a rune stands between words.
func parts(r rune) bool {
	return unicode.IsSpace(r) || (unicode.IsPunct(r) && !apostrophe(r))
}

func apostrophe(r rune) bool { return r == '\'' || r == '’' || r == 'ʼ' }

func hesitation(w string) bool {
	return slices.Contains([]string{"um", "umm", "uh", "uhm", "uhh", "er", "erm", "hmm", "hm", "eh", "ehm"}, w)
}

// fold makes words comparable that people and speech recognition write differently.
func fold(s string) string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(s) {
		switch r = unicode.ToLower(r); {
		case r >= 0x300 && r <= 0x36f, apostrophe(r): // an accent, which the decomposition has parted from its letter
		case r == 'ß':
			b.WriteString("ss")
		case r == 'ø':
			b.WriteByte('o')
		case r == 'ł':
			b.WriteByte('l')
		case r == 'đ':
			b.WriteByte('d')
		case r == 'ı':
			b.WriteByte('i')
		case r == 'æ':
			b.WriteString("ae")
		case r == 'œ':
			b.WriteString("oe")
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// folded are the words as they are compared.
func (l line) folded() []string {
	out := make([]string, len(l.words))
	for i, w := range l.words {
		out[i] = w.fold
	}
	return out
}

// raw is the text of some words with what stands between them.
func (l line) raw(i, j int) string {
	if i >= j {
		return ""
	}
	return l.text[l.words[i].from:l.words[j-1].to]
}

// verbatim is text as it was dictated, without what parts it from the command.
func (l line) verbatim(i, j int) string {
	return unquote(strings.TrimRight(strings.TrimLeft(l.raw(i, j), " \n\t,:;.–—"), " \n\t,:;"))
}

// phrase is text without the end of a sentence.
func (l line) phrase(i, j int) string {
	return unquote(strings.TrimRight(strings.TrimLeft(l.raw(i, j), " \n\t,:;.!?–—-"), " \n\t,:;.!?…–—-"))
}

// colon tells whether a word follows a colon.
func (l line) colon(i int) bool {
	from, to := l.words[i].from, l.words[i-1].to
	return from < to && strings.ContainsAny(l.text[from:to], ":：")
}

// unquote takes one pair of quotation marks away.
func unquote(s string) string {
	for _, pair := range []string{`""`, "“”", "„“", "‘’", "''", "«»", "「」"} {
		open, n := utf8.DecodeRuneInString(pair)
		if inner, ok := strings.CutPrefix(s, string(open)); ok {
			if inner, ok = strings.CutSuffix(inner, pair[n:]); ok && strings.TrimSpace(inner) != "" {
				return strings.TrimSpace(inner)
			}
		}
	}
	return s
}
