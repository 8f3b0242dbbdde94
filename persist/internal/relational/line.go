package relational

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"time"

	"atelier/generation"
	"atelier/protocol"
)

// paceWeight is how much the newest duration counts in the mean.
const paceWeight = 0.25

func (t jobTx) learnPace(job protocol.Job, ms float64) error {
	return t.exec(`INSERT INTO job_paces (provider, model, ms) VALUES (?, ?, ?)
		ON CONFLICT (provider, model) DO UPDATE SET ms = job_paces.ms + ? * (excluded.ms - job_paces.ms)`, job.Provider, job.Model, max(ms, 1), paceWeight)
}

// Line implements [generation.LineStore].
func (s *Store) Line(ctx context.Context, limit int) (line generation.Line, err error) {
	err = s.db.View(ctx, Queue(), func(ctx context.Context, tx Tx) (err error) {
		line, err = readLine(ctx, tx, s.db.Dialect(), limit)
		return err
	})
	if err != nil {
		return generation.Line{}, fmt.Errorf("read the line: %w", err)
	}
	return line, nil
}

func readLine(ctx context.Context, tx Tx, d *Dialect, limit int) (line generation.Line, err error) {
	if line.Busy, err = rowsOf(ctx, tx, scanWaiting, d.Busy); err != nil {
		return generation.Line{}, err
	}
	requesters, err := rowsOf(ctx, tx, scanTurn, d.Turns, limit)
	if err != nil {
		return generation.Line{}, err
	}
	each := max(4, limit/max(1, len(requesters))) // of a requester: nobody's many hide the others' first
	teams := make(map[string]bool)
	for _, r := range requesters {
		if !teams[r.Workspace] {
			teams[r.Workspace] = true
			line.Turns = append(line.Turns, generation.Turn{Workspace: r.Workspace, Had: r.team})
		}
		line.Turns = append(line.Turns, r.Turn)
		if len(line.Waiting) >= limit {
			continue
		}
		waiting, err := rowsOf(ctx, tx, scanWaiting, d.Waiting, r.Room, r.User, each)
		if err != nil {
			return generation.Line{}, err
		}
		line.Waiting = append(line.Waiting, waiting...)
	}
	return line, nil
}

// requesterTurn is the turn of a requester, with what the workspace had.
type requesterTurn struct {
	generation.Turn

	team float64
}

func scanTurn(row scanner) (r requesterTurn, err error) {
	err = row.Scan(&r.Workspace, &r.team, &r.Room, &r.User, &r.Had)
	return r, err //nolint:wrapcheck // the caller says what was read
}

func scanWaiting(row scanner) (w generation.Waiting, err error) {
	var started int64
	var pace float64
	err = row.Scan(&w.Workspace, &w.Room, &w.ID, &w.User, &w.Route, &w.State, &w.Units, &started, &pace, &w.Paused)
	if started > 0 {
		w.Started = time.UnixMilli(started)
	}
	w.Pace = time.Duration(pace * float64(time.Millisecond))
	return w, err //nolint:wrapcheck // the caller says what was read
}

// Seq implements [generation.LineStore].
func (s *Store) Seq(ctx context.Context, room string) (seq int64, err error) {
	seq, err = readOne(ctx, s, Room(room), scanNumber, `SELECT seq FROM job_seqs WHERE room = ?`, room)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return 0, fmt.Errorf("read job sequence: %w", err)
	}
	return seq, nil
}

// Depth implements [generation.LineStore].
func (s *Store) Depth(ctx context.Context) (jobs int, err error) {
	n, err := readOne(ctx, s, Queue(), scanNumber, s.db.Dialect().Depth)
	if err != nil {
		return 0, fmt.Errorf("count what waits: %w", err)
	}
	return int(n), nil
}

func scanNumber(row scanner) (n int64, err error) {
	err = row.Scan(&n)
	return n, err //nolint:wrapcheck // the caller says what was read
}

// Unplaced implements [generation.PlacementStore].
func (s *Store) Unplaced(
	ctx context.Context, cursor string, limit int,
) (jobs []protocol.Job, next string, err error) {
	var after int64
	if cursor != "" {
		if after, err = strconv.ParseInt(cursor, 10, 64); err != nil {
			return nil, "", fmt.Errorf("cursor: %w", err)
		}
	}
	err = s.db.View(ctx, Queue(), func(ctx context.Context, tx Tx) error {
		var last int64
		jobs, last, err = s.jobTx(ctx, tx).unplaced(after, limit)
		if len(jobs) == limit {
			next = strconv.FormatInt(last, 10)
		}
		return err
	})
	if err != nil {
		return nil, "", fmt.Errorf("read unplaced jobs: %w", err)
	}
	return jobs, next, nil
}

// jobKey names a job over all workspaces.
type jobKey struct {
	n                   int64
	workspace, room, id string
}

func scanKeyOfJob(row scanner) (k jobKey, err error) {
	err = row.Scan(&k.n, &k.workspace, &k.room, &k.id)
	return k, err //nolint:wrapcheck // the caller says what was read
}

func (t jobTx) unplaced(after int64, limit int) (jobs []protocol.Job, last int64, err error) {
	keys, err := rowsOf(t.ctx, t.tx, scanKeyOfJob, t.dialect.Unplaced, after, limit)
	if err != nil {
		return nil, 0, err
	}
	for _, k := range keys {
		if err := t.enter(Workspace(k.workspace)); err != nil {
			return nil, 0, err
		}
		r, err := t.find(k.room, k.id)
		if err != nil {
			return nil, 0, err
		}
		jobs, last = append(jobs, r.Job), k.n
	}
	return jobs, last, nil
}

// MarkPlaced implements [generation.PlacementStore].
func (s *Store) MarkPlaced(ctx context.Context, room, id string) (job protocol.Job, err error) {
	err = s.writeJobs(ctx, Room(room), func(t jobTx) error {
		r, err := t.find(room, id)
		switch {
		case err != nil:
			return err
		case r.State != protocol.JobSucceeded:
			return protocol.Errorf(protocol.CodeConflict, "the job is %s", r.State)
		case !r.Placed:
			r.Placed = true
			err = t.save(&r)
		}
		job = r.Job
		return err
	})
	return job, err
}
