package rooms

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"atelier/protocol"
)

// wrote puts a change of a session into the log at a minute.
func (l *logbook) wrote(minute int, by Author, writes ...protocol.Write) Row {
	l.t.Helper()
	l.n++
	c := protocol.Change{ID: id(fmt.Sprint("wrote", l.n)), Base: l.state.rev, Writes: writes}
	row, err := l.state.scratch().judge(by, &c, int64(minute)*time.Minute.Milliseconds())
	require.Nil(l.t, err)
	require.NoError(l.t, l.state.commit(&row))
	l.rows = append(l.rows, row)
	return row
}

func (s *stage) moveSitting(m Move) (Moved, error) {
	s.t.Helper()
	m.Branch = id("moved")
	return s.Move(s.t.Context(), pastRoom, caller(), m)
}

func TestMoveTakesASittingToABranch(t *testing.T) {
	l, ana, ben := newLogbook(t), editor("ana"), editor("ben")
	l.wrote(0, ben, slices.Concat(prompt("p", "a fox"), note("old"), note("gone"))...)
	l.wrote(1, ana, write("p", "x", num(1))) // of an earlier sitting
	l.wrote(40, ana, write("p", "prompt", str("a blue fox")), write("p", "y", num(2)))
	l.wrote(45, ben, write("old", "x", num(5)))
	l.wrote(50, ana, append(note("new"), write("old", "text", str("second")), write("gone", "deleted", protocol.Bool(true)))...)
	l.wrote(75, ana, write("p", "prompt", str("a blue fox at night")))
	l.wrote(80, ben, write("p", "y", num(9)))
	s := l.stage()
	before := s.head()
	moved, err := s.moveSitting(Move{Name: "Foxes"})
	require.NoError(t, err)
	require.Equal(t, 4, moved.Records)
	require.Equal(t, [][2]string{{id("p"), "y"}}, cells(moved.Skipped), "somebody else wrote there since")

	head := s.head()
	require.Equal(t, str("a fox"), head.records[id("p")].value("prompt"), "main is what it was before the sitting")
	require.Equal(t, num(1), head.records[id("p")].value("x"), "the sitting began after half an hour of rest")
	require.Equal(t, num(9), head.records[id("p")].value("y"))
	require.Equal(t, str("first"), head.records[id("old")].value("text"))
	require.Equal(t, num(5), head.records[id("old")].value("x"))
	require.True(t, head.records[id("new")].deleted())
	require.False(t, head.records[id("gone")].deleted())

	info := head.BranchInfos()[0]
	require.Equal(t, []string{id("moved"), "Foxes", "user-ana"}, []string{info.ID, info.Name, info.Author})
	require.True(t, info.Open())
	shown := withoutBranches(head.Composed(id("moved")))
	require.Equal(t, withoutBranches(before.Composed("")), shown, "the branch shows what main showed")

	s.apply(ben, protocol.Change{ID: id("merge"), Merge: &protocol.Merge{Branch: id("moved")}})
	require.Equal(t, withoutBranches(before.Composed("")), withoutBranches(s.head().Composed("")), "merging it gives everything back")
}

func withoutBranches(records []Record) map[string]Record {
	out := make(map[string]Record)
	for _, r := range records {
		if r.Kind != string(protocol.KindBranch) {
			out[r.ID] = r
		}
	}
	return out
}

func TestMoveLeavesWhatOthersBuiltOn(t *testing.T) {
	l, ana, ben := newLogbook(t), editor("ana"), editor("ben")
	l.wrote(0, ana, slices.Concat(note("mine"), note("shared"))...)
	l.wrote(1, ben, write("shared", "text", str("ours")))
	l.wrote(2, ana, write("shared", "x", num(7)))
	s := l.stage()
	moved, err := s.moveSitting(Move{})
	require.NoError(t, err)
	require.Equal(t, 1, moved.Records)
	require.Contains(t, cells(moved.Skipped), [2]string{id("shared"), "kind"})
	require.False(t, s.head().records[id("shared")].deleted())
	require.Equal(t, num(7), s.value("shared", "x"), "a record that stays, stays whole")
	require.True(t, s.head().records[id("mine")].deleted())
}

func TestMoveOfASessionBetweenOthersTakesItsLastWords(t *testing.T) {
	l, ana, ben := newLogbook(t), editor("ana"), editor("ben")
	l.wrote(0, ben, note("r")...)
	l.wrote(1, ana, write("r", "x", num(1)))
	l.wrote(2, ben, write("r", "x", num(2)))
	l.wrote(3, ana, write("r", "x", num(3)))
	l.wrote(4, ana, write("r", "x", num(4)))
	s := l.stage()
	_, err := s.moveSitting(Move{})
	require.NoError(t, err)
	require.Equal(t, num(2), s.value("r", "x"))
	require.Equal(t, num(4), s.head().branches[id("moved")].records[id("r")].cell("x").value)
}

func TestMoveFindsTheSession(t *testing.T) {
	l, ben := newLogbook(t), editor("ben")
	tab := func(session string) Author {
		return Author{Session: session, User: "user-ana", Role: protocol.RoleEditor}
	}
	l.wrote(0, ben, slices.Concat(note("a"), note("b"), note("c"))...)
	l.wrote(1, tab("first"), write("a", "x", num(1)))
	l.wrote(2, tab("second"), write("b", "x", num(1)))
	l.wrote(3, caller(), write("c", "x", num(1)))
	for name, tt := range map[string]struct {
		session string
		want    [3]protocol.Value
		code    protocol.Code
	}{
		"the newest that had a socket": {"", [3]protocol.Value{num(1), num(0), num(1)}, ""},
		"the one that is named":        {"first", [3]protocol.Value{num(0), num(1), num(1)}, ""},
		"never another user's":         {"ben", [3]protocol.Value{num(1), num(1), num(1)}, protocol.CodeNotFound},
		"one that wrote nothing":       {"third", [3]protocol.Value{num(1), num(1), num(1)}, protocol.CodeNotFound},
	} {
		t.Run(name, func(t *testing.T) {
			s := l.stage()
			_, err := s.moveSitting(Move{Session: tt.session})
			require.Equal(t, tt.code, protocol.CodeOf(err))
			require.Equal(t, tt.want, [3]protocol.Value{s.value("a", "x"), s.value("b", "x"), s.value("c", "x")})
		})
	}
}

func TestMoveIsRefusedWhenOthersHaveWrittenOverAll(t *testing.T) {
	l, ana, ben := newLogbook(t), editor("ana"), editor("ben")
	l.wrote(0, ben, note("r")...)
	l.wrote(1, ana, write("r", "x", num(1)))
	l.wrote(2, ben, write("r", "x", num(2)))
	s := l.stage()
	_, err := s.moveSitting(Move{})
	require.Equal(t, protocol.CodeConflict, protocol.CodeOf(err))
	require.Equal(t, [][2]string{{id("r"), "x"}}, cells(details(err)))
	require.Empty(t, s.head().branches)
}

// TestMoveThatFailedHalfwayIsFinishedByTheNextCall lets the store fail between the two changes of a move.
func TestMoveThatFailedHalfwayIsFinishedByTheNextCall(t *testing.T) {
	l, ana, ben := newLogbook(t), editor("ana"), editor("ben")
	l.wrote(0, ben, note("r")...)
	l.wrote(1, ana, append(note("new"), write("r", "x", num(1)))...)
	store := newMemStore()
	store.rows = slices.Clone(l.rows)
	s := &stage{archiveOver(t, store), t}
	store.setFault(func([]Row) verdict {
		if len(store.log()) > len(l.rows) {
			return refuse
		}
		return 0
	})
	_, err := s.moveSitting(Move{Name: "Mine"})
	require.Equal(t, protocol.CodeUnavailable, protocol.CodeOf(err))
	require.Equal(t, num(0), s.value("r", "x"))
	require.Empty(t, s.head().branches)
	store.setFault(nil)

	moved, err := s.moveSitting(Move{Name: "Mine"})
	require.NoError(t, err)
	require.Equal(t, 2, moved.Records)
	require.Len(t, s.head().branches[id("moved")].records, 2)
	again, err := s.moveSitting(Move{Name: "Mine"})
	require.NoError(t, err)
	require.Equal(t, moved, again)
	require.Len(t, store.log(), len(l.rows)+2)
}
