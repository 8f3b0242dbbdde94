package client_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"atelier/client"
	"atelier/protocol"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m,
		goleak.IgnoreAnyFunction("net/http.(*persistConn).readLoop"), // idle connections of shared transports
		goleak.IgnoreAnyFunction("net/http.(*persistConn).writeLoop"))
}

type outcome struct {
	res protocol.ChangeResult
	err error
}

func changeLater(room *client.Room, writes ...protocol.Write) <-chan outcome {
	done := make(chan outcome, 1)
	go func() {
		res, err := room.Change(context.Background(), writes...)
		done <- outcome{res, err}
	}()
	return done
}

func TestAChangeIsSentAgainWithItsIDWhenTheSocketIsLostBeforeTheReply(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	room, p := join(t, f, options(f))
	done := changeLater(room, note("n", "hello")...)
	_, first := p.recvChange()
	p.cut()

	p = f.next()
	require.Equal(t, "secret", p.hello.Session)
	require.Equal(t, &protocol.Resume{Epoch: epoch}, p.hello.Resume)
	p.send(hail(resumed(welcome(1, 0, ""))), protocol.Live(0))
	req, second := p.recvChange()
	require.Equal(t, first, second)
	p.send(committed(change(1, second.ID, second.Writes...)), protocol.Reply(req, protocol.ChangeResult{Rev: 1}))
	got := <-done
	require.NoError(t, got.err)
	require.EqualValues(t, 1, got.res.Rev)
	rec, ok := room.Record("n")
	require.True(t, ok, "what Change acknowledged is in the replica")
	require.Equal(t, "hello", rec.Text("text"))

	p.cut()
	p = f.next()
	require.Equal(t, &protocol.Resume{Epoch: epoch, Rev: 1, LastChange: second.ID}, p.hello.Resume)
}

func TestRefusalsThatPassAreRetriedWithTheSameID(t *testing.T) {
	t.Parallel()
	for _, code := range []protocol.Code{protocol.CodeUnavailable, protocol.CodeRateLimited} {
		f := newFake(t)
		room, p := join(t, f, options(f))
		done := changeLater(room, note("n", "hello")...)
		req, first := p.recvChange()
		p.send(protocol.ErrorReply(req, protocol.Errorf(code, "later")))
		req, second := p.recvChange()
		require.Equal(t, first, second)
		p.send(protocol.ErrorReply(req, protocol.Errorf(protocol.CodeConflict, "somebody else")))
		got := <-done
		require.Equal(t, protocol.CodeConflict, protocol.CodeOf(got.err), "other refusals are the caller's")
	}
}

func TestAContextEndsAnUnansweredCallAndItIsNotSentAgain(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	room, p := join(t, f, options(f))
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() {
		_, err := room.Change(ctx, note("n", "lost")...)
		done <- err
	}()
	p.recvChange()
	cancel()
	require.ErrorIs(t, <-done, context.Canceled)
	p.cut()
	p = f.next()
	p.send(hail(resumed(welcome(1, 0, ""))), protocol.Live(0))
	next := changeLater(room, note("m", "kept")...)
	req, c := p.recvChange()
	require.Equal(t, "m", c.Writes[0].Record)
	p.send(committed(change(1, c.ID, c.Writes...)), protocol.Reply(req, protocol.ChangeResult{Rev: 1}))
	require.NoError(t, (<-next).err)
}

func TestAGapInTheStreamDropsTheSocketAndResumesBeforeIt(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	room, p := join(t, f, options(f))
	p.send(committed(change(1, "c1", note("n", "one")...)))
	require.NoError(t, room.Until(soon(t), func() bool { return room.Rev() == 1 }))
	p.send(committed(change(3, "c3", client.Set("n", "text", protocol.String("three")))))

	p = f.next()
	require.Equal(t, &protocol.Resume{Epoch: epoch, Rev: 1, LastChange: "c1"}, p.hello.Resume)
	p.send(hail(resumed(welcome(1, 3, "c3"))), committed(
		change(1, "c1", client.Set("n", "text", protocol.String("again"))), // what one has is not applied twice
		change(2, "c2", client.Set("n", "text", protocol.String("two"))),
		change(3, "c3", client.Set("n", "text", protocol.String("three")))), protocol.Live(3))
	require.NoError(t, room.Until(soon(t), func() bool { return room.Live() && room.Rev() == 3 }))
	rec, _ := room.Record("n")
	require.Equal(t, "three", rec.Text("text"))
}

func TestASnapshotReplacesTheReplicaWhenItIsCompleteAndNotBefore(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	room, p := join(t, f, options(f))
	p.send(committed(change(1, "c1", note("old", "old")...)))
	require.NoError(t, room.Until(soon(t), func() bool { return room.Rev() == 1 }))
	events := room.Subscribe()
	p.cut()

	p = f.next()
	page := protocol.AppendSnapshot(protocol.NewBuffer(64), 1)
	page = protocol.AppendRecord(page, "new", string(protocol.KindNote), 1)
	page = append(append(page, "\xa4text"...), string(protocol.String("new"))...)
	w := welcome(2, 7, "c7")
	w.Epoch = "second"
	p.send(hail(w), protocol.Seal(page))
	require.NoError(t, room.Until(soon(t), func() bool { return room.Self().M == 2 }))
	_, ok := room.Record("old")
	require.True(t, ok, "the old replica shows until the new one is whole")
	p.send(committed(change(8, "c8", client.Set("new", "text", protocol.String("newer")))), protocol.Live(8))
	require.NoError(t, room.Until(soon(t), func() bool { return room.Rev() == 8 }))
	_, records := room.Records()
	require.Len(t, records, 1)
	require.Equal(t, "newer", records[0].Text("text"))
	for {
		e, err := events.Next(soon(t))
		require.NoError(t, err)
		if c, ok := e.(client.Connected); ok {
			require.False(t, c.Resumed)
			break
		}
	}
	p.cut()
	require.Equal(t, &protocol.Resume{Epoch: "second", Rev: 8, LastChange: "c8"}, f.next().hello.Resume)
}

func TestACloseThatForbidsReturningEndsTheRoomAndItsCalls(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	room, p := join(t, f, options(f))
	events := room.Subscribe()
	done := changeLater(room, note("n", "hello")...)
	p.recvChange()
	p.closeWith(protocol.CloseForbidden, "removed")
	require.ErrorContains(t, (<-done).err, "removed", "[P80] 4101 is final")
	<-room.Done()
	require.ErrorContains(t, room.Err(), "removed")
	_, err := events.Next(soon(t))
	require.ErrorContains(t, err, "removed")
	_, err = room.Change(soon(t), note("m", "late")...)
	require.ErrorContains(t, err, "removed")
}

func TestARefusedHandshakeEndsTheJoin(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.refuse = func() *protocol.Error { return protocol.Errorf(protocol.CodeNotFound, "no room") }
	_, err := client.Join(soon(t), options(f))
	require.Equal(t, protocol.CodeNotFound, protocol.CodeOf(err))
}

func TestAMemberWhoIsNotLetInIsToldWhy(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	done := make(chan error, 1)
	go func() {
		_, err := client.Join(context.Background(), options(f))
		done <- err
	}()
	p := f.next()
	p.send(protocol.ErrorReply(0, protocol.Errorf(protocol.CodeForbidden, "viewers of another room")))
	p.closeWith(protocol.CloseForbidden, "")
	err := <-done
	require.Equal(t, protocol.CodeForbidden, protocol.CodeOf(err))
	require.ErrorContains(t, err, "another room")
}

func TestAnEventIsNotRepeatedOverAReconnect(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	room, p := join(t, f, options(f))
	done := make(chan error, 1)
	go func() { done <- room.Send(context.Background(), "wave", map[string]any{"n": 1}) }()
	require.Equal(t, protocol.TypeEvent, p.recv().Type)
	p.cut()
	require.ErrorIs(t, <-done, client.ErrDisconnected)
}

func TestANewSessionIsShownPresenceAndCursorAgain(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	room, p := join(t, f, options(f))
	done := make(chan error, 1)
	go func() { done <- room.SetPresence(context.Background(), map[string]any{"status": "here"}) }()
	cmd := p.recv()
	require.Equal(t, protocol.TypePresence, cmd.Type)
	p.send(protocol.Reply(cmd.Req, nil))
	require.NoError(t, <-done)
	room.MoveCursor(3, 4)
	require.Equal(t, protocol.TypeCursor, p.recv().Type)
	p.cut()

	p = f.next()
	p.send(hail(resumed(welcome(2, 0, ""))), protocol.Live(0))
	require.Equal(t, protocol.TypePresence, p.recv().Type)
	cmd = p.recv()
	require.Equal(t, protocol.TypeCursor, cmd.Type)
	require.Equal(t, [2]float32{3, 4}, [2]float32{cmd.X, cmd.Y})
}

func TestCloseAnswersPendingCallsAndLeavesNoGoroutine(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	room, p := join(t, f, options(f))
	done := changeLater(room, note("n", "hello")...)
	p.recvChange()
	require.NoError(t, room.Close())
	require.ErrorIs(t, (<-done).err, client.ErrClosed)
	require.ErrorIs(t, room.Err(), client.ErrClosed)
}

func TestATransitionThatComesAfterItsAnswerKeepsThePlace(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	room, p := join(t, f, options(f))
	job := protocol.Job{JobRequest: protocol.JobRequest{ID: protocol.NewID()}, Seq: 4, State: protocol.JobQueued, Position: 2}
	later := job
	later.Position = 0
	after := protocol.Job{JobRequest: protocol.JobRequest{ID: protocol.NewID()}, Seq: 5, State: protocol.JobQueued}
	for _, j := range []protocol.Job{job, later, after} {
		p.send(protocol.Message(protocol.TypeJob, &j))
	}
	require.NoError(t, room.Until(soon(t), func() bool { _, ok := room.Job(after.ID); return ok }))
	got, _ := room.Job(job.ID)
	require.Equal(t, 2, got.Position)
}
