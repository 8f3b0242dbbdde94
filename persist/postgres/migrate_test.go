package postgres

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"atelier/persist/storetest"
)

func TestMigrationsGoDownAndUpAgainOnData(t *testing.T) {
	t.Parallel()
	server := newServer(t)
	name := kept(server)
	address := server.URLAs(keeper, name)
	fill := func() {
		t.Helper()
		db, err := Open(t.Context(), address, Options{})
		require.NoError(t, err)
		teamOf(t, db, "ours")
		require.NoError(t, db.Close())
	}
	fill()
	applied := requireStatus(t, address, true)
	for _, m := range slices.Backward(applied) {
		version, err := MigrateDown(t.Context(), address)
		require.NoError(t, err)
		require.Equal(t, m.Version, version)
	}
	requireStatus(t, address, false)
	require.Equal(t, "goose_db_version", server.Do(name, `SELECT relname FROM pg_class
		WHERE relnamespace = 'atelier'::regnamespace AND relkind = 'r'`), "down leaves no table behind")
	require.Empty(t, server.Do(name, "SELECT proname FROM pg_proc WHERE pronamespace = 'atelier'::regnamespace"), "and no function")
	require.Empty(t, server.Do(name, `SELECT n.nspname FROM pg_namespace n, aclexplode(n.nspacl) a
		WHERE n.nspname = 'atelier' AND a.grantee = 'atelier_app'::regrole`), "and no grant")
	version, err := MigrateDown(t.Context(), address)
	require.NoError(t, err)
	require.Zero(t, version)

	require.NoError(t, MigrateUp(t.Context(), address))
	require.NoError(t, MigrateUp(t.Context(), address), "again")
	requireStatus(t, address, true)
	fill()
}

// TestLogsOutliveTheQueuesFunctions takes back what holds no data, and puts it there again.
func TestLogsOutliveTheQueuesFunctions(t *testing.T) {
	t.Parallel()
	server := newServer(t)
	address := server.URLAs(keeper, kept(server))
	db, err := Open(t.Context(), address, Options{})
	require.NoError(t, err)
	room := teamOf(t, db, "ours")
	require.NoError(t, db.Close())
	withoutQueue(t, address)
	db = open(t, address) // and migrates
	rows, err := db.Rows(t.Context(), room, 0, 100)
	require.NoError(t, err)
	require.Equal(t, storetest.Rows(room, 0, 40), rows)
	depth, err := db.Depth(t.Context())
	require.NoError(t, err)
	require.Equal(t, 1, depth)
}

// withoutQueue takes back the migration of the queue's functions, and those after it.
func withoutQueue(t *testing.T, address string) {
	t.Helper()
	for version := int64(0); version != 2; {
		var err error
		version, err = MigrateDown(t.Context(), address)
		require.NoError(t, err)
		require.NotZero(t, version, "it is among them")
	}
}

func TestADatabaseOfANewerProgramIsRefused(t *testing.T) {
	t.Parallel()
	server := newServer(t)
	name := kept(server)
	address := server.URLAs(keeper, name)
	require.NoError(t, MigrateUp(t.Context(), address))
	server.Do(name, "INSERT INTO atelier.goose_db_version (version_id, is_applied) VALUES (9999, true)")
	_, err := Open(t.Context(), address, Options{})
	require.ErrorContains(t, err, "version 9999")
}

func requireStatus(t *testing.T, address string, applied bool) []Migration {
	t.Helper()
	list, err := MigrateStatus(t.Context(), address)
	require.NoError(t, err)
	require.NotEmpty(t, list)
	for _, m := range list {
		require.Equal(t, applied, !m.AppliedAt.IsZero(), m.Name)
	}
	return list
}
