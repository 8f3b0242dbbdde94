package rooms

import (
	"cmp"
	"slices"

	"atelier/protocol"
)

// mergeOf is the row of a merge that can be taken back, or nil.
func (s *scratch) mergeOf(id string) *Row {
	if row, ok := s.merges[id]; ok {
		return row
	}
	i := slices.IndexFunc(s.base.merges, func(m *Row) bool { return m.ID == id })
	if i < 0 {
		return nil
	}
	return s.base.merges[i]
}

// unmerge takes a merge back, where nobody has written since, and gives the branch its cells again.
func (j *judgement) unmerge(id string) *protocol.Error {
	row := j.scratch.mergeOf(id)
	if row == nil {
		return protocol.Errorf(protocol.CodeNotFound, "%s is no merge that can be taken back", id)
	}
	if !j.by.Role.May(protocol.ActionCanvasEdit) {
		return protocol.Errorf(protocol.CodeForbidden, "a %s may not take a merge back", j.by.Role)
	}
	made := make(map[string]bool)
	for i := range row.Writes {
		if w := &row.Writes[i]; w.Prop == protocol.PropKind && w.Before == "" {
			made[w.Record] = true
			j.unmake(w.Record, row.Rev)
		}
	}
	for _, ends := range [...]bool{false, true} { // lives that end last: what is deleted takes nothing back
		for i := range row.Writes {
			w := &row.Writes[i]
			if gone, _ := w.Before.AsBool(); made[w.Record] || w.Prop == protocol.PropKind || same(w.Value, w.Before) ||
				ends != (w.Prop == protocol.PropDeleted && gone) {
				continue
			}
			if r := j.record(w.Record); r != nil {
				j.takeBack(r, w, row)
			}
		}
	}
	j.uncycle(row)
	for i := range row.Also {
		j.giveBack(&row.Also[i], row)
	}
	j.differs = true
	return nil
}

// uncycle leaves alone the parents that would come back into a cycle.
func (j *judgement) uncycle(row *Row) {
	for again := true; again; {
		again = false
		for i := range row.Writes {
			w := &row.Writes[i]
			r := j.touched[w.Record]
			if w.Prop != protocol.PropParent || r == nil || !same(r.value(w.Prop), w.Before) {
				continue
			}
			if to, ok := w.Before.AsString(); ok && j.cyclic(w.Record, to) {
				j.met = append(j.met, *conflict(w.Record, j.standing(r.cell(w.Prop))))
				j.setMain(r, protocol.Write{Record: w.Record, Prop: w.Prop, Value: cmp.Or(w.Value, protocol.Nil)})
				again = true
			}
		}
	}
}

// unmake deletes a record that a merge made, unless somebody has worked on it since.
func (j *judgement) unmake(id string, rev int64) {
	r := j.record(id)
	if r == nil || r.deleted() {
		return
	}
	for i := range r.cells {
		if c := &r.cells[i]; c.rev > rev {
			j.met = append(j.met, *conflict(id, j.standing(c)))
			return
		}
	}
	j.setLife(r, protocol.Bool(true))
}

func (j *judgement) takeBack(r *record, w *protocol.Write, merge *Row) {
	prop, ok := j.schema().Prop(r.kind, w.Prop)
	if !ok {
		return
	}
	if c := j.overlayOf(merge.Merged, r.id).cell(w.Prop); c != nil {
		if _, ok := j.resumed(merge, r.id, prop, c); !ok {
			j.met = append(j.met, *conflict(r.id, j.standingOn(c)))
			return
		}
	}
	back := protocol.Write{
		Record: r.id, Prop: w.Prop, Value: cmp.Or(w.Before, protocol.Nil), Basis: cmp.Or(w.Value, protocol.Nil),
	}
	var life *standing
	if r.deleted() && w.Prop != protocol.PropDeleted {
		life = j.standing(r.cell(protocol.PropDeleted))
	}
	value, merged, met := j.meetUndo(r.id, prop, &back, j.standing(r.cell(w.Prop)), life)
	switch {
	case met != nil:
		j.met = append(j.met, *met)
	case w.Prop == protocol.PropDeleted:
		j.setLife(r, value)
		return
	case merged:
		j.setMain(r, protocol.Write{Record: r.id, Prop: w.Prop, Value: value, Basis: back.Basis})
	default:
		j.setMain(r, protocol.Write{Record: r.id, Prop: w.Prop, Value: value})
	}
}

// resumed is the value of a cell that a branch has anew, with what it had when it was merged; false when they do not go
// together.
func (j *judgement) resumed(merge *Row, record string, prop protocol.Prop, c *overlayCell) (protocol.Value, bool) {
	for i := range merge.Also {
		for k := range merge.Also[i].Writes {
			w := &merge.Also[i].Writes[k]
			if !w.Dropped || w.Record != record || w.Prop != prop.Name || prop.Policy == protocol.PolicyLWW || same(w.Before, c.value) {
				continue
			}
			return j.combine(prop, cmp.Or(c.base, protocol.Nil), w.Before, c.value)
		}
	}
	return c.value, true
}

// giveBack puts cells on their branch again. One that the branch has anew goes on from the old one when main is back where
// that began.
func (j *judgement) giveBack(t *protocol.Target, merge *Row) {
	back := protocol.Target{Branch: t.Branch}
	for i := range t.Writes {
		w := &t.Writes[i]
		c := j.overlayOf(t.Branch, w.Record).cell(w.Prop)
		if !w.Dropped || (c != nil && !j.takenBack(merge, w)) {
			continue
		}
		again := protocol.Write{
			Record: w.Record, Prop: w.Prop, Value: w.Before, Basis: cmp.Or(w.Basis, protocol.Nil), Merged: true,
		}
		if c == nil {
			j.count(t.Branch, 1)
		} else {
			prop, _ := j.schema().Prop(j.record(w.Record).kind, w.Prop)
			value, _ := j.resumed(merge, w.Record, prop, c)
			again.Value, again.Before = cmp.Or(value, protocol.Nil), c.value
		}
		j.touchOverlay(t.Branch, w.Record).set(&again, j.rev(), j.change.Base, j.nobody())
		back.Writes = append(back.Writes, again)
	}
	if len(back.Writes) > 0 {
		j.also = append(j.also, back)
	}
}

// takenBack tells whether main does not have any more what a merge wrote in a cell.
func (j *judgement) takenBack(merge *Row, w *protocol.Write) bool {
	of := func(record, prop string) bool { return record == w.Record && prop == w.Prop }
	return slices.ContainsFunc(merge.Writes, func(m protocol.Write) bool { return of(m.Record, m.Prop) }) &&
		!slices.ContainsFunc(j.met, func(c protocol.CellConflict) bool { return of(c.Record, c.Prop) })
}
