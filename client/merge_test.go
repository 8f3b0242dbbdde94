package client_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"atelier/client"
	"atelier/protocol"
)

func later(call func() (protocol.ChangeResult, error)) <-chan outcome {
	done := make(chan outcome, 1)
	go func() {
		res, err := call()
		done <- outcome{res, err}
	}()
	return done
}

func TestAMergeThatNeedsDecisionsNamesTheCellsAndIsMergedWithThem(t *testing.T) {
	t.Parallel()
	_, room, p := drafted(t)
	done := later(func() (protocol.ChangeResult, error) { return room.Merge(context.Background(), "b", nil) })
	req, c := p.recvChange()
	require.Equal(t, &protocol.Merge{Branch: "b"}, c.Merge)
	require.EqualValues(t, 2, c.Base)
	require.Empty(t, c.Writes)
	met := []protocol.CellConflict{{
		Record: "n", Prop: "text", Rev: 3, Base: text("main"), Theirs: text("theirs"), Mine: text("draft"), User: "ben",
	}}
	refusal := protocol.Errorf(protocol.CodeConflict, "1 cells were changed on both sides").With(protocol.ConflictDetails{Conflicts: met})
	p.send(protocol.ErrorReply(req, refusal))
	got := <-done
	conflict, ok := errors.AsType[*client.ConflictError](got.err)
	require.True(t, ok, "%v", got.err)
	require.Equal(t, met, conflict.Conflicts)
	require.Equal(t, protocol.CodeConflict, protocol.CodeOf(got.err))
	require.ErrorContains(t, got.err, "record n, prop text")

	resolve := []protocol.Resolution{{Record: "n", Prop: "text", Choice: protocol.ChooseBranch}, {Choice: protocol.ChooseMain}}
	done = later(func() (protocol.ChangeResult, error) {
		return room.Merge(context.Background(), "b", &client.MergeOptions{Records: []string{"n"}, Resolve: resolve})
	})
	req, second := p.recvChange()
	require.NotEqual(t, c.ID, second.ID)
	require.Equal(t, &protocol.Merge{Branch: "b", Records: []string{"n"}, Resolve: resolve}, second.Merge)
	merged := change(3, second.ID, client.Set("n", "text", text("draft")), client.Set("b", "merged", protocol.Int(3)))
	merged.Also = []protocol.Target{{Branch: "b", Writes: []protocol.Write{off("n", "text")}}}
	p.send(committed(merged), protocol.Reply(req, protocol.ChangeResult{Rev: 3}))
	got = <-done
	require.NoError(t, got.err)
	require.Equal(t, "draft", textOn(t, room.On(""), "n"))
	b, _ := room.Branch("b")
	require.False(t, b.Open(), "when Merge has returned the replica has it")
}

func TestOtherConflictsAreToldApart(t *testing.T) {
	t.Parallel()
	_, room, p := drafted(t)
	done := changeLater(room, client.Set("n", "x", protocol.Int(1)))
	req, _ := p.recvChange()
	p.send(protocol.ErrorReply(req, protocol.Errorf(protocol.CodeConflict, "no cells").With(map[string]any{"other": 1})))
	got := <-done
	_, ok := errors.AsType[*client.ConflictError](got.err)
	require.False(t, ok)
	require.Equal(t, protocol.CodeConflict, protocol.CodeOf(got.err))
}

func TestAMergeIsSentAgainWithItsIDAndGetsItsFirstAnswer(t *testing.T) {
	t.Parallel()
	f, room, p := drafted(t)
	done := later(func() (protocol.ChangeResult, error) { return room.Merge(context.Background(), "b", nil) })
	_, first := p.recvChange()
	p.cut() // the server has committed it, and nobody heard

	p = f.next()
	merged := change(3, first.ID, client.Set("n", "text", text("draft")), client.Set("b", "merged", protocol.Int(3)))
	merged.Also = []protocol.Target{{Branch: "b", Writes: []protocol.Write{off("n", "text")}}}
	p.send(hail(resumed(welcome(1, 4, "c4"))), committed(merged, change(4, "c4", note("m", "later")...)), protocol.Live(4))
	req, again := p.recvChange()
	require.Equal(t, first, again)
	p.send(protocol.Reply(req, protocol.ChangeResult{Rev: 3}))
	got := <-done
	require.NoError(t, got.err)
	require.EqualValues(t, 3, got.res.Rev)
	require.Empty(t, room.On("b").Cells())
}

func TestAnUndoOfAMergeGivesTheBranchItsCellsAgain(t *testing.T) {
	t.Parallel()
	_, room, p := drafted(t)
	merge := protocol.NewID()
	merged := change(3, merge, client.Set("n", "text", text("draft")), client.Set("b", "merged", protocol.Int(3)))
	merged.Also = []protocol.Target{{Branch: "b", Writes: []protocol.Write{off("n", "text")}}}
	p.send(committed(merged))
	reach(t, room, 3)
	done := later(func() (protocol.ChangeResult, error) { return room.Undo(context.Background(), merge) })
	req, c := p.recvChange()
	require.Equal(t, protocol.Change{ID: c.ID, Base: 3, Undo: merge, Writes: c.Writes}, c)
	require.Empty(t, c.Writes)
	back := change(4, c.ID, client.Set("n", "text", text("main")), client.Set("b", "merged", protocol.Nil))
	back.Also = []protocol.Target{{Branch: "b", Writes: []protocol.Write{madeOn("n", "text", text("draft"), text("main"))}}}
	p.send(committed(back), protocol.Reply(req, protocol.ChangeResult{Rev: 4}))
	require.NoError(t, (<-done).err)
	require.Equal(t, "main", textOn(t, room.On(""), "n"))
	require.Equal(t, "draft", textOn(t, room.On("b"), "n"))
	b, _ := room.Branch("b")
	require.True(t, b.Open())
}

func TestBranchesAreMadeNamedAndPutAway(t *testing.T) {
	t.Parallel()
	_, room, p := drafted(t)
	accept := func(rev int64) protocol.Change {
		req, c := p.recvChange()
		p.send(committed(change(rev, c.ID, c.Writes...)), protocol.Reply(req, protocol.ChangeResult{Rev: rev}))
		return c
	}
	made := make(chan client.Branch, 1)
	errs := make(chan error, 1)
	go func() {
		b, err := room.CreateBranch(context.Background(), "Plan B")
		made <- b
		errs <- err
	}()
	accept(3)
	b := <-made
	require.NoError(t, <-errs)
	require.Equal(t, "Plan B", b.Name)
	require.True(t, b.Open())
	for i, call := range []func() error{
		func() error { return room.RenameBranch(context.Background(), b.ID, "Plan C") },
		func() error { return room.ArchiveBranch(context.Background(), b.ID) },
		func() error { return room.ReopenBranch(context.Background(), b.ID) },
	} {
		go func() { errs <- call() }()
		accept(int64(4 + i))
		require.NoError(t, <-errs)
		now, _ := room.Branch(b.ID)
		require.Equal(t, "Plan C", now.Name)
		require.Equal(t, i == 1, now.Archived)
	}
	require.Equal(t, protocol.CodeNotFound, protocol.CodeOf(room.ArchiveBranch(soon(t), "n")), "a note is no branch")

	go func() {
		_, err := room.NameVersion(context.Background(), "before the fair", 0)
		errs <- err
	}()
	accept(7)
	require.NoError(t, <-errs)
	versions := room.Versions()
	require.Len(t, versions, 1)
	require.Equal(t, "before the fair", versions[0].Name)
	require.EqualValues(t, 6, versions[0].Rev)
}
