package sqlite

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"atelier/generation"
	"atelier/protocol"
)

// claimQuery looks at the head of each provider's line: as many index look-ups as the worker has providers, however many
// jobs wait. The unary plus keeps SQLite from walking the whole line in order of place instead.
const claimQuery = `SELECT ` + jobColumns + ` FROM jobs WHERE n IN (
	SELECT (SELECT n FROM jobs WHERE state = 'queued' AND provider = able.value ORDER BY place LIMIT 1)
	FROM json_each(?) AS able) ORDER BY +place LIMIT 1`

// Claim implements [generation.LeaseStore].
func (db *DB) Claim(ctx context.Context, c generation.Capabilities, lease time.Duration) (*generation.Lease, error) {
	providers, err := json.Marshal(c.Providers)
	if err != nil {
		return nil, fmt.Errorf("encode capabilities: %w", err)
	}
	var out *generation.Lease
	err = db.writeJobs(ctx, func(t jobTx) error {
		out = nil
		r, found, err := t.job(claimQuery, string(providers))
		if err != nil || !found {
			return err
		}
		r.State, r.Worker, r.Error = protocol.JobLeased, c.Worker, nil
		r.Attempt++
		r.token++
		r.leaseUntil = afterMS(t.now, lease)
		if err := t.save(&r); err != nil {
			return err
		}
		out = &generation.Lease{
			Job: r.Job, Workspace: r.workspace, Token: r.token, Expires: time.UnixMilli(r.leaseUntil),
		}
		return nil
	})
	return out, err
}

// held reads a job that is leased under the token.
func (t jobTx) held(room, id string, token int64) (jobRow, error) {
	r, found, err := t.job(`SELECT `+jobColumns+` FROM jobs WHERE room = ? AND id = ?`, room, id)
	switch {
	case err != nil:
		return jobRow{}, err
	case !found, r.token != token, r.State != protocol.JobLeased && r.State != protocol.JobRunning:
		return jobRow{}, generation.ErrStaleLease
	}
	return r, nil
}

// Renew implements [generation.LeaseStore].
func (db *DB) Renew(
	ctx context.Context, room, id string, token int64, lease time.Duration,
) (job *protocol.Job, err error) {
	err = db.writeJobs(ctx, func(t jobTx) error {
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
func (db *DB) Finish(
	ctx context.Context, room, id string, token int64, end generation.Ending,
) (job protocol.Job, err error) {
	err = db.writeJobs(ctx, func(t jobTx) error {
		r, err := t.held(room, id, token)
		if err != nil {
			return err
		}
		r.Cost += end.Cost
		switch end.State {
		case protocol.JobSucceeded:
			err = t.succeed(&r, end)
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
		default:
			err = fmt.Errorf("finish job %s: %s is no ending", id, end.State)
		}
		if err != nil {
			return err
		}
		err = t.save(&r)
		job = r.Job
		return err
	})
	return job, err
}

func (t jobTx) succeed(r *jobRow, end generation.Ending) error {
	if took := t.now - r.StartedAt; r.StartedAt > 0 {
		if err := t.learnPace(r.Job, float64(took)/float64(max(1, r.Count))); err != nil {
			return err
		}
	}
	for _, a := range end.Assets {
		if err := t.putAsset(a); err != nil {
			return err
		}
	}
	r.Results, r.Error, r.Placed = end.Results, nil, false
	r.end(protocol.JobSucceeded, t.now)
	return nil
}

// Sweep implements [generation.LeaseStore].
func (db *DB) Sweep(ctx context.Context) (changed []protocol.Job, err error) {
	err = db.writeJobs(ctx, func(t jobTx) error {
		changed, err = t.lapse(`SELECT `+jobColumns+` FROM jobs WHERE lease_until > 0 AND lease_until <= ? LIMIT 1`, t.now)
		for err == nil {
			r, found, failed := t.job(`SELECT `+jobColumns+` FROM jobs WHERE resume_at > 0 AND resume_at <= ? LIMIT 1`, t.now)
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
func (db *DB) Lapse(ctx context.Context, worker string) (changed []protocol.Job, err error) {
	err = db.writeJobs(ctx, func(t jobTx) error {
		changed, err = t.lapse(`SELECT `+jobColumns+` FROM jobs WHERE lease_until > 0 AND worker = ? LIMIT 1`, worker)
		return err
	})
	return changed, err
}

// lapse ends the leases that a query finds, one at a time, until it finds none.
func (t jobTx) lapse(query string, arg any) (changed []protocol.Job, err error) {
	for {
		r, found, err := t.job(query, arg)
		if err != nil || !found {
			return changed, err
		}
		if r.Attempt < r.MaxAttempts {
			r.rest(protocol.JobQueued)
		} else {
			r.Error = protocol.Errorf(protocol.CodeUnavailable, "the worker was lost %d times", r.Attempt)
			r.end(protocol.JobFailed, t.now)
		}
		if err := t.save(&r); err != nil {
			return nil, err
		}
		changed = append(changed, r.Job)
	}
}
