package sqlite

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"atelier/protocol"
)

func atWorker(s protocol.JobState) bool { return s == protocol.JobLeased || s == protocol.JobRunning }

// turn brings the queue's counts in line with a transition.
func (t jobTx) turn(r *jobRow) error {
	waited, waits := r.was == protocol.JobQueued, r.State == protocol.JobQueued
	worked, works := atWorker(r.was), atWorker(r.State)
	r.was = r.State
	if !waited && waits {
		if err := t.join(r); err != nil {
			return err
		}
	}
	if waited && !waits {
		err := t.exec(`UPDATE queue_lanes SET waiting = waiting - 1 WHERE room = ? AND user = ? AND route = ?`, r.Room, r.User, r.route)
		if err != nil {
			return err
		}
	}
	switch {
	case !worked && works:
		return t.exec(`UPDATE queue_requesters SET running = running + 1 WHERE room = ? AND user = ?`, r.Room, r.User)
	case worked && !works:
		return t.exec(`UPDATE queue_requesters SET running = running - 1 WHERE room = ? AND user = ?`, r.Room, r.User)
	}
	return nil
}

// join makes a job one of those that wait. Who did not wait before is put level with the clock.
func (t jobTx) join(r *jobRow) error {
	waits, err := t.number(`SELECT EXISTS (SELECT 1 FROM queue_lines WHERE workspace = ? AND waiting > 0)`, r.workspace)
	if err != nil {
		return err
	}
	if err := t.exec(`INSERT INTO queue_teams (workspace, had, clock) VALUES (?, 0, 0) ON CONFLICT DO NOTHING`, r.workspace); err != nil {
		return err
	}
	if waits == 0 {
		if err := t.levelTeam(r.workspace); err != nil {
			return err
		}
	}
	if err := t.exec(`INSERT INTO queue_lines (workspace, route, had, since, waiting)
		SELECT workspace, ?, had, ?, 0 FROM queue_teams WHERE workspace = ?
		ON CONFLICT DO UPDATE SET since = iif(waiting > 0, since, excluded.since)`, r.route, r.place, r.workspace); err != nil {
		return err
	}
	waits, err = t.number(`SELECT EXISTS (SELECT 1 FROM queue_lanes WHERE room = ? AND user = ? AND waiting > 0)`, r.Room, r.User)
	if err != nil {
		return err
	}
	if err := t.exec(`INSERT INTO queue_requesters (room, user, workspace, had, running) VALUES (?, ?, ?, 0, 0)
		ON CONFLICT DO NOTHING`, r.Room, r.User, r.workspace); err != nil {
		return err
	}
	if waits == 0 {
		if err := t.level(r.workspace, requesterOf(r)); err != nil {
			return err
		}
	}
	if err := t.exec(`INSERT INTO queue_lanes (room, user, route, workspace, had, since, waiting, open)
		SELECT room, user, ?, workspace, had, ?, 0, NOT coalesce((SELECT paused FROM queue_rooms q WHERE q.room = r.room), 0)
		FROM queue_requesters r WHERE room = ? AND user = ?
		ON CONFLICT DO UPDATE SET since = iif(waiting > 0, since, excluded.since)`, r.route, r.place, r.Room, r.User); err != nil {
		return err
	}
	return t.exec(`UPDATE queue_lanes SET waiting = waiting + 1 WHERE room = ? AND user = ? AND route = ?`, r.Room, r.User, r.route)
}

func (t jobTx) levelTeam(workspace string) error {
	if err := t.exec(`UPDATE queue_teams SET had = max(had, (SELECT had FROM queue_clock)) WHERE workspace = ?`, workspace); err != nil {
		return err
	}
	return t.copyTeam(workspace)
}

func (t jobTx) copyTeam(workspace string) error {
	return t.exec(`UPDATE queue_lines SET had = (SELECT had FROM queue_teams q WHERE q.workspace = queue_lines.workspace)
		WHERE workspace = ?`, workspace)
}

// level puts requesters of a room, as where says, level with the clock of their workspace.
func (t jobTx) level(workspace string, where requesters) error {
	err := t.exec(`UPDATE queue_requesters SET had = max(had, coalesce((SELECT clock FROM queue_teams WHERE workspace = ?), 0)) WHERE `+
		where.sql, append([]any{workspace}, where.args...)...)
	if err != nil {
		return err
	}
	return t.copyRequesters(where)
}

func (t jobTx) copyRequesters(where requesters) error {
	return t.exec(`UPDATE queue_lanes SET had = (SELECT had FROM queue_requesters r
		WHERE r.room = queue_lanes.room AND r.user = queue_lanes.user) WHERE `+where.sql, where.args...)
}

// requesters selects some of a room's requesters.
type requesters struct {
	sql  string
	args []any
}

func requesterOf(r *jobRow) requesters {
	return requesters{`room = ? AND user = ?`, []any{r.Room, r.User}}
}

func requestersIn(room string) requesters { return requesters{`room = ?`, []any{room}} }

// charge counts a claimed job for its requester and its workspace, whose clocks go on to where they began.
func (t jobTx) charge(r *jobRow) error {
	if err := t.exec(`UPDATE queue_clock SET had = max(had, (SELECT had FROM queue_teams WHERE workspace = ?))`, r.workspace); err != nil {
		return err
	}
	if err := t.exec(`UPDATE queue_teams SET had = had + ?, clock = max(clock, (SELECT had FROM queue_requesters WHERE room = ? AND user = ?))
		WHERE workspace = ?`, r.Units, r.Room, r.User, r.workspace); err != nil {
		return err
	}
	return t.give(r, r.Units)
}

// refund takes a charge back.
func (t jobTx) refund(r *jobRow) error {
	if err := t.exec(`UPDATE queue_teams SET had = had - ? WHERE workspace = ?`, r.Units, r.workspace); err != nil {
		return err
	}
	return t.give(r, -r.Units)
}

func (t jobTx) give(r *jobRow, units float64) error {
	if err := t.exec(`UPDATE queue_requesters SET had = had + ? WHERE room = ? AND user = ?`, units, r.Room, r.User); err != nil {
		return err
	}
	return errors.Join(t.copyTeam(r.workspace), t.copyRequesters(requesterOf(r)))
}

// openRoom lets a room's jobs be claimed, or not.
func (t jobTx) openRoom(workspace, room string, open int) error {
	err := t.exec(`INSERT INTO queue_lines (workspace, route, had, since, waiting)
		SELECT DISTINCT l.workspace, l.route, q.had, l.since, 0 FROM queue_lanes l JOIN queue_teams q USING (workspace)
		WHERE l.room = ? ON CONFLICT DO NOTHING`, room)
	if err != nil {
		return err
	}
	if open == 1 { // what was held up has saved nothing up
		waits, err := t.number(`SELECT EXISTS (SELECT 1 FROM queue_lines WHERE workspace = ? AND waiting > 0)`, workspace)
		if err != nil {
			return err
		}
		if waits == 0 {
			if err := t.levelTeam(workspace); err != nil {
				return err
			}
		}
		if err := t.level(workspace, requestersIn(room)); err != nil {
			return err
		}
	}
	return t.exec(`UPDATE queue_lanes SET open = ? WHERE room = ?`, open, room)
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
	turnInTeam = `SELECT room, user FROM queue_lanes WHERE n IN (
		SELECT (SELECT n FROM queue_lanes AS l WHERE workspace = ?2 AND route = able.value AND waiting > 0 AND open = 1
			AND ` + underCap + ` ORDER BY had, since LIMIT 1)
		FROM json_each(?1) AS able) ORDER BY +had, +since LIMIT 1`
	turnInRoom = `SELECT room, user FROM queue_lanes WHERE n IN (
		SELECT (SELECT n FROM queue_lanes AS l WHERE room = ?2 AND route = able.value AND waiting > 0 AND open = 1
			AND ` + underCap + ` ORDER BY had, since LIMIT 1)
		FROM json_each(?1) AS able) ORDER BY +had, +since LIMIT 1`
	// nextQuery finds a requester's first job.
	nextQuery = `SELECT ` + jobColumns + ` FROM jobs WHERE n IN (
		SELECT (SELECT n FROM jobs WHERE room = ?2 AND user = ?3 AND route = able.value AND state = 'queued'
			ORDER BY priority DESC, place LIMIT 1)
		FROM json_each(?1) AS able) ORDER BY +priority DESC, +place LIMIT 1`
)

// next finds the job whose turn it is on the routes, a JSON list.
func (t jobTx) next(routes, room string, running int) (r jobRow, found bool, err error) {
	var user string
	if room != "" {
		if found, err = t.first(turnInRoom, []any{routes, room, running}, &room, &user); err != nil || !found {
			return jobRow{}, false, err
		}
		return t.job(nextQuery, routes, room, user)
	}
	passed := []string{} // workspaces all of whose requesters are at the cap; no more of them than jobs at workers
	for {
		skip, err := json.Marshal(passed)
		if err != nil {
			return jobRow{}, false, fmt.Errorf("encode workspaces: %w", err)
		}
		var team string
		if found, err = t.first(teamQuery, []any{routes, string(skip)}, &team); err != nil || !found {
			return jobRow{}, false, err
		}
		if found, err = t.first(turnInTeam, []any{routes, team, running}, &room, &user); err != nil {
			return jobRow{}, false, err
		}
		if found {
			return t.job(nextQuery, routes, room, user)
		}
		passed = append(passed, team)
	}
}

// first reads the first row of a query into dest; found is false when there is none.
func (t jobTx) first(query string, args []any, dest ...any) (found bool, err error) {
	stmt, err := t.db.prepared(t.ctx, t.tx, query) //nolint:sqlclosecheck // the committer keeps it
	if err != nil {
		return false, err
	}
	err = stmt.QueryRowContext(t.ctx, args...).Scan(dest...)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("write jobs: %w", err)
	}
	return true, nil
}
