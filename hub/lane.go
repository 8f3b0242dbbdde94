package hub

import (
	"context"
	"sync"
)

// laneLength is how many job commands of one socket may wait.
const laneLength = 32

// lane does things one after another, in order, on a goroutine that lives while there is something to do. The zero lane
// is ready.
type lane struct {
	working sync.WaitGroup

	mu      sync.Mutex
	waiting []func(context.Context)
	cancel  context.CancelFunc // of what is being done; nil while there is nothing to do
	closed  bool
}

// do has f done after what is waiting; its context ends with the lane. False when too much waits, or the lane was closed.
func (l *lane) do(f func(context.Context)) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed || len(l.waiting) >= laneLength {
		return false
	}
	l.waiting = append(l.waiting, f)
	if l.cancel == nil {
		ctx, cancel := context.WithCancel(context.Background())
		l.cancel = cancel
		l.working.Go(func() { l.work(ctx) })
	}
	return true
}

func (l *lane) work(ctx context.Context) {
	for f := l.next(); f != nil; f = l.next() {
		f(ctx)
	}
}

func (l *lane) next() func(context.Context) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.waiting) == 0 {
		l.cancel()
		l.waiting, l.cancel = nil, nil
		return nil
	}
	f := l.waiting[0]
	l.waiting = l.waiting[1:]
	return f
}

// close drops what waits, and ends what is being done and waits for it: nobody is there any more to be answered, and who
// comes back asks again by the same id.
func (l *lane) close() {
	l.mu.Lock()
	l.closed, l.waiting = true, nil
	if l.cancel != nil {
		l.cancel()
	}
	l.mu.Unlock()
	l.working.Wait()
}
