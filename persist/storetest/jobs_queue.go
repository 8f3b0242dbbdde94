package storetest

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"atelier/generation"
	"atelier/protocol"
)

func sequenceHasNoGaps(t *testing.T, f *jobFixture) {
	f.room(t, "s")
	var wg sync.WaitGroup
	for range 20 {
		job := f.request("ana")
		wg.Go(func() {
			_, _, _ = f.Enqueue(t.Context(), workspace, []protocol.Job{job}, generation.Caps{})
		})
	}
	wg.Wait()
	other := f.request("ana")
	other.Room = "s"
	require.EqualValues(t, 1, f.enqueue(t, other).Seq, "each room counts for itself")

	l := f.claim(t)
	require.EqualValues(t, 21, l.Job.Seq)
	running, err := f.Renew(t.Context(), "r", l.Job.ID, l.Token, lease)
	require.NoError(t, err)
	require.EqualValues(t, 22, running.Seq)
	require.EqualValues(t, 23, f.finish(t, l, succeeded()).Seq)
	placed, err := f.MarkPlaced(t.Context(), "r", l.Job.ID)
	require.NoError(t, err)
	require.EqualValues(t, 24, placed.Seq)
	seq, err := f.Seq(t.Context(), "r")
	require.NoError(t, err)
	require.EqualValues(t, 24, seq)

	jobs, err := f.Jobs(t.Context(), "r", 1, 100)
	require.NoError(t, err)
	require.Len(t, jobs, 20)
	for i, job := range jobs[:19] {
		require.EqualValues(t, i+2, job.Seq, "in order, without gaps but those of the job that moved on")
	}
	require.EqualValues(t, 24, jobs[19].Seq)
}

func jobsAreRead(t *testing.T, f *jobFixture) {
	var ids []string
	for range 6 {
		ids = append(ids, f.enqueue(t, f.request("ana")).ID)
	}
	for range 4 {
		f.finish(t, f.claim(t), failed())
	}
	names := func(after int64, limit int) (names []string) {
		jobs, err := f.Jobs(t.Context(), "r", after, limit)
		require.NoError(t, err)
		for _, j := range jobs {
			names = append(names, j.ID)
		}
		return names
	}
	require.Equal(t, []string{ids[4], ids[5], ids[2], ids[3]}, names(0, 4), "all unfinished, newest finished")
	require.Equal(t, []string{ids[4], ids[5]}, names(0, 2))
	require.Equal(t, []string{ids[5], ids[0]}, names(5, 2))
	require.Empty(t, names(14, 10))
	_, err := f.Job(t.Context(), "r", protocol.DerivedID("none"))
	requireCode(t, protocol.CodeNotFound, err)
}

func claimsInOrder(t *testing.T, f *jobFixture) {
	f.room(t, "s")
	var ids []string
	for i := range 6 {
		job := f.request(fmt.Sprint("user", i))
		job.Room = []string{"r", "s"}[i%2]
		job.Provider = []string{"fake", "other", "foreign"}[i%3]
		ids = append(ids, f.enqueue(t, job).ID)
	}
	for _, want := range []int{0, 1, 3, 4} {
		l := f.claim(t)
		require.Equal(t, ids[want], l.Job.ID)
		require.Equal(t, protocol.JobLeased, l.Job.State)
		require.Equal(t, "worker", l.Job.Worker)
		require.Equal(t, 1, l.Job.Attempt)
		require.Equal(t, workspace, l.Workspace)
	}
	require.Nil(t, f.claim(t), "the rest is of a provider that the worker cannot run")
}

func priorityIsOnesOwn(t *testing.T, f *jobFixture) {
	var ids []string
	for _, asked := range []struct {
		user     string
		priority int
	}{{"ana", 0}, {"ben", 0}, {"ana", 1}, {"ana", 5}, {"ben", -1}} {
		job := f.request(asked.user)
		job.Priority = asked.priority
		ids = append(ids, f.enqueue(t, job).ID)
	}
	for _, want := range []int{3, 1, 2, 4, 0} { // they take turns
		require.Equal(t, ids[want], f.claim(t).Job.ID)
	}
}

func requeueAgain(t *testing.T, f *jobFixture) {
	l := f.run(t)
	waiting := f.enqueue(t, f.request("ana"))
	f.refuse(t, protocol.CodeConflict, l.Job.ID, requeue(0))
	f.finish(t, l, failed())

	f.refuse(t, protocol.CodeRateLimited, l.Job.ID, requeue(1))
	again := f.order(t, l.Job.ID, requeue(0))
	require.Equal(t, protocol.JobQueued, again.State)
	require.Zero(t, again.Attempt)
	require.Nil(t, again.Error)
	require.Zero(t, again.EndedAt)
	require.Zero(t, again.StartedAt)

	require.Equal(t, waiting.ID, f.claim(t).Job.ID, "others wait no longer for it")
	second := f.claim(t)
	require.Equal(t, again.ID, second.Job.ID)
	require.Greater(t, second.Token, l.Token)
	f.order(t, again.ID, cancel())
	f.order(t, again.ID, requeue(0))
}

func requeue(pending int) generation.Command {
	return generation.Command{Requeue: &generation.Caps{Pending: pending}}
}

func cancel() generation.Command { return generation.Command{Cancel: true} }

func lineTells(t *testing.T, f *jobFixture) {
	l := f.run(t)
	f.clock = f.clock.Add(4 * time.Second)
	f.finish(t, l, succeeded())
	busy := f.run(t)
	three := f.request("ana")
	three.Count, three.Units = 3, 3
	first := f.enqueue(t, three)
	unknown := f.request("ben")
	unknown.Model = "never ran"
	second := f.enqueue(t, unknown)
	third := f.enqueue(t, f.request("ben"))

	line, err := f.Line(t.Context(), 10)
	require.NoError(t, err)
	at := generation.Waiting{Workspace: workspace, Room: "r", User: "ana", Route: "fake/m", Units: 1}
	running := at
	running.ID, running.State, running.Started, running.Pace = busy.Job.ID, protocol.JobRunning, f.clock, 4*time.Second
	line.Busy[0].Started = line.Busy[0].Started.UTC()
	require.Equal(t, []generation.Waiting{running}, line.Busy)
	want := func(id, user, route string, units float64, pace time.Duration) generation.Waiting {
		w := at
		w.ID, w.User, w.Route, w.State, w.Units, w.Pace = id, user, route, protocol.JobQueued, units, pace
		return w
	}
	require.ElementsMatch(t, []generation.Waiting{
		want(first.ID, "ana", "fake/m", 3, 12*time.Second),
		want(second.ID, "ben", "fake/never ran", 1, 0),
		want(third.ID, "ben", "fake/m", 1, 4*time.Second),
	}, line.Waiting)
	require.ElementsMatch(t, []generation.Turn{
		{Workspace: workspace, Had: 2},
		{Workspace: workspace, Room: "r", User: "ana", Had: 2},
		{Workspace: workspace, Room: "r", User: "ben", Had: 1}, // level with where the one served last began
	}, line.Turns)

	depth, err := f.Depth(t.Context())
	require.NoError(t, err)
	require.Equal(t, 3, depth)

	f.clock = f.clock.Add(8 * time.Second)
	f.finish(t, busy, succeeded())
	line, err = f.Line(t.Context(), 10)
	require.NoError(t, err)
	pace := line.Waiting[slices.IndexFunc(line.Waiting, func(w generation.Waiting) bool { return w.ID == first.ID })].Pace
	require.Greater(t, pace, 12*time.Second, "a slower run slows the mean")
	require.Less(t, pace, 24*time.Second)
}
