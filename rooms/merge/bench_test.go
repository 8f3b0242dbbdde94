package merge

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

const note = 16 << 10 // the longest text of a note, in bytes

// prose is about n bytes of words.
func prose(r *rand.Rand, n int) string {
	var out strings.Builder
	for out.Len() < n {
		fmt.Fprintf(&out, "%s%d ", []string{"light", "of", "a", "misty", "harbour"}[r.IntN(5)], r.IntN(60))
	}
	return out.String()[:n]
}

// noise is n bytes of symbols, each a token of its own.
func noise(r *rand.Rand, n int, symbols string) string {
	out := make([]byte, n)
	for i := range out {
		out[i] = symbols[r.IntN(len(symbols))]
	}
	return string(out)
}

// every replaces each nth token.
func every(text string, n int, by string) string {
	toks := tokens(text)
	for i := 0; i < len(toks); i += n {
		toks[i] = by
	}
	return join(toks)
}

// costly are merges that try to be slow; the tests run them as well.
func costly() map[string][3]string {
	r := rand.New(rand.NewPCG(3, 5))
	prompt, text := prose(r, 4000), prose(r, note)
	dots, slide := noise(r, note, ".,"), strings.Repeat(".", note-600)
	emoji := strings.Repeat("👩‍👩‍👧", note/18)
	marks := strings.Repeat("e\u0301\u0302 ", note/6)
	rows := func(n int, end string) string { return strings.Repeat(strings.Repeat(".", 40)+end, n) }
	return map[string][3]string{
		"prompt, small edits":       {prompt, strings.Replace(prompt, "misty", "dark", 3), prompt + " at dawn"},
		"prompt, rewritten":         {prompt, prose(r, 4000), prose(r, 4000)},
		"note, small edits":         {text, strings.Replace(text, "misty", "dark", 3), text + " at dawn"},
		"note, ends edited":         {text, "x " + text + " x", "y " + text + " y"},
		"note, many edits":          {text, every(text, 40, "X"), every(text, 38, "Y")},
		"note, rewritten":           {text, prose(r, note), prose(r, note)},
		"note, shuffled":            {text, strings.Repeat(text[note/2:], 2), text[note/2:] + text[:note/2]},
		"symbols, some edits":       {dots, every(dots, 300, "!"), every(dots, 310, "?")},
		"symbols, most edits":       {dots, every(dots, 100, "!"), every(dots, 110, "?")},
		"symbols, rewritten":        {dots, noise(r, note, ".,"), noise(r, note, ",.")},
		"one symbol, sliding":       {slide + noise(r, 60, "!?") + "a", noise(r, 60, ",;") + slide + "b", noise(r, 60, "+-") + slide + "c"},
		"one symbol, contained":     {"x" + slide + "y", slide[:note-660] + "!", slide[:note-650] + "?"},
		"one symbol, rows":          {rows(159, "a"), rows(159, "b"), rows(159, "c")},
		"symbols, near the bounds":  {dots[:8000], every(dots[:8000], 56, "!"), every(dots[:8000], 55, "?")},
		"note, near the bounds":     {text, every(text, 32, "X"), every(text, 31, "Y")},
		"one symbol, searched":      {"x" + slide[:note-900] + "y", slide[:note-1100] + strings.Repeat("!", 80), slide[:note-1090] + strings.Repeat("?", 80)},
		"words merged by character": {strings.Repeat("wonderful ", note/10), strings.Repeat("wXonderful ", note/11), strings.Repeat("wonderfuYl ", note/11)},
		"emoji":                     {emoji, emoji[:note/36*18] + "x" + emoji[note/36*18:], emoji + "y"},
		"marks":                     {marks, every(marks, 50, "x"), every(marks, 51, "y")},
		"Arabic":                    {strings.Repeat("سلام عليكم ", note/20), strings.Repeat("سلام عليك ", note/18), strings.Repeat("سلام ", note/9)},
	}
}

func BenchmarkText(b *testing.B) {
	for name, c := range costly() {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Text(c[0], c[1], c[2])
			}
		})
	}
}

func BenchmarkWords(b *testing.B) {
	for name, c := range costly() {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				Words(c[0], c[1])
			}
		})
	}
}
