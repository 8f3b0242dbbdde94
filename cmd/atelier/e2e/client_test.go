package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"path"
	"testing"

	"github.com/stretchr/testify/require"

	"atelier/client"
	"atelier/generation"
	"atelier/protocol"
)

// ownerOf is the API of a server's owner.
func ownerOf(t *testing.T, server *process, url string) *client.API {
	t.Helper()
	api, err := client.NewAPI(url, client.Identity{}, nil)
	require.NoError(t, err)
	_, err = api.AcceptInvite(soon(t), server.waitFor(`(?m)^owner link \(.*\): http://\S+/join#(\S+)$`), "Olga")
	require.NoError(t, err)
	return api
}

// Everything people do with a queue, without being in the room.
func TestAQueueIsRunOverHTTP(t *testing.T) {
	s := openStudio(t)
	olga := ownerOf(t, s.server, s.url)
	ctx, paused, over := soon(t), true, 0.5
	info, err := olga.SetQueue(ctx, s.id, protocol.QueuePatch{Paused: &paused, ApprovalOver: &over})
	require.NoError(t, err)
	require.Equal(t, protocol.QueueInfo{Paused: true, PausedBy: "Olga", ApprovalOver: over}, info)

	ana := guest(t, s.url, "Ben")
	held, err := ana.Enqueue(ctx, s.id, protocol.JobRequest{Kind: "image", Prompt: "of a guest"})
	require.NoError(t, err)
	require.Equal(t, protocol.JobAwaitingApproval, held.State)
	_, err = ana.ApproveJob(ctx, s.id, held.ID)
	require.Equal(t, protocol.CodeForbidden, protocol.CodeOf(err))
	held, err = olga.ApproveJob(ctx, s.id, held.ID)
	require.NoError(t, err)
	require.Equal(t, protocol.JobQueued, held.State)

	var ids []string
	for _, prompt := range []string{"one", "two"} {
		job, err := olga.Enqueue(ctx, s.id, protocol.JobRequest{Kind: "image", Prompt: prompt})
		require.NoError(t, err)
		ids = append(ids, job.ID)
	}
	_, err = olga.MoveJob(ctx, s.id, ids[1], ids[0])
	require.NoError(t, err)
	_, err = olga.CancelJob(ctx, s.id, ids[0])
	require.NoError(t, err)
	_, err = olga.RetryJob(ctx, s.id, ids[0])
	require.NoError(t, err)
	n, err := olga.ClearQueue(ctx, s.id, "")
	require.NoError(t, err)
	require.Equal(t, 3, n)
	jobs, seq, err := olga.Jobs(ctx, s.id, 100)
	require.NoError(t, err)
	require.Len(t, jobs, 3)
	_, err = olga.RetryJob(ctx, s.id, ids[1])
	require.NoError(t, err)
	moved, err := olga.JobsAfter(ctx, s.id, seq, 100)
	require.NoError(t, err)
	require.Len(t, moved, 1, "what moved since")

	serveTasks(t, s)
	paused = false
	_, err = olga.SetQueue(ctx, s.id, protocol.QueuePatch{Paused: &paused})
	require.NoError(t, err)
	_, err = s.room.AwaitJob(ctx, ids[1])
	require.NoError(t, err)
	_, err = olga.RateJob(ctx, s.id, ids[1], 0, 5)
	require.NoError(t, err)
	done, err := olga.PickResult(ctx, s.id, ids[1], 0)
	require.NoError(t, err)
	require.Equal(t, 1, done.Winner)
	require.Len(t, done.Results[0].Ratings, 1)
	info, err = olga.Queue(ctx, s.id)
	require.NoError(t, err)
	require.Equal(t, "Easel", info.Workers[0].Name)
	providers, err := olga.Providers(ctx)
	require.NoError(t, err)
	require.NotEmpty(t, providers[0].Models)
}

// However often the line breaks, every request becomes one job.
func TestRequestsOverACutLineBecomeOneJobEach(t *testing.T) {
	_, addr := serve(t, t.TempDir(), "--workers=0")
	gate := newProxy(t, addr)
	ana := guest(t, "http://"+addr, "Ana")
	id := newRoom(t, ana)
	room := enter(t, gate.url(), id, ana)
	const requests = 24
	answers := make(chan error, requests)
	wanted := make(map[string]bool, requests)
	for n := range requests {
		req := protocol.JobRequest{ID: protocol.NewID(), Kind: "image", Prompt: fmt.Sprintf("number %d", n)}
		wanted[req.ID] = true
		go func() {
			job, err := room.Enqueue(soon(t), req)
			if err == nil && job.ID != req.ID {
				err = fmt.Errorf("job %s for request %s", job.ID, req.ID)
			}
			answers <- err
		}()
	}
	dice := rand.New(rand.NewPCG(7, 7))
	for range requests {
		gate.cut(func() bool { return dice.IntN(2) == 0 })
		require.NoError(t, <-answers)
	}
	jobs, _, err := ana.Jobs(soon(t), id, 1000)
	require.NoError(t, err)
	got := make(map[string]bool)
	for _, job := range jobs {
		require.False(t, got[job.ID])
		got[job.ID] = true
	}
	require.Equal(t, wanted, got)
	until(t, room, "it sees all of them", func() bool { return len(room.Jobs()) == requests })
}

// A picture tells what it was made from and with which seed, also after it has left the studio.
func TestAPictureTellsItsLineage(t *testing.T) {
	s := openStudio(t)
	ana := guest(t, s.url, "Ben")
	s.worker(t, "First")
	ctx := soon(t)
	job, err := s.room.Enqueue(ctx, protocol.JobRequest{
		Kind: "image", Prompt: "a harbour", Sweep: &protocol.Sweep{Param: "width", Values: []any{128, 192}},
		Params: map[string]any{"height": 128},
	})
	require.NoError(t, err)
	job, err = s.room.AwaitJob(ctx, job.ID)
	require.NoError(t, err)
	require.Equal(t, protocol.JobSucceeded, job.State, "%v", job.Error)
	picture := job.Results[1].Asset
	body, size, err := ana.Asset(ctx, picture)
	require.NoError(t, err)
	data, err := io.ReadAll(body)
	require.NoError(t, err)
	require.NoError(t, body.Close())
	require.Len(t, data, int(size))

	same, err := ana.PutAssetIn(ctx, s.id, bytes.NewReader(data), size)
	require.NoError(t, err)
	require.Equal(t, job.ID, same.Provenance.Job)
	task := client.Task{Job: job}
	for i := range task.Wanted() {
		require.Equal(t, generation.SeedOf(job, i), task.Seed(i))
		require.Equal(t, generation.ParamsOf(job.JobRequest, i), task.Params(i))
	}
	require.Equal(t, task.Seed(1), same.Provenance.Seed)

	file, err := ana.ExportLineage(ctx, s.id, picture, nil)
	require.NoError(t, err)
	var tree client.Lineage
	require.NoError(t, json.Unmarshal(file, &tree))
	require.Equal(t, picture, tree.Nodes[0].Asset)
	share, link, err := ana.Share(ctx, s.id, picture, nil)
	require.NoError(t, err)
	stranger, err := client.NewAPI(s.url, client.Identity{}, nil)
	require.NoError(t, err)
	public, err := stranger.Shared(ctx, path.Base(link))
	require.NoError(t, err)
	require.Equal(t, tree.Nodes[0].Prompt, public.Nodes[0].Prompt)
	body, _, err = stranger.SharedAsset(ctx, path.Base(link), picture)
	require.NoError(t, err)
	seen, err := io.ReadAll(body)
	require.NoError(t, err)
	require.NoError(t, body.Close())
	require.Equal(t, data, seen)
	require.NoError(t, ana.Revoke(context.WithoutCancel(ctx), s.id, share.ID))
	_, err = stranger.Shared(ctx, path.Base(link))
	require.Equal(t, protocol.CodeNotFound, protocol.CodeOf(err))
}
