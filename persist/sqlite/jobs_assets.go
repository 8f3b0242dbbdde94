package sqlite

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
func (db *DB) PutAssets(ctx context.Context, assets ...generation.Asset) error {
	return db.writeJobs(ctx, func(t jobTx) error {
		for _, a := range assets {
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
func (db *DB) Asset(ctx context.Context, workspace, id string) (generation.Asset, error) {
	a := generation.Asset{ID: id, Workspace: workspace}
	var created int64
	var provenance string
	err := db.read.QueryRowContext(ctx, `SELECT mime, bytes, width, height, duration_ms, thumb, placeholder, created_by,
		created_at, provenance FROM assets WHERE workspace = ? AND id = ?`, workspace, id).
		Scan(&a.Mime, &a.Bytes, &a.Width, &a.Height, &a.DurationMS, &a.Thumb, &a.Placeholder, &a.CreatedBy, &created, &provenance)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return generation.Asset{}, protocol.Errorf(protocol.CodeNotFound, "no such asset")
	case err != nil:
		return generation.Asset{}, fmt.Errorf("read asset %s: %w", id, err)
	}
	a.CreatedAt = time.UnixMilli(created)
	if provenance != "" {
		a.Provenance = new(generation.Provenance)
		if err := json.Unmarshal([]byte(provenance), a.Provenance); err != nil {
			return generation.Asset{}, fmt.Errorf("decode provenance of %s: %w", id, err)
		}
	}
	return a, nil
}
