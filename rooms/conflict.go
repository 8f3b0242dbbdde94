package rooms

import (
	"atelier/protocol"
	"atelier/rooms/merge"
)

// standing is the value that a write meets.
type standing struct {
	prop  string
	value protocol.Value
	rev   int64
	by    author
}

func (j *judgement) standing(c *cell) *standing {
	if c == nil {
		return nil
	}
	return &standing{c.name(), c.value, c.rev, j.scratch.authorOf(c.session)}
}

func (j *judgement) standingOn(c *overlayCell) *standing {
	if c == nil {
		return nil
	}
	return &standing{c.prop, c.value, c.rev, j.scratch.authorOf(c.author)}
}

// unseen tells whether a cell was written by another session after the change's base.
func (j *judgement) unseen(c *cell) bool {
	return c != nil && c.rev > j.change.Base && j.scratch.authorOf(c.session).session != j.by.Session
}

func (j *judgement) surprising(c *standing) bool {
	return c != nil && c.rev > j.change.Base && c.by.session != j.by.Session
}

// meetMain judges a write against what its author has not seen of main: the value to store, with the write's basis when
// it was merged, or what it conflicts with. Records above branches never conflict: the later write stands.
func (j *judgement) meetMain(r *record, prop protocol.Prop, w *protocol.Write) (value, basis protocol.Value, met *protocol.CellConflict) {
	if prop.Name == protocol.PropDeleted {
		if met = j.lifeOnMain(r, w.Value); met != nil && r.kind.Above() && !skips(j.change) {
			met = nil
		}
		return w.Value, "", met
	}
	c := r.cell(prop.Name)
	if c == nil && !r.deleted() {
		return w.Value, "", nil
	}
	var life *standing
	if r.deleted() {
		life = j.standing(r.cell(protocol.PropDeleted))
	}
	value, merged, met := j.meet(r.id, prop, w, j.standing(c), life)
	switch {
	case met != nil && r.kind.Above() && !skips(j.change):
		return w.Value, "", nil
	case merged && w.Basis == "":
		basis = protocol.Nil
	case merged:
		basis = w.Basis
	}
	return value, basis, met
}

// meetBranch does the same on the branch. The first write of a cell there never conflicts.
func (j *judgement) meetBranch(r *record, o *overlay, prop protocol.Prop, w *protocol.Write) (value protocol.Value, merged bool, met *protocol.CellConflict) {
	if prop.Name == protocol.PropDeleted {
		return w.Value, false, j.lifeOnBranch(r, o, w.Value)
	}
	c := j.standingOn(o.cell(prop.Name))
	if c == nil && skips(j.change) && r != nil {
		c = j.standing(r.cell(prop.Name))
	}
	life := j.standingOn(o.cell(protocol.PropDeleted))
	if life != nil {
		if gone, _ := life.value.AsBool(); !gone {
			life = nil
		}
	}
	return j.meet(w.Record, prop, w, c, life)
}

// meet judges one write against what stands (docs/canvas.md): c is the cell, life the record's deletion when it is deleted.
func (j *judgement) meet(id string, prop protocol.Prop, w *protocol.Write, c, life *standing) (value protocol.Value, merged bool, met *protocol.CellConflict) {
	if skips(j.change) {
		return j.meetUndo(id, prop, w, c, life)
	}
	switch {
	case prop.Policy == protocol.PolicyLWW:
		return w.Value, false, nil
	case j.surprising(life):
		return "", false, conflict(id, life)
	case !j.surprising(c) || same(c.value, w.Value):
		return w.Value, false, nil
	}
	value, ok := j.combine(prop, w.Basis, c.value, w.Value)
	if !ok {
		return "", false, conflict(id, c)
	}
	return value, value != w.Value, nil
}

// meetUndo judges what takes something back: it applies where its basis stands, takes the own words out of a text that
// others wrote in, and leaves everything else alone.
func (j *judgement) meetUndo(id string, prop protocol.Prop, w *protocol.Write, c, life *standing) (value protocol.Value, merged bool, met *protocol.CellConflict) {
	switch {
	case life != nil:
		return "", false, conflict(id, life)
	case c == nil || same(c.value, w.Value):
		return w.Value, false, nil
	case w.Basis == "" && !j.surprising(c), w.Basis != "" && same(c.value, w.Basis):
		return w.Value, false, nil
	case w.Basis == "":
		return "", false, conflict(id, c)
	}
	if value, ok := j.combine(prop, w.Basis, c.value, w.Value); ok {
		if _, clean := texts(w.Basis, c.value, w.Value); clean || prop.Form == protocol.FormSet {
			return value, value != w.Value, nil
		}
	}
	return "", false, conflict(id, c)
}

// combine merges two values that were made from one basis, where the prop's policy has a way to.
func (j *judgement) combine(prop protocol.Prop, basis, theirs, mine protocol.Value) (protocol.Value, bool) {
	var merged protocol.Value
	switch {
	case prop.Policy == protocol.PolicyLWW:
		return "", false
	case prop.Form == protocol.FormText && basis != "":
		text, clean := texts(basis, theirs, mine)
		if !clean && prop.Policy != protocol.PolicyMerge {
			return "", false
		}
		merged = text
	case prop.Form == protocol.FormSet:
		merged = protocol.Strings(merge.Set(basis.AsStrings(), theirs.AsStrings(), mine.AsStrings()))
	default:
		return "", false
	}
	return merged, j.schema().Check(prop, merged) == nil
}

func texts(basis, theirs, mine protocol.Value) (merged protocol.Value, clean bool) {
	text := func(v protocol.Value) string { s, _ := v.AsString(); return s }
	s, clean := merge.Text(text(basis), text(theirs), text(mine))
	return protocol.String(s), clean
}

// lifeOnMain judges deleting and restoring: it meets a life that was not seen, and deleting meets unseen writes to cells
// of policy merge or branch.
func (j *judgement) lifeOnMain(r *record, v protocol.Value) *protocol.CellConflict {
	deletes, _ := v.AsBool()
	if deletes == r.deleted() {
		return nil
	}
	if life := r.cell(protocol.PropDeleted); j.unseen(life) {
		return conflict(r.id, j.standing(life))
	}
	if !deletes {
		return nil
	}
	for i := range r.cells {
		if c := &r.cells[i]; j.guarded(r.kind, c.name()) && j.unseen(c) {
			return conflict(r.id, j.standing(c))
		}
	}
	return nil
}

func (j *judgement) lifeOnBranch(r *record, o *overlay, v protocol.Value) *protocol.CellConflict {
	kind, _ := o.kind()
	if r != nil {
		kind = r.kind
	}
	deletes, _ := v.AsBool()
	life := j.standingOn(o.cell(protocol.PropDeleted))
	if life != nil {
		if gone, _ := life.value.AsBool(); gone == deletes {
			return nil
		}
		if j.surprising(life) {
			return conflict(o.id, life)
		}
	}
	if !deletes || o == nil {
		return nil
	}
	for i := range o.cells {
		if c := j.standingOn(&o.cells[i]); j.guarded(kind, c.prop) && j.surprising(c) {
			return conflict(o.id, c)
		}
	}
	return nil
}

// guarded tells whether an unseen write of a cell asks for more than being overwritten.
func (j *judgement) guarded(kind protocol.Kind, name string) bool {
	prop, ok := j.schema().Prop(kind, name)
	return ok && prop.Policy != protocol.PolicyLWW
}

func same(a, b protocol.Value) bool { return a == b || (a.Absent() && b.Absent()) }

func conflict(record string, c *standing) *protocol.CellConflict {
	return &protocol.CellConflict{Record: record, Prop: c.prop, Rev: c.rev, Theirs: c.value, User: c.by.user}
}
