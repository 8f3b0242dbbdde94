package rooms

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"atelier/protocol"
)

// past is a log that was made by random people, and the archive over it.
type past struct {
	t       testing.TB
	rng     *rand.Rand
	canvas  *canvas
	rows    []Row
	records []string
	drafts  []string
}

func newPast(t *testing.T, seed uint64) *past {
	t.Helper()
	return &past{t: t, rng: rand.New(rand.NewPCG(seed, 1)), canvas: newCanvas(t)}
}

func pick[T any](rng *rand.Rand, list []T) T { return list[rng.IntN(len(list))] }

// live lets n changes be tried; those that are refused are part of life.
func (p *past) live(n int) {
	for range n {
		p.canvas.n++
		c := protocol.Change{ID: id(fmt.Sprint("life", p.canvas.n)), Base: max(0, p.canvas.state.rev-p.rng.Int64N(6))}
		p.change(&c)
		if c.Merge == nil && len(c.Writes) == 0 && c.Undo == "" {
			continue
		}
		row, err := p.canvas.state.scratch().judge(editor(pick(p.rng, []string{"ana", "ben", "cy"})), &c, int64(p.canvas.n))
		if err != nil {
			continue
		}
		require.NoError(p.t, p.canvas.state.commit(&row))
		p.rows = append(p.rows, row)
	}
}

func (p *past) change(c *protocol.Change) {
	switch k := p.rng.IntN(20); {
	case k == 0 && len(p.drafts) < 6:
		branch := id(fmt.Sprint("branch", p.canvas.n))
		p.drafts = append(p.drafts, branch)
		c.Writes = BranchWrites(branch, "")
		return
	case k == 1 && len(p.canvas.state.branches) > 0:
		branch := pick(p.rng, slices.Sorted(maps.Keys(p.canvas.state.branches)))
		choice := pick(p.rng, []protocol.Choice{protocol.ChooseMain, protocol.ChooseBranch, protocol.ChooseBoth})
		c.Merge = &protocol.Merge{Branch: branch, Resolve: []protocol.Resolution{all(choice)}}
		return
	case k == 2 && len(p.rows) > 0:
		row := pick(p.rng, p.rows[max(0, len(p.rows)-20):])
		c.Undo, c.Base = row.ID, row.Rev
		if row.Merged == "" {
			c.Branch, c.Writes = row.Branch, inverse(&row)
		}
		return
	case k < 7 && len(p.canvas.state.branches) > 0:
		c.Branch = pick(p.rng, slices.Sorted(maps.Keys(p.canvas.state.branches)))
	}
	for range 1 + p.rng.IntN(3) {
		p.write(c)
	}
}

func (p *past) write(c *protocol.Change) {
	if len(p.records) < 4 || p.rng.IntN(8) == 0 {
		name := id(fmt.Sprint("rec", p.canvas.n, len(c.Writes)))
		p.records = append(p.records, name)
		kind := pick(p.rng, []string{"note", "prompt", "x-bot"})
		c.Writes = append(c.Writes, protocol.Write{Record: name, Prop: "kind", Value: str(kind)},
			protocol.Write{Record: name, Prop: "x", Value: num(1)})
		return
	}
	w := protocol.Write{Record: pick(p.rng, p.records[max(0, len(p.records)-12):])}
	words := func() protocol.Value {
		return str(pick(p.rng, []string{"a fox", "a fox at night", "a blue fox", "two foxes at night", ""}))
	}
	switch p.rng.IntN(8) {
	case 0:
		w.Prop, w.Value = "deleted", protocol.Bool(true)
	case 1:
		w.Prop, w.Value = "deleted", protocol.Nil
	case 2:
		w.Prop, w.Value, w.Basis = "text", words(), words()
	case 3, 4:
		w.Prop, w.Value, w.Basis = "prompt", words(), words()
	case 5:
		w.Prop, w.Value = "x", pick(p.rng, []protocol.Value{protocol.Nil, num(1), num(2)})
	default:
		w.Prop, w.Value = "x", num(float64(p.rng.IntN(100)))
	}
	c.Writes = append(c.Writes, w)
}

// at is the room as it was, from the log alone.
func (p *past) at(rev int64) *State {
	p.t.Helper()
	s, err := Restore(p.canvas.state.schema, Stored{Rows: p.rows[:rev]})
	require.NoError(p.t, err)
	return s
}

// archive is one over the log, in a registry of its own.
func (p *past) archive() *Archive { return archiveOf(p.t, p.rows) }

const pastRoom = "room"

func archiveOf(t testing.TB, rows []Row) *Archive {
	t.Helper()
	store := newMemStore()
	store.rows = slices.Clone(rows)
	for i := range rows {
		store.byID[rows[i].ID] = i
	}
	return archiveOver(t, store)
}

func archiveOver(t testing.TB, store Store) *Archive {
	t.Helper()
	registry := NewRegistry(store, Config{Now: func() time.Time { return time.UnixMilli(1_000_000) }}) // no branch is idle yet
	t.Cleanup(func() { require.NoError(t, registry.Close(context.Background())) })
	return NewArchive(registry)
}

// raw is what a point shows, cell by cell, the life of deleted records included.
func raw(s *State, branch string) map[[2]string]protocol.Value {
	out := make(map[[2]string]protocol.Value)
	side := stateSide{s, branch}
	side.each(func(id string) {
		f := side.face(id)
		out[[2]string{id, protocol.PropKind}] = str(string(f.kind()))
		for _, prop := range f.props() {
			if prop == protocol.PropKind {
				continue
			}
			if v, _ := f.cell(prop); v != "" {
				out[[2]string{id, prop}] = v
			}
		}
	})
	return out
}

// points are some points of the past.
func (p *past) points(n int) []Point {
	var out []Point
	for len(out) < n {
		rev := p.rng.Int64N(int64(len(p.rows)) + 1)
		branches := append([]string{""}, slices.Sorted(maps.Keys(p.at(rev).branches))...)
		out = append(out, Point{Branch: pick(p.rng, branches), Rev: rev})
	}
	return out
}

// logbook drives a canvas by hand and keeps its log.
type logbook struct {
	*canvas

	rows []Row
}

func newLogbook(t *testing.T) *logbook {
	t.Helper()
	return &logbook{canvas: newCanvas(t)}
}

func (l *logbook) make(by Author, c protocol.Change) Row {
	l.t.Helper()
	l.n++
	if c.ID == "" {
		c.ID = id(fmt.Sprint("made", l.n))
	}
	if c.Base == 0 {
		c.Base = l.state.rev
	}
	row, err := l.state.scratch().judge(by, &c, int64(l.n)*1000)
	require.Nil(l.t, err)
	require.NoError(l.t, l.state.commit(&row))
	l.rows = append(l.rows, row)
	return row
}

func (l *logbook) must(by Author, writes ...protocol.Write) Row {
	l.t.Helper()
	return l.make(by, protocol.Change{Writes: writes})
}

// draft makes a branch by hand and writes on it.
func (l *logbook) draft(by Author, name string, writes ...protocol.Write) string {
	l.t.Helper()
	l.make(by, protocol.Change{Branch: id(name), Writes: append(BranchWrites(id(name), name), writes...)})
	return id(name)
}
