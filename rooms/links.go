package rooms

import "atelier/protocol"

// maxNesting bounds the walk up the parents; deeper nesting is refused like a cycle.
const maxNesting = 64

// links refuses an edge to nothing, a parent that is not there and a cycle of parents. Only what this change writes is
// judged: ends that are deleted later are hidden by whoever shows the canvas, and come back with a restore.
func (j *judgement) links(r *record) *protocol.Error {
	for i := range r.cells {
		c := &r.cells[i]
		prop, _ := j.schema().Prop(r.kind, c.name())
		if prop.Form != protocol.FormRecord || c.value.Absent() || c.rev != j.rev() {
			continue
		}
		id, _ := c.value.AsString()
		if to := j.record(id); (to == nil || to.deleted()) && (!r.kind.Above() || !j.onAnyBranch(id)) {
			return j.broken(r, c, "record %s: %s names %s, which is not there", r.id, c.name(), id)
		}
		if c.name() == protocol.PropParent && j.cyclic(r.id, id) {
			return j.broken(r, c, "record %s: would be its own parent", r.id)
		}
	}
	return nil
}

func (j *judgement) broken(r *record, c *cell, format string, args ...any) *protocol.Error {
	return protocol.Errorf(protocol.CodeConflict, format, args...).
		With(protocol.ConflictDetails{Conflicts: []protocol.CellConflict{{Record: r.id, Prop: c.name()}}})
}

// onAnyBranch tells whether a branch has cells of a record: a comment may be about it.
func (j *judgement) onAnyBranch(id string) bool { return j.scratch.onAnyBranch(id) || has(j.over, id) }

func (s *scratch) onAnyBranch(id string) bool { return s.base.overlaid[id] > 0 || has(s.overlays, id) }

func has(layer map[overlayKey]*overlay, id string) bool {
	for key, o := range layer {
		if key.id == id && present(o) != nil {
			return true
		}
	}
	return false
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
