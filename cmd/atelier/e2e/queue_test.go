package e2e

import (
	"bytes"
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"atelier/client"
	"atelier/protocol"
)

// Everything people do with a queue, by the Go client, with a worker of this process.
func TestARoomRunsItsQueue(t *testing.T) {
	s := openStudio(t)
	owner, err := client.NewAPI(s.url, client.Identity{}, nil)
	require.NoError(t, err)
	_, err = owner.AcceptInvite(soon(t), s.server.waitFor(`(?m)^owner link \(.*\): http://\S+/join#(\S+)$`), "Olga")
	require.NoError(t, err)
	ana := enter(t, s.url, s.id, owner)
	asked := func(prompt string, count int) protocol.Job {
		job, err := ana.Enqueue(soon(t), protocol.JobRequest{Kind: "image", Prompt: prompt, Count: count})
		require.NoError(t, err)
		return job
	}
	paused := true
	info, err := ana.SetQueue(soon(t), protocol.QueuePatch{Paused: &paused})
	require.NoError(t, err)
	require.Equal(t, "Olga", info.PausedBy)

	first, second, third := asked("one", 1), asked("two", 3), asked("three", 1)
	require.Equal(t, []int{1, 2, 3}, []int{first.Position, second.Position, third.Position})
	moved, err := ana.Move(soon(t), second.ID, first.ID)
	require.NoError(t, err)
	require.Equal(t, 1, moved.Position)
	_, err = ana.Cancel(soon(t), third.ID)
	require.NoError(t, err)
	again, err := ana.Retry(soon(t), third.ID)
	require.NoError(t, err)
	require.Equal(t, protocol.JobQueued, again.State)
	_, err = ana.Approve(soon(t), third.ID)
	require.Equal(t, protocol.CodeConflict, protocol.CodeOf(err), "it does not await approval: %v", err)
	_, err = ana.Rate(soon(t), first.ID, 0, 4)
	require.Equal(t, protocol.CodeConflict, protocol.CodeOf(err), "it has no result yet: %v", err)

	order := serveTasks(t, s)
	paused = false
	_, err = ana.SetQueue(soon(t), protocol.QueuePatch{Paused: &paused})
	require.NoError(t, err)
	for _, id := range []string{second.ID, first.ID, third.ID} {
		require.Equal(t, id, <-order)
	}
	done, err := ana.AwaitJob(soon(t), second.ID)
	require.NoError(t, err)
	require.Equal(t, protocol.JobSucceeded, done.State)
	require.Len(t, done.Results, 3)

	rated, err := ana.Rate(soon(t), second.ID, 1, 5)
	require.NoError(t, err)
	require.Equal(t, 5, rated.Results[1].Ratings[ana.Self().User])
	picked, err := ana.Pick(soon(t), second.ID, 2)
	require.NoError(t, err)
	require.Equal(t, 2, picked.Winner-1, "counted from 1, so that 0 is none")

	paused = true
	_, err = ana.SetQueue(soon(t), protocol.QueuePatch{Paused: &paused})
	require.NoError(t, err)
	asked("four", 1)
	asked("five", 1)
	gone, err := ana.ClearQueue(soon(t), ana.Self().User)
	require.NoError(t, err)
	require.Equal(t, 2, gone)
}

// serveTasks works for a studio, one job at a time, and tells which ones it did.
func serveTasks(t *testing.T, s *studio) <-chan string {
	t.Helper()
	room := enter(t, s.url, s.id, guest(t, s.url, "Worker"))
	order := make(chan string, 16)
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	w := client.Worker{Name: "Easel", Routes: []string{"sketch/landscape"}, Run: func(ctx context.Context, task *client.Task) error {
		for i := range task.Wanted() {
			task.Report(float64(i)/float64(task.Wanted()), nil)
			if err := task.Put(ctx, i, bytes.NewReader(sunset(t))); err != nil {
				return err
			}
		}
		order <- task.Job.ID
		return nil
	}}
	go func() { done <- w.Serve(ctx, room) }()
	t.Cleanup(func() { stop(); require.NoError(t, <-done) })
	return order
}
