package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"atelier/persist/internal/relational"
)

// dialect is what this database says in words of its own: what is asked over all workspaces goes through the functions of
// migrations/0002_queue.sql, which row level security lets look over its walls.
func dialect() relational.Dialect {
	return relational.Dialect{
		Turn:     turn,
		Routes:   `json_array_elements_text(?1::json) AS able (value)`,
		Running:  `SELECT queue_running(?)`,
		Lapsed:   `SELECT workspace, room, id FROM queue_lapsed(?)`,
		Due:      `SELECT workspace, room, id FROM queue_due(?)`,
		HeldBy:   `SELECT workspace, room, id FROM queue_held_by(?)`,
		Unplaced: `SELECT n, workspace, room, id FROM queue_unplaced(?, ?)`,
		Busy:     `SELECT * FROM queue_busy()`,
		Turns:    `SELECT workspace, team_had, room, requester, had FROM queue_turns(?)`,
		Waiting:  `SELECT * FROM queue_waiting(?, ?, ?)`,
		Depth:    `SELECT queue_depth()`,
	}
}

// turn finds whose turn it is.
func turn(ctx context.Context, tx relational.Tx, w relational.Wanted) (t relational.Turn, found bool, err error) {
	const query = `SELECT workspace, room, requester FROM queue_turn(?, ?, ?)`
	err = tx.QueryRowContext(ctx, query, w.Routes, w.Room, w.Running).Scan(&t.Workspace, &t.Room, &t.User)
	if errors.Is(err, sql.ErrNoRows) {
		return relational.Turn{}, false, nil
	}
	if err != nil {
		return relational.Turn{}, false, fmt.Errorf("find whose turn it is: %w", err)
	}
	return t, true, nil
}
