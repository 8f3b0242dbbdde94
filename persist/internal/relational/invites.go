package relational

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"atelier/hub/auth"
	"atelier/protocol"
)

var _ auth.InviteStore = (*Store)(nil)

const inviteColumns = "id, hash, workspace, room, role, uses_left, expires, created_by, created_at"

// CreateInvite implements [auth.InviteStore]. NOT_FOUND when the workspace has no such room.
func (s *Store) CreateInvite(ctx context.Context, i auth.Invite) error {
	return s.db.Write(ctx, Workspace(i.Workspace), func(ctx context.Context, tx Tx) error {
		if i.Room != "" {
			err := tx.QueryRowContext(ctx, "SELECT 1 FROM rooms WHERE id = ? AND workspace = ?", i.Room, i.Workspace).
				Scan(new(int))
			if err != nil {
				return coded(err, "room")
			}
		}
		_, err := tx.ExecContext(ctx, "INSERT INTO invites ("+inviteColumns+") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
			i.ID, i.Hash[:], i.Workspace, sql.NullString{String: i.Room, Valid: i.Room != ""}, string(i.Role),
			i.UsesLeft, millis(i.Expires), i.CreatedBy, millis(i.CreatedAt))
		return coded(err, "invite")
	})
}

// AcceptInvite implements [auth.InviteStore]. Accepting again changes nothing, also when the role was changed since; who
// was removed since gets NOT_FOUND and needs a new invite.
func (s *Store) AcceptInvite(ctx context.Context, h auth.Hash, user string, now time.Time) (auth.Invite, error) {
	var invite auth.Invite
	err := s.db.Write(ctx, Secret(ScopeInvite, h[:]), func(ctx context.Context, tx Tx) (err error) {
		invite, err = scanInvite(tx.QueryRowContext(ctx,
			"SELECT "+inviteColumns+" FROM invites WHERE hash = ? AND expires > ?", h[:], millis(now)))
		if err != nil {
			return coded(err, "invite")
		}
		has, err := roleIn(ctx, tx, invite.Workspace, invite.Room, user)
		if err != nil {
			return err
		}
		used, err := tookUse(ctx, tx, invite.ID, user)
		if err != nil || (used && has != "") {
			return err
		}
		if used || invite.UsesLeft <= 0 {
			return coded(sql.ErrNoRows, "invite")
		}
		if err := takeUse(ctx, tx, invite.ID, user); err != nil {
			return err
		}
		invite.UsesLeft--
		if has.Rank() >= invite.Role.Rank() {
			return nil
		}
		return setRole(ctx, tx, membership{invite.Workspace, invite.Room, user, invite.Role})
	})
	if err != nil {
		return auth.Invite{}, err
	}
	return invite, nil
}

func tookUse(ctx context.Context, tx Tx, invite, user string) (used bool, err error) {
	err = tx.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM invite_uses WHERE invite = ? AND "user" = ?)`, invite, user).
		Scan(&used)
	return used, coded(err, "invite")
}

func takeUse(ctx context.Context, tx Tx, invite, user string) error {
	if _, err := tx.ExecContext(ctx, "UPDATE invites SET uses_left = uses_left - 1 WHERE id = ?", invite); err != nil {
		return coded(err, "invite")
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO invite_uses (invite, "user") VALUES (?, ?)`, invite, user)
	return coded(err, "user")
}

// Invites implements [auth.InviteStore]: oldest first, those that are used up or have expired too.
func (s *Store) Invites(ctx context.Context, workspace string) (list []auth.Invite, err error) {
	list, err = readAll(ctx, s, Workspace(workspace), scanInvite,
		"SELECT "+inviteColumns+" FROM invites WHERE workspace = ? ORDER BY created_at, id", workspace)
	return list, coded(err, "invites")
}

// DeleteInvite implements [auth.InviteStore].
func (s *Store) DeleteInvite(ctx context.Context, workspace, id string) error {
	return s.db.Write(ctx, Workspace(workspace), func(ctx context.Context, tx Tx) error {
		result, err := tx.ExecContext(ctx, "DELETE FROM invites WHERE workspace = ? AND id = ?", workspace, id)
		return affected(result, err, "invite")
	})
}

// roleIn is a user's own role in a workspace, or in a room of it; "" for none.
func roleIn(ctx context.Context, tx Tx, workspace, room, user string) (role protocol.Role, err error) {
	if room == "" {
		return workspaceRole(ctx, tx, workspace, user)
	}
	err = tx.QueryRowContext(ctx,
		`SELECT m.role FROM rooms r JOIN room_members m ON m.room = r.n WHERE r.id = ? AND m."user" = ?`, room, user).Scan(&role)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return role, coded(err, "role")
}

func scanInvite(row scanner) (auth.Invite, error) {
	var i auth.Invite
	var hash []byte
	var room sql.NullString
	var expires, createdAt int64
	err := row.Scan(&i.ID, &hash, &i.Workspace, &room, &i.Role, &i.UsesLeft, &expires, &i.CreatedBy, &createdAt)
	if err != nil {
		return auth.Invite{}, err //nolint:wrapcheck // the caller codes it
	}
	copy(i.Hash[:], hash)
	i.Room, i.Expires, i.CreatedAt = room.String, fromMillis(expires), fromMillis(createdAt)
	return i, nil
}
