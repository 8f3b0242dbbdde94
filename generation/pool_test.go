package generation_test

import (
	"context"
	"errors"
	"io"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"atelier/generation"
	"atelier/generation/media"
	"atelier/protocol"
)

func TestAJobBecomesAPictureOnTheCanvas(t *testing.T) {
	h := newHouse(t, nil)
	h.start()
	job := h.enqueue(t, request())
	done := h.board.await(t, job.ID, placed)
	require.Equal(t, protocol.JobSucceeded, done.State)
	require.Len(t, done.Results, 1)
	result := done.Results[0]
	require.Equal(t, 40, result.Width)
	require.Equal(t, "image/png", result.Mime)
	require.NotEmpty(t, result.Placeholder)
	row, blob, err := h.assets.Open(t.Context(), "team", result.Asset)
	require.NoError(t, err)
	require.Equal(t, result.Bytes, row.Bytes)
	data, err := io.ReadAll(blob)
	require.NoError(t, err)
	require.NoError(t, blob.Close())
	notes, err := media.Notes(data)
	require.NoError(t, err)
	require.Contains(t, notes, media.Note{Key: "Prompt", Text: "a harbour at dusk"})
	_, _, err = h.assets.Open(t.Context(), "others", result.Asset)
	require.Equal(t, protocol.CodeNotFound, protocol.CodeOf(err))
	require.Equal(t, map[string]int{generation.PlacementChange(done).ID: 1}, h.board.placed)
}

func TestFailuresEndInWordsOrAreRetried(t *testing.T) {
	busy := (&protocol.Error{Code: protocol.CodeProviderError, Message: "busy"}).After(time.Millisecond)
	final := &protocol.Error{Code: protocol.CodeProviderError, Message: "no such style"}
	crash := func(context.Context, generation.Request, generation.Report) (generation.Result, error) {
		panic("inside")
	}
	for name, c := range map[string]struct {
		steps    []step
		state    protocol.JobState
		attempts int
		words    string
	}{
		"a refusal is final":            {[]step{fail(final)}, protocol.JobFailed, 1, "no such style"},
		"busy once is tried again":      {[]step{fail(busy)}, protocol.JobSucceeded, 2, ""},
		"busy always fails":             {[]step{fail(busy), fail(busy), fail(busy)}, protocol.JobFailed, 3, "busy"},
		"a panic fails its job only":    {[]step{crash}, protocol.JobFailed, 1, "broke down"},
		"a network error is retried":    {[]step{fail(io.ErrUnexpectedEOF)}, protocol.JobSucceeded, 2, ""},
		"half a picture is retried":     {[]step{answer(picture(40, 30)[:100])}, protocol.JobSucceeded, 2, ""},
		"a web page is no picture":      {[]step{answer([]byte("<html>busy</html>"))}, protocol.JobFailed, 1, "not a type"},
		"a sound is no picture":         {[]step{answer(tone(10))}, protocol.JobFailed, 1, "audio/wav"},
		"half a sound is retried":       {[]step{answer(tone(1000)[:500])}, protocol.JobSucceeded, 2, ""},
		"an answer of nothing is tried": {[]step{fail(nil)}, protocol.JobSucceeded, 2, ""},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t, nil, c.steps...)
			h.start()
			job := h.enqueue(t, request())
			done := h.board.await(t, job.ID, func(j protocol.Job) bool { return j.State.Final() })
			require.Equal(t, c.state, done.State, "%v", done.Error)
			require.Equal(t, c.attempts, done.Attempt)
			if c.words != "" {
				require.Contains(t, done.Error.Message, c.words)
			}
			require.Equal(t, c.attempts, h.provider.called())
		})
	}
}

func TestCancelReachesARunningAttemptAtOnce(t *testing.T) {
	running := make(chan struct{})
	h := newHouse(t, func(c *staff) { c.pool.Concurrency = 1 }, hang(running))
	h.start()
	job := h.enqueue(t, request())
	<-running
	cancelled, err := h.queue.Cancel(t.Context(), ana(), job.ID)
	require.NoError(t, err)
	require.Equal(t, protocol.JobCancelled, cancelled.State)
	next := h.enqueue(t, request()) // the only worker is free again
	h.board.await(t, next.ID, placed)
	again, err := h.queue.Retry(t.Context(), ana(), job.ID)
	require.NoError(t, err)
	require.Equal(t, protocol.JobQueued, again.State)
	require.Equal(t, 1, h.board.await(t, job.ID, placed).Attempt)
}

func TestOnlyOnesOwnJobIsCancelled(t *testing.T) {
	h := newHouse(t, nil)
	job := h.enqueue(t, request())
	ben := ana()
	ben.User = "ben"
	_, err := h.queue.Cancel(t.Context(), ben, job.ID)
	require.Equal(t, protocol.CodeForbidden, protocol.CodeOf(err))
	ben.Manages = true
	_, err = h.queue.Cancel(t.Context(), ben, job.ID)
	require.NoError(t, err)
}

func TestDrainGivesTheLeaseBackWithoutCountingTheAttempt(t *testing.T) {
	running := make(chan struct{})
	h := newHouse(t, nil, hang(running))
	h.start()
	job := h.enqueue(t, request())
	<-running
	h.pool.Close()
	back, err := h.db.Job(t.Context(), "r", job.ID)
	require.NoError(t, err)
	require.Equal(t, protocol.JobQueued, back.State)
	require.Zero(t, back.Attempt)
	h.start()
	require.Equal(t, 1, h.board.await(t, job.ID, placed).Attempt)
}

func TestALateResultAfterALapseIsRefused(t *testing.T) {
	entered, release := make(chan struct{}), make(chan struct{})
	stubborn := func(ctx context.Context, r generation.Request, report generation.Report) (generation.Result, error) {
		close(entered)
		<-release // deaf to its context
		return succeed(ctx, r, report)
	}
	h := newHouse(t, nil, stubborn)
	h.start()
	job := h.enqueue(t, request())
	<-entered
	_, err := h.db.Lapse(t.Context(), "here") // as if the lease had run out while the process slept
	require.NoError(t, err)
	done := h.board.await(t, job.ID, placed) // by the other worker, which the sweep wakes
	require.Equal(t, 2, done.Attempt)
	close(release)
	h.pool.Close()
	after, err := h.db.Job(t.Context(), "r", job.ID)
	require.NoError(t, err)
	require.Equal(t, done.Seq, after.Seq, "the late result changed nothing")
	require.Len(t, h.board.placed, 1)
}

func TestProgressIsShownThinnedAndTakenAway(t *testing.T) {
	preview := picture(8, 8)
	reports := func(ctx context.Context, r generation.Request, report generation.Report) (generation.Result, error) {
		for i := range 1000 {
			if err := report(float64(i)/1000, preview); err != nil {
				return generation.Result{}, err
			}
		}
		return succeed(ctx, r, report)
	}
	h := newHouse(t, func(c *staff) { c.desk.ProgressEvery = time.Hour }, reports)
	h.start()
	job := h.enqueue(t, request())
	h.board.await(t, job.ID, placed)
	h.board.mu.Lock()
	defer h.board.mu.Unlock()
	require.Equal(t, []protocol.Progress{
		{Job: job.ID, Attempt: 1}, {Job: job.ID, Attempt: 1, Fraction: -1},
	}, h.board.progress, "a thousand reports within one interval are none to be shown")
}

func TestTheNewestProgressIsShownWithItsPreview(t *testing.T) {
	preview, shown := picture(8, 8), make(chan struct{})
	waits := func(ctx context.Context, r generation.Request, report generation.Report) (generation.Result, error) {
		if err := errors.Join(report(0.2, nil), report(0.5, preview), report(0.4, nil)); err != nil {
			return generation.Result{}, err
		}
		<-shown
		return succeed(ctx, r, report)
	}
	h := newHouse(t, func(c *staff) { c.desk.ProgressEvery = time.Millisecond }, waits)
	h.start()
	job := h.enqueue(t, request())
	require.Eventually(t, func() bool {
		h.board.mu.Lock()
		defer h.board.mu.Unlock()
		return slices.ContainsFunc(h.board.progress, func(p protocol.Progress) bool {
			return p.Fraction == 0.5 && p.Preview == h.assets.Preview("team", preview)
		})
	}, 10*time.Second, time.Millisecond)
	close(shown)
	h.board.await(t, job.ID, placed)
}

func TestTheRoomIsShownTransitionsInSequenceOrder(t *testing.T) {
	h := newHouse(t, func(c *staff) { c.pool.Concurrency = 4 })
	h.start()
	var last protocol.Job
	for range 15 {
		last = h.enqueue(t, request())
	}
	h.board.await(t, last.ID, placed)
	h.pool.Close()
	h.queue.Close()
	h.board.mu.Lock()
	defer h.board.mu.Unlock()
	newest := int64(0)
	for _, j := range h.board.jobs {
		if j.Position == 0 { // a transition; positions come again with their old sequence
			require.Greater(t, j.Seq, newest)
			newest = j.Seq
		}
	}
}

var errLost = errors.New("the store is gone")
