package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"atelier/rooms"
)

var _ rooms.Finder = (*DB)(nil)

// Revision implements [rooms.Finder].
func (db *DB) Revision(ctx context.Context, room, change string) (rev int64, err error) {
	err = db.read.QueryRowContext(ctx,
		"SELECT l.rev FROM rooms r JOIN log l ON l.room = r.n WHERE r.id = ? AND l.id = ?", room, change).Scan(&rev)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("look up change %s of %s: %w", change, room, err)
	}
	return rev, nil
}
