package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func open(t *testing.T) *DB {
	t.Helper()
	db, err := Open(t.Context(), filepath.Join(t.TempDir(), "atelier.db"), Options{})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db
}

func testUser(id string) func(context.Context, *sql.Tx) error {
	return func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "INSERT INTO users (id, name, kind, created_at) VALUES (?, '', 'guest', 0)", id)
		return err
	}
}

func TestWriteIsThereForReadersWhenItReturns(t *testing.T) {
	db := open(t)
	require.NoError(t, db.write(t.Context(), testUser("ana")))
	var n int
	require.NoError(t, db.read.QueryRowContext(t.Context(), "SELECT count(*) FROM users").Scan(&n))
	require.Equal(t, 1, n)
}

func TestFailedWriteLeavesNothing(t *testing.T) {
	db := open(t)
	boom := errors.New("boom")
	err := db.write(t.Context(), func(ctx context.Context, tx *sql.Tx) error {
		require.NoError(t, testUser("ana")(ctx, tx))
		return boom
	})
	require.ErrorIs(t, err, boom)
	var n int
	require.NoError(t, db.read.QueryRowContext(t.Context(), "SELECT count(*) FROM users").Scan(&n))
	require.Zero(t, n)
}
