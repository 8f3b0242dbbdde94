package rooms

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"atelier/protocol"
)

// merge asks for a merge.
func (c *canvas) merge(by Author, branch string, records []string, resolve ...protocol.Resolution) (Row, *protocol.Error) {
	c.t.Helper()
	c.n++
	return c.apply(by, protocol.Change{
		ID: protocol.DerivedID("merge", string(rune(c.n))), Base: c.state.rev,
		Merge: &protocol.Merge{Branch: branch, Records: records, Resolve: resolve},
	})
}

// draft makes a branch by hand and writes on it, each write with main's value as seen.
func (c *canvas) draft(by Author, name string, writes ...protocol.Write) string {
	c.t.Helper()
	writes = append([]protocol.Write{write(name, "kind", str("branch")), write(name, "name", str(name))}, writes...)
	_, err := c.apply(by, protocol.Change{ID: id("draft" + name), Base: c.state.rev, Branch: id(name), Writes: writes})
	require.Nil(c.t, err)
	return id(name)
}

func all(choice protocol.Choice) protocol.Resolution { return protocol.Resolution{Choice: choice} }

func TestMergeIsThreeWayByCell(t *testing.T) {
	gone := protocol.Bool(true)
	tests := map[string]struct {
		prop   string
		base   protocol.Value
		branch protocol.Value
		main   protocol.Value // written after the branch; "" is not at all
		want   protocol.Value
		asks   bool
	}{
		"only the branch changed":            {"prompt", str("a fox"), str("a blue fox"), "", str("a blue fox"), false},
		"both to the same":                   {"seed", num(1), num(2), num(2), num(2), false},
		"lww takes the branch's":             {"x", num(1), num(2), num(3), num(2), false},
		"texts in different places merge":    {"prompt", str("a fox at night"), str("a blue fox at night"), str("a fox at noon"), str("a blue fox at noon"), false},
		"a title in one place keeps both":    {"title", str("fox"), str("fox b"), str("fox m"), str("fox m b"), false},
		"prompts in one place ask":           {"prompt", str("a fox"), str("a blue fox"), str("a red fox"), str("a red fox"), true},
		"seeds ask":                          {"seed", num(1), num(2), num(3), num(3), true},
		"a removed value and another ask":    {"seed", num(1), protocol.Nil, num(3), num(3), true},
		"only the branch deletes":            {"deleted", protocol.Nil, gone, "", gone, false},
		"sets join":                          {"tags", protocol.Strings([]string{"a"}), protocol.Strings([]string{"a", "b"}), protocol.Strings([]string{"c"}), protocol.Strings([]string{"c", "b"}), false},
		"main changed, the branch went back": {"seed", num(1), num(1), num(3), num(3), false},
	}
	for name, tt := range tests {
		t.Run("[P43] "+name, func(t *testing.T) {
			c, ana, ben := newCanvas(t), editor("ana"), editor("ben")
			c.must(ana, prompt("p", "x")...)
			c.must(ana, write("p", tt.prop, tt.base))
			b := c.draft(ana, "b", write("p", tt.prop, tt.branch))
			if tt.main != "" {
				c.must(ben, write("p", tt.prop, tt.main))
			}
			before := c.state.rev
			row, err := c.merge(ben, b, nil)
			require.Equal(t, tt.want, c.value("p", tt.prop))
			if tt.asks {
				require.Equal(t, protocol.CodeConflict, protocol.CodeOf(err))
				details, _ := err.Details.(protocol.ConflictDetails)
				require.Equal(t, []protocol.CellConflict{{
					Record: id("p"), Prop: tt.prop, Rev: before, Base: stored(tt.base), Theirs: tt.main, Mine: stored(tt.branch), User: "user-ben",
				}}, details.Conflicts)
				require.Equal(t, before, c.state.rev, "a refused merge changes nothing")
				return
			}
			require.Nil(t, err)
			info := c.state.BranchInfos()[0]
			require.Zero(t, info.Cells, "what was merged leaves the branch")
			if tt.main != "" && info.Merged != row.Rev {
				require.Equal(t, before, info.Merged, "or main had caught up with it before")
			}
		})
	}
}

func TestMergeResolvesByCellRecordAndAll(t *testing.T) {
	c, ana, _, branch := met(t)
	c.episode(ana, 1, "off", write("p", "seed", num(5)), write("p", "x", num(50)))
	c.must(editor("ben"), write("p", "seed", num(6)))
	row, err := c.merge(ana, branch, nil,
		all(protocol.ChooseMain), protocol.Resolution{Record: id("p"), Prop: "prompt", Choice: protocol.ChooseBranch})
	require.Nil(t, err)
	require.Equal(t, str("a blue fox"), c.value("p", "prompt"))
	require.Equal(t, num(6), c.value("p", "seed"), "for all others main's value stays")
	require.Equal(t, num(50), c.value("p", "x"), "what one side changed applies")
	require.Equal(t, branch, row.Merged)
	again, err := c.merge(ana, branch, nil)
	require.Nil(t, err)
	require.Empty(t, again.Writes, "[P44] merging again changes nothing")
	require.Empty(t, again.Also)
}

func TestKeepBothMakesASibling(t *testing.T) {
	c, ana, _, branch := met(t)
	row, err := c.merge(ana, branch, nil, all(protocol.ChooseBoth))
	require.Nil(t, err)
	require.Equal(t, str("a red fox"), c.value("p", "prompt"))
	sibling := protocol.DerivedID("both", row.ID, id("p"))
	r := c.state.records[sibling]
	require.NotNil(t, r)
	require.Equal(t, str("a blue fox"), r.value("prompt"))
	require.Equal(t, num(besideBy), r.value("x"), "beside the original")

	undone, err := c.apply(ana, protocol.Change{ID: id("undo"), Base: c.state.rev, Undo: row.ID})
	require.Nil(t, err)
	require.True(t, c.state.records[sibling].deleted())
	value, base, _ := c.onBranch(branch, "p", "prompt")
	require.Equal(t, [2]protocol.Value{str("a blue fox"), str("a fox")}, [2]protocol.Value{value, base}, "[P44] the branch has its cells again")
	require.Zero(t, c.state.BranchInfos()[0].Merged, "and is open")
	_, err = c.apply(ana, protocol.Change{ID: id("again"), Base: c.state.rev, Undo: row.ID})
	require.Equal(t, protocol.CodeNotFound, protocol.CodeOf(err), "taken back once: %v", undone)
}

func TestUndoOfAMergeLeavesLaterWorkAlone(t *testing.T) {
	c, ana, ben := newCanvas(t), editor("ana"), editor("ben")
	c.must(ana, append(prompt("p", "a fox"), prompt("q", "an owl")...)...)
	b := c.draft(ana, "b", write("p", "prompt", str("a blue fox")), write("q", "seed", num(2)))
	row, err := c.merge(ana, b, nil)
	require.Nil(t, err)
	c.must(ben, write("q", "seed", num(3)))
	undo, err := c.apply(ana, protocol.Change{ID: id("undo"), Base: c.state.rev, Undo: row.ID})
	require.Nil(t, err)
	require.Equal(t, str("a fox"), c.value("p", "prompt"))
	require.Equal(t, num(3), c.value("q", "seed"), "[P44] somebody has written since")
	var result protocol.ChangeResult
	require.NoError(t, protocol.DecodeBody(undo.Result, &result))
	require.Equal(t, []protocol.CellConflict{{Record: id("q"), Prop: "seed", Rev: 4, Theirs: num(3), User: "user-ben"}}, result.Skipped)
}

func TestCherryPickTakesRecordsAndLeavesTheRest(t *testing.T) {
	c, ana := newCanvas(t), editor("ana")
	c.must(ana, append(prompt("p", "a fox"), prompt("q", "an owl")...)...)
	b := c.draft(ana, "b", append(note("new"), write("p", "seed", num(1)), write("q", "seed", num(2)))...)
	_, err := c.merge(ana, b, []string{id("p"), id("new")})
	require.Nil(t, err)
	require.Equal(t, num(1), c.value("p", "seed"))
	require.Equal(t, str("first"), c.value("new", "text"))
	require.Empty(t, c.value("q", "seed"))
	require.Zero(t, c.state.BranchInfos()[0].Merged)
	_, _, there := c.onBranch(b, "q", "seed")
	require.True(t, there)
	_, err = c.merge(ana, b, nil)
	require.Nil(t, err)
	require.Equal(t, num(2), c.value("q", "seed"))
	require.Equal(t, c.state.rev, c.state.BranchInfos()[0].Merged)
}

func TestMergeMeetsDeletions(t *testing.T) {
	gone := protocol.Bool(true)
	setup := func(t *testing.T, branch, main protocol.Write) (*canvas, Author, string) {
		t.Helper()
		c, ana := newCanvas(t), editor("ana")
		c.must(ana, prompt("p", "a fox")...)
		b := c.draft(ana, "b", branch)
		c.must(editor("ben"), main)
		return c, ana, b
	}
	t.Run("[P43] a deletion over later work asks", func(t *testing.T) {
		c, ana, b := setup(t, write("p", "deleted", gone), write("p", "prompt", str("a red fox")))
		_, err := c.merge(ana, b, nil)
		require.Equal(t, protocol.CodeConflict, protocol.CodeOf(err))
		_, err = c.merge(ana, b, nil, all(protocol.ChooseMain))
		require.Nil(t, err)
		require.False(t, c.state.records[id("p")].deleted())
	})
	t.Run("[P43] a deletion over a later move does not ask", func(t *testing.T) {
		c, ana, b := setup(t, write("p", "deleted", gone), write("p", "x", num(9)))
		_, err := c.merge(ana, b, nil)
		require.Nil(t, err)
		require.True(t, c.state.records[id("p")].deleted())
	})
	t.Run("[P43] work on what main deleted asks", func(t *testing.T) {
		c, ana, b := setup(t, write("p", "prompt", str("a blue fox")), write("p", "deleted", gone))
		_, err := c.merge(ana, b, nil)
		require.Equal(t, protocol.CodeConflict, protocol.CodeOf(err))
		_, err = c.merge(ana, b, nil, all(protocol.ChooseBranch))
		require.Nil(t, err)
		require.False(t, c.state.records[id("p")].deleted(), "it comes back")
		require.Equal(t, str("a blue fox"), c.value("p", "prompt"))
	})
	t.Run("[P43] or makes a sibling", func(t *testing.T) {
		c, ana, b := setup(t, write("p", "prompt", str("a blue fox")), write("p", "deleted", gone))
		row, err := c.merge(ana, b, nil, all(protocol.ChooseBoth))
		require.Nil(t, err)
		require.True(t, c.state.records[id("p")].deleted())
		require.Equal(t, str("a blue fox"), c.state.records[protocol.DerivedID("both", row.ID, id("p"))].value("prompt"))
	})
}

func TestMergeKeepsInvariants(t *testing.T) {
	c, ana := newCanvas(t), editor("ana")
	for _, f := range []string{"f1", "f2"} {
		c.must(ana, write(f, "kind", str("frame")))
	}
	b := c.draft(ana, "b", write("f1", "parent", str(id("f2"))))
	c.must(ana, write("f2", "parent", str(id("f1"))))
	_, err := c.merge(ana, b, nil)
	require.Equal(t, protocol.CodeConflict, protocol.CodeOf(err), "[P37] a cycle")
	for _, r := range c.state.Composed(b) {
		if r.ID == id("f1") {
			require.Empty(t, r.Props["parent"], "the view repairs: main's parent wins")
		}
	}
	_, err = c.merge(ana, b, nil, protocol.Resolution{Record: id("f1"), Prop: "parent", Choice: protocol.ChooseMain})
	require.Nil(t, err, "until main's parent is chosen")
	require.Empty(t, c.value("f1", "parent"))
}

func TestAnEdgeIsMergedWithItsEnds(t *testing.T) {
	c, ana := newCanvas(t), editor("ana")
	b := c.draft(ana, "b", append(append(note("n"), note("o")...),
		write("e", "kind", str("edge")), write("e", "from", str(id("n"))), write("e", "to", str(id("o"))))...)
	_, err := c.merge(ana, b, []string{id("n"), id("e")})
	require.Equal(t, protocol.CodeConflict, protocol.CodeOf(err), "[P37] an edge to nothing")
	_, err = c.merge(ana, b, []string{id("n"), id("e")}, protocol.Resolution{Record: id("e"), Prop: "to", Choice: protocol.ChooseMain})
	require.Nil(t, err, "it can be left out")
	_, err = c.merge(ana, b, nil)
	require.Nil(t, err)
	require.NotContains(t, c.state.records, id("e"))
	require.Contains(t, c.state.records, id("o"))
}

func TestARecordBroughtBackOnABranchShowsThere(t *testing.T) {
	c, ana := newCanvas(t), editor("ana")
	c.must(ana, note("n")...)
	c.must(ana, write("n", "deleted", protocol.Bool(true)))
	b := c.draft(ana, "b", write("n", "deleted", protocol.Nil))
	shown := c.state.Composed(b)
	require.Len(t, shown, 2, "the branch and the note")
	value, base, _ := c.onBranch(b, "n", "text")
	require.Equal(t, [2]protocol.Value{str("first"), str("first")}, [2]protocol.Value{value, base}, "with its props, for those who came later")
	_, err := c.merge(ana, b, nil)
	require.Nil(t, err)
	require.False(t, c.state.records[id("n")].deleted())
	require.Equal(t, str("first"), c.value("n", "text"))
}

func TestARecordThatABranchMadeShowsThereAgainWhenItsMergeIsTakenBack(t *testing.T) {
	c, ana := newCanvas(t), editor("ana")
	b := c.draft(ana, "b", note("n")...)
	before := c.state.Composed(b)
	row, err := c.merge(ana, b, nil)
	require.Nil(t, err)
	_, err = c.apply(ana, protocol.Change{ID: id("undo"), Base: c.state.rev, Undo: row.ID})
	require.Nil(t, err)
	require.True(t, c.state.records[id("n")].deleted())
	require.ElementsMatch(t, before, c.state.Composed(b))
}

func TestOnlyEditorsMerge(t *testing.T) {
	c, _, _, branch := met(t)
	_, err := c.merge(Author{Session: "c", User: "c", Role: protocol.RoleCommenter}, branch, nil, all(protocol.ChooseBranch))
	require.Equal(t, protocol.CodeForbidden, protocol.CodeOf(err))
}

func TestBranchesSurviveASnapshot(t *testing.T) {
	c, ana, _, branch := met(t)
	b := c.draft(ana, "b", write("n1", "x", num(3)))
	row, err := c.merge(ana, b, nil)
	require.Nil(t, err)
	encoded := c.state.share().Encode()
	restored, failed := Restore(protocol.NewSchema(protocol.DefaultLimits()), Stored{SnapshotAt: c.state.rev, Snapshot: encoded})
	require.NoError(t, failed)
	require.Equal(t, encoded, restored.share().Encode())
	require.Equal(t, c.state.BranchInfos(), restored.BranchInfos())
	c.state = restored
	require.Equal(t, branch, c.episode(ana, c.state.rev, "off", write("p", "x", num(1))).Branch, "the episode goes on")
	_, err = c.apply(ana, protocol.Change{ID: id("undo"), Base: c.state.rev, Undo: row.ID})
	require.Nil(t, err, "the merge can be taken back")
	require.Equal(t, num(7), c.value("n1", "x"))
}

// BenchmarkMerge merges a branch of some records, whose cells main has in part changed too, in rooms of very different sizes.
func BenchmarkMerge(b *testing.B) {
	for _, size := range []struct{ room, branch int }{{100, 10}, {10_000, 10}, {50_000, 10}, {10_000, 1000}} {
		b.Run(fmt.Sprint("of ", size.branch, " records in a room of ", size.room), func(b *testing.B) {
			s := NewState(protocol.NewSchema(protocol.DefaultLimits()))
			row := Row{Committed: protocol.Committed{Session: "a", User: "user-a"}}
			commit := func(branch string, writes ...protocol.Write) {
				row.Rev, row.Branch, row.Writes = row.Rev+1, branch, writes
				if err := s.commit(&row); err != nil {
					b.Fatal(err)
				}
			}
			for i := range size.room {
				commit("", prompt(fmt.Sprint("r", i), "a quiet harbour at dawn, fog over the water")...)
			}
			commit("", write("b", "kind", str("branch")))
			for i := range size.branch {
				name := fmt.Sprint("r", i)
				commit(id("b"), from(write(name, "prompt", str("a harbour at dawn, fog over the water")), "a quiet harbour at dawn, fog over the water"),
					from(write(name, "x", num(5)), ""))
				commit("", write(name, "prompt", str("a quiet harbour at dawn, fog over the bay")))
			}
			change := protocol.Change{ID: id("merge"), Base: s.rev, Merge: &protocol.Merge{Branch: id("b")}}
			b.ReportAllocs()
			for b.Loop() {
				if _, err := s.scratch().judge(editor("a"), &change, 1); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
