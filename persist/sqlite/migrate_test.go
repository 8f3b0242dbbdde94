package sqlite_test

import (
	"database/sql"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"atelier/hub/auth"
	"atelier/persist/sqlite"
	"atelier/persist/storetest"
	"atelier/protocol"
)

func TestMigrationsGoDownAndUpAgainOnData(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "atelier.db")
	fill(t, path)

	applied := requireStatus(t, path, true)
	for _, m := range slices.Backward(applied) {
		version, err := sqlite.MigrateDown(t.Context(), path)
		require.NoError(t, err)
		require.Equal(t, m.Version, version)
	}
	requireStatus(t, path, false)
	require.Empty(t, tables(t, path), "down leaves nothing behind")
	version, err := sqlite.MigrateDown(t.Context(), path)
	require.NoError(t, err)
	require.Zero(t, version)

	require.NoError(t, sqlite.MigrateUp(t.Context(), path))
	require.NoError(t, sqlite.MigrateUp(t.Context(), path), "again")
	requireStatus(t, path, true)
	fill(t, path)
}

func TestMigrationsGoDownWithoutLosingChanges(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "atelier.db")
	fill(t, path)
	var err error
	for range 3 { // that of recordings, that of turns, and that of branches
		_, err = sqlite.MigrateDown(t.Context(), path)
		require.NoError(t, err)
	}
	db, err := sqlite.Open(t.Context(), path, sqlite.Options{})
	require.NoError(t, err)
	rows, err := db.Rows(t.Context(), "a", 0, 100)
	require.NoError(t, err)
	want := storetest.Rows("a", 0, 40)
	for i := range want { // what the migration brought went with it
		want[i].Base, want[i].Gesture, want[i].Merged, want[i].Restored, want[i].Also = -1, "", "", 0, nil
	}
	require.Equal(t, want, rows)
	require.NoError(t, db.Close())
}

func TestALogOfBeforeBranchesIsRead(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "atelier.db")
	fill(t, path)
	raw, err := sql.Open("sqlite", path)
	require.NoError(t, err)
	old := []protocol.Write{{Record: protocol.DerivedID("r"), Prop: "x", Value: protocol.Int(7)}}
	_, err = raw.ExecContext(t.Context(), "UPDATE log SET writes = ?, base = -1, also = NULL WHERE rev = 3", protocol.AppendWrites(nil, old))
	require.NoError(t, err)
	require.NoError(t, raw.Close())
	db, err := sqlite.Open(t.Context(), path, sqlite.Options{})
	require.NoError(t, err)
	rows, err := db.Rows(t.Context(), "a", 2, 1)
	require.NoError(t, err)
	require.Equal(t, old, rows[0].Writes)
	require.EqualValues(t, -1, rows[0].Base, "so that nobody takes what it replaced for nothing")
	require.NoError(t, db.Close())
}

func TestADatabaseOfANewerProgramIsRefused(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "atelier.db")
	fill(t, path)
	raw, err := sql.Open("sqlite", path)
	require.NoError(t, err)
	_, err = raw.ExecContext(t.Context(), "INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, 1)")
	require.NoError(t, err)
	require.NoError(t, raw.Close())
	_, err = sqlite.Open(t.Context(), path, sqlite.Options{})
	require.ErrorContains(t, err, "version 9999")
}

// fill puts something into every table of rooms and people, and closes the file.
func fill(t *testing.T, path string) {
	t.Helper()
	ctx := t.Context()
	db, err := sqlite.Open(ctx, path, sqlite.Options{})
	require.NoError(t, err)
	_, err = db.EnsureWorkspace(ctx, "team", "Team")
	require.NoError(t, err)
	ana := auth.User{ID: "ana", Name: "Ana", Kind: auth.UserPerson}
	require.NoError(t, db.CreateUser(ctx, ana))
	require.NoError(t, db.SetRole(ctx, auth.Membership{Workspace: "team", User: ana, Role: protocol.RoleOwner}))
	require.NoError(t, db.CreateLogin(ctx, auth.Login{User: "ana", Expires: time.Now().AddDate(1, 0, 0)}))
	room := auth.Room{ID: "a", Workspace: "team", Private: true, CreatedBy: "ana"}
	require.NoError(t, db.CreateRoom(ctx, room, protocol.RoleOwner))
	invite := auth.Invite{ID: "i", Workspace: "team", Room: "a", Role: protocol.RoleViewer, UsesLeft: 2, Expires: time.Now().AddDate(1, 0, 0)}
	require.NoError(t, db.CreateInvite(ctx, invite))
	_, err = db.AcceptInvite(ctx, invite.Hash, "ana", time.Now())
	require.NoError(t, err)
	key := auth.Key{ID: "k", Workspace: "team", User: "bot", Role: protocol.RoleEditor, Rooms: []string{"a"}}
	require.NoError(t, db.CreateKey(ctx, key, auth.User{ID: "bot", Kind: auth.UserBot}))
	require.NoError(t, db.Commit(ctx, "a", 0, storetest.Rows("a", 0, 40)))
	require.NoError(t, db.SaveSnapshot(ctx, "a", 40, []byte("state")))
	require.NoError(t, db.Close())
}

func requireStatus(t *testing.T, path string, applied bool) []sqlite.Migration {
	t.Helper()
	list, err := sqlite.MigrateStatus(t.Context(), path)
	require.NoError(t, err)
	require.NotEmpty(t, list)
	for _, m := range list {
		require.Equal(t, applied, !m.AppliedAt.IsZero(), m.Name)
	}
	return list
}

// tables lists what the schema has beside the table of migrations.
func tables(t *testing.T, path string) (names []string) {
	t.Helper()
	raw, err := sql.Open("sqlite", path)
	require.NoError(t, err)
	defer func() { require.NoError(t, raw.Close()) }()
	rows, err := raw.QueryContext(t.Context(),
		"SELECT name FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' AND name NOT LIKE 'goose_%'")
	require.NoError(t, err)
	defer func() { require.NoError(t, rows.Close()) }()
	for rows.Next() {
		var name string
		require.NoError(t, rows.Scan(&name))
		names = append(names, name)
	}
	require.NoError(t, rows.Err())
	return names
}
