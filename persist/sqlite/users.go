package sqlite

import (
	"context"
	"database/sql"

	"atelier/hub/auth"
)

var _ auth.UserStore = (*DB)(nil)

// CreateUser implements [auth.UserStore]. CONFLICT when the id is taken.
func (db *DB) CreateUser(ctx context.Context, u auth.User) error {
	return db.write(ctx, func(ctx context.Context, tx *sql.Tx) error { return insertUser(ctx, tx, u) })
}

func insertUser(ctx context.Context, tx *sql.Tx, u auth.User) error {
	_, err := tx.ExecContext(ctx, "INSERT INTO users (id, name, kind, created_at) VALUES (?, ?, ?, ?)",
		u.ID, u.Name, string(u.Kind), millis(u.CreatedAt))
	return coded(err, "user")
}

// User implements [auth.UserStore].
func (db *DB) User(ctx context.Context, id string) (auth.User, error) {
	var s userScan
	err := db.read.QueryRowContext(ctx, "SELECT id, name, kind, created_at FROM users WHERE id = ?", id).Scan(s.into()...)
	if err != nil {
		return auth.User{}, coded(err, "user")
	}
	return s.user(), nil
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
func (db *DB) CreateLogin(ctx context.Context, l auth.Login) error {
	return db.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, "DELETE FROM logins WHERE expires <= ?", millis(db.now())); err != nil {
			return coded(err, "expired logins")
		}
		_, err := tx.ExecContext(ctx, "INSERT INTO logins (hash, user, expires) VALUES (?, ?, ?)",
			l.Hash[:], l.User, millis(l.Expires))
		return coded(err, "user of the login")
	})
}

// Login implements [auth.UserStore].
func (db *DB) Login(ctx context.Context, h auth.Hash) (auth.Login, error) {
	l := auth.Login{Hash: h}
	var expires int64
	err := db.read.QueryRowContext(ctx, "SELECT user, expires FROM logins WHERE hash = ? AND expires > ?",
		h[:], millis(db.now())).Scan(&l.User, &expires)
	if err != nil {
		return auth.Login{}, coded(err, "login")
	}
	l.Expires = fromMillis(expires)
	return l, nil
}

// DeleteLogin implements [auth.UserStore]. A login that is not there is as good as deleted.
func (db *DB) DeleteLogin(ctx context.Context, h auth.Hash) error {
	return db.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "DELETE FROM logins WHERE hash = ?", h[:])
		return coded(err, "login")
	})
}
