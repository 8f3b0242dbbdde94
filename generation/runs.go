package generation

import (
	"context"
	"errors"
	"sync"
)

// Why a running attempt is stopped; the cause of its context.
var (
	errCancelled = errors.New("the job was cancelled")
	errDraining  = errors.New("the server is draining")
	errLeaseLost = errors.New("the lease is lost")
	errTooLong   = errors.New("the attempt took too long")
)

// runs knows the attempts that run in this process, so that a cancel reaches them at once. Attempts elsewhere find out
// when they renew their lease.
type runs struct {
	mu     sync.Mutex
	cancel map[spotKey]context.CancelCauseFunc
}

func (r *runs) add(room, id string, cancel context.CancelCauseFunc) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.cancel[spotKey{room, id}] = cancel
}

func (r *runs) remove(room, id string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.cancel, spotKey{room, id})
}

// stop ends an attempt, outside the lock: what it calls may take it out of here.
func (r *runs) stop(room, id string) {
	r.mu.Lock()
	cancel := r.cancel[spotKey{room, id}]
	r.mu.Unlock()
	if cancel != nil {
		cancel(errCancelled)
	}
}
