package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"atelier/protocol"
	"atelier/rtc/recording"
)

var _ recording.Store = (*DB)(nil)

// PutRecording implements [recording.Store].
func (db *DB) PutRecording(ctx context.Context, room string, r protocol.Recording) error {
	pieces, err := json.Marshal(r.Pieces)
	if err != nil {
		return fmt.Errorf("encode the pieces of %s: %w", r.ID, err)
	}
	return db.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO recordings (id, room, by, by_name, since, ended, cut, pieces)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (id) DO UPDATE SET ended = excluded.ended, cut = excluded.cut, pieces = excluded.pieces`,
			r.ID, room, r.By, r.ByName, r.Since, r.Ended, r.Cut, string(pieces))
		return coded(err, "room")
	})
}

// Recordings implements [recording.Store].
func (db *DB) Recordings(ctx context.Context, room string, limit int) (list []protocol.Recording, err error) {
	rows, err := db.read.QueryContext(ctx, `SELECT id, by, by_name, since, ended, cut, pieces FROM recordings
		WHERE room = ? ORDER BY since DESC, id DESC LIMIT ?`, room, limit)
	if err != nil {
		return nil, coded(err, "recordings")
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	list = []protocol.Recording{}
	for rows.Next() {
		r := protocol.Recording{State: protocol.RecordingEnded}
		var pieces string
		if err := rows.Scan(&r.ID, &r.By, &r.ByName, &r.Since, &r.Ended, &r.Cut, &pieces); err != nil {
			return nil, coded(err, "recordings")
		}
		if err := json.Unmarshal([]byte(pieces), &r.Pieces); err != nil {
			return nil, fmt.Errorf("decode the pieces of %s: %w", r.ID, err)
		}
		list = append(list, r)
	}
	return list, coded(rows.Err(), "recordings")
}
