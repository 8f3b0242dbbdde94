package rooms

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"atelier/protocol"
)

// writer types a sentence into a text at its caret, some characters at a time, as a stay in a field does: basis is the own
// text of before, base that of the beginning, and the field shows what was typed.
type writer struct {
	*guest
	prop, text, sentence string
	caret                int
	base                 int64
	n                    int
}

func (w *writer) press(characters int) {
	w.n++
	next := w.sentence[:min(characters, len(w.sentence))]
	w.sentence = w.sentence[len(next):]
	text := w.text[:w.caret] + next + w.text[w.caret:]
	w.caret += len(next)
	w.req++
	w.h.room().Change(w.m, w.req, protocol.Change{
		ID: id(fmt.Sprintf("%s presses %d", w.name, w.n)), Base: w.base, Episode: "stay-" + w.name,
		Writes: []protocol.Write{{Record: id("r"), Prop: w.prop, Value: str(text), Basis: str(w.text)}},
	})
	w.text = text
}

// minute types for a minute, four writes a second, both taking turns; what the other wrote comes a little later.
func minute(writers ...*writer) {
	for range 240 {
		for _, w := range writers {
			if w.sentence != "" {
				w.press(2)
			}
			time.Sleep(125 * time.Millisecond)
		}
		for _, w := range writers {
			w.sync()
		}
	}
}

// sentence is as much as one types in a minute, of words that nobody else has.
func sentence(rng *rand.Rand, before, after string) string {
	var words []string
	for range 68 {
		word := make([]byte, 3+rng.IntN(6))
		for i := range word {
			word[i] = 'a' + byte(rng.IntN(26))
		}
		words = append(words, string(word))
	}
	return before + strings.Join(words, " ") + after
}

func TestTwoPeopleTypeIntoOneFieldForAMinute(t *testing.T) {
	const text = "a red fox jumps over the lazy dog"
	at := func(before string) int { return strings.Index(text, before) }
	for place, carets := range map[string][2]int{
		"beginning and end":    {0, len(text)},
		"both at the end":      {len(text), len(text)},
		"both at the start":    {0, 0},
		"both before one word": {at("jumps"), at("jumps")},
		"before and after it":  {at("jumps"), at(" over")},
		"in different words":   {at("fox"), at("lazy")},
	} {
		for _, kind := range []protocol.Kind{protocol.KindNote, protocol.KindPrompt} {
			t.Run(fmt.Sprintf("%s, %s", kind, place), func(t *testing.T) {
				inHouse(t, Config{}, func(h *house) {
					t := h.t
					rng := rand.New(rand.NewPCG(7, uint64(carets[0])))
					var writers []*writer
					var typed []string
					for i, name := range []string{"ana", "ben"} {
						w := &writer{guest: h.join(name), prop: textOf(kind), text: text, caret: carets[i], base: 1}
						w.sentence = sentence(rng, " ", " ")
						typed = append(typed, strings.Fields(w.sentence)...)
						writers = append(writers, w)
					}
					writers[0].send("make", write("r", "kind", str(string(kind))), write("r", textOf(kind), str(text)))
					writers[0].sync()
					minute(writers...)
					for _, w := range writers {
						require.Empty(t, w.sentence, "all was typed")
						require.Empty(t, w.errs)
					}
					s := h.room().state
					kept := s.records[id("r")].value(textOf(kind))
					have := parts(kept)
					for _, b := range s.branches {
						v := b.records[id("r")].cell(textOf(kind)).value
						have = append(have, parts(v)...)
					}
					require.True(t, within(append(typed, strings.Fields(text)...), have), "lost: %v\nmain: %q", lost(protocol.Strings(typed), protocol.Strings(have)), kept)
					require.LessOrEqual(t, len(s.branches), 1, "one branch at most")
					if kind == protocol.KindNote {
						require.Empty(t, s.branches, "a note never diverges")
					}
				})
			})
		}
	}
}

// TestLiveRoomNeverSeesABranch: everybody is connected, with late frames; nobody edits another's prompts or deletes what
// another writes in. Notes are everybody's.
func TestLiveRoomNeverSeesABranch(t *testing.T) {
	t.Parallel()
	for seed := range uint64(convergeSeeds / 5) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				h := &house{t: t, store: newMemStore()}
				h.registry = NewRegistry(h.store, Config{})
				defer func() { require.NoError(t, h.registry.Close(context.Background())) }()
				rng := rand.New(rand.NewPCG(seed, 2))
				owners := make(map[string]*client)
				var clients []*client
				for i := range 2 + rng.IntN(4) {
					clients = append(clients, newClient(h.join(fmt.Sprint("c", i)), rng))
				}
				for range 120 {
					c := clients[rng.IntN(len(clients))]
					c.editLive(owners)
					if rng.IntN(3) == 0 {
						time.Sleep(time.Duration(rng.IntN(300)) * time.Millisecond)
						c.takeAnswers()
					}
				}
				for range 100 {
					for _, c := range clients {
						c.takeAnswers()
					}
				}
				for _, c := range clients {
					require.Empty(t, c.pending)
					require.Equal(t, canvasOf(h.room().state), c.canvas())
				}
				for _, b := range h.room().state.BranchInfos() {
					require.False(t, b.Diverged, "%+v", b)
				}
			})
		})
	}
}

// editLive is what people do who respect each other's prompts.
func (c *client) editLive(owners map[string]*client) {
	own := func(kinds ...protocol.Kind) (string, bool) {
		return c.one(slices.DeleteFunc(c.visible("", kinds...), func(rec string) bool { return owners[rec] != c }))
	}
	switch n := c.rng.IntN(12); {
	case c.stay != nil && n < 8:
		c.keystroke()
	case n < 2:
		writes := c.newRecord()
		if kind, _ := writes[0].Value.AsString(); kind != string(protocol.KindNote) {
			owners[writes[0].Record] = c
		}
		c.write(writes...)
	case n < 4:
		c.enter(c.one(c.visible("", protocol.KindNote)))
	case n < 6:
		c.enter(own(protocol.KindPrompt))
	case n == 6:
		if rec, ok := own(protocol.KindPrompt); ok {
			c.write(c.request(rec))
		}
	case n == 7:
		if rec, ok := own(protocol.KindPrompt, protocol.KindFrame); ok && (c.stay == nil || c.stay.record != rec) && !c.tagged(rec) {
			c.write(cellOf(rec, protocol.PropDeleted, protocol.Bool(true)))
		}
	case n == 8:
		c.tagNote()
	case n == 9:
		c.nest()
	default:
		c.move()
	}
}

// tagged tells whether others may be at a record's tags.
func (c *client) tagged(rec string) bool { return !c.shown("", rec, "tags").Absent() }

func (c *client) tagNote() {
	if rec, ok := c.one(c.visible("", protocol.KindNote)); ok {
		c.write(cellOf(rec, "tags", protocol.Strings(append(slices.Clone(c.shown("", rec, "tags").AsStrings()), c.name1("t")))))
	}
}
