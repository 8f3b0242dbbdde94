package sqlite

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"

	"atelier/hub/auth"
	"atelier/protocol"
)

var _ auth.RoomStore = (*DB)(nil)

// visible reads rooms with the roles that user ?1 has in them. The workspace's role counts in a private room only when
// it is owner.
const visible = `SELECT r.id, r.workspace, r.name, r.private, r.created_by, r.created_at,
		CASE WHEN r.private AND w.role <> 'owner' THEN '' ELSE coalesce(w.role, '') END, coalesce(m.role, '')
	FROM rooms r
	LEFT JOIN workspace_members w ON w.workspace = r.workspace AND w.user = ?1
	LEFT JOIN room_members m ON m.room = r.n AND m.user = ?1`

// CreateRoom implements [auth.RoomStore]. NOT_FOUND when there is no such workspace, CONFLICT when the id is taken.
func (db *DB) CreateRoom(ctx context.Context, r auth.Room, creator protocol.Role) error {
	var epoch [16]byte
	if err := db.random(epoch[:]); err != nil {
		return err
	}
	return db.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO rooms (id, workspace, name, private, created_by, created_at, active_at, epoch)
			VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6, ?7)`,
			r.ID, r.Workspace, r.Name, r.Private, r.CreatedBy, millis(r.CreatedAt), hex.EncodeToString(epoch[:]))
		if isForeign(err) {
			return coded(err, "workspace")
		}
		if err != nil || !r.Private {
			return coded(err, "room")
		}
		return setRole(ctx, tx, membership{r.Workspace, r.ID, r.CreatedBy, creator})
	})
}

// Access implements [auth.RoomStore].
func (db *DB) Access(ctx context.Context, room, user string) (auth.Room, protocol.Role, error) {
	r, role, err := scanVisible(db.read.QueryRowContext(ctx, visible+" WHERE r.id = ?2", user, room))
	if err != nil {
		return auth.Room{}, "", coded(err, "room")
	}
	return r, role, nil
}

// Rooms implements [auth.RoomStore].
func (db *DB) Rooms(ctx context.Context, workspace, user string) (list []auth.Room, err error) {
	rows, err := db.read.QueryContext(ctx,
		visible+" WHERE r.workspace = ?2 ORDER BY r.active_at DESC, r.n DESC", user, workspace)
	if err != nil {
		return nil, coded(err, "rooms")
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		r, role, err := scanVisible(rows)
		if err != nil {
			return nil, coded(err, "rooms")
		}
		if role != "" {
			list = append(list, r)
		}
	}
	return list, coded(rows.Err(), "rooms")
}

// UpdateRoom implements [auth.RoomStore].
func (db *DB) UpdateRoom(ctx context.Context, r auth.Room) error {
	return db.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		result, err := tx.ExecContext(ctx, "UPDATE rooms SET name = ?, private = ? WHERE id = ? AND workspace = ?",
			r.Name, r.Private, r.ID, r.Workspace)
		return affected(result, err, "room")
	})
}

// DeleteRoom implements [auth.RoomStore]. All that belongs to a room refers to it and goes by cascade.
func (db *DB) DeleteRoom(ctx context.Context, workspace, id string) error {
	return db.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		result, err := tx.ExecContext(ctx, "DELETE FROM rooms WHERE id = ? AND workspace = ?", id, workspace)
		return affected(result, err, "room")
	})
}

// scanVisible reads a row of the query visible, and the higher of the two roles.
func scanVisible(row scanner) (r auth.Room, role protocol.Role, err error) {
	var createdAt int64
	var own protocol.Role
	err = row.Scan(&r.ID, &r.Workspace, &r.Name, &r.Private, &r.CreatedBy, &createdAt, &role, &own)
	if err != nil {
		return auth.Room{}, "", err //nolint:wrapcheck // the caller codes it
	}
	r.CreatedAt = fromMillis(createdAt)
	if own.Rank() > role.Rank() {
		role = own
	}
	return r, role, nil
}
