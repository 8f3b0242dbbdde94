package rooms

import (
	"sync"
	"unique"

	"github.com/tinylib/msgp/msgp"

	"atelier/protocol"
)

// Record is a record as it is read from outside the actor.
type Record struct {
	ID    string
	Kind  string
	Props map[string]protocol.Value
}

// cell is one (record, prop): what it holds, the revision that wrote it and the session that did. Rooms hold very many,
// so the names of props are kept once.
type cell struct {
	prop    unique.Handle[string]
	value   protocol.Value
	rev     int64
	session uint32 // index into State.authors
}

// record is copied before it is written unless its generation is the state's: then nobody outside the actor holds it.
type record struct {
	id    string
	kind  protocol.Kind
	cells []cell // few, so found by a scan; the life of the record is the cell PropDeleted
	page  int32  // index into State.pages
	gen   uint32
}

func (c *cell) name() string { return c.prop.Value() }

// size is the encoded size of all values, in bytes.
func (r *record) size() int {
	n := 0
	for i := range r.cells {
		n += len(r.cells[i].value)
	}
	return n
}

func (r *record) cell(prop string) *cell {
	for i := range r.cells {
		if r.cells[i].name() == prop {
			return &r.cells[i]
		}
	}
	return nil
}

func (r *record) value(prop string) protocol.Value {
	if c := r.cell(prop); c != nil {
		return c.value
	}
	return ""
}

func (r *record) deleted() bool {
	gone, _ := r.value(protocol.PropDeleted).AsBool()
	return gone
}

// set writes a cell. The same value again keeps its revision and author: nobody can be surprised by it.
func (r *record) set(prop string, v protocol.Value, rev int64, session uint32) {
	if v == protocol.Nil {
		v = ""
	}
	c := r.cell(prop)
	if c == nil {
		r.cells = append(r.cells, cell{prop: unique.Make(prop), value: v, rev: rev, session: session})
		return
	}
	if c.value == v {
		return
	}
	c.value, c.rev, c.session = v, rev, session
}

func (r *record) clone(gen uint32) *record {
	c := *r
	c.cells = append(make([]cell, 0, len(r.cells)+1), r.cells...)
	c.gen = gen
	return &c
}

func (r *record) props() map[string]protocol.Value {
	props := make(map[string]protocol.Value, len(r.cells))
	for i := range r.cells {
		if !r.cells[i].value.Absent() {
			props[r.cells[i].name()] = r.cells[i].value
		}
	}
	return props
}

func (r *record) appendTo(b []byte) []byte {
	n := 0
	for i := range r.cells {
		if !r.cells[i].value.Absent() {
			n++
		}
	}
	b = protocol.AppendRecord(b, r.id, string(r.kind), n)
	for i := range r.cells {
		if c := &r.cells[i]; !c.value.Absent() {
			b = msgp.AppendString(b, c.name())
			b = append(b, c.value...)
		}
	}
	return b
}

// A page takes no further record at pageRecords, or when it holds pageBytes of values.
const (
	pageRecords = 64
	pageBytes   = 128 << 10
)

// page holds some records. A page that a snapshot shares is immutable, and is encoded once, by whoever needs it first.
type page struct {
	records []*record
	gen     uint32

	once   sync.Once
	frames []*protocol.Frame
}

func (p *page) bytes() int {
	n := 0
	for _, r := range p.records {
		n += r.size()
	}
	return n
}

// encoded is the page as snapshot messages of at most [protocol.SnapshotChunk] bytes, without deleted records: one
// message nearly always, none when nothing lives on the page. Only for pages that a snapshot shares.
func (p *page) encoded() []*protocol.Frame {
	p.once.Do(func() {
		var chunk []*record
		size := 0
		for _, r := range p.records {
			if r.deleted() {
				continue
			}
			n := r.size() + recordOverhead + len(r.cells)*propOverhead
			if size+n > protocol.SnapshotChunk {
				p.frames = append(p.frames, encodeRecords(chunk, size))
				chunk, size = nil, 0
			}
			chunk = append(chunk, r)
			size += n
		}
		if len(chunk) > 0 {
			p.frames = append(p.frames, encodeRecords(chunk, size))
		}
	})
	return p.frames
}

// Encoded sizes beside the values, rounded up: an id and a kind; a prop's name.
const (
	recordOverhead = 64 + 70
	propOverhead   = 66
)

func encodeRecords(records []*record, size int) *protocol.Frame {
	b := protocol.AppendSnapshot(protocol.NewBuffer(size), len(records))
	for _, r := range records {
		b = r.appendTo(b)
	}
	return protocol.Seal(b)
}
