package rooms

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"atelier/protocol"
)

// HTTPSession begins the names of the sessions under which calls over HTTP write. They have no sitting.
const HTTPSession = "http-"

// A sitting is what a session wrote on main until it rested for sittingRest. It is looked for among the newest changes.
const (
	sittingRest = 30 * time.Minute
	sittingScan = 16384
)

// Move asks for a session's last sitting to be moved to a new branch.
type Move struct {
	Branch  string // the id of the branch to make
	Name    string // "" names it after its author
	Session string // "" is the user's newest on main
}

// Moved is what became of a move.
type Moved struct {
	Rev     int64
	Records int // that were moved
	Skipped []protocol.CellConflict
}

// Move takes the last sitting of one of the author's sessions back from main, where nobody else has written since, and
// puts what it took on a new branch. Main goes first: so exactly what was taken is moved, and the branch starts from what
// main shows. When the second step fails, the same call again does it; what was taken is in the history in any case.
// NOT_FOUND when the author has written nothing of late, CONFLICT when others have written over all of it.
func (a *Archive) Move(ctx context.Context, room string, by Author, m Move) (Moved, error) {
	always := func(*Row) bool { return true }
	takeID, makeID := derived("move", m.Branch, 1), derived("move", m.Branch, 2)
	taken, result, err := a.answered(ctx, room, by, takeID, always)
	if err != nil {
		return Moved{}, err
	}
	head := int64(Head)
	if taken != nil {
		head = taken.Base // the sitting comes out as it did then
	}
	sitting, err := a.sitting(ctx, room, by.User, m.Session, head)
	if err != nil {
		return Moved{}, err
	}
	writes := sitting.takingBack()
	if taken == nil {
		got, err := a.takeBack(ctx, room, by, protocol.Change{
			ID: takeID, Base: sitting.head, Undo: sitting.newest, Gesture: "move-" + m.Branch, Writes: writes,
		}, nil)
		if err != nil {
			return Moved{}, withConflicts(err, sitting.skipped)
		}
		result = &got
		if taken, err = a.find(ctx, room, takeID); err != nil {
			return Moved{}, err
		}
	}
	out := Moved{Records: len(recordsOf(taken.Writes)), Skipped: append(sitting.skipped, result.Skipped...)}
	made, first, err := a.answered(ctx, room, by, makeID, always)
	if err != nil || made != nil {
		out.Rev = deref(first).Rev
		return out, err
	}
	got, err := a.apply(ctx, room, by, protocol.Change{
		ID: makeID, Base: taken.Rev, Branch: m.Branch, Gesture: "move-" + m.Branch, Writes: m.making(taken),
	})
	out.Rev = got.Rev
	return out, err
}

// making are the writes that make the branch of what was taken from main.
func (m *Move) making(taken *Row) []protocol.Write {
	writes := BranchWrites(m.Branch, m.Name)
	for _, w := range inverse(taken) {
		w.Basis = ""
		writes = append(writes, w)
	}
	return writes
}

// BranchWrites are the writes that make a branch by hand.
func BranchWrites(id, name string) []protocol.Write {
	writes := []protocol.Write{{Record: id, Prop: protocol.PropKind, Value: protocol.String(string(protocol.KindBranch))}}
	if name != "" {
		writes = append(writes, protocol.Write{Record: id, Prop: "name", Value: protocol.String(name)})
	}
	return writes
}

// sitting is what a session wrote on main and nobody has written over. It is gathered from the newest change backwards.
type sitting struct {
	user    string
	session string
	head    int64
	newest  string // id of its newest change
	since   int64  // unix ms of its oldest change so far

	cells   map[[2]string]*sat
	order   [][2]string // newest first
	records map[string]*satRecord
	skipped []protocol.CellConflict
}

// sat is a cell: whose the newest writes of it are.
type sat struct {
	own    bool           // the session's; then before and value tell what it replaced in all
	closed bool           // somebody else wrote before: older writes of the session are not what stands
	before protocol.Value //
	value  protocol.Value
	told   bool // named in skipped
}

// satRecord is a record as far as the sitting decides on it.
type satRecord struct {
	kind    protocol.Kind
	made    bool // by the session, within the sitting
	foreign bool // somebody else wrote on it since
}

// sitting finds the last sitting up to a revision, or [Head].
func (a *Archive) sitting(ctx context.Context, room, user, session string, head int64) (*sitting, error) {
	g, err := a.look(ctx, room, nil)
	if err != nil {
		return nil, err
	}
	if head == Head {
		head = g.rev
	}
	s := &sitting{
		user: user, session: session, head: head, cells: make(map[[2]string]*sat), records: make(map[string]*satRecord),
	}
	if err := a.back(ctx, room, head+1, sittingScan, s.add); err != nil {
		return nil, err
	}
	if s.newest == "" {
		return nil, protocol.Errorf(protocol.CodeNotFound, "no changes of yours on main to move")
	}
	ids := make([]string, 0, len(s.records))
	for id := range s.records {
		ids = append(ids, id)
	}
	if g, err = a.look(ctx, room, ids); err != nil {
		return nil, err
	}
	for id, r := range g.records {
		s.records[id].kind = r.kind
	}
	return s, nil
}

// add takes the next older row.
func (s *sitting) add(row *Row) error {
	if s.newest != "" && row.At < s.since-sittingRest.Milliseconds() {
		return errEnough
	}
	writes := onMain(row)
	own := row.Branch == "" && row.Merged == "" && !keepsNoBefore(row) && row.User == s.user &&
		(row.Session == s.session || (s.session == "" && !strings.HasPrefix(row.Session, HTTPSession)))
	if own {
		s.session, s.since = row.Session, row.At
		if s.newest == "" {
			s.newest = row.ID
		}
	}
	net := netWrites(writes)
	for i := range net {
		s.write(&net[i], own)
	}
	return nil
}

func onMain(row *Row) []protocol.Write {
	for _, t := range targets(row) {
		if t.Branch == "" {
			return t.Writes
		}
	}
	return nil
}

func (s *sitting) write(w *netWrite, own bool) {
	if same(w.Value, w.Before) {
		return // what a restored record brings with it
	}
	r := s.records[w.Record]
	if r == nil {
		r = &satRecord{}
		s.records[w.Record] = r
	}
	if w.Prop == protocol.PropKind {
		r.made = own
		return
	}
	key := [2]string{w.Record, w.Prop}
	c := s.cells[key]
	switch {
	case !own && c == nil:
		s.cells[key] = &sat{}
		r.foreign = true
	case !own:
		c.closed = true
	case c == nil:
		s.cells[key] = &sat{own: true, before: stored(w.Before), value: stored(w.Value)}
		s.order = append(s.order, key)
	case c.own && !c.closed:
		c.before = stored(w.Before)
	case !c.own && !c.told:
		c.told = true
		s.skipped = append(s.skipped, protocol.CellConflict{Record: w.Record, Prop: w.Prop})
	}
}

// takingBack are the writes that take the sitting back, in the order of [inverse]. A record that the session made goes
// whole, unless somebody else has written on it since: then it stays whole.
func (s *sitting) takingBack() []protocol.Write {
	var back, cells, ends []protocol.Write
	for _, id := range slices.Sorted(maps.Keys(s.records)) {
		switch r := s.records[id]; {
		case !r.made || r.kind.Above():
		case r.foreign:
			s.skipped = append(s.skipped, protocol.CellConflict{Record: id, Prop: protocol.PropKind})
		case s.lives(id):
			ends = append(ends, protocol.Write{Record: id, Prop: protocol.PropDeleted, Value: protocol.Bool(true), Basis: protocol.Nil})
		}
	}
	for _, key := range s.order {
		c, r := s.cells[key], s.records[key[0]]
		if !c.own || r.made || r.kind.Above() || c.before == c.value {
			continue
		}
		w := protocol.Write{Record: key[0], Prop: key[1], Value: told(c.before), Basis: told(c.value)}
		switch {
		case w.Prop != protocol.PropDeleted:
			cells = append(cells, w)
		case w.Value == protocol.Nil:
			back = append(back, w)
		default:
			ends = append(ends, w)
		}
	}
	return append(append(back, cells...), ends...)
}

// lives tells whether a record that the sitting made was not deleted in it again.
func (s *sitting) lives(id string) bool {
	c := s.cells[[2]string{id, protocol.PropDeleted}]
	return c == nil || c.value == ""
}
