package e2e

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"atelier/client"
	"atelier/protocol"
	"atelier/rooms"
)

// folded is what a log comes to: main, tombstones included, and what every branch has.
type folded struct {
	main  map[[2]string]protocol.Value
	aside map[string]map[[2]string]client.Cell
	ended map[[2]string][]protocol.Value // texts of records that a branch had deleted when it was merged
}

// fold reads a log by its writes alone. Before has to be what stood there.
func fold(t *testing.T, log []rooms.Row) folded {
	t.Helper()
	f := folded{
		main: make(map[[2]string]protocol.Value), aside: make(map[string]map[[2]string]client.Cell),
		ended: make(map[[2]string][]protocol.Value),
	}
	for _, row := range log {
		for _, target := range append(row.Also, protocol.Target{Branch: row.Branch, Writes: row.Writes}) {
			gone := f.deletedOn(target.Branch)
			for _, w := range target.Writes {
				key := [2]string{w.Record, w.Prop}
				if target.Branch == "" {
					require.Equal(t, shown(f.main[key]), shown(w.Before), "revision %d: %v", row.Rev, key)
					f.main[key] = w.Value
					continue
				}
				if gone[w.Record] && w.Dropped {
					f.ended[key] = append(f.ended[key], w.Before)
				}
				f.write(t, row.Rev, target.Branch, key, w)
			}
		}
	}
	return f
}

// deletedOn are the records that a branch has deleted.
func (f folded) deletedOn(branch string) map[string]bool {
	out := make(map[string]bool)
	for key, c := range f.aside[branch] {
		if gone, _ := c.Value.AsBool(); gone && key[1] == protocol.PropDeleted {
			out[key[0]] = true
		}
	}
	return out
}

func (f folded) write(t *testing.T, rev int64, branch string, key [2]string, w protocol.Write) {
	t.Helper()
	cells := f.aside[branch]
	if cells == nil {
		cells = make(map[[2]string]client.Cell)
		f.aside[branch] = cells
	}
	have, there := cells[key]
	require.Equal(t, shown(have.Value), shown(w.Before), "revision %d on %s: %v", rev, branch, key)
	if w.Dropped {
		require.True(t, there, "revision %d: %v was on %s", rev, key, branch)
		delete(cells, key)
		return
	}
	require.True(t, there || w.Basis != "", "revision %d on %s: %v brings a base value when it is new", rev, branch, key)
	have.Record, have.Prop = w.Record, w.Prop
	if w.Basis != "" {
		have.Base = shown(w.Basis)
	}
	have.Value = shown(w.Value)
	cells[key] = have
}

func shown(v protocol.Value) protocol.Value { return cmp.Or(v, protocol.Nil) }

// verifyBranches holds everybody's branches against the log on disk, and looks for every word that was acknowledged.
func verifyBranches(t *testing.T, data, room string, people []*person) {
	t.Helper()
	db := open(t, data)
	defer db.Close() //nolint:errcheck // read only
	log := readLog(t, db, room)
	f := fold(t, log)
	stored, err := db.Load(t.Context(), room)
	require.NoError(t, err)
	state, err := rooms.Restore(protocol.NewSchema(protocol.DefaultLimits()), stored)
	require.NoError(t, err)
	branches, words := 0, 0
	for _, b := range state.BranchInfos() {
		var want []client.Cell
		for _, c := range f.aside[b.ID] {
			want = append(want, c)
		}
		slices.SortFunc(want, func(a, b client.Cell) int {
			return cmp.Or(strings.Compare(a.Record, b.Record), strings.Compare(a.Prop, b.Prop))
		})
		require.Equal(t, len(want), b.Cells, "the state that a restart loads")
		for _, p := range people {
			require.Equal(t, want, cellsOf(p.room, b.ID), "branch %s as %s has it", b.ID, p.name)
		}
		branches++
	}
	everywhere := f.words()
	for _, p := range people {
		for _, w := range p.words {
			require.True(t, everywhere[w], "%q of %s is nowhere; it was in %s", w, p.name, trace(log, w))
			words++
		}
	}
	t.Logf("%d branches, %d words, none lost", branches, words)
}

func cellsOf(r *client.Room, branch string) []client.Cell {
	cells := r.On(branch).Cells()
	for i := range cells {
		cells[i].Main = ""
	}
	return cells
}

// words are those of all texts on main and on branches.
func (f folded) words() map[string]bool {
	out := make(map[string]bool)
	add := func(key [2]string, v protocol.Value) {
		if key[1] == "text" || key[1] == "prompt" {
			text, _ := v.AsString()
			for w := range strings.FieldsSeq(text) {
				out[w] = true
			}
		}
	}
	for key, v := range f.main {
		add(key, v)
	}
	for _, cells := range f.aside {
		for key, c := range cells {
			add(key, c.Value)
		}
	}
	for key, values := range f.ended {
		for _, v := range values {
			add(key, v)
		}
	}
	return out
}

// trace tells what became of the texts that a word was in.
func trace(log []rooms.Row, word string) string {
	var out strings.Builder
	cells := make(map[[2]string]bool)
	each := func(do func(row rooms.Row, branch string, w protocol.Write)) {
		for _, row := range log {
			for _, target := range append(row.Also, protocol.Target{Branch: row.Branch, Writes: row.Writes}) {
				for _, w := range target.Writes {
					do(row, target.Branch, w)
				}
			}
		}
	}
	each(func(_ rooms.Row, _ string, w protocol.Write) {
		if strings.Contains(string(w.Value), word) {
			cells[[2]string{w.Record, w.Prop}] = true
		}
	})
	each(func(row rooms.Row, branch string, w protocol.Write) {
		if cells[[2]string{w.Record, w.Prop}] {
			fmt.Fprintf(&out, "\n%d by %s base %d episode %q merges %q undoes %q on %q: %.8s.%s %q -> %q of %q", row.Rev, row.Session, row.Base,
				row.Episode, row.Merged, row.Undo, branch, w.Record, w.Prop, w.Before, w.Value, w.Basis)
		}
	})
	return out.String()
}
