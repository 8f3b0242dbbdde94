package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"atelier/persist/internal/relational"
)

const (
	keyColumns     = `SELECT workspace, room, id FROM jobs`
	waitingColumns = `j.workspace, j.room, j.id, j.user, j.route, j.state, j.units, j.started_at, j.count * coalesce(ms, 0.0),
		coalesce(q.paused, 0)`
)

// dialect is what this database says in words of its own.
func dialect() relational.Dialect {
	return relational.Dialect{
		Turn:     turn,
		Routes:   `json_each(?1) AS able`,
		Running:  `SELECT count(*) FROM jobs WHERE lease_until > 0 AND provider = ?`,
		Lapsed:   keyColumns + ` WHERE lease_until > 0 AND lease_until <= ? LIMIT 1`,
		Due:      keyColumns + ` WHERE resume_at > 0 AND resume_at <= ? LIMIT 1`,
		HeldBy:   keyColumns + ` WHERE lease_until > 0 AND holder = ? LIMIT 1`,
		Unplaced: `SELECT n, workspace, room, id FROM jobs WHERE state = 'succeeded' AND placed = 0 AND n > ? ORDER BY n LIMIT ?`,
		Busy: `SELECT ` + waitingColumns + ` FROM jobs AS j LEFT JOIN job_paces USING (provider, model)
			LEFT JOIN queue_rooms AS q ON q.room = j.room WHERE lease_until > 0 ORDER BY lease_until`,
		Waiting: `SELECT ` + waitingColumns + ` FROM (SELECT * FROM jobs WHERE room = ? AND user = ? AND state = 'queued'
			ORDER BY priority DESC, place LIMIT ?) AS j
			LEFT JOIN job_paces USING (provider, model) LEFT JOIN queue_rooms AS q ON q.room = j.room
			ORDER BY j.priority DESC, j.place`,
		Turns: `SELECT w.workspace, t.had, w.room, w.user, w.had FROM queue_lanes AS w JOIN queue_teams AS t USING (workspace)
			WHERE w.waiting > 0 GROUP BY w.room, w.user ORDER BY w.open DESC, t.had, w.had LIMIT ?`,
		Depth: `SELECT coalesce(sum(waiting), 0) FROM queue_lanes WHERE waiting > 0`,
	}
}

const (
	// teamQuery finds the workspace that had least among those with open jobs on a route: one look-up a route. ?2 is a JSON
	// list of workspaces to pass over. The unary plus keeps SQLite from walking all lines in that order instead.
	teamQuery = `SELECT workspace FROM queue_lines WHERE n IN (
		SELECT (SELECT n FROM queue_lines WHERE route = able.value AND waiting > 0
			AND workspace NOT IN (SELECT value FROM json_each(?2)) ORDER BY had, since LIMIT 1)
		FROM json_each(?1) AS able) ORDER BY +had, +since LIMIT 1`
	underCap = `(?3 = 0 OR ?3 > (SELECT running FROM queue_requesters AS r WHERE r.room = l.room AND r.user = l.user))`
	// turnInTeam finds in workspace ?2 the requester that had least and has less than ?3 jobs at workers, turnInRoom in
	// room ?2.
	turnInTeam = `SELECT workspace, room, user FROM queue_lanes WHERE n IN (
		SELECT (SELECT n FROM queue_lanes AS l WHERE workspace = ?2 AND route = able.value AND waiting > 0 AND open = 1
			AND ` + underCap + ` ORDER BY had, since LIMIT 1)
		FROM json_each(?1) AS able) ORDER BY +had, +since LIMIT 1`
	turnInRoom = `SELECT workspace, room, user FROM queue_lanes WHERE n IN (
		SELECT (SELECT n FROM queue_lanes AS l WHERE room = ?2 AND route = able.value AND waiting > 0 AND open = 1
			AND ` + underCap + ` ORDER BY had, since LIMIT 1)
		FROM json_each(?1) AS able) ORDER BY +had, +since LIMIT 1`
)

// turn finds whose turn it is.
func turn(ctx context.Context, tx relational.Tx, w relational.Wanted) (t relational.Turn, found bool, err error) {
	if w.Room != "" {
		found, err = first(tx.QueryRowContext(ctx, turnInRoom, w.Routes, w.Room, w.Running), &t.Workspace, &t.Room, &t.User)
		return t, found, err
	}
	passed := []string{} // workspaces all of whose requesters are at the cap; no more of them than jobs at workers
	for {
		skip, err := json.Marshal(passed)
		if err != nil {
			return t, false, fmt.Errorf("encode workspaces: %w", err)
		}
		var team string
		if found, err = first(tx.QueryRowContext(ctx, teamQuery, w.Routes, string(skip)), &team); err != nil || !found {
			return t, false, err
		}
		found, err = first(tx.QueryRowContext(ctx, turnInTeam, w.Routes, team, w.Running), &t.Workspace, &t.Room, &t.User)
		if err != nil || found {
			return t, found, err
		}
		passed = append(passed, team)
	}
}

// first reads a row into dest; found is false when there is none.
func first(row *sql.Row, dest ...any) (found bool, err error) {
	err = row.Scan(dest...)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("find whose turn it is: %w", err)
	}
	return true, nil
}
