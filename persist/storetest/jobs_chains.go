package storetest

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"atelier/generation"
	"atelier/protocol"
)

// chain is a picture, a sound from it, and a film from both.
func (f *jobFixture) chain() []protocol.Job {
	head := f.request("ana")
	jobs := []protocol.Job{head, f.request("ana"), f.request("ana")}
	for i := range jobs {
		jobs[i].Chain, jobs[i].Step, jobs[i].Steps = head.ID, i, 3
		jobs[i].ID = generation.StepID(head.ID, i)
		if i > 0 {
			jobs[i].State = protocol.JobWaiting
		}
	}
	jobs[1].From, jobs[2].From = []int{0}, []int{0, 1}
	return jobs
}

// made is a success with one asset of a number.
func made(n int) generation.Ending {
	end := succeeded()
	end.Assets[0].ID = fmt.Sprintf("%064x", n)
	end.Results[0].Asset = end.Assets[0].ID
	return end
}

func (f *jobFixture) states(t *testing.T, jobs []protocol.Job) (states []protocol.JobState) {
	t.Helper()
	for _, j := range jobs {
		now, err := f.Job(t.Context(), "r", j.ID)
		require.NoError(t, err)
		states = append(states, now.State)
	}
	return states
}

func chains(t *testing.T, f *jobFixture) {
	jobs := f.enqueueAll(t, f.chain()...)
	require.Equal(t, []protocol.JobState{protocol.JobQueued, protocol.JobWaiting, protocol.JobWaiting}, f.states(t, jobs))
	f.finish(t, f.claim(t), made(1))
	second := f.claim(t)
	require.Equal(t, jobs[1].ID, second.Job.ID)
	require.Equal(t, []string{fmt.Sprintf("%064x", 1)}, second.Job.Inputs)
	require.Nil(t, f.claim(t), "the film waits for the sound")
	changed, err := f.Finish(t.Context(), "r", second.Job.ID, second.Token, made(2))
	require.NoError(t, err)
	require.Len(t, changed, 2, "the step behind it is told, too")
	third := f.claim(t)
	require.Equal(t, []string{fmt.Sprintf("%064x", 1), fmt.Sprintf("%064x", 2)}, third.Job.Inputs)
	again, created, err := f.Enqueue(t.Context(), workspace, func() []protocol.Job {
		same := f.chain()
		for i := range same {
			same[i].JobRequest, same[i].Chain = jobs[i].JobRequest, jobs[i].Chain
		}
		return same
	}(), generation.Caps{})
	require.NoError(t, err)
	require.False(t, created, "the same request gets the jobs that are there")
	require.Len(t, again, 3)
}

func chainsFromInputs(t *testing.T, f *jobFixture) {
	jobs := f.chain()
	own := fmt.Sprintf("%064x", 9)
	jobs[0].Inputs = []string{own}
	jobs[1].From = []int{-1, 0}
	f.enqueueAll(t, jobs...)
	f.finish(t, f.claim(t), made(1))
	require.Equal(t, []string{own, fmt.Sprintf("%064x", 1)}, f.claim(t).Job.Inputs, "the request's own, then the first step's")
}

func brokenChains(t *testing.T, f *jobFixture) {
	jobs := f.enqueueAll(t, f.chain()...)
	f.finish(t, f.claim(t), made(1))
	second := f.claim(t)
	f.finish(t, second, failed())
	require.Equal(t, []protocol.JobState{protocol.JobSucceeded, protocol.JobFailed, protocol.JobCancelled}, f.states(t, jobs))
	film, err := f.Job(t.Context(), "r", jobs[2].ID)
	require.NoError(t, err)
	require.Contains(t, film.Error.Message, "step 2")
	f.refuse(t, protocol.CodeConflict, jobs[2].ID, requeue(0))
	f.order(t, jobs[1].ID, requeue(0))
	require.Equal(t, []protocol.JobState{protocol.JobSucceeded, protocol.JobQueued, protocol.JobWaiting}, f.states(t, jobs))
	f.finish(t, f.claim(t), made(2))
	f.finish(t, f.claim(t), made(3))
	require.Equal(t, []protocol.JobState{protocol.JobSucceeded, protocol.JobSucceeded, protocol.JobSucceeded}, f.states(t, jobs))
}

func cancelledChains(t *testing.T, f *jobFixture) {
	jobs := f.enqueueAll(t, f.chain()...)
	changed, err := f.Command(t.Context(), "r", jobs[0].ID, cancel())
	require.NoError(t, err)
	require.Len(t, changed, 3)
	require.Equal(t, jobs[0].ID, changed[2].ID, "the one that was named comes last")
	require.Nil(t, f.claim(t))
	f.order(t, jobs[0].ID, requeue(0))
	require.Equal(t, []protocol.JobState{protocol.JobQueued, protocol.JobWaiting, protocol.JobWaiting}, f.states(t, jobs))
}

func chainsAreWhole(t *testing.T, f *jobFixture) {
	jobs := f.chain()
	_, _, err := f.Enqueue(t.Context(), workspace, jobs, generation.Caps{Pending: 2})
	requireCode(t, protocol.CodeRateLimited, err)
	_, err = f.Job(t.Context(), "r", jobs[0].ID)
	requireCode(t, protocol.CodeNotFound, err)
	seq, err := f.Seq(t.Context(), "r")
	require.NoError(t, err)
	require.Zero(t, seq)
}
