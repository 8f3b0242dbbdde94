package sqlite_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/tinylib/msgp/msgp"

	"atelier/hub/auth"
	"atelier/persist/sqlite"
	"atelier/persist/storetest"
	"atelier/protocol"
	"atelier/rooms"
)

func openBench(b *testing.B, roomIDs ...string) *sqlite.DB {
	b.Helper()
	db, err := sqlite.Open(b.Context(), filepath.Join(b.TempDir(), "atelier.db"), sqlite.Options{})
	require.NoError(b, err)
	b.Cleanup(func() { require.NoError(b, db.Close()) })
	_, err = db.EnsureWorkspace(b.Context(), "team", "Team")
	require.NoError(b, err)
	for _, id := range roomIDs {
		require.NoError(b, db.CreateRoom(b.Context(), auth.Room{ID: id, Workspace: "team"}, protocol.RoleOwner))
	}
	return db
}

// BenchmarkCommit commits batches to one room, one commit in flight, as a room does. A change has three writes.
func BenchmarkCommit(b *testing.B) {
	for _, batch := range []int{1, 8, 64, 256, 1024} {
		b.Run(fmt.Sprintf("batch=%d", batch), func(b *testing.B) {
			db := openBench(b, "r")
			var head int64
			for b.Loop() {
				b.StopTimer()
				rows := storetest.Rows("a", head, batch)
				b.StartTimer()
				require.NoError(b, db.Commit(b.Context(), "r", head, rows))
				head += int64(batch)
			}
			b.ReportMetric(float64(head)/b.Elapsed().Seconds(), "changes/s")
		})
	}
}

// BenchmarkCommitOfManyRooms commits to rooms at the same time: they share commits.
func BenchmarkCommitOfManyRooms(b *testing.B) {
	const batch = 8
	for _, n := range []int{1, 10, 100} {
		b.Run(fmt.Sprintf("rooms=%d", n), func(b *testing.B) {
			ids := make([]string, n)
			for i := range ids {
				ids[i] = fmt.Sprint("room", i)
			}
			db := openBench(b, ids...)
			errs := make([]error, n)
			var head int64
			for b.Loop() {
				var all sync.WaitGroup
				for i, id := range ids {
					all.Go(func() { errs[i] = db.Commit(b.Context(), id, head, storetest.Rows(id, head, batch)) })
				}
				all.Wait()
				head += batch
			}
			for _, err := range errs {
				require.NoError(b, err)
			}
			b.ReportMetric(float64(head)*float64(n)/b.Elapsed().Seconds(), "changes/s")
		})
	}
}

// BenchmarkCommitOnALongLog tells whether a change costs the same whatever is in the log already.
func BenchmarkCommitOnALongLog(b *testing.B) {
	const batch = 64
	for _, length := range []int64{0, 100_000} {
		b.Run(fmt.Sprintf("rows=%d", length), func(b *testing.B) {
			db := openBench(b, "r")
			head := grow(b, db, "r", length)
			for b.Loop() {
				b.StopTimer()
				rows := storetest.Rows("a", head, batch)
				b.StartTimer()
				require.NoError(b, db.Commit(b.Context(), "r", head, rows))
				head += batch
			}
			b.ReportMetric(float64(head-length)/b.Elapsed().Seconds(), "changes/s")
		})
	}
}

func grow(b *testing.B, db *sqlite.DB, room string, n int64) int64 {
	b.Helper()
	for head := int64(0); head < n; {
		rows := storetest.Rows("a", head, int(min(n-head, 1024)))
		require.NoError(b, db.Commit(b.Context(), room, head, rows))
		head += int64(len(rows))
	}
	return n
}

// BenchmarkLoad loads a room of 10 000 records, whose log has 100 000 rows: its snapshot alone, with some rows after it,
// and with the decoding that a room does.
func BenchmarkLoad(b *testing.B) {
	const head = 100_000
	for _, after := range []int64{0, 5000} {
		snapshot := canvas(head-after, 10_000)
		db := openBench(b, "r")
		grow(b, db, "r", head)
		require.NoError(b, db.SaveSnapshot(b.Context(), "r", head-after, snapshot))
		b.Run(fmt.Sprintf("rows-after=%d", after), func(b *testing.B) {
			b.SetBytes(int64(len(snapshot)))
			for b.Loop() {
				stored, err := db.Load(b.Context(), "r")
				require.NoError(b, err)
				require.Len(b, stored.Rows, int(after))
			}
		})
		b.Run(fmt.Sprintf("rows-after=%d/restored", after), func(b *testing.B) {
			for b.Loop() {
				stored, err := db.Load(b.Context(), "r")
				require.NoError(b, err)
				_, err = rooms.Restore(protocol.NewSchema(protocol.DefaultLimits()), stored)
				require.NoError(b, err)
			}
		})
	}
}

// BenchmarkOpen opens an existing database, as `serve` does when it starts.
func BenchmarkOpen(b *testing.B) {
	path := filepath.Join(b.TempDir(), "atelier.db")
	for b.Loop() {
		db, err := sqlite.Open(b.Context(), path, sqlite.Options{})
		require.NoError(b, err)
		require.NoError(b, db.Close())
	}
	_, err := os.Stat(path)
	require.NoError(b, err)
}

// canvas encodes a snapshot of n records of eight props each, in the form that [rooms.Snapshot.Encode] states.
func canvas(rev int64, n int) []byte {
	b := msgp.AppendInt(msgp.AppendArrayHeader(nil, 5), 1)
	b = msgp.AppendString(msgp.AppendInt64(b, rev), "last")
	b = msgp.AppendArrayHeader(msgp.AppendArrayHeader(b, 1), 2)
	b = msgp.AppendString(msgp.AppendString(b, "session"), "user")
	b = msgp.AppendInt(b, n)
	for i := range n {
		props := []string{"x", "y", "w", "h", "z", "rotation", "colour", "text"}
		b = msgp.AppendArrayHeader(b, uint32(2+len(props)))
		b = msgp.AppendString(msgp.AppendString(b, protocol.DerivedID(strconv.Itoa(i))), "note")
		for j, prop := range props {
			b = msgp.AppendString(msgp.AppendArrayHeader(b, 4), prop)
			switch prop {
			case "colour":
				b = msgp.AppendString(b, "#ffcc00")
			case "text":
				b = msgp.AppendString(b, "what note "+strconv.Itoa(i)+" says, in a few words of usual length")
			default:
				b = msgp.AppendFloat64(b, float64(i*j)+0.5)
			}
			b = msgp.AppendUint32(msgp.AppendInt64(b, rev), 0)
		}
	}
	return b
}

func BenchmarkQueue(b *testing.B) {
	for _, waiting := range []int{1_000, 10_000} {
		db, err := sqlite.Open(b.Context(), filepath.Join(b.TempDir(), "atelier.db"), sqlite.Options{})
		require.NoError(b, err)
		b.Cleanup(func() { require.NoError(b, db.Close()) })
		storetest.BenchQueue(b, db, waiting, func() {})
	}
}
