package client_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"atelier/client"
	"atelier/protocol"
)

// bench is a room with a worker in it, whose server is the test.
type bench struct {
	*fake
	p      *peer
	room   *client.Room
	stop   context.CancelFunc
	served chan error
	puts   chan string // method, path and query, hash and body of each upload
	refuse chan *protocol.Error
}

// employ joins a worker and hears its offer.
func employ(t *testing.T, w client.Worker) *bench {
	t.Helper()
	b := &bench{fake: newFake(t), served: make(chan error, 1), puts: make(chan string, 8), refuse: make(chan *protocol.Error, 1)}
	b.put = func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		b.puts <- strings.Join([]string{r.URL.RequestURI(), r.Header.Get("X-Content-SHA256"), string(body)}, " ")
		select {
		case e := <-b.refuse:
			w.WriteHeader(e.Code.HTTPStatus())
			_ = json.NewEncoder(w).Encode(e)
		default:
			_ = json.NewEncoder(w).Encode(client.Asset{ID: "asset of " + string(body)})
		}
	}
	b.room, b.p = join(t, b.fake, options(b.fake))
	ctx, stop := context.WithCancel(context.Background())
	b.stop = stop
	t.Cleanup(stop)
	go func() { b.served <- w.Serve(ctx, b.room) }()
	req, offer := recvAs[protocol.WorkOffer](b.p, protocol.TypeWorkOffer)
	require.Equal(t, protocol.WorkOffer{Name: w.Name, Slots: max(1, w.Slots), Routes: w.Routes}, offer)
	b.p.send(protocol.Reply(req, nil))
	return b
}

func (b *bench) give(job protocol.JobRequest, token int64) protocol.Job {
	j := protocol.Job{JobRequest: job, Seq: token, State: protocol.JobLeased}
	b.p.send(protocol.Message(protocol.TypeWork, &protocol.Work{Job: j, Token: token, LeaseMS: 30_000}))
	return j
}

// ends answers reports until the worker ends its job.
func (b *bench) ends() (uint64, protocol.WorkEnd) {
	b.t.Helper()
	for {
		cmd := b.p.recv()
		if cmd.Type == protocol.TypeWorkReport {
			b.p.send(protocol.Reply(cmd.Req, nil))
			continue
		}
		require.Equal(b.t, protocol.TypeWorkEnd, cmd.Type)
		var end protocol.WorkEnd
		require.NoError(b.t, protocol.DecodeBody(cmd.Body, &end))
		return cmd.Req, end
	}
}

func (b *bench) returns() {
	b.t.Helper()
	b.p.cut()
	b.p = b.next()
	b.p.send(hail(resumed(welcome(1, 0, ""))), protocol.Live(0))
}

func putAll(ctx context.Context, t *client.Task) error {
	for i := range t.Wanted() {
		if err := t.Put(ctx, i, strings.NewReader(string(rune('a'+i)))); err != nil {
			return err
		}
	}
	return nil
}

func TestAWorkerUploadsUnderItsLeaseAndEndsTheAttempt(t *testing.T) {
	t.Parallel()
	b := employ(t, client.Worker{Name: "Easel", Slots: 2, Routes: []string{"p/m"}, Run: func(ctx context.Context, t *client.Task) error {
		t.Spend(0.25)
		t.Spend(0.5)
		return putAll(ctx, t)
	}})
	b.give(protocol.JobRequest{ID: "j", Count: 2}, 7)
	req, end := b.ends()
	sum := sha256.Sum256([]byte("a"))
	require.Equal(t, "/v1/rooms/room/jobs/j/results/0?token=7 "+hex.EncodeToString(sum[:])+" a", <-b.puts)
	require.Equal(t, protocol.WorkEnd{Job: "j", Token: 7, Results: []string{"asset of a", "asset of b"}, Cost: 0.75}, end)
	b.p.send(protocol.Reply(req, &protocol.Job{JobRequest: protocol.JobRequest{ID: "j"}, Seq: 9, State: protocol.JobSucceeded}))
	require.NoError(t, b.room.Until(soon(t), func() bool { j, _ := b.room.Job("j"); return j.State == protocol.JobSucceeded }))
}

func TestAnUploadIsTriedAgainFromItsBeginning(t *testing.T) {
	t.Parallel()
	b := employ(t, client.Worker{Run: putAll})
	b.refuse <- protocol.Errorf(protocol.CodeUnavailable, "later")
	b.give(protocol.JobRequest{ID: "j"}, 1)
	_, end := b.ends()
	require.Equal(t, []string{"asset of a"}, end.Results)
	first, again := <-b.puts, <-b.puts
	require.Equal(t, first, again)
}

func TestAnUploadWithoutTheLeaseEndsTheWork(t *testing.T) {
	t.Parallel()
	gone := make(chan error, 1)
	b := employ(t, client.Worker{Run: func(ctx context.Context, t *client.Task) error {
		if t.Job.ID == "j" {
			err := putAll(ctx, t)
			<-ctx.Done()
			gone <- err
			return err
		}
		return putAll(ctx, t)
	}})
	b.refuse <- protocol.Errorf(protocol.CodeConflict, "the lease on this job is lost")
	b.give(protocol.JobRequest{ID: "j"}, 1)
	require.Equal(t, protocol.CodeConflict, protocol.CodeOf(<-gone))
	b.give(protocol.JobRequest{ID: "k"}, 2)
	_, end := b.ends()
	require.Equal(t, "k", end.Job, "nothing is said about what was lost")
}

func TestWorkThatIsToldAgainAfterAReconnectIsDoneOnce(t *testing.T) {
	t.Parallel()
	begun, finish := make(chan string, 2), make(chan struct{})
	b := employ(t, client.Worker{Slots: 2, Run: func(ctx context.Context, t *client.Task) error {
		begun <- t.Job.ID
		<-finish
		return putAll(ctx, t)
	}})
	b.give(protocol.JobRequest{ID: "j"}, 1)
	require.Equal(t, "j", <-begun)
	b.returns()
	for offered := false; !offered; {
		cmd := b.p.recv()
		offered = cmd.Type == protocol.TypeWorkOffer // a server that started anew knows of no worker
		b.p.send(protocol.Reply(cmd.Req, nil))
	}
	b.give(protocol.JobRequest{ID: "j"}, 1)
	b.give(protocol.JobRequest{ID: "k"}, 2)
	require.Equal(t, "k", <-begun)
	close(finish)
	ended := map[string]bool{}
	for len(ended) < 2 {
		req, end := b.ends()
		require.False(t, ended[end.Job])
		ended[end.Job] = true
		b.p.send(protocol.Reply(req, &protocol.Job{JobRequest: protocol.JobRequest{ID: end.Job}, State: protocol.JobSucceeded}))
	}
}

func TestAnEndingIsSaidAgainOverAReconnect(t *testing.T) {
	t.Parallel()
	b := employ(t, client.Worker{Run: putAll})
	b.give(protocol.JobRequest{ID: "j"}, 1)
	_, first := b.ends()
	b.returns()
	for {
		cmd := b.p.recv()
		if cmd.Type != protocol.TypeWorkEnd {
			b.p.send(protocol.Reply(cmd.Req, nil))
			continue
		}
		var again protocol.WorkEnd
		require.NoError(t, protocol.DecodeBody(cmd.Body, &again))
		require.Equal(t, first, again)
		return
	}
}

func TestStoppedWorkEndsWithoutAWord(t *testing.T) {
	t.Parallel()
	begun, gone := make(chan struct{}), make(chan struct{})
	b := employ(t, client.Worker{Run: func(ctx context.Context, t *client.Task) error {
		if t.Job.ID == "k" {
			return putAll(ctx, t)
		}
		close(begun)
		<-ctx.Done()
		close(gone)
		return context.Cause(ctx)
	}})
	b.give(protocol.JobRequest{ID: "j"}, 1)
	<-begun
	b.p.send(protocol.Message(protocol.TypeWorkStop, &protocol.WorkRef{Job: "j", Token: 9})) // another attempt's
	b.p.send(protocol.Message(protocol.TypeWorkStop, &protocol.WorkRef{Job: "j", Token: 1}))
	<-gone
	b.give(protocol.JobRequest{ID: "k"}, 2)
	_, end := b.ends()
	require.Equal(t, "k", end.Job)
}

func TestWhatAWorkerCannotDoIsToldToPeople(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		run  func(context.Context, *client.Task) error
		want *protocol.Error
	}{
		"a coded error": {
			func(context.Context, *client.Task) error {
				return protocol.Errorf(protocol.CodeInvalidInput, "no cats")
			},
			protocol.Errorf(protocol.CodeInvalidInput, "no cats"),
		},
		"any other": {
			func(context.Context, *client.Task) error { return errors.New("out of paint") },
			&protocol.Error{Code: protocol.CodeProviderError, Message: "the worker failed: out of paint", Retryable: true},
		},
		"a panic": {
			func(context.Context, *client.Task) error { panic("boom") },
			protocol.Errorf(protocol.CodeProviderError, "the worker broke down on this request"),
		},
		"a missing result": {
			func(ctx context.Context, t *client.Task) error { return t.Put(ctx, 0, bytes.NewReader(nil)) },
			protocol.Errorf(protocol.CodeProviderError, "the worker made no result 2"),
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := employ(t, client.Worker{Run: c.run})
			b.give(protocol.JobRequest{ID: "j", Count: 2}, 1)
			_, end := b.ends()
			require.Equal(t, c.want, end.Error)
			require.Empty(t, end.Results)
		})
	}
}

func TestAWorkerThatStopsTakesItsOfferBackAndGivesBackWhatItHas(t *testing.T) {
	t.Parallel()
	begun := make(chan struct{})
	b := employ(t, client.Worker{Run: func(ctx context.Context, _ *client.Task) error {
		close(begun)
		<-ctx.Done()
		return context.Cause(ctx)
	}})
	b.give(protocol.JobRequest{ID: "j"}, 1)
	<-begun
	b.stop()
	for {
		cmd := b.p.recv()
		b.p.send(protocol.Reply(cmd.Req, nil))
		if cmd.Type == protocol.TypeWorkOffer {
			var offer protocol.WorkOffer
			require.NoError(t, protocol.DecodeBody(cmd.Body, &offer))
			require.Zero(t, offer.Slots)
			break
		}
	}
	req, end := b.ends()
	require.Equal(t, protocol.WorkEnd{Job: "j", Token: 1}, end, "neither results nor an error: it is given back")
	b.p.send(protocol.Reply(req, &protocol.Job{JobRequest: protocol.JobRequest{ID: "j"}}))
	require.NoError(t, <-b.served)
}

func TestAWorkerEndsWithItsRoom(t *testing.T) {
	t.Parallel()
	begun := make(chan struct{})
	b := employ(t, client.Worker{Run: func(ctx context.Context, _ *client.Task) error {
		close(begun)
		<-ctx.Done()
		return context.Cause(ctx)
	}})
	b.give(protocol.JobRequest{ID: "j"}, 1)
	<-begun
	b.p.closeWith(protocol.CloseRoomDeleted, "")
	require.Error(t, <-b.served)
}

func TestAWorkerWhoseOfferIsRefusedEnds(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	room, p := join(t, f, options(f))
	served := make(chan error, 1)
	go func() { served <- client.Worker{Run: putAll}.Serve(context.Background(), room) }()
	req, _ := recvAs[protocol.WorkOffer](p, protocol.TypeWorkOffer)
	p.send(protocol.ErrorReply(req, protocol.Errorf(protocol.CodeForbidden, "the role viewer may not do this")))
	require.Equal(t, protocol.CodeForbidden, protocol.CodeOf(<-served))
}

func TestSeedsAndParamsOfResults(t *testing.T) {
	t.Parallel()
	swept := client.Task{Job: protocol.Job{JobRequest: protocol.JobRequest{
		Seed: 5, Params: map[string]any{"steps": 1, "w": 2}, Sweep: &protocol.Sweep{Param: "steps", Values: []any{10, 20}},
	}}}
	require.Equal(t, map[string]any{"steps": 20, "w": 2}, swept.Params(1))
	require.EqualValues(t, 5, swept.Seed(1), "only the swept param differs")
	require.Equal(t, 2, swept.Wanted())

	asked := client.Task{Job: protocol.Job{JobRequest: protocol.JobRequest{Seed: -1, Count: 3}}}
	require.Equal(t, []int64{-1, -2, 1}, []int64{asked.Seed(0), asked.Seed(1), asked.Seed(2)}, "none is 0, none comes twice")

	free := client.Task{Job: protocol.Job{JobRequest: protocol.JobRequest{ID: "01890000-0000-7000-8000-000000000001"}}}
	require.Equal(t, []int64{8713829102600052, 5614918204048732}, []int64{free.Seed(0), free.Seed(1)}, "the TypeScript client has the same")
}
