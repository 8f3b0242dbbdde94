package generation

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"atelier/protocol"
)

// Retries wait a random time up to firstBackoff, doubled with every attempt, at most lastBackoff: full jitter.
const (
	firstBackoff = time.Second
	lastBackoff  = time.Minute
)

// run executes one attempt from its lease to its ending.
func (p *Pool) run(ctx context.Context, lease Lease) {
	desk, job := p.cfg.Desk, lease.Job
	q := desk.cfg.Queue
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	ctx, timeout := context.WithTimeoutCause(ctx, p.cfg.AttemptTimeout, errTooLong)
	defer timeout()
	q.runs.add(job.Room, job.ID, cancel) // before the lease is checked, so that no cancel falls between
	defer q.runs.remove(job.Room, job.ID)
	q.moved(ctx, job)

	running, err := desk.cfg.Leases.Renew(ctx, job.Room, job.ID, lease.Token, desk.cfg.Lease)
	switch {
	case errors.Is(err, ErrStaleLease):
		return
	case err == nil && running != nil:
		lease.Job = *running
		q.moved(ctx, *running)
	}
	var end Ending
	if err != nil {
		end, err = p.ending(ctx, lease.Job, Ending{}, fmt.Errorf("renew the lease: %w", err))
	} else {
		m := newMinder(ctx, desk, lease, cancel)
		made, failure := p.generate(ctx, lease, m)
		m.close()
		end, err = p.ending(ctx, lease.Job, made, failure)
	}
	if err == nil {
		_, _ = desk.finish(ctx, lease, end) // it says so itself when it cannot
	}
}

// generate makes all results of a job, one after another.
func (p *Pool) generate(ctx context.Context, lease Lease, m *minder) (Ending, error) {
	job, desk := lease.Job, p.cfg.Desk
	provider := desk.cfg.Queue.cfg.Providers.provider(job.Provider)
	if provider == nil {
		return Ending{}, protocol.Errorf(protocol.CodeProviderError, "provider %s is not configured any more", job.Provider)
	}
	end := Ending{State: protocol.JobSucceeded}
	for i := range Wanted(job.JobRequest) {
		req := desk.requestOf(lease, i)
		made, err := protect(ctx, provider, req, m.reporter(i))
		if err != nil {
			return end, err
		}
		result, assets, err := desk.cfg.Assets.keep(ctx, lease.Workspace, req, made)
		if err != nil {
			return end, err
		}
		end.Results = append(end.Results, result)
		end.Assets = append(end.Assets, assets...)
		end.Cost += made.Cost
	}
	end.Origins = originsOf(job, lease.Workspace, end.Results)
	return end, nil
}

// protect turns a provider's panic into a failure of its job.
func protect(ctx context.Context, p Provider, r Request, report Report) (result Result, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = &panicError{value: v, stack: debug.Stack()}
		}
	}()
	return p.Generate(ctx, r, report)
}

type panicError struct {
	value any
	stack []byte
}

func (e *panicError) Error() string { return fmt.Sprintf("panic: %v", e.value) }

// ending decides what a failed attempt means. An error means that there is nothing to report: the job is not this
// worker's any more.
func (p *Pool) ending(ctx context.Context, job protocol.Job, made Ending, failure error) (Ending, error) {
	if failure == nil {
		return made, nil
	}
	switch cause := context.Cause(ctx); {
	case errors.Is(cause, errCancelled), errors.Is(cause, errLeaseLost):
		return Ending{}, cause
	case errors.Is(cause, errDraining):
		return Ending{State: protocol.JobQueued}, nil
	case errors.Is(cause, errTooLong):
		failure = retryable(protocol.Errorf(protocol.CodeProviderError, "no result within %s", p.cfg.AttemptTimeout))
	}
	return p.cfg.Desk.fail(job, p.reason(job, failure), made.Cost), nil
}

// reason tells people why an attempt failed.
func (p *Pool) reason(job protocol.Job, failure error) *protocol.Error {
	if coded, ok := errors.AsType[*protocol.Error](failure); ok {
		return coded
	}
	if crash, ok := errors.AsType[*panicError](failure); ok {
		p.cfg.Log.Error("a provider panicked", "provider", job.Provider, "job", job.ID, "panic", crash.value,
			"stack", string(crash.stack))
		return protocol.Errorf(protocol.CodeProviderError, "%s broke down on this request", job.Provider)
	}
	p.cfg.Log.Warn("an attempt failed", "provider", job.Provider, "job", job.ID, "attempt", job.Attempt, "error", failure)
	return retryable(protocol.Errorf(protocol.CodeProviderError, "%s could not finish this request", job.Provider))
}

func retryable(e *protocol.Error) *protocol.Error {
	e.Retryable = true
	return e
}

// SeedOf is the seed of a job's result: the one asked for plus the index, or one that follows from the job's id. Never 0,
// within ±2^53, and another for each result, but of a sweep.
func SeedOf(job protocol.Job, index int) int64 {
	if job.Sweep != nil {
		index = 0 // only the swept param differs
	}
	seed := job.Seed + int64(index)
	if job.Seed == 0 {
		sum := sha256.Sum256(fmt.Appendf(nil, "%s/%d", job.ID, index))
		seed = int64(binary.BigEndian.Uint64(sum[:8]) >> 11)
	}
	switch {
	case seed == 0:
		return job.Seed - 1 // the one before the first
	case seed > protocol.MaxSafeInteger:
		return seed - 2*protocol.MaxSafeInteger
	}
	return seed
}
