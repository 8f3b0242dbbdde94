package sqlite_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"atelier/persist/sqlite"
	"atelier/persist/storetest"
)

func TestRoomsKeepTheContract(t *testing.T) {
	t.Parallel()
	storetest.Rooms(t, openStores)
}

func TestAuthKeepsTheContract(t *testing.T) {
	t.Parallel()
	storetest.Auth(t, openStores)
}

func TestRecordingsKeepTheContract(t *testing.T) {
	t.Parallel()
	storetest.Recordings(t, openStores)
}

func TestHeadsKeepTheContract(t *testing.T) {
	t.Parallel()
	storetest.Heads(t, openStores)
}

func openStores(t *testing.T, dir string, now func() time.Time) (storetest.Stores, func()) {
	t.Helper()
	db, err := sqlite.Open(t.Context(), filepath.Join(dir, "atelier.db"), sqlite.Options{Now: now})
	require.NoError(t, err)
	return db, func() { require.NoError(t, db.Close()) }
}
