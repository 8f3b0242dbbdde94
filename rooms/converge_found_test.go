package rooms

import (
	"maps"
	"testing"

	"github.com/stretchr/testify/require"

	"atelier/protocol"
)

// on makes a change on a branch, in an episode.
func (c *canvas) on(by Author, base int64, branch, episode string, writes ...protocol.Write) (Row, *protocol.Error) {
	c.t.Helper()
	c.n++
	return c.apply(by, protocol.Change{
		ID: protocol.DerivedID("on", string(rune(c.n))), Base: base, Branch: branch, Episode: episode, Writes: writes,
	})
}

func TestFoundAMergedValueOfABranchIsNobodysEither(t *testing.T) {
	c, ana, ben := newCanvas(t), editor("ana"), editor("ben")
	c.must(ana, note("n")...)
	branch := c.draft(ana, "d", from(write("n", "text", str("one two")), "first"))
	seen := c.state.rev
	for _, step := range []struct {
		by         Author
		text, from string
	}{{ana, "one two ana", "one two"}, {ben, "ben one two", "one two"}, {ben, "ben b one two", "ben one two"}} {
		_, err := c.on(step.by, seen, branch, "stay-"+step.by.Session, from(write("n", "text", str(step.text)), step.from))
		require.Nil(t, err)
	}
	value, base, _ := c.onBranch(branch, "n", "text")
	require.Equal(t, str("ben b one two ana"), value, "Ben's second write has not seen Ana's word")
	require.Equal(t, str("first"), base)
}

func TestFoundADraftsDivergenceInAnEpisodeThatDivergedOnMain(t *testing.T) {
	c, ana, ben := newCanvas(t), editor("ana"), editor("ben")
	c.must(ana, prompt("p", "a fox")...)
	draft := c.draft(ana, "d", prompt("q", "a cat")...)
	seen := c.state.rev
	c.must(ben, write("p", "seed", num(1)))
	_, err := c.on(ben, seen, draft, "", write("q", "seed", num(1)))
	require.Nil(t, err)
	first, err := c.on(ana, seen, "", "off", write("p", "seed", num(2)))
	require.Nil(t, err)
	second, err := c.on(ana, seen, draft, "off", write("q", "seed", num(2)))
	require.Nil(t, err, "the draft's record is known")
	require.Equal(t, first.Branch, second.Branch, "one branch for an episode")
	value, _, _ := c.onBranch(second.Branch, "q", "prompt")
	require.Equal(t, str("a cat"), value, "with what the draft has of the record")
}

func TestFoundADraftsEpisodeNamesWhatOnlyItsSiblingHas(t *testing.T) {
	c, ana, ben := newCanvas(t), editor("ana"), editor("ben")
	draft := c.draft(ana, "d", prompt("q", "a cat")...)
	seen := c.state.rev
	_, err := c.on(ben, seen, draft, "", write("q", "seed", num(1)))
	require.Nil(t, err)
	first, err := c.on(ana, seen, draft, "off", append(note("new"), write("q", "seed", num(2)))...)
	require.Nil(t, err)
	require.NotEqual(t, draft, first.Branch)
	second, err := c.on(ana, seen, draft, "off", write("new", "text", str("more")))
	require.Nil(t, err)
	require.Equal(t, first.Branch, second.Branch)
}

func TestFoundAnEpisodeNamesWhatOnlyItsArchivedBranchHas(t *testing.T) {
	c, ana, ben := newCanvas(t), editor("ana"), editor("ben")
	seen := c.must(ana, prompt("p", "a fox")...).Rev
	c.must(ben, write("p", "seed", num(1)))
	first, err := c.on(ana, seen, "", "off", append(note("new"), write("p", "seed", num(2)))...)
	require.Nil(t, err)
	c.must(ben, protocol.Write{Record: first.Branch, Prop: "archived", Value: protocol.Bool(true)})
	second, err := c.on(ana, seen, "", "off", write("new", "text", str("more")))
	require.Nil(t, err)
	require.Equal(t, first.Branch, second.Branch)
}

func TestFoundUndoOfAMergeKeepsParentsWithoutACycle(t *testing.T) {
	c, ana := newCanvas(t), editor("ana")
	for _, f := range []string{"a", "b", "c"} {
		c.must(ana, write(f, "kind", str("frame")))
	}
	c.must(ana, write("a", "parent", str(id("c"))))
	branch := c.draft(ana, "d", write("a", "parent", str(id("b"))), write("b", "x", num(7)))
	merged, err := c.merge(ana, branch, nil)
	require.Nil(t, err)
	c.must(ana, write("c", "parent", str(id("a"))))
	_, err = c.apply(ana, protocol.Change{ID: id("undo"), Base: c.state.rev, Undo: merged.ID})
	require.False(t, cyclicOnMain(c.state, id("a")), "%v", err)
}

func cyclicOnMain(s *State, id string) bool {
	at := id
	for range maxNesting {
		parent, ok := s.records[at].value(protocol.PropParent).AsString()
		if !ok {
			return false
		}
		if at = parent; at == id {
			return true
		}
	}
	return true
}

func TestFoundTheNewestBranchOfAStaySurvivesASnapshot(t *testing.T) {
	for _, letter := range []string{"a", "b", "c", "d", "e"} { // whatever order the ids have
		c, ana, ben := newCanvas(t), editor("ana"), editor("ben")
		seen := c.must(ana, append(prompt("p", "a fox"), prompt("q", "a cat")...)...).Rev
		c.must(ben, write("p", "seed", num(1)))
		first, err := c.on(ana, seen, "", letter, write("p", "seed", num(2)))
		require.Nil(t, err)
		c.n += int(letter[0])
		_, err = c.on(ben, c.state.rev, first.Branch, "", write("p", "seed", num(4)))
		require.Nil(t, err)
		second, err := c.on(ana, seen, "", letter, write("p", "seed", num(3)))
		require.Nil(t, err)
		require.NotEqual(t, first.Branch, second.Branch)
		restored, failed := Restore(c.state.schema, Stored{SnapshotAt: c.state.rev, Snapshot: c.state.share().Encode()})
		require.NoError(t, failed)
		require.True(t, maps.Equal(c.state.stays, restored.stays), "stay %s", letter)
	}
}

func TestFoundWhoMergesHasNotWrittenWhatTheBranchSaid(t *testing.T) {
	c, ana, ben := newCanvas(t), editor("ana"), editor("ben")
	c.must(ana, prompt("p", "a fox")...)
	seen := c.state.rev
	branch := c.draft(ana, "d", write("p", "seed", num(1)))
	merged, err := c.merge(ben, branch, nil)
	require.Nil(t, err)
	row, err := c.try(ben, seen, write("p", "seed", num(2))) // queued before
	require.Nil(t, err)
	require.NotEmpty(t, row.Branch, "Ben has not seen Ana's seed")
	require.Equal(t, num(1), c.value("p", "seed"))
	_, err = c.apply(ben, protocol.Change{ID: id("undo"), Base: seen, Undo: merged.ID})
	require.Nil(t, err)
	_, err = c.on(ben, seen, branch, "", write("p", "seed", num(3)))
	require.Nil(t, err)
	value, _, _ := c.onBranch(branch, "p", "seed")
	require.Equal(t, num(1), value, "nor by taking the merge back")
}

func TestFoundUndoOfAMergeThatBroughtARecordBack(t *testing.T) {
	c, ana, ben := newCanvas(t), editor("ana"), editor("ben")
	c.must(ana, note("n")...)
	branch := c.draft(ana, "d", write("n", "tags", protocol.Strings([]string{"t"})))
	c.must(ben, write("n", "deleted", protocol.Bool(true)))
	merged, err := c.merge(ana, branch, nil, all(protocol.ChooseBranch))
	require.Nil(t, err)
	_, err = c.apply(ana, protocol.Change{ID: id("undo"), Base: c.state.rev, Undo: merged.ID})
	require.Nil(t, err)
	require.True(t, c.state.records[id("n")].deleted())
	require.Empty(t, c.value("n", "tags"), "what the merge wrote is taken back before the record goes again")
	_, _, there := c.onBranch(branch, "n", "tags")
	require.True(t, there, "the branch has its cells again, and is open")
	require.Zero(t, c.state.BranchInfos()[0].Merged)
}

func TestFoundWhatABranchMadeAndDeletedStaysAway(t *testing.T) {
	c, ana := newCanvas(t), editor("ana")
	branch := c.draft(ana, "d", note("n")...)
	_, err := c.on(ana, c.state.rev, branch, "", write("n", "deleted", protocol.Bool(true)))
	require.Nil(t, err)
	_, err = c.merge(ana, branch, nil)
	require.Nil(t, err)
	require.NotContains(t, canvasOf(c.state), id("n"))
	require.Empty(t, asideOf(c.state))
	_, err = c.on(editor("ben"), 1, branch, "", write("n", "text", str("queued while offline")))
	require.Nil(t, err, "who still writes to it finds it")
}

func TestFoundALaterStayNamesWhatOnlyAnEarlierOnesBranchHas(t *testing.T) {
	c, ana, ben := newCanvas(t), editor("ana"), editor("ben")
	seen := c.must(ana, prompt("p", "a fox")...).Rev
	c.must(ben, write("p", "seed", num(1)))
	first, err := c.on(ana, seen, "", "one", append(note("new"), write("p", "seed", num(2)))...)
	require.Nil(t, err)
	require.NotEmpty(t, first.Branch)
	for _, later := range []struct {
		episode string
		writes  []protocol.Write
	}{
		{"", []protocol.Write{write("new", "text", str("more"))}},
		{"two", append([]protocol.Write{write("e", "kind", str("edge"))}, write("e", "from", str(id("p"))), write("e", "to", str(id("new"))))},
	} {
		row, err := c.on(ana, seen, "", later.episode, later.writes...)
		require.Nil(t, err, "what was sent before the answer came is kept")
		require.Equal(t, first.Branch, row.Branch)
	}
	_, err = c.on(ben, c.state.rev, "", "", write("new", "text", str("mine")))
	require.Equal(t, protocol.CodeNotFound, protocol.CodeOf(err), "others do not know the record")
}

func TestFoundUndoOfAMergeGivesTheBranchItsBeginningBack(t *testing.T) {
	c, ana := newCanvas(t), editor("ana")
	c.must(ana, note("n")...)
	branch := c.draft(ana, "d", from(write("n", "text", str("first ana")), "first"))
	merged, err := c.merge(ana, branch, nil)
	require.Nil(t, err)
	_, err = c.on(ana, c.state.rev, branch, "", from(write("n", "text", str("first ana more")), "first ana"))
	require.Nil(t, err)
	_, err = c.apply(ana, protocol.Change{ID: id("undo"), Base: c.state.rev, Undo: merged.ID})
	require.Nil(t, err)
	require.Equal(t, str("first"), c.value("n", "text"))
	value, base, _ := c.onBranch(branch, "n", "text")
	require.Equal(t, [2]protocol.Value{str("first ana more"), str("first")}, [2]protocol.Value{value, base})
	_, err = c.merge(ana, branch, nil)
	require.Nil(t, err)
	require.Equal(t, str("first ana more"), c.value("n", "text"), "merged again, nothing is lost")
}

func TestFoundUndoOfAMergeBringsBackParentsThatAreGone(t *testing.T) {
	c, ana := newCanvas(t), editor("ana")
	for _, f := range []string{"a", "b", "c"} {
		c.must(ana, write(f, "kind", str("frame")))
	}
	c.must(ana, write("a", "parent", str(id("c"))))
	branch := c.draft(ana, "d", write("a", "parent", str(id("b"))))
	c.must(ana, write("c", "deleted", protocol.Bool(true)))
	before := canvasOf(c.state)
	merged, err := c.merge(ana, branch, nil)
	require.Nil(t, err)
	_, err = c.apply(ana, protocol.Change{ID: id("undo"), Base: c.state.rev, Undo: merged.ID})
	require.Nil(t, err, "it stood so before")
	require.Equal(t, before, canvasOf(c.state))
}

func TestFoundUndoOfAMergeKeepsWhatWasWrittenOnTheBranchOfflineMeanwhile(t *testing.T) {
	c, ana, ben := newCanvas(t), editor("ana"), editor("ben")
	c.must(ana, prompt("p", "a fox")...)
	branch := c.draft(ana, "d", from(write("p", "prompt", str("a red fox")), "a fox"))
	seen := c.state.rev
	_, err := c.on(ana, seen, branch, "", from(write("p", "prompt", str("a red fox at night")), "a red fox"), write("p", "seed", num(1)))
	require.Nil(t, err)
	merged, err := c.merge(ana, branch, nil)
	require.Nil(t, err)
	_, err = c.on(ben, seen, branch, "", from(write("p", "prompt", str("see a red fox")), "a red fox"), from(write("p", "model", str("m")), ""))
	require.Nil(t, err)
	_, err = c.on(ben, seen, branch, "", write("p", "seed", num(2)))
	require.Nil(t, err)
	row, err := c.apply(ana, protocol.Change{ID: id("undo"), Base: c.state.rev, Undo: merged.ID})
	require.Nil(t, err)
	value, base, _ := c.onBranch(branch, "p", "prompt")
	require.Equal(t, [2]protocol.Value{str("see a red fox at night"), str("a fox")}, [2]protocol.Value{value, base}, "both of the branch's texts")
	require.Equal(t, str("a fox"), c.value("p", "prompt"))
	require.Equal(t, num(1), c.value("p", "seed"), "what the branch has anew, and does not merge, main keeps")
	var result protocol.ChangeResult
	require.NoError(t, protocol.DecodeBody(row.Result, &result))
	require.Len(t, result.Skipped, 1)
	require.Equal(t, "seed", result.Skipped[0].Prop)
}

func TestFoundAChangeNamesRecordsThatSeveralBranchesHave(t *testing.T) {
	c, ana, ben := newCanvas(t), editor("ana"), editor("ben")
	seen := c.must(ana, append(prompt("p", "a fox"), prompt("q", "a cat")...)...).Rev
	c.must(ben, write("p", "seed", num(1)), write("q", "seed", num(1)))
	one, err := c.on(ana, seen, "", "one", append(note("n1"), write("p", "seed", num(2)))...)
	require.Nil(t, err)
	two, err := c.on(ana, seen, "", "two", append(note("n2"), write("q", "seed", num(2)))...)
	require.Nil(t, err)
	require.NotEqual(t, one.Branch, two.Branch)
	draft := c.draft(ana, "d", note("n3")...)
	row, err := c.on(ana, seen, draft, "", write("n1", "x", num(1)), write("n2", "x", num(2)), write("n3", "x", num(3)))
	require.Nil(t, err, "it stays together, where all it names is")
	for i, name := range []string{"n1", "n2", "n3"} {
		value, _, _ := c.onBranch(row.Branch, name, "x")
		require.Equal(t, num(float64(i+1)), value, name)
		value, _, _ = c.onBranch(row.Branch, name, "text")
		require.Equal(t, str("first"), value, name)
	}
}
