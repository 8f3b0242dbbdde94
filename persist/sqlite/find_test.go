package sqlite_test

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"atelier/hub/auth"
	"atelier/persist/sqlite"
	"atelier/persist/storetest"
	"atelier/protocol"
)

func TestAChangeIsFoundByItsIDInItsRoom(t *testing.T) {
	t.Parallel()
	db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "atelier.db"), sqlite.Options{})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	_, err = db.EnsureWorkspace(t.Context(), "team", "Team")
	require.NoError(t, err)
	for _, id := range []string{"one", "two"} {
		require.NoError(t, db.CreateRoom(t.Context(), auth.Room{ID: id, Workspace: "team", Name: id, CreatedBy: "nobody"}, protocol.RoleOwner))
		require.NoError(t, db.Commit(t.Context(), id, 0, storetest.Rows(id, 0, 20)))
	}
	for change, want := range map[string]int64{"one-7": 7, "one-20": 20, "two-7": 0, "nothing": 0} {
		rev, err := db.Revision(t.Context(), "one", change)
		require.NoError(t, err)
		require.Equal(t, want, rev, change)
	}
	rev, err := db.Revision(t.Context(), "nowhere", "one-7")
	require.NoError(t, err)
	require.Zero(t, rev)
}
