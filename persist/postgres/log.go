package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"atelier/persist/internal/logrows"
	"atelier/rooms"
)

var (
	_ rooms.Store        = (*DB)(nil)
	_ rooms.LockingStore = (*DB)(nil)
	_ rooms.HeadStore    = (*DB)(nil)
)

const (
	// append moves a room's head, if it is where the caller thinks, and appends rows behind it: one statement for any number.
	appendRows = `WITH moved AS (
			UPDATE rooms SET head = $1, active_at = greatest(active_at, $2) WHERE n = $3 AND head = $4 RETURNING n)
		INSERT INTO log (room, rev, id, session, "user", branch, base, gesture, episode, undo, merged, restored, digest, writes, also,
			result, at)
		SELECT moved.n, r.* FROM moved, unnest($5::bigint[], $6::text[], $7::text[], $8::text[], $9::text[], $10::bigint[],
			$11::text[], $12::text[], $13::text[], $14::text[], $15::bigint[], $16::bytea[], $17::bytea[], $18::bytea[], $19::bytea[],
			$20::bigint[]) AS r`
	headQuery   = "SELECT head FROM rooms WHERE n = $1"
	lockQuery   = headQuery + " FOR UPDATE"
	rowsColumns = `rev, id, session, "user", branch, base, gesture, episode, undo, merged, restored, digest, writes, also, result, at`
	rowsQuery   = "SELECT " + rowsColumns + " FROM log WHERE room = $1 AND rev > $2 ORDER BY rev LIMIT $3"
	knownQuery  = `SELECT id, rev, "user", digest, result FROM log WHERE room = $1 AND id = ANY ($2) AND rev <= $3`
)

// Commit implements [rooms.Store], in one round trip: the statements of a batch are one transaction.
func (db *DB) Commit(ctx context.Context, room string, head int64, rows []rooms.Row) error {
	if len(rows) == 0 {
		return nil
	}
	if err := logrows.InTurn(room, head, rows); err != nil {
		return err //nolint:wrapcheck // ours
	}
	return db.in(ctx, room, func(at place) error { return db.commit(ctx, room, at, head, rows) })
}

func (db *DB) commit(ctx context.Context, room string, at place, head int64, rows []rooms.Row) error {
	var batch pgx.Batch
	batch.Queue(enter, at.workspace)
	batch.Queue(appendRows, appendArgs(at.n, head, rows)...)
	batch.Queue(headQuery, at.n)
	appended, stored, err := db.send(ctx, &batch)
	switch {
	case isUnique(err):
		return db.duplicates(ctx, at, head, rows, err)
	case errors.Is(err, pgx.ErrNoRows):
		return rooms.ErrNoRoom
	case err != nil:
		return unavailable(fmt.Errorf("commit to %s: %w", room, err))
	case appended == 0:
		return rooms.ErrHeadMoved
	case appended != int64(len(rows)) || stored != rows[len(rows)-1].Rev:
		return fmt.Errorf("commit to %s: %d of %d rows were appended", room, appended, len(rows))
	}
	return nil
}

// send runs the statements of a commit and returns how many rows were appended, and the head.
func (db *DB) send(ctx context.Context, batch *pgx.Batch) (appended, head int64, err error) {
	results := db.conns.SendBatch(ctx, batch)
	defer func() {
		if e := results.Close(); err == nil { // only now it is committed
			err = e
		}
	}()
	if _, err = results.Exec(); err != nil {
		return 0, 0, err //nolint:wrapcheck // the caller says what was written
	}
	tag, err := results.Exec()
	if err != nil {
		return 0, 0, err //nolint:wrapcheck // as above
	}
	err = results.QueryRow().Scan(&head)
	return tag.RowsAffected(), head, err //nolint:wrapcheck // as above
}

// columns are rows turned by 90 degrees.
type columns struct {
	rev, base, restored, at                                   []int64
	id, session, user, branch, gesture, episode, undo, merged []string
	digest, writes, also, result                              [][]byte
}

// appendArgs are the parameters of appendRows.
func appendArgs(room, head int64, rows []rooms.Row) []any {
	c := columns{writes: logrows.Writes(rows)}
	active := int64(0)
	for i := range rows {
		r := &rows[i]
		c.rev, c.base = append(c.rev, r.Rev), append(c.base, r.Base)
		c.restored, c.at = append(c.restored, r.Restored), append(c.at, r.At)
		c.id, c.session, c.user = append(c.id, r.ID), append(c.session, r.Session), append(c.user, r.User)
		c.branch, c.gesture, c.episode = append(c.branch, r.Branch), append(c.gesture, r.Gesture), append(c.episode, r.Episode)
		c.undo, c.merged = append(c.undo, r.Undo), append(c.merged, r.Merged)
		c.digest = append(c.digest, r.Digest[:])
		c.also, c.result = append(c.also, logrows.Also(r)), append(c.result, logrows.Blob(r.Result))
		active = r.At
	}
	return []any{
		head + int64(len(rows)), active, room, head,
		c.rev, c.id, c.session, c.user, c.branch, c.base, c.gesture, c.episode, c.undo, c.merged, c.restored, c.digest, c.writes,
		c.also, c.result, c.at,
	}
}

// duplicates tells which of the rows' change ids the log had up to head, and what became of them. The failed insert is returned
// when there are none: then an id came twice in rows, or another instance has just used it.
func (db *DB) duplicates(ctx context.Context, at place, head int64, rows []rooms.Row, failed error) error {
	ids := make([]string, len(rows))
	for i := range rows {
		ids[i] = rows[i].ID
	}
	known := make(map[string]rooms.Outcome)
	err := db.view(ctx, at, func(tx pgx.Tx) error {
		found, err := tx.Query(ctx, knownQuery, at.n, ids, head)
		if err != nil {
			return err //nolint:wrapcheck // wrapped below
		}
		defer found.Close()
		for found.Next() {
			var id string
			var o rooms.Outcome
			var digest []byte
			if err := found.Scan(&id, &o.Rev, &o.User, &digest, &o.Result); err != nil {
				return err //nolint:wrapcheck // wrapped below
			}
			copy(o.Digest[:], digest)
			known[id] = o
		}
		return found.Err() //nolint:wrapcheck // wrapped below
	})
	if err != nil {
		return unavailable(fmt.Errorf("look up changes: %w", err))
	}
	if len(known) == 0 {
		return failed
	}
	return &rooms.DuplicateError{Outcomes: known}
}

// CommitUnderLock implements [rooms.LockingStore].
func (db *DB) CommitUnderLock(
	ctx context.Context, room string, after int64, judge func(missed []rooms.Row) ([]rooms.Row, error),
) error {
	return db.in(ctx, room, func(at place) error { return db.commitUnderLock(ctx, room, at, after, judge) })
}

func (db *DB) commitUnderLock(
	ctx context.Context, room string, at place, after int64, judge func(missed []rooms.Row) ([]rooms.Row, error),
) error {
	var judged error // what judge refused
	var head int64
	var rows []rooms.Row
	err := pgx.BeginFunc(ctx, db.conns, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, enter, at.workspace); err != nil {
			return fmt.Errorf("enter a workspace: %w", err)
		}
		err := tx.QueryRow(ctx, lockQuery, at.n).Scan(&head)
		if errors.Is(err, pgx.ErrNoRows) {
			return rooms.ErrNoRoom
		}
		if err != nil {
			return fmt.Errorf("hold the head: %w", err)
		}
		missed, err := readRows(ctx, tx, at.n, after, head-after)
		if err != nil {
			return err
		}
		if rows, judged = judge(missed); judged != nil || len(rows) == 0 {
			return judged
		}
		if err := logrows.InTurn(room, head, rows); err != nil {
			return err //nolint:wrapcheck // ours
		}
		tag, err := tx.Exec(ctx, appendRows, appendArgs(at.n, head, rows)...)
		if err == nil && tag.RowsAffected() != int64(len(rows)) {
			return fmt.Errorf("%d of %d rows were appended", tag.RowsAffected(), len(rows))
		}
		return err //nolint:wrapcheck // wrapped below
	})
	switch {
	case err == nil, errors.Is(err, rooms.ErrNoRoom):
		return err //nolint:wrapcheck // ours
	case judged != nil:
		return judged
	case isUnique(err):
		return db.duplicates(ctx, at, head, rows, err)
	}
	return unavailable(fmt.Errorf("commit to %s: %w", room, err))
}
