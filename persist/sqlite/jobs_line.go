package sqlite

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
		ON CONFLICT DO UPDATE SET ms = ms + ? * (excluded.ms - ms)`, job.Provider, job.Model, max(ms, 1), paceWeight)
}

const (
	busyQuery = `SELECT room, id, state, started_at, count * coalesce(ms, 0.0) FROM jobs
		LEFT JOIN job_paces USING (provider, model) WHERE lease_until > 0 ORDER BY lease_until`
	waitingQuery = `SELECT room, id, state, started_at, count * coalesce(ms, 0.0) FROM jobs
		LEFT JOIN job_paces USING (provider, model) WHERE state = 'queued' ORDER BY place LIMIT ?`
)

// Line implements [generation.LineStore].
func (db *DB) Line(ctx context.Context, limit int) ([]generation.Waiting, error) {
	busy, err := scanLine(db.read.QueryContext(ctx, busyQuery))
	if err != nil {
		return nil, err
	}
	waiting, err := scanLine(db.read.QueryContext(ctx, waitingQuery, limit))
	return append(busy, waiting...), err
}

func scanLine(rows *sql.Rows, failed error) (line []generation.Waiting, err error) {
	if failed != nil {
		return nil, fmt.Errorf("read the line: %w", failed)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var w generation.Waiting
		var started int64
		var pace float64
		if err := rows.Scan(&w.Room, &w.ID, &w.State, &started, &pace); err != nil {
			return nil, fmt.Errorf("read the line: %w", err)
		}
		if started > 0 {
			w.Started = time.UnixMilli(started)
		}
		w.Pace = time.Duration(pace * float64(time.Millisecond))
		line = append(line, w)
	}
	return line, rows.Err() //nolint:wrapcheck // as above
}

// Seq implements [generation.LineStore].
func (db *DB) Seq(ctx context.Context, room string) (seq int64, err error) {
	err = db.read.QueryRowContext(ctx, `SELECT seq FROM job_seqs WHERE room = ?`, room).Scan(&seq)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return 0, fmt.Errorf("read job sequence: %w", err)
	}
	return seq, nil
}

const unplacedQuery = `SELECT ` + jobColumns + ` FROM jobs
	WHERE state = 'succeeded' AND placed = 0 AND n > ? ORDER BY n LIMIT ?`

// Unplaced implements [generation.PlacementStore].
func (db *DB) Unplaced(
	ctx context.Context, cursor string, limit int,
) (jobs []protocol.Job, next string, err error) {
	var after int64
	if cursor != "" {
		if after, err = strconv.ParseInt(cursor, 10, 64); err != nil {
			return nil, "", fmt.Errorf("cursor: %w", err)
		}
	}
	rows, err := db.read.QueryContext(ctx, unplacedQuery, after, limit)
	if err != nil {
		return nil, "", fmt.Errorf("read unplaced jobs: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		r, err := scanJob(rows)
		if err != nil {
			return nil, "", err
		}
		jobs, after = append(jobs, r.Job), r.n
	}
	if len(jobs) == limit {
		next = strconv.FormatInt(after, 10)
	}
	return jobs, next, rows.Err() //nolint:wrapcheck // as above
}

// MarkPlaced implements [generation.PlacementStore].
func (db *DB) MarkPlaced(ctx context.Context, room, id string) (job protocol.Job, err error) {
	err = db.writeJobs(ctx, func(t jobTx) error {
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
