package sqlite

import (
	"context"
	"database/sql"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"atelier/hub/auth"
	"atelier/protocol"
)

func TestAFullDiskIsUnavailableAndOverWhenThereIsRoom(t *testing.T) {
	db := open(t)
	pages := func(query string) {
		t.Helper()
		require.NoError(t, db.write(t.Context(), func(ctx context.Context, tx *sql.Tx) error {
			_, err := tx.ExecContext(ctx, query)
			return err
		}))
	}
	big := auth.User{ID: "u", Name: strings.Repeat("x", 1<<20), Kind: auth.UserGuest}
	pages("PRAGMA max_page_count = 1") // SQLite takes it for as large as the file is now
	err := db.CreateUser(t.Context(), big)
	require.Equal(t, protocol.CodeUnavailable, protocol.CodeOf(err), "%v", err)
	require.True(t, protocol.AsError(err).Retryable)
	require.NotContains(t, protocol.AsError(err).Message, "SQL", "clients are told nothing of the inside")

	pages("PRAGMA max_page_count = 1000000")
	require.NoError(t, db.CreateUser(t.Context(), big))
	_, err = db.User(t.Context(), "u")
	require.NoError(t, err)
}
