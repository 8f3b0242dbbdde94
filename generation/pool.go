package generation

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"atelier/protocol"
)

// PoolConfig wires a [Pool]. Desk and Worker are required.
type PoolConfig struct {
	Desk   *Desk
	Worker string // no other live worker of this store has the same

	Name string // that jobs show while they run; Worker

	Concurrency    int           // attempts at once; 0 only sweeps and places
	SweepEvery     time.Duration // 3 s
	AttemptTimeout time.Duration // 15 min
	Log            *slog.Logger  // slog.Default
}

func (c PoolConfig) withDefaults() PoolConfig {
	if c.SweepEvery == 0 {
		c.SweepEvery = 3 * time.Second
	}
	if c.AttemptTimeout == 0 {
		c.AttemptTimeout = 15 * time.Minute
	}
	if c.Log == nil {
		c.Log = slog.Default()
	}
	return c
}

// Pool executes jobs with workers of this process, sweeps, and places what is not on the canvas yet. An enqueue wakes idle
// workers at once.
type Pool struct {
	cfg  PoolConfig
	caps Capabilities

	ready chan struct{} // closed when what an earlier run left is in the queue again
	stop  context.CancelCauseFunc
	done  sync.WaitGroup
}

// NewPool starts the workers.
func NewPool(cfg PoolConfig) *Pool {
	cfg = cfg.withDefaults()
	ctx, stop := context.WithCancelCause(context.Background())
	p := &Pool{
		cfg:   cfg,
		caps:  Capabilities{Worker: cfg.Worker, Name: cfg.Name, Routes: cfg.Desk.cfg.Queue.cfg.Providers.Routes()},
		ready: make(chan struct{}),
		stop:  stop,
	}
	for range cfg.Concurrency {
		p.done.Go(func() { p.work(ctx) })
	}
	p.done.Go(func() { p.tidy(ctx) })
	return p
}

// Close drains: no more claims, what runs is given back to the queue without counting the attempt (a result that is ready
// is still stored). It returns when every goroutine has ended; providers end soon after their context does.
func (p *Pool) Close() {
	p.stop(errDraining)
	p.done.Wait()
}

// work claims and runs jobs until ctx ends.
func (p *Pool) work(ctx context.Context) {
	<-p.ready
	q := p.cfg.Desk.cfg.Queue
	for ctx.Err() == nil {
		rung := q.bell.next()
		lease, err := p.cfg.Desk.claim(ctx, p.caps)
		switch {
		case err != nil && ctx.Err() == nil:
			p.cfg.Log.Warn("claim a job", "error", err)
			pause(ctx, p.cfg.SweepEvery)
		case lease != nil:
			p.run(ctx, *lease)
		default:
			select {
			case <-ctx.Done():
			case <-rung:
			}
		}
	}
}

// tidy takes back what an earlier run of this worker had, sweeps, and goes on sweeping.
func (p *Pool) tidy(ctx context.Context) {
	lapsed, err := p.cfg.Desk.cfg.Leases.Lapse(ctx, p.cfg.Worker)
	if err != nil {
		p.cfg.Log.Warn("take back the leases of an earlier run", "error", err) // they lapse by themselves
	}
	for _, job := range lapsed {
		p.cfg.Desk.cfg.Queue.moved(ctx, job)
	}
	close(p.ready)
	for ctx.Err() == nil {
		if err := p.sweep(ctx); err != nil && ctx.Err() == nil {
			p.cfg.Log.Warn("sweep the queue", "error", err)
		}
		pause(ctx, p.cfg.SweepEvery)
	}
}

func (p *Pool) sweep(ctx context.Context) error {
	changed, err := p.cfg.Desk.cfg.Leases.Sweep(ctx)
	if err != nil {
		return fmt.Errorf("sweep leases: %w", err)
	}
	for _, job := range changed {
		p.cfg.Desk.cfg.Queue.moved(ctx, job)
	}
	queue := p.cfg.Desk.cfg.Queue.cfg
	if waiting, err := queue.Line.Depth(ctx); err == nil {
		queue.Metrics.Waiting(waiting)
	}
	p.cfg.Desk.cfg.Queue.bell.ring() // jobs of other instances and of before the start, too
	const batch = 100
	for cursor, more := "", true; more && ctx.Err() == nil; more = cursor != "" {
		var jobs []protocol.Job
		jobs, cursor, err = p.cfg.Desk.cfg.Placements.Unplaced(ctx, cursor, batch)
		if err != nil {
			return fmt.Errorf("read what is not placed: %w", err)
		}
		for _, job := range jobs {
			p.cfg.Desk.place(ctx, job)
		}
	}
	return nil
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}
