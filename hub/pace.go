package hub

import (
	"sync"
	"time"

	"golang.org/x/time/rate"

	"atelier/protocol"
)

// maxPaced bounds what a pace remembers. With more users within the time in which a bucket fills up, new ones are refused.
const maxPaced = 20_000

// pace is a token bucket for each user.
type pace struct {
	each  rate.Limit
	burst int
	now   func() time.Time

	mu      sync.Mutex
	buckets map[string]*rate.Limiter
}

func newPace(each rate.Limit, burst int, now func() time.Time) *pace {
	return &pace{each: each, burst: burst, now: now, buckets: make(map[string]*rate.Limiter)}
}

// take takes one of a user; RATE_LIMITED when there were too many.
func (p *pace) take(user string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	b := p.buckets[user]
	if b == nil {
		if len(p.buckets) >= maxPaced && !p.forgetLocked(now) {
			return protocol.Errorf(protocol.CodeRateLimited, "too many users at once").After(time.Second)
		}
		b = rate.NewLimiter(p.each, p.burst)
		p.buckets[user] = b
	}
	turn := b.ReserveN(now, 1)
	if wait := turn.DelayFrom(now); wait > 0 {
		turn.CancelAt(now)
		return protocol.Errorf(protocol.CodeRateLimited, "too many requests").After(wait)
	}
	return nil
}

// forgetLocked drops the buckets that are full again, and tells whether that made room.
func (p *pace) forgetLocked(now time.Time) bool {
	for user, b := range p.buckets {
		if b.TokensAt(now) >= float64(p.burst) {
			delete(p.buckets, user)
		}
	}
	return len(p.buckets) < maxPaced
}
