package storetest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"atelier/generation"
	"atelier/protocol"
)

func renewRuns(t *testing.T, f *jobFixture) {
	l := f.run(t)
	require.Equal(t, protocol.JobRunning, l.Job.State)
	require.Equal(t, f.clock.UnixMilli(), l.Job.StartedAt)
	for range 4 {
		f.clock = f.clock.Add(20 * time.Second)
		moved, err := f.Renew(t.Context(), "r", l.Job.ID, l.Token, lease)
		require.NoError(t, err)
		require.Nil(t, moved, "nothing to show")
		swept, err := f.Sweep(t.Context())
		require.NoError(t, err)
		require.Empty(t, swept)
	}
	seq, err := f.Seq(t.Context(), "r")
	require.NoError(t, err)
	require.Equal(t, l.Job.Seq, seq)
}

// requireStale checks that nothing can be reported under a lease.
func (f *jobFixture) requireStale(t *testing.T, l *generation.Lease) {
	t.Helper()
	before, err := f.Job(t.Context(), "r", l.Job.ID)
	require.NoError(t, err)
	_, err = f.Renew(t.Context(), "r", l.Job.ID, l.Token, lease)
	require.ErrorIs(t, err, generation.ErrStaleLease)
	for _, end := range []generation.Ending{succeeded(), failed(), {State: protocol.JobQueued}, {State: protocol.JobDelayed}} {
		_, err = f.Finish(t.Context(), "r", l.Job.ID, l.Token, end)
		require.ErrorIs(t, err, generation.ErrStaleLease)
	}
	after, err := f.Job(t.Context(), "r", l.Job.ID)
	require.NoError(t, err)
	require.Equal(t, before, after)
}

func staleTokens(t *testing.T, f *jobFixture) {
	l := f.run(t)
	f.clock = f.clock.Add(lease)
	swept, err := f.Sweep(t.Context())
	require.NoError(t, err)
	require.Len(t, swept, 1)
	f.requireStale(t, l)
	second := f.claim(t)
	f.requireStale(t, l)
	f.finish(t, second, succeeded())
	done, err := f.Job(t.Context(), "r", second.Job.ID)
	require.NoError(t, err)
	twice, err := f.Finish(t.Context(), "r", second.Job.ID, second.Token, failed())
	require.NoError(t, err)
	require.Equal(t, []protocol.Job{done}, twice, "the same token again is answered as the first time")
	f.requireStale(t, l)
	_, err = f.Renew(t.Context(), "r", protocol.DerivedID("none"), 1, lease)
	require.ErrorIs(t, err, generation.ErrStaleLease)
}

func lapseCounts(t *testing.T, f *jobFixture) {
	l := f.run(t)
	f.enqueue(t, f.request("ben"))
	f.clock = f.clock.Add(lease - time.Millisecond)
	swept, err := f.Sweep(t.Context())
	require.NoError(t, err)
	require.Empty(t, swept, "not yet")
	f.clock = f.clock.Add(time.Millisecond)
	swept, err = f.Sweep(t.Context())
	require.NoError(t, err)
	require.Len(t, swept, 1)
	require.Equal(t, protocol.JobQueued, swept[0].State)
	require.Empty(t, swept[0].Worker)
	again := f.claim(t)
	require.Equal(t, l.Job.ID, again.Job.ID, "it kept its place")
	require.Equal(t, 2, again.Job.Attempt)
	require.Greater(t, again.Token, l.Token)
}

func lastLapseFails(t *testing.T, f *jobFixture) {
	f.run(t)
	var swept []protocol.Job
	for range 2 {
		f.clock = f.clock.Add(lease)
		var err error
		swept, err = f.Sweep(t.Context())
		require.NoError(t, err)
		require.Len(t, swept, 1)
		f.claim(t)
	}
	require.Equal(t, protocol.JobFailed, swept[0].State)
	require.Contains(t, swept[0].Error.Message, "lost 2 times")
	require.Equal(t, f.clock.UnixMilli(), swept[0].EndedAt)
}

func lapseOfWorker(t *testing.T, f *jobFixture) {
	mine := f.run(t)
	f.enqueue(t, f.request("ana"))
	theirs, err := f.Claim(t.Context(), able("somebody"), lease, generation.Caps{})
	require.NoError(t, err)
	lapsed, err := f.Lapse(t.Context(), "worker")
	require.NoError(t, err)
	require.Len(t, lapsed, 1)
	require.Equal(t, mine.Job.ID, lapsed[0].ID)
	require.Equal(t, protocol.JobQueued, lapsed[0].State)
	f.requireStale(t, mine)
	f.finish(t, theirs, succeeded())
}

func givenBack(t *testing.T, f *jobFixture) {
	f.enqueue(t, f.request("ana"))
	for range 5 { // more often than there are attempts
		l := f.claim(t)
		require.Equal(t, 1, l.Job.Attempt)
		back := f.finish(t, l, generation.Ending{State: protocol.JobQueued})
		require.Equal(t, protocol.JobQueued, back.State)
		require.Zero(t, back.Attempt)
		f.requireStale(t, l)
	}
}

func delayed(t *testing.T, f *jobFixture) {
	l := f.run(t)
	reason := protocol.Errorf(protocol.CodeProviderError, "busy")
	job := f.finish(t, l, generation.Ending{State: protocol.JobDelayed, Error: reason, Delay: time.Minute})
	require.Equal(t, protocol.JobDelayed, job.State)
	require.Equal(t, reason, job.Error)
	require.Equal(t, f.clock.Add(time.Minute).UnixMilli(), job.ResumeAt)
	require.Nil(t, f.claim(t))
	f.clock = f.clock.Add(time.Minute - time.Millisecond)
	swept, err := f.Sweep(t.Context())
	require.NoError(t, err)
	require.Empty(t, swept)
	f.clock = f.clock.Add(time.Millisecond)
	swept, err = f.Sweep(t.Context())
	require.NoError(t, err)
	require.Len(t, swept, 1)
	require.Equal(t, reason, swept[0].Error)
	require.Zero(t, swept[0].ResumeAt)
	again := f.claim(t)
	require.Equal(t, 2, again.Job.Attempt)
	require.Nil(t, again.Job.Error, "the new attempt has done nothing wrong yet")
}

func successIsWhole(t *testing.T, f *jobFixture) {
	l := f.run(t)
	end := succeeded()
	job := f.finish(t, l, end)
	require.Equal(t, protocol.JobSucceeded, job.State)
	require.Equal(t, end.Results, job.Results)
	require.False(t, job.Placed)
	require.InDelta(t, 0.25, job.Cost, 1e-9)
	require.Equal(t, f.clock.UnixMilli(), job.EndedAt)
	read, err := f.Job(t.Context(), "r", job.ID)
	require.NoError(t, err)
	require.Equal(t, job, read)
	_, err = f.Asset(t.Context(), workspace, end.Assets[0].ID)
	require.NoError(t, err)
}

func cancelEnds(t *testing.T, f *jobFixture) {
	queued := f.enqueue(t, f.request("ana"))
	f.order(t, queued.ID, cancel())
	require.Nil(t, f.claim(t))

	l := f.run(t)
	job := f.order(t, l.Job.ID, cancel())
	require.Equal(t, protocol.JobCancelled, job.State)
	require.Equal(t, f.clock.UnixMilli(), job.EndedAt)
	f.requireStale(t, l)
	f.refuse(t, protocol.CodeConflict, l.Job.ID, cancel())
	f.refuse(t, protocol.CodeNotFound, protocol.DerivedID("none"), cancel())

	late := f.run(t)
	f.finish(t, late, generation.Ending{State: protocol.JobDelayed, Delay: time.Minute})
	f.order(t, late.Job.ID, cancel())
	f.clock = f.clock.Add(time.Hour)
	swept, err := f.Sweep(t.Context())
	require.NoError(t, err)
	require.Empty(t, swept, "a cancelled job does not come back")
}

func unplacedPages(t *testing.T, f *jobFixture) {
	var ids []string
	for range 5 {
		l := f.run(t)
		f.finish(t, l, succeeded())
		ids = append(ids, l.Job.ID)
	}
	f.finish(t, f.run(t), failed())
	read := func() (found []string) {
		for cursor, more := "", true; more; more = cursor != "" {
			jobs, next, err := f.Unplaced(t.Context(), cursor, 2)
			require.NoError(t, err)
			for _, j := range jobs {
				found = append(found, j.ID)
			}
			cursor = next
		}
		return found
	}
	require.Equal(t, ids, read())
	first, err := f.MarkPlaced(t.Context(), "r", ids[0])
	require.NoError(t, err)
	require.True(t, first.Placed)
	again, err := f.MarkPlaced(t.Context(), "r", ids[0])
	require.NoError(t, err)
	require.Equal(t, first, again, "a second time changes nothing")
	require.Equal(t, ids[1:], read())
	queued := f.enqueue(t, f.request("ana"))
	_, err = f.MarkPlaced(t.Context(), "r", queued.ID)
	requireCode(t, protocol.CodeConflict, err)
}

func assetsStay(t *testing.T, f *jobFixture) {
	a := succeeded().Assets[0]
	require.NoError(t, f.PutAssets(t.Context(), a))
	other := a
	other.CreatedBy, other.Width = "ben", 99
	require.NoError(t, f.PutAssets(t.Context(), other))
	got, err := f.Asset(t.Context(), workspace, a.ID)
	require.NoError(t, err)
	got.CreatedAt = got.CreatedAt.UTC()
	require.Equal(t, a, got)
	_, err = f.EnsureWorkspace(t.Context(), "others", "Others")
	require.NoError(t, err)
	_, err = f.Asset(t.Context(), "others", a.ID)
	requireCode(t, protocol.CodeNotFound, err)
}
