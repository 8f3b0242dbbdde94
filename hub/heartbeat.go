package hub

import (
	"math/rand/v2"
	"sync"
	"time"

	"atelier/protocol"
)

// heartbeat pings a peer every now and then and closes the socket of one that is silent: anything that came since the
// ping counts as the answer. It is a timer and no goroutine, for most connections are idle most of the time. The moments
// are spread, so that a thousand sockets that came at once do not beat at once.
type heartbeat struct {
	out    *outbox
	every  time.Duration
	answer time.Duration

	mu    sync.Mutex
	timer *time.Timer
	asked bool // and waits for the answer
	ended bool
}

func newHeartbeat(out *outbox, every, answer time.Duration) *heartbeat {
	return &heartbeat{out: out, every: every, answer: answer}
}

func (b *heartbeat) start() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.timer = time.AfterFunc(b.pause(), b.beat)
}

// pause is from one ping to the next, the wait for the answer included or not: at most every, at least half of it.
func (b *heartbeat) pause() time.Duration {
	return b.every/2 + rand.N(b.every/2+1) //nolint:gosec // spreads load, keeps no secret
}

func (b *heartbeat) beat() {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case b.ended:
	case !b.asked:
		b.asked = true
		b.out.wire.heard.Store(false)
		b.out.Ping()
		b.timer.Reset(b.answer)
	case b.out.wire.heard.Load():
		b.asked = false
		b.timer.Reset(max(b.pause()-b.answer, 0))
	default:
		b.out.Close(protocol.CloseHeartbeat, "no answer to a ping")
	}
}

func (b *heartbeat) stop() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.ended = true
	if b.timer != nil {
		b.timer.Stop()
	}
}
