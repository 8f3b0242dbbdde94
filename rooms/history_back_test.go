package rooms

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"atelier/protocol"
)

// stage is a log with an archive over it and the room's own view of what came of it.
type stage struct {
	*Archive

	t *testing.T
}

func (l *logbook) stage() *stage { return &stage{archiveOf(l.t, l.rows), l.t} }

func (s *stage) apply(by Author, c protocol.Change) protocol.ChangeResult {
	s.t.Helper()
	g, err := s.look(s.t.Context(), pastRoom, nil)
	require.NoError(s.t, err)
	c.Base = g.rev
	result, err := s.Archive.apply(s.t.Context(), pastRoom, by, c)
	require.NoError(s.t, err)
	return result
}

func (s *stage) head() *State {
	s.t.Helper()
	g, err := s.look(s.t.Context(), pastRoom, nil)
	require.NoError(s.t, err)
	state, err := s.state(s.t.Context(), pastRoom, g.rev)
	require.NoError(s.t, err)
	return state
}

func (s *stage) value(record, prop string) protocol.Value {
	s.t.Helper()
	return s.head().records[id(record)].value(prop)
}

func caller() Author {
	return Author{Session: HTTPSession + "ana", User: "user-ana", Name: "Ana", Role: protocol.RoleEditor}
}

func cells(conflicts []protocol.CellConflict) [][2]string {
	var out [][2]string
	for _, c := range conflicts {
		out = append(out, [2]string{c.Record, c.Prop})
	}
	return out
}

func TestUndoTakesBackAnyChangeWhereNobodyWroteSince(t *testing.T) {
	gone := protocol.Bool(true)
	for name, tt := range map[string]struct {
		undone  []protocol.Write
		since   []protocol.Write
		want    map[string]protocol.Value // of record r
		skipped []string
		refused bool
	}{
		"a move":                          {undone: []protocol.Write{write("r", "x", num(5))}, want: map[string]protocol.Value{"x": num(0)}},
		"a prop that was not there":       {undone: []protocol.Write{write("r", "w", num(5))}, want: map[string]protocol.Value{"w": ""}},
		"a prop that was removed":         {undone: []protocol.Write{write("r", "x", protocol.Nil)}, want: map[string]protocol.Value{"x": num(0)}},
		"one cell twice":                  {undone: []protocol.Write{write("r", "x", num(5)), write("r", "x", num(6))}, want: map[string]protocol.Value{"x": num(0)}},
		"a deletion":                      {undone: []protocol.Write{write("r", "deleted", gone)}, want: map[string]protocol.Value{"deleted": "", "text": str("first")}},
		"an edit and a deletion":          {undone: []protocol.Write{write("r", "x", num(5)), write("r", "deleted", gone)}, want: map[string]protocol.Value{"deleted": "", "x": num(0)}},
		"what somebody moved since stays": {undone: []protocol.Write{write("r", "x", num(5)), write("r", "y", num(5))}, since: []protocol.Write{write("r", "x", num(6))}, want: map[string]protocol.Value{"x": num(6), "y": ""}, skipped: []string{"x"}},
		"own words of a text":             {undone: []protocol.Write{write("r", "text", str("first fox"))}, since: []protocol.Write{write("r", "text", str("the first fox"))}, want: map[string]protocol.Value{"text": str("the first")}},
		"nothing is left":                 {undone: []protocol.Write{write("r", "x", num(5))}, since: []protocol.Write{write("r", "x", num(6))}, want: map[string]protocol.Value{"x": num(6)}, refused: true},
		"of a record deleted since":       {undone: []protocol.Write{write("r", "x", num(5))}, since: []protocol.Write{write("r", "deleted", gone)}, want: map[string]protocol.Value{"x": num(5), "deleted": gone}, refused: true},
	} {
		t.Run(name, func(t *testing.T) {
			l, ana, ben := newLogbook(t), editor("ana"), editor("ben")
			l.must(ana, note("r")...)
			undone := l.must(ana, tt.undone...)
			if len(tt.since) > 0 {
				l.must(ben, tt.since...)
			}
			s := l.stage()
			result, err := s.Undo(t.Context(), pastRoom, caller(), undone.ID, id("undo"))
			if tt.refused {
				require.Equal(t, protocol.CodeConflict, protocol.CodeOf(err))
			} else {
				require.NoError(t, err)
				again, err := s.Undo(t.Context(), pastRoom, caller(), undone.ID, id("undo"))
				require.NoError(t, err)
				require.Equal(t, result.Rev, again.Rev, "the same id again is the same change")
			}
			for prop, want := range tt.want {
				require.Equal(t, want, s.value("r", prop), prop)
			}
			var skipped []string
			for _, c := range result.Skipped {
				skipped = append(skipped, c.Prop)
			}
			require.Equal(t, tt.skipped, skipped)
		})
	}
}

func TestUndoOfACreationDeletesUnlessSomebodyWroteThere(t *testing.T) {
	l, ana, ben := newLogbook(t), editor("ana"), editor("ben")
	made := l.must(ana, slices.Concat(note("a"), note("b"))...)
	l.must(ben, write("b", "text", str("mine")))
	s := l.stage()
	result, err := s.Undo(t.Context(), pastRoom, caller(), made.ID, id("undo"))
	require.NoError(t, err)
	require.True(t, s.head().records[id("a")].deleted())
	require.False(t, s.head().records[id("b")].deleted())
	require.Equal(t, [][2]string{{id("b"), "text"}}, cells(result.Skipped))

	redone, err := s.Undo(t.Context(), pastRoom, caller(), id("undo"), id("redo"))
	require.NoError(t, err)
	require.Empty(t, redone.Skipped)
	require.False(t, s.head().records[id("a")].deleted(), "an undo is taken back like anything else")
	require.Equal(t, str("first"), s.value("a", "text"))
}

func TestUndoOnABranchStaysThere(t *testing.T) {
	l, ana := newLogbook(t), editor("ana")
	l.must(ana, prompt("p", "a fox")...)
	b := l.draft(ana, "b")
	edit := l.make(ana, protocol.Change{Branch: b, Writes: append([]protocol.Write{write("p", "prompt", str("a blue fox"))}, prompt("q", "an owl")...)})
	s := l.stage()
	_, err := s.Undo(t.Context(), pastRoom, caller(), edit.ID, id("undo"))
	require.NoError(t, err)
	head := s.head()
	require.Equal(t, str("a fox"), head.branches[b].records[id("p")].cell("prompt").value)
	require.Len(t, head.Composed(b), len(head.Composed("")), "what it made is deleted there")

	_, err = s.Undo(t.Context(), pastRoom, caller(), id("undo"), id("redo"))
	require.NoError(t, err)
	s.apply(ana, protocol.Change{ID: id("merge"), Merge: &protocol.Merge{Branch: b}})
	require.Equal(t, str("a blue fox"), s.value("p", "prompt"))
	_, err = s.Undo(t.Context(), pastRoom, caller(), edit.ID, id("late"))
	require.Equal(t, protocol.CodeConflict, protocol.CodeOf(err), "what was merged has left the branch: the merge can be taken back")
	require.NotEmpty(t, details(err))
	_, err = s.Undo(t.Context(), pastRoom, caller(), id("merge"), id("unmerge"))
	require.NoError(t, err)
	require.Equal(t, str("a fox"), s.value("p", "prompt"))
	require.Equal(t, str("a blue fox"), s.head().branches[b].records[id("p")].cell("prompt").value)
}

func details(err error) []protocol.CellConflict {
	d, _ := protocol.AsError(err).Details.(protocol.ConflictDetails)
	return d.Conflicts
}

func TestUndoOfWhatReopenedABranchLeavesItOpen(t *testing.T) {
	l, ana := newLogbook(t), editor("ana")
	l.must(ana, note("r")...)
	b := l.draft(ana, "b", write("r", "x", num(1)))
	l.make(ana, protocol.Change{Merge: &protocol.Merge{Branch: b}})
	later := l.make(ana, protocol.Change{Branch: b, Writes: []protocol.Write{write("r", "x", num(2))}})
	s := l.stage()
	_, err := s.Undo(t.Context(), pastRoom, caller(), later.ID, id("undo"))
	require.NoError(t, err)
	head := s.head()
	require.Equal(t, num(1), head.branches[b].records[id("r")].cell("x").value)
	require.Zero(t, head.BranchInfos()[0].Merged)
}

func TestUndoOfWhatClosedABranchTakesBackTheWrite(t *testing.T) {
	l, ana := newLogbook(t), editor("ana")
	l.must(ana, note("r")...)
	b := l.draft(ana, "b", write("r", "x", num(1)))
	same := l.must(ana, write("r", "x", num(1)))
	s := l.stage()
	require.Equal(t, same.Rev, s.head().BranchInfos()[0].Merged)
	_, err := s.Undo(t.Context(), pastRoom, caller(), same.ID, id("undo"))
	require.NoError(t, err)
	require.Equal(t, num(0), s.value("r", "x"))
	require.Equal(t, same.Rev, s.head().BranchInfos()[0].Merged, "what the server says of branch %s is not taken back", b)
}

func TestUndoSkipsLinksThatLeadNowhere(t *testing.T) {
	l, ana := newLogbook(t), editor("ana")
	inside := func(child, parent string) protocol.Write { return write(child, "parent", str(id(parent))) }
	l.must(ana, slices.Concat(note("frame"), note("a"), note("b"), []protocol.Write{inside("a", "frame"), inside("b", "a")})...)
	out := l.must(ana, write("a", "parent", protocol.Nil), write("a", "x", num(5)), write("b", "parent", protocol.Nil))
	l.must(ana, write("frame", "deleted", protocol.Bool(true)))
	s := l.stage()
	result, err := s.Undo(t.Context(), pastRoom, caller(), out.ID, id("undo"))
	require.NoError(t, err)
	require.Equal(t, [][2]string{{id("a"), "parent"}}, cells(result.Skipped))
	require.Equal(t, []protocol.Value{"", num(0), str(id("a"))}, []protocol.Value{s.value("a", "parent"), s.value("a", "x"), s.value("b", "parent")})
}

func TestUndoRefuses(t *testing.T) {
	l, ana := newLogbook(t), editor("ana")
	made := l.must(ana, note("r")...)
	other := l.must(ana, write("r", "x", num(1)))
	branch := l.make(ana, protocol.Change{Writes: BranchWrites(id("b"), "b")})
	s := l.stage()
	for name, tt := range map[string]struct {
		change, id string
		code       protocol.Code
	}{
		"a change that is not there":      {id("nothing"), id("u"), protocol.CodeNotFound},
		"an id of something else":         {made.ID, other.ID, protocol.CodeInvalidInput},
		"the making of a branch":          {branch.ID, id("u"), protocol.CodeConflict},
		"somebody else's answer again":    {other.ID, id("ben's"), protocol.CodeInvalidInput},
		"a merge that is not there (any)": {id("b"), id("u"), protocol.CodeNotFound},
	} {
		t.Run(name, func(t *testing.T) {
			if tt.id == id("ben's") {
				_, err := s.Undo(t.Context(), pastRoom, editor("ben"), other.ID, tt.id)
				require.NoError(t, err)
			}
			_, err := s.Undo(t.Context(), pastRoom, caller(), tt.change, tt.id)
			require.Equal(t, tt.code, protocol.CodeOf(err), "%v", err)
		})
	}
}

// older makes rows as logs had them that did not keep what writes replaced.
func older(rows []Row) []Row {
	out := slices.Clone(rows)
	for i := range out {
		out[i].Base = -1
		out[i].Writes = slices.Clone(out[i].Writes)
		for k := range out[i].Writes {
			out[i].Writes[k].Before = ""
		}
	}
	return out
}

func TestOlderLogsAreReadAll(t *testing.T) {
	l, ana := newLogbook(t), editor("ana")
	l.must(ana, note("r")...)
	l.must(ana, write("r", "text", str("second")))
	l.must(ana, write("r", "deleted", protocol.Bool(true)))
	l.must(ana, write("r", "deleted", protocol.Nil))
	l.must(ana, note("s")...)
	whole, old := archiveOf(t, l.rows), archiveOf(t, older(l.rows))
	for a := range int64(6) {
		for b := range int64(6) {
			want, err := whole.Diff(t.Context(), pastRoom, Point{Rev: a}, Point{Rev: b})
			require.NoError(t, err)
			got, err := old.Diff(t.Context(), pastRoom, Point{Rev: a}, Point{Rev: b})
			require.NoError(t, err)
			require.Equal(t, want, got, "%d to %d", a, b)
		}
	}
	s := &stage{old, t}
	_, err := s.Undo(t.Context(), pastRoom, caller(), l.rows[1].ID, id("undo"))
	require.NoError(t, err)
	require.Equal(t, str("first"), s.value("r", "text"))
	_, err = s.Undo(t.Context(), pastRoom, caller(), l.rows[3].ID, id("delete"))
	require.NoError(t, err)
	require.Equal(t, protocol.Bool(true), s.value("r", "deleted"))
}

func TestRestoreMakesMainWhatItWas(t *testing.T) {
	for seed := range uint64(30) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			p := newPast(t, 3000+seed)
			p.live(120)
			s := &stage{p.archive(), t}
			rev := 1 + p.rng.Int64N(int64(len(p.rows)))
			_, err := s.Restore(t.Context(), pastRoom, caller(), rev, nil, id("restore"))
			require.NoError(t, err)
			require.Equal(t, below(p.at(rev)), below(s.head()), "revision %d", rev)
			again, err := s.Restore(t.Context(), pastRoom, caller(), rev, nil, id("again"))
			require.NoError(t, err)
			require.Zero(t, again.Records, "there is nothing more to bring back")
		})
	}
}

// below is what main shows of the records that are not above branches.
func below(s *State) map[[2]string]protocol.Value {
	out := onlyLiving(raw(s, ""))
	maps.DeleteFunc(out, func(k [2]string, _ protocol.Value) bool { return s.records[k[0]].kind.Above() })
	return out
}

func TestRestoreOfSomeRecordsLeavesTheOthers(t *testing.T) {
	l, ana := newLogbook(t), editor("ana")
	l.must(ana, slices.Concat(note("a"), note("b"))...)
	l.must(ana, write("a", "x", num(5)), write("b", "x", num(5)), write("b", "deleted", protocol.Bool(true)))
	s := l.stage()
	got, err := s.Restore(t.Context(), pastRoom, caller(), 1, []string{id("a"), id("nothing")}, id("one"))
	require.NoError(t, err)
	require.Equal(t, Restoration{Rev: 3, Records: 1}, got)
	require.Equal(t, []protocol.Value{num(0), num(5)}, []protocol.Value{s.value("a", "x"), s.value("b", "x")})
	again, err := s.Restore(t.Context(), pastRoom, caller(), 1, []string{id("a")}, id("one"))
	require.NoError(t, err)
	require.Equal(t, got, again, "the same id again is the same change, whatever would be restored by now")
	_, err = s.Restore(t.Context(), pastRoom, caller(), 2, nil, id("one"))
	require.Equal(t, protocol.CodeInvalidInput, protocol.CodeOf(err))
}

func TestRestoreSkipsWhatSomebodyWritesMeanwhileAndLinksToNothing(t *testing.T) {
	l, ana, ben := newLogbook(t), editor("ana"), editor("ben")
	l.must(ana, slices.Concat(note("a"), note("b"), note("frame"), []protocol.Write{write("a", "parent", str(id("frame")))})...)
	l.must(ana, write("a", "text", str("second")), write("a", "parent", protocol.Nil), write("a", "x", num(1)), write("b", "x", num(1)))
	l.must(ana, write("frame", "deleted", protocol.Bool(true)))
	store := newMemStore()
	store.rows = l.rows
	meanwhile := &interrupted{memStore: store}
	a := archiveOver(t, meanwhile)
	meanwhile.do = func() {
		_, err := a.apply(t.Context(), pastRoom, ben, protocol.Change{ID: id("ben"), Base: 3, Writes: []protocol.Write{write("a", "text", str("third"))}})
		require.NoError(t, err)
	}
	got, err := a.Restore(t.Context(), pastRoom, caller(), 1, []string{id("a")}, id("restore"))
	require.NoError(t, err)
	require.ElementsMatch(t, [][2]string{{id("a"), "text"}, {id("a"), "parent"}}, cells(got.Skipped))
	s := &stage{a, t}
	require.Equal(t, []protocol.Value{str("third"), num(0)}, []protocol.Value{s.value("a", "text"), s.value("a", "x")})
	require.Equal(t, num(1), s.value("b", "x"))
}

// interrupted is a store in which something happens after the first span of rows that is read.
type interrupted struct {
	*memStore

	do func()
}

func (s *interrupted) Rows(ctx context.Context, room string, after int64, limit int) ([]Row, error) {
	rows, err := s.memStore.Rows(ctx, room, after, limit)
	if do := s.do; do != nil && after == 1 {
		s.do = nil
		do()
	}
	return rows, err
}

func TestRestoreRefusesWhatIsTooMuchForOneChange(t *testing.T) {
	l, ana := newLogbook(t), editor("ana")
	var first, second []protocol.Write
	for i := range mostWrites/2 + 1 {
		name := fmt.Sprint("r", i)
		first = append(first, note(name)...)
		second = append(second, write(name, "x", num(1)), write(name, "text", str("second")))
	}
	l.must(ana, first...)
	l.must(ana, second...)
	l.must(ana, note("r")...)
	for i := range 5 {
		l.must(ana, write("r", "text", str(strings.Repeat("x", 100*i))))
	}
	s := l.stage()
	_, err := s.Restore(t.Context(), pastRoom, caller(), 1, nil, id("all"))
	require.Equal(t, protocol.CodePayloadTooLarge, protocol.CodeOf(err))
	got, err := s.Restore(t.Context(), pastRoom, caller(), 1, []string{id("r1"), id("r2"), id("r")}, id("some"))
	require.NoError(t, err)
	require.Equal(t, 3, got.Records)
	require.Nil(t, fitting(second[:mostWrites], 0))
	require.NotNil(t, fitting(second[:1], mostWritesBytes))
}
