package generation

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"atelier/protocol"
)

// PoolConfig wires a [Pool]. All fields but the last eight are required.
type PoolConfig struct {
	Queue      *Queue
	Leases     LeaseStore
	Placements PlacementStore
	Placer     Placer
	Assets     *Assets
	Worker     string // name that jobs show while they run; no other live worker of this store has it

	Concurrency    int               // attempts at once; 2
	Lease          time.Duration     // 30 s, renewed at a third of it
	SweepEvery     time.Duration     // 3 s
	ProgressEvery  time.Duration     // progress of a job is shown at most this often; 250 ms
	AttemptTimeout time.Duration     // 15 min
	PlaceTimeout   time.Duration     // 10 s
	Jitter         func(int64) int64 // uniform in [0, n); rand.Int64N
	Log            *slog.Logger      // slog.Default
	storeTimeout   time.Duration     // reports of an attempt that is over; 5 s
}

func (c PoolConfig) withDefaults() PoolConfig {
	orElse := func(d *time.Duration, usual time.Duration) {
		if *d == 0 {
			*d = usual
		}
	}
	orElse(&c.Lease, 30*time.Second)
	orElse(&c.SweepEvery, 3*time.Second)
	orElse(&c.ProgressEvery, 250*time.Millisecond)
	orElse(&c.AttemptTimeout, 15*time.Minute)
	orElse(&c.PlaceTimeout, 10*time.Second)
	orElse(&c.storeTimeout, 5*time.Second)
	if c.Concurrency == 0 {
		c.Concurrency = 2
	}
	if c.Jitter == nil {
		c.Jitter = rand.Int64N
	}
	if c.Log == nil {
		c.Log = slog.Default()
	}
	return c
}

// Pool executes jobs with workers of this process, sweeps, and places what is not on the canvas yet. An enqueue wakes an
// idle worker at once; a woken worker that finds a job wakes the next one.
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
		caps:  Capabilities{Worker: cfg.Worker, Providers: cfg.Queue.cfg.Providers.Names()},
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
	for ctx.Err() == nil {
		lease, err := p.cfg.Leases.Claim(ctx, p.caps, p.cfg.Lease)
		switch {
		case err != nil && ctx.Err() == nil:
			p.cfg.Log.Warn("claim a job", "error", err)
			pause(ctx, p.cfg.SweepEvery)
		case lease != nil:
			p.cfg.Queue.wakeWorkers() // there may be more
			p.run(ctx, *lease)
		default:
			select {
			case <-ctx.Done():
			case <-p.cfg.Queue.wake:
			}
		}
	}
}

// tidy takes back what an earlier run of this worker had, sweeps, and goes on sweeping.
func (p *Pool) tidy(ctx context.Context) {
	lapsed, err := p.cfg.Leases.Lapse(ctx, p.cfg.Worker)
	if err != nil {
		p.cfg.Log.Warn("take back the leases of an earlier run", "error", err) // they lapse by themselves
	}
	for _, job := range lapsed {
		p.cfg.Queue.moved(ctx, job)
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
	changed, err := p.cfg.Leases.Sweep(ctx)
	if err != nil {
		return fmt.Errorf("sweep leases: %w", err)
	}
	for _, job := range changed {
		p.cfg.Queue.moved(ctx, job)
	}
	p.cfg.Queue.wakeWorkers() // jobs of other instances and of before the start, too
	const batch = 100
	for cursor, more := "", true; more && ctx.Err() == nil; more = cursor != "" {
		var jobs []protocol.Job
		jobs, cursor, err = p.cfg.Placements.Unplaced(ctx, cursor, batch)
		if err != nil {
			return fmt.Errorf("read what is not placed: %w", err)
		}
		for _, job := range jobs {
			p.place(ctx, job)
		}
	}
	return nil
}

// place puts a job's results on the canvas; what fails is left to the sweep. Twice at once is harmless.
func (p *Pool) place(ctx context.Context, job protocol.Job) {
	ctx, cancel := context.WithTimeout(ctx, p.cfg.PlaceTimeout)
	defer cancel()
	err := p.cfg.Placer.Place(ctx, job)
	if err != nil {
		p.cfg.Log.Warn("place a result", "room", job.Room, "job", job.ID, "error", err)
		if coded := protocol.AsError(err); coded.Retryable || coded.Code == protocol.CodeInternal {
			return
		}
	}
	placed, err := p.cfg.Placements.MarkPlaced(ctx, job.Room, job.ID)
	if err != nil {
		p.cfg.Log.Warn("mark a job as placed", "room", job.Room, "job", job.ID, "error", err)
		p.cfg.Queue.keeper.touch(job.Room) // it may be stored: the room is shown what there is
		return
	}
	p.cfg.Queue.moved(ctx, placed)
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}
