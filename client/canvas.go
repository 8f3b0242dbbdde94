package client

import (
	"fmt"
	"maps"

	"github.com/tinylib/msgp/msgp"

	"atelier/protocol"
)

// Record is a record of the replica as it was when it was asked for.
type Record struct {
	ID    string                    `json:"id"`
	Kind  protocol.Kind             `json:"kind"`
	Props map[string]protocol.Value `json:"props"`
}

// Text is the string that a prop holds, "" when it holds none.
func (r Record) Text(prop string) string {
	s, _ := r.Props[prop].AsString()
	return s
}

// Number is the number that a prop holds, 0 when it holds none.
func (r Record) Number(prop string) float64 {
	f, _ := r.Props[prop].AsNumber()
	return f
}

// canvas is the replica: records of main and the overlays of all branches at a revision. What was deleted is
// kept aside: a restore brings all props, and only those that differ are new.
type canvas struct {
	epoch      string
	rev        int64 // −1: not known yet, a snapshot is arriving
	lastChange string
	records    map[string]*Record            // live
	gone       map[string]*Record            // deleted since the snapshot
	overlays   map[string]map[string]overlay // by branch and record
	written    written
}

func newCanvas(epoch string, schema *protocol.Schema) *canvas {
	return &canvas{
		epoch: epoch, rev: -1, records: make(map[string]*Record), gone: make(map[string]*Record), overlays: make(map[string]map[string]overlay),
		written: written{schema: schema, revs: make(map[cell]int64)},
	}
}

// apply takes a change at its place in the order. Changes the replica has are ignored; applied tells.
func (c *canvas) apply(ch *protocol.Committed) (applied bool, err error) {
	switch {
	case c.rev < 0:
		c.written.since = ch.Rev - 1 // the first change after a snapshot's pages names their revision
	case ch.Rev <= c.rev:
		return false, nil
	case ch.Rev != c.rev+1:
		return false, fmt.Errorf("change %d after %d: the stream has a gap", ch.Rev, c.rev)
	}
	c.writeAll(ch.Branch, ch.Writes, ch.Rev)
	for i := range ch.Also {
		c.writeAll(ch.Also[i].Branch, ch.Also[i].Writes, ch.Rev)
	}
	c.rev, c.lastChange = ch.Rev, ch.ID
	return true, nil
}

func (c *canvas) writeAll(branch string, writes []protocol.Write, rev int64) {
	for i := range writes {
		w := &writes[i]
		// The same value again, as a restored record brings it, writes nothing new.
		stood, _ := c.standing(branch, w.Record, w.Prop)
		if branch == "" {
			c.write(w)
		} else {
			c.overlay(branch, w)
		}
		if now, at := c.standing(branch, w.Record, w.Prop); now != stood || at.branch != branch {
			c.written.note(c.kindOf(branch, w.Record), cell{branch, w.Record, w.Prop}, rev)
		}
	}
}

// kindOf is the kind of a record that main or the branch has, "" when neither has it.
func (c *canvas) kindOf(branch, record string) protocol.Kind {
	if r := c.records[record]; r != nil {
		return r.Kind
	}
	kind, _ := c.overlays[branch][record].kind()
	return kind
}

func (c *canvas) write(w *protocol.Write) {
	r := c.records[w.Record]
	if w.Prop == protocol.PropKind {
		c.begin(w)
		return
	}
	if r == nil {
		if r = c.gone[w.Record]; r == nil {
			return
		}
	}
	if w.Prop == protocol.PropDeleted {
		if gone, _ := w.Value.AsBool(); gone {
			c.gone[w.Record] = r
			delete(c.records, w.Record)
			return
		}
	}
	if w.Value.Absent() {
		delete(r.Props, w.Prop)
		return
	}
	r.Props[w.Prop] = w.Value
}

// begin makes a record, or brings a deleted one back.
func (c *canvas) begin(w *protocol.Write) {
	kind, ok := w.Value.AsString()
	if !ok || c.records[w.Record] != nil {
		return
	}
	r := c.gone[w.Record]
	if r == nil {
		r = &Record{ID: w.Record, Kind: protocol.Kind(kind), Props: make(map[string]protocol.Value)}
	}
	delete(c.gone, w.Record)
	c.records[w.Record] = r
}

// awaits tells whether a snapshot is arriving.
func (c *canvas) awaits() bool { return c != nil && c.rev < 0 }

// page reads n records of a snapshot message.
func (c *canvas) page(b []byte, n uint32) error {
	if !c.awaits() {
		return protocol.ErrMalformed
	}
	for ; n > 0; n-- {
		parts, rest, err := msgp.ReadArrayHeaderBytes(b)
		if err != nil || parts != 3 {
			return protocol.ErrMalformed
		}
		r := &Record{}
		if r.ID, rest, err = msgp.ReadStringBytes(rest); err != nil {
			return protocol.ErrMalformed
		}
		var kind string
		if kind, rest, err = msgp.ReadStringBytes(rest); err != nil {
			return protocol.ErrMalformed
		}
		r.Kind = protocol.Kind(kind)
		if r.Props, b, err = readProps(rest); err != nil {
			return err
		}
		c.records[r.ID] = r
	}
	return nil
}

func readProps(b []byte) (props map[string]protocol.Value, rest []byte, err error) {
	n, b, err := msgp.ReadMapHeaderBytes(b)
	if err != nil || int(n) > len(b) {
		return nil, nil, protocol.ErrMalformed
	}
	props = make(map[string]protocol.Value, n)
	for ; n > 0; n-- {
		var name string
		if name, b, err = msgp.ReadStringBytes(b); err != nil {
			return nil, nil, protocol.ErrMalformed
		}
		if rest, err = msgp.Skip(b); err != nil {
			return nil, nil, protocol.ErrMalformed
		}
		props[name], b = protocol.Value(b[:len(b)-len(rest)]), rest
	}
	return props, b, nil
}

func (r Record) clone() Record {
	r.Props = maps.Clone(r.Props)
	return r
}
