package rooms

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"atelier/protocol"
)

// audit reads a log as a second, independent bookkeeper, with what every client had asked for beside it, and holds every
// row against the promises of docs/canvas.md:
//
//   - A value of a guarded cell (policy merge or branch) is replaced by a session only when it wrote the value itself, had
//     seen it (its base reaches it), or when the row is a merge that was told to, or takes back what stands there.
//   - A text or a set that was not seen never loses a word, or an element, that the author did not take away from its basis.
//   - Everything that was asked for is where the row was placed, or named as skipped.
//   - Before is what stood there; base values are what authors started from; what leaves a branch is accounted for on main.
//   - One branch for a stay, unless it was merged or somebody else had written there.
type audit struct {
	t     *testing.T
	sent  map[string]protocol.Change
	at    map[string]int64 // change id → revision
	head  int64
	kinds map[string]protocol.Kind
	main  map[[2]string]audited
	aside map[string]map[[2]string]audited // branch → cell
	stays map[stay][]string                // the branches of a stay, oldest first
	rows  map[string]*Row                  // merges
}

// audited is a cell with who wrote what stands there; nobody when it was merged.
type audited struct {
	value, base protocol.Value
	rev         int64
	by          string
	seen        int64 // of a branch's cell: up to where its author had seen main
}

const nobody = "nobody"

func newAudit(t *testing.T, sent map[string]protocol.Change) *audit {
	t.Helper()
	return &audit{
		t: t, sent: sent, at: make(map[string]int64), kinds: make(map[string]protocol.Kind), main: make(map[[2]string]audited),
		aside: make(map[string]map[[2]string]audited), stays: make(map[stay][]string), rows: make(map[string]*Row),
	}
}

// audited row: what it was asked for, and how things stood before it.
type audition struct {
	*audit

	row    *Row
	asked  protocol.Change
	before map[[2]string]audited // the branch that is merged, as it was
	made   map[string]bool       // records that the row makes on main
}

func (a *audit) row(row *Row) {
	asked, known := a.sent[row.ID]
	if row.Session == "server" {
		a.ok(len(row.Writes) == 1 && row.Writes[0].Prop == "archived", row, "the server archives what rests")
		asked, known = protocol.Change{Writes: row.Writes}, true
	}
	a.ok(known, row, "somebody asked for it")
	a.ok(row.Rev == a.head+1, row, "no gap after %d", a.head)
	a.ok(a.at[row.ID] == 0, row, "no change twice")
	a.head, a.at[row.ID] = row.Rev, row.Rev
	n := audition{audit: a, row: row, asked: asked, made: make(map[string]bool), before: make(map[[2]string]audited)}
	if row.Merged != "" {
		maps.Copy(n.before, a.aside[row.Merged])
	}
	targets := append(slices.Clone(row.Also), protocol.Target{Branch: row.Branch, Writes: row.Writes})
	n.follows()
	for _, target := range targets {
		if target.Branch == "" {
			n.mainWrites(target.Writes)
		}
	}
	n.diverged()
	for _, target := range targets {
		if target.Branch != "" {
			n.branchWrites(target.Branch, target.Writes)
		}
	}
	n.left(targets)
	n.carriedOut()
	n.links()
	if row.Merged != "" {
		a.rows[row.ID] = row
	}
}

func (a *audit) ok(fine bool, row *Row, format string, args ...any) {
	if !fine {
		a.t.Helper()
		require.FailNow(a.t, fmt.Sprintf(format, args...), "revision %d of %s (base %d, branch %q)\nwrites %q\nalso %q\nasked %+q",
			row.Rev, row.Session, row.Base, row.Branch, row.Writes, row.Also, a.sent[row.ID])
	}
}

// last is what was asked of a cell.
func (n *audition) last(record, prop string) *protocol.Write {
	for i := range slices.Backward(n.asked.Writes) {
		if w := &n.asked.Writes[i]; w.Record == record && w.Prop == prop {
			return w
		}
	}
	return nil
}

func (n *audition) undoes() bool    { return n.row.Undo != "" || n.row.Restored != 0 }
func (n *audition) takesBack() *Row { return n.rows[n.row.Undo] }
func (n *audition) byMerge() bool {
	return n.row.Merged != "" || (n.row.Undo != "" && len(n.asked.Writes) == 0)
}

func (n *audition) guarded(kind protocol.Kind, prop string) bool {
	p, ok := testSchema.Prop(kind, prop)
	return ok && p.Policy != protocol.PolicyLWW && !kind.Above()
}

func (n *audition) mainWrites(writes []protocol.Write) {
	for i := range writes {
		w := &writes[i]
		key := [2]string{w.Record, w.Prop}
		if w.Prop == protocol.PropKind {
			kind, _ := w.Value.AsString()
			if n.kinds[w.Record] == "" {
				n.kinds[w.Record], n.made[w.Record] = protocol.Kind(kind), true
				n.ok(w.Before == "", n.row, "%s is new", w.Record)
			}
			continue
		}
		was := n.main[key]
		n.ok(same(w.Before, was.value), n.row, "%s replaced %q, not %q", key, was.value, w.Before)
		if same(was.value, w.Value) {
			continue
		}
		if n.guarded(n.kinds[w.Record], w.Prop) && !n.made[w.Record] {
			n.mayReplace(key, n.main, was, w)
		}
		now := audited{value: stored(w.Value), rev: n.row.Rev, by: n.row.Session}
		if w.Basis != "" || n.byMerge() {
			now.by = nobody
		}
		n.main[key] = now
	}
}

// mayReplace holds a write of a guarded cell against who had written there.
func (n *audition) mayReplace(key [2]string, layer map[[2]string]audited, was audited, w *protocol.Write) {
	q := n.last(key[0], key[1])
	switch {
	case n.row.Merged != "":
		n.mayMerge(key, was, w)
	case n.byMerge():
		n.ok(n.takesBack() != nil, n.row, "it takes back a merge")
		n.ok(slices.ContainsFunc(n.takesBack().Writes, func(m protocol.Write) bool {
			return m.Record == key[0] && m.Prop == key[1] && within(lost(was.value, w.Value), lost(m.Value, m.Before))
		}) || key[1] == protocol.PropDeleted, n.row, "%s: it takes back what the merge brought", key)
	case q == nil:
		n.ok(false, n.row, "%s: nobody asked for it", key)
	case plural(n.kindOf(key[0]), key[1]):
		n.ok(n.saw(was) || within(lost(was.value, w.Value), lost(q.Basis, q.Value)), n.row,
			"%s loses %v of %q (by %s at %d) to %q", key, lost(was.value, w.Value), was.value, was.by, was.rev, w.Value)
	case n.undoes():
		n.ok(same(was.value, q.Basis) || n.saw(was), n.row, "%s: an undo leaves alone what others wrote", key)
	case key[1] == protocol.PropDeleted:
		n.ok(n.saw(was), n.row, "%s: its life was seen", key)
		if gone, _ := w.Value.AsBool(); gone {
			n.mayDelete(key[0], layer)
		}
	default:
		n.ok(n.saw(was), n.row, "%s: %q of %s at %d is overwritten unseen", key, was.value, was.by, was.rev)
	}
}

func (n *audition) saw(c audited) bool { return c.rev <= n.row.Base || c.by == n.row.Session }

func (n *audition) mayDelete(record string, layer map[[2]string]audited) {
	for key, c := range layer {
		if key[0] == record && n.guarded(n.kindOf(record), key[1]) && c.rev != n.row.Rev {
			n.ok(n.saw(c), n.row, "%s: %q of %s at %d is deleted unseen", key, c.value, c.by, c.rev)
		}
	}
}

func (n *audition) kindOf(record string) protocol.Kind {
	if k := n.kinds[record]; k != "" {
		return k
	}
	for _, cells := range n.aside {
		if c, ok := cells[[2]string{record, protocol.PropKind}]; ok {
			s, _ := c.value.AsString()
			return protocol.Kind(s)
		}
	}
	return ""
}

// chosen is what a merge was told of a cell.
func (n *audition) chosen(record, prop string) protocol.Choice {
	found := make(map[[2]string]protocol.Choice)
	for _, r := range n.asked.Merge.Resolve {
		found[[2]string{r.Record, r.Prop}] = r.Choice
	}
	return cmp.Or(found[[2]string{record, prop}], found[[2]string{record, ""}], found[[2]string{"", ""}])
}

// mayMerge holds what a merge writes over something on main against what the branch's author had started from.
func (n *audition) mayMerge(key [2]string, was audited, w *protocol.Write) {
	cell, there := n.before[key]
	if key[1] == protocol.PropDeleted {
		n.mergesLife(key[0], cell, w)
		return
	}
	n.ok(there, n.row, "%s: the branch has it", key)
	told := n.chosen(key[0], key[1]) == protocol.ChooseBranch && same(w.Value, cell.value)
	switch {
	case told, same(was.value, cell.base) && same(w.Value, cell.value):
	case plural(n.kinds[key[0]], key[1]):
		n.ok(within(lost(was.value, w.Value), lost(cell.base, cell.value)) && within(lost(cell.value, w.Value), lost(cell.base, was.value)),
			n.row, "%s: a merge of %q, main %q and branch %q made %q", key, cell.base, was.value, cell.value, w.Value)
	default:
		n.ok(false, n.row, "%s: main has %q, the branch made %q of %q, nobody decided", key, was.value, cell.value, cell.base)
	}
}

func (n *audition) mergesLife(record string, life audited, w *protocol.Write) {
	if gone, _ := w.Value.AsBool(); !gone {
		_, own := n.before[[2]string{record, protocol.PropKind}]
		_, back := n.before[[2]string{record, protocol.PropDeleted}]
		n.ok(own || back || n.chosen(record, protocol.PropDeleted) == protocol.ChooseBranch, n.row, "%s: the branch brings it back", record)
		return
	}
	if n.chosen(record, protocol.PropDeleted) == protocol.ChooseBranch {
		return
	}
	for key, c := range n.main {
		if key[0] == record && n.guarded(n.kinds[record], key[1]) {
			n.ok(c.rev <= life.seen || c.by == life.by, n.row, "%s: %q of %s at %d is deleted unseen by a merge", key, c.value, c.by, c.rev)
		}
	}
}

// plural tells whether a cell is of several parts that come and go one by one.
func plural(kind protocol.Kind, prop string) bool {
	p, ok := testSchema.Prop(kind, prop)
	return ok && p.Policy != protocol.PolicyLWW && (p.Form == protocol.FormText || p.Form == protocol.FormSet)
}

// lost are the words or elements of a value that another has not.
func lost(from, to protocol.Value) (out []string) {
	have := parts(to)
	for _, part := range parts(from) {
		if !slices.Contains(have, part) {
			out = append(out, part)
		}
	}
	return out
}

func parts(v protocol.Value) []string {
	if s, ok := v.AsString(); ok {
		return strings.Fields(s)
	}
	return v.AsStrings()
}

func within(some, all []string) bool {
	return !slices.ContainsFunc(some, func(s string) bool { return !slices.Contains(all, s) })
}

// mayRefuse tells why a refusal was wrong.
func (a *audit) mayRefuse(asked protocol.Change, e *protocol.Error) error {
	switch {
	case e.Code == protocol.CodeConflict && (asked.Merge != nil || asked.Undo != ""):
		return nil
	case e.Code == protocol.CodeConflict && slices.ContainsFunc(asked.Writes, func(w protocol.Write) bool {
		return w.Prop == protocol.PropParent || w.Prop == "from" || w.Prop == "to" || w.Prop == "target"
	}):
		return nil
	case e.Code == protocol.CodeNotFound && asked.Undo != "":
		return nil
	case e.Code == protocol.CodeNotFound:
		return a.unheard(asked)
	}
	return errors.New("it should have been kept")
}

// unheard tells whether a record that is not known was never made, because what was to make it was refused.
func (a *audit) unheard(asked protocol.Change) error {
	for i := range asked.Writes {
		if a.kindOf(asked.Writes[i].Record) == "" && a.kinds[asked.Writes[i].Record] == "" {
			return nil
		}
	}
	return errors.New("all its records are known")
}

func (a *audit) kindOf(record string) protocol.Kind { return (&audition{audit: a}).kindOf(record) }

// equals holds the books against a state.
func (a *audit) equals(s *State) {
	for key, c := range a.main {
		require.True(a.t, same(c.value, s.records[key[0]].value(key[1])), "%s on main", key)
	}
	for branch, cells := range asideOf(s) {
		require.Len(a.t, a.aside[branch], len(cells), "cells of branch %s", branch)
		for key, w := range cells {
			have := a.aside[branch][key]
			require.Equal(a.t, [2]protocol.Value{w.Value, w.Basis}, [2]protocol.Value{have.value, have.base}, "%s on %s", key, branch)
		}
	}
}
