package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"atelier/persist/internal/logrows"
	"atelier/rooms"
)

// checkpointEvery is how many revisions two checkpoints are apart, at least.
const checkpointEvery = 4096

// SaveSnapshot implements [rooms.Store]. The snapshot that it replaces stays as a checkpoint when it is the first of its
// stretch of checkpointEvery revisions.
func (db *DB) SaveSnapshot(ctx context.Context, room string, rev int64, snapshot []byte) error {
	return db.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		var n, head int64
		err := tx.QueryRowContext(ctx, "SELECT n, head FROM rooms WHERE id = ?", room).Scan(&n, &head)
		if errors.Is(err, sql.ErrNoRows) {
			return rooms.ErrNoRoom
		}
		if err != nil {
			return fmt.Errorf("read the head of %s: %w", room, err)
		}
		if rev > head {
			return fmt.Errorf("save snapshot of %s: its revision %d is beyond the log's head %d", room, rev, head)
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO checkpoints (room, rev, state)
			SELECT s.room, s.rev, s.state FROM snapshots s WHERE s.room = ?1 AND s.rev < ?2 AND NOT EXISTS (
				SELECT 1 FROM checkpoints c WHERE c.room = ?1 AND c.rev >= s.rev / ?3 * ?3)`, n, rev, checkpointEvery)
		if err != nil {
			return fmt.Errorf("keep a checkpoint of %s: %w", room, err)
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO snapshots (room, rev, state) VALUES (?, ?, ?)
			ON CONFLICT (room) DO UPDATE SET rev = excluded.rev, state = excluded.state WHERE excluded.rev > snapshots.rev`,
			n, rev, logrows.Blob(snapshot))
		if err != nil {
			return fmt.Errorf("save snapshot of %s: %w", room, err)
		}
		return nil
	})
}

// Checkpoint implements [rooms.Store].
func (db *DB) Checkpoint(ctx context.Context, room string, rev int64) (at int64, snapshot []byte, err error) {
	err = db.view(ctx, func(tx *sql.Tx) error {
		var n int64
		err := tx.QueryRowContext(ctx, "SELECT n FROM rooms WHERE id = ?", room).Scan(&n)
		if errors.Is(err, sql.ErrNoRows) {
			return rooms.ErrNoRoom
		}
		if err != nil {
			return fmt.Errorf("look up room %s: %w", room, err)
		}
		for _, query := range []string{
			"SELECT rev, state FROM snapshots WHERE room = ? AND rev <= ?",
			"SELECT rev, state FROM checkpoints WHERE room = ? AND rev <= ? ORDER BY rev DESC LIMIT 1",
		} {
			err := tx.QueryRowContext(ctx, query, n, rev).Scan(&at, &snapshot)
			if !errors.Is(err, sql.ErrNoRows) {
				return err //nolint:wrapcheck // wrapped below
			}
		}
		return nil
	})
	if err != nil && !errors.Is(err, rooms.ErrNoRoom) {
		err = fmt.Errorf("read a checkpoint of %s: %w", room, err)
	}
	return at, snapshot, err
}
