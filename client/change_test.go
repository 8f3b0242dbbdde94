package client_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"atelier/client"
	"atelier/protocol"
)

func bases(c protocol.Change) map[string]protocol.Value {
	out := make(map[string]protocol.Value, len(c.Writes))
	for _, w := range c.Writes {
		out[w.Record+" "+w.Prop] = w.Basis
	}
	return out
}

func TestAChangeSaysWhatItWasMadeFrom(t *testing.T) {
	t.Parallel()
	_, room, _ := drafted(t)
	writes := []protocol.Write{
		client.Set("new", "kind", text("prompt")), client.Set("new", "prompt", text("a fox")),
		client.Set("n", "text", text("x")), client.Set("n", "title", text("x")), client.Set("n", "x", protocol.Int(1)),
		client.Set("n", protocol.PropDeleted, protocol.Bool(true)), client.Set("b", "name", text("x")), client.Set("nobody", "text", text("x")),
	}
	want := map[string]protocol.Value{
		"new kind": "", "new prompt": protocol.Nil, "n text": text("main"), "n title": protocol.Nil, "n x": "",
		"n deleted": protocol.Nil, "b name": "", "nobody text": "",
	}
	c := room.Prepare(protocol.Change{Writes: writes})
	require.True(t, protocol.ValidID(c.ID))
	require.EqualValues(t, 2, c.Base)
	require.Equal(t, want, bases(c))
	require.Empty(t, bases(protocol.Change{Writes: writes})["n text"], "the caller's writes are left alone")

	want["n text"] = text("draft")
	require.Equal(t, want, bases(room.Prepare(protocol.Change{Branch: "b", Writes: writes})), "what the branch shows")

	undo := room.Prepare(protocol.Change{Undo: protocol.NewID(), Writes: writes})
	require.Empty(t, bases(undo)["n text"], "an undo expects what its author left, not what stands")
}

func TestABasisThatDoesNotStandAnyMoreTakesTheBaseBack(t *testing.T) {
	t.Parallel()
	_, room, p := drafted(t)
	p.send(committed(
		change(3, "c3", client.Set("n", "text", text("somebody else's"))),
		change(4, "c4", client.Set("n", "x", protocol.Int(1))),
		onBranch(5, "c5", "b", []protocol.Write{client.Set("n", "text", text("draft 2"))}, nil)))
	reach(t, room, 5)
	stale := client.Based(client.Set("n", "text", text("mine")), text("main"))
	c := room.Prepare(protocol.Change{Writes: []protocol.Write{stale, client.Set("n", "title", text("x"))}})
	require.EqualValues(t, 2, c.Base, "before the value was replaced")
	require.Equal(t, text("main"), c.Writes[0].Basis)

	c = room.Prepare(protocol.Change{Writes: []protocol.Write{client.Based(client.Set("n", "text", text("mine")), text("somebody else's"))}})
	require.EqualValues(t, 5, c.Base, "a basis that stands")
	c = room.Prepare(protocol.Change{Branch: "b", Writes: []protocol.Write{client.Based(client.Set("n", "text", text("mine")), text("draft"))}})
	require.EqualValues(t, 4, c.Base, "on the branch")

	c = room.Prepare(protocol.Change{Base: 2, Writes: []protocol.Write{client.Set("n", "text", text("mine")), client.Set("n", "title", text("x"))}})
	require.EqualValues(t, 2, c.Base)
	require.Empty(t, c.Writes[0].Basis, "what has changed since an own base is not claimed to be seen")
	require.Equal(t, protocol.Nil, c.Writes[1].Basis)
}

func TestABasisFromBeforeTheSnapshotTakesTheBaseToTheBeginning(t *testing.T) {
	t.Parallel()
	f, room, p := drafted(t)
	p.cut()
	p = f.next()
	page := protocol.AppendRecord(protocol.AppendSnapshot(protocol.NewBuffer(64), 1), "n", "note", 1)
	page = append(append(page, "\xa4text"...), string(text("now"))...)
	w := welcome(1, 9, "c9")
	w.Epoch = "second"
	p.send(hail(w), protocol.Seal(page), protocol.Live(9))
	reach(t, room, 9)
	set := client.Set("n", "text", text("mine"))
	c := room.Prepare(protocol.Change{Writes: []protocol.Write{client.Based(set, text("before"))}})
	require.Zero(t, c.Base)
	require.Equal(t, text("now"), room.Prepare(protocol.Change{Base: 9, Writes: []protocol.Write{set}}).Writes[0].Basis)
	require.Empty(t, room.Prepare(protocol.Change{Base: 8, Writes: []protocol.Write{set}}).Writes[0].Basis, "it may be as old as the snapshot only")
}

func TestAChangeWithAnIDIsSentAsItIs(t *testing.T) {
	t.Parallel()
	_, room, p := drafted(t)
	set := client.Set("n", "text", text("mine"))
	kept := room.Prepare(protocol.Change{Writes: []protocol.Write{set}})
	p.send(committed(change(3, "c3", client.Set("n", "text", text("somebody else's")))))
	reach(t, room, 3)
	seen := protocol.Change{ID: protocol.NewID(), Writes: []protocol.Write{set}}
	for _, c := range []protocol.Change{kept, seen} {
		done := make(chan error, 1)
		go func() {
			_, err := room.Submit(context.Background(), c)
			done <- err
		}()
		req, sent := p.recvChange()
		require.Equal(t, c, sent, "the same bytes whenever it is sent, or the server takes it for another change")
		p.send(protocol.Reply(req, protocol.ChangeResult{Rev: 3}))
		require.NoError(t, <-done)
	}
}

func TestAValueThatIsBroughtAgainWasSeenBefore(t *testing.T) {
	t.Parallel()
	_, room, p := drafted(t)
	p.send(committed(
		change(3, "c3", client.Set("n", "text", text("newer"))),
		change(4, "c4", client.Delete("n")),
		change(5, "c5", append(note("n", "newer"), client.Set("n", protocol.PropDeleted, protocol.Nil))...),
		change(6, "c6", client.Set("n", "text", text("newer"))),
		onBranch(7, "c7", "b", []protocol.Write{client.Set("n", "text", text("draft"))}, nil)))
	reach(t, room, 7)
	stale := client.Based(client.Set("n", "text", text("mine")), text("older"))
	require.EqualValues(t, 2, room.Prepare(protocol.Change{Writes: []protocol.Write{stale}}).Base,
		"the server keeps the revision that wrote the value first, and what is seen must be before it")
	require.EqualValues(t, 1, room.Prepare(protocol.Change{Branch: "b", Writes: []protocol.Write{stale}}).Base)
	rec, _ := room.Record("n")
	require.Equal(t, "newer", rec.Text("text"))
}
