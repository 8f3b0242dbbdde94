package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"atelier/protocol"
)

// jobColumns are what scanJob reads, in its order.
const jobColumns = `n, room, id, workspace, seq, place, priority, user, user_name, state, route, units, attempt, max_attempts, token,
	lease_until, holder, worker, resume_at, placed, created_at, started_at, ended_at, estimate, cost, chain, step, steps, froms,
	winner, winner_by, request, results, error`

// jobRow is a job as the table has it.
type jobRow struct {
	protocol.Job

	n          int64
	workspace  string
	place      int64
	route      string
	token      int64
	leaseUntil int64             // 0 when nobody has it
	holder     string            // worker that has it
	request    string            // as stored; equal requests are equal strings
	was        protocol.JobState // as the table has it
}

func scanJob(s scanner) (jobRow, error) {
	var r jobRow
	var priority int
	var froms, results, failure string
	err := s.Scan(&r.n, &r.Room, &r.ID, &r.workspace, &r.Seq, &r.place, &priority, &r.User, &r.UserName, &r.State, &r.route, &r.Units,
		&r.Attempt, &r.MaxAttempts, &r.token, &r.leaseUntil, &r.holder, &r.Worker, &r.ResumeAt, &r.Placed, &r.CreatedAt,
		&r.StartedAt, &r.EndedAt, &r.EstimatedCost, &r.Cost, &r.Chain, &r.Step, &r.Steps, &froms, &r.Winner, &r.WinnerBy,
		&r.request, &results, &failure)
	if err != nil {
		return jobRow{}, err //nolint:wrapcheck // callers look for sql.ErrNoRows
	}
	r.was = r.State
	err = json.Unmarshal([]byte(r.request), &r.JobRequest)
	r.Priority = priority // it may have been moved
	if froms != "" {
		err = errors.Join(err, json.Unmarshal([]byte(froms), &r.From))
	}
	if results != "" {
		err = errors.Join(err, json.Unmarshal([]byte(results), &r.Results))
	}
	if failure != "" {
		r.Error = new(protocol.Error)
		err = errors.Join(err, json.Unmarshal([]byte(failure), r.Error))
	}
	if err != nil {
		return jobRow{}, fmt.Errorf("decode job %s: %w", r.ID, err)
	}
	return r, nil
}

func scanJobs(rows *sql.Rows, failed error) (jobs []protocol.Job, err error) {
	if failed != nil {
		return nil, fmt.Errorf("read jobs: %w", failed)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		r, err := scanJob(rows)
		if err != nil {
			return nil, err
		}
		jobs = append(jobs, r.Job)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read jobs: %w", err)
	}
	return jobs, nil
}

// encode is the JSON of v; "" for nothing.
func encodeOrEmpty[T any](v []T) (string, error) {
	if len(v) == 0 {
		return "", nil
	}
	b, err := json.Marshal(v)
	if err != nil {
		return "", fmt.Errorf("encode: %w", err)
	}
	return string(b), nil
}

func encodeError(e *protocol.Error) (string, error) {
	if e == nil {
		return "", nil
	}
	b, err := json.Marshal(e)
	if err != nil {
		return "", fmt.Errorf("encode: %w", err)
	}
	return string(b), nil
}

// jobTx is the jobs' part of a write: it runs cached statements and bumps sequences.
type jobTx struct {
	db  *DB
	ctx context.Context //nolint:containedctx // of the write, which this lives no longer than
	tx  *sql.Tx
	now int64 // unix ms; one moment for the whole write
}

// writeJobs runs fn as a write.
func (db *DB) writeJobs(ctx context.Context, fn func(t jobTx) error) error {
	return db.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		return fn(jobTx{db: db, ctx: ctx, tx: tx, now: db.now().UnixMilli()})
	})
}

func (t jobTx) exec(query string, args ...any) error {
	stmt, err := t.db.prepared(t.ctx, t.tx, query) //nolint:sqlclosecheck // the committer keeps it
	if err != nil {
		return err
	}
	if _, err := stmt.ExecContext(t.ctx, args...); err != nil {
		return fmt.Errorf("write jobs: %w", err)
	}
	return nil
}

// number reads one integer; 0 when there is no row.
func (t jobTx) number(query string, args ...any) (n int64, err error) {
	stmt, err := t.db.prepared(t.ctx, t.tx, query) //nolint:sqlclosecheck // the committer keeps it
	if err != nil {
		return 0, err
	}
	err = stmt.QueryRowContext(t.ctx, args...).Scan(&n)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return 0, fmt.Errorf("write jobs: %w", err)
	}
	return n, nil
}

// job reads one job; found is false when the query finds none.
func (t jobTx) job(query string, args ...any) (r jobRow, found bool, err error) {
	stmt, err := t.db.prepared(t.ctx, t.tx, query) //nolint:sqlclosecheck // the committer keeps it
	if err != nil {
		return jobRow{}, false, err
	}
	r, err = scanJob(stmt.QueryRowContext(t.ctx, args...))
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return jobRow{}, false, nil
	case err != nil:
		return jobRow{}, false, fmt.Errorf("write jobs: %w", err)
	}
	return r, true, nil
}

// jobs reads jobs.
func (t jobTx) jobs(query string, args ...any) (list []jobRow, err error) {
	stmt, err := t.db.prepared(t.ctx, t.tx, query) //nolint:sqlclosecheck // the committer keeps it
	if err != nil {
		return nil, err
	}
	rows, err := stmt.QueryContext(t.ctx, args...)
	if err != nil {
		return nil, fmt.Errorf("write jobs: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		r, err := scanJob(rows)
		if err != nil {
			return nil, err
		}
		list = append(list, r)
	}
	return list, rows.Err() //nolint:wrapcheck // as above
}

// find reads a job by its name.
func (t jobTx) find(room, id string) (jobRow, error) {
	r, found, err := t.job(`SELECT `+jobColumns+` FROM jobs WHERE room = ? AND id = ?`, room, id)
	if err == nil && !found {
		err = noSuchJob(id)
	}
	return r, err
}

// save stores a transition of a job under the room's next sequence: everything of it that changes after it was made. What
// it means for whose turn it is follows from the state before and after.
func (t jobTx) save(r *jobRow) error {
	results, err := encodeOrEmpty(r.Results)
	if err != nil {
		return err
	}
	failure, err := encodeError(r.Error)
	if err != nil {
		return err
	}
	if err := t.turn(r); err != nil {
		return err
	}
	if r.Seq, err = t.nextSeq(r.Room); err != nil {
		return err
	}
	return t.exec(`UPDATE jobs SET seq = ?, place = ?, priority = ?, state = ?, attempt = ?, token = ?, lease_until = ?, holder = ?,
		worker = ?, resume_at = ?, placed = ?, started_at = ?, ended_at = ?, cost = ?, winner = ?, winner_by = ?, request = ?,
		results = ?, error = ? WHERE n = ?`,
		r.Seq, r.place, r.Priority, r.State, r.Attempt, r.token, r.leaseUntil, r.holder,
		r.Worker, r.ResumeAt, r.Placed, r.StartedAt, r.EndedAt, r.Cost, r.Winner, r.WinnerBy, r.request,
		results, failure, r.n)
}

// ask changes what the job asks for.
func (r *jobRow) ask(change func(*protocol.JobRequest)) error {
	change(&r.JobRequest)
	request, err := json.Marshal(r.JobRequest)
	if err != nil {
		return fmt.Errorf("encode request of job %s: %w", r.ID, err)
	}
	r.request = string(request)
	return nil
}

func (t jobTx) nextSeq(room string) (int64, error) {
	return t.number(`INSERT INTO job_seqs (room, seq) VALUES (?, 1) ON CONFLICT DO UPDATE SET seq = seq + 1 RETURNING seq`,
		room)
}

// rest takes the job from its worker.
func (r *jobRow) rest(state protocol.JobState) {
	r.State, r.leaseUntil, r.holder, r.Worker, r.ResumeAt, r.StartedAt = state, 0, "", "", 0, 0
}

// end makes the job final. It keeps when it was started.
func (r *jobRow) end(state protocol.JobState, now int64) {
	started, worker := r.StartedAt, r.Worker
	r.rest(state)
	r.StartedAt, r.Worker, r.EndedAt = started, worker, now
}

func noSuchJob(id string) error {
	return protocol.Errorf(protocol.CodeNotFound, "job %.40s: no such job", id)
}

func afterMS(now int64, d time.Duration) int64 { return now + d.Milliseconds() }
