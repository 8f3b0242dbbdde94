package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"atelier/persist/internal/logrows"
	"atelier/rooms"
)

// checkpointEvery is how many revisions two checkpoints are apart, at least.
const checkpointEvery = 4096

// SaveSnapshot implements [rooms.Store]. The snapshot that it replaces stays as a checkpoint when it is the first of its
// stretch of checkpointEvery revisions.
func (db *DB) SaveSnapshot(ctx context.Context, room string, rev int64, snapshot []byte) error {
	err := db.in(ctx, room, func(at place) error {
		err := pgx.BeginFunc(ctx, db.conns, func(tx pgx.Tx) error { return saveSnapshot(ctx, tx, at, rev, snapshot) })
		if errors.Is(err, pgx.ErrNoRows) {
			return rooms.ErrNoRoom
		}
		return err //nolint:wrapcheck // wrapped below
	})
	return fault(err, "save snapshot of", room)
}

func saveSnapshot(ctx context.Context, tx pgx.Tx, at place, rev int64, snapshot []byte) error {
	if _, err := tx.Exec(ctx, enter, at.workspace); err != nil {
		return fmt.Errorf("enter a workspace: %w", err)
	}
	var head int64
	if err := tx.QueryRow(ctx, headQuery, at.n).Scan(&head); err != nil {
		return err //nolint:wrapcheck // wrapped below
	}
	if rev > head {
		return fmt.Errorf("its revision %d is beyond the log's head %d", rev, head)
	}
	_, err := tx.Exec(ctx, `INSERT INTO checkpoints (room, rev, state)
			SELECT s.room, s.rev, s.state FROM snapshots s WHERE s.room = $1 AND s.rev < $2 AND NOT EXISTS (
				SELECT 1 FROM checkpoints c WHERE c.room = $1 AND c.rev >= s.rev / $3::bigint * $3::bigint)
			ON CONFLICT DO NOTHING`, at.n, rev, int64(checkpointEvery))
	if err != nil {
		return fmt.Errorf("keep a checkpoint: %w", err)
	}
	_, err = tx.Exec(ctx, `INSERT INTO snapshots (room, rev, state) VALUES ($1, $2, $3)
			ON CONFLICT (room) DO UPDATE SET rev = excluded.rev, state = excluded.state WHERE excluded.rev > snapshots.rev`,
		at.n, rev, logrows.Blob(snapshot))
	return err //nolint:wrapcheck // wrapped by the caller
}

// Checkpoint implements [rooms.Store].
func (db *DB) Checkpoint(ctx context.Context, room string, rev int64) (at int64, snapshot []byte, err error) {
	err = db.look(ctx, room, func(tx pgx.Tx, in place) error {
		at, snapshot = 0, nil
		var n int64
		if err := tx.QueryRow(ctx, "SELECT n FROM rooms WHERE n = $1", in.n).Scan(&n); err != nil {
			return err //nolint:wrapcheck // wrapped below
		}
		for _, query := range []string{
			"SELECT rev, state FROM snapshots WHERE room = $1 AND rev <= $2",
			"SELECT rev, state FROM checkpoints WHERE room = $1 AND rev <= $2 ORDER BY rev DESC LIMIT 1",
		} {
			err := tx.QueryRow(ctx, query, n, rev).Scan(&at, &snapshot)
			if !errors.Is(err, pgx.ErrNoRows) {
				return err //nolint:wrapcheck // wrapped below
			}
		}
		return nil
	})
	if err != nil {
		return 0, nil, fault(err, "read a checkpoint of", room)
	}
	return at, snapshot, nil
}
