package relational

import (
	"context"
	"encoding/json"
	"fmt"

	"atelier/protocol"
	"atelier/rtc/recording"
)

var _ recording.Store = (*Store)(nil)

// PutRecording implements [recording.Store].
func (s *Store) PutRecording(ctx context.Context, room string, r protocol.Recording) error {
	pieces, err := json.Marshal(r.Pieces)
	if err != nil {
		return fmt.Errorf("encode the pieces of %s: %w", r.ID, err)
	}
	return s.db.Write(ctx, Room(room), func(ctx context.Context, tx Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO recordings (id, room, by, by_name, since, ended, cut, pieces)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (id) DO UPDATE SET ended = excluded.ended, cut = excluded.cut, pieces = excluded.pieces`,
			r.ID, room, r.By, r.ByName, r.Since, r.Ended, flag(r.Cut), string(pieces))
		return coded(err, "room")
	})
}

// Recordings implements [recording.Store].
func (s *Store) Recordings(ctx context.Context, room string, limit int) (list []protocol.Recording, err error) {
	list, err = readAll(ctx, s, Room(room), scanRecording, `SELECT id, by, by_name, since, ended, cut, pieces FROM recordings
		WHERE room = ? ORDER BY since DESC, id DESC LIMIT ?`, room, limit)
	if list == nil {
		list = []protocol.Recording{}
	}
	return list, coded(err, "recordings")
}

func scanRecording(row scanner) (protocol.Recording, error) {
	r := protocol.Recording{State: protocol.RecordingEnded}
	var pieces string
	if err := row.Scan(&r.ID, &r.By, &r.ByName, &r.Since, &r.Ended, &r.Cut, &pieces); err != nil {
		return protocol.Recording{}, err //nolint:wrapcheck // the caller codes it
	}
	if err := json.Unmarshal([]byte(pieces), &r.Pieces); err != nil {
		return protocol.Recording{}, fmt.Errorf("decode the pieces of %s: %w", r.ID, err)
	}
	return r, nil
}
