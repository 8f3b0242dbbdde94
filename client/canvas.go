package client

import (
	"fmt"
	"maps"

	"github.com/tinylib/msgp/msgp"

	"atelier/protocol"
)

// Record is a record of the replica as it was when it was asked for.
type Record struct {
	ID    string
	Kind  protocol.Kind
	Props map[string]protocol.Value
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

// canvas is the replica: live records at a revision. Deleted records are dropped, because a restore brings all props.
type canvas struct {
	epoch      string
	rev        int64 // −1: not known yet, a snapshot is arriving
	lastChange string
	records    map[string]*Record
}

func newCanvas(epoch string) *canvas {
	return &canvas{epoch: epoch, rev: -1, records: make(map[string]*Record)}
}

// apply takes a change at its place in the order. Changes the replica has are ignored; applied tells.
func (c *canvas) apply(ch *protocol.Committed) (applied bool, err error) {
	switch {
	case c.rev < 0:
		// The first change after a snapshot's pages names the revision of the pages.
	case ch.Rev <= c.rev:
		return false, nil
	case ch.Rev != c.rev+1:
		return false, fmt.Errorf("change %d after %d: the stream has a gap", ch.Rev, c.rev)
	}
	for i := range ch.Writes {
		c.write(&ch.Writes[i])
	}
	c.rev, c.lastChange = ch.Rev, ch.ID
	return true, nil
}

func (c *canvas) write(w *protocol.Write) {
	r := c.records[w.Record]
	if w.Prop == protocol.PropKind {
		if kind, ok := w.Value.AsString(); ok && r == nil {
			c.records[w.Record] = &Record{ID: w.Record, Kind: protocol.Kind(kind), Props: make(map[string]protocol.Value)}
		}
		return
	}
	if r == nil {
		return // deleted: what is written to it shows when it is restored
	}
	if w.Prop == protocol.PropDeleted {
		if gone, _ := w.Value.AsBool(); gone {
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

// page reads n records of a snapshot message.
func (c *canvas) page(b []byte, n uint32) error {
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
