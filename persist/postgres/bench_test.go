package postgres_test

import (
	"database/sql"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"atelier/internal/testservers"
	"atelier/persist/postgres"
	"atelier/persist/storetest"
)

func BenchmarkQueue(b *testing.B) {
	server := testservers.DurablePostgres(b)
	for _, waiting := range []int{1_000, 10_000} {
		url := server.URL(server.Database())
		db, err := postgres.Open(b.Context(), url, postgres.Options{})
		require.NoError(b, err)
		b.Cleanup(func() { require.NoError(b, db.Close()) })
		storetest.BenchQueue(b, db, waiting, func() {
			pool, err := sql.Open("pgx", url)
			require.NoError(b, err)
			_, err = pool.ExecContext(b.Context(), "VACUUM ANALYZE") // as the server does a minute later
			require.NoError(b, errors.Join(err, pool.Close()))
		})
	}
}
