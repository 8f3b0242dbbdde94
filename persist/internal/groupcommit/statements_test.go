package groupcommit

import (
	"context"
	"database/sql"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestANewQueryIsPreparedOnceInATransaction(t *testing.T) {
	t.Parallel()
	db := open(t)
	const query = "SELECT 'asked for many times'"
	var first, again *sql.Stmt // compared here: a failure must not end the committer's goroutine
	require.NoError(t, db.Do(t.Context(), func(ctx context.Context, tx *sql.Tx) (err error) {
		if first, err = db.Prepared(ctx, tx, query); err == nil { //nolint:sqlclosecheck // cached, closed with the pool
			again, err = db.Prepared(ctx, tx, query) //nolint:sqlclosecheck // the same
		}
		return err
	}))
	require.Same(t, first, again, "each would hold memory until the transaction's end")
	var answer string
	require.NoError(t, db.Do(t.Context(), func(ctx context.Context, tx *sql.Tx) error {
		stmt, err := db.Prepared(ctx, tx, query) //nolint:sqlclosecheck // cached, closed with the pool
		if err != nil {
			return err
		}
		return stmt.QueryRowContext(ctx).Scan(&answer)
	}), "it does not belong to a transaction that is over")
}
