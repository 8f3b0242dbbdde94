package postgres

import "atelier/persist/internal/relational"

// dialect is what this database says in words of its own: what is asked over all workspaces goes through the functions of
// migrations/0002_queue.sql, which row level security lets look over its walls.
func dialect() relational.Dialect {
	return relational.Dialect{
		Claim:    `queue_claim(?, ?, ?, ?, ?, ?)`,
		Join:     `SELECT queue_join(?, ?, ?, ?, ?)`,
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
