package generation_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"atelier/generation"
	"atelier/protocol"
)

// faulty is the stores between the pool and the database; the call that the test names fails once, before or after it was
// stored.
type faulty struct {
	generation.LeaseStore
	generation.PlacementStore

	mu      sync.Mutex
	at      string
	after   bool
	happens chan struct{}
}

func (f *faulty) fails(call string, after bool) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.at != call || f.after != after {
		return false
	}
	f.at = ""
	close(f.happens)
	return true
}

// around does a call, or the half of it that the test wants.
func around[T any](f *faulty, call string, do func() (T, error)) (out T, err error) {
	if f.fails(call, false) {
		return out, errLost
	}
	done, err := do()
	if err == nil && f.fails(call, true) {
		return out, errLost
	}
	return done, err
}

func (f *faulty) Claim(ctx context.Context, c generation.Capabilities, d time.Duration, caps generation.Caps) (*generation.Lease, error) {
	l, err := f.LeaseStore.Claim(ctx, c, d, caps)
	if l == nil || err != nil {
		return l, err
	}
	return around(f, "claim", func() (*generation.Lease, error) { return l, nil })
}

func (f *faulty) Renew(ctx context.Context, room, id string, token int64, d time.Duration) (*protocol.Job, error) {
	return around(f, "renew", func() (*protocol.Job, error) { return f.LeaseStore.Renew(ctx, room, id, token, d) })
}

func (f *faulty) Finish(ctx context.Context, room, id string, token int64, end generation.Ending) ([]protocol.Job, error) {
	return around(f, "finish", func() ([]protocol.Job, error) { return f.LeaseStore.Finish(ctx, room, id, token, end) })
}

func (f *faulty) MarkPlaced(ctx context.Context, room, id string) (protocol.Job, error) {
	return around(f, "mark", func() (protocol.Job, error) { return f.PlacementStore.MarkPlaced(ctx, room, id) })
}

// joined shows the board what a joiner reads, and the transitions after it.
func joined(t *testing.T, h *house) {
	t.Helper()
	jobs, err := h.queue.Jobs(t.Context(), "r", 0, 100)
	require.NoError(t, err)
	for _, j := range jobs {
		h.board.Job(j)
	}
}

// Whatever call is lost, before or after it was stored, and whether the process goes on or is started anew: the job ends
// once and its result is placed once.
func TestAJobSurvivesACrashAtEveryStep(t *testing.T) {
	for _, call := range []string{"claim", "renew", "finish", "mark", "place"} {
		for _, when := range []struct {
			name    string
			after   bool
			restart bool
		}{
			{"before, and goes on", false, false},
			{"before, and starts anew", false, true},
			{"after, and goes on", true, false},
			{"after, and starts anew", true, true},
		} {
			t.Run(call+" "+when.name, func(t *testing.T) {
				f := &faulty{at: call, after: when.after, happens: make(chan struct{})}
				h := newHouse(t, func(c *staff) {
					f.LeaseStore, f.PlacementStore = c.desk.Leases, c.desk.Placements
					c.desk.Leases, c.desk.Placements = f, f
					c.desk.Lease = 300 * time.Millisecond
				})
				if call == "place" {
					h.board.refusals = 1
					close(f.happens)
				}
				h.start()
				job := h.enqueue(t, request())
				if when.restart {
					<-f.happens
					h.close(t)
					h.open(t)
					h.start()
					joined(t, h) // whoever was there comes again
				}
				done := h.board.await(t, job.ID, placed)
				require.Equal(t, protocol.JobSucceeded, done.State)
				h.pool.Close()
				h.board.mu.Lock()
				defer h.board.mu.Unlock()
				require.Equal(t, map[string]int{generation.PlacementChange(done).ID: 1}, h.board.placed)
				endings := make(map[int64]bool)
				for _, j := range h.board.jobs {
					if j.State.Final() && !j.Placed {
						endings[j.Seq] = true
					}
				}
				require.LessOrEqual(t, len(endings), 1, "a job ends once")
			})
		}
	}
}
