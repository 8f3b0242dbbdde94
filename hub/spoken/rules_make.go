package spoken

import (
	"slices"
	"strings"
)

// makeWays are those of making something of words.
func makeWays() []ways {
	return []ways{
		{Generate, generates("", kindImage), []string{"(generate|create|design|produce|render) [for me|me|us|for us] <prompt>"}},
		{Generate, generates("fixed", kindImage), []string{"(draw|paint|sketch|illustrate|photograph|imagine|visualize) [for me|me|us|for us] <prompt>"}},
		{Generate, generates("fixed", kindVideo), []string{"(film|shoot|animate) [for me|me|us] <prompt>"}},
		{Generate, generates("", kindAudio), []string{"(compose|sing) [for me|me|us] <prompt>"}},
		{Generate, generates("", kindText), []string{"write [for me|me|us] <prompt>"}},
		{Generate, generates("a", kindImage), []string{"make [for me|me|us|for us] <prompt>"}},
		{Generate, generates("noun", ""), []string{
			"(give|show|get|find|bring) (me|us) <prompt>", "(get|have|give) <prompt>", "(i want|i need|i would like|id like|i d like|we need|lets have|how about|can i have|can i get|let me see) <prompt>",
		}},
		{Generate, generates("all", ""), []string{"<prompt>"}},
	}
}

// generates builds a generation: of any words, of those that begin with an article or a number, or of those only that name
// what can be made.
func generates(must, usual string) func(*heard) (Command, error) {
	return func(h *heard) (Command, error) {
		at := h.captures["prompt"]
		w := wish{line: h.line, words: h.folded()[:at.to], from: at.from, to: at.to, kind: usual, count: 1}
		w.read()
		if must == "fixed" && w.kind != usual { // to picture the sound of silence is to make a picture
			w.from, w.kind, w.count, w.noun = at.from, usual, 1, false
		}
		switch {
		case must == "a" && !w.article && !w.noun, must == "noun" && !w.noun, must == "all" && (!w.noun || !w.article && !w.terse), w.thing():
			return Command{}, h.c.misunderstood(h.text)
		case w.count < 1 || w.count > MostResults:
			return Command{}, doubt(TooMuch, "1 to %d results at a time.", MostResults)
		}
		prompt := h.line.phrase(w.from, w.to)
		if w.from >= w.to || prompt == "" {
			one, _ := nameOf(w.kind)
			return Command{}, unfinished("What shall it be?", "generate "+one+" of a lighthouse")
		}
		return Command{Kind: w.kind, Prompt: prompt, Count: w.count, Shape: w.shape}, nil
	}
}

// wish is what is to be made, as it is read from the front: how many, in which shape, of which kind, and of what.
type wish struct {
	line

	words    []string
	from, to int // what is left, in the end the prompt
	article  bool
	noun     bool
	terse    bool // the noun came first
	kind     string
	count    int
	shape    string
}

func (w *wish) read() {
	begin := w.from
	w.readCount()
	after := w.from
	w.readShape()
	if w.readNoun() {
		return
	}
	w.shape, w.from = "", begin // no kind was named: a number and a shape belong to the prompt, as the article does
	w.count = 1
	w.article = w.article || after > begin
}

// readCount takes an article or a number, and “more”.
func (w *wish) readCount() {
	for n := min(4, w.to-w.from-1); n > 0; n-- {
		count, ok := numberOf(w.words[w.from : w.from+n])
		if !ok {
			continue
		}
		w.article, w.count = true, count
		w.from += n
		if vague := w.words[w.from-1]; vague == "some" { // “some music” is one piece, “some pictures” are several
			w.count = 1
			if _, plural, ok := w.headNoun(); ok && plural {
				w.count = 3
			}
		}
		break
	}
	if w.from < w.to-1 && !w.article && w.words[w.from] == "the" {
		w.from++
		w.article = true
	}
	for w.from < w.to-1 && slices.Contains([]string{"more", "new", "different"}, w.words[w.from]) {
		w.from++
	}
}

// readShape takes a shape that stands before the kind.
func (w *wish) readShape() {
	shape, ok := shapeOf(w.words[w.from:w.to])
	if !ok || w.from+1 >= w.to {
		return
	}
	for _, n := range []int{2, 1} {
		if w.from+1+n > w.to {
			continue
		}
		if noun, ok := mediaNoun(w.words[w.from+1 : w.from+1+n]); ok && noun.plain && (noun.kind == kindImage || noun.kind == kindVideo) {
			w.shape = shape
			w.from++
			return
		}
	}
}

func shapeOf(words []string) (string, bool) {
	if len(words) == 0 {
		return "", false
	}
	switch words[0] {
	case "square", "quadratic":
		return square, true
	case "wide", "widescreen", "landscape", "horizontal", "panoramic":
		return wide, true
	case "tall", "portrait", "vertical", "upright":
		return tall, true
	}
	return "", false
}

// connectors stand between the kind and what it shows; the plain ones say nothing of their own.
func plainConnectors() []string {
	return []string{"of", "showing", "depicting", "about", "with", "that", "which", "where", "shows", "depicts"}
}

func connectors() []string {
	return append(plainConnectors(), "for", "in", "on", "at", "from", "like", "as", "by", "using", "to", "under", "near")
}

// head is where the phrase ends that may name the kind.
func (w *wish) head() int {
	for i := w.from; i < w.to; i++ {
		if i > w.from && (slices.Contains(connectors(), w.words[i]) || w.colon(i)) {
			return i
		}
	}
	return w.to
}

// headNoun is the noun that the phrase ends with.
func (w *wish) headNoun() (n noun, plural, ok bool) {
	end := w.head()
	for _, size := range []int{2, 1} {
		if end-size < w.from {
			continue
		}
		words := w.words[end-size : end]
		if n, ok = mediaNoun(words); ok {
			return n, strings.Join(words, " ") != n.one && strings.HasSuffix(words[size-1], "s"), true
		}
	}
	return noun{}, false, false
}

// readNoun takes the kind. A noun that says more than the kind, or that has adjectives, stays in the prompt.
func (w *wish) readNoun() bool {
	n, _, ok := w.headNoun()
	if !ok {
		return w.readTerse()
	}
	end := w.head()
	size := len(strings.Fields(n.one))
	w.kind, w.noun, w.terse = n.kind, true, end-size == w.from
	if !n.plain || end-size > w.from { // adjectives
		if end == w.to && n.plain && end-size == w.from {
			w.from = end
		}
		return true
	}
	w.from = end
	if end < w.to && w.colon(end) {
		return true
	}
	if end < w.to && slices.Contains(plainConnectors(), w.words[end]) {
		w.from++
		if w.from < w.to && (w.words[end] == "that" || w.words[end] == "which") && slices.Contains([]string{"shows", "depicts"}, w.words[w.from]) {
			w.from++
		}
	} else if end < w.to {
		w.from = end - size // “for a birthday card” needs its noun
	}
	return true
}

// readTerse takes a kind without an article: “image lighthouse at night”.
func (w *wish) readTerse() bool {
	if w.article || w.to-w.from < 2 {
		return false
	}
	n, ok := mediaNoun(w.words[w.from : w.from+1])
	if !ok || !n.plain {
		return false
	}
	w.kind, w.noun, w.terse = n.kind, true, true
	w.from++
	return true
}

// thing tells whether the words begin with something that is no picture, such as a branch: no rule understood what to do
// with it, and nobody wants it painted.
func (w *wish) thing() bool {
	words := w.words[w.from:w.to]
	if w.noun {
		return len(words) > 0 && slices.Contains([]string{"all", "both", "every", "these", "those"}, words[0])
	}
	words = without(words, "a", "an", "the", "another", "some", "new")
	return slices.Contains(strings.Fields("note notes branch draft comment version copy copies recording call frame prompt invite invitation "+
		"link room it this that these those them selection job jobs queue snapshot"), words[0]) || words[0] == "me"
}
