package postgres

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTheProgramsRoleIsHeldByItsWalls(t *testing.T) {
	t.Parallel()
	server := newServer(t)
	name := kept(server)
	server.Do("postgres", "ALTER DATABASE "+name+" SET synchronous_commit = off")
	db := open(t, server.URLAs(keeper, name))
	requireWorks(t, db, "room")

	var role string
	require.NoError(t, db.conns.QueryRow(t.Context(), "SELECT current_user").Scan(&role))
	require.Equal(t, "atelier_app", role)
	settings := make(map[string]string)
	rows, err := db.conns.Query(t.Context(), `SELECT name, setting FROM pg_settings WHERE name IN ('synchronous_commit',
		'statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout', 'application_name')`)
	require.NoError(t, err)
	for rows.Next() {
		var name, value string
		require.NoError(t, rows.Scan(&name, &value))
		settings[name] = value
	}
	require.NoError(t, rows.Err())
	require.Equal(t, map[string]string{
		"synchronous_commit": "on", "statement_timeout": "15000", "lock_timeout": "5000",
		"idle_in_transaction_session_timeout": "30000", "application_name": "atelier",
	}, settings)

	for _, forbidden := range []string{
		"CREATE TABLE atelier.mine (a int)", "ALTER TABLE rooms DISABLE ROW LEVEL SECURITY", "DROP POLICY own ON rooms",
		"DELETE FROM goose_db_version", "TRUNCATE rooms", "SET row_security = off; SELECT * FROM rooms",
	} {
		_, err := db.conns.Exec(t.Context(), forbidden)
		require.Error(t, err, forbidden)
	}
}

// TestWhatIsMadeBelongsToTheOwner makes sure of what walls rest on: who may call what, and where it looks.
func TestWhatIsMadeBelongsToTheOwner(t *testing.T) {
	t.Parallel()
	server := newServer(t)
	name := kept(server)
	open(t, server.URLAs(keeper, name))
	require.Empty(t, server.Do(name, `SELECT relname FROM pg_class WHERE relnamespace = 'atelier'::regnamespace
		AND relowner <> 'keeper'::regrole`), "tables and indexes")
	require.Empty(t, server.Do(name, `SELECT p.proname FROM pg_proc p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
		WHERE p.pronamespace = 'atelier'::regnamespace AND a.grantee NOT IN ('keeper'::regrole, 'atelier_app'::regrole)`),
		"functions that others may call")
	require.Empty(t, server.Do(name, `SELECT proname FROM pg_proc WHERE pronamespace = 'atelier'::regnamespace AND prosecdef
		AND NOT coalesce(proconfig::text LIKE '%search_path=atelier, pg_temp%', false)`), "functions that look wherever they are told")
	require.Empty(t, server.Do(name, `SELECT relname FROM pg_class WHERE relnamespace = 'atelier'::regnamespace AND relkind = 'r'
		AND NOT relrowsecurity AND relname NOT IN ('users', 'logins', 'job_line', 'job_paces', 'queue_clock', 'leases', 'secrets', 'tickets',
		'goose_db_version')`), "tables without walls")
	require.Empty(t, server.Do(name, `SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'atelier'::regnamespace
		AND c.relrowsecurity AND NOT EXISTS (SELECT 1 FROM pg_policy p WHERE p.polrelid = c.oid)`), "walls without a door")
}

func TestALoginThatMayNotMigrateFindsAMigratedDatabaseOrSaysSo(t *testing.T) {
	t.Parallel()
	server := newServer(t)
	name, empty := kept(server), kept(server)
	owner, guest := server.URLAs(keeper, name), server.URLAs("guest", name)
	require.NoError(t, MigrateUp(t.Context(), owner))
	server.Do("postgres", "CREATE ROLE guest LOGIN")
	_, err := Open(t.Context(), guest, Options{})
	require.Error(t, err, "it was granted nothing")
	server.Do("postgres", "GRANT atelier_app TO guest")
	requireWorks(t, open(t, guest), "of a guest")

	_, err = Open(t.Context(), server.URLAs("guest", empty), Options{})
	require.ErrorContains(t, err, "atelier migrate up")

	version, err := MigrateDown(t.Context(), owner)
	require.NoError(t, err)
	_, err = Open(t.Context(), guest, Options{})
	require.ErrorContains(t, err, fmt.Sprintf("is at version %d and this program knows %d", version-1, version))
}

func TestARoleThatBypassesTheWallsIsRefused(t *testing.T) {
	t.Parallel()
	server := newServer(t)
	name := kept(server)
	address := server.URLAs(keeper, name)
	open(t, address)
	for breach, mend := range map[string]string{
		"ALTER ROLE atelier_app BYPASSRLS":                                            "ALTER ROLE atelier_app NOBYPASSRLS",
		"ALTER ROLE atelier_app SUPERUSER":                                            "ALTER ROLE atelier_app NOSUPERUSER",
		"ALTER TABLE atelier.recordings OWNER TO atelier_app":                         "ALTER TABLE atelier.recordings OWNER TO keeper",
		"CREATE TABLE public.other (); ALTER TABLE public.other OWNER TO atelier_app": "DROP TABLE public.other",
	} {
		server.Do(name, breach)
		_, err := Open(t.Context(), address, Options{})
		require.ErrorContains(t, err, "atelier_app", breach)
		server.Do(name, mend)
		db, err := Open(t.Context(), address, Options{})
		require.NoError(t, err, mend)
		require.NoError(t, db.Close())
	}
}

// TestManyMayStartAtOnce opens fresh databases of one server by several instances at the same time: roles are the server's.
func TestManyMayStartAtOnce(t *testing.T) {
	t.Parallel()
	server := newServer(t)
	for round := range 3 {
		var starting sync.WaitGroup
		for range 2 {
			address := server.URLAs(keeper, kept(server))
			for instance := range 4 {
				starting.Go(func() {
					db, err := Open(context.WithoutCancel(t.Context()), address, Options{Connections: 2})
					if err != nil {
						t.Errorf("round %d: %v", round, err)
						return
					}
					if _, err := db.EnsureWorkspace(t.Context(), fmt.Sprint(instance), "Team"); err != nil {
						t.Errorf("round %d: %v", round, err)
					}
					if err := db.Close(); err != nil {
						t.Error(err)
					}
				})
			}
		}
		starting.Wait()
	}
}
