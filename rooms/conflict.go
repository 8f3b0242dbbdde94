package rooms

import "atelier/protocol"

// unseen tells whether a cell was written by another session after the change's base.
func (j *judgement) unseen(c *cell) bool {
	return c != nil && c.rev > j.change.Base && j.scratch.authorOf(c.session).session != j.by.Session
}

// surprise judges one write against what its author has not seen (docs/canvas.md); nil when it simply applies.
//
//   - The cell was seen, is the author's own, or holds the same value: applies.
//   - lww: applies, also to a deleted record, where it stays hidden. In an undo it does not: undo never takes back
//     somebody else's later work.
//   - merge and branch: a conflict, also when the record was deleted.
//   - Deletion: a conflict only with unseen writes to merge or branch cells.
func (j *judgement) surprise(r *record, prop protocol.Prop, v protocol.Value) *protocol.CellConflict {
	if prop.Name == protocol.PropDeleted {
		return j.lifeSurprise(r, v)
	}
	asks := prop.Policy != protocol.PolicyLWW || j.change.Undo != ""
	if life := r.cell(protocol.PropDeleted); asks && r.deleted() {
		return j.conflict(r, life)
	}
	c := r.cell(prop.Name)
	if !asks || !j.unseen(c) || same(c.value, v) {
		return nil
	}
	return j.conflict(r, c)
}

func (j *judgement) lifeSurprise(r *record, v protocol.Value) *protocol.CellConflict {
	life := r.cell(protocol.PropDeleted)
	deletes, _ := v.AsBool()
	if deletes == r.deleted() {
		return nil
	}
	if j.unseen(life) {
		return j.conflict(r, life)
	}
	if !deletes {
		return nil
	}
	for i := range r.cells {
		c := &r.cells[i]
		prop, ok := j.scratch.base.schema.Prop(r.kind, c.prop)
		if ok && prop.Policy != protocol.PolicyLWW && j.unseen(c) {
			return j.conflict(r, c)
		}
	}
	return nil
}

func same(a, b protocol.Value) bool { return a == b || (a.Absent() && b.Absent()) }

func (j *judgement) conflict(r *record, c *cell) *protocol.CellConflict {
	return &protocol.CellConflict{
		Record: r.id, Prop: c.prop, Rev: c.rev, Theirs: c.value, User: j.scratch.authorOf(c.session).user,
	}
}

// maxNesting bounds the walk up the parents; deeper nesting is refused like a cycle.
const maxNesting = 64

// links refuses an edge to nothing, a parent that is not there and a cycle of parents. Only what this change writes is
// judged: ends that are deleted later are hidden by whoever shows the canvas, and come back with a restore.
func (j *judgement) links(r *record) *protocol.Error {
	for i := range r.cells {
		c := &r.cells[i]
		prop, _ := j.scratch.base.schema.Prop(r.kind, c.prop)
		if prop.Form != protocol.FormRecord || c.value.Absent() || c.rev != j.scratch.rev+1 {
			continue
		}
		id, _ := c.value.AsString()
		if to := j.record(id); to == nil || to.deleted() {
			return protocol.Errorf(protocol.CodeConflict, "record %s: %s names %s, which is not there", r.id, c.prop, id).
				With(protocol.ConflictDetails{Conflicts: []protocol.CellConflict{{Record: r.id, Prop: c.prop}}})
		}
		if c.prop == protocol.PropParent && j.cyclic(r.id, id) {
			return protocol.Errorf(protocol.CodeConflict, "record %s: would be its own parent", r.id).
				With(protocol.ConflictDetails{Conflicts: []protocol.CellConflict{{Record: r.id, Prop: c.prop}}})
		}
	}
	return nil
}

func (j *judgement) cyclic(id, parent string) bool {
	for range maxNesting {
		if parent == id {
			return true
		}
		r := j.record(parent)
		if r == nil {
			return false
		}
		next, ok := r.value(protocol.PropParent).AsString()
		if !ok {
			return false
		}
		parent = next
	}
	return true
}
