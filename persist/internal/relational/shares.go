package relational

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"atelier/generation"
	"atelier/protocol"
)

const shareColumns = `id, room, workspace, asset, up, down, created_by, created_at, hash`

// PutShare implements [generation.ShareStore].
func (s *Store) PutShare(ctx context.Context, share generation.Share) error {
	return s.db.Write(ctx, Workspace(share.Workspace), func(ctx context.Context, tx Tx) error {
		return s.jobTx(ctx, tx).exec(`INSERT INTO shares (`+shareColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			share.ID, share.Room, share.Workspace, share.Asset, share.Up, share.Down, share.CreatedBy,
			share.CreatedAt.UnixMilli(), share.Hash)
	})
}

func scanShare(row scanner) (share generation.Share, err error) {
	var created int64
	err = row.Scan(&share.ID, &share.Room, &share.Workspace, &share.Asset, &share.Up, &share.Down, &share.CreatedBy, &created, &share.Hash)
	share.CreatedAt = time.UnixMilli(created)
	return share, err //nolint:wrapcheck // callers look for sql.ErrNoRows
}

// Shares implements [generation.ShareStore].
func (s *Store) Shares(ctx context.Context, room string) (shares []generation.Share, err error) {
	shares, err = readAll(ctx, s, Room(room), scanShare,
		`SELECT `+shareColumns+` FROM shares WHERE room = ? ORDER BY created_at, id`, room)
	if err != nil {
		return nil, fmt.Errorf("read shares: %w", err)
	}
	return shares, nil
}

// ShareByHash implements [generation.ShareStore].
func (s *Store) ShareByHash(ctx context.Context, hash []byte) (generation.Share, error) {
	share, err := readOne(ctx, s, Secret(ScopeShare, hash), scanShare,
		`SELECT `+shareColumns+` FROM shares WHERE hash = ?`, hash)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return generation.Share{}, protocol.Errorf(protocol.CodeNotFound, "no such share")
	case err != nil:
		return generation.Share{}, fmt.Errorf("read share: %w", err)
	}
	return share, nil
}

// RevokeShare implements [generation.ShareStore].
func (s *Store) RevokeShare(ctx context.Context, room, id string) error {
	return s.db.Write(ctx, Room(room), func(ctx context.Context, tx Tx) error {
		gone, err := s.jobTx(ctx, tx).number(`DELETE FROM shares WHERE room = ? AND id = ? RETURNING 1`, room, id)
		if err == nil && gone == 0 {
			err = protocol.Errorf(protocol.CodeNotFound, "no such share")
		}
		return err
	})
}
