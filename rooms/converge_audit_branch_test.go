package rooms

import (
	"slices"

	"github.com/stretchr/testify/require"

	"atelier/protocol"
)

// diverged holds a branch that the server made against those that its stay has already.
func (n *audition) diverged() {
	branch := n.row.Branch
	if branch == "" || branch == n.asked.Branch || !n.made[branch] {
		return
	}
	n.ok(!n.undoes() && n.row.Merged == "", n.row, "an undo or a merge makes no branch")
	at := stayOf(n.row.Session, n.row.Episode, n.row.Gesture, n.row.ID)
	if earlier := n.stays[at]; len(earlier) > 0 {
		last := earlier[len(earlier)-1]
		open := n.main[[2]string{last, "merged"}].value.Absent() || n.main[[2]string{last, "merged"}].rev == n.row.Rev
		n.ok(!open || n.foreignOn(last), n.row, "a stay has one branch, this one %s", last)
	}
	n.stays[at] = append(n.stays[at], branch)
}

// follows holds a change for main against the branch that its stay has diverged to.
func (n *audition) follows() {
	earlier := n.stays[stayOf(n.row.Session, n.row.Episode, n.row.Gesture, n.row.ID)]
	if len(earlier) == 0 || n.undoes() || n.asked.Merge != nil || n.asked.Branch != "" {
		return
	}
	last := earlier[len(earlier)-1]
	if !n.main[[2]string{last, "merged"}].value.Absent() {
		return
	}
	for key := range n.aside[last] {
		if slices.ContainsFunc(n.asked.Writes, func(w protocol.Write) bool { return w.Record == key[0] && !n.kindOf(key[0]).Above() }) {
			closes := slices.ContainsFunc(n.row.Also, func(t protocol.Target) bool { return t.Branch == last })
			n.ok(n.row.Branch != "" || closes, n.row, "%s is on branch %s of this stay", key[0], last)
		}
	}
}

// foreignOn tells whether another session, or a merge, wrote on a branch to a record of this change, unseen by its author.
func (n *audition) foreignOn(branch string) bool {
	for key, c := range n.aside[branch] {
		if !n.saw(c) && slices.ContainsFunc(n.asked.Writes, func(w protocol.Write) bool { return w.Record == key[0] }) {
			return true
		}
	}
	return false
}

func (n *audition) branchWrites(branch string, writes []protocol.Write) {
	cells := n.aside[branch]
	if cells == nil {
		cells = make(map[[2]string]audited)
		n.aside[branch] = cells
	}
	for i := range writes {
		w := &writes[i]
		key := [2]string{w.Record, w.Prop}
		was, there := cells[key]
		switch {
		case w.Dropped:
			n.ok(there && same(w.Before, was.value) && same(w.Basis, was.base), n.row, "%s leaves the branch as it was", key)
			delete(cells, key)
			continue
		case !there:
			n.ok(w.Before == "" && w.Basis != "", n.row, "%s is new on the branch, with its base value", key)
			n.beginsFrom(branch, key, w)
			cells[key] = n.written(audited{base: stored(w.Basis), seen: n.row.Base}, w)
			continue
		}
		n.ok(same(w.Before, was.value), n.row, "%s on the branch replaced %q, not %q", key, was.value, w.Before)
		if w.Basis != "" {
			n.ok(n.byMerge() && n.row.Merged == "" && within(lost(was.value, w.Value), parts(was.base)), n.row,
				"%s keeps its base value and its author's words, unless a merge is taken back", key)
			was.base, was.seen = stored(w.Basis), n.row.Base
			cells[key] = was
		}
		if same(was.value, w.Value) {
			continue
		}
		if n.guarded(n.kindOf(w.Record), w.Prop) && was.rev != n.row.Rev && w.Basis == "" {
			n.mayReplace(key, cells, was, w)
		}
		cells[key] = n.written(was, w)
	}
}

func (n *audition) written(c audited, w *protocol.Write) audited {
	c.value, c.rev, c.by = stored(w.Value), n.row.Rev, n.row.Session
	if w.Merged {
		c.by = nobody
	}
	return c
}

// beginsFrom holds the base value of a new cell against what its author can have started from.
func (n *audition) beginsFrom(branch string, key [2]string, w *protocol.Write) {
	q := n.last(key[0], key[1])
	switch {
	case n.takesBack() != nil && n.byMerge():
		n.ok(slices.ContainsFunc(n.takesBack().Also, func(t protocol.Target) bool {
			return t.Branch == branch && slices.ContainsFunc(t.Writes, func(d protocol.Write) bool {
				return d.Dropped && d.Record == key[0] && d.Prop == key[1] && same(d.Before, w.Value) && same(d.Basis, w.Basis)
			})
		}), n.row, "%s: the branch gets back what the merge took", key)
	case n.inherited(branch, key, w), n.broughtBack(key, w):
	case q == nil:
		n.ok(false, n.row, "%s: nobody asked for it on the branch", key)
	default:
		main := n.main[key]
		kind := n.kindOf(key[0])
		want := main.value
		if !n.saw(main) && n.guarded(kind, key[1]) {
			want = q.Basis
		}
		n.ok(same(w.Basis, want), n.row, "%s: its author started from %q, not %q", key, want, w.Basis)
		n.ok(n.undoes() || same(w.Value, q.Value), n.row, "%s: the first write on a branch never meets anything", key)
	}
}

// broughtBack tells whether a cell comes with the life of its record, as main has it.
func (n *audition) broughtBack(key [2]string, w *protocol.Write) bool {
	life := n.last(key[0], protocol.PropDeleted)
	return life != nil && life.Value.Absent() && (key[1] == protocol.PropKind || same(w.Value, n.main[key].value) && same(w.Basis, w.Value))
}

// inherited tells whether a sibling took a cell over from another branch.
func (n *audition) inherited(branch string, key [2]string, w *protocol.Write) bool {
	for other, cells := range n.aside {
		c, ok := cells[key]
		if ok && other != branch && same(c.value, w.Value) && same(c.base, w.Basis) && branch != n.asked.Branch {
			return true
		}
	}
	return false
}

// left accounts for every cell that a branch lost.
func (n *audition) left(targets []protocol.Target) {
	for _, t := range targets {
		for i := range t.Writes {
			if w := &t.Writes[i]; t.Branch != "" && w.Dropped {
				n.ok(n.accounted(w), n.row, "%q of %s.%s left branch %s and is nowhere", w.Before, w.Record, w.Prop, t.Branch)
			}
		}
	}
}

func (n *audition) accounted(w *protocol.Write) bool {
	main := n.main[[2]string{w.Record, w.Prop}].value
	there := n.kinds[w.Record] != ""
	switch {
	case w.Prop == protocol.PropKind && there, w.Prop != protocol.PropKind && same(main, w.Before):
		return true
	case n.row.Merged == "":
		q := n.last(w.Record, w.Prop) // it may have led the branch back to main
		return q != nil && same(main, q.Value)
	case w.Prop == protocol.PropDeleted && n.wasGone(w.Record):
		choice := n.chosen(w.Record, w.Prop)
		return !n.made[w.Record] && (choice == protocol.ChooseMain || choice == protocol.ChooseBoth)
	case n.wasGone(w.Record):
		return true
	case same(w.Before, w.Basis), plural(n.kinds[w.Record], w.Prop) && within(lost(w.Before, main), lost(w.Basis, "")):
		return true
	}
	return n.decided(w, main)
}

// wasGone tells whether the branch had deleted a record: what else it had of it is only in the log.
func (n *audition) wasGone(record string) bool {
	gone, _ := n.before[[2]string{record, protocol.PropDeleted}].value.AsBool()
	return gone
}

// decided tells whether the merge was told to leave a cell's value out, or to put it on a sibling record.
func (n *audition) decided(w *protocol.Write, main protocol.Value) bool {
	choice, life := n.chosen(w.Record, w.Prop), n.chosen(w.Record, protocol.PropDeleted)
	if choice == protocol.ChooseMain || life == protocol.ChooseMain {
		return true
	}
	for key := range n.before {
		if key[0] == w.Record && n.chosen(key[0], key[1]) == protocol.ChooseBoth {
			return n.hasSibling(w)
		}
	}
	if life == protocol.ChooseBoth {
		return n.hasSibling(w)
	}
	return main.Absent() && w.Prop == protocol.PropDeleted
}

func (n *audition) hasSibling(w *protocol.Write) bool {
	sibling := protocol.DerivedID("both", n.row.ID, w.Record)
	if n.made[sibling] {
		return w.Prop == "x" || w.Prop == protocol.PropKind || same(n.main[[2]string{sibling, w.Prop}].value, w.Before)
	}
	// Nothing of the record met, or it had been merged otherwise.
	return same(w.Before, n.main[[2]string{w.Record, w.Prop}].value) || n.chosen(w.Record, w.Prop) == protocol.ChooseMain
}

// carriedOut holds what was asked for against what stands after the row.
func (n *audition) carriedOut() {
	var result protocol.ChangeResult
	require.NoError(n.t, protocol.DecodeBody(n.row.Result, &result))
	for i := range n.asked.Writes {
		w := n.last(n.asked.Writes[i].Record, n.asked.Writes[i].Prop)
		if slices.ContainsFunc(result.Skipped, func(c protocol.CellConflict) bool { return c.Record == w.Record }) {
			continue
		}
		cell, there := n.main[[2]string{w.Record, w.Prop}], true
		if n.row.Branch != "" && !n.kindOf(w.Record).Above() {
			cell, there = n.aside[n.row.Branch][[2]string{w.Record, w.Prop}]
		}
		if w.Prop == protocol.PropKind {
			n.ok(n.kindOf(w.Record) != "", n.row, "%s was made", w.Record)
			continue
		}
		if n.undoes() && !same(cell.value, w.Value) {
			n.ok(plural(n.kindOf(w.Record), w.Prop), n.row, "%s.%s is neither taken back nor skipped", w.Record, w.Prop)
			continue
		}
		kept := same(cell.value, w.Value) || plural(n.kindOf(w.Record), w.Prop) && within(lost(w.Value, w.Basis), parts(cell.value))
		n.ok(there && kept, n.row, "%s.%s: %q is not where it was kept, %q is", w.Record, w.Prop, w.Value, cell.value)
	}
}

// links holds what the row wrote on main against the rules of links.
func (n *audition) links() {
	for key, c := range n.main {
		p, _ := testSchema.Prop(n.kinds[key[0]], key[1])
		if buried, _ := n.main[[2]string{key[0], protocol.PropDeleted}].value.AsBool(); p.Form != protocol.FormRecord ||
			c.rev != n.row.Rev || c.value.Absent() || buried {
			continue
		}
		to, _ := c.value.AsString()
		gone, _ := n.main[[2]string{to, protocol.PropDeleted}].value.AsBool()
		if !n.kinds[key[0]].Above() && n.takesBack() == nil {
			n.ok(n.kinds[to] != "" && !gone, n.row, "%s names %s, which is not there", key, to)
		}
		for at, deep := to, 0; key[1] == protocol.PropParent; deep++ {
			n.ok(at != key[0] && deep < maxNesting, n.row, "%s is its own parent", key[0])
			next, ok := n.main[[2]string{at, protocol.PropParent}].value.AsString()
			if !ok {
				break
			}
			at = next
		}
	}
}
