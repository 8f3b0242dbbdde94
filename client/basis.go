package client

import "atelier/protocol"

// cell names a cell of main (branch "") or of a branch's overlay.
type cell struct{ branch, record, prop string }

// written knows when the cells were written that ask for a basis: those of the policies merge and branch.
type written struct {
	schema *protocol.Schema
	since  int64          // revision of the snapshot: what is not in revs was not written after it
	revs   map[cell]int64 //
}

func (w *written) guarded(kind protocol.Kind, prop string) bool {
	p, ok := w.schema.Prop(kind, prop)
	return ok && p.Policy != protocol.PolicyLWW
}

func (w *written) note(kind protocol.Kind, at cell, rev int64) {
	if w.guarded(kind, at.prop) {
		w.revs[at] = rev
	}
}

// atMost is a revision that a cell was not written after.
func (w *written) atMost(at cell) int64 {
	if rev, ok := w.revs[at]; ok {
		return rev
	}
	return w.since
}

// before is a revision that a cell's newest write was not seen at.
func (w *written) before(at cell) int64 { return max(0, w.revs[at]-1) }

// base gives a change the base and the bases that say what its author has seen: the replica of now. An own base holds for
// all writes that have not their own basis, and bases that do not stand any more take the base back to when they did. An
// undo expects values that its author left, so it is not told others.
func (c *canvas) base(ch *protocol.Change) {
	given := ch.Base != 0
	if !given {
		ch.Base = c.rev
	}
	if ch.Undo != "" || ch.Restored != 0 {
		return
	}
	made := make(map[string]protocol.Kind)
	writes := make([]protocol.Write, len(ch.Writes))
	copy(writes, ch.Writes)
	ch.Writes = writes
	for i := range writes {
		w := &writes[i]
		if w.Prop == protocol.PropKind {
			name, _ := w.Value.AsString()
			made[w.Record] = protocol.Kind(name)
			continue
		}
		kind := c.kindOf(ch.Branch, w.Record)
		if kind == "" {
			kind = made[w.Record]
		}
		if !c.written.guarded(kind, w.Prop) {
			continue
		}
		value, at := c.standing(ch.Branch, w.Record, w.Prop)
		switch {
		case w.Basis == "" && (!given || c.written.atMost(at) <= ch.Base):
			w.Basis = value
		case w.Basis != "" && w.Basis != value && !given:
			ch.Base = min(ch.Base, c.written.before(at))
		}
	}
}
