package generation

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"atelier/protocol"
)

// DeskConfig wires a [Desk]. All fields but the last six are required.
type DeskConfig struct {
	Queue      *Queue
	Leases     LeaseStore
	Placements PlacementStore
	Placer     Placer
	Assets     *Assets

	Instance      string            // tells the workers of this process from those of others over the same store
	Lease         time.Duration     // 30 s, renewed at a third of it
	ProgressEvery time.Duration     // progress of a job is shown at most this often; 250 ms
	PlaceTimeout  time.Duration     // 10 s
	Jitter        func(int64) int64 // uniform in [0, n); rand.Int64N
	Log           *slog.Logger      // slog.Default
	storeTimeout  time.Duration     // reports of an attempt that is over; 5 s
}

func (c DeskConfig) withDefaults() DeskConfig {
	orElse := func(d *time.Duration, usual time.Duration) {
		if *d == 0 {
			*d = usual
		}
	}
	orElse(&c.Lease, 30*time.Second)
	orElse(&c.ProgressEvery, 250*time.Millisecond)
	orElse(&c.PlaceTimeout, 10*time.Second)
	orElse(&c.storeTimeout, 5*time.Second)
	if c.Jitter == nil {
		c.Jitter = rand.Int64N
	}
	if c.Log == nil {
		c.Log = slog.Default()
	}
	return c
}

// Desk is where workers get jobs and bring results: those of the [Pool] of this process, and the members of rooms who
// offered to work (a [Hand] each). What it does is stored first, then shown.
type Desk struct {
	cfg DeskConfig

	mu    sync.Mutex
	hands map[spotKey]*Hand // by job that they have
	all   map[*Hand]struct{}
}

// NewDesk makes a desk.
func NewDesk(cfg DeskConfig) *Desk {
	return &Desk{cfg: cfg.withDefaults(), hands: make(map[spotKey]*Hand), all: make(map[*Hand]struct{})}
}

// Close lets all remote workers go; what they have lapses.
func (d *Desk) Close() {
	d.mu.Lock()
	hands := make([]*Hand, 0, len(d.all))
	for h := range d.all {
		hands = append(hands, h)
	}
	d.mu.Unlock()
	for _, h := range hands {
		h.Close()
	}
}

func (d *Desk) claim(ctx context.Context, c Capabilities) (*Lease, error) {
	begun := time.Now()
	lease, err := d.cfg.Leases.Claim(ctx, c, d.cfg.Lease, d.cfg.Queue.caps())
	if err != nil {
		return nil, fmt.Errorf("claim a job: %w", err)
	}
	if lease != nil {
		d.cfg.Queue.cfg.Metrics.Claimed(time.Since(begun))
	}
	return lease, nil
}

// finish stores an ending even when the attempt's context is over, and shows what follows from it.
func (d *Desk) finish(ctx context.Context, lease Lease, end Ending) (protocol.Job, error) {
	job := lease.Job
	store, cancel := context.WithTimeout(context.WithoutCancel(ctx), d.cfg.storeTimeout)
	defer cancel()
	changed, err := d.cfg.Leases.Finish(store, job.Room, job.ID, lease.Token, end)
	if err != nil {
		if !errors.Is(err, ErrStaleLease) { // unknown whether it is stored; if not, the lease lapses and the job runs again
			d.cfg.Log.Warn("end an attempt", "job", job.ID, "attempt", job.Attempt, "error", err)
			d.cfg.Queue.keeper.touch(job.Room)
		}
		return protocol.Job{}, fmt.Errorf("end an attempt: %w", err)
	}
	ended := changed[0]
	d.measure(job, ended)
	d.cfg.Queue.moved(store, changed...)
	d.cfg.Queue.ring() // a step behind it, or somebody who was at a cap
	if ended.State == protocol.JobSucceeded && ctx.Err() == nil {
		d.place(ctx, ended)
	}
	return ended, nil
}

func (d *Desk) measure(begun, ended protocol.Job) {
	since := func(from int64) time.Duration {
		if from == 0 {
			return 0
		}
		return d.cfg.Queue.cfg.Now().Sub(time.UnixMilli(from))
	}
	ran := since(begun.StartedAt)
	d.cfg.Queue.cfg.Metrics.Ended(Route(ended.Provider, ended.Model), ended.State, since(begun.CreatedAt)-ran, ran)
}

// fail is the ending of an attempt that went wrong for a reason that is told to people.
func (d *Desk) fail(job protocol.Job, reason *protocol.Error, cost float64) Ending {
	if !reason.Retryable || job.Attempt >= job.MaxAttempts {
		return Ending{State: protocol.JobFailed, Error: reason, Cost: cost}
	}
	return Ending{State: protocol.JobDelayed, Error: reason, Delay: d.backoff(job.Attempt, reason), Cost: cost}
}

func (d *Desk) backoff(attempt int, reason *protocol.Error) time.Duration {
	ceiling := min(firstBackoff<<min(attempt-1, 10), lastBackoff)
	wait := time.Duration(d.cfg.Jitter(int64(ceiling)))
	return max(wait, time.Duration(reason.RetryAfterMS)*time.Millisecond)
}

// place puts a job's results on the canvas; what fails is left to the sweep. Twice at once is harmless.
func (d *Desk) place(ctx context.Context, job protocol.Job) {
	ctx, cancel := context.WithTimeout(ctx, d.cfg.PlaceTimeout)
	defer cancel()
	err := d.cfg.Placer.Place(ctx, job)
	if err != nil {
		d.cfg.Log.Warn("place a result", "room", job.Room, "job", job.ID, "error", err)
		if coded := protocol.AsError(err); coded.Retryable || coded.Code == protocol.CodeInternal {
			return
		}
	}
	placed, err := d.cfg.Placements.MarkPlaced(ctx, job.Room, job.ID)
	if err != nil {
		d.cfg.Log.Warn("mark a job as placed", "room", job.Room, "job", job.ID, "error", err)
		d.cfg.Queue.keeper.touch(job.Room) // it may be stored: the room is shown what there is
		return
	}
	d.cfg.Queue.cfg.Metrics.Placed(len(placed.Results))
	d.cfg.Queue.moved(ctx, placed)
}

// requestOf is what a worker is asked to make for one of a job's results.
func (d *Desk) requestOf(lease Lease, index int) Request {
	job := lease.Job
	job.Params = ParamsOf(job.JobRequest, index)
	open := func(ctx context.Context, id string) (Blob, error) {
		_, blob, err := d.cfg.Assets.Open(ctx, lease.Workspace, id)
		return blob, err
	}
	return Request{
		Job: job, Index: index, Seed: SeedOf(lease.Job, index),
		Inputs: func(ctx context.Context, k int) (Blob, error) {
			if k < 0 || k >= len(job.Inputs) {
				return nil, protocol.Errorf(protocol.CodeNotFound, "the job has no input %d", k)
			}
			return open(ctx, job.Inputs[k])
		},
		Mask: func(ctx context.Context) (Blob, error) {
			if job.Mask == "" {
				return nil, protocol.Errorf(protocol.CodeNotFound, "the job has no mask")
			}
			return open(ctx, job.Mask)
		},
	}
}

// have remembers which hand has a job, so that uploads find it.
func (d *Desk) have(job protocol.Job, h *Hand) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.hands[spotKey{job.Room, job.ID}] = h
}

func (d *Desk) let(job protocol.Job, h *Hand) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if key := (spotKey{job.Room, job.ID}); d.hands[key] == h {
		delete(d.hands, key)
	}
}

func (d *Desk) handOf(room, job string) *Hand {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.hands[spotKey{room, job}]
}
