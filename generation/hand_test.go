package generation_test

import (
	"bytes"
	"encoding/base64"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"atelier/generation"
	"atelier/protocol"
)

// told is what a remote worker was told.
type told struct {
	work chan protocol.Work
	stop chan protocol.WorkRef
}

func newTold() told { return told{make(chan protocol.Work, 64), make(chan protocol.WorkRef, 64)} }

func (d told) Work(w protocol.Work)      { d.work <- w }
func (d told) Stop(ref protocol.WorkRef) { d.stop <- ref }

func gpu() generation.Who {
	return generation.Who{Room: "r", Workspace: "team", User: "gpu", Name: "GPU box"}
}

// employ makes a house without workers of its own and one remote worker.
func employ(t *testing.T, slots int, edit func(*staff)) (*house, *generation.Hand, told) {
	t.Helper()
	h := newHouse(t, func(c *staff) {
		c.pool.Concurrency = 0
		if edit != nil {
			edit(c)
		}
	})
	h.start()
	d := newTold()
	hand, err := h.desk.Employ(t.Context(), gpu(), "s1", offer(slots), d)
	require.NoError(t, err)
	return h, hand, d
}

func offer(slots int) protocol.WorkOffer {
	return protocol.WorkOffer{Slots: slots, Routes: []string{"fake/m", "fake/words"}}
}

func (h *house) put(t *testing.T, w protocol.Work, index int, data []byte) generation.Asset {
	t.Helper()
	row, err := h.desk.Upload(t.Context(), gpu(), w.Job.ID, w.Token, index, bytes.NewReader(data))
	require.NoError(t, err)
	return row
}

func TestARemoteWorkerGetsAsManyJobsAsItHasSlots(t *testing.T) {
	h, hand, d := employ(t, 2, nil)
	first, second, third := h.enqueue(t, request()), h.enqueue(t, request()), h.enqueue(t, request())
	a, b := <-d.work, <-d.work
	require.Equal(t, []string{first.ID, second.ID}, []string{a.Job.ID, b.Job.ID})
	require.Len(t, hand.Held(), 2)
	require.NoError(t, hand.Report(t.Context(), protocol.WorkReport{
		Job: a.Job.ID, Token: a.Token, Fraction: 0.5, Preview: base64.StdEncoding.EncodeToString(picture(8, 8)),
	}))
	h.board.await(t, first.ID, in(protocol.JobRunning))
	row := h.put(t, a, 0, picture(30, 20))
	done, err := hand.End(t.Context(), protocol.WorkEnd{Job: a.Job.ID, Token: a.Token, Results: []string{row.ID}, Cost: 0.25})
	require.NoError(t, err)
	require.Equal(t, protocol.JobSucceeded, done.State)
	require.InDelta(t, 0.25, done.Cost, 0)
	require.Equal(t, third.ID, (<-d.work).Job.ID, "a slot is free")

	require.NoError(t, hand.Offer(t.Context(), offer(0)))
	h.enqueue(t, request())
	again, err := hand.End(t.Context(), protocol.WorkEnd{Job: b.Job.ID, Token: b.Token})
	require.NoError(t, err)
	require.Equal(t, protocol.JobQueued, again.State, "given back")
	require.Zero(t, again.Attempt, "which does not count")
	hand.Close()
	require.Empty(t, d.work, "a worker without slots is given nothing")
}

func TestAnEndingIsRefusedUnlessItFitsTheJob(t *testing.T) {
	h, hand, d := employ(t, 1, nil)
	req := request()
	req.Count = 2
	h.enqueue(t, req)
	w := <-d.work
	row := h.put(t, w, 0, picture(30, 20))
	for names, c := range map[string]struct {
		spoil func(*protocol.WorkEnd)
		code  protocol.Code
	}{
		"1 of 2":       {func(e *protocol.WorkEnd) { e.Results = []string{row.ID} }, protocol.CodeInvalidInput},
		"results[1]":   {func(e *protocol.WorkEnd) { e.Results = []string{row.ID, row.ID} }, protocol.CodeInvalidInput},
		"no price":     {func(e *protocol.WorkEnd) { e.Cost = math.NaN() }, protocol.CodeInvalidInput},
		"is no price":  {func(e *protocol.WorkEnd) { e.Cost = -1 }, protocol.CodeInvalidInput},
		"lease on":     {func(e *protocol.WorkEnd) { e.Token++ }, protocol.CodeConflict},
		"lease on thi": {func(e *protocol.WorkEnd) { e.Job = protocol.NewID() }, protocol.CodeConflict},
	} {
		e := protocol.WorkEnd{Job: w.Job.ID, Token: w.Token}
		c.spoil(&e)
		_, err := hand.End(t.Context(), e)
		require.Equal(t, c.code, protocol.CodeOf(err), "%s: %v", names, err)
		require.ErrorContains(t, err, names)
	}
	_, err := h.desk.Upload(t.Context(), gpu(), w.Job.ID, w.Token, 2, bytes.NewReader(picture(3, 3)))
	require.Equal(t, protocol.CodeInvalidInput, protocol.CodeOf(err), "a third of two: %v", err)
	_, err = h.desk.Upload(t.Context(), ana(), w.Job.ID, w.Token, 0, bytes.NewReader(picture(3, 3)))
	require.Equal(t, protocol.CodeConflict, protocol.CodeOf(err), "somebody else's: %v", err)
	_, err = h.desk.Upload(t.Context(), gpu(), w.Job.ID, w.Token, 1, strings.NewReader("<html>"))
	require.Equal(t, protocol.CodeProviderError, protocol.CodeOf(err), "no picture: %v", err)
	require.Len(t, hand.Held(), 1, "nothing of it cost the worker its lease")
}

func TestAWorkerThatIsSilentForALeaseLosesItsJobAndGetsNoneUntilItSpeaks(t *testing.T) {
	h, hand, d := employ(t, 1, func(c *staff) { c.desk.Lease = 100 * time.Millisecond })
	job := h.enqueue(t, request())
	w := <-d.work
	require.Equal(t, protocol.WorkRef{Job: job.ID, Token: w.Token}, <-d.stop)
	h.board.await(t, job.ID, func(j protocol.Job) bool { return j.State == protocol.JobQueued && j.Error != nil })
	_, err := h.desk.Upload(t.Context(), gpu(), job.ID, w.Token, 0, bytes.NewReader(picture(30, 20)))
	require.Equal(t, protocol.CodeConflict, protocol.CodeOf(err), "it comes late: %v", err)
	require.Empty(t, d.work, "nobody knows whether it lives")
	_, err = hand.End(t.Context(), protocol.WorkEnd{Job: job.ID, Token: w.Token})
	require.Equal(t, protocol.CodeConflict, protocol.CodeOf(err), "late, but it spoke: %v", err)
	again := <-d.work
	require.Equal(t, job.ID, again.Job.ID)
	require.Greater(t, again.Token, w.Token)
	require.Equal(t, 2, again.Job.Attempt)
}

func TestAWorkerWhoseConnectionIsLostKeepsWhatItHas(t *testing.T) {
	h, hand, d := employ(t, 2, nil)
	h.enqueue(t, request())
	w := <-d.work
	hand.Away()
	second := h.enqueue(t, request())
	row := h.put(t, w, 0, picture(30, 20)) // uploads go their own way
	require.Empty(t, d.work)
	hand.Back()
	require.Equal(t, second.ID, (<-d.work).Job.ID)
	done, err := hand.End(t.Context(), protocol.WorkEnd{Job: w.Job.ID, Token: w.Token, Results: []string{row.ID}})
	require.NoError(t, err)
	require.Equal(t, 1, done.Attempt)
}

func TestACancelIsPushedToTheWorker(t *testing.T) {
	h, hand, d := employ(t, 1, nil)
	job := h.enqueue(t, request())
	w := <-d.work
	_, err := h.queue.Cancel(t.Context(), ana(), job.ID)
	require.NoError(t, err)
	require.Equal(t, protocol.WorkRef{Job: job.ID, Token: w.Token}, <-d.stop)
	require.Empty(t, hand.Held())
	next := h.enqueue(t, request())
	require.Equal(t, next.ID, (<-d.work).Job.ID)
}

func TestADeskThatClosesLetsItsWorkersGoAndTheirJobsWaitAgain(t *testing.T) {
	h, _, d := employ(t, 2, nil)
	first, second := h.enqueue(t, request()), h.enqueue(t, request())
	<-d.work
	<-d.work
	h.desk.Close()
	for _, id := range []string{first.ID, second.ID} {
		job, err := h.db.Job(t.Context(), "r", id)
		require.NoError(t, err)
		require.Equal(t, protocol.JobQueued, job.State)
		require.NotNil(t, job.Error, "it says why")
	}
	info, err := h.queue.Info(t.Context(), "r")
	require.NoError(t, err)
	require.Empty(t, info.Workers)
}

func TestOffersThatMakeNoSenseAreRefused(t *testing.T) {
	h, hand, _ := employ(t, 1, nil)
	for name, o := range map[string]protocol.WorkOffer{
		"too many slots": {Slots: 65}, "less than none": {Slots: -1}, "too many routes": {Routes: make([]string, 201)},
		"a long route": {Routes: []string{strings.Repeat("r", 257)}}, "a long name": {Name: strings.Repeat("n", 81)},
	} {
		_, err := h.desk.Employ(t.Context(), gpu(), "s2", o, newTold())
		require.Equal(t, protocol.CodeInvalidInput, protocol.CodeOf(err), name)
		require.Equal(t, protocol.CodeInvalidInput, protocol.CodeOf(hand.Offer(t.Context(), o)), name)
	}
}
