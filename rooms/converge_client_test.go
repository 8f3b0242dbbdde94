package rooms

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/stretchr/testify/require"

	"atelier/protocol"
)

// client is a guest that works as a real client does: it keeps what it sent until it is answered, over lost sockets and
// kills; it knows the basis and the base of everything it writes; it works on, and on branches, while it is offline.
type client struct {
	*guest
	rng     *rand.Rand
	online  bool
	offline string // the episode since the connection was lost
	pending []*sending
	asked   map[uint64]string                // request → change id
	copies  map[string]int                   // change id → how often it was sent
	acked   map[string]protocol.ChangeResult // by change id
	refused map[string]*protocol.Error
	sent    map[string]protocol.Change // all that it ever made
	stay    *typing
	looks   string // the branch that it works on; "" is main
	own     []piece
	n       int
}

// sending is a change that is not answered yet.
type sending struct {
	protocol.Change

	touched map[string]bool // two changes that share one keep their order
	asked   bool            // on the present socket
}

// typing is a stay in a text field: its author sees what it typed, whatever comes in.
type typing struct {
	episode, branch, record, prop, text string
	base                                int64
	left                                int
	fixed                               bool // the base is that of the beginning; else the newest that the text is known to rest on
}

// piece is own work that can be taken back.
type piece struct {
	change string
	branch string
	back   []protocol.Write
	merge  bool
}

func newClient(g *guest, rng *rand.Rand) *client {
	return &client{
		guest: g, rng: rng, online: true, asked: make(map[uint64]string), copies: make(map[string]int), acked: make(map[string]protocol.ChangeResult),
		refused: make(map[string]*protocol.Error), sent: make(map[string]protocol.Change),
	}
}

func (c *client) name1(what string) string {
	c.n++
	return fmt.Sprintf("%s-%s%d", c.name, what, c.n)
}

// ---- what it sees

// shown is a cell of a branch as the client shows it, own pending changes included.
func (c *client) shown(branch, record, prop string) protocol.Value {
	if p := c.newest(branch, record, prop); p != nil {
		for _, w := range slices.Backward(p.Writes) {
			if w.Record == record && w.Prop == prop {
				return stored(w.Value)
			}
		}
	}
	value, _ := c.committed(branch, record, prop)
	return value
}

func (c *client) newest(branch, record, prop string) *sending {
	for _, p := range slices.Backward(c.pending) {
		if p.Branch == branch && slices.ContainsFunc(p.Writes, func(w protocol.Write) bool { return w.Record == record && w.Prop == prop }) {
			return p
		}
	}
	return nil
}

// committed is what stands in a cell, and the revision that wrote it; 0 when that is not known.
func (c *client) committed(branch, record, prop string) (protocol.Value, int64) {
	if w, ok := c.aside[branch][[2]string{record, prop}]; ok && branch != "" {
		return w.Value, c.wrote[[3]string{branch, record, prop}]
	}
	return c.records[record][prop], c.wrote[[3]string{"", record, prop}]
}

func (c *client) kindOf(branch, record string) protocol.Kind {
	if k, ok := c.kinds[record]; ok {
		return protocol.Kind(k)
	}
	s, _ := c.shown(branch, record, protocol.PropKind).AsString()
	return protocol.Kind(s)
}

// visible lists the records of some kinds that the branch shows.
func (c *client) visible(branch string, kinds ...protocol.Kind) []string {
	found := make(map[string]bool)
	for id := range c.records {
		found[id] = true
	}
	for key := range c.aside[branch] {
		found[key[0]] = true
	}
	for _, p := range c.pending {
		if p.Branch == branch {
			for i := range p.Writes {
				found[p.Writes[i].Record] = true
			}
		}
	}
	return slices.DeleteFunc(slices.Sorted(maps.Keys(found)), func(id string) bool {
		gone, _ := c.shown(branch, id, protocol.PropDeleted).AsBool()
		return gone || !slices.Contains(kinds, c.kindOf(branch, id))
	})
}

func (c *client) one(list []string) (string, bool) {
	if len(list) == 0 {
		return "", false
	}
	return list[c.rng.IntN(len(list))], true
}

// ---- what it writes

// based gives every write its basis, and the change its base: a value that does not stand any more was seen before the
// revision that replaced it.
func (c *client) based(branch string, writes []protocol.Write) int64 {
	base := c.rev
	for i := range writes {
		w := &writes[i]
		prop, ok := testSchema.Prop(c.kindOf(branch, w.Record), w.Prop)
		if !ok || prop.Policy == protocol.PolicyLWW {
			continue
		}
		basis := c.shown(branch, w.Record, w.Prop)
		if w.Basis == "" {
			w.Basis = cmp.Or(basis, protocol.Nil)
		}
		base = min(base, c.baseOf(branch, w))
	}
	return base
}

func (c *client) baseOf(branch string, w *protocol.Write) int64 {
	if own := c.newest(branch, w.Record, w.Prop); own != nil {
		return own.Base
	}
	value, rev := c.committed(branch, w.Record, w.Prop)
	if same(value, w.Basis) {
		return c.rev
	}
	return max(0, rev-1)
}

var testSchema = protocol.NewSchema(protocol.DefaultLimits())

// make gives a change to the sender.
func (c *client) make(change protocol.Change) {
	change.ID = id(c.name1("change"))
	if change.Base == 0 {
		change.Base = c.based(change.Branch, change.Writes)
	}
	if !c.online && change.Merge == nil && change.Undo == "" {
		change.Episode = c.offline
	}
	p := &sending{Change: change, touched: make(map[string]bool)}
	for i := range change.Writes {
		w := &change.Writes[i]
		p.touched[w.Record] = true
		if s, ok := w.Value.AsString(); ok && protocol.ValidID(s) {
			p.touched[s] = true
		}
	}
	if change.Branch != "" {
		p.touched[change.Branch] = true
	}
	if change.Undo == "" && change.Merge == nil {
		c.remember(&change)
	}
	c.pending = append(c.pending, p)
	c.sent[change.ID] = change
	c.pump()
}

// remember keeps what takes a change back: the values before, where those that it leaves still stand.
func (c *client) remember(change *protocol.Change) {
	p := piece{change: change.ID, branch: change.Branch}
	for i := range change.Writes {
		w := &change.Writes[i]
		if w.Prop == protocol.PropKind {
			return
		}
		p.back = append(p.back, protocol.Write{
			Record: w.Record, Prop: w.Prop, Basis: cmp.Or(stored(w.Value), protocol.Nil),
			Value: cmp.Or(c.shown(change.Branch, w.Record, w.Prop), protocol.Nil),
		})
	}
	c.own = append(c.own, p)
}

// pump sends what may be under way: in order, what touches a common record one after the other, a merge alone.
func (c *client) pump() {
	if !c.online {
		return
	}
	busy := make(map[string]bool)
	for i, p := range c.pending {
		alone := len(p.Writes) == 0
		if alone && i > 0 {
			return
		}
		free := !slices.ContainsFunc(slices.Collect(maps.Keys(p.touched)), func(id string) bool { return busy[id] })
		if free && !p.asked {
			p.asked = true
			c.ask(p.Change)
			if c.rng.IntN(6) == 0 {
				c.ask(p.Change) // twice
			}
		}
		maps.Copy(busy, p.touched)
		if alone {
			return
		}
	}
}

func (c *client) ask(change protocol.Change) {
	c.req++
	c.asked[c.req] = change.ID
	c.copies[change.ID]++
	change.Writes = slices.Clone(change.Writes)
	c.h.room().Change(c.m, c.req, change)
}

// takeAnswers settles what was answered; retryable refusals are sent again.
func (c *client) takeAnswers() {
	c.sync()
	for req, result := range c.oks {
		name := c.asked[req]
		if before, ok := c.acked[name]; ok {
			require.Equal(c.t, before, result, "the same id gets the first result")
		} else {
			c.settle(name)
			c.moved(name, result)
		}
		c.acked[name] = result
	}
	for req, e := range c.errs {
		name := c.asked[req]
		if _, ok := c.acked[name]; ok {
			continue
		}
		if !e.Retryable {
			c.refused[name] = e
			c.settle(name)
			continue
		}
		for _, p := range c.pending {
			if p.ID == name {
				p.asked = false
			}
		}
	}
	clear(c.oks)
	clear(c.errs)
	c.pump()
}

func (c *client) settle(change string) {
	c.pending = slices.DeleteFunc(c.pending, func(p *sending) bool { return p.ID == change })
}

// moved tells the own history where a change was kept.
func (c *client) moved(change string, result protocol.ChangeResult) {
	if c.sent[change].Merge != nil {
		c.own = append(c.own, piece{change: change, merge: true})
	}
	for i := range c.own {
		if c.own[i].change == change && result.Branched != nil {
			c.own[i].branch = result.Branched.Branch
		}
	}
}

// loseSocket ends the stream; what it still had is lost.
func (c *client) loseSocket() {
	if c.online {
		c.h.room().Detach(c.m, c.out)
		c.online, c.offline = false, c.name1("offline")
	}
}

func (c *client) reconnect() {
	c.online, c.offline = true, ""
	for _, p := range c.pending {
		p.asked = false
	}
	clear(c.oks)
	clear(c.errs)
	c.attach(resumeOf(c.replica))
	c.takeAnswers()
}

// ---- texts

// word is one that nobody else has, and that has little in common with others, so that no merge by characters mixes them.
func (c *client) word() string {
	sum := sha256.Sum256([]byte(c.name1("word")))
	letters := make([]byte, 10)
	for i := range letters {
		letters[i] = 'a' + sum[i]%26
	}
	return string(letters)
}

func insertWord(rng *rand.Rand, text, word string) string {
	words := strings.Fields(text)
	return strings.Join(slices.Insert(words, rng.IntN(len(words)+1), word), " ")
}

func dropWord(rng *rand.Rand, text string) string {
	words := strings.Fields(text)
	if len(words) == 0 {
		return text
	}
	at := rng.IntN(len(words))
	return strings.Join(slices.Delete(words, at, at+1), " ")
}
