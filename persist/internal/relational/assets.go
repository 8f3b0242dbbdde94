package relational

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"atelier/generation"
	"atelier/protocol"
)

// PutAssets implements [generation.AssetStore].
func (s *Store) PutAssets(ctx context.Context, assets ...generation.Asset) error {
	return s.db.Write(ctx, Global(), func(ctx context.Context, tx Tx) error {
		t := s.jobTx(ctx, tx)
		for _, a := range assets {
			if err := t.enter(Workspace(a.Workspace)); err != nil {
				return err
			}
			if err := t.putAsset(a); err != nil {
				return err
			}
		}
		return nil
	})
}

func (t jobTx) putAsset(a generation.Asset) error {
	provenance := ""
	if a.Provenance != nil {
		b, err := json.Marshal(a.Provenance)
		if err != nil {
			return fmt.Errorf("encode provenance of %s: %w", a.ID, err)
		}
		provenance = string(b)
	}
	return t.exec(`INSERT INTO assets (workspace, id, mime, bytes, width, height, duration_ms, thumb, placeholder,
		created_by, created_at, provenance) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
		a.Workspace, a.ID, a.Mime, a.Bytes, a.Width, a.Height, a.DurationMS, a.Thumb, a.Placeholder,
		a.CreatedBy, a.CreatedAt.UnixMilli(), provenance)
}

// Asset implements [generation.AssetStore].
func (s *Store) Asset(ctx context.Context, workspace, id string) (generation.Asset, error) {
	scan := func(row scanner) (generation.Asset, error) {
		return scanAsset(row, generation.Asset{ID: id, Workspace: workspace})
	}
	a, err := readOne(ctx, s, Workspace(workspace), scan, `SELECT mime, bytes, width, height, duration_ms, thumb, placeholder,
		created_by, created_at, provenance FROM assets WHERE workspace = ? AND id = ?`, workspace, id)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return generation.Asset{}, protocol.Errorf(protocol.CodeNotFound, "no such asset")
	case err != nil:
		return generation.Asset{}, fmt.Errorf("read asset %s: %w", id, err)
	}
	return a, nil
}

// scanAsset reads what an asset that is named already is.
func scanAsset(row scanner, a generation.Asset) (generation.Asset, error) {
	var created int64
	var provenance string
	err := row.Scan(&a.Mime, &a.Bytes, &a.Width, &a.Height, &a.DurationMS, &a.Thumb, &a.Placeholder, &a.CreatedBy, &created, &provenance)
	if err != nil {
		return generation.Asset{}, err //nolint:wrapcheck // the caller looks for sql.ErrNoRows
	}
	a.CreatedAt = time.UnixMilli(created)
	if provenance != "" {
		a.Provenance = new(generation.Provenance)
		if err := json.Unmarshal([]byte(provenance), a.Provenance); err != nil {
			return generation.Asset{}, fmt.Errorf("decode provenance: %w", err)
		}
	}
	return a, nil
}
