package relational

import (
	"context"
	"database/sql"
	"errors"

	"atelier/hub/auth"
	"atelier/protocol"
)

var _ auth.PeopleStore = (*Store)(nil)

// EnsureWorkspace implements [auth.PeopleStore].
func (s *Store) EnsureWorkspace(ctx context.Context, id, name string) (created bool, err error) {
	err = s.db.Write(ctx, Workspace(id), func(ctx context.Context, tx Tx) error {
		result, err := tx.ExecContext(ctx,
			"INSERT INTO workspaces (id, name, created_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", id, name, millis(tx.Now()))
		if err != nil {
			return coded(err, "workspace")
		}
		n, err := result.RowsAffected()
		created = n > 0
		return coded(err, "workspace")
	})
	return created, err
}

// People implements [auth.PeopleStore]: the members of the workspace and then those of its rooms, by name.
func (s *Store) People(ctx context.Context, workspace string) (list []auth.Membership, err error) {
	scan := func(row scanner) (auth.Membership, error) {
		m := auth.Membership{Workspace: workspace}
		var u userScan
		err := row.Scan(append([]any{&m.Room, &m.Role}, u.into()...)...)
		m.User = u.user()
		return m, err //nolint:wrapcheck // coded below
	}
	list, err = readAll(ctx, s, Workspace(workspace), scan, `
		SELECT '' AS room, m.role, u.id, u.name, u.kind, u.created_at
		FROM workspace_members m JOIN users u ON u.id = m."user" WHERE m.workspace = ?1
		UNION ALL
		SELECT r.id, m.role, u.id, u.name, u.kind, u.created_at
		FROM rooms r JOIN room_members m ON m.room = r.n JOIN users u ON u.id = m."user" WHERE r.workspace = ?1
		ORDER BY 1, 4, 3`, workspace)
	return list, coded(err, "people")
}

// Role implements [auth.PeopleStore].
func (s *Store) Role(ctx context.Context, workspace, user string) (protocol.Role, error) {
	var role protocol.Role
	err := s.db.Read(ctx, Workspace(workspace), func(ctx context.Context, tx Tx) (err error) {
		role, err = workspaceRole(ctx, tx, workspace, user)
		return err
	})
	return role, err
}

// SetRole implements [auth.PeopleStore]. NOT_FOUND when there is no such workspace, room or user; CONFLICT when the
// workspace would lose its last owner who is not a bot.
func (s *Store) SetRole(ctx context.Context, m auth.Membership) error {
	return s.db.Write(ctx, Workspace(m.Workspace), func(ctx context.Context, tx Tx) error {
		if m.Room == "" && m.Role != protocol.RoleOwner {
			if err := keepOwner(ctx, tx, m.Workspace, m.User.ID); err != nil {
				return err
			}
		}
		return setRole(ctx, tx, membership{m.Workspace, m.Room, m.User.ID, m.Role})
	})
}

// RemoveMember implements [auth.PeopleStore]. NOT_FOUND for who is not a member; CONFLICT for the last owner.
func (s *Store) RemoveMember(ctx context.Context, workspace, user string) error {
	return s.db.Write(ctx, Workspace(workspace), func(ctx context.Context, tx Tx) error {
		if err := keepOwner(ctx, tx, workspace, user); err != nil {
			return err
		}
		n, err := removeMember(ctx, tx, workspace, user)
		if err == nil && n == 0 {
			err = sql.ErrNoRows
		}
		return coded(err, "member")
	})
}

// membership is a role in a workspace, or in one of its rooms when room is set.
type membership struct {
	workspace, room, user string
	role                  protocol.Role
}

func setRole(ctx context.Context, tx Tx, m membership) error {
	if m.room == "" {
		_, err := tx.ExecContext(ctx, `INSERT INTO workspace_members (workspace, "user", role) VALUES (?, ?, ?)
			ON CONFLICT (workspace, "user") DO UPDATE SET role = excluded.role`, m.workspace, m.user, string(m.role))
		return coded(err, "workspace or user")
	}
	result, err := tx.ExecContext(ctx, `INSERT INTO room_members (room, "user", role)
		SELECT n, ?, ? FROM rooms WHERE id = ? AND workspace = ?
		ON CONFLICT (room, "user") DO UPDATE SET role = excluded.role`, m.user, string(m.role), m.room, m.workspace)
	return affected(result, err, "room or user")
}

func workspaceRole(ctx context.Context, tx Tx, workspace, user string) (role protocol.Role, err error) {
	err = tx.QueryRowContext(ctx, `SELECT role FROM workspace_members WHERE workspace = ? AND "user" = ?`, workspace, user).
		Scan(&role)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return role, coded(err, "role")
}

// keepOwner refuses to go on when user is the last owner of the workspace. Bots do not count: they cannot sign in.
func keepOwner(ctx context.Context, tx Tx, workspace, user string) error {
	var is, others int
	err := tx.QueryRowContext(ctx, `SELECT count(*) FILTER (WHERE m."user" = ?2), count(*) FILTER (WHERE m."user" <> ?2)
		FROM workspace_members m JOIN users u ON u.id = m."user"
		WHERE m.workspace = ?1 AND m.role = 'owner' AND u.kind <> 'bot'`, workspace, user).Scan(&is, &others)
	if err != nil {
		return coded(err, "owners")
	}
	if is > 0 && others == 0 {
		return protocol.Errorf(protocol.CodeConflict, "the last owner stays")
	}
	return nil
}

// removeMember takes a user out of a workspace and all its rooms, and returns of how many.
func removeMember(ctx context.Context, tx Tx, workspace, user string) (memberships int64, err error) {
	for _, query := range []string{
		`DELETE FROM workspace_members WHERE workspace = ? AND "user" = ?`,
		`DELETE FROM room_members WHERE room IN (SELECT n FROM rooms WHERE workspace = ?) AND "user" = ?`,
	} {
		result, err := tx.ExecContext(ctx, query, workspace, user)
		if err != nil {
			return 0, coded(err, "member")
		}
		n, err := result.RowsAffected()
		if err != nil {
			return 0, coded(err, "member")
		}
		memberships += n
	}
	return memberships, nil
}
