package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"atelier/persist/internal/logrows"
	"atelier/rooms"
)

// view runs do in a transaction that sees one state of the rows of a room's workspace.
func (db *DB) view(ctx context.Context, at place, do func(tx pgx.Tx) error) error {
	opts := pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
	return pgx.BeginTxFunc(ctx, db.conns, opts, func(tx pgx.Tx) error { //nolint:wrapcheck // the caller says what was read
		if _, err := tx.Exec(ctx, enter, at.workspace); err != nil {
			return fmt.Errorf("enter a workspace: %w", err)
		}
		return do(tx)
	})
}

// Load implements [rooms.Store]. It reads one state of the database, whatever is committed meanwhile.
func (db *DB) Load(ctx context.Context, room string) (stored rooms.Stored, err error) {
	err = db.look(ctx, room, func(tx pgx.Tx, at place) error {
		stored = rooms.Stored{}
		var head int64
		var rev *int64
		err := tx.QueryRow(ctx, `SELECT r.head, r.epoch, s.rev, s.state FROM rooms r LEFT JOIN snapshots s ON s.room = r.n
			WHERE r.n = $1`, at.n).Scan(&head, &stored.Epoch, &rev, &stored.Snapshot)
		if err != nil {
			return err //nolint:wrapcheck // wrapped below
		}
		if rev != nil {
			stored.SnapshotAt = *rev
		}
		stored.Rows, err = readRows(ctx, tx, at.n, stored.SnapshotAt, head-stored.SnapshotAt)
		return err
	})
	if err != nil {
		return rooms.Stored{}, fault(err, "load room", room)
	}
	return stored, nil
}

// look reads a room. [pgx.ErrNoRows] of do means that it is not there.
func (db *DB) look(ctx context.Context, room string, do func(tx pgx.Tx, at place) error) error {
	return db.in(ctx, room, func(at place) error {
		err := db.view(ctx, at, func(tx pgx.Tx) error { return do(tx, at) })
		if errors.Is(err, pgx.ErrNoRows) {
			return rooms.ErrNoRoom
		}
		return err
	})
}

// fault is what became of reading a room.
func fault(err error, what, room string) error {
	if err == nil || errors.Is(err, rooms.ErrNoRoom) {
		return err
	}
	return unavailable(fmt.Errorf("%s %s: %w", what, room, err))
}

// Rows implements [rooms.Store].
func (db *DB) Rows(ctx context.Context, room string, after int64, limit int) (rows []rooms.Row, err error) {
	err = db.look(ctx, room, func(tx pgx.Tx, at place) error {
		var head int64
		if err := tx.QueryRow(ctx, headQuery, at.n).Scan(&head); err != nil {
			return err //nolint:wrapcheck // wrapped below
		}
		rows, err = readRows(ctx, tx, at.n, after, min(int64(limit), head-after))
		return err
	})
	if err != nil {
		return nil, fault(err, "read the log of", room)
	}
	return rows, nil
}

func readRows(ctx context.Context, tx pgx.Tx, room, after, limit int64) ([]rooms.Row, error) {
	if limit <= 0 {
		return nil, nil
	}
	found, err := tx.Query(ctx, rowsQuery, room, after, limit)
	if err != nil {
		return nil, fmt.Errorf("read the log: %w", err)
	}
	defer found.Close()
	rows := make([]rooms.Row, 0, limit)
	for found.Next() {
		var r rooms.Row
		var digest, writes, also []byte
		err := found.Scan(&r.Rev, &r.ID, &r.Session, &r.User, &r.Branch, &r.Base, &r.Gesture, &r.Episode, &r.Undo, &r.Merged,
			&r.Restored, &digest, &writes, &also, &r.Result, &r.At)
		if err != nil {
			return nil, fmt.Errorf("read the log: %w", err)
		}
		if err := logrows.Read(&r, digest, writes, also); err != nil {
			return nil, err //nolint:wrapcheck // ours
		}
		rows = append(rows, r)
	}
	if err := found.Err(); err != nil {
		return nil, fmt.Errorf("read the log: %w", err)
	}
	return rows, logrows.Unbroken(after, limit, rows) //nolint:wrapcheck // ours
}

// Heads implements [rooms.HeadStore].
func (db *DB) Heads(ctx context.Context, ids []string) (map[string]rooms.Extent, error) {
	heads := make(map[string]rooms.Extent, len(ids))
	found, err := db.conns.Query(ctx, "SELECT id, head, seq FROM heads_of_rooms($1)", ids)
	if err != nil {
		return nil, unavailable(fmt.Errorf("read heads: %w", err))
	}
	defer found.Close()
	for found.Next() {
		var id string
		var e rooms.Extent
		if err := found.Scan(&id, &e.Rev, &e.Jobs); err != nil {
			return nil, fmt.Errorf("read heads: %w", err)
		}
		heads[id] = e
	}
	if err := found.Err(); err != nil {
		return nil, unavailable(fmt.Errorf("read heads: %w", err))
	}
	return heads, nil
}
