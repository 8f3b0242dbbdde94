package auth

import (
	"context"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"atelier/protocol"
)

// Rate is how often something may happen.
type Rate struct {
	PerSecond float64
	Burst     int
}

// Limiter counts how often something happens over all instances. It returns how long a subject has to wait, 0 when one was taken.
type Limiter interface {
	Take(ctx context.Context, subject string, perSecond float64, burst int) (wait time.Duration, err error)
}

// maxAddresses bounds what a limiter remembers. With more of them within the time in which a bucket fills up, new ones
// are refused: sign-in fails closed.
const maxAddresses = 20_000

// limiter is a token bucket for each address.
type limiter struct {
	rate Rate
	what string
	now  func() time.Time

	mu      sync.Mutex
	buckets map[string]*rate.Limiter
}

func newLimiter(r Rate, what string, now func() time.Time) *limiter {
	return &limiter{rate: r, what: what, now: now, buckets: make(map[string]*rate.Limiter)}
}

func (l *limiter) take(address string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	b := l.buckets[address]
	if b == nil {
		if len(l.buckets) >= maxAddresses && !l.forgetLocked(now) {
			return protocol.Errorf(protocol.CodeRateLimited, "too many %s", l.what).After(time.Minute)
		}
		b = rate.NewLimiter(rate.Limit(l.rate.PerSecond), l.rate.Burst)
		l.buckets[address] = b
	}
	turn := b.ReserveN(now, 1)
	if wait := turn.DelayFrom(now); wait > 0 {
		turn.CancelAt(now)
		return protocol.Errorf(protocol.CodeRateLimited, "too many %s from this address", l.what).After(wait)
	}
	return nil
}

// forgetLocked drops the buckets that are full again, and tells whether that made room.
func (l *limiter) forgetLocked(now time.Time) bool {
	for address, b := range l.buckets {
		if b.TokensAt(now) >= float64(l.rate.Burst) {
			delete(l.buckets, address)
		}
	}
	return len(l.buckets) < maxAddresses
}
