package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"atelier/persist/internal/logrows"
	"atelier/rooms"
)

var _ rooms.Store = (*DB)(nil)

// insertRows is how many rows one statement inserts; what is left over goes one by one. Fewer, larger statements cost
// less: SQLite and database/sql each have a price per call.
const insertRows = 32

const (
	insertColumns = "INSERT INTO log (room, rev, id, session, user, branch, base, gesture, episode, undo, merged, restored, " +
		"digest, writes, also, result, at) VALUES "
	insertValues = "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
	insertArgs   = 17
	moveHead     = "UPDATE rooms SET head = ?1, active_at = max(active_at, ?2) WHERE id = ?3 AND head = ?4 RETURNING n"
)

// insertQuery inserts n rows into the log.
func insertQuery(n int) string {
	return insertColumns + strings.Repeat(insertValues+", ", n-1) + insertValues
}

// Commit implements [rooms.Store].
func (db *DB) Commit(ctx context.Context, room string, head int64, rows []rooms.Row) error {
	if len(rows) == 0 {
		return nil
	}
	if err := logrows.InTurn(room, head, rows); err != nil {
		return err //nolint:wrapcheck // ours
	}
	writes := logrows.Writes(rows) // on the caller's goroutine: the committer's time is everybody's
	return db.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		n, err := db.moveHead(ctx, tx, room, head, rows)
		if err != nil {
			return err
		}
		err = db.insertRows(ctx, tx, n, rows, writes)
		if isUnique(err) {
			return duplicates(ctx, tx, n, head, rows, err)
		}
		return err
	})
}

// moveHead moves a room's head past rows if it is where the caller thinks, and returns the room's number.
func (db *DB) moveHead(ctx context.Context, tx *sql.Tx, room string, head int64, rows []rooms.Row) (n int64, err error) {
	last := &rows[len(rows)-1]
	stmt, err := db.prepared(ctx, tx, moveHead) //nolint:sqlclosecheck // cached
	if err != nil {
		return 0, err
	}
	err = stmt.QueryRowContext(ctx, last.Rev, last.At, room, head).Scan(&n)
	if err == nil {
		return n, nil
	}
	if !errors.Is(err, sql.ErrNoRows) {
		return 0, fmt.Errorf("move the head of %s: %w", room, err)
	}
	var stored int64
	err = tx.QueryRowContext(ctx, "SELECT head FROM rooms WHERE id = ?", room).Scan(&stored)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, rooms.ErrNoRoom
	}
	if err != nil {
		return 0, fmt.Errorf("read the head of %s: %w", room, err)
	}
	return 0, rooms.ErrHeadMoved
}

func (db *DB) insertRows(ctx context.Context, tx *sql.Tx, room int64, rows []rooms.Row, writes [][]byte) error {
	args := make([]any, 0, insertArgs*min(len(rows), insertRows))
	for len(rows) > 0 {
		n := 1
		if len(rows) >= insertRows {
			n = insertRows
		}
		stmt, err := db.prepared(ctx, tx, insertQuery(n)) //nolint:sqlclosecheck // cached
		if err != nil {
			return err
		}
		args = args[:0]
		for i := range n {
			r := &rows[i]
			args = append(args, room, r.Rev, r.ID, r.Session, r.User, r.Branch, r.Base, r.Gesture, r.Episode, r.Undo,
				r.Merged, r.Restored, r.Digest[:], writes[i], logrows.Also(r), logrows.Blob(r.Result), r.At)
		}
		if _, err := stmt.ExecContext(ctx, args...); err != nil {
			return fmt.Errorf("append to the log: %w", err)
		}
		rows, writes = rows[n:], writes[n:]
	}
	return nil
}

// duplicates tells which of the rows' change ids the log had before this commit, and what became of them. The failed
// insert is returned when there are none: then an id came twice in rows.
func duplicates(ctx context.Context, tx *sql.Tx, room, head int64, rows []rooms.Row, failed error) error {
	out := make(map[string]rooms.Outcome)
	for i := range rows {
		var o rooms.Outcome
		var digest []byte
		err := tx.QueryRowContext(ctx,
			"SELECT rev, user, digest, result FROM log WHERE room = ? AND id = ? AND rev <= ?", room, rows[i].ID, head).
			Scan(&o.Rev, &o.User, &digest, &o.Result)
		if errors.Is(err, sql.ErrNoRows) {
			continue
		}
		if err != nil {
			return fmt.Errorf("look up change %s: %w", rows[i].ID, err)
		}
		copy(o.Digest[:], digest)
		out[rows[i].ID] = o
	}
	if len(out) == 0 {
		return failed
	}
	return &rooms.DuplicateError{Outcomes: out}
}
