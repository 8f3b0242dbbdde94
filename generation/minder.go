package generation

import (
	"context"
	"errors"
	"fmt"
	"math"
	"sync"
	"time"

	"atelier/protocol"
)

// minder goes with a running attempt: it renews the lease and shows progress, the newest a few times a second.
type minder struct {
	desk   *Desk
	lease  Lease
	cancel context.CancelCauseFunc // of the attempt

	mu      sync.Mutex
	pending *protocol.Progress // not shown yet
	latest  float64
	preview string

	attempt context.Context //nolint:containedctx // the attempt's: what reports answer with
	stop    context.CancelFunc
	done    chan struct{}
}

func newMinder(ctx context.Context, d *Desk, lease Lease, cancel context.CancelCauseFunc) *minder {
	own, stop := context.WithCancel(ctx)
	m := &minder{desk: d, lease: lease, cancel: cancel, attempt: ctx, stop: stop, done: make(chan struct{})}
	go m.run(own)
	return m
}

// close ends the renewals and takes the progress off the room's screens.
func (m *minder) close() {
	m.stop()
	<-m.done
	m.show(protocol.Progress{Job: m.lease.Job.ID, Attempt: m.lease.Job.Attempt, Fraction: -1})
}

// reporter makes the Report of one of the job's results. Progress never goes back within an attempt.
func (m *minder) reporter(index int) Report {
	return func(fraction float64, preview []byte) error {
		if err := m.attempt.Err(); err != nil {
			return fmt.Errorf("the work is no longer wanted: %w", context.Cause(m.attempt))
		}
		if math.IsNaN(fraction) {
			fraction = 0
		}
		whole := (float64(index) + min(max(fraction, 0), 1)) / float64(Wanted(m.lease.Job.JobRequest))
		m.mu.Lock()
		defer m.mu.Unlock()
		if len(preview) > 0 {
			if id := m.desk.cfg.Assets.Preview(m.lease.Workspace, preview); id != "" {
				m.preview = id
			}
		}
		m.latest = max(m.latest, whole)
		m.pending = &protocol.Progress{
			Job: m.lease.Job.ID, Attempt: m.lease.Job.Attempt, Fraction: m.latest, Preview: m.preview,
		}
		return nil
	}
}

func (m *minder) run(ctx context.Context) {
	defer close(m.done)
	flush := time.NewTicker(m.desk.cfg.ProgressEvery)
	defer flush.Stop()
	renew := time.NewTicker(m.desk.cfg.Lease / 3)
	defer renew.Stop()
	m.show(protocol.Progress{Job: m.lease.Job.ID, Attempt: m.lease.Job.Attempt})
	for {
		select {
		case <-ctx.Done():
			return
		case <-flush.C:
			m.flush()
		case <-renew.C:
			m.renew(ctx)
		}
	}
}

func (m *minder) flush() {
	m.mu.Lock()
	pending := m.pending
	m.pending = nil
	m.mu.Unlock()
	if pending != nil {
		m.show(*pending)
	}
}

// renew keeps the lease. A store that fails for a moment costs nothing: there are two more tries before it lapses.
func (m *minder) renew(ctx context.Context) {
	job := m.lease.Job
	_, err := m.desk.cfg.Leases.Renew(ctx, job.Room, job.ID, m.lease.Token, m.desk.cfg.Lease)
	switch {
	case errors.Is(err, ErrStaleLease):
		m.cancel(errLeaseLost)
	case err != nil && ctx.Err() == nil:
		m.desk.cfg.Log.Warn("renew a lease", "job", job.ID, "error", err)
	}
}

func (m *minder) show(p protocol.Progress) {
	m.desk.cfg.Queue.cfg.Announcer.Progress(m.lease.Job.Room, p)
}
