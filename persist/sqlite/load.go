package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"atelier/persist/internal/logrows"
	"atelier/rooms"
)

// Load implements [rooms.Store]. It reads one state of the database, whatever is committed meanwhile.
func (db *DB) Load(ctx context.Context, room string) (rooms.Stored, error) {
	var stored rooms.Stored
	err := db.view(ctx, func(tx *sql.Tx) error {
		var n, head int64
		var at sql.NullInt64
		err := tx.QueryRowContext(ctx, `SELECT r.n, r.head, r.epoch, s.rev, s.state
			FROM rooms r LEFT JOIN snapshots s ON s.room = r.n WHERE r.id = ?`, room).
			Scan(&n, &head, &stored.Epoch, &at, &stored.Snapshot)
		if errors.Is(err, sql.ErrNoRows) {
			return rooms.ErrNoRoom
		}
		if err != nil {
			return fmt.Errorf("load room %s: %w", room, err)
		}
		stored.SnapshotAt = at.Int64
		stored.Rows, err = readRows(ctx, tx, n, stored.SnapshotAt, int(head-stored.SnapshotAt))
		return err
	})
	if err != nil {
		return rooms.Stored{}, err
	}
	return stored, nil
}

// Rows implements [rooms.Store].
func (db *DB) Rows(ctx context.Context, room string, after int64, limit int) (rows []rooms.Row, err error) {
	err = db.view(ctx, func(tx *sql.Tx) error {
		var n, head int64
		err := tx.QueryRowContext(ctx, "SELECT n, head FROM rooms WHERE id = ?", room).Scan(&n, &head)
		if errors.Is(err, sql.ErrNoRows) {
			return rooms.ErrNoRoom
		}
		if err != nil {
			return fmt.Errorf("read the head of %s: %w", room, err)
		}
		rows, err = readRows(ctx, tx, n, after, min(limit, int(head-after)))
		return err
	})
	return rows, err
}

// view runs do in a transaction that sees one state of the database.
func (db *DB) view(ctx context.Context, do func(tx *sql.Tx) error) error {
	tx, err := db.read.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return fmt.Errorf("begin to read: %w", err)
	}
	defer func() { _ = tx.Rollback() }() // it has only read
	return do(tx)
}

// readRows reads the n rows after a revision. They are known to be there, so fewer are an error: the log has a gap.
func readRows(ctx context.Context, tx *sql.Tx, room, after int64, n int) (out []rooms.Row, err error) {
	if n <= 0 {
		return nil, nil
	}
	rows, err := tx.QueryContext(ctx, `SELECT rev, id, session, user, branch, base, gesture, episode, undo, merged, restored,
			digest, writes, also, result, at
		FROM log WHERE room = ? AND rev > ? ORDER BY rev LIMIT ?`, room, after, n)
	if err != nil {
		return nil, fmt.Errorf("read the log: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	out = make([]rooms.Row, 0, n)
	for rows.Next() {
		row, err := scanRow(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, row)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read the log: %w", err)
	}
	return out, logrows.Unbroken(after, int64(n), out) //nolint:wrapcheck // ours
}

func scanRow(rows *sql.Rows) (rooms.Row, error) {
	var r rooms.Row
	var digest, writes, also sql.RawBytes // of the driver, until the next row
	err := rows.Scan(&r.Rev, &r.ID, &r.Session, &r.User, &r.Branch, &r.Base, &r.Gesture, &r.Episode, &r.Undo, &r.Merged, &r.Restored,
		&digest, &writes, &also, &r.Result, &r.At)
	if err != nil {
		return rooms.Row{}, fmt.Errorf("read a row of the log: %w", err)
	}
	err = logrows.Read(&r, digest, writes, also)
	return r, err //nolint:wrapcheck // ours
}
