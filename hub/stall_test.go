package hub_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"atelier/generation"
	"atelier/hub"
	"atelier/protocol"
)

// stuck is a queue that answers nothing until it is let on.
type stuck struct {
	hub.Queue

	asked chan string
	on    chan struct{}
}

func (q stuck) Enqueue(ctx context.Context, who generation.Who, req protocol.JobRequest) (protocol.Job, error) {
	q.asked <- req.ID
	select {
	case <-q.on:
	case <-ctx.Done():
		return protocol.Job{}, ctx.Err()
	}
	return protocol.Job{JobRequest: req, State: protocol.JobQueued}, nil
}

func TestAQueueThatStallsHoldsNobodyElseUp(t *testing.T) {
	q := stuck{asked: make(chan string, 100), on: make(chan struct{})}
	h := build(t, plan{hub: func(c *hub.Config) { c.Queue = q }})
	ana := h.guest("Ana")
	c, _ := ana.join(ana.room(false))
	enqueue := func(req uint64) {
		c.command(protocol.TypeJobEnqueue, req, protocol.JobRequest{ID: protocol.NewID(), Kind: "image", Prompt: "a hill"})
	}
	enqueue(1)
	<-q.asked // one is being done
	const many, wait = 100, 32
	replies := map[uint64]int{}
	for req := uint64(2); req <= many; req++ {
		enqueue(req)
	}
	for range many - wait - 1 {
		req, refusal := c.anyReply()
		require.Equal(t, protocol.CodeUnavailable, refusal.Code)
		replies[requestOf(t, req)]++
	}
	c.ping(900)
	c.change(901, note("while the queue is stuck"))
	close(q.on)
	for len(replies) < many {
		replies[requestOf(t, c.await(protocol.TypeOK))]++
	}
	for req, n := range replies {
		require.Equal(t, 1, n, "command %d", req)
	}
}

func TestAJobCommandThatWaitedIsJudgedByTheRoleOfNow(t *testing.T) {
	q := stuck{asked: make(chan string, 100), on: make(chan struct{})}
	h := build(t, plan{hub: func(c *hub.Config) { c.Queue = q }})
	owner, ben := h.as(protocol.RoleOwner), h.as(protocol.RoleEditor)
	c, _ := ben.join(owner.room(false))
	for req := uint64(1); req <= 2; req++ {
		c.command(protocol.TypeJobEnqueue, req, protocol.JobRequest{ID: protocol.NewID(), Kind: "image", Prompt: "a hill"})
	}
	<-q.asked
	c.ping(3) // both were read
	owner.ok(http.MethodPatch, "/v1/people/"+ben.id, map[string]string{"role": "viewer"}, nil)
	close(q.on)
	_, refusal := c.reply(1)
	require.Nil(t, refusal, "it had begun")
	_, refusal = c.reply(2)
	require.Equal(t, protocol.CodeForbidden, refusal.Code)
	require.Empty(t, q.asked)
}

func TestAStoppingServerDoesNotWaitForAQueueThatStalls(t *testing.T) {
	q := stuck{asked: make(chan string, 100), on: make(chan struct{})}
	h := build(t, plan{hub: func(c *hub.Config) { c.Queue = q }})
	ana := h.guest("Ana")
	c, _ := ana.join(ana.room(false))
	c.command(protocol.TypeJobEnqueue, 1, protocol.JobRequest{ID: protocol.NewID(), Kind: "image", Prompt: "a hill"})
	<-q.asked
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	go c.drain()
	require.NoError(t, h.hub.Shutdown(ctx))
}
