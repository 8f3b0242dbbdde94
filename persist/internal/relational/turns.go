package relational

import (
	"errors"

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
		err := t.exec(`UPDATE queue_lanes SET waiting = waiting - 1 WHERE room = ? AND "user" = ? AND route = ?`, r.Room, r.User, r.route)
		if err != nil {
			return err
		}
	}
	switch {
	case !worked && works:
		return t.exec(`UPDATE queue_requesters SET running = running + 1 WHERE room = ? AND "user" = ?`, r.Room, r.User)
	case worked && !works:
		return t.exec(`UPDATE queue_requesters SET running = running - 1 WHERE room = ? AND "user" = ?`, r.Room, r.User)
	}
	return nil
}

// join makes a job one of those that wait. Who did not wait before is put level with the clock.
func (t jobTx) join(r *jobRow) error {
	if t.dialect.Join != "" {
		return t.exec(t.dialect.Join, r.workspace, r.Room, r.User, r.route, r.place)
	}
	waits, err := t.number(teamWaitsQuery, r.workspace)
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
		SELECT workspace, ?, had, ?, 0 FROM queue_teams WHERE workspace = ? ON CONFLICT (workspace, route)
		DO UPDATE SET since = CASE WHEN queue_lines.waiting > 0 THEN queue_lines.since ELSE excluded.since END`, r.route, r.place, r.workspace); err != nil {
		return err
	}
	waits, err = t.number(`SELECT CASE WHEN EXISTS (SELECT 1 FROM queue_lanes WHERE room = ? AND "user" = ? AND waiting > 0) THEN 1 ELSE 0 END`, r.Room, r.User)
	if err != nil {
		return err
	}
	if err := t.exec(`INSERT INTO queue_requesters (room, "user", workspace, had, running) VALUES (?, ?, ?, 0, 0)
		ON CONFLICT DO NOTHING`, r.Room, r.User, r.workspace); err != nil {
		return err
	}
	if waits == 0 {
		if err := t.level(r.workspace, requesterOf(r)); err != nil {
			return err
		}
	}
	if err := t.exec(`INSERT INTO queue_lanes (room, "user", route, workspace, had, since, waiting, open)
		SELECT r.room, r."user", ?, r.workspace, r.had, ?, 0,
			CASE WHEN EXISTS (SELECT 1 FROM queue_rooms q WHERE q.room = r.room AND q.paused <> 0) THEN 0 ELSE 1 END
		FROM queue_requesters r WHERE r.room = ? AND r."user" = ? ON CONFLICT (room, "user", route)
		DO UPDATE SET since = CASE WHEN queue_lanes.waiting > 0 THEN queue_lanes.since ELSE excluded.since END`, r.route, r.place, r.Room, r.User); err != nil {
		return err
	}
	return t.exec(`UPDATE queue_lanes SET waiting = waiting + 1 WHERE room = ? AND "user" = ? AND route = ?`, r.Room, r.User, r.route)
}

func (t jobTx) levelTeam(workspace string) error {
	if err := t.exec(`UPDATE queue_teams SET had = c.had FROM queue_clock AS c
		WHERE workspace = ? AND queue_teams.had < c.had`, workspace); err != nil {
		return err
	}
	return t.copyTeam(workspace)
}

func (t jobTx) copyTeam(workspace string) error {
	return t.exec(`UPDATE queue_lines SET had = (SELECT q.had FROM queue_teams q WHERE q.workspace = queue_lines.workspace)
		WHERE workspace = ?`, workspace)
}

// level puts requesters of a room, as where says, level with the clock of their workspace.
func (t jobTx) level(workspace string, where requesters) error {
	err := t.exec(`UPDATE queue_requesters SET had = t.clock FROM queue_teams AS t
		WHERE t.workspace = ? AND queue_requesters.had < t.clock AND `+where.sql, append([]any{workspace}, where.args...)...)
	if err != nil {
		return err
	}
	return t.copyRequesters(where)
}

func (t jobTx) copyRequesters(where requesters) error {
	return t.exec(`UPDATE queue_lanes SET had = (SELECT r.had FROM queue_requesters r
		WHERE r.room = queue_lanes.room AND r."user" = queue_lanes."user") WHERE `+where.sql, where.args...)
}

// requesters selects some of a room's requesters.
type requesters struct {
	sql  string
	args []any
}

func requesterOf(r *jobRow) requesters {
	return requesters{`room = ? AND "user" = ?`, []any{r.Room, r.User}}
}

func requestersIn(room string) requesters { return requesters{`room = ?`, []any{room}} }

// charge counts a claimed job for its requester and its workspace, whose clocks go on to where they began.
func (t jobTx) charge(r *jobRow) error {
	if err := t.exec(`UPDATE queue_clock SET had = t.had FROM queue_teams AS t
		WHERE t.workspace = ? AND queue_clock.had < t.had`, r.workspace); err != nil {
		return err
	}
	if err := t.exec(`UPDATE queue_teams SET had = queue_teams.had + ?,
			clock = CASE WHEN queue_teams.clock < r.had THEN r.had ELSE queue_teams.clock END
		FROM queue_requesters AS r WHERE r.room = ? AND r."user" = ? AND queue_teams.workspace = ?`, r.Units, r.Room, r.User, r.workspace); err != nil {
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
	if err := t.exec(`UPDATE queue_requesters SET had = had + ? WHERE room = ? AND "user" = ?`, units, r.Room, r.User); err != nil {
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
		waits, err := t.number(teamWaitsQuery, workspace)
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

const teamWaitsQuery = `SELECT CASE WHEN EXISTS (SELECT 1 FROM queue_lines WHERE workspace = ? AND waiting > 0) THEN 1 ELSE 0 END`

// claimQuery claims in one statement; "" when the database does not.
func claimQuery(d *Dialect) string {
	if d.Claim == "" {
		return ""
	}
	return `SELECT ` + jobColumns + ` FROM ` + d.Claim
}

// nextQuery finds a requester's first job on the routes. The unary plus keeps a database from walking all of somebody's jobs
// in that order instead of asking for the first of each route.
func nextQuery(d *Dialect) string {
	return `SELECT ` + jobColumns + ` FROM jobs WHERE n IN (
		SELECT (SELECT n FROM jobs WHERE room = ?2 AND "user" = ?3 AND route = able.value AND state = 'queued'
			ORDER BY priority DESC, place LIMIT 1)
		FROM ` + d.Routes + `) ORDER BY +priority DESC, +place LIMIT 1`
}

// turnOf finds the job whose turn it is.
func (t jobTx) turnOf(w Wanted) (r jobRow, found bool, err error) {
	turn, found, err := t.dialect.Turn(t.ctx, t.tx, w)
	if err != nil || !found {
		return jobRow{}, false, err
	}
	if err := t.enter(Workspace(turn.Workspace)); err != nil {
		return jobRow{}, false, err
	}
	return t.job(t.next, w.Routes, turn.Room, turn.User)
}
