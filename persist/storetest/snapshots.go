package storetest

import (
	"errors"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"atelier/rooms"
)

// state is a stand-in for an encoded snapshot.
func state(rev int64) []byte { return strconv.AppendInt(nil, rev, 10) }

func loadAfterSnapshot(t *testing.T, f *fixture) {
	room := f.room(t, "r")
	all := Rows("a", 0, 10)
	require.NoError(t, f.Commit(t.Context(), room, 0, all))
	for _, at := range []int64{4, 10} {
		snapshot := []byte(strings.Repeat("state", int(at)*10_000))
		require.NoError(t, f.SaveSnapshot(t.Context(), room, at, snapshot))
		stored, err := f.Load(t.Context(), room)
		require.NoError(t, err)
		require.Equal(t, at, stored.SnapshotAt)
		require.Equal(t, snapshot, stored.Snapshot)
		require.Len(t, stored.Rows, int(10-at))
		require.Equal(t, all[at:], append([]rooms.Row{}, stored.Rows...))
	}
}

func olderSnapshot(t *testing.T, f *fixture) {
	room := f.room(t, "r")
	require.NoError(t, f.Commit(t.Context(), room, 0, Rows("a", 0, 10)))
	require.NoError(t, f.SaveSnapshot(t.Context(), room, 7, []byte("at 7")))
	for _, rev := range []int64{6, 7} {
		require.NoError(t, f.SaveSnapshot(t.Context(), room, rev, []byte("late")))
	}
	stored, err := f.Load(t.Context(), room)
	require.NoError(t, err)
	require.EqualValues(t, 7, stored.SnapshotAt)
	require.Equal(t, "at 7", string(stored.Snapshot))
}

func checkpointsStay(t *testing.T, f *fixture) {
	room := f.room(t, "r")
	all := Rows("a", 0, 10_000)
	require.NoError(t, f.Commit(t.Context(), room, 0, all))
	at, snapshot, err := f.Checkpoint(t.Context(), room, 10_000)
	require.NoError(t, err)
	require.Zero(t, at)
	require.Nil(t, snapshot)
	for rev := int64(500); rev <= 10_000; rev += 500 {
		require.NoError(t, f.SaveSnapshot(t.Context(), room, rev, state(rev)))
	}
	for rev, want := range map[int64]int64{499: 0, 500: 500, 4499: 500, 4500: 4500, 8499: 4500, 8500: 8500, 9999: 8500, 10_000: 10_000, 20_000: 10_000} {
		at, snapshot, err := f.Checkpoint(t.Context(), room, rev)
		require.NoError(t, err)
		require.Equal(t, want, at, "looking at %d begins at the first snapshot of its stretch", rev)
		if want > 0 {
			require.Equal(t, state(want), snapshot)
		}
	}
	require.Len(t, f.log(t, room), len(all), "the log is never shortened")
	_, _, err = f.Checkpoint(t.Context(), "nowhere", 1)
	require.ErrorIs(t, err, rooms.ErrNoRoom)
}

func snapshotBeyondHead(t *testing.T, f *fixture) {
	room := f.room(t, "r")
	require.NoError(t, f.Commit(t.Context(), room, 0, Rows("a", 0, 2)))
	require.Error(t, f.SaveSnapshot(t.Context(), room, 3, []byte("of the future")))
	stored, err := f.Load(t.Context(), room)
	require.NoError(t, err)
	require.Nil(t, stored.Snapshot)
}

func historySurvives(t *testing.T, f *fixture) {
	room := f.room(t, "r")
	all := Rows("a", 0, 10)
	require.NoError(t, f.Commit(t.Context(), room, 0, all))
	require.NoError(t, f.SaveSnapshot(t.Context(), room, 10, []byte("s")))
	require.Equal(t, all, f.log(t, room))
	var dup *rooms.DuplicateError
	row := Row(all[0].ID, 11)
	require.ErrorAs(t, f.Commit(t.Context(), room, 10, []rooms.Row{row}), &dup)
}

func concurrentSnapshots(t *testing.T, f *fixture) {
	room := f.room(t, "r")
	require.NoError(t, f.Commit(t.Context(), room, 0, Rows("a", 0, 20)))
	errs := make([]error, 20)
	var wg sync.WaitGroup
	for i := range errs {
		wg.Go(func() { errs[i] = f.SaveSnapshot(t.Context(), room, int64(i+1), state(int64(i+1))) })
	}
	wg.Wait()
	require.NoError(t, errors.Join(errs...))
	stored, err := f.Load(t.Context(), room)
	require.NoError(t, err)
	require.EqualValues(t, 20, stored.SnapshotAt)
	require.Equal(t, "20", string(stored.Snapshot))
}
