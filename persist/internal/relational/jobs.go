package relational

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
	_ generation.QueueStore     = (*Store)(nil)
	_ generation.LineStore      = (*Store)(nil)
	_ generation.LeaseStore     = (*Store)(nil)
	_ generation.PlacementStore = (*Store)(nil)
	_ generation.AssetStore     = (*Store)(nil)
	_ generation.LineageStore   = (*Store)(nil)
	_ generation.ShareStore     = (*Store)(nil)
)

// Enqueue implements [generation.QueueStore].
func (s *Store) Enqueue(
	ctx context.Context, workspace string, jobs []protocol.Job, caps generation.Caps,
) (stored []protocol.Job, created bool, err error) {
	if len(jobs) == 0 {
		return nil, false, errors.New("enqueue: no jobs")
	}
	rows := make([]jobRow, 0, len(jobs))
	for _, job := range jobs {
		request, err := json.Marshal(job.JobRequest)
		if err != nil {
			return nil, false, fmt.Errorf("encode request of job %s: %w", job.ID, err)
		}
		rows = append(rows, jobRow{
			Job: job, workspace: workspace, request: string(request), route: generation.Route(job.Provider, job.Model),
		})
	}
	err = s.writeJobs(ctx, Workspace(workspace), func(t jobTx) error {
		if stored, err = t.there(rows); err != nil || stored != nil {
			created = false
			return err
		}
		stored, err = t.insertAll(rows, caps)
		created = err == nil
		return err
	})
	return stored, created, err
}

// there reads the jobs of a request that was enqueued before; nil when it was not.
func (t jobTx) there(rows []jobRow) (stored []protocol.Job, err error) {
	for i, want := range rows {
		is, found, err := t.job(byNameQuery, want.Room, want.ID)
		switch {
		case err != nil:
			return nil, err
		case found && i == 0 && (is.User != want.User || is.request != want.request):
			return nil, protocol.Errorf(protocol.CodeInvalidInput, "id: another job has it")
		case i > 0 && found != (len(stored) == i):
			return nil, protocol.Errorf(protocol.CodeInvalidInput, "id: another job has it")
		case found:
			stored = append(stored, is.Job)
		}
	}
	return stored, nil
}

func (t jobTx) insertAll(rows []jobRow, caps generation.Caps) (stored []protocol.Job, err error) {
	first := rows[0]
	known, err := t.number(`SELECT count(*) FROM rooms WHERE id = ? AND workspace = ?`, first.Room, first.workspace)
	if err != nil {
		return nil, err
	}
	if known == 0 {
		return nil, protocol.Errorf(protocol.CodeNotFound, "room %.64s: no such room", first.Room)
	}
	if err := t.checkCaps(first.Job, caps, len(rows)); err != nil {
		return nil, err
	}
	for _, r := range rows {
		if err := t.insert(&r); err != nil {
			return nil, err
		}
		stored = append(stored, r.Job)
	}
	return stored, nil
}

func (t jobTx) insert(r *jobRow) (err error) {
	if r.place, err = t.nextPlace(); err != nil {
		return err
	}
	if r.Seq, err = t.nextSeq(r.Room); err != nil {
		return err
	}
	if r.State == "" {
		r.State = protocol.JobQueued
	}
	froms, err := encodeOrEmpty(r.From)
	if err != nil {
		return err
	}
	r.CreatedAt = t.now
	if err := t.turn(r); err != nil {
		return err
	}
	return t.exec(`INSERT INTO jobs (room, id, workspace, seq, place, "user", user_name, state, provider, model, route, count, units,
		priority, attempt, max_attempts, token, lease_until, holder, worker, resume_at, placed, created_at, started_at, ended_at,
		estimate, cost, chain, step, steps, froms, winner, winner_by, request, results, error)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, 0, 0, '', '', 0, 0, ?, 0, 0, ?, 0, ?, ?, ?, ?, 0, '', ?, '', '')`,
		r.Room, r.ID, r.workspace, r.Seq, r.place, r.User, r.UserName, r.State, r.Provider, r.Model, r.route, results(r.JobRequest),
		r.Units, r.Priority, r.MaxAttempts, t.now, r.EstimatedCost, r.Chain, r.Step, r.Steps, froms, r.request)
}

// results is how many results a request wants.
func results(req protocol.JobRequest) int {
	if req.Sweep != nil {
		return len(req.Sweep.Values)
	}
	return max(1, req.Count)
}

func (t jobTx) checkCaps(job protocol.Job, caps generation.Caps, more int) error {
	if caps.Pending <= 0 {
		return nil
	}
	pending, err := t.number(pendingQuery, job.Room, job.User)
	if err == nil && pending+int64(more) > int64(caps.Pending) {
		return protocol.Errorf(protocol.CodeRateLimited, "%d of %d jobs are unfinished", pending, caps.Pending)
	}
	return err
}

const pendingQuery = `SELECT count(*) FROM jobs WHERE room = ? AND "user" = ? AND ended_at = 0`

// nextPlace is the line's end.
func (t jobTx) nextPlace() (int64, error) {
	return t.number(`UPDATE job_line SET places = places + 1 RETURNING places`)
}

// Job implements [generation.QueueStore].
func (s *Store) Job(ctx context.Context, room, id string) (protocol.Job, error) {
	r, err := readOne(ctx, s, Room(room), scanJob, byNameQuery, room, id)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return protocol.Job{}, noSuchJob(id)
	case err != nil:
		return protocol.Job{}, fmt.Errorf("read job %s: %w", id, err)
	}
	return r.Job, nil
}

// Jobs implements [generation.QueueStore].
func (s *Store) Jobs(ctx context.Context, room string, after int64, limit int) ([]protocol.Job, error) {
	if after > 0 {
		return s.readJobs(ctx, room, sinceQuery, room, after, limit)
	}
	jobs, err := s.readJobs(ctx, room, overviewQuery, room, limit, room, limit)
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

const sinceQuery = `SELECT ` + jobColumns + ` FROM jobs WHERE room = ? AND seq > ? ORDER BY seq LIMIT ?`

// overviewQuery is one statement, so that it sees one moment.
const overviewQuery = `SELECT * FROM (
	SELECT ` + jobColumns + ` FROM jobs WHERE room = ? AND ended_at = 0 ORDER BY place LIMIT ?) AS live
	UNION ALL SELECT * FROM (
	SELECT ` + jobColumns + ` FROM jobs WHERE room = ? AND ended_at > 0 ORDER BY seq DESC LIMIT ?) AS done
	ORDER BY seq`
