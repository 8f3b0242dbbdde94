package rooms

import (
	"fmt"
	"slices"

	"atelier/protocol"
)

// author is who wrote a cell: a session and its user.
type author struct {
	session string
	user    string
}

// State is a room's canvas at a revision. It is pure: no goroutine, no clock, no I/O; [State.judge] turns a change into
// a row without touching the state, [State.commit] applies rows that are durable. One goroutine owns it; what
// [State.share] hands out is immutable and may be read by any.
type State struct {
	schema *protocol.Schema
	limits protocol.Limits

	rev        int64
	lastChange string // id of the change that has rev
	records    map[string]*record
	live       int // records that are not deleted
	bytes      int // encoded size of all values
	pages      []*page
	authors    []author
	authorOf   map[author]uint32

	// gen counts the snapshots handed out. A record or page of an older generation is shared and copied before it is
	// written, so that a joiner never blocks the actor and sees one revision.
	gen uint64
}

// NewState is an empty canvas at revision 0. All rooms share one schema.
func NewState(schema *protocol.Schema) *State {
	return &State{
		schema:   schema,
		limits:   schema.Limits(),
		records:  make(map[string]*record),
		authorOf: make(map[author]uint32),
	}
}

// commit applies a durable row. Rows come in order and without gaps; anything else is a broken store.
func (s *State) commit(row *Row) error {
	if row.Rev != s.rev+1 {
		return fmt.Errorf("commit revision %d on %d: the log has a gap", row.Rev, s.rev)
	}
	by := s.author(row.Session, row.User)
	for i := range row.Writes {
		s.apply(&row.Writes[i], row.Rev, by)
	}
	s.rev = row.Rev
	s.lastChange = row.ID
	return nil
}

func (s *State) apply(w *protocol.Write, rev int64, by uint32) {
	r := s.records[w.Record]
	if w.Prop == protocol.PropKind {
		if kind, ok := w.Value.AsString(); ok && r == nil {
			s.add(&record{id: w.Record, kind: protocol.Kind(kind)})
		}
		return
	}
	if r == nil {
		return
	}
	r = s.writable(r)
	was, size := r.deleted(), r.bytes
	r.set(w.Prop, w.Value, rev, by)
	s.bytes += r.bytes - size
	if now := r.deleted(); now != was {
		if now {
			s.live--
		} else {
			s.live++
		}
	}
}

func (s *State) author(session, user string) uint32 {
	a := author{session, user}
	i, ok := s.authorOf[a]
	if !ok {
		i = uint32(len(s.authors)) //nolint:gosec // sessions of one room
		s.authors = append(s.authors, a)
		s.authorOf[a] = i
	}
	return i
}

// add puts a new record in the last page, or in a new one when that is full.
func (s *State) add(r *record) {
	last := len(s.pages) - 1
	if last < 0 || len(s.pages[last].records) >= pageRecords || s.pages[last].bytes() >= pageBytes {
		s.pages = append(s.pages, &page{gen: s.gen, records: make([]*record, 0, pageRecords)})
		last++
	}
	r.page, r.slot, r.gen = last, len(s.pages[last].records), s.gen
	p := s.writablePage(last)
	p.records = append(p.records, r)
	s.records[r.id] = r
	if !r.deleted() {
		s.live++
	}
	s.bytes += r.bytes
}

// writable is r, or a copy of it in its place when a snapshot shares it.
func (s *State) writable(r *record) *record {
	if r.gen == s.gen {
		return r
	}
	c := r.clone(s.gen)
	s.writablePage(r.page).records[r.slot] = c
	s.records[r.id] = c
	return c
}

func (s *State) writablePage(i int) *page {
	p := s.pages[i]
	if p.gen == s.gen {
		return p
	}
	c := &page{gen: s.gen, records: append(make([]*record, 0, pageRecords), p.records...)}
	s.pages[i] = c
	return c
}

// Snapshot is a canvas at one revision, immutable and cheap: it shares its pages with the state it was taken from.
type Snapshot struct {
	Rev        int64
	LastChange string
	pages      []*page
	authors    []author
}

// share takes a snapshot. From now on the state copies what it writes.
func (s *State) share() Snapshot {
	s.gen++
	return Snapshot{
		Rev:        s.rev,
		LastChange: s.lastChange,
		pages:      append([]*page(nil), s.pages...),
		authors:    slices.Clip(s.authors),
	}
}

// Records lists the live records of a snapshot.
func (s Snapshot) Records() []Record {
	var out []Record
	for _, p := range s.pages {
		for _, r := range p.records {
			if !r.deleted() {
				out = append(out, Record{ID: r.id, Kind: string(r.kind), Props: r.props()})
			}
		}
	}
	return out
}
