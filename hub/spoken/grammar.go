package spoken

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

// Grammar is everything that can be said. Make it with [NewGrammar]; it may be used by many at once.
type Grammar struct{ rules []rule }

// rule is one way to say something.
type rule struct {
	pattern

	do    Do
	build func(*heard) (Command, error)
}

// ways are the patterns of one builder.
type ways struct {
	do    Do
	build func(*heard) (Command, error)
	say   []string
}

// NewGrammar reads the patterns. An error is a fault of theirs, which tests find.
func NewGrammar() (*Grammar, error) {
	g := &Grammar{}
	words := vocabulary()
	for _, w := range allWays() {
		for _, text := range w.say {
			p, err := compile(text, words)
			if err != nil {
				return nil, err
			}
			g.rules = append(g.rules, rule{p, w.do, w.build})
		}
	}
	return g, nil
}

// allWays is the order in which they are tried: what is said more exactly comes first.
func allWays() []ways {
	return slices.Concat(callWays(), pageWays(), queueWays(), branchWays(), lookWays(), canvasWays(), resultWays(), remixWays(), makeWays(), lateLookWays())
}

// heard is a text that a rule matches.
type heard struct {
	line

	c        *Context
	captures map[string]capture
}

func (h *heard) has(name string) bool {
	_, ok := h.captures[name]
	return ok
}

// said are the folded words of a capture.
func (h *heard) said(name string) []string {
	at := h.captures[name]
	return h.folded()[at.from:at.to]
}

// words is the text of a capture as it was said, without the end of a sentence.
func (h *heard) phrase(name string) string {
	at := h.captures[name]
	return h.line.phrase(at.from, at.to)
}

func (h *heard) verbatim(name string) string {
	at := h.captures[name]
	return h.line.verbatim(at.from, at.to)
}

// meant finds what <this> stands for; without it, what “this” would.
func (h *heard) meant(do Do) ([]string, error) {
	t := target{}
	if h.has("this") {
		t, _ = targetOf(h.said("this"))
	}
	f, _ := do.form()
	return h.c.meant(t, f.of)
}

// longestName is how many words may be compared with names.
const longestName = 20

// accepts tells whether a capture may be these words.
func accepts(name string, words []string) (ok bool) {
	switch name {
	case "this":
		_, ok = targetOf(words)
	case "n":
		_, ok = numberOf(words)
	case "times":
		_, ok = timesOf(words)
	case "panel":
		_, ok = panelOf(words)
	case "kinds":
		var kind string
		kind, ok = nounOf(words)
		ok = ok && kind != ""
	case "who", "branch", "place", "job":
		ok = len(words) <= longestName
	default:
		ok = true
	}
	return ok
}

// Parse understands what was said. Errors are INVALID_INPUT with a [Doubt].
func (g *Grammar) Parse(text string, c Context) (Command, error) {
	if n := utf8.RuneCountInString(text); n > MostText {
		return Command{}, doubt(TooLong, "That is too long: %d of at most %d characters.", n, MostText)
	}
	l := split(text)
	if len(l.words) == 0 {
		return Command{}, doubt(NothingWasSaid, "Nothing was said.")
	}
	if cmd, ok := answer(l.folded()); ok && c.Asked {
		return c.Complete(cmd)
	}
	for n := 1; n > 0; {
		n = starts(l.folded(), leading())
		l.words = l.words[n:]
	}
	cmd, err := g.understand(l, &c)
	if err != nil {
		return Command{}, err
	}
	out, err := c.Complete(cmd)
	if err != nil { // what the grammar let through, such as a name that is too long
		return Command{}, doubt(TooMuch, "That cannot be done as it was said: %s.", strings.ToLower(brief(err.Error())))
	}
	return out, nil
}

// understand takes the first rule that leads to a command; what was wrong with the first that matched is told otherwise.
func (g *Grammar) understand(l line, c *Context) (Command, error) {
	words := l.folded()
	var first error
	for i := range g.rules {
		r := &g.rules[i]
		m := matcher{words: words, captures: make(map[string]capture), accepts: accepts}
		if !m.match(r.nodes, 0, func(at int) bool { return allOf(words[at:], r.tail) }) {
			continue
		}
		cmd, err := r.build(&heard{l, c, m.captures})
		if err == nil {
			cmd.Do = r.do
			return cmd, nil
		}
		if first == nil {
			first = err
		}
	}
	if first != nil {
		return Command{}, first
	}
	return Command{}, c.misunderstood(l.text)
}

// misunderstood is the doubt about what no rule matches.
func (c *Context) misunderstood(text string) error {
	try := []string{"generate an image of a lighthouse", "add a note saying buy paper", "zoom to everything"}
	if len(c.Selection) > 0 || c.Last != nil {
		try[1] = "make it darker"
	}
	return doubt(NotUnderstood, "I did not understand “%s”. Try: “%s”.", brief(strings.TrimSpace(text)), try[0]).
		With(Doubt{Reason: NotUnderstood, Try: try})
}

// unfinished is the doubt about what misses something.
func unfinished(ask, try string) error {
	return doubt(Unfinished, "%s Say: “%s”.", ask, try).With(Doubt{Reason: Unfinished, Try: []string{try}})
}

// simply builds a command that has nothing but its name.
func simply(*heard) (Command, error) { return Command{}, nil }

// of builds a command of records.
func of(do Do) func(*heard) (Command, error) {
	return func(h *heard) (Command, error) {
		ids, err := h.meant(do)
		return Command{Of: ids}, err
	}
}

// fixed builds the same command always.
func fixed(cmd Command) func(*heard) (Command, error) {
	return func(*heard) (Command, error) { return cmd, nil }
}

// Reference is the grammar in the form in which docs/commands.md shows it.
func Reference() string {
	var b strings.Builder
	classes := vocabulary()
	for _, name := range slices.Sorted(maps.Keys(classes)) {
		fmt.Fprintf(&b, "{%s} = %s\n", name, strings.Join(classes[name], " | "))
	}
	last := Do("")
	for _, w := range allWays() {
		if w.do != last {
			fmt.Fprintf(&b, "\n%s\n", w.do)
		}
		last = w.do
		for _, p := range w.say {
			fmt.Fprintf(&b, "  %s\n", p)
		}
	}
	return b.String()
}
