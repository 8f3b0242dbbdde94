package spoken

import (
	"fmt"
	"slices"
	"strings"
)

// pattern is how something is said. In its text, words are themselves, (a|b) is one of several, [a|b] may be missing, {x}
// is a word class of the vocabulary, and <x> captures words, one at least.
type pattern struct {
	text  string
	nodes []node
	tail  [][]string // what may follow that is no part of it
}

// node is a step of a pattern: a word, a capture, or alternatives.
type node struct {
	word    string
	capture string
	either  [][]node
}

// capture is a run of words.
type capture struct{ from, to int }

// Captures of free words.
const (
	dictated = "text"   // taken as it is, politeness included
	wished   = "prompt" // without politeness
	titled   = "name"   // the same
)

// compile reads a pattern.
func compile(text string, vocabulary map[string][]string) (pattern, error) {
	c := compiler{rest: text, vocabulary: vocabulary}
	nodes, err := c.sequence("")
	if err != nil {
		return pattern{}, fmt.Errorf("pattern %q: %w", text, err)
	}
	p := pattern{text: text, nodes: nodes}
	switch last := nodes[len(nodes)-1]; last.capture {
	case dictated:
	case wished, titled:
		p.tail = polite()
	default:
		p.tail = trailing()
	}
	return p, nil
}

type compiler struct {
	rest       string
	vocabulary map[string][]string
}

// sequence reads until one of the runes in ends, or the end of the text, which is left in rest.
func (c *compiler) sequence(ends string) (nodes []node, err error) {
	for {
		c.rest = strings.TrimLeft(c.rest, " ")
		if c.rest == "" || strings.ContainsAny(c.rest[:1], ends) {
			return nodes, nil
		}
		switch open := c.rest[0]; open {
		case '(', '[':
			c.rest = c.rest[1:]
			one, err := c.alternatives(map[byte]string{'(': ")", '[': "]"}[open])
			if err != nil {
				return nil, err
			}
			if open == '[' {
				one.either = append(one.either, nil)
			}
			nodes = append(nodes, one)
		case '{', '<':
			name, rest, ok := strings.Cut(c.rest[1:], map[byte]string{'{': "}", '<': ">"}[open])
			if !ok {
				return nil, fmt.Errorf("%q does not end", c.rest)
			}
			c.rest = rest
			if open == '<' {
				nodes = append(nodes, node{capture: name})
				continue
			}
			class, err := c.class(name)
			if err != nil {
				return nil, err
			}
			nodes = append(nodes, class)
		default:
			end := strings.IndexAny(c.rest+" ", " |()[]{}<>")
			if end == 0 {
				return nil, fmt.Errorf("%q was not begun", c.rest)
			}
			nodes = append(nodes, node{word: c.rest[:end]})
			c.rest = c.rest[end:]
		}
	}
}

func (c *compiler) alternatives(end string) (one node, err error) {
	for {
		seq, err := c.sequence("|" + end)
		if err != nil {
			return node{}, err
		}
		if c.rest == "" {
			return node{}, fmt.Errorf("%q is missing", end)
		}
		one.either = append(one.either, seq)
		last := c.rest[:1] == end
		c.rest = c.rest[1:]
		if last {
			return one, nil
		}
	}
}

func (c *compiler) class(name string) (one node, err error) {
	words, ok := c.vocabulary[name]
	if !ok {
		return node{}, fmt.Errorf("{%s} is no word class", name)
	}
	for _, w := range words {
		inner := compiler{rest: w, vocabulary: c.vocabulary}
		seq, err := inner.sequence("")
		if err != nil {
			return node{}, err
		}
		one.either = append(one.either, seq)
	}
	return one, nil
}

// matcher tries a pattern on words.
type matcher struct {
	words    []string
	captures map[string]capture
	accepts  func(name string, words []string) bool
}

// match tells whether nodes match from a word on so that then holds for where they end.
func (m *matcher) match(nodes []node, at int, then func(at int) bool) bool {
	if len(nodes) == 0 {
		return then(at)
	}
	switch n, rest := nodes[0], nodes[1:]; {
	case n.word != "":
		return at < len(m.words) && m.words[at] == n.word && m.match(rest, at+1, then)
	case n.capture != "":
		return m.capture(n.capture, at, func(end int) bool { return m.match(rest, end, then) })
	default:
		return slices.ContainsFunc(n.either, func(seq []node) bool {
			return m.match(seq, at, func(at int) bool { return m.match(rest, at, then) })
		})
	}
}

// capture takes as few free words as lead to a match, and as many of a class: “this picture” is more than “this”.
func (m *matcher) capture(name string, at int, then func(end int) bool) bool {
	try := func(end int) bool {
		if !m.accepts(name, m.words[at:end]) {
			return false
		}
		m.captures[name] = capture{at, end}
		if then(end) {
			return true
		}
		delete(m.captures, name)
		return false
	}
	if classed(name) {
		for end := min(len(m.words), at+longestClass); end > at; end-- {
			if try(end) {
				return true
			}
		}
		return false
	}
	for end := at + 1; end <= len(m.words); end++ {
		if try(end) {
			return true
		}
	}
	return false
}

// longestClass is how many words a capture has at most that is not free.
const longestClass = 8

// classed tells whether a capture is one of few phrases.
func classed(name string) bool {
	return slices.Contains([]string{"this", "n", "times", "panel", "kinds"}, name)
}
