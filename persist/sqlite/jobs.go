package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"atelier/generation"
	"atelier/protocol"
)

var (
	_ generation.QueueStore     = (*DB)(nil)
	_ generation.LineStore      = (*DB)(nil)
	_ generation.LeaseStore     = (*DB)(nil)
	_ generation.PlacementStore = (*DB)(nil)
	_ generation.AssetStore     = (*DB)(nil)
)

// Enqueue implements [generation.QueueStore].
func (db *DB) Enqueue(
	ctx context.Context, workspace string, job protocol.Job, caps generation.Caps,
) (stored protocol.Job, created bool, err error) {
	request, err := json.Marshal(job.JobRequest)
	if err != nil {
		return protocol.Job{}, false, fmt.Errorf("encode request of job %s: %w", job.ID, err)
	}
	err = db.writeJobs(ctx, func(t jobTx) error {
		there, found, err := t.job(`SELECT `+jobColumns+` FROM jobs WHERE room = ? AND id = ?`, job.Room, job.ID)
		switch {
		case err != nil:
			return err
		case found && (there.User != job.User || there.request != string(request)):
			return protocol.Errorf(protocol.CodeInvalidInput, "id: another job has it")
		case found:
			stored, created = there.Job, false
			return nil
		}
		stored, err = t.insert(workspace, job, string(request), caps)
		created = err == nil
		return err
	})
	return stored, created, err
}

func (t jobTx) insert(workspace string, job protocol.Job, request string, caps generation.Caps) (protocol.Job, error) {
	known, err := t.number(`SELECT count(*) FROM rooms WHERE id = ? AND workspace = ?`, job.Room, workspace)
	if err != nil {
		return protocol.Job{}, err
	}
	if known == 0 {
		return protocol.Job{}, protocol.Errorf(protocol.CodeNotFound, "room %.64s: no such room", job.Room)
	}
	if err := t.checkCaps(job, caps); err != nil {
		return protocol.Job{}, err
	}
	place, err := t.takePlace(job)
	if err != nil {
		return protocol.Job{}, err
	}
	if job.Seq, err = t.nextSeq(job.Room); err != nil {
		return protocol.Job{}, err
	}
	job.State, job.CreatedAt = protocol.JobQueued, t.now
	return job, t.exec(`INSERT INTO jobs (room, id, workspace, seq, place, user, user_name, state, provider, model, count,
		priority, attempt, max_attempts, token, lease_until, worker, resume_at, placed, created_at, started_at, ended_at,
		cost, request, results, error)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, 0, 0, '', 0, 0, ?, 0, 0, 0, ?, '', '')`,
		job.Room, job.ID, workspace, job.Seq, place, job.User, job.UserName, job.State, job.Provider, job.Model, job.Count,
		job.Priority, job.MaxAttempts, t.now, request)
}

func (t jobTx) checkCaps(job protocol.Job, caps generation.Caps) error {
	if caps.Pending <= 0 {
		return nil
	}
	pending, err := t.number(`SELECT count(*) FROM jobs WHERE room = ? AND user = ? AND ended_at = 0`, job.Room, job.User)
	if err == nil && pending >= int64(caps.Pending) {
		return protocol.Errorf(protocol.CodeRateLimited, "%d of %d jobs are unfinished", pending, caps.Pending)
	}
	return err
}

// takePlace finds the place of a job that begins to wait: the line's end, or that of the first of its user's own jobs
// with a lower priority, which all move to the place of the next of them.
func (t jobTx) takePlace(job protocol.Job) (place int64, err error) {
	place, err = t.number(`UPDATE job_line SET places = places + 1 RETURNING places`)
	if err != nil {
		return 0, err
	}
	lower, err := t.lowerOwn(job)
	if err != nil {
		return 0, err
	}
	for _, l := range slices.Backward(lower) {
		if err := t.exec(`UPDATE jobs SET place = ? WHERE n = ?`, place, l.n); err != nil {
			return 0, err
		}
		place = l.place
	}
	return place, nil
}

type placeOf struct{ n, place int64 }

func (t jobTx) lowerOwn(job protocol.Job) (lower []placeOf, err error) {
	const query = `SELECT n, place FROM jobs
		WHERE room = ? AND user = ? AND ended_at = 0 AND state = 'queued' AND priority < ? ORDER BY place`
	stmt, err := t.db.prepared(t.ctx, t.tx, query) //nolint:sqlclosecheck // the committer keeps it
	if err != nil {
		return nil, err
	}
	rows, err := stmt.QueryContext(t.ctx, job.Room, job.User, job.Priority)
	if err != nil {
		return nil, fmt.Errorf("read own waiting jobs: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var p placeOf
		if err := rows.Scan(&p.n, &p.place); err != nil {
			return nil, fmt.Errorf("read own waiting jobs: %w", err)
		}
		lower = append(lower, p)
	}
	return lower, rows.Err() //nolint:wrapcheck // as above
}

// Job implements [generation.QueueStore].
func (db *DB) Job(ctx context.Context, room, id string) (protocol.Job, error) {
	r, err := scanJob(db.read.QueryRowContext(ctx,
		`SELECT `+jobColumns+` FROM jobs WHERE room = ? AND id = ?`, room, id))
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return protocol.Job{}, noSuchJob(id)
	case err != nil:
		return protocol.Job{}, fmt.Errorf("read job %s: %w", id, err)
	}
	return r.Job, nil
}

// Jobs implements [generation.QueueStore].
func (db *DB) Jobs(ctx context.Context, room string, after int64, limit int) ([]protocol.Job, error) {
	if after > 0 {
		return scanJobs(db.read.QueryContext(ctx,
			`SELECT `+jobColumns+` FROM jobs WHERE room = ? AND seq > ? ORDER BY seq LIMIT ?`, room, after, limit))
	}
	jobs, err := scanJobs(db.read.QueryContext(ctx, overviewQuery, room, limit, room, limit))
	if surplus := len(jobs) - limit; surplus > 0 { // the oldest finished ones have to go
		jobs = slices.DeleteFunc(jobs, func(j protocol.Job) bool {
			drop := j.State.Final() && surplus > 0
			if drop {
				surplus--
			}
			return drop
		})
	}
	return jobs, err
}

// overviewQuery is one statement, so that it sees one moment.
const overviewQuery = `SELECT * FROM (
	SELECT ` + jobColumns + ` FROM jobs WHERE room = ? AND ended_at = 0 ORDER BY place LIMIT ?)
	UNION ALL SELECT * FROM (
	SELECT ` + jobColumns + ` FROM jobs WHERE room = ? AND ended_at > 0 ORDER BY seq DESC LIMIT ?)
	ORDER BY seq`

// Cancel implements [generation.QueueStore].
func (db *DB) Cancel(ctx context.Context, room, id string) (job protocol.Job, err error) {
	err = db.writeJobs(ctx, func(t jobTx) error {
		r, err := t.find(room, id)
		if err != nil {
			return err
		}
		if r.State.Final() {
			return protocol.Errorf(protocol.CodeConflict, "the job is %s already", r.State)
		}
		r.end(protocol.JobCancelled, t.now)
		err = t.save(&r)
		job = r.Job
		return err
	})
	return job, err
}

// Requeue implements [generation.QueueStore].
func (db *DB) Requeue(ctx context.Context, room, id string, caps generation.Caps) (job protocol.Job, err error) {
	err = db.writeJobs(ctx, func(t jobTx) error {
		r, err := t.find(room, id)
		if err != nil {
			return err
		}
		if r.State != protocol.JobFailed && r.State != protocol.JobCancelled {
			return protocol.Errorf(protocol.CodeConflict, "the job is %s", r.State)
		}
		if err := t.checkCaps(r.Job, caps); err != nil {
			return err
		}
		place, err := t.takePlace(r.Job)
		if err != nil {
			return err
		}
		if err := t.exec(`UPDATE jobs SET place = ? WHERE n = ?`, place, r.n); err != nil {
			return err
		}
		r.rest(protocol.JobQueued)
		r.Attempt, r.Error, r.EndedAt = 0, nil, 0
		err = t.save(&r)
		job = r.Job
		return err
	})
	return job, err
}
