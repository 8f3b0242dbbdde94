package generation

import (
	"container/heap"
	"context"
	"fmt"
	"sync"
	"time"

	"atelier/protocol"
)

// lineLimit bounds what one look at the line reads; jobs further back have no position and no expected start yet.
const lineLimit = 1000

// When more than manyWait jobs wait, a look is shared for lookShared: positions are then that old, and those of new jobs follow.
const (
	manyWait   = 200
	lookShared = 250 * time.Millisecond
)

// line computes positions and expected starts.
type line struct {
	store LineStore
	slots func() int // attempts that run at once
	now   func() time.Time

	mu   sync.Mutex
	last spots // the newest look
}

// spots is one look at the line.
type spots struct {
	rooms map[string][]string // ids of a room's waiting jobs, next first
	of    map[spotKey]spot
	fresh time.Time // until then it need not be looked again
}

type spotKey struct{ room, id string }

type spot struct {
	position int
	start    time.Time // zero when it cannot be known
}

// spots looks at the line.
func (l *line) spots(ctx context.Context) (spots, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.now().Before(l.last.fresh) {
		return l.last, nil
	}
	waiting, err := l.store.Line(ctx, lineLimit)
	if err != nil {
		return spots{}, fmt.Errorf("read the line: %w", err)
	}
	l.last = lineUp(waiting, l.slots(), l.now())
	if len(waiting.Waiting) > manyWait {
		l.last.fresh = l.now().Add(lookShared)
	}
	return l.last, nil
}

// fill returns the job with its position and expected start, if it waits.
func (s spots) fill(job protocol.Job) protocol.Job {
	if at, ok := s.of[spotKey{job.Room, job.ID}]; ok && job.State == protocol.JobQueued {
		job.Position = at.position
		if !at.start.IsZero() {
			job.ExpectedStart = at.start.UnixMilli()
		}
	}
	return job
}

// lineUp plays the line forward: whoever had least is next, and every slot takes the next job when its own is expected to
// end. A job whose pace is not known is taken to be as long as the known ones on average; when none is known, only those
// that find a free slot have an expected start. Jobs of paused rooms come last and have none.
func lineUp(l Line, slots int, now time.Time) spots {
	out := spots{rooms: make(map[string][]string), of: make(map[spotKey]spot)}
	usual := meanPace(l)
	free := make(slotHeap, 0, slots+len(l.Busy))
	for _, w := range l.Busy {
		left := expected(w, usual)
		if !w.Started.IsZero() {
			left = max(0, left-now.Sub(w.Started))
		}
		free = append(free, now.Add(left))
	}
	for len(free) < slots {
		free = append(free, now)
	}
	heap.Init(&free)
	var paused []Waiting
	take := func(w Waiting) {
		at := spot{position: len(out.rooms[w.Room]) + 1}
		if !w.Paused && (usual > 0 || free[0].Equal(now)) {
			at.start = free[0]
			free[0] = free[0].Add(max(expected(w, usual), 1))
			heap.Fix(&free, 0)
		}
		out.rooms[w.Room] = append(out.rooms[w.Room], w.ID)
		out.of[spotKey{w.Room, w.ID}] = at
	}
	for w := range inTurn(l) {
		if w.Paused {
			paused = append(paused, w)
			continue
		}
		take(w)
	}
	for _, w := range paused {
		take(w)
	}
	return out
}

func expected(w Waiting, usual time.Duration) time.Duration {
	if w.Pace > 0 {
		return w.Pace
	}
	return usual
}

func meanPace(l Line) time.Duration {
	var sum time.Duration
	var n int
	for _, list := range [][]Waiting{l.Busy, l.Waiting} {
		for _, w := range list {
			if w.Pace > 0 {
				sum += w.Pace
				n++
			}
		}
	}
	if n == 0 {
		return 0
	}
	return sum / time.Duration(n)
}

// slotHeap holds the times at which slots become free, soonest first.
type slotHeap []time.Time

func (h *slotHeap) Len() int           { return len(*h) }
func (h *slotHeap) Less(i, j int) bool { return (*h)[i].Before((*h)[j]) }
func (h *slotHeap) Swap(i, j int)      { (*h)[i], (*h)[j] = (*h)[j], (*h)[i] }
func (h *slotHeap) Push(x any)         { *h = append(*h, x.(time.Time)) } //nolint:forcetypeassert // heap's contract
func (h *slotHeap) Pop() any {
	last := (*h)[len(*h)-1]
	*h = (*h)[:len(*h)-1]
	return last
}
