package rooms

import (
	"fmt"
	"unique"

	"github.com/tinylib/msgp/msgp"

	"atelier/protocol"
)

// Restore builds the state that a store knows: its snapshot and the rows after it.
func Restore(schema *protocol.Schema, stored Stored) (*State, error) {
	s := NewState(schema)
	if stored.Snapshot != nil {
		d := decoder{b: stored.Snapshot}
		d.state(s)
		if d.err != nil {
			return nil, fmt.Errorf("decode snapshot at %d: %w", stored.SnapshotAt, d.err)
		}
		if s.rev != stored.SnapshotAt {
			return nil, fmt.Errorf("snapshot is at %d, not at %d", s.rev, stored.SnapshotAt)
		}
	}
	for i := range stored.Rows {
		if err := s.commit(&stored.Rows[i]); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// decoder reads a stored snapshot; after the first error everything it reads is zero.
type decoder struct {
	b   []byte
	err error
}

func read[T any](d *decoder, f func([]byte) (T, []byte, error)) (v T) {
	if d.err == nil {
		v, d.b, d.err = f(d.b)
	}
	return v
}

func (d *decoder) state(s *State) {
	read(d, msgp.ReadArrayHeaderBytes)
	version := read(d, msgp.ReadIntBytes)
	if d.err == nil && version != snapshotVersion && version != 1 {
		d.err = fmt.Errorf("snapshot version %d is not known", version)
	}
	s.rev = read(d, msgp.ReadInt64Bytes)
	s.lastChange = read(d, msgp.ReadStringBytes)
	for range read(d, msgp.ReadArrayHeaderBytes) {
		read(d, msgp.ReadArrayHeaderBytes)
		session, user := read(d, msgp.ReadStringBytes), read(d, msgp.ReadStringBytes)
		if d.err != nil {
			return
		}
		s.author(session, user)
	}
	records, branches, merges := read(d, msgp.ReadIntBytes), 0, 0
	if version > 1 {
		branches, merges = read(d, msgp.ReadIntBytes), read(d, msgp.ReadIntBytes)
	}
	intern := make(interned)
	for range records {
		r := d.record(intern)
		if d.err != nil {
			return
		}
		s.add(r)
	}
	for range branches {
		d.branch(s, intern)
	}
	for range merges {
		d.merge(s)
	}
}

// interned are names and short values, which come again and again, so that each is in memory once.
type interned map[string]string

// What is longer is not looked for; more than that many different ones are not remembered.
const (
	internBytes = 32
	internMost  = 1 << 14
)

func (n interned) of(b []byte) string {
	if len(b) > internBytes {
		return string(b)
	}
	if first, ok := n[string(b)]; ok {
		return first
	}
	s := string(b)
	if len(n) < internMost {
		n[s] = s
	}
	return s
}

func (d *decoder) prop(known interned) string { return known.of(read(d, msgp.ReadStringZC)) }

func (d *decoder) record(intern interned) *record {
	n := read(d, msgp.ReadArrayHeaderBytes)
	r := &record{id: read(d, msgp.ReadStringBytes), kind: protocol.Kind(read(d, msgp.ReadStringBytes))}
	if d.err != nil || n < 2 || int(n) > len(d.b) {
		d.fail()
		return r
	}
	r.cells = make([]cell, 0, n-2)
	for range n - 2 {
		read(d, msgp.ReadArrayHeaderBytes)
		prop := unique.Make(d.prop(intern))
		c := cell{prop: prop, value: d.value(intern), rev: read(d, msgp.ReadInt64Bytes), session: read(d, msgp.ReadUint32Bytes)}
		r.cells = append(r.cells, c)
	}
	return r
}

func (d *decoder) branch(s *State, intern interned) {
	read(d, msgp.ReadArrayHeaderBytes)
	b := s.branches[read(d, msgp.ReadStringBytes)]
	if b == nil {
		d.fail()
		return
	}
	b.stay = stay{read(d, msgp.ReadStringBytes), read(d, msgp.ReadStringBytes)}
	if b.stay != (stay{}) {
		if other := s.stays[b.stay]; other == "" || s.records[other].begun() < s.records[b.id].begun() {
			s.stays[b.stay] = b.id
		}
	}
	b.activeAt = read(d, msgp.ReadInt64Bytes)
	for range read(d, msgp.ReadArrayHeaderBytes) {
		if b.gestures = append(b.gestures, read(d, msgp.ReadStringBytes)); d.err != nil {
			return
		}
	}
	for range read(d, msgp.ReadArrayHeaderBytes) {
		n := read(d, msgp.ReadArrayHeaderBytes)
		if n < 1 || int(n) > len(d.b) {
			d.fail()
			return
		}
		o := s.writableOverlay(b, nil, read(d, msgp.ReadStringBytes))
		o.cells = make([]overlayCell, 0, n-1)
		for range n - 1 {
			read(d, msgp.ReadArrayHeaderBytes)
			o.cells = append(o.cells, overlayCell{
				prop: d.prop(intern), value: d.value(intern), base: d.value(intern),
				rev: read(d, msgp.ReadInt64Bytes), baseRev: read(d, msgp.ReadInt64Bytes), author: read(d, msgp.ReadUint32Bytes),
			})
		}
		b.cells += len(o.cells)
		b.bytes += o.bytes()
		if _, own := o.kind(); own {
			s.aside++
		}
	}
}

func (d *decoder) merge(s *State) {
	read(d, msgp.ReadArrayHeaderBytes)
	var m Row
	m.ID, m.Rev = read(d, msgp.ReadStringBytes), read(d, msgp.ReadInt64Bytes)
	m.Merged, m.Base = read(d, msgp.ReadStringBytes), read(d, msgp.ReadInt64Bytes)
	m.Writes, m.Also = d.logged()
	s.merges = append(s.merges, &m)
}

func (d *decoder) value(known interned) protocol.Value {
	if d.err != nil {
		return ""
	}
	rest, err := msgp.Skip(d.b)
	if err != nil {
		d.err = err
		return ""
	}
	v := protocol.Value(known.of(d.b[:len(d.b)-len(rest)]))
	d.b = rest
	if v == protocol.Nil {
		return ""
	}
	return v
}

func (d *decoder) fail() {
	if d.err == nil {
		d.err = protocol.ErrMalformed
	}
}
