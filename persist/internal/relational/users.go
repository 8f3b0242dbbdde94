package relational

import (
	"context"

	"atelier/hub/auth"
)

var _ auth.UserStore = (*Store)(nil)

// CreateUser implements [auth.UserStore]. CONFLICT when the id is taken.
func (s *Store) CreateUser(ctx context.Context, u auth.User) error {
	return s.db.Write(ctx, Global(), func(ctx context.Context, tx Tx) error { return insertUser(ctx, tx, u) })
}

func insertUser(ctx context.Context, tx Tx, u auth.User) error {
	_, err := tx.ExecContext(ctx, "INSERT INTO users (id, name, kind, created_at) VALUES (?, ?, ?, ?)",
		u.ID, u.Name, string(u.Kind), millis(u.CreatedAt))
	return coded(err, "user")
}

// User implements [auth.UserStore].
func (s *Store) User(ctx context.Context, id string) (auth.User, error) {
	scan := func(row scanner) (auth.User, error) {
		var u userScan
		err := row.Scan(u.into()...)
		return u.user(), err //nolint:wrapcheck // coded below
	}
	u, err := readOne(ctx, s, Global(), scan, "SELECT id, name, kind, created_at FROM users WHERE id = ?", id)
	if err != nil {
		return auth.User{}, coded(err, "user")
	}
	return u, nil
}

// userScan reads the columns id, name, kind, created_at.
type userScan struct {
	id, name, kind string
	createdAt      int64
}

func (s *userScan) into() []any { return []any{&s.id, &s.name, &s.kind, &s.createdAt} }

func (s *userScan) user() auth.User {
	return auth.User{ID: s.id, Name: s.name, Kind: auth.UserKind(s.kind), CreatedAt: fromMillis(s.createdAt)}
}

// CreateLogin implements [auth.UserStore]. It also forgets the logins that have expired, so that they do not pile up.
func (s *Store) CreateLogin(ctx context.Context, l auth.Login) error {
	return s.db.Write(ctx, Global(), func(ctx context.Context, tx Tx) error {
		if _, err := tx.ExecContext(ctx, "DELETE FROM logins WHERE expires <= ?", millis(tx.Now())); err != nil {
			return coded(err, "expired logins")
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO logins (hash, "user", expires) VALUES (?, ?, ?)`,
			l.Hash[:], l.User, millis(l.Expires))
		return coded(err, "user of the login")
	})
}

// Login implements [auth.UserStore].
func (s *Store) Login(ctx context.Context, h auth.Hash) (auth.Login, error) {
	l := auth.Login{Hash: h}
	var expires int64
	err := s.db.Read(ctx, Global(), func(ctx context.Context, tx Tx) error {
		return tx.QueryRowContext(ctx, `SELECT "user", expires FROM logins WHERE hash = ? AND expires > ?`,
			h[:], millis(tx.Now())).Scan(&l.User, &expires)
	})
	if err != nil {
		return auth.Login{}, coded(err, "login")
	}
	l.Expires = fromMillis(expires)
	return l, nil
}

// DeleteLogin implements [auth.UserStore]. A login that is not there is as good as deleted.
func (s *Store) DeleteLogin(ctx context.Context, h auth.Hash) error {
	return s.db.Write(ctx, Global(), func(ctx context.Context, tx Tx) error {
		_, err := tx.ExecContext(ctx, "DELETE FROM logins WHERE hash = ?", h[:])
		return coded(err, "login")
	})
}
