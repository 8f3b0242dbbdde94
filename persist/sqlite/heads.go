package sqlite

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"atelier/rooms"
)

var _ rooms.HeadStore = (*DB)(nil)

// Heads implements [rooms.HeadStore].
func (db *DB) Heads(ctx context.Context, ids []string) (heads map[string]rooms.Extent, err error) {
	list, err := json.Marshal(ids)
	if err != nil {
		return nil, fmt.Errorf("encode rooms: %w", err)
	}
	rows, err := db.read.QueryContext(ctx, `SELECT r.id, r.head, coalesce(j.seq, 0)
		FROM json_each(?) AS wanted JOIN rooms r ON r.id = wanted.value LEFT JOIN job_seqs j ON j.room = r.id`, string(list))
	if err != nil {
		return nil, fmt.Errorf("read heads: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	heads = make(map[string]rooms.Extent, len(ids))
	for rows.Next() {
		var id string
		var e rooms.Extent
		if err := rows.Scan(&id, &e.Rev, &e.Jobs); err != nil {
			return nil, fmt.Errorf("read heads: %w", err)
		}
		heads[id] = e
	}
	return heads, rows.Err() //nolint:wrapcheck // as above
}
