package client_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"atelier/client"
	"atelier/protocol"
)

type told struct {
	job protocol.Job
	err error
}

func askLater(ask func(context.Context) (protocol.Job, error)) <-chan told {
	done := make(chan told, 1)
	go func() {
		job, err := ask(context.Background())
		done <- told{job, err}
	}()
	return done
}

func TestAJobIsAskedForAgainWithItsIDAndIsThereOnce(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	room, p := join(t, f, options(f))
	done := askLater(func(ctx context.Context) (protocol.Job, error) {
		return room.Enqueue(ctx, protocol.JobRequest{Kind: "image", Prompt: "a harbour"})
	})
	_, first := recvAs[protocol.JobRequest](p, protocol.TypeJobEnqueue)
	require.True(t, protocol.ValidID(first.ID))
	job := protocol.Job{JobRequest: first, Seq: 3, State: protocol.JobQueued}
	p.send(protocol.Message(protocol.TypeJob, &job)) // it is stored and told, and the answer is lost
	require.NoError(t, room.Until(soon(t), func() bool { _, ok := room.Job(first.ID); return ok }))
	p.cut()

	p = f.next()
	require.EqualValues(t, 3, p.hello.Resume.Jobs)
	p.send(hail(resumed(welcome(1, 0, ""))), protocol.Live(0))
	req, second := recvAs[protocol.JobRequest](p, protocol.TypeJobEnqueue)
	require.Equal(t, first, second)
	p.send(protocol.Reply(req, &job))
	got := <-done
	require.NoError(t, got.err)
	require.Equal(t, []protocol.Job{job}, room.Jobs())
}

func TestAJobAskedForWithoutALineIsSentOnReturn(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	room, p := join(t, f, options(f))
	p.cut()
	require.NoError(t, room.Until(soon(t), func() bool { return !room.Live() }))
	id := protocol.NewID()
	done := askLater(func(ctx context.Context) (protocol.Job, error) {
		return room.Enqueue(ctx, protocol.JobRequest{ID: id, Kind: "image"})
	})
	p = f.next()
	p.send(hail(resumed(welcome(1, 0, ""))), protocol.Live(0))
	req, asked := recvAs[protocol.JobRequest](p, protocol.TypeJobEnqueue)
	require.Equal(t, id, asked.ID)
	p.send(protocol.Reply(req, &protocol.Job{JobRequest: asked, Seq: 1, State: protocol.JobQueued}))
	require.NoError(t, (<-done).err)
}

func TestEveryQueueCommandSaysWhatItIsFor(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	room, p := join(t, f, options(f))
	over, job := 3.5, protocol.Job{JobRequest: protocol.JobRequest{ID: "j"}, Seq: 9, State: protocol.JobQueued}
	for _, c := range []struct {
		ask  func(context.Context) (protocol.Job, error)
		kind protocol.Type
		body map[string]any
	}{
		{func(ctx context.Context) (protocol.Job, error) { return room.Cancel(ctx, "j") }, protocol.TypeJobCancel, map[string]any{"job": "j"}},
		{func(ctx context.Context) (protocol.Job, error) { return room.Retry(ctx, "j") }, protocol.TypeJobRetry, map[string]any{"job": "j"}},
		{func(ctx context.Context) (protocol.Job, error) { return room.Approve(ctx, "j") }, protocol.TypeJobApprove, map[string]any{"job": "j"}},
		{func(ctx context.Context) (protocol.Job, error) { return room.Move(ctx, "j", "k") }, protocol.TypeJobMove, map[string]any{"job": "j", "before": "k"}},
		{func(ctx context.Context) (protocol.Job, error) { return room.Rate(ctx, "j", 1, 5) }, protocol.TypeJobRate, map[string]any{"job": "j", "index": int8(1), "stars": int8(5)}},
		{func(ctx context.Context) (protocol.Job, error) { return room.Pick(ctx, "j", 2) }, protocol.TypeJobRate, map[string]any{"job": "j", "index": int8(2), "pick": true}},
	} {
		done := askLater(c.ask)
		req, body := recvAs[map[string]any](p, c.kind)
		require.Equal(t, c.body, body)
		p.send(protocol.Reply(req, &job))
		require.Equal(t, told{job: job}, <-done)
	}
	known, _ := room.Job("j")
	require.Equal(t, job, known, "what an answer told is in the replica")

	set := make(chan protocol.QueueInfo, 1)
	go func() {
		info, _ := room.SetQueue(context.Background(), protocol.QueuePatch{ApprovalOver: &over})
		set <- info
	}()
	req, patch := recvAs[map[string]any](p, protocol.TypeQueueSet)
	require.Equal(t, map[string]any{"approval_over": over}, patch, "what is not named stays")
	p.send(protocol.Reply(req, &protocol.QueueInfo{ApprovalOver: over}))
	require.Equal(t, protocol.QueueInfo{ApprovalOver: over}, <-set)

	gone := make(chan int, 1)
	go func() {
		n, _ := room.ClearQueue(context.Background(), "ana")
		gone <- n
	}()
	req, who := recvAs[protocol.QueueClear](p, protocol.TypeQueueClear)
	require.Equal(t, "ana", who.User)
	p.send(protocol.Reply(req, map[string]any{"jobs": 4}))
	require.Equal(t, 4, <-gone)
}

func TestWhatIsSomethingElseTheSecondTimeIsNotRepeatedOverAReconnect(t *testing.T) {
	t.Parallel()
	for name, ask := range map[string]func(*client.Room, context.Context) error{
		"pick":    func(r *client.Room, ctx context.Context) error { _, err := r.Pick(ctx, "j", 0); return err },
		"retry":   func(r *client.Room, ctx context.Context) error { _, err := r.Retry(ctx, "j"); return err },
		"approve": func(r *client.Room, ctx context.Context) error { _, err := r.Approve(ctx, "j"); return err },
		"clear":   func(r *client.Room, ctx context.Context) error { _, err := r.ClearQueue(ctx, ""); return err },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFake(t)
			room, p := join(t, f, options(f))
			done := make(chan error, 1)
			go func() { done <- ask(room, context.Background()) }()
			p.recv()
			p.cut()
			p = f.next()
			p.send(hail(resumed(welcome(1, 0, ""))), protocol.Live(0))
			require.ErrorIs(t, <-done, client.ErrDisconnected)
		})
	}
}

func TestARatingIsRepeatedOverAReconnect(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	room, p := join(t, f, options(f))
	done := askLater(func(ctx context.Context) (protocol.Job, error) { return room.Rate(ctx, "j", 0, 3) })
	_, first := recvAs[protocol.JobRating](p, protocol.TypeJobRate)
	p.cut()
	p = f.next()
	p.send(hail(resumed(welcome(1, 0, ""))), protocol.Live(0))
	req, second := recvAs[protocol.JobRating](p, protocol.TypeJobRate)
	require.Equal(t, first, second)
	p.send(protocol.Reply(req, &protocol.Job{JobRequest: protocol.JobRequest{ID: "j"}, Seq: 2}))
	require.NoError(t, (<-done).err)
}

func TestACancelWhoseAnswerWasLostIsNoConflict(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	room, p := join(t, f, options(f))
	cancel := func(ctx context.Context) (protocol.Job, error) { return room.Cancel(ctx, "j") }
	done := askLater(cancel)
	recvAs[protocol.JobRef](p, protocol.TypeJobCancel)
	p.cut()
	p = f.next()
	gone := protocol.Job{JobRequest: protocol.JobRequest{ID: "j"}, Seq: 2, State: protocol.JobCancelled}
	p.send(hail(resumed(welcome(1, 0, ""))), protocol.Message(protocol.TypeJob, &gone), protocol.Live(0))
	req, _ := recvAs[protocol.JobRef](p, protocol.TypeJobCancel)
	p.send(protocol.ErrorReply(req, protocol.Errorf(protocol.CodeConflict, "the job is cancelled already")))
	require.Equal(t, told{job: gone}, <-done)

	made := gone
	made.Seq, made.State = 3, protocol.JobSucceeded
	p.send(protocol.Message(protocol.TypeJob, &made))
	done = askLater(cancel)
	req, _ = recvAs[protocol.JobRef](p, protocol.TypeJobCancel)
	p.send(protocol.ErrorReply(req, protocol.Errorf(protocol.CodeConflict, "the job is succeeded already")))
	require.Equal(t, protocol.CodeConflict, protocol.CodeOf((<-done).err))
}

func TestAChainIsOverWhenItsLastStepIs(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	room, p := join(t, f, options(f))
	id := protocol.NewID()
	step := func(n int, seq int64, state protocol.JobState) *protocol.Frame {
		return protocol.Message(protocol.TypeJob, &protocol.Job{
			JobRequest: protocol.JobRequest{ID: client.StepID(id, n)}, Chain: id, Step: n, Steps: 3, Seq: seq, State: state, Placed: n == 0,
		})
	}
	p.send(step(2, 1, protocol.JobWaiting), step(0, 2, protocol.JobSucceeded)) // step 1 is not known yet
	ended := make(chan []protocol.Job, 1)
	go func() {
		steps, err := room.AwaitChain(context.Background(), id)
		if err != nil {
			t.Errorf("await: %v", err)
		}
		ended <- steps
	}()
	p.send(step(2, 3, protocol.JobCancelled))
	require.NoError(t, room.Until(soon(t), func() bool { return len(room.Chain(id)) == 2 && room.Chain(id)[1].State.Final() }))
	select {
	case <-ended:
		require.FailNow(t, "a step is missing")
	default:
	}
	p.send(step(1, 4, protocol.JobFailed))
	var states []protocol.JobState
	for _, job := range <-ended {
		states = append(states, job.State)
	}
	require.Equal(t, []protocol.JobState{protocol.JobSucceeded, protocol.JobFailed, protocol.JobCancelled}, states)
}
