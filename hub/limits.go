package hub

import (
	"sync"
	"time"

	"golang.org/x/time/rate"

	"atelier/protocol"
)

// abuse is how long a client may go on without heeding the wait it was told; two commands against it that are further
// apart than abuseGap do not belong together.
const (
	abuse    = 10 * time.Second
	abuseGap = time.Second
)

// commandRate is the token bucket of a socket's commands. Used by its reader.
type commandRate struct {
	bucket *rate.Limiter
	until  time.Time // it was told to wait
	since  time.Time // it does not
	last   time.Time // time that it did not
}

func newCommandRate(l protocol.Limits) *commandRate {
	return &commandRate{bucket: rate.NewLimiter(rate.Limit(l.CommandsPerSec), l.CommandBurst)}
}

// take takes one command: nil, RATE_LIMITED, or the socket's ending for a client that has been deaf for too long.
func (c *commandRate) take(now time.Time) (refusal *protocol.Error, end error) {
	turn := c.bucket.ReserveN(now, 1)
	wait := turn.DelayFrom(now)
	if wait == 0 {
		return nil, nil
	}
	turn.CancelAt(now)
	if now.Before(c.until) {
		if now.Sub(c.last) > abuseGap {
			c.since = now
		}
		c.last = now
		if now.Sub(c.since) >= abuse {
			return nil, &ending{protocol.CloseForbidden, "too many commands for too long"}
		}
	}
	c.until = now.Add(wait)
	return protocol.Errorf(protocol.CodeRateLimited, "too many commands").After(wait), nil
}

// cursorGate lets through so many positions a second; beyond that it keeps the newest and lets it through in its turn.
type cursorGate struct {
	move func(x, y float32)

	mu     sync.Mutex
	bucket *rate.Limiter
	timer  *time.Timer
	held   bool // x, y wait for the timer
	x, y   float32
}

// cursorBurst lets positions through that the network delivered together.
const cursorBurst = 4

func newCursorGate(l protocol.Limits, move func(x, y float32)) *cursorGate {
	return &cursorGate{move: move, bucket: rate.NewLimiter(rate.Limit(l.CursorsPerSec), cursorBurst)}
}

func (g *cursorGate) put(x, y float32, now time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.held {
		g.x, g.y = x, y
		return
	}
	turn := g.bucket.ReserveN(now, 1)
	wait := turn.DelayFrom(now)
	if wait == 0 {
		g.move(x, y)
		return
	}
	g.held, g.x, g.y = true, x, y // its turn is taken: when it comes, the newest goes
	if g.timer == nil {
		g.timer = time.AfterFunc(wait, g.release)
	} else {
		g.timer.Reset(wait)
	}
}

func (g *cursorGate) release() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.held = false
	g.move(g.x, g.y)
}

// close lets nothing more through.
func (g *cursorGate) close() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.move = func(float32, float32) {}
	if g.timer != nil {
		g.timer.Stop()
	}
}
