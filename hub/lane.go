package hub

import "sync"

// laneLength is how many job commands of one socket may wait.
const laneLength = 32

// lane does things one after another, in order, on a goroutine that lives while there is something to do. The zero lane
// is ready.
type lane struct {
	working sync.WaitGroup

	mu      sync.Mutex
	waiting []func()
	busy    bool
	closed  bool
}

// do has f done after what is waiting. False when too much waits, or the lane was closed.
func (l *lane) do(f func()) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed || len(l.waiting) >= laneLength {
		return false
	}
	l.waiting = append(l.waiting, f)
	if !l.busy {
		l.busy = true
		l.working.Go(l.work)
	}
	return true
}

func (l *lane) work() {
	for f := l.next(); f != nil; f = l.next() {
		f()
	}
}

func (l *lane) next() func() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.waiting) == 0 {
		l.waiting, l.busy = nil, false
		return nil
	}
	f := l.waiting[0]
	l.waiting = l.waiting[1:]
	return f
}

// close drops what waits and waits for what is being done.
func (l *lane) close() {
	l.mu.Lock()
	l.closed, l.waiting = true, nil
	l.mu.Unlock()
	l.working.Wait()
}
