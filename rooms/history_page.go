package rooms

import (
	"context"
	"slices"

	"atelier/protocol"
)

// Query asks for a part of a room's history.
type Query struct {
	Before int64   // only what came before this revision; 0 is from the newest on
	Limit  int     // most changes of a page
	Record string  // only changes that wrote it, on main or on a branch
	User   string  // only changes of a user
	Branch *string // only changes that wrote on it; "" is main
}

// Page is a part of a room's history, newest first.
type Page struct {
	Changes []Entry
	Next    int64 // go on before it; 0: there is no more
}

// Entry is a change as history tells it.
type Entry struct {
	Row     Row
	Writes  []Told
	Omitted int // writes that are not told, because the page would be too large
}

// Told is a write with where it was made and what it replaced.
type Told struct {
	PropDiff // A is what it replaced, B what it wrote

	Branch string
	Record string
	Kind   protocol.Kind // "" when no record of that id is left to tell it
}

// What one page may take.
const (
	pageScan    = 4096    // rows that are looked at
	pageValues  = 2 << 20 // bytes of values; a page has at least one change
	entryWrites = 500     // writes of one change that are told
)

// Changes reads a page of history. A page with few changes may have a Next all the same: the work of one call is bounded,
// whatever is asked for.
func (a *Archive) Changes(ctx context.Context, room string, q Query) (Page, error) {
	g, err := a.look(ctx, room, nil)
	if err != nil {
		return Page{}, err
	}
	before := g.rev + 1
	if q.Before > 0 {
		before = min(before, q.Before)
	}
	var page Page
	size, last := 0, before
	err = a.back(ctx, room, before, pageScan, func(row *Row) error {
		if q.wants(row) {
			n := valueBytes(row)
			if len(page.Changes) > 0 && size+n > pageValues {
				return errEnough
			}
			size += n
			page.Changes = append(page.Changes, tell(row))
		}
		last = row.Rev
		if len(page.Changes) >= q.Limit {
			return errEnough
		}
		return nil
	})
	if err != nil {
		return Page{}, err
	}
	if last > 1 {
		page.Next = last
	}
	return page, a.explain(ctx, room, page.Changes)
}

func (q *Query) wants(row *Row) bool {
	switch {
	case q.User != "" && row.User != q.User:
		return false
	case q.Branch != nil && !wroteOn(row, *q.Branch):
		return false
	case q.Record == "":
		return true
	}
	for _, t := range targets(row) {
		if slices.ContainsFunc(t.Writes, func(w protocol.Write) bool { return w.Record == q.Record }) {
			return true
		}
	}
	return false
}

// wroteOn tells whether a change was made on a branch or wrote there. What a branch's own record tells is written on
// main, but is no change of it.
func wroteOn(row *Row, branch string) bool {
	if row.Branch == branch {
		return true
	}
	for i := range row.Also {
		if t := &row.Also[i]; t.Branch == branch {
			return slices.ContainsFunc(t.Writes, func(w protocol.Write) bool { return w.Record != row.Branch })
		}
	}
	return false
}

// targets are all that a row wrote, its own branch first.
func targets(row *Row) []protocol.Target {
	return append([]protocol.Target{{Branch: row.Branch, Writes: row.Writes}}, row.Also...)
}

func valueBytes(row *Row) int {
	n := 0
	for _, t := range targets(row) {
		for i := range t.Writes {
			n += len(t.Writes[i].Value) + len(t.Writes[i].Before)
		}
	}
	return n
}

// tell makes an entry of a row, with the kinds that the row itself tells.
func tell(row *Row) Entry {
	e := Entry{Row: *row}
	for _, t := range targets(row) {
		for i := range t.Writes {
			w := &t.Writes[i]
			if len(e.Writes) == entryWrites {
				e.Omitted++
				continue
			}
			told := Told{Branch: t.Branch, Record: w.Record}
			told.Prop, told.A, told.B = w.Prop, stored(w.Before), stored(w.Value)
			if t.Branch != "" {
				told.Base = w.Basis
			}
			e.Writes = append(e.Writes, told)
		}
	}
	e.Row.Writes, e.Row.Also = nil, nil
	return e
}

// explain adds what rows do not tell: kinds of records, and the words of texts.
func (a *Archive) explain(ctx context.Context, room string, changes []Entry) error {
	kinds := make(map[string]protocol.Kind)
	ids, branches := make(map[string]struct{}), make(map[string]struct{})
	for i := range changes {
		for k := range changes[i].Writes {
			w := &changes[i].Writes[k]
			ids[w.Record] = struct{}{}
			if w.Branch != "" {
				branches[w.Branch] = struct{}{}
			}
			if name, ok := (w.A + w.B).AsString(); ok && w.Prop == protocol.PropKind {
				kinds[w.Record] = protocol.Kind(name)
			}
		}
	}
	var known map[string]protocol.Kind
	err := a.in(ctx, room, func(r *Room) (err error) {
		known, err = ask(ctx, r, func() map[string]protocol.Kind { return r.state.kinds(ids, branches) })
		return err
	})
	if err != nil {
		return err
	}
	words := wordBudget
	for i := range changes {
		for k := range changes[i].Writes {
			w := &changes[i].Writes[k]
			if w.Kind = known[w.Record]; w.Kind == "" {
				w.Kind = kinds[w.Record]
			}
			if w.A != w.B {
				words.spend(a.registry.schema, w.Kind, &w.PropDiff)
			}
		}
	}
	return nil
}

// kinds tells what records are that main or one of some branches has.
func (s *State) kinds(ids, branches map[string]struct{}) map[string]protocol.Kind {
	out := make(map[string]protocol.Kind, len(ids))
	for id := range ids {
		if r := s.records[id]; r != nil {
			out[id] = r.kind
			continue
		}
		for name := range branches {
			if b := s.branches[name]; b != nil {
				if kind, ok := b.records[id].kind(); ok {
					out[id] = kind
				}
			}
		}
	}
	return out
}
