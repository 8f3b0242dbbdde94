package rooms

import (
	"cmp"
	"slices"

	"atelier/protocol"
)

// branch is what floats on main: its overlay, and by which stay it is written. What is told of it (name, author, merged,
// archived) is in its record of kind branch. Owned by the actor; overlay records are copied before they are written when a
// snapshot shares them.
type branch struct {
	id       string
	stay     stay // that diverged to it; zero for a branch made by hand
	gestures []string
	activeAt int64 // unix ms of the newest change on it
	records  map[string]*overlay
	cells    int
	bytes    int
	shared   *overlayPage // what joiners get; nil when it has changed since
}

// stay is one session's episode: what diverges of it goes to one branch.
type stay struct{ session, episode string }

// mostGestures bounds how many gestures of a stay are remembered.
const mostGestures = 64

// overlay is what a branch has of one record. A cell of [protocol.PropKind] means that the record is only there.
type overlay struct {
	id    string
	cells []overlayCell
	gen   uint32
}

// overlayCell keeps, beside its value, what its author started from.
type overlayCell struct {
	prop    string
	value   protocol.Value // "" is absent
	base    protocol.Value //
	rev     int64          // that wrote it last
	baseRev int64          // main had been seen up to it
	author  uint32         // index into State.authors
}

// begun is the revision that made a branch, of which r tells.
func (r *record) begun() int64 { return r.cell("author").rev }

func (o *overlay) cell(prop string) *overlayCell {
	if o == nil {
		return nil
	}
	for i := range o.cells {
		if o.cells[i].prop == prop {
			return &o.cells[i]
		}
	}
	return nil
}

// kind is that of a record which only the branch has.
func (o *overlay) kind() (protocol.Kind, bool) {
	if c := o.cell(protocol.PropKind); c != nil {
		name, ok := c.value.AsString()
		return protocol.Kind(name), ok
	}
	return "", false
}

func (o *overlay) bytes() int {
	n := 0
	for i := range o.cells {
		n += len(o.cells[i].value) + len(o.cells[i].base)
	}
	return n
}

func (o *overlay) clone(gen uint32) *overlay {
	return &overlay{id: o.id, cells: append(make([]overlayCell, 0, len(o.cells)+1), o.cells...), gen: gen}
}

// set writes a cell. A base value makes a new one, or is where the one that is there begins anew.
func (o *overlay) set(w *protocol.Write, rev, baseRev int64, author uint32) {
	value := stored(w.Value)
	c := o.cell(w.Prop)
	if c == nil {
		o.cells = append(o.cells, overlayCell{
			prop: w.Prop, value: value, base: stored(w.Basis), rev: rev, baseRev: baseRev, author: author,
		})
		return
	}
	if w.Basis != "" {
		c.base, c.baseRev = stored(w.Basis), baseRev
	}
	if c.value != value {
		c.value, c.rev, c.author = value, rev, author
	}
}

func (o *overlay) drop(prop string) {
	o.cells = slices.DeleteFunc(o.cells, func(c overlayCell) bool { return c.prop == prop })
}

// stored is a value as cells hold it: absent is "".
func stored(v protocol.Value) protocol.Value {
	if v == protocol.Nil {
		return ""
	}
	return v
}

// list is the branch's records in the order of their ids.
func (b *branch) list() []*overlay {
	out := make([]*overlay, 0, len(b.records))
	for _, o := range b.records {
		out = append(out, o)
	}
	slices.SortFunc(out, func(x, y *overlay) int { return cmp.Compare(x.id, y.id) })
	return out
}

// applyOverlay applies a durable row's writes on a branch.
func (s *State) applyOverlay(id string, writes []protocol.Write, row *Row, by uint32) {
	b := s.branches[id]
	if b == nil {
		return
	}
	b.activeAt, b.shared = row.At, nil
	for i := range writes {
		w := &writes[i]
		o := b.records[w.Record]
		if o == nil && w.Dropped {
			continue
		}
		o = s.writableOverlay(b, o, w.Record)
		cells, bytes, aside := len(o.cells), o.bytes(), o.cell(protocol.PropKind) != nil
		if w.Dropped {
			o.drop(w.Prop)
		} else {
			author := by
			if w.Merged {
				author = s.author("", row.User)
			}
			o.set(w, row.Rev, row.Base, author)
		}
		b.cells += len(o.cells) - cells
		b.bytes += o.bytes() - bytes
		switch now := o.cell(protocol.PropKind) != nil; {
		case now && !aside:
			s.aside++
		case aside && !now:
			s.aside--
		}
		if len(o.cells) == 0 {
			s.forgetOverlay(b, w.Record)
		}
	}
}

func (s *State) writableOverlay(b *branch, o *overlay, id string) *overlay {
	switch {
	case o == nil:
		o = &overlay{id: id, gen: s.gen}
		s.overlaid[id]++
	case o.gen == s.gen:
		return o
	default:
		o = o.clone(s.gen)
	}
	b.records[id] = o
	return o
}

func (s *State) forgetOverlay(b *branch, id string) {
	delete(b.records, id)
	s.overlaid[id]--
	if s.overlaid[id] == 0 {
		delete(s.overlaid, id)
	}
}

// BranchInfo is what is known of a branch.
type BranchInfo struct {
	ID       string
	Name     string
	Author   string // user id
	Session  string
	At       int64 // unix ms, made
	Fork     int64 // revision of main where it began
	Diverged bool  // made by the server, for edits that met
	Merged   int64 // revision at which it was merged or closed; 0 when it was not
	Archived bool
	ActiveAt int64 // unix ms of the newest change on it
	Records  int   // that it has cells of
	Cells    int
}

// Open tells whether the branch is neither merged nor archived.
func (i *BranchInfo) Open() bool { return i.Merged == 0 && !i.Archived }

func (s *State) branchInfo(b *branch) BranchInfo {
	r := s.records[b.id]
	text := func(prop string) string { v, _ := r.value(prop).AsString(); return v }
	number := func(prop string) int64 { v, _ := r.value(prop).AsNumber(); return int64(v) }
	is := func(prop string) bool { v, _ := r.value(prop).AsBool(); return v }
	return BranchInfo{
		ID: b.id, Name: text("name"), Author: text("author"), Session: text("session"), At: number("at"), Fork: number("fork"),
		Diverged: is("diverged"), Merged: number("merged"), Archived: is("archived"), ActiveAt: max(b.activeAt, number("at")),
		Records: len(b.records), Cells: b.cells,
	}
}

// BranchInfos lists the branches, oldest first.
func (s *State) BranchInfos() []BranchInfo {
	out := make([]BranchInfo, 0, len(s.branches))
	for _, b := range s.branches {
		out = append(out, s.branchInfo(b))
	}
	slices.SortFunc(out, func(a, b BranchInfo) int { return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.ID, b.ID)) })
	return out
}
