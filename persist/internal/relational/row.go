package relational

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
const jobColumns = `n, room, id, workspace, seq, place, priority, "user", user_name, state, route, units, attempt, max_attempts, token,
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

func scanJob(row scanner) (jobRow, error) {
	var r jobRow
	var priority int
	var froms, results, failure string
	err := row.Scan(&r.n, &r.Room, &r.ID, &r.workspace, &r.Seq, &r.place, &priority, &r.User, &r.UserName, &r.State, &r.route, &r.Units,
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

// readJobs reads the jobs that a query finds in a room.
func (s *Store) readJobs(ctx context.Context, room, query string, args ...any) ([]protocol.Job, error) {
	rows, err := readAll(ctx, s, Room(room), scanJob, query, args...)
	if err != nil {
		return nil, fmt.Errorf("read jobs: %w", err)
	}
	return jobsOf(rows), nil
}

func jobsOf(rows []jobRow) (jobs []protocol.Job) {
	for _, r := range rows {
		jobs = append(jobs, r.Job)
	}
	return jobs
}

// encodeOrEmpty is the JSON of v; "" for nothing.
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

// jobTx is the jobs' part of a transaction.
type jobTx struct {
	ctx     context.Context //nolint:containedctx // of the transaction, which this lives no longer than
	tx      Tx
	dialect *Dialect
	next    string // see nextQuery
	claim   string // see claimQuery
	now     int64  // unix ms; one moment for the whole transaction
}

func (s *Store) jobTx(ctx context.Context, tx Tx) jobTx {
	return jobTx{ctx: ctx, tx: tx, dialect: s.db.Dialect(), next: s.next, claim: s.claim, now: tx.Now().UnixMilli()}
}

// writeJobs runs fn in the queue's order.
func (s *Store) writeJobs(ctx context.Context, in Scope, fn func(t jobTx) error) error {
	return s.db.WriteInOrder(ctx, in, func(ctx context.Context, tx Tx) error { return fn(s.jobTx(ctx, tx)) })
}

func (t jobTx) enter(in Scope) error {
	return t.tx.Enter(t.ctx, in) //nolint:wrapcheck // it says what failed
}

func (t jobTx) exec(query string, args ...any) error {
	if _, err := t.tx.ExecContext(t.ctx, query, args...); err != nil {
		return fmt.Errorf("write jobs: %w", err)
	}
	return nil
}

// first reads the first row of a query into dest; found is false when there is none.
func (t jobTx) first(query string, args []any, dest ...any) (found bool, err error) {
	err = t.tx.QueryRowContext(t.ctx, query, args...).Scan(dest...)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("write jobs: %w", err)
	}
	return true, nil
}

// number reads one integer; 0 when there is no row.
func (t jobTx) number(query string, args ...any) (n int64, err error) {
	_, err = t.first(query, args, &n)
	return n, err
}

// job reads one job; found is false when the query finds none.
func (t jobTx) job(query string, args ...any) (r jobRow, found bool, err error) {
	r, err = scanJob(t.tx.QueryRowContext(t.ctx, query, args...))
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return jobRow{}, false, nil
	case err != nil:
		return jobRow{}, false, fmt.Errorf("write jobs: %w", err)
	}
	return r, true, nil
}

// jobs reads jobs.
func (t jobTx) jobs(query string, args ...any) ([]jobRow, error) {
	list, err := rowsOf(t.ctx, t.tx, scanJob, query, args...)
	if err != nil {
		return nil, fmt.Errorf("write jobs: %w", err)
	}
	return list, nil
}

// named finds one job over all workspaces by a query of keys, and goes on in its workspace.
func (t jobTx) named(query string, arg any) (r jobRow, found bool, err error) {
	var workspace, room, id string
	if found, err = t.first(query, []any{arg}, &workspace, &room, &id); err != nil || !found {
		return jobRow{}, false, err
	}
	if err := t.enter(Workspace(workspace)); err != nil {
		return jobRow{}, false, err
	}
	return t.job(byNameQuery, room, id)
}

const byNameQuery = `SELECT ` + jobColumns + ` FROM jobs WHERE room = ? AND id = ?`

// find reads a job by its name.
func (t jobTx) find(room, id string) (jobRow, error) {
	r, found, err := t.job(byNameQuery, room, id)
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
		r.Worker, r.ResumeAt, flag(r.Placed), r.StartedAt, r.EndedAt, r.Cost, r.Winner, r.WinnerBy, r.request,
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
	return t.number(`INSERT INTO job_seqs (room, seq) VALUES (?, 1) ON CONFLICT (room) DO UPDATE SET seq = job_seqs.seq + 1 RETURNING seq`,
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
