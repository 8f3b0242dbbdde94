package hub_test

import (
	"context"
	"testing"

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
	const many = 100
	for req := range uint64(many) {
		c.command(protocol.TypeJobEnqueue, req+1, protocol.JobRequest{ID: protocol.NewID(), Kind: "image", Prompt: "a hill"})
	}
	<-q.asked
	replies := map[uint64]int{}
	unavailable := 0
	for len(replies) < many-33 { // one is being done, 32 wait
		req, refusal := c.anyReply()
		require.Equal(t, protocol.CodeUnavailable, refusal.Code)
		replies[requestOf(t, req)]++
		unavailable++
	}
	c.ping(900)
	c.change(901, note("while the queue is stuck"))
	close(q.on)
	for len(replies) < many {
		rest := c.await(protocol.TypeOK)
		replies[requestOf(t, rest)]++
	}
	for req, n := range replies {
		require.Equal(t, 1, n, "command %d", req)
	}
	require.Equal(t, many-33, unavailable)
}
