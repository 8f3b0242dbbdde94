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
	waitingColumns = `j.workspace, j.room, j.id, j.user, j.route, j.state, j.units, j.started_at, j.count * coalesce(ms, 0.0),
		coalesce(q.paused, 0)`
	busyQuery = `SELECT ` + waitingColumns + ` FROM jobs AS j LEFT JOIN job_paces USING (provider, model)
		LEFT JOIN queue_rooms AS q ON q.room = j.room WHERE lease_until > 0 ORDER BY lease_until`
	// turnsQuery finds the requesters who wait, those that are next first.
	turnsQuery = `SELECT w.workspace, t.had, w.room, w.user, w.had FROM queue_lanes AS w JOIN queue_teams AS t USING (workspace)
		WHERE w.waiting > 0 GROUP BY w.room, w.user ORDER BY w.open DESC, t.had, w.had LIMIT ?`
	waitingQuery = `SELECT ` + waitingColumns + ` FROM (SELECT * FROM jobs WHERE room = ? AND user = ? AND state = 'queued'
		ORDER BY priority DESC, place LIMIT ?) AS j
		LEFT JOIN job_paces USING (provider, model) LEFT JOIN queue_rooms AS q ON q.room = j.room ORDER BY j.priority DESC, j.place`
)

// Line implements [generation.LineStore].
func (db *DB) Line(ctx context.Context, limit int) (line generation.Line, err error) {
	tx, err := db.read.BeginTx(ctx, &sql.TxOptions{ReadOnly: true}) // so that it sees one moment
	if err != nil {
		return generation.Line{}, fmt.Errorf("read the line: %w", err)
	}
	defer func() { err = errors.Join(err, tx.Rollback()) }()
	if line.Busy, err = scanLine(tx.QueryContext(ctx, busyQuery)); err != nil {
		return generation.Line{}, err
	}
	if line.Turns, err = readTurns(tx.QueryContext(ctx, turnsQuery, limit)); err != nil {
		return generation.Line{}, err
	}
	requesters := 0
	for _, turn := range line.Turns {
		if turn.Room != "" {
			requesters++
		}
	}
	each := max(4, limit/max(1, requesters)) // of a requester: nobody's many hide the others' first
	for _, turn := range line.Turns {
		if turn.Room == "" || len(line.Waiting) >= limit {
			continue
		}
		waiting, err := scanLine(tx.QueryContext(ctx, waitingQuery, turn.Room, turn.User, each))
		if err != nil {
			return generation.Line{}, err
		}
		line.Waiting = append(line.Waiting, waiting...)
	}
	return line, nil
}

// readTurns reads the turns of requesters, and of the workspaces that they are in.
func readTurns(rows *sql.Rows, failed error) (turns []generation.Turn, err error) {
	if failed != nil {
		return nil, fmt.Errorf("read turns: %w", failed)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	teams := make(map[string]bool)
	for rows.Next() {
		var team, one generation.Turn
		if err := rows.Scan(&team.Workspace, &team.Had, &one.Room, &one.User, &one.Had); err != nil {
			return nil, fmt.Errorf("read turns: %w", err)
		}
		one.Workspace = team.Workspace
		if !teams[team.Workspace] {
			teams[team.Workspace] = true
			turns = append(turns, team)
		}
		turns = append(turns, one)
	}
	return turns, rows.Err() //nolint:wrapcheck // as above
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
		err := rows.Scan(&w.Workspace, &w.Room, &w.ID, &w.User, &w.Route, &w.State, &w.Units, &started, &pace, &w.Paused)
		if err != nil {
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

// Depth implements [generation.LineStore].
func (db *DB) Depth(ctx context.Context) (jobs int, err error) {
	const query = `SELECT coalesce(sum(waiting), 0) FROM queue_lanes WHERE waiting > 0`
	if err := db.read.QueryRowContext(ctx, query).Scan(&jobs); err != nil {
		return 0, fmt.Errorf("count what waits: %w", err)
	}
	return jobs, nil
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
