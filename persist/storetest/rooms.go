package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"atelier/protocol"
	"atelier/rooms"
)

// Rooms runs what every [rooms.Store] must do.
func Rooms(t *testing.T, open Opener) {
	t.Helper()
	for name, test := range map[string]func(t *testing.T, f *fixture){
		"ANewRoomIsEmptyAndHasAnEpoch":                  newRoom,
		"RoomsHaveDifferentEpochs":                      epochsDiffer,
		"AnUnknownRoomIsNoRoom":                         unknownRoom,
		"ADeletedRoomIsNoRoomAndItsNameStartsAnew":      deletedRoom,
		"RowsComeBackAsTheyWereCommitted":               rowsComeBack,
		"AbsentFieldsComeBackAbsent":                    bareRow,
		"BatchesOfEverySizeKeepTheirOrder":              batchSizes,
		"ACommitOnAnotherHeadMovesNothing":              headMoved,
		"RevisionsWithAGapAreRefused":                   gaps,
		"KnownChangeIDsAreReportedAndNothingIsWritten":  duplicates,
		"TheSameChangeIDInAnotherRoomIsAnotherChange":   sameIDElsewhere,
		"ReadingStopsAtTheLimitAndAtTheHead":            limits,
		"OfConcurrentCommitsExactlyOneWinsPerHead":      concurrentCommits,
		"RoomsCommitAtTheSameTimeWithoutMixing":         concurrentRooms,
		"ReadersSeeAnUnbrokenLogWhileItGrows":           readersWhileGrowing,
		"AnAcknowledgedCommitIsSeenByTheNextRead":       readYourWrites,
		"AnEndedContextRefusesACommit":                  endedCommit,
		"EverythingIsThereAfterReopening":               reopened,
		"LoadBeginsAfterTheSnapshot":                    loadAfterSnapshot,
		"AnOlderSnapshotIsIgnored":                      olderSnapshot,
		"ASnapshotBeyondTheHeadIsRefused":               snapshotBeyondHead,
		"HistorySurvivesSnapshots":                      historySurvives,
		"OldSnapshotsStayAsCheckpoints":                 checkpointsStay,
		"OfConcurrentSnapshotsTheNewestStays":           concurrentSnapshots,
		"ACommitMakesItsRoomTheMostActive":              commitIsActivity,
		"DeletingARoomDuringCommitsLeavesNothingBehind": deletedDuringCommits,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, newFixture(t, open))
		})
	}
}

// log reads all rows of a room and checks that none is missing.
func (f *fixture) log(t *testing.T, room string) []rooms.Row {
	t.Helper()
	rows, err := f.Rows(t.Context(), room, 0, 1_000_000)
	require.NoError(t, err)
	for i := range rows {
		require.EqualValues(t, i+1, rows[i].Rev)
	}
	return rows
}

func newRoom(t *testing.T, f *fixture) {
	stored, err := f.Load(t.Context(), f.room(t, "r"))
	require.NoError(t, err)
	require.NotEmpty(t, stored.Epoch)
	stored.Epoch = ""
	require.Equal(t, rooms.Stored{}, stored)
}

func epochsDiffer(t *testing.T, f *fixture) {
	a, err := f.Load(t.Context(), f.room(t, "a"))
	require.NoError(t, err)
	b, err := f.Load(t.Context(), f.room(t, "b"))
	require.NoError(t, err)
	require.NotEqual(t, a.Epoch, b.Epoch)
}

func unknownRoom(t *testing.T, f *fixture) {
	requireNoRoom(t, f, "nowhere")
}

func requireNoRoom(t *testing.T, f *fixture, room string) {
	t.Helper()
	_, err := f.Load(t.Context(), room)
	require.ErrorIs(t, err, rooms.ErrNoRoom)
	_, err = f.Rows(t.Context(), room, 0, 10)
	require.ErrorIs(t, err, rooms.ErrNoRoom)
	require.ErrorIs(t, f.Commit(t.Context(), room, 0, Rows("a", 0, 1)), rooms.ErrNoRoom)
	require.ErrorIs(t, f.SaveSnapshot(t.Context(), room, 0, []byte("s")), rooms.ErrNoRoom)
}

func deletedRoom(t *testing.T, f *fixture) {
	room := f.room(t, "r")
	require.NoError(t, f.Commit(t.Context(), room, 0, Rows("a", 0, 3)))
	require.NoError(t, f.SaveSnapshot(t.Context(), room, 2, []byte("s")))
	before, err := f.Load(t.Context(), room)
	require.NoError(t, err)
	require.NoError(t, f.DeleteRoom(t.Context(), workspace, room))
	requireNoRoom(t, f, room)

	f.room(t, room)
	after, err := f.Load(t.Context(), room)
	require.NoError(t, err)
	require.NotEqual(t, before.Epoch, after.Epoch)
	require.Nil(t, after.Snapshot)
	require.Empty(t, after.Rows)
}

func rowsComeBack(t *testing.T, f *fixture) {
	room := f.room(t, "r")
	want := Rows("a", 0, 5)
	want[2].Branch = "draft"
	want[3].Writes = []protocol.Write{{Record: "r", Prop: "gone"}, {Record: "r", Prop: "empty", Value: protocol.String("")}}
	require.NoError(t, f.Commit(t.Context(), room, 0, want))
	want[3].Writes[0].Value = protocol.Nil // the two forms of absent are one
	require.Equal(t, want, f.log(t, room))
}

func bareRow(t *testing.T, f *fixture) {
	room := f.room(t, "r")
	require.NoError(t, f.Commit(t.Context(), room, 0, []rooms.Row{{Committed: protocol.Committed{Rev: 1, ID: "a"}}}))
	row := f.log(t, room)[0]
	require.Empty(t, row.Result)
	require.Empty(t, row.Writes)
	row.Result, row.Writes = nil, nil
	require.Equal(t, rooms.Row{Committed: protocol.Committed{Rev: 1, ID: "a"}}, row)
}

func batchSizes(t *testing.T, f *fixture) {
	room := f.room(t, "r")
	var head int64
	for _, n := range []int{0, 1, 2, 31, 32, 33, 64, 100, 1024} {
		require.NoError(t, f.Commit(t.Context(), room, head, Rows("a", head, n)))
		head += int64(n)
	}
	require.Equal(t, Rows("a", 0, int(head)), f.log(t, room))
}

func headMoved(t *testing.T, f *fixture) {
	room := f.room(t, "r")
	require.NoError(t, f.Commit(t.Context(), room, 0, Rows("a", 0, 3)))
	for _, head := range []int64{0, 2, 4} {
		require.ErrorIs(t, f.Commit(t.Context(), room, head, Rows("b", head, 2)), rooms.ErrHeadMoved)
	}
	require.Equal(t, Rows("a", 0, 3), f.log(t, room))
	require.NoError(t, f.Commit(t.Context(), room, 3, Rows("c", 3, 1)))
}

func gaps(t *testing.T, f *fixture) {
	room := f.room(t, "r")
	for _, revs := range [][]int64{{2}, {0}, {1, 3}, {1, 1}, {2, 1}} {
		var rows []rooms.Row
		for i, rev := range revs {
			rows = append(rows, Row(fmt.Sprintf("a-%d", i), rev))
		}
		require.Error(t, f.Commit(t.Context(), room, 0, rows), "%v", revs)
	}
	require.Empty(t, f.log(t, room))
}

func duplicates(t *testing.T, f *fixture) {
	room := f.room(t, "r")
	first := Rows("a", 0, 40)
	require.NoError(t, f.Commit(t.Context(), room, 0, first))

	batch := Rows("b", 40, 40)
	batch[3].ID, batch[35].ID = first[7].ID, first[39].ID
	err := f.Commit(t.Context(), room, 40, batch)
	var dup *rooms.DuplicateError
	require.ErrorAs(t, err, &dup)
	want := map[string]rooms.Outcome{}
	for _, r := range []rooms.Row{first[7], first[39]} {
		want[r.ID] = rooms.Outcome{Rev: r.Rev, User: r.User, Digest: r.Digest, Result: r.Result}
	}
	require.Equal(t, want, dup.Outcomes)
	require.Equal(t, first, f.log(t, room))
	require.NoError(t, f.Commit(t.Context(), room, 40, Rows("b", 40, 40)))
}

func sameIDElsewhere(t *testing.T, f *fixture) {
	for _, room := range []string{f.room(t, "r"), f.room(t, "s")} {
		require.NoError(t, f.Commit(t.Context(), room, 0, Rows("a", 0, 2)))
	}
	require.Equal(t, f.log(t, "r"), f.log(t, "s"))
}

func limits(t *testing.T, f *fixture) {
	room := f.room(t, "r")
	all := Rows("a", 0, 10)
	require.NoError(t, f.Commit(t.Context(), room, 0, all))
	for _, c := range []struct {
		after int64
		limit int
		want  []rooms.Row
	}{{0, 3, all[:3]}, {3, 3, all[3:6]}, {8, 3, all[8:]}, {10, 3, nil}, {12, 3, nil}, {0, 10, all}, {0, 11, all}, {0, 0, nil}} {
		rows, err := f.Rows(t.Context(), room, c.after, c.limit)
		require.NoError(t, err)
		require.Equal(t, c.want, rows, "after %d limit %d", c.after, c.limit)
	}
}

// concurrentCommits lets writers race for one head again and again. Whoever wins a head is alone on it.
func concurrentCommits(t *testing.T, f *fixture) {
	const writers, heads = 8, 25
	room := f.room(t, "r")
	for head := range int64(heads) {
		wins := make([]error, writers)
		var wg sync.WaitGroup
		for w := range writers {
			wg.Go(func() { wins[w] = f.Commit(t.Context(), room, head, Rows(fmt.Sprintf("w%d", w), head, 1)) })
		}
		wg.Wait()
		won := slices.DeleteFunc(slices.Clone(wins), func(err error) bool { return errors.Is(err, rooms.ErrHeadMoved) })
		require.Equal(t, []error{nil}, won)
		winner := slices.Index(wins, nil)
		require.Equal(t, fmt.Sprintf("w%d-%d", winner, head+1), f.log(t, room)[head].ID)
	}
}

func concurrentRooms(t *testing.T, f *fixture) {
	const n, commits, batch = 6, 20, 5
	names := make([]string, n)
	errs := make([]error, n)
	for i := range names {
		names[i] = f.room(t, fmt.Sprintf("r%d", i))
	}
	var wg sync.WaitGroup
	for i, room := range names {
		wg.Go(func() {
			for c := range int64(commits) {
				errs[i] = errors.Join(errs[i], f.Commit(t.Context(), room, c*batch, Rows(room, c*batch, batch)))
			}
		})
	}
	wg.Wait()
	for i, room := range names {
		require.NoError(t, errs[i])
		require.Equal(t, Rows(room, 0, commits*batch), f.log(t, room))
	}
}

func readersWhileGrowing(t *testing.T, f *fixture) {
	room := f.room(t, "r")
	grown := make(chan error, 1)
	go func() {
		var err error
		for head := int64(0); head < 200 && err == nil; head += 5 {
			err = f.Commit(t.Context(), room, head, Rows("a", head, 5))
			if err == nil && head%50 == 0 {
				err = f.SaveSnapshot(t.Context(), room, head, state(head))
			}
		}
		grown <- err
	}()
	for done := false; !done; {
		select {
		case err := <-grown:
			require.NoError(t, err)
			done = true
		default:
		}
		stored, err := f.Load(t.Context(), room)
		require.NoError(t, err)
		if stored.SnapshotAt > 0 {
			require.Equal(t, state(stored.SnapshotAt), stored.Snapshot)
		}
		for i := range stored.Rows {
			require.Equal(t, stored.SnapshotAt+1+int64(i), stored.Rows[i].Rev)
		}
		require.Zero(t, len(stored.Rows)%5, "a commit is seen whole or not at all")
	}
}

func readYourWrites(t *testing.T, f *fixture) {
	room := f.room(t, "r")
	for head := range int64(50) {
		require.NoError(t, f.Commit(t.Context(), room, head, Rows("a", head, 1)))
		rows, err := f.Rows(t.Context(), room, head, 10)
		require.NoError(t, err)
		require.Len(t, rows, 1)
	}
}

func endedCommit(t *testing.T, f *fixture) {
	room := f.room(t, "r")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err := f.Commit(ctx, room, 0, Rows("a", 0, 1))
	require.ErrorIs(t, err, context.Canceled)
	_, err = f.Load(ctx, room)
	require.ErrorIs(t, err, context.Canceled)
}

func reopened(t *testing.T, f *fixture) {
	room := f.room(t, "r")
	require.NoError(t, f.Commit(t.Context(), room, 0, Rows("a", 0, 70)))
	require.NoError(t, f.SaveSnapshot(t.Context(), room, 60, []byte("state at 60")))
	before, err := f.Load(t.Context(), room)
	require.NoError(t, err)
	f.reopen(t)
	after, err := f.Load(t.Context(), room)
	require.NoError(t, err)
	require.Equal(t, before, after)
	require.Equal(t, Rows("a", 0, 70), f.log(t, room))
	require.NoError(t, f.Commit(t.Context(), room, 70, Rows("a", 70, 1)))
}

func commitIsActivity(t *testing.T, f *fixture) {
	f.member(t, "ana", protocol.RoleViewer)
	f.room(t, "a")
	f.room(t, "b")
	require.Equal(t, []string{"b", "a"}, f.visible(t, "ana"))
	row := Row("a", 1)
	row.At = f.clock.UnixMilli() + 1
	require.NoError(t, f.Commit(t.Context(), "a", 0, []rooms.Row{row}))
	require.Equal(t, []string{"a", "b"}, f.visible(t, "ana"))
}

func deletedDuringCommits(t *testing.T, f *fixture) {
	room := f.room(t, "r")
	started := make(chan struct{})
	ended := make(chan error, 1)
	go func() {
		var err error
		for head := int64(0); err == nil; head++ {
			err = f.Commit(t.Context(), room, head, Rows("a", head, 1))
			if head == 5 {
				close(started)
			}
		}
		ended <- err
	}()
	<-started
	require.NoError(t, f.DeleteRoom(t.Context(), workspace, room))
	require.ErrorIs(t, <-ended, rooms.ErrNoRoom)
	f.room(t, room)
	require.Empty(t, f.log(t, room))
}
