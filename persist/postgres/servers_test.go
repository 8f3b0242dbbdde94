package postgres

import (
	"testing"

	"github.com/stretchr/testify/require"

	"atelier/hub/auth"
	"atelier/internal/testservers"
	"atelier/persist/storetest"
	"atelier/protocol"
)

// keeper is a login as hosting gives it out: it owns its database and may make roles, and is no superuser.
const keeper = "keeper"

// newServer starts a server with a keeper.
func newServer(t *testing.T) *testservers.PostgresServer {
	t.Helper()
	server := testservers.Postgres(t)
	server.Do("postgres", "CREATE ROLE "+keeper+" LOGIN CREATEROLE")
	return server
}

// kept makes an empty database of the keeper and returns its name.
func kept(server *testservers.PostgresServer) string {
	name := server.Database()
	server.Do("postgres", "ALTER DATABASE "+name+" OWNER TO "+keeper)
	return name
}

func open(t *testing.T, address string) *DB {
	t.Helper()
	db, err := Open(t.Context(), address, Options{})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db
}

// makeRoom makes a room of a workspace.
func makeRoom(t *testing.T, db *DB, workspace, room string) {
	t.Helper()
	_, err := db.EnsureWorkspace(t.Context(), workspace, workspace)
	require.NoError(t, err)
	require.NoError(t, db.CreateRoom(t.Context(), auth.Room{ID: room, Workspace: workspace}, protocol.RoleOwner))
}

// requireWorks has the database keep something and give it back.
func requireWorks(t *testing.T, db *DB, room string) {
	t.Helper()
	makeRoom(t, db, "team of "+room, room)
	rows := storetest.Rows(room, 0, 3)
	require.NoError(t, db.Commit(t.Context(), room, 0, rows))
	stored, err := db.Load(t.Context(), room)
	require.NoError(t, err)
	require.Equal(t, rows, stored.Rows)
	_, err = db.Depth(t.Context())
	require.NoError(t, err)
}
