package rooms

import (
	"cmp"
	"context"
	"slices"

	"atelier/protocol"
)

// At is what a point showed, with its revision. INVALID_INPUT for a revision that is not there, NOT_FOUND for a branch
// that was not there at it.
func (a *Archive) At(ctx context.Context, room string, p Point) (rev int64, records []Record, err error) {
	g, err := a.look(ctx, room, nil)
	if err != nil {
		return 0, nil, err
	}
	if err := p.settle("rev", g.rev); err != nil {
		return 0, nil, err
	}
	err = a.past(ctx, room, func(at func(int64) (*State, error)) error {
		s, err := at(p.Rev)
		if err != nil {
			return err
		}
		if p.Branch != "" && s.branches[p.Branch] == nil {
			return noBranch(p.Branch)
		}
		records = s.Composed(p.Branch)
		return nil
	})
	return p.Rev, records, err
}

// past lets do build states of the past, when its turn has come.
func (a *Archive) past(ctx context.Context, room string, do func(at func(rev int64) (*State, error)) error) error {
	select {
	case a.heavy <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err() //nolint:wrapcheck // the caller's
	}
	defer func() { <-a.heavy }()
	return do(func(rev int64) (*State, error) { return a.state(ctx, room, rev) })
}

// state is a room as it was: the newest snapshot at or before the revision, and the rows from there.
func (a *Archive) state(ctx context.Context, room string, rev int64) (*State, error) {
	at, snapshot, err := a.registry.store.Checkpoint(ctx, room, rev)
	if err != nil {
		return nil, err //nolint:wrapcheck // says what it did
	}
	s, err := Restore(a.registry.schema, Stored{SnapshotAt: at, Snapshot: snapshot})
	if err != nil {
		return nil, err
	}
	if err := a.each(ctx, room, at, rev, s.commit); err != nil {
		return nil, err
	}
	return s, nil
}

// compareStates compares two points record by record.
func (a *Archive) compareStates(ctx context.Context, room string, c *comparison) error {
	return a.past(ctx, room, func(at func(int64) (*State, error)) error {
		from, err := at(c.a.Rev)
		if err != nil {
			return err
		}
		to := from
		if c.b.Rev != c.a.Rev {
			if to, err = at(c.b.Rev); err != nil {
				return err
			}
		}
		sides := [2]stateSide{{from, c.a.Branch}, {to, c.b.Branch}}
		ids := make(map[string]struct{})
		for _, s := range sides {
			if s.branch != "" && s.state.branches[s.branch] == nil {
				return noBranch(s.branch)
			}
			s.each(func(id string) { ids[id] = struct{}{} })
		}
		c.records = nil
		for id := range ids {
			x, y := sides[0].face(id), sides[1].face(id)
			if r, differs := compareFaces(id, x, y, func(scope) []string { return union(x.props(), y.props()) }); differs {
				c.records = append(c.records, r)
			}
		}
		slices.SortFunc(c.records, func(x, y recordChange) int { return cmp.Compare(x.id, y.id) })
		return nil
	})
}

// stateSide is a point of a state.
type stateSide struct {
	state  *State
	branch string
}

func (s stateSide) each(do func(id string)) {
	for id := range s.state.records {
		do(id)
	}
	if b := s.state.branches[s.branch]; b != nil {
		for id := range b.records {
			do(id)
		}
	}
}

func (s stateSide) face(id string) stateFace {
	f := stateFace{r: s.state.records[id]}
	if b := s.state.branches[s.branch]; b != nil {
		f.o = b.records[id]
	}
	return f
}

// stateFace is a record at a point, told by a state. Either part may be nil.
type stateFace struct {
	r *record
	o *overlay
}

func (f stateFace) kind() protocol.Kind {
	if f.r != nil {
		return f.r.kind
	}
	kind, _ := f.o.kind()
	return kind
}

func (f stateFace) cell(prop string) (value, base protocol.Value) {
	if c := f.o.cell(prop); c != nil {
		return c.value, told(c.base)
	}
	if f.r != nil {
		value = f.r.value(prop)
	}
	return value, ""
}

func (f stateFace) wrote() bool { return f.o != nil }

func (f stateFace) props() []string {
	var names []string
	if f.r != nil {
		for i := range f.r.cells {
			names = append(names, f.r.cells[i].name())
		}
	}
	if f.o != nil {
		for i := range f.o.cells {
			names = append(names, f.o.cells[i].prop)
		}
	}
	return names
}

func union(a, b []string) []string {
	all := slices.Concat(a, b)
	slices.Sort(all)
	return slices.Compact(all)
}
