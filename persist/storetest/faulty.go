package storetest

import (
	"context"
	"sync"

	"atelier/rooms"
)

// Faulty is a store of rooms whose commits stall or fail on demand; everything else goes to the store behind it. All
// methods are safe for concurrent use.
type Faulty struct {
	rooms.Store

	mu     sync.Mutex
	gate   chan struct{} // closed when commits may go on; nil when they need not wait
	before []error
	after  []error

	stalled chan struct{}
}

// NewFaulty makes a store that does as the one behind it until told otherwise.
func NewFaulty(behind rooms.Store) *Faulty {
	return &Faulty{Store: behind, stalled: make(chan struct{})}
}

// Stall holds every commit that begins from now on until release is called, or its context ends: then nothing is written.
func (f *Faulty) Stall() (release func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	gate := make(chan struct{})
	f.gate = gate
	return sync.OnceFunc(func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		if f.gate == gate {
			f.gate = nil
		}
		close(gate)
	})
}

// Stalled receives once for every commit that has begun to wait; such a commit goes on without being received too.
func (f *Faulty) Stalled() <-chan struct{} { return f.stalled }

// FailBefore lets the next commits fail with these errors, one each, before anything is written.
func (f *Faulty) FailBefore(errs ...error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.before = append(f.before, errs...)
}

// FailAfter lets the next commits that succeed return these errors, one each: the rows are in the log, and the caller
// does not know.
func (f *Faulty) FailAfter(errs ...error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.after = append(f.after, errs...)
}

// Commit implements [rooms.Store].
func (f *Faulty) Commit(ctx context.Context, room string, head int64, rows []rooms.Row) error {
	if err := f.wait(ctx); err != nil {
		return err
	}
	if err := f.take(&f.before); err != nil {
		return err
	}
	if err := f.Store.Commit(ctx, room, head, rows); err != nil {
		return err //nolint:wrapcheck // the store's own
	}
	return f.take(&f.after)
}

func (f *Faulty) wait(ctx context.Context) error {
	f.mu.Lock()
	gate := f.gate
	f.mu.Unlock()
	if gate == nil {
		return nil
	}
	seen := f.stalled
	for {
		select {
		case seen <- struct{}{}:
			seen = nil
		case <-gate:
			return nil
		case <-ctx.Done():
			return ctx.Err() //nolint:wrapcheck // as a store that waits
		}
	}
}

// take removes and returns the first of errs; nil when there are none.
func (f *Faulty) take(errs *[]error) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(*errs) == 0 {
		return nil
	}
	err := (*errs)[0]
	*errs = (*errs)[1:]
	return err
}
