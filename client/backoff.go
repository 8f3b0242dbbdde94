package client

import (
	"context"
	"time"
)

// Full jitter: the n-th wait is uniform in [0, min(cap, base·2ⁿ)), so that clients cut together do not return together.
const (
	backoffBase = 250 * time.Millisecond
	backoffCap  = 10 * time.Second
)

// backoff counts attempts since the last success. The zero value needs a jitter.
type backoff struct {
	jitter  func() float64
	attempt int
}

// next is the wait before the next attempt, at least atLeast.
func (b *backoff) next(atLeast time.Duration) time.Duration {
	limit := backoffCap
	if b.attempt < 6 { // 250 ms · 2⁶ is beyond the cap
		limit = min(backoffCap, backoffBase<<b.attempt)
	}
	b.attempt++
	return atLeast + time.Duration(b.jitter()*float64(limit))
}

func (b *backoff) reset() { b.attempt = 0 }

// sleep waits for d or returns ctx's error.
func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-t.C:
		return nil
	}
}
