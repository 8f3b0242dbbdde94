package relational

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"atelier/generation"
	"atelier/protocol"
)

// Claim implements [generation.LeaseStore].
func (s *Store) Claim(
	ctx context.Context, c generation.Capabilities, lease time.Duration, caps generation.Caps,
) (*generation.Lease, error) {
	var out *generation.Lease
	err := s.writeJobs(ctx, Queue(), func(t jobTx) error {
		out = nil
		routes, err := t.routes(c, caps)
		if err != nil {
			return err
		}
		r, found, err := t.lease(c, Wanted{Routes: routes, Room: c.Room, Running: caps.Running}, afterMS(t.now, lease))
		if err != nil || !found {
			return err
		}
		out = &generation.Lease{
			Job: r.Job, Workspace: r.workspace, Token: r.token, Expires: time.UnixMilli(r.leaseUntil),
		}
		return nil
	})
	return out, err
}

// lease gives the job whose turn it is to a worker, until a time in unix ms.
func (t jobTx) lease(c generation.Capabilities, w Wanted, until int64) (r jobRow, found bool, err error) {
	name := cmp.Or(c.Name, c.Worker)
	if t.claim != "" {
		return t.job(t.claim, w.Routes, w.Room, w.Running, c.Worker, name, until)
	}
	if r, found, err = t.turnOf(w); err != nil || !found {
		return jobRow{}, false, err
	}
	if err := t.charge(&r); err != nil {
		return jobRow{}, false, err
	}
	r.State, r.holder, r.Worker, r.Error = protocol.JobLeased, c.Worker, name, nil
	r.Attempt++
	r.token++
	r.leaseUntil = until
	if err := t.save(&r); err != nil {
		return jobRow{}, false, err
	}
	return r, true, nil
}

// routes is the JSON list of a worker's routes, without those of providers that are at their cap.
func (t jobTx) routes(c generation.Capabilities, caps generation.Caps) (string, error) {
	routes := make([]string, 0, len(c.Routes))
	full := make(map[string]bool)
	for _, route := range c.Routes {
		provider, _, _ := strings.Cut(route, "/")
		limit := caps.Providers[provider]
		if _, counted := full[provider]; limit > 0 && !counted {
			busy, err := t.number(t.dialect.Running, provider)
			if err != nil {
				return "", err
			}
			full[provider] = busy >= int64(limit)
		}
		if !full[provider] {
			routes = append(routes, route)
		}
	}
	list, err := json.Marshal(routes)
	if err != nil {
		return "", fmt.Errorf("encode capabilities: %w", err)
	}
	return string(list), nil
}

// held reads a job that is leased under the token.
func (t jobTx) held(room, id string, token int64) (jobRow, error) {
	r, found, err := t.job(byNameQuery, room, id)
	switch {
	case err != nil:
		return jobRow{}, err
	case !found, r.token != token, !atWorker(r.State):
		return jobRow{}, generation.ErrStaleLease
	}
	return r, nil
}

// Renew implements [generation.LeaseStore].
func (s *Store) Renew(
	ctx context.Context, room, id string, token int64, lease time.Duration,
) (job *protocol.Job, err error) {
	err = s.writeJobs(ctx, Room(room), func(t jobTx) error {
		job = nil
		r, err := t.held(room, id, token)
		if err != nil {
			return err
		}
		r.leaseUntil = afterMS(t.now, lease)
		if r.State == protocol.JobRunning {
			return t.exec(`UPDATE jobs SET lease_until = ? WHERE n = ?`, r.leaseUntil, r.n)
		}
		r.State, r.StartedAt = protocol.JobRunning, t.now
		job = &r.Job
		return t.save(&r)
	})
	return job, err
}

// Finish implements [generation.LeaseStore].
func (s *Store) Finish(
	ctx context.Context, room, id string, token int64, end generation.Ending,
) (changed []protocol.Job, err error) {
	err = s.writeJobs(ctx, Room(room), func(t jobTx) error {
		changed = nil
		r, found, err := t.job(byNameQuery, room, id)
		switch {
		case err != nil:
			return err
		case !found, r.token != token:
			return generation.ErrStaleLease
		case r.State == protocol.JobSucceeded, r.State == protocol.JobFailed, r.State == protocol.JobDelayed:
			changed = []protocol.Job{r.Job} // ended by this token: cancel and lapse count it on
			return nil
		case !atWorker(r.State):
			return generation.ErrStaleLease
		}
		if err := t.finish(&r, end); err != nil {
			return err
		}
		behind, err := t.carryOn(&r)
		changed = append([]protocol.Job{r.Job}, behind...)
		return err
	})
	return changed, err
}

func (t jobTx) finish(r *jobRow, end generation.Ending) error {
	var err error
	r.Cost += end.Cost
	switch end.State {
	case protocol.JobSucceeded:
		err = t.succeed(r, end)
	case protocol.JobFailed:
		r.Error = end.Error
		r.end(protocol.JobFailed, t.now)
	case protocol.JobDelayed:
		r.Error = end.Error
		r.rest(protocol.JobDelayed)
		r.ResumeAt = max(1, afterMS(t.now, end.Delay))
	case protocol.JobQueued:
		r.Attempt--
		r.rest(protocol.JobQueued)
		err = t.refund(r)
	default:
		err = fmt.Errorf("finish job %s: %s is no ending", r.ID, end.State)
	}
	if err != nil {
		return err
	}
	return t.save(r)
}

func (t jobTx) succeed(r *jobRow, end generation.Ending) error {
	if took := t.now - r.StartedAt; r.StartedAt > 0 {
		if err := t.learnPace(r.Job, float64(took)/float64(max(1, len(end.Results)))); err != nil {
			return err
		}
	}
	for _, a := range end.Assets {
		if err := t.putAsset(a); err != nil {
			return err
		}
	}
	for _, o := range end.Origins {
		if err := t.putOrigin(o); err != nil {
			return err
		}
	}
	r.Results, r.Error, r.Placed = end.Results, nil, false
	r.end(protocol.JobSucceeded, t.now)
	return nil
}

// Sweep implements [generation.LeaseStore].
func (s *Store) Sweep(ctx context.Context) (changed []protocol.Job, err error) {
	err = s.writeJobs(ctx, Queue(), func(t jobTx) error {
		changed, err = t.lapse(t.dialect.Lapsed, t.now)
		for err == nil {
			r, found, failed := t.named(t.dialect.Due, t.now)
			if err = failed; err != nil || !found {
				break
			}
			r.rest(protocol.JobQueued)
			err = t.save(&r)
			changed = append(changed, r.Job)
		}
		return err
	})
	return changed, err
}

// Lapse implements [generation.LeaseStore].
func (s *Store) Lapse(ctx context.Context, worker string) (changed []protocol.Job, err error) {
	err = s.writeJobs(ctx, Queue(), func(t jobTx) error {
		changed, err = t.lapse(t.dialect.HeldBy, worker)
		return err
	})
	return changed, err
}

// lapse ends the leases that a query finds, one at a time, until it finds none.
func (t jobTx) lapse(query string, arg any) (changed []protocol.Job, err error) {
	for {
		r, found, err := t.named(query, arg)
		if err != nil || !found {
			return changed, err
		}
		r.token++                            // whoever had it is late from now on
		if err := t.refund(&r); err != nil { // its requester got nothing for it
			return nil, err
		}
		if r.Attempt < r.MaxAttempts {
			r.Error = protocol.Errorf(protocol.CodeUnavailable, "%s was lost; the job waits in its place again", r.Worker)
			r.rest(protocol.JobQueued)
		} else {
			r.Error = protocol.Errorf(protocol.CodeUnavailable, "the worker was lost %d times", r.Attempt)
			r.end(protocol.JobFailed, t.now)
		}
		if err := t.save(&r); err != nil {
			return nil, err
		}
		changed = append(changed, r.Job)
		behind, err := t.carryOn(&r)
		if err != nil {
			return nil, err
		}
		changed = append(changed, behind...)
	}
}
