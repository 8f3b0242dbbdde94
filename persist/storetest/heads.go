package storetest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"atelier/generation"
	"atelier/protocol"
	"atelier/rooms"
)

// Heads runs what every [rooms.HeadStore] must do; the opener's stores have to be one, and to keep jobs.
func Heads(t *testing.T, open Opener) {
	t.Helper()
	t.Run("AreToldOfManyRoomsAtOnce", func(t *testing.T) {
		t.Parallel()
		f := newJobFixture(t, open)
		heads, ok := f.Stores.(rooms.HeadStore)
		require.True(t, ok, "%T tells no heads", f.Stores)
		manyHeads(t, f, heads)
	})
}

func manyHeads(t *testing.T, f *jobFixture, s rooms.HeadStore) {
	_, err := f.EnsureWorkspace(t.Context(), "others", "Others")
	require.NoError(t, err)
	f.roomOf(t, "others", "elsewhere")
	f.room(t, "quiet")
	require.NoError(t, f.Commit(t.Context(), "r", 0, Rows("r", 0, 7)))
	require.NoError(t, f.Commit(t.Context(), "elsewhere", 0, Rows("e", 0, 2)))
	require.NoError(t, f.Commit(t.Context(), "elsewhere", 2, Rows("e", 2, 1)))
	for range 3 {
		f.enqueue(t, f.request("ana"))
	}
	job := f.request("ben")
	job.Room = "elsewhere"
	_, _, err = f.Enqueue(t.Context(), "others", []protocol.Job{job}, generation.Caps{})
	require.NoError(t, err)

	all := []string{"r", "elsewhere", "quiet", "nowhere"}
	found, err := s.Heads(t.Context(), all)
	require.NoError(t, err)
	require.Equal(t, map[string]rooms.Extent{"r": {Rev: 7, Jobs: 3}, "elsewhere": {Rev: 3, Jobs: 1}, "quiet": {}}, found)
	seq, err := f.Seq(t.Context(), "r")
	require.NoError(t, err)
	require.Equal(t, found["r"].Jobs, seq)

	require.NoError(t, f.DeleteRoom(t.Context(), "others", "elsewhere"))
	found, err = s.Heads(t.Context(), all)
	require.NoError(t, err)
	require.Equal(t, map[string]rooms.Extent{"r": {Rev: 7, Jobs: 3}, "quiet": {}}, found)
	found, err = s.Heads(t.Context(), nil)
	require.NoError(t, err)
	require.Empty(t, found)
}
