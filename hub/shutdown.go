package hub

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"atelier/protocol"
)

const shuttingDown = "the server is shutting down"

// Those who are sent away come back spread over a time that grows with their number.
const (
	comeBackFirst = 500 * time.Millisecond
	comeBackEach  = 5 * time.Millisecond
	comeBackLast  = 10 * time.Second

	waveEvery = 100 * time.Millisecond
)

// Shutdown refuses new sockets, says goodbye to all that are open and waits for them; when ctx ends first, they are cut.
// All goroutines of the hub have ended when it returns. The rooms are the caller's to close, after this.
func (h *Hub) Shutdown(ctx context.Context) error {
	h.cfg.Rooms.HandOver()
	open := h.drain()
	if h.cfg.Others != nil {
		h.sendOff(ctx, open)
	} else {
		spread := min(time.Duration(len(open))*comeBackEach, comeBackLast)
		for _, s := range open {
			wait := comeBackFirst + rand.N(spread+1) //nolint:gosec // spreads load, keeps no secret
			s.out.Close(protocol.CloseDraining, comeBack(shuttingDown, wait))
		}
	}
	ended := make(chan struct{})
	go func() {
		h.running.Wait()
		close(ended)
	}()
	var err error
	select {
	case <-ended:
	case <-ctx.Done():
		err = fmt.Errorf("shut down sockets: %w", ctx.Err())
		for _, s := range h.drain() {
			s.out.cut()
		}
		<-ended
	}
	h.sessions.close()
	return err
}

// sendOff says goodbye to sockets in waves, so that nobody is away for longer than it takes to connect to another instance and
// yet not all come there at once.
func (h *Hub) sendOff(ctx context.Context, open []*socket) {
	last := min(time.Duration(len(open))*comeBackEach, comeBackLast)
	if until, ok := ctx.Deadline(); ok {
		last = min(last, time.Until(until)/2)
	}
	waves := time.NewTicker(waveEvery)
	defer waves.Stop()
	for begun := time.Now(); len(open) > 0; {
		due := len(open)
		if gone := time.Since(begun); gone < last {
			due = max(1, int(float64(len(open))*float64(waveEvery)/float64(last-gone)))
		}
		for _, s := range open[:min(due, len(open))] {
			s.out.Close(protocol.CloseDraining, comeBack(shuttingDown, rand.N(2*waveEvery))) //nolint:gosec // spreads load, keeps no secret
		}
		open = open[min(due, len(open)):]
		if len(open) == 0 {
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-waves.C:
		}
	}
}

// drain refuses new sockets from now on and lists the open ones.
func (h *Hub) drain() []*socket {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.draining = true
	open := make([]*socket, 0, len(h.sockets))
	for s := range h.sockets {
		open = append(open, s)
	}
	return open
}

func (h *Hub) isDraining() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.draining
}

// comeBack is a close reason that says in how long to come back.
func comeBack(reason string, wait time.Duration) string {
	return fmt.Sprintf(`{"reason":%q,"retry_after_ms":%d}`, reason, wait.Milliseconds())
}
