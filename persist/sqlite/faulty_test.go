package sqlite_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"atelier/hub/auth"
	"atelier/persist/storetest"
	"atelier/protocol"
	"atelier/rooms"
)

func faulty(t *testing.T) *storetest.Faulty {
	t.Helper()
	db, closeDB := openStores(t, t.TempDir(), nil)
	t.Cleanup(closeDB)
	_, err := db.EnsureWorkspace(t.Context(), "team", "Team")
	require.NoError(t, err)
	require.NoError(t, db.CreateRoom(t.Context(), auth.Room{ID: "r", Workspace: "team"}, protocol.RoleOwner))
	return storetest.NewFaulty(db)
}

func requireHead(t *testing.T, s rooms.Store, head int) {
	t.Helper()
	stored, err := s.Load(t.Context(), "r")
	require.NoError(t, err)
	require.Len(t, stored.Rows, head)
}

func TestAFaultyStoreHoldsCommitsUntilReleased(t *testing.T) {
	t.Parallel()
	f := faulty(t)
	release := f.Stall()
	done := make(chan error, 1)
	go func() { done <- f.Commit(t.Context(), "r", 0, storetest.Rows("a", 0, 1)) }()
	<-f.Stalled()
	requireHead(t, f, 0)
	release()
	require.NoError(t, <-done)
	requireHead(t, f, 1)

	defer f.Stall()()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, f.Commit(ctx, "r", 1, storetest.Rows("a", 1, 1)), context.Canceled)
	requireHead(t, f, 1)
}

func TestAFaultyStoreFailsBeforeOrAfterTheCommit(t *testing.T) {
	t.Parallel()
	f := faulty(t)
	before, after := errors.New("before"), errors.New("after")
	f.FailBefore(before)
	f.FailAfter(after)
	require.ErrorIs(t, f.Commit(t.Context(), "r", 0, storetest.Rows("a", 0, 1)), before)
	requireHead(t, f, 0)
	require.ErrorIs(t, f.Commit(t.Context(), "r", 0, storetest.Rows("a", 0, 1)), after)
	requireHead(t, f, 1)
	require.NoError(t, f.Commit(t.Context(), "r", 1, storetest.Rows("a", 1, 1)))
	requireHead(t, f, 2)
}
