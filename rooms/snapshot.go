package rooms

import (
	"fmt"

	"github.com/tinylib/msgp/msgp"

	"atelier/protocol"
)

// snapshotVersion is the first element of a stored snapshot.
const snapshotVersion = 1

// Encode writes a snapshot for the store:
//
//	[version rev last_change [[session user]…] n-records] then n times [id kind [prop value rev author]…]
//
// It holds what the wire's snapshot has not: revisions and authors of cells, and deleted records, so that nothing deleted
// comes back by accident and a deletion can be undone.
func (s Snapshot) Encode() []byte {
	size, n := 64, 0
	for _, p := range s.pages {
		size += p.bytes() + len(p.records)*256
		n += len(p.records)
	}
	b := msgp.AppendArrayHeader(make([]byte, 0, size), 5)
	b = msgp.AppendInt(b, snapshotVersion)
	b = msgp.AppendInt64(b, s.Rev)
	b = msgp.AppendString(b, s.LastChange)
	b = msgp.AppendArrayHeader(b, uint32(len(s.authors))) //nolint:gosec // sessions of one room
	for _, a := range s.authors {
		b = msgp.AppendString(msgp.AppendString(msgp.AppendArrayHeader(b, 2), a.session), a.user)
	}
	b = msgp.AppendInt(b, n)
	for _, p := range s.pages {
		for _, r := range p.records {
			b = appendStored(b, r)
		}
	}
	return b
}

func appendStored(b []byte, r *record) []byte {
	b = msgp.AppendArrayHeader(b, uint32(2+len(r.cells))) //nolint:gosec // props of a record
	b = msgp.AppendString(b, r.id)
	b = msgp.AppendString(b, string(r.kind))
	for i := range r.cells {
		c := &r.cells[i]
		b = msgp.AppendArrayHeader(b, 4)
		b = msgp.AppendString(b, c.prop)
		if c.value == "" {
			b = msgp.AppendNil(b)
		} else {
			b = append(b, c.value...)
		}
		b = msgp.AppendUint32(msgp.AppendInt64(b, c.rev), c.session)
	}
	return b
}

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
	if n := read(d, msgp.ReadArrayHeaderBytes); d.err == nil && n != 5 {
		d.err = protocol.ErrMalformed
	}
	if v := read(d, msgp.ReadIntBytes); d.err == nil && v != snapshotVersion {
		d.err = fmt.Errorf("snapshot version %d is not known", v)
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
	intern := make(map[string]string) // prop names, so that each is in memory once
	for range read(d, msgp.ReadIntBytes) {
		r := d.record(intern)
		if d.err != nil {
			return
		}
		s.add(r)
	}
}

func (d *decoder) record(intern map[string]string) *record {
	n := read(d, msgp.ReadArrayHeaderBytes)
	r := &record{id: read(d, msgp.ReadStringBytes), kind: protocol.Kind(read(d, msgp.ReadStringBytes))}
	if d.err != nil || n < 2 || int(n) > len(d.b) {
		d.fail()
		return r
	}
	r.cells = make([]cell, 0, n-2)
	for range n - 2 {
		read(d, msgp.ReadArrayHeaderBytes)
		prop := read(d, msgp.ReadStringBytes)
		if known, ok := intern[prop]; ok {
			prop = known
		} else {
			intern[prop] = prop
		}
		c := cell{prop: prop, value: d.value(), rev: read(d, msgp.ReadInt64Bytes), session: read(d, msgp.ReadUint32Bytes)}
		r.cells = append(r.cells, c)
		r.bytes += len(c.value)
	}
	return r
}

func (d *decoder) value() protocol.Value {
	if d.err != nil {
		return ""
	}
	rest, err := msgp.Skip(d.b)
	if err != nil {
		d.err = err
		return ""
	}
	v := protocol.Value(d.b[:len(d.b)-len(rest)])
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
