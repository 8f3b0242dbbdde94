package rooms

import (
	"context"
	"slices"

	"atelier/protocol"
)

// Restoration is what became of bringing a revision back.
type Restoration struct {
	Rev     int64 // the head's when there was nothing to bring back
	Records int   // that were changed
	Skipped []protocol.CellConflict
}

// Restore makes main's records what they were at a revision, or some of them, as the change id. Comments, branches and
// versions stay as they are. What somebody writes meanwhile is skipped, and so are links to what is not there.
func (a *Archive) Restore(ctx context.Context, room string, by Author, rev int64, records []string, id string) (Restoration, error) {
	_, first, err := a.answered(ctx, room, by, id, func(row *Row) bool { return row.Restored == rev })
	if err != nil {
		return Restoration{}, err
	}
	if first != nil {
		return a.restored(ctx, room, *first)
	}
	diff, err := a.compare(ctx, room, Point{Rev: Head}, Point{Rev: rev})
	if err != nil {
		return Restoration{}, err
	}
	if len(records) > 0 {
		diff.records = slices.DeleteFunc(diff.records, func(r recordChange) bool { return !slices.Contains(records, r.id) })
	}
	writes := restoring(&diff)
	writes, skipped, expanded, err := a.linked(ctx, room, writes)
	if err != nil {
		return Restoration{}, err
	}
	if len(writes) == 0 {
		return Restoration{Rev: diff.head, Skipped: skipped}, nil
	}
	if err := fitting(writes, expanded); err != nil {
		return Restoration{}, err
	}
	result, err := a.takeBack(ctx, room, by, protocol.Change{ID: id, Base: diff.head, Restored: rev, Writes: writes}, skipped)
	if err != nil {
		return Restoration{}, err
	}
	return a.restored(ctx, room, result)
}

// restored counts the records that a change has brought back.
func (a *Archive) restored(ctx context.Context, room string, result protocol.ChangeResult) (Restoration, error) {
	out := Restoration{Rev: result.Rev, Skipped: result.Skipped}
	err := a.each(ctx, room, result.Rev-1, result.Rev, func(row *Row) error {
		out.Records = len(recordsOf(row.Writes))
		return nil
	})
	return out, err
}

// restoring are the writes that make main's head, the comparison's a, what its b is. They are in the order of [inverse].
func restoring(c *comparison) []protocol.Write {
	var back, cells, ends []protocol.Write
	for i := range c.records {
		r := &c.records[i]
		life := protocol.Write{Record: r.id, Prop: protocol.PropDeleted}
		switch {
		case r.kind.Above():
			continue
		case r.a == living && r.b != living:
			life.Value = protocol.Bool(true)
			ends = append(ends, life)
			continue
		case r.a != living:
			life.Value = protocol.Nil
			back = append(back, life)
		}
		for _, d := range r.cells {
			if d.A != d.B && d.Prop != protocol.PropDeleted {
				cells = append(cells, protocol.Write{Record: r.id, Prop: d.Prop, Value: told(d.B)})
			}
		}
	}
	return append(append(back, cells...), ends...)
}

// linked leaves out links to records that will not be there. Expanded is the size of what records bring with them that
// come back.
func (a *Archive) linked(ctx context.Context, room string, writes []protocol.Write) (kept []protocol.Write, skipped []protocol.CellConflict, expanded int, err error) {
	ids := recordsOf(writes)
	for i := range writes {
		if to, ok := writes[i].Value.AsString(); ok && protocol.ValidID(to) {
			ids[to] = struct{}{}
		}
	}
	names := make([]string, 0, len(ids))
	for id := range ids {
		names = append(names, id)
	}
	g, err := a.look(ctx, room, names)
	if err != nil {
		return nil, nil, 0, err
	}
	there := make(map[string]bool, len(ids))
	for id, r := range g.records {
		there[id] = !r.deleted()
	}
	for i := range writes {
		if w := &writes[i]; w.Prop == protocol.PropDeleted {
			if there[w.Record] = w.Value == protocol.Nil; there[w.Record] {
				expanded += g.records[w.Record].size() + len(g.records[w.Record].cells)*cellOverhead
			}
		}
	}
	for _, w := range writes {
		r := g.records[w.Record]
		if prop, _ := a.registry.schema.Prop(r.kind, w.Prop); prop.Form == protocol.FormRecord {
			if to, ok := w.Value.AsString(); ok && !there[to] {
				skipped = append(skipped, protocol.CellConflict{Record: w.Record, Prop: w.Prop})
				continue
			}
		}
		kept = append(kept, w)
	}
	return kept, skipped, expanded, nil
}
