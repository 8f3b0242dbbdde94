package relational

import (
	"context"
	"encoding/hex"
	"errors"

	"atelier/hub/auth"
	"atelier/protocol"
)

var _ auth.RoomStore = (*Store)(nil)

// visible reads rooms with the roles that user ?1 has in them. The workspace's role counts in a private room only when
// it is owner.
const visible = `SELECT r.id, r.workspace, r.name, r.private, r.created_by, r.created_at,
		CASE WHEN r.private <> 0 AND w.role <> 'owner' THEN '' ELSE coalesce(w.role, '') END, coalesce(m.role, '')
	FROM rooms r
	LEFT JOIN workspace_members w ON w.workspace = r.workspace AND w."user" = ?1
	LEFT JOIN room_members m ON m.room = r.n AND m."user" = ?1`

// CreateRoom implements [auth.RoomStore]. NOT_FOUND when there is no such workspace, CONFLICT when the id is taken.
func (s *Store) CreateRoom(ctx context.Context, r auth.Room, creator protocol.Role) error {
	var epoch [16]byte
	if err := s.rand(epoch[:]); err != nil {
		return err
	}
	return s.db.Write(ctx, Workspace(r.Workspace), func(ctx context.Context, tx Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO rooms (id, workspace, name, private, created_by, created_at, active_at, epoch)
			VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6, ?7)`,
			r.ID, r.Workspace, r.Name, flag(r.Private), r.CreatedBy, millis(r.CreatedAt), hex.EncodeToString(epoch[:]))
		if errors.Is(err, ErrForeign) {
			return coded(err, "workspace")
		}
		if err != nil || !r.Private {
			return coded(err, "room")
		}
		return setRole(ctx, tx, membership{r.Workspace, r.ID, r.CreatedBy, creator})
	})
}

// Access implements [auth.RoomStore].
func (s *Store) Access(ctx context.Context, room, user string) (auth.Room, protocol.Role, error) {
	v, err := readOne(ctx, s, Room(room), scanVisible, visible+" WHERE r.id = ?2", user, room)
	if err != nil {
		return auth.Room{}, "", coded(err, "room")
	}
	return v.Room, v.role, nil
}

// Rooms implements [auth.RoomStore].
func (s *Store) Rooms(ctx context.Context, workspace, user string) (list []auth.Room, err error) {
	rooms, err := readAll(ctx, s, Workspace(workspace), scanVisible,
		visible+" WHERE r.workspace = ?2 ORDER BY r.active_at DESC, r.n DESC", user, workspace)
	for _, v := range rooms {
		if v.role != "" {
			list = append(list, v.Room)
		}
	}
	return list, coded(err, "rooms")
}

// UpdateRoom implements [auth.RoomStore].
func (s *Store) UpdateRoom(ctx context.Context, r auth.Room) error {
	return s.db.Write(ctx, Workspace(r.Workspace), func(ctx context.Context, tx Tx) error {
		result, err := tx.ExecContext(ctx, "UPDATE rooms SET name = ?, private = ? WHERE id = ? AND workspace = ?",
			r.Name, flag(r.Private), r.ID, r.Workspace)
		return affected(result, err, "room")
	})
}

// DeleteRoom implements [auth.RoomStore]. All that belongs to a room refers to it and goes by cascade; what waits
// in the queue too, so it is done in the queue's order.
func (s *Store) DeleteRoom(ctx context.Context, workspace, id string) error {
	return s.db.WriteInOrder(ctx, Workspace(workspace), func(ctx context.Context, tx Tx) error {
		result, err := tx.ExecContext(ctx, "DELETE FROM rooms WHERE id = ? AND workspace = ?", id, workspace)
		return affected(result, err, "room")
	})
}

// visibleRoom is a row of the query visible, with the higher of the two roles.
type visibleRoom struct {
	auth.Room

	role protocol.Role
}

func scanVisible(row scanner) (v visibleRoom, err error) {
	var createdAt int64
	var own protocol.Role
	err = row.Scan(&v.ID, &v.Workspace, &v.Name, &v.Private, &v.CreatedBy, &createdAt, &v.role, &own)
	if err != nil {
		return visibleRoom{}, err //nolint:wrapcheck // the caller codes it
	}
	v.CreatedAt = fromMillis(createdAt)
	if own.Rank() > v.role.Rank() {
		v.role = own
	}
	return v, nil
}
