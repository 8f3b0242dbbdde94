package relational

import (
	"context"
	"errors"
	"fmt"

	"atelier/generation"
)

// PutOrigins implements [generation.LineageStore].
func (s *Store) PutOrigins(ctx context.Context, origins ...generation.Origin) error {
	return s.db.Write(ctx, Global(), func(ctx context.Context, tx Tx) error {
		t := s.jobTx(ctx, tx)
		for _, o := range origins {
			if err := t.enter(Workspace(o.Workspace)); err != nil {
				return err
			}
			if err := t.putOrigin(o); err != nil {
				return err
			}
		}
		return nil
	})
}

func (t jobTx) putOrigin(o generation.Origin) error {
	return t.exec(`INSERT INTO origins (room, workspace, asset, parent, job, idx, weight) VALUES (?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT DO NOTHING`, o.Room, o.Workspace, o.Asset, o.Parent, o.Job, o.Index, o.Weight)
}

const (
	originColumns = `workspace, room, asset, parent, job, idx, weight`
	upQuery       = `SELECT ` + originColumns + ` FROM origins WHERE room = ? AND asset = ? ORDER BY n LIMIT ?`
	downQuery     = `SELECT ` + originColumns + ` FROM origins WHERE room = ? AND parent = ? AND parent <> '' ORDER BY n LIMIT ?`
)

// Lineage implements [generation.LineageStore].
func (s *Store) Lineage(
	ctx context.Context, room, asset string, up, down, limit int,
) (edges []generation.Origin, more bool, err error) {
	err = s.db.View(ctx, Room(room), func(ctx context.Context, tx Tx) error {
		w := walk{tx: tx, room: room, limit: limit, seen: make(map[generation.Origin]bool)}
		parent := func(o generation.Origin) string { return o.Parent }
		child := func(o generation.Origin) string { return o.Asset }
		if err := w.along(ctx, upQuery, asset, up, parent); err != nil {
			return err
		}
		err := w.along(ctx, downQuery, asset, down, child)
		edges, more = w.edges, w.more
		return err
	})
	if err != nil {
		return nil, false, err
	}
	return edges, more, nil
}

// walk goes breadth first through the lineage of a room.
type walk struct {
	tx    Tx
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
