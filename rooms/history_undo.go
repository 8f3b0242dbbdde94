package rooms

import (
	"context"
	"errors"
	"maps"
	"slices"

	"atelier/protocol"
)

// Undo takes a change of anybody back, where nobody has written since, as the change id. A merge is taken back whole.
// NOT_FOUND when the log has no such change, CONFLICT when nothing of it can be taken back.
func (a *Archive) Undo(ctx context.Context, room string, by Author, change, id string) (protocol.ChangeResult, error) {
	_, first, err := a.answered(ctx, room, by, id, func(row *Row) bool { return row.Undo == change })
	if err != nil || first != nil {
		return deref(first), err
	}
	row, err := a.find(ctx, room, change)
	switch {
	case err != nil:
		return protocol.ChangeResult{}, err
	case row == nil:
		return protocol.ChangeResult{}, protocol.Errorf(protocol.CodeNotFound, "no change %.40s", change)
	case row.Merged != "":
		g, err := a.look(ctx, room, nil)
		if err != nil {
			return protocol.ChangeResult{}, err
		}
		return a.apply(ctx, room, by, protocol.Change{ID: id, Base: g.rev, Undo: change})
	case keepsNoBefore(row):
		if err := a.complete(ctx, room, row); err != nil {
			return protocol.ChangeResult{}, err
		}
	}
	writes, skipped, err := a.undoing(ctx, room, row)
	if err != nil {
		return protocol.ChangeResult{}, err
	}
	return a.takeBack(ctx, room, by, protocol.Change{ID: id, Base: row.Rev, Branch: row.Branch, Undo: change, Writes: writes}, skipped)
}

func deref(r *protocol.ChangeResult) protocol.ChangeResult {
	if r == nil {
		return protocol.ChangeResult{}
	}
	return *r
}

// complete fills in what the writes of an older log replaced.
func (a *Archive) complete(ctx context.Context, room string, row *Row) error {
	return a.past(ctx, room, func(at func(int64) (*State, error)) error {
		s, err := at(row.Rev - 1)
		if err != nil {
			return err
		}
		row.Writes = slices.Clone(row.Writes)
		for i := range row.Writes {
			w := &row.Writes[i]
			w.Before, _ = stateFace{r: s.records[w.Record]}.cell(w.Prop)
			if r := s.records[w.Record]; r != nil && w.Prop == protocol.PropKind {
				w.Before = protocol.String(string(r.kind))
			}
		}
		return nil
	})
}

// undoing are the writes that take a row back. Cells that have left the branch since, by a merge, are skipped. Of what
// the row wrote beside its branch only comments and versions are taken back: the rest is the server's.
func (a *Archive) undoing(ctx context.Context, room string, row *Row) (writes []protocol.Write, skipped []protocol.CellConflict, err error) {
	main := Row{}
	switch row.Branch {
	case "":
		main.Writes = row.Writes
	default:
		for i := range row.Also {
			if t := &row.Also[i]; t.Branch == "" {
				main.Writes = t.Writes
			}
		}
	}
	branches := []string{}
	if row.Branch != "" {
		branches = append(branches, row.Branch)
	}
	g, err := a.look(ctx, room, slices.Collect(maps.Keys(recordsOf(main.Writes))), branches...)
	if err != nil {
		return nil, nil, err
	}
	for _, w := range inverse(&main) {
		r := g.records[w.Record]
		if r == nil || (row.Branch != "" && r.kind == protocol.KindBranch) {
			continue
		}
		if prop, ok := a.registry.schema.Prop(r.kind, w.Prop); ok && !prop.Server {
			writes = append(writes, w)
		}
	}
	if row.Branch != "" {
		for _, w := range inverse(row) {
			prop := w.Prop
			if prop == protocol.PropDeleted && w.Basis == protocol.Nil {
				prop = "" // it is enough that the branch has the record
			}
			if o := g.overlays[row.Branch][w.Record]; o == nil || (prop != "" && o.cell(prop) == nil) {
				skipped = append(skipped, protocol.CellConflict{Record: w.Record, Prop: w.Prop})
				continue
			}
			writes = append(writes, w)
		}
	}
	return writes, skipped, nil
}

// mostBroken is how many links that lead nowhere are left out of a change, one by one, before it is given up.
const mostBroken = 32

// takeBack applies a change that skips what would conflict. Links to what is not there any more are skipped like that.
func (a *Archive) takeBack(ctx context.Context, room string, by Author, c protocol.Change, skipped []protocol.CellConflict) (protocol.ChangeResult, error) {
	if err := fitting(c.Writes, 0); err != nil {
		return protocol.ChangeResult{}, err
	}
	for range mostBroken {
		if len(c.Writes) == 0 {
			break
		}
		result, err := a.apply(ctx, room, by, c)
		cell, broken := brokenLink(err)
		if !broken {
			result.Skipped = append(skipped, result.Skipped...)
			return result, err
		}
		kept := slices.DeleteFunc(slices.Clone(c.Writes), func(w protocol.Write) bool {
			return w.Record == cell.Record && w.Prop == cell.Prop
		})
		if len(kept) == len(c.Writes) {
			return result, err
		}
		c.Writes, skipped = kept, append(skipped, cell)
	}
	return protocol.ChangeResult{}, protocol.Errorf(protocol.CodeConflict, "nothing of it can be taken back").
		With(protocol.ConflictDetails{Conflicts: append([]protocol.CellConflict{}, skipped...)})
}

// withConflicts adds cells to those that a CONFLICT tells of.
func withConflicts(err error, more []protocol.CellConflict) error {
	e, ok := errors.AsType[*protocol.Error](err)
	if !ok || e.Code != protocol.CodeConflict {
		return err
	}
	details, _ := e.Details.(protocol.ConflictDetails)
	return e.With(protocol.ConflictDetails{Conflicts: slices.Concat(more, details.Conflicts)})
}

// brokenLink is the cell because of which a change was refused: it links to a record that is not there, or makes a record
// its own parent.
func brokenLink(err error) (protocol.CellConflict, bool) {
	e, ok := errors.AsType[*protocol.Error](err)
	if !ok || e.Code != protocol.CodeConflict {
		return protocol.CellConflict{}, false
	}
	details, ok := e.Details.(protocol.ConflictDetails)
	if !ok || len(details.Conflicts) != 1 || details.Conflicts[0].Rev != 0 {
		return protocol.CellConflict{}, false
	}
	return details.Conflicts[0], true
}
