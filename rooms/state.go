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
	aside      int // records that only branches have
	bytes      int // encoded size of all values
	pages      []*page
	authors    []author
	authorOf   map[author]uint32

	branches map[string]*branch
	overlaid map[string]int  // how many branches have cells of a record
	stays    map[stay]string // the branch that a stay diverged to
	merges   []*Row          // the newest merges, oldest first: what undoing them needs

	// gen counts the snapshots handed out. A record or page of an older generation is shared and copied before it is
	// written, so that a joiner never blocks the actor and sees one revision.
	gen uint32
}

// NewState is an empty canvas at revision 0. All rooms share one schema.
func NewState(schema *protocol.Schema) *State {
	return &State{
		schema:   schema,
		limits:   schema.Limits(),
		records:  make(map[string]*record),
		authorOf: make(map[author]uint32),
		branches: make(map[string]*branch),
		overlaid: make(map[string]int),
		stays:    make(map[stay]string),
	}
}

// commit applies a durable row. Rows come in order and without gaps; anything else is a broken store.
func (s *State) commit(row *Row) error {
	if row.Rev != s.rev+1 {
		return fmt.Errorf("commit revision %d on %d: the log has a gap", row.Rev, s.rev)
	}
	by := s.author(row.Session, row.User)
	for i := range row.Also { // first: a branch is made there
		s.applyTo(row.Also[i].Branch, row.Also[i].Writes, row, by)
	}
	s.applyTo(row.Branch, row.Writes, row, by)
	s.follow(row)
	s.rev = row.Rev
	s.lastChange = row.ID
	return nil
}

func (s *State) applyTo(target string, writes []protocol.Write, row *Row, by uint32) {
	if target != "" {
		s.applyOverlay(target, writes, row, by)
		return
	}
	for i := range writes {
		author := by
		if writes[i].Basis != "" || writes[i].Merged { // written by nobody, so that everybody is surprised by it
			author = s.author("", row.User)
		}
		s.apply(&writes[i], row.Rev, author)
	}
}

// mostMerges is how many merges can be taken back.
const mostMerges = 64

// follow keeps what later changes are judged by: which stay diverged to which branch, and what was merged.
func (s *State) follow(row *Row) {
	if b := s.branches[row.Branch]; b != nil {
		if is, _ := s.records[b.id].value("diverged").AsBool(); is {
			at := stayOf(row.Session, row.Episode, row.Gesture, row.ID)
			if b.stay == (stay{}) {
				b.stay = at
				s.stays[at] = b.id
			}
			if b.stay == at && row.Gesture != "" && !slices.Contains(b.gestures, row.Gesture) {
				b.gestures = append(b.gestures[max(0, len(b.gestures)-mostGestures+1):], row.Gesture)
			}
		}
	}
	if row.Merged != "" {
		kept := *row
		s.merges = append(s.merges[max(0, len(s.merges)-mostMerges+1):], &kept)
	}
	if row.Undo != "" {
		s.merges = slices.DeleteFunc(s.merges, func(m *Row) bool { return m.ID == row.Undo })
	}
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
	was, size := r.deleted(), r.size()
	r.set(w.Prop, w.Value, rev, by)
	s.bytes += r.size() - size
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
	r.page, r.gen = int32(last), s.gen //nolint:gosec // within Limits.RecordsPerRoom
	p := s.writablePage(last)
	p.records = append(p.records, r)
	s.records[r.id] = r
	if r.kind == protocol.KindBranch {
		s.branches[r.id] = &branch{id: r.id, records: make(map[string]*overlay)}
	}
	if !r.deleted() {
		s.live++
	}
	s.bytes += r.size()
}

// writable is r, or a copy of it in its place when a snapshot shares it.
func (s *State) writable(r *record) *record {
	if r.gen == s.gen {
		return r
	}
	c := r.clone(s.gen)
	p := s.writablePage(int(r.page))
	p.records[slices.Index(p.records, r)] = c
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
	overlays   []*overlayPage
	authors    []author
	merges     []*Row
}

// share takes a snapshot. From now on the state copies what it writes.
func (s *State) share() Snapshot {
	s.gen++
	return Snapshot{
		Rev:        s.rev,
		LastChange: s.lastChange,
		pages:      append([]*page(nil), s.pages...),
		overlays:   s.shareOverlays(),
		authors:    slices.Clip(s.authors),
		merges:     slices.Clone(s.merges),
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
