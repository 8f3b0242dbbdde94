package merge

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rivo/uniseg"
)

// class is what a user-perceived character counts as; runs of words and of spaces are one token each.
type class int

const (
	classOther class = iota // punctuation, symbols, emoji, and the scripts that put no spaces between words
	classWord
	classSpace
)

func classOf(cluster string) class {
	r, _ := utf8.DecodeRuneInString(cluster)
	switch {
	case r >= 'a' && r <= 'z':
		return classWord // most of what is written, before the tables
	case unicode.IsSpace(r):
		return classSpace
	case r > unicode.MaxLatin1 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana):
		return classOther
	case r == '_', unicode.IsLetter(r), unicode.IsNumber(r), unicode.IsMark(r):
		return classWord
	default:
		return classOther
	}
}

// tokens cuts a text into words, runs of whitespace and single other characters. Joined they are the text again, and no
// cut is within a grapheme cluster (UAX 29).
func tokens(text string) []string {
	out := make([]string, 0, len(text)/2+1)
	start, run := 0, classOther
	for at := 0; at < len(text); {
		n := clusterLen(text[at:])
		c := classOf(text[at : at+n])
		if at > start && (c != run || c == classOther) {
			out = append(out, text[start:at])
			start = at
		}
		run = c
		at += n
	}
	if start < len(text) {
		out = append(out, text[start:])
	}
	return out
}

// clusters cuts a text into grapheme clusters.
func clusters(text string) []string {
	out := make([]string, 0, len(text))
	for text != "" {
		n := clusterLen(text)
		out = append(out, text[:n])
		text = text[n:]
	}
	return out
}

// clusterLen is how many bytes the first grapheme cluster of a text has. Two plain characters in a row need no look into
// the tables, which are slow.
func clusterLen(text string) int {
	if len(text) > 1 && text[0] < utf8.RuneSelf && text[1] < utf8.RuneSelf && text[0] != '\r' {
		return 1
	}
	first, n := utf8.DecodeRuneInString(text)
	if n == len(text) {
		return n
	}
	if next, _ := utf8.DecodeRuneInString(text[n:]); plain(first) && plain(next) && first != '\r' {
		return n
	}
	cluster, _, _, _ := uniseg.FirstGraphemeClusterInString(text, -1)
	return len(cluster)
}

// plain tells whether a rune is of a block that has nothing in it which combines with a neighbour of such a block, but
// for CR LF: Latin, Greek, Cyrillic, kana, Chinese.
func plain(r rune) bool {
	switch {
	case r < 0x300, r >= 0x370 && r <= 0x482, r >= 0x48A && r <= 0x52F:
		return true
	case r >= 0x3041 && r <= 0x3096, r >= 0x30A0 && r <= 0x30FF, r >= 0x4E00 && r <= 0x9FFF:
		return true
	default:
		return false
	}
}

// fuse tells whether two tokens, put beside each other, would not be two any more: words would be one word, a mark would
// join a character. Whitespace beside whitespace does no harm.
func fuse(a, b string) bool {
	if spaced(a) && spaced(b) {
		return false
	}
	first := tokens(a + b)[0]
	return len(first) != len(a)
}

func spaced(token string) bool { return classOf(token) == classSpace }

// wordless tells whether there is no word in some tokens.
func wordless(toks []string) bool {
	for _, t := range toks {
		if classOf(t) == classWord {
			return false
		}
	}
	return true
}

func join(toks []string) string { return strings.Join(toks, "") }
