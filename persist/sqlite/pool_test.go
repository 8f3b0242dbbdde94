package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestEveryLiveConnectionHasItsPragmas(t *testing.T) {
	t.Parallel()
	db := open(t)
	for range db.read.Stats().MaxOpenConnections { // all at once, so that each is another one
		conn, err := db.read.Conn(t.Context())
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, conn.Close()) })
		for _, p := range reading().pragmas {
			var got string
			require.NoError(t, conn.QueryRowContext(t.Context(), "PRAGMA "+p.name).Scan(&got))
			require.Equal(t, p.answer, got, p.name)
		}
	}
	got := make(map[string]string)
	require.NoError(t, db.write(t.Context(), func(ctx context.Context, tx *sql.Tx) error {
		var err error
		for _, p := range writing().pragmas {
			var answer string
			err = errors.Join(err, tx.QueryRowContext(ctx, "PRAGMA "+p.name).Scan(&answer))
			got[p.name] = answer
		}
		return err
	}))
	for _, p := range writing().pragmas {
		require.Equal(t, p.answer, got[p.name], p.name)
	}
}

func TestAConnectionThatDidNotTakeAPragmaIsRefused(t *testing.T) {
	t.Parallel()
	a := writing()
	a.pragmas = append(a.pragmas, pragma{"page_size", "1000", "1000"}) // no power of two: SQLite says nothing and ignores it
	pool, err := openPool(filepath.Join(t.TempDir(), "x.db"), a, 1)
	require.NoError(t, err)
	require.ErrorContains(t, pool.PingContext(t.Context()), `pragma page_size is "4096" and not "1000"`)
	require.NoError(t, pool.Close())
}

func TestReadersCannotWrite(t *testing.T) {
	t.Parallel()
	db := open(t)
	_, err := db.read.ExecContext(t.Context(), "DELETE FROM users")
	require.ErrorContains(t, err, "readonly")
}

func TestAPathMayHoldWhatAnAddressMayNot(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a b?c#d%20e&_pragma=x", "atelier.db")
	db, err := Open(t.Context(), path, Options{})
	require.NoError(t, err)
	require.NoError(t, db.Close())
	require.FileExists(t, path)
}
