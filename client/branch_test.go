package client_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"atelier/client"
	"atelier/protocol"
)

func text(s string) protocol.Value { return protocol.String(s) }

// madeOn is a cell that is new on a branch.
func madeOn(record, prop string, value, base protocol.Value) protocol.Write {
	return protocol.Write{Record: record, Prop: prop, Value: value, Basis: base}
}

func off(record, prop string) protocol.Write {
	return protocol.Write{Record: record, Prop: prop, Dropped: true}
}

func branchRecord(id, name string) []protocol.Write {
	return []protocol.Write{
		client.Set(id, protocol.PropKind, text(string(protocol.KindBranch))), client.Set(id, "name", text(name)),
		client.Set(id, "author", text("u")), client.Set(id, "at", protocol.Int(7)), client.Set(id, "fork", protocol.Int(1)),
	}
}

// onBranch is a change on a branch; main is what it writes there as well.
func onBranch(rev int64, id, branch string, writes, main []protocol.Write) protocol.Committed {
	c := change(rev, id, writes...)
	c.Branch = branch
	if len(main) > 0 {
		c.Also = []protocol.Target{{Writes: main}}
	}
	return c
}

func reach(t *testing.T, room *client.Room, rev int64) {
	t.Helper()
	require.NoError(t, room.Until(soon(t), func() bool { return room.Live() && room.Rev() == rev }))
}

func textOn(t *testing.T, v client.View, record string) string {
	t.Helper()
	r, ok := v.Record(record)
	require.True(t, ok)
	return r.Text("text")
}

// drafted joins a room where main has a note "n" at revision 1 and the branch "b" another text for it at 2.
func drafted(t *testing.T) (*fake, *client.Room, *peer) {
	t.Helper()
	f := newFake(t)
	room, p := join(t, f, options(f))
	p.send(committed(
		change(1, "c1", note("n", "main")...),
		onBranch(2, "c2", "b", []protocol.Write{madeOn("n", "text", text("draft"), text("main"))}, branchRecord("b", "Ana's"))))
	reach(t, room, 2)
	return f, room, p
}

func TestABranchShowsItsCellsAndMainWhereItHasNone(t *testing.T) {
	t.Parallel()
	_, room, p := drafted(t)
	b, ok := room.Branch("b")
	require.True(t, ok)
	require.Equal(t, client.Branch{ID: "b", Name: "Ana's", Author: "u", At: 7, Fork: 1, Records: 1, Cells: 1}, b)
	require.True(t, b.Open())
	require.Equal(t, []client.Branch{b}, room.Branches())
	require.Equal(t, "main", textOn(t, room.On(""), "n"))
	require.Equal(t, "draft", textOn(t, room.On("b"), "n"))

	p.send(committed(change(3, "c3", client.Set("n", "x", protocol.Int(5)), client.Set("n", "text", text("main too")))))
	reach(t, room, 3)
	rec, _ := room.On("b").Record("n")
	require.InDelta(t, 5.0, rec.Number("x"), 0, "main's newest shows")
	require.Equal(t, "draft", rec.Text("text"))
	require.Equal(t, []client.Cell{{Record: "n", Prop: "text", Value: text("draft"), Base: text("main"), Main: text("main too")}},
		room.On("b").Cells(), "base, main and branch")
	require.Empty(t, room.On("").Cells())

	p.send(committed(onBranch(4, "c4", "b", []protocol.Write{client.Set("n", "text", text("draft 2"))}, nil)))
	reach(t, room, 4)
	require.Equal(t, text("main"), room.On("b").Cells()[0].Base, "a later write keeps the base value")
	require.Equal(t, "draft 2", textOn(t, room.On("b"), "n"))
}

func TestRecordsOfABranchAreItsAloneUntilTheyAreMerged(t *testing.T) {
	t.Parallel()
	_, room, p := drafted(t)
	p.send(committed(onBranch(3, "c3", "b", []protocol.Write{
		madeOn("m", protocol.PropKind, text("note"), protocol.Nil), madeOn("m", "text", text("only here"), protocol.Nil),
	}, nil)))
	reach(t, room, 3)
	_, ok := room.Record("m")
	require.False(t, ok)
	require.Equal(t, "only here", textOn(t, room.On("b"), "m"))
	rev, records := room.On("b").Records()
	require.EqualValues(t, 3, rev)
	require.Len(t, records, 3, "the branch's own record is main's")

	merged := change(4, "c4", append(note("m", "only here"), client.Set("n", "text", text("draft")), client.Set("b", "merged", protocol.Int(4)))...)
	merged.Also = []protocol.Target{{Branch: "b", Writes: []protocol.Write{off("m", "kind"), off("m", "text"), off("n", "text")}}}
	p.send(committed(merged))
	reach(t, room, 4)
	require.Empty(t, room.On("b").Cells())
	require.Equal(t, "only here", textOn(t, room.On(""), "m"))
	b, _ := room.Branch("b")
	require.False(t, b.Open())
	require.EqualValues(t, 4, b.Merged)
}

func TestWhatMainDeletedIsHiddenOnABranchAndWhatABranchDeletesStaysOnMain(t *testing.T) {
	t.Parallel()
	_, room, p := drafted(t)
	gone := protocol.PropDeleted
	p.send(committed(
		change(3, "c3", note("m", "here")...),
		onBranch(4, "c4", "b", []protocol.Write{madeOn("m", gone, protocol.Bool(true), protocol.Nil)}, nil),
		change(5, "c5", client.Delete("n"))))
	reach(t, room, 5)
	_, ok := room.On("b").Record("n")
	require.False(t, ok, "edits of what main deleted ask when they are merged")
	_, ok = room.On("b").Record("m")
	require.False(t, ok)
	require.Equal(t, "here", textOn(t, room.On(""), "m"))
	p.send(committed(change(6, "c6", append(note("n", "back"), client.Set("n", gone, protocol.Nil))...)))
	reach(t, room, 6)
	require.Equal(t, "draft", textOn(t, room.On("b"), "n"))
}

func TestWhatDoesNotFitTogetherOnABranchIsRepaired(t *testing.T) {
	t.Parallel()
	_, room, p := drafted(t)
	frame := func(id, parent string) []protocol.Write {
		w := []protocol.Write{client.Set(id, "kind", text("frame"))}
		if parent != "" {
			w = append(w, client.Set(id, "parent", text(parent)))
		}
		return w
	}
	p.send(committed(
		change(3, "c3", append(append(frame("f", ""), frame("g", "")...), frame("h", "f")...)...),
		onBranch(4, "c4", "b", []protocol.Write{madeOn("f", "parent", text("g"), protocol.Nil), madeOn("h", "parent", text("g"), text("f"))}, nil),
		change(5, "c5", client.Set("g", "parent", text("f"))),
		onBranch(6, "c6", "b", []protocol.Write{
			madeOn("e", "kind", text("edge"), protocol.Nil), madeOn("e", "from", text("f"), protocol.Nil), madeOn("e", "to", text("n"), protocol.Nil),
		}, nil)))
	reach(t, room, 6)
	on := room.On("b")
	f, _ := on.Record("f")
	require.Empty(t, f.Text("parent"), "main's parent wins a cycle, and main has none")
	h, _ := on.Record("h")
	require.Equal(t, "g", h.Text("parent"), "what makes no cycle stays")
	_, ok := on.Record("e")
	require.True(t, ok)
	p.send(committed(change(7, "c7", client.Delete("n"))))
	reach(t, room, 7)
	_, ok = on.Record("e")
	require.False(t, ok, "an edge to nothing is hidden")
}

func TestASnapshotBringsTheCellsOfBranches(t *testing.T) {
	t.Parallel()
	f, room, p := drafted(t)
	p.cut()
	p = f.next()
	page := protocol.AppendSnapshot(protocol.NewBuffer(64), 2)
	page = protocol.AppendRecord(page, "n", "note", 1)
	page = append(append(page, "\xa4text"...), string(text("new main"))...)
	page = protocol.AppendRecord(page, "d", "branch", 1)
	page = append(append(page, "\xa4name"...), string(text("Ben's"))...)
	cells := protocol.AppendOverlay(protocol.NewBuffer(64), "d", 2)
	cells = protocol.AppendCell(cells, "n", "text", text("Ben's text"), text("old"))
	cells = protocol.AppendCell(cells, "n", "title", "", text("a title"))
	more := protocol.AppendCell(protocol.AppendOverlay(protocol.NewBuffer(64), "d", 1), "o", "kind", text("note"), "")
	w := welcome(2, 9, "c9")
	w.Epoch = "second"
	p.send(hail(w), protocol.Seal(page), protocol.Seal(cells))
	require.NoError(t, room.Until(soon(t), func() bool { return room.Self().M == 2 }))
	require.Equal(t, "draft", textOn(t, room.On("b"), "n"), "the old branches show until the snapshot is whole")
	p.send(protocol.Seal(more), committed(onBranch(10, "c10", "d", []protocol.Write{off("n", "title")}, nil)), protocol.Live(10))
	reach(t, room, 10)
	require.Len(t, room.Branches(), 1)
	require.Empty(t, room.On("b").Cells(), "branches of the old log are gone")
	require.Equal(t, []client.Cell{
		{Record: "n", Prop: "text", Value: text("Ben's text"), Base: text("old"), Main: text("new main")},
		{Record: "o", Prop: "kind", Value: text("note"), Base: protocol.Nil, Main: protocol.Nil},
	}, room.On("d").Cells())
}

func TestABranchIsTheSameAfterALostConnection(t *testing.T) {
	t.Parallel()
	f, room, p := drafted(t)
	done := make(chan outcome, 1)
	go func() {
		res, err := room.On("b").In("stay").Gesture("drag").Change(context.Background(), client.Set("n", "text", text("mine")))
		done <- outcome{res, err}
	}()
	_, first := p.recvChange()
	require.Equal(t, protocol.Change{
		ID: first.ID, Base: 2, Branch: "b", Episode: "stay", Gesture: "drag", Writes: []protocol.Write{madeOn("n", "text", text("mine"), text("draft"))},
	}, first)
	p.cut()

	p = f.next()
	require.Equal(t, &protocol.Resume{Epoch: epoch, Rev: 2, LastChange: "c2"}, p.hello.Resume)
	p.send(hail(resumed(welcome(1, 4, "c4"))), committed(
		onBranch(3, "c3", "b", []protocol.Write{client.Set("n", "text", text("Ben's")), madeOn("n", "x", protocol.Int(1), protocol.Nil)}, nil),
		onBranch(4, "c4", "b", []protocol.Write{off("n", "x")}, nil)), protocol.Live(4))
	req, again := p.recvChange()
	require.Equal(t, first, again, "the same change, whatever came in meanwhile")
	sibling := protocol.ChangeResult{Rev: 5, Branched: &protocol.Branched{Branch: "s", Name: "Ana 14:02", Cells: []protocol.CellConflict{{Record: "n", Prop: "text", Rev: 3}}}}
	p.send(committed(onBranch(5, first.ID, "s", []protocol.Write{madeOn("n", "text", text("mine"), text("main"))}, branchRecord("s", "Ana 14:02"))),
		protocol.Reply(req, sibling))
	got := <-done
	require.NoError(t, got.err)
	require.Equal(t, sibling, got.res)
	require.Equal(t, "mine", textOn(t, room.On(got.res.Branched.Branch), "n"))
	require.Equal(t, []client.Cell{{Record: "n", Prop: "text", Value: text("Ben's"), Base: text("main"), Main: text("main")}}, room.On("b").Cells())
}

func TestEventsTellWhatBecomesOfBranches(t *testing.T) {
	t.Parallel()
	f, room, p := drafted(t)
	events := room.Subscribe()
	moved := []protocol.Write{client.Set("n", "x", protocol.Int(1))}
	p.send(committed(
		change(3, "c3", client.Set("b", "name", text("renamed"))),
		change(4, "c4", moved...),
		onBranch(5, "c5", "b", []protocol.Write{off("n", "text")}, []protocol.Write{client.Set("b", "merged", protocol.Int(5))})))
	reach(t, room, 5)
	p.cut()
	f.next()
	var branches []client.Branch
	var changes []client.Changed
	for e := range events.All(soon(t)) {
		switch e := e.(type) {
		case client.BranchChanged:
			branches = append(branches, e.Branch)
			continue
		case client.Changed:
			changes = append(changes, e)
			continue
		}
		break
	}
	require.NotEmpty(t, branches)
	newest := branches[len(branches)-1]
	require.Equal(t, "renamed", newest.Name)
	require.EqualValues(t, 5, newest.Merged)
	require.Zero(t, newest.Cells)
	require.Len(t, changes, 3)
	require.Equal(t, moved, changes[1].On(""))
	require.Empty(t, changes[1].On("b"))
	require.Equal(t, "merged", changes[2].On("")[0].Prop, "what a change on a branch writes on main")
	require.Equal(t, []protocol.Write{off("n", "text")}, changes[2].On("b"))
}

func TestTheClockThatNamesBranchesIsTold(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	o := options(f)
	o.Zone = time.FixedZone("Kathmandu", (5*60+45)*60)
	_, p := join(t, f, o)
	require.Equal(t, 345, p.hello.Zone)
}

func TestMembersShowWhichBranchTheyLookAt(t *testing.T) {
	t.Parallel()
	_, room, p := drafted(t)
	for _, branch := range []string{"b", ""} {
		done := make(chan error, 1)
		go func() { done <- room.Look(context.Background(), branch) }()
		cmd := p.recv()
		require.Equal(t, protocol.TypePresence, cmd.Type)
		var patch map[string]any
		require.NoError(t, protocol.DecodeBody(cmd.Body, &patch))
		if branch == "" {
			require.Equal(t, map[string]any{"branch": nil}, patch)
		} else {
			require.Equal(t, map[string]any{"branch": branch}, patch)
		}
		p.send(protocol.Reply(cmd.Req, nil))
		require.NoError(t, <-done)
	}
	state := protocol.AppendStates(protocol.NewBuffer(32), 1)
	p.send(protocol.Seal(protocol.AppendState(state, 1, append([]byte("\x81\xa6branch"), string(text("b"))...))))
	require.NoError(t, room.Until(soon(t), func() bool { return room.Members()[1].LooksAt() == "b" }))
}
