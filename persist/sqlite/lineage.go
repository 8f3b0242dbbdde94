package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"atelier/generation"
	"atelier/protocol"
)

// PutOrigins implements [generation.LineageStore].
func (db *DB) PutOrigins(ctx context.Context, origins ...generation.Origin) error {
	return db.writeJobs(ctx, func(t jobTx) error { return t.putOrigins(origins) })
}

func (t jobTx) putOrigins(origins []generation.Origin) error {
	for _, o := range origins {
		err := t.exec(`INSERT INTO origins (room, workspace, asset, parent, job, idx, weight) VALUES (?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT DO NOTHING`, o.Room, o.Workspace, o.Asset, o.Parent, o.Job, o.Index, o.Weight)
		if err != nil {
			return err
		}
	}
	return nil
}

const (
	originColumns = `workspace, room, asset, parent, job, idx, weight`
	upQuery       = `SELECT ` + originColumns + ` FROM origins WHERE room = ? AND asset = ? ORDER BY n LIMIT ?`
	downQuery     = `SELECT ` + originColumns + ` FROM origins WHERE room = ? AND parent = ? AND parent <> '' ORDER BY n LIMIT ?`
)

// Lineage implements [generation.LineageStore].
func (db *DB) Lineage(
	ctx context.Context, room, asset string, up, down, limit int,
) (edges []generation.Origin, more bool, err error) {
	tx, err := db.read.BeginTx(ctx, &sql.TxOptions{ReadOnly: true}) // so that it sees one moment
	if err != nil {
		return nil, false, fmt.Errorf("read lineage: %w", err)
	}
	defer func() { err = errors.Join(err, tx.Rollback()) }()
	w := walk{tx: tx, room: room, limit: limit, seen: make(map[generation.Origin]bool)}
	parent := func(o generation.Origin) string { return o.Parent }
	child := func(o generation.Origin) string { return o.Asset }
	if err := w.along(ctx, upQuery, asset, up, parent); err != nil {
		return nil, false, err
	}
	if err := w.along(ctx, downQuery, asset, down, child); err != nil {
		return nil, false, err
	}
	return w.edges, w.more, nil
}

// walk goes breadth first through the lineage of a room.
type walk struct {
	tx    *sql.Tx
	room  string
	limit int
	edges []generation.Origin
	seen  map[generation.Origin]bool
	more  bool
}

func (w *walk) along(ctx context.Context, query, from string, depth int, next func(generation.Origin) string) error {
	front, been := []string{from}, map[string]bool{from: true}
	for range depth {
		var beyond []string
		for _, asset := range front {
			edges, err := w.step(ctx, query, asset)
			if err != nil {
				return err
			}
			for _, e := range edges {
				if to := next(e); to != "" && !been[to] {
					been[to] = true
					beyond = append(beyond, to)
				}
			}
		}
		front = beyond
	}
	return nil
}

func (w *walk) step(ctx context.Context, query, asset string) (edges []generation.Origin, err error) {
	room := w.limit - len(w.edges)
	rows, err := w.tx.QueryContext(ctx, query, w.room, asset, room+1)
	if err != nil {
		return nil, fmt.Errorf("read lineage: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var o generation.Origin
		if err := rows.Scan(&o.Workspace, &o.Room, &o.Asset, &o.Parent, &o.Job, &o.Index, &o.Weight); err != nil {
			return nil, fmt.Errorf("read lineage: %w", err)
		}
		if w.seen[o] {
			continue
		}
		if len(w.edges) >= w.limit {
			w.more = true
			break
		}
		w.seen[o] = true
		w.edges = append(w.edges, o)
		edges = append(edges, o)
	}
	return edges, rows.Err() //nolint:wrapcheck // as above
}

const shareColumns = `id, room, workspace, asset, up, down, created_by, created_at, hash`

// PutShare implements [generation.ShareStore].
func (db *DB) PutShare(ctx context.Context, s generation.Share) error {
	return db.writeJobs(ctx, func(t jobTx) error {
		return t.exec(`INSERT INTO shares (`+shareColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			s.ID, s.Room, s.Workspace, s.Asset, s.Up, s.Down, s.CreatedBy, s.CreatedAt.UnixMilli(), s.Hash)
	})
}

func scanShare(s scanner) (share generation.Share, err error) {
	var created int64
	err = s.Scan(&share.ID, &share.Room, &share.Workspace, &share.Asset, &share.Up, &share.Down, &share.CreatedBy, &created, &share.Hash)
	share.CreatedAt = time.UnixMilli(created)
	return share, err //nolint:wrapcheck // callers look for sql.ErrNoRows
}

// Shares implements [generation.ShareStore].
func (db *DB) Shares(ctx context.Context, room string) (shares []generation.Share, err error) {
	rows, err := db.read.QueryContext(ctx, `SELECT `+shareColumns+` FROM shares WHERE room = ? ORDER BY created_at, id`, room)
	if err != nil {
		return nil, fmt.Errorf("read shares: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		s, err := scanShare(rows)
		if err != nil {
			return nil, fmt.Errorf("read shares: %w", err)
		}
		shares = append(shares, s)
	}
	return shares, rows.Err() //nolint:wrapcheck // as above
}

// ShareByHash implements [generation.ShareStore].
func (db *DB) ShareByHash(ctx context.Context, hash []byte) (generation.Share, error) {
	s, err := scanShare(db.read.QueryRowContext(ctx, `SELECT `+shareColumns+` FROM shares WHERE hash = ?`, hash))
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return generation.Share{}, protocol.Errorf(protocol.CodeNotFound, "no such share")
	case err != nil:
		return generation.Share{}, fmt.Errorf("read share: %w", err)
	}
	return s, nil
}

// RevokeShare implements [generation.ShareStore].
func (db *DB) RevokeShare(ctx context.Context, room, id string) error {
	return db.writeJobs(ctx, func(t jobTx) error {
		gone, err := t.number(`DELETE FROM shares WHERE room = ? AND id = ? RETURNING 1`, room, id)
		if err == nil && gone == 0 {
			err = protocol.Errorf(protocol.CodeNotFound, "no such share")
		}
		return err
	})
}
