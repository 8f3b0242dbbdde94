package rooms

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"atelier/protocol"
)

// id makes a readable record or change id: id("a") is always the same.
func id(name string) string { return protocol.DerivedID("test", name) }

func str(s string) protocol.Value  { return protocol.String(s) }
func num(f float64) protocol.Value { return protocol.Number(f) }

func write(record, prop string, v protocol.Value) protocol.Write {
	return protocol.Write{Record: id(record), Prop: prop, Value: v}
}

// canvas drives a state by hand: what is judged is committed at once.
type canvas struct {
	t     *testing.T
	state *State
	n     int
}

func newCanvas(t *testing.T) *canvas {
	t.Helper()
	return &canvas{t: t, state: NewState(protocol.NewSchema(protocol.DefaultLimits()))}
}

func editor(session string) Author {
	return Author{Session: session, User: "user-" + session, Role: protocol.RoleEditor}
}

func (c *canvas) try(by Author, base int64, writes ...protocol.Write) (Row, *protocol.Error) {
	c.t.Helper()
	c.n++
	return c.apply(by, protocol.Change{ID: id(fmt.Sprint("change", c.n)), Base: base, Writes: writes})
}

func (c *canvas) apply(by Author, change protocol.Change) (Row, *protocol.Error) {
	c.t.Helper()
	row, err := c.state.scratch().judge(by, &change, 1)
	if err == nil {
		require.NoError(c.t, c.state.commit(&row))
	}
	return row, err
}

// must commits a change whose author has seen everything.
func (c *canvas) must(by Author, writes ...protocol.Write) Row {
	c.t.Helper()
	row, err := c.try(by, c.state.rev, writes...)
	require.Nil(c.t, err)
	return row
}

func (c *canvas) value(record, prop string) protocol.Value {
	return c.state.records[id(record)].value(prop)
}

func note(name string) []protocol.Write {
	return []protocol.Write{write(name, "kind", str("note")), write(name, "x", num(0)), write(name, "text", str("first"))}
}

// branchOf is the branch that a row says it diverged to; nil when it did not.
func branchOf(t *testing.T, row Row) *protocol.Branched {
	t.Helper()
	var result protocol.ChangeResult
	require.NoError(t, protocol.DecodeBody(row.Result, &result))
	return result.Branched
}

func TestJudgeDivergesByPolicy(t *testing.T) {
	ana, ben := editor("ana"), editor("ben")
	basis := func(w protocol.Write, v protocol.Value) protocol.Write { w.Basis = v; return w }
	gone := protocol.Bool(true)
	tests := map[string]struct {
		kind     string
		ben      protocol.Write // committed, unseen by Ana
		ana      protocol.Write // made against the revision before Ben's
		diverges bool
		stands   protocol.Value // in Ana's cell of main, afterwards
	}{
		"[P34] lww takes the later write":                  {"note", write("r", "x", num(1)), write("r", "x", num(2)), false, num(2)},
		"[P34] text merges":                                {"note", write("r", "text", str("one two four")), basis(write("r", "text", str("zero one two")), str("one two")), false, str("zero one two four")},
		"[P34] text in one place keeps both":               {"note", write("r", "text", str("one two b")), basis(write("r", "text", str("one two a")), str("one two")), false, str("one two b a")},
		"[P34] text without a basis diverges":              {"note", write("r", "text", str("b")), write("r", "text", str("a")), true, str("b")},
		"[P34] sets join":                                  {"note", write("r", "tags", protocol.Strings([]string{"b"})), write("r", "tags", protocol.Strings([]string{"a"})), false, protocol.Strings([]string{"b", "a"})},
		"[P34] prompts merge where they can":               {"prompt", write("r", "prompt", str("a red fox at night")), basis(write("r", "prompt", str("one fox at night")), str("a fox at night")), false, str("one red fox at night")},
		"[P34] prompts merge in different places":          {"prompt", write("r", "prompt", str("a red fox at night")), basis(write("r", "prompt", str("a fox at noon")), str("a fox at night")), false, str("a red fox at noon")},
		"[P40] prompts in one place diverge":               {"prompt", write("r", "prompt", str("a red fox")), basis(write("r", "prompt", str("a blue fox")), str("a fox")), true, str("a red fox")},
		"[P40] seeds diverge":                              {"prompt", write("r", "seed", num(1)), write("r", "seed", num(2)), true, num(1)},
		"[P34] the same value conflicts with nothing":      {"note", write("r", "text", str("b")), write("r", "text", str("b")), false, str("b")},
		"[P34] another cell conflicts with nothing":        {"note", write("r", "text", str("b")), write("r", "title", str("a")), false, str("a")},
		"[P35] deletion over an unseen text diverges":      {"note", write("r", "text", str("b")), write("r", "deleted", gone), true, ""},
		"[P35] deletion over an unseen move applies":       {"note", write("r", "x", num(1)), write("r", "deleted", gone), false, gone},
		"[P35] text of a record deleted unseen diverges":   {"note", write("r", "deleted", gone), write("r", "text", str("a")), true, ""},
		"[P35] a move of a record deleted unseen is kept":  {"note", write("r", "deleted", gone), write("r", "x", num(2)), false, num(2)},
		"[P35] deleting what is deleted conflicts nothing": {"note", write("r", "deleted", gone), write("r", "deleted", gone), false, gone},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c := newCanvas(t)
			seen := c.must(ana, write("r", "kind", str(tt.kind)), write("r", "x", num(5))).Rev
			c.must(ben, tt.ben)
			row, err := c.try(ana, seen, tt.ana)
			require.Nil(t, err)
			require.Equal(t, tt.stands, c.value("r", tt.ana.Prop))
			if !tt.diverges {
				require.Empty(t, row.Branch)
				require.Nil(t, branchOf(t, row))
				return
			}
			got := branchOf(t, row)
			require.NotNil(t, got)
			require.Equal(t, row.Branch, got.Branch)
			require.Equal(t, []protocol.CellConflict{
				{Record: id("r"), Prop: tt.ben.Prop, Rev: 2, Theirs: tt.ben.Value, User: "user-ben"},
			}, got.Cells)
			require.Equal(t, tt.ana.Value, c.state.branches[row.Branch].records[id("r")].cell(tt.ana.Prop).value, "on the branch")
		})
	}
}

func TestJudgeNeverSurprisesASessionByItself(t *testing.T) {
	c, ana := newCanvas(t), editor("ana")
	c.must(ana, note("r")...)
	c.must(ana, write("r", "text", str("second")))
	_, err := c.try(ana, 1, write("r", "text", str("third")))
	require.Nil(t, err, "[P34] one's own writes never conflict")
	require.Equal(t, str("third"), c.value("r", "text"))
}

func TestJudgeTreatsTwoTabsOfOneUserAsTwoSessions(t *testing.T) {
	c := newCanvas(t)
	one, two := editor("one"), editor("two")
	two.User = one.User
	seen := c.must(one, note("r")...).Rev
	c.must(one, write("r", "text", str("from the first tab")))
	row, err := c.try(two, seen, write("r", "text", str("from the second tab")))
	require.Nil(t, err)
	require.NotNil(t, branchOf(t, row), "[P40] diverges")
}

// replacing is a write as the log keeps it.
func replacing(w protocol.Write, before protocol.Value) protocol.Write {
	w.Before = before
	return w
}

func TestJudgeSkipsInAnUndoWhatOthersWroteSince(t *testing.T) {
	c, ana, ben := newCanvas(t), editor("ana"), editor("ben")
	seen := c.must(ana, append(note("r"), note("s")...)...).Rev
	c.must(ben, write("r", "x", num(9)))
	row, err := c.apply(ana, protocol.Change{ID: id("undo"), Base: seen, Undo: id("change1"), Writes: []protocol.Write{
		write("r", "x", num(1)), write("s", "x", num(1)),
	}})
	require.Nil(t, err)
	require.Equal(t, []protocol.Write{replacing(write("s", "x", num(1)), num(0))}, row.Writes, "[P36] an undo skips")
	require.Equal(t, num(9), c.value("r", "x"))
	var result protocol.ChangeResult
	require.NoError(t, protocol.DecodeBody(row.Result, &result))
	require.Len(t, result.Skipped, 1)
	require.Equal(t, id("r"), result.Skipped[0].Record)
}

func TestJudgeRestoresADeletedRecordWithAllItsProps(t *testing.T) {
	c, ana, ben := newCanvas(t), editor("ana"), editor("ben")
	c.must(ana, note("r")...)
	c.must(ana, write("r", "deleted", protocol.Bool(true)))
	require.Zero(t, c.state.live)
	c.must(ben, write("r", "x", num(7))) // hidden, kept
	row := c.must(ben, write("r", "deleted", protocol.Nil))
	require.Equal(t, 1, c.state.live)
	require.ElementsMatch(t, []protocol.Write{
		replacing(write("r", "kind", str("note")), str("note")), replacing(write("r", "deleted", protocol.Nil), protocol.Bool(true)),
		replacing(write("r", "x", num(7)), num(7)), replacing(write("r", "text", str("first")), str("first")),
	}, row.Writes)
	var result protocol.ChangeResult
	require.NoError(t, protocol.DecodeBody(row.Result, &result))
	require.Len(t, result.Writes, 4, "the author is told what was stored")
}

func TestJudgeRefusesAndChangesNothing(t *testing.T) {
	viewer := Author{Session: "v", User: "v", Role: protocol.RoleViewer}
	commenter := Author{Session: "c", User: "c", Role: protocol.RoleCommenter}
	long := str(strings.Repeat("x", 20<<10))
	tests := map[string]struct {
		by     Author
		change protocol.Change
		code   protocol.Code
	}{
		"id is no UUID":             {editor("a"), protocol.Change{ID: "1", Writes: note("n")}, protocol.CodeInvalidInput},
		"no writes":                 {editor("a"), protocol.Change{ID: id("x")}, protocol.CodeInvalidInput},
		"base in the future":        {editor("a"), protocol.Change{ID: id("x"), Base: 99, Writes: note("n")}, protocol.CodeInvalidInput},
		"negative base":             {editor("a"), protocol.Change{ID: id("x"), Base: -1, Writes: note("n")}, protocol.CodeInvalidInput},
		"branch is no UUID":         {editor("a"), protocol.Change{ID: id("x"), Branch: "b", Writes: note("n")}, protocol.CodeInvalidInput},
		"[P41] unknown branch":      {editor("a"), protocol.Change{ID: id("x"), Branch: id("b"), Writes: note("n")}, protocol.CodeNotFound},
		"[P41] a note as a branch":  {editor("a"), protocol.Change{ID: id("x"), Branch: id("r"), Writes: note("n")}, protocol.CodeNotFound},
		"[P42] a server's prop":     {editor("a"), protocol.Change{ID: id("x"), Writes: []protocol.Write{write("b", "kind", str("branch")), write("b", "merged", num(1))}}, protocol.CodeInvalidInput},
		"[P41] deleting a branch":   {editor("a"), protocol.Change{ID: id("x"), Writes: []protocol.Write{write("b", "kind", str("branch")), write("b", "deleted", protocol.Bool(true))}}, protocol.CodeInvalidInput},
		"[P43] merge of nothing":    {editor("a"), protocol.Change{ID: id("x"), Merge: &protocol.Merge{Branch: id("b")}}, protocol.CodeNotFound},
		"[P43] merge and writes":    {editor("a"), protocol.Change{ID: id("x"), Merge: &protocol.Merge{Branch: id("b")}, Writes: note("n")}, protocol.CodeInvalidInput},
		"[P44] undo of no merge":    {editor("a"), protocol.Change{ID: id("x"), Undo: id("y")}, protocol.CodeNotFound},
		"undo of no change":         {editor("a"), protocol.Change{ID: id("x"), Undo: "b", Writes: note("n")}, protocol.CodeInvalidInput},
		"record id is no UUID":      {editor("a"), protocol.Change{ID: id("x"), Writes: []protocol.Write{{Record: "r", Prop: "x", Value: num(1)}}}, protocol.CodeInvalidInput},
		"[P39] unknown record":      {editor("a"), protocol.Change{ID: id("x"), Writes: []protocol.Write{write("nobody", "x", num(1))}}, protocol.CodeNotFound},
		"[P39] unknown kind":        {editor("a"), protocol.Change{ID: id("x"), Writes: []protocol.Write{write("n", "kind", str("sofa"))}}, protocol.CodeInvalidInput},
		"[P38] another kind":        {editor("a"), protocol.Change{ID: id("x"), Writes: []protocol.Write{write("r", "kind", str("text"))}}, protocol.CodeInvalidInput},
		"[P38] before its kind":     {editor("a"), protocol.Change{ID: id("x"), Writes: []protocol.Write{write("n", "x", num(1)), write("n", "kind", str("note"))}}, protocol.CodeNotFound},
		"[P39] unknown prop":        {editor("a"), protocol.Change{ID: id("x"), Writes: []protocol.Write{write("r", "sofa", num(1))}}, protocol.CodeInvalidInput},
		"[P39] wrong type":          {editor("a"), protocol.Change{ID: id("x"), Writes: []protocol.Write{write("r", "x", str("1"))}}, protocol.CodeInvalidInput},
		"[P39] value too large":     {editor("a"), protocol.Change{ID: id("x"), Writes: []protocol.Write{write("r", "text", long)}}, protocol.CodePayloadTooLarge},
		"[P39] a viewer writes":     {viewer, protocol.Change{ID: id("x"), Writes: note("n")}, protocol.CodeForbidden},
		"[P39] a commenter's note":  {commenter, protocol.Change{ID: id("x"), Writes: note("n")}, protocol.CodeForbidden},
		"[P37] parent is not there": {editor("a"), protocol.Change{ID: id("x"), Base: 1, Writes: []protocol.Write{write("r", "parent", str(id("nobody")))}}, protocol.CodeConflict},
		"[P37] its own parent":      {editor("a"), protocol.Change{ID: id("x"), Base: 1, Writes: []protocol.Write{write("r", "parent", str(id("r")))}}, protocol.CodeConflict},
		"[P37] an edge to nothing":  {editor("a"), protocol.Change{ID: id("x"), Base: 1, Writes: []protocol.Write{write("e", "kind", str("edge")), write("e", "to", str(id("nobody")))}}, protocol.CodeConflict},
		"one bad write of many":     {editor("a"), protocol.Change{ID: id("x"), Base: 1, Writes: append(note("n"), write("n", "y", str("no")))}, protocol.CodeInvalidInput},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c := newCanvas(t)
			c.must(editor("first"), note("r")...)
			before := c.state.share().Encode()
			_, err := c.apply(tt.by, tt.change)
			require.NotNil(t, err)
			require.Equal(t, tt.code, err.Code, err.Message)
			require.Equal(t, before, c.state.share().Encode())
		})
	}
}

func TestJudgeLetsACommenterComment(t *testing.T) {
	c := newCanvas(t)
	c.must(editor("a"), note("r")...)
	_, err := c.try(Author{Session: "c", User: "c", Role: protocol.RoleCommenter}, 1,
		write("k", "kind", str("comment")), write("k", "target", str(id("r"))), write("k", "text", str("nice")))
	require.Nil(t, err)
}

func TestJudgeRefusesAParentCycleOverSeveralRecords(t *testing.T) {
	c, a := newCanvas(t), editor("a")
	for _, f := range []string{"f1", "f2", "f3"} {
		c.must(a, write(f, "kind", str("frame")))
	}
	c.must(a, write("f1", "parent", str(id("f2"))), write("f2", "parent", str(id("f3"))))
	_, err := c.try(a, c.state.rev, write("f3", "parent", str(id("f1"))))
	require.Equal(t, protocol.CodeConflict, protocol.CodeOf(err), "[P37] a cycle")
}

func TestJudgeBoundsRecordAndRoom(t *testing.T) {
	limits := protocol.DefaultLimits()
	limits.RecordsPerRoom, limits.RecordBytes = 2, 4000
	c := &canvas{t: t, state: NewState(protocol.NewSchema(limits))}
	a := editor("a")
	c.must(a, write("r1", "kind", str("note")))
	_, err := c.try(a, 1, write("r1", "text", str(strings.Repeat("x", 3000))), write("r1", "size", num(1.5)), write("r1", "title", str(strings.Repeat("é", 200))),
		write("r1", "colour", str(strings.Repeat("x", 32))))
	require.Nil(t, err)
	_, err = c.try(a, 2, write("r1", "tags", protocol.Value("\x91"+string(str(strings.Repeat("t", 900))))))
	require.Equal(t, protocol.CodePayloadTooLarge, protocol.CodeOf(err))
	c.must(a, write("r2", "kind", str("note")))
	_, err = c.try(a, 3, write("r3", "kind", str("note")))
	require.Equal(t, protocol.CodePayloadTooLarge, protocol.CodeOf(err))
	c.must(a, write("r2", "deleted", protocol.Bool(true)))
	c.must(a, write("r3", "kind", str("note")))
}

func TestScratchJudgesABatchAgainstItsOwnEarlierRows(t *testing.T) {
	state := NewState(protocol.NewSchema(protocol.DefaultLimits()))
	s := state.scratch()
	_, err := s.judge(editor("ana"), &protocol.Change{ID: id("1"), Writes: note("r")}, 1)
	require.Nil(t, err)
	row, err := s.judge(editor("ben"), &protocol.Change{ID: id("2"), Writes: []protocol.Write{write("r", "text", str("b"))}}, 1)
	require.Nil(t, err)
	require.NotNil(t, branchOf(t, row), "Ben has not seen Ana's row of the same batch")
	_, err = s.judge(editor("ben"), &protocol.Change{ID: id("bad")}, 1)
	require.NotNil(t, err)
	row, err = s.judge(editor("ana"), &protocol.Change{ID: id("3"), Writes: []protocol.Write{write("r", "text", str("a"))}}, 1)
	require.Nil(t, err)
	require.Equal(t, int64(3), row.Rev, "a refused change takes no revision")
	require.Empty(t, state.records, "judging changes no state")
}

func TestCommitRefusesAGap(t *testing.T) {
	c := newCanvas(t)
	require.Error(t, c.state.commit(&Row{Committed: protocol.Committed{Rev: 2}}))
}
