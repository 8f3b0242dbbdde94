package rooms

import (
	"testing"

	"github.com/stretchr/testify/require"

	"atelier/protocol"
)

// prompt makes a prompt record with a text.
func prompt(name, text string) []protocol.Write {
	return []protocol.Write{write(name, "kind", str("prompt")), write(name, "x", num(0)), write(name, "prompt", str(text))}
}

// from gives a write the text that its author started from.
func from(w protocol.Write, basis string) protocol.Write {
	w.Basis = str(basis)
	return w
}

// onBranch is what a branch has of a cell.
func (c *canvas) onBranch(branch, record, prop string) (value, base protocol.Value, there bool) {
	b := c.state.branches[branch]
	if b == nil {
		return "", "", false
	}
	cell := b.records[id(record)].cell(prop)
	if cell == nil {
		return "", "", false
	}
	return cell.value, cell.base, true
}

// episode makes a change of a stay.
func (c *canvas) episode(by Author, base int64, episode string, writes ...protocol.Write) Row {
	c.t.Helper()
	c.n++
	row, err := c.apply(by, protocol.Change{ID: protocol.DerivedID("e", string(rune(c.n)), episode), Base: base, Episode: episode, Writes: writes})
	require.Nil(c.t, err)
	return row
}

// met is a canvas on which Ana's prompt of an offline spell met Ben's, on the branch that is returned.
func met(t *testing.T) (c *canvas, ana, ben Author, branch string) {
	t.Helper()
	c, ana, ben = newCanvas(t), editor("ana"), editor("ben")
	ana.Name, ana.Zone = "Ana", 60
	seen := c.must(ana, append(append(prompt("p", "a fox"), note("n1")...), note("n2")...)...).Rev
	c.must(ben, from(write("p", "prompt", str("a red fox")), "a fox"))
	require.Empty(t, c.episode(ana, seen, "off", write("n1", "x", num(7))).Branch)
	row := c.episode(ana, seen, "off", from(write("p", "prompt", str("a blue fox")), "a fox"))
	require.NotEmpty(t, row.Branch)
	return c, ana, ben, row.Branch
}

func TestADivergedChangeIsKeptWholeOnABranch(t *testing.T) {
	c, ana, ben := newCanvas(t), editor("ana"), editor("ben")
	ana.Name, ana.Zone = "Ana", 90
	seen := c.must(ana, prompt("p", "a fox")...).Rev
	c.must(ben, from(write("p", "prompt", str("a red fox")), "a fox"), write("p", "x", num(3)))
	row, err := c.state.scratch().judge(ana, &protocol.Change{ID: id("d"), Base: seen, Writes: []protocol.Write{
		write("p", "x", num(9)), from(write("p", "prompt", str("a blue fox")), "a fox"),
	}}, 12*60*60*1000+90_000)
	require.Nil(t, err)
	require.NoError(t, c.state.commit(&row))
	require.Equal(t, "Ana 13:31", branchOf(t, row).Name, "[P40] the author and the time on the author's clock")
	require.Equal(t, num(3), c.value("p", "x"), "the writes of a change stay together")
	require.Equal(t, str("a red fox"), c.value("p", "prompt"))
	value, base, _ := c.onBranch(row.Branch, "p", "prompt")
	require.Equal(t, [2]protocol.Value{str("a blue fox"), str("a fox")}, [2]protocol.Value{value, base}, "with what Ana started from")
	value, base, _ = c.onBranch(row.Branch, "p", "x")
	require.Equal(t, [2]protocol.Value{num(9), num(3)}, [2]protocol.Value{value, base})
	infos := c.state.BranchInfos()
	require.Len(t, infos, 1)
	require.Equal(t, BranchInfo{
		ID: row.Branch, Name: "Ana 13:31", Author: "user-ana", Session: "ana", At: row.At, Fork: seen, Diverged: true, ActiveAt: row.At,
		Records: 1, Cells: 2,
	}, infos[0])
}

func TestLaterChangesOfAnEpisodeFollowItsBranch(t *testing.T) {
	c, ana, ben, branch := met(t)
	now := c.state.rev
	follows := c.episode(ana, now, "off", from(write("p", "prompt", str("a blue fox runs")), "a blue fox"))
	require.Equal(t, branch, follows.Branch, "[P40] whatever its base")
	require.Equal(t, &protocol.Branched{Branch: branch, Name: "Ana 01:00"}, branchOf(t, follows))
	require.Equal(t, branch, c.episode(ana, now, "off", write("p", "x", num(1))).Branch, "the same record")
	require.Empty(t, c.episode(ana, now, "off", write("n2", "x", num(8))).Branch, "another record goes to main")
	require.Empty(t, c.episode(ana, now, "next", write("p", "seed", num(1))).Branch, "another episode goes to main")
	require.Empty(t, c.episode(ben, now, "off", write("p", "model", str("m"))).Branch, "another session goes to main")
	require.Len(t, c.state.branches, 1, "one branch per session and episode")
}

func TestAGestureAndWhatOnlyTheBranchHasFollowToo(t *testing.T) {
	c, ana, ben := newCanvas(t), editor("ana"), editor("ben")
	seen := c.must(ana, prompt("p", "a fox")...).Rev
	c.must(ben, write("p", "seed", num(1)))
	change := func(name, gesture string, writes ...protocol.Write) Row {
		row, err := c.apply(ana, protocol.Change{ID: id(name), Base: seen, Episode: "e", Gesture: gesture, Writes: writes})
		require.Nil(t, err)
		return row
	}
	first := change("1", "g", append(note("new"), write("p", "seed", num(2)))...)
	require.NotEmpty(t, first.Branch)
	require.NotContains(t, c.state.records, id("new"), "a record of a diverged change is only on the branch")
	require.Equal(t, first.Branch, change("2", "g", note("with the gesture")...).Branch)
	edge := change("3", "", write("e", "kind", str("edge")), write("e", "from", str(id("new"))))
	require.Equal(t, first.Branch, edge.Branch, "names a record that only the branch has")
	require.Empty(t, change("4", "other", note("elsewhere")...).Branch)
	shown := make(map[string]bool)
	for _, r := range c.state.Composed(first.Branch) {
		shown[r.ID] = true
	}
	require.True(t, shown[id("new")] && shown[id("with the gesture")] && shown[id("elsewhere")])
	require.False(t, shown[id("e")], "an edge with one end is hidden")
}

func TestWithoutAnEpisodeEveryChangeIsItsOwnStay(t *testing.T) {
	c, ana, ben := newCanvas(t), editor("ana"), editor("ben")
	seen := c.must(ana, append(prompt("p", "a"), prompt("q", "a")...)...).Rev
	c.must(ben, write("p", "seed", num(1)), write("q", "seed", num(1)))
	one, err := c.try(ana, seen, write("p", "seed", num(2)))
	require.Nil(t, err)
	two, err := c.try(ana, seen, write("q", "seed", num(2)))
	require.Nil(t, err)
	require.NotEqual(t, one.Branch, two.Branch)
	free, err := c.try(ana, c.state.rev, write("p", "seed", num(3)))
	require.Nil(t, err)
	require.Empty(t, free.Branch, "a bot that has seen main writes on main again")
}

func TestOthersEditABranchAndMeetThere(t *testing.T) {
	c, ana, ben, branch := met(t)
	seen := c.state.rev
	on := func(name string, by Author, writes ...protocol.Write) Row {
		row, err := c.apply(by, protocol.Change{ID: id(name), Base: seen, Branch: branch, Writes: writes})
		require.Nil(t, err)
		return row
	}
	require.Equal(t, branch, on("b1", ben, from(write("p", "prompt", str("a blue fox, red")), "a blue fox")).Branch)
	require.Equal(t, branch, on("a1", ana, from(write("p", "prompt", str("the blue fox")), "a blue fox")).Branch, "text merges on a branch as on main")
	value, _, _ := c.onBranch(branch, "p", "prompt")
	require.Equal(t, str("the blue fox, red"), value)
	on("b2", ben, write("p", "seed", num(1)))
	sibling := on("a2", ana, write("p", "seed", num(2)))
	require.NotEqual(t, branch, sibling.Branch, "[P40] divergence on a branch makes a sibling")
	require.NotNil(t, branchOf(t, sibling))
	value, base, _ := c.onBranch(sibling.Branch, "p", "prompt")
	require.Equal(t, [2]protocol.Value{str("the blue fox, red"), str("a fox")}, [2]protocol.Value{value, base}, "with what the branch had of the record")
}

func TestDraftsAreMadeByHand(t *testing.T) {
	c, ana, ben := newCanvas(t), editor("ana"), editor("ben")
	c.must(ana, prompt("p", "a fox")...)
	row, err := c.apply(ana, protocol.Change{ID: id("1"), Base: 1, Branch: id("draft"), Writes: []protocol.Write{
		write("draft", "kind", str("branch")), write("draft", "name", str("Night")), write("p", "prompt", str("a fox at night")),
	}})
	require.Nil(t, err)
	require.Equal(t, id("draft"), row.Branch)
	require.Nil(t, branchOf(t, row), "[P41] it is where its author put it")
	require.Equal(t, str("a fox"), c.value("p", "prompt"))
	require.Equal(t, str("user-ana"), c.value("draft", "author"), "[P42] the server signs it")
	c.must(ben, write("p", "prompt", str("two foxes")))
	c.must(ben, write("draft", "name", str("Late")), write("draft", "archived", protocol.Bool(true)))
	require.Equal(t, "Late", c.state.BranchInfos()[0].Name)
	_, err = c.apply(ana, protocol.Change{ID: id("2"), Base: 1, Branch: id("draft"), Writes: []protocol.Write{write("p", "x", num(4))}})
	require.Nil(t, err)
	require.False(t, c.state.BranchInfos()[0].Archived, "work on a branch brings it back")
	var shown Record
	for _, r := range c.state.Composed(id("draft")) {
		if r.ID == id("p") {
			shown = r
		}
	}
	require.Equal(t, map[string]protocol.Value{"x": num(4), "prompt": str("a fox at night")}, shown.Props)
}

func TestWhatIsAboveBranchesGoesToMain(t *testing.T) {
	c, ana, _, branch := met(t)
	row, err := c.apply(ana, protocol.Change{ID: id("c"), Base: c.state.rev, Branch: branch, Writes: []protocol.Write{
		write("k", "kind", str("comment")), write("k", "text", str("nice")), write("k", "target", str(id("p"))),
	}})
	require.Nil(t, err)
	require.Empty(t, row.Branch, "[P42] comments live across branches")
	require.Equal(t, str("nice"), c.value("k", "text"))
	mixed, err := c.apply(ana, protocol.Change{ID: id("m"), Base: c.state.rev, Branch: branch, Writes: append(
		note("only here"), write("k", "text", str("nicer")), write("l", "kind", str("comment")), write("l", "target", str(id("only here"))))})
	require.Nil(t, err)
	require.Equal(t, branch, mixed.Branch)
	require.Equal(t, str("nicer"), c.value("k", "text"))
	require.Contains(t, c.state.records, id("l"), "a comment may be about what only a branch has")
	require.NotContains(t, c.state.records, id("only here"))
}

func TestCommentsBelongToTheirAuthors(t *testing.T) {
	c, ana, ben := newCanvas(t), editor("ana"), editor("ben")
	ana.Role = protocol.RoleCommenter
	c.must(ana, write("k", "kind", str("comment")), write("k", "text", str("mine")))
	_, err := c.try(ben, c.state.rev, write("k", "text", str("not mine")))
	require.Equal(t, protocol.CodeForbidden, protocol.CodeOf(err), "[P42] somebody else's words")
	_, err = c.try(ben, c.state.rev, write("k", "deleted", protocol.Bool(true)))
	require.Equal(t, protocol.CodeForbidden, protocol.CodeOf(err))
	c.must(ben, write("k", "resolved", protocol.Bool(true)))
	c.must(ana, write("k", "text", str("mine again")))
	ben.Role = protocol.RoleOwner
	c.must(ben, write("k", "deleted", protocol.Bool(true)))
}

func TestABranchThatMainCaughtUpWithCloses(t *testing.T) {
	c, ana, ben, _ := met(t)
	row := c.must(ben, from(write("p", "prompt", str("a blue fox")), "a red fox"))
	require.Equal(t, row.Rev, c.state.BranchInfos()[0].Merged, "[P45] main caught up")
	require.Zero(t, c.state.BranchInfos()[0].Cells)
	require.Empty(t, c.episode(ana, c.state.rev, "off", from(write("p", "prompt", str("a blue fox!")), "a blue fox")).Branch, "a closed branch is followed no more")
}

func TestADivergedBranchThatItsAuthorLeadsBackCloses(t *testing.T) {
	c, ana, _, branch := met(t)
	row := c.episode(ana, c.state.rev, "off", from(write("p", "prompt", str("a red fox")), "a blue fox"))
	require.Equal(t, branch, c.state.BranchInfos()[0].ID)
	require.Equal(t, row.Rev, c.state.BranchInfos()[0].Merged, "[P45] its author wrote what main has")
	require.Equal(t, str("a red fox"), c.value("p", "prompt"))
}

func TestAMergedValueSurprisesItsAuthorToo(t *testing.T) {
	c, ana, ben := newCanvas(t), editor("ana"), editor("ben")
	seen := c.must(ana, write("n", "kind", str("note")), write("n", "text", str("one two"))).Rev
	c.must(ana, from(write("n", "text", str("one two ana")), "one two"))
	row, err := c.try(ben, seen, from(write("n", "text", str("ben one two")), "one two"))
	require.Nil(t, err)
	require.Equal(t, str("ben one two ana"), c.value("n", "text"))
	require.Equal(t, str("one two"), row.Writes[0].Basis, "[P32] a basis says that the value was merged")
	_, err = c.try(ben, seen, from(write("n", "text", str("ben b one two")), "ben one two"))
	require.Nil(t, err)
	require.Equal(t, str("ben b one two ana"), c.value("n", "text"), "Ben's next write has not seen Ana's word")
}

func TestUndoTakesBackOnlyTheOwnWords(t *testing.T) {
	c, ana, ben := newCanvas(t), editor("ana"), editor("ben")
	c.must(ana, write("n", "kind", str("note")), write("n", "text", str("one two")), write("n", "tags", protocol.Strings([]string{"t"})))
	c.must(ana, from(write("n", "text", str("one two ana")), "one two"))
	c.must(ben, from(write("n", "text", str("ben one two ana")), "one two ana"))
	back := from(write("n", "text", str("one two")), "one two ana")
	_, err := c.apply(ana, protocol.Change{ID: id("u"), Base: c.state.rev, Undo: id("x"), Writes: []protocol.Write{back}})
	require.Nil(t, err)
	require.Equal(t, str("ben one two"), c.value("n", "text"), "[P36] an undo takes back the own words")
}
