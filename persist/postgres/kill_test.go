package postgres

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"atelier/internal/testservers"
	"atelier/persist/storetest"
	"atelier/protocol"
	"atelier/rooms"
)

const (
	killRounds = 5
	killRooms  = 6
)

func killRoom(i int) string { return fmt.Sprintf("room%d", i) }

// batchAfter is how many rows are committed on top of a head: from one to many, so that commits are of all lengths.
func batchAfter(head int64) int { return 1 + int(head*head%97) }

// acknowledged are the heads of rooms that commits were acknowledged up to.
type acknowledged struct {
	mu     sync.Mutex
	heads  map[string]int64
	n      int
	at     int // acknowledgements after which enough is closed
	once   sync.Once
	enough chan struct{}
}

func (a *acknowledged) of(room string) int64 {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.heads[room]
}

func (a *acknowledged) up(room string, head int64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.heads[room] = head
	a.n++
	if a.n >= a.at {
		a.once.Do(func() { close(a.enough) })
	}
}

// commitUntilGone commits to all rooms at once until the server is gone, and returns what each of them was told then.
func (a *acknowledged) commitUntilGone(ctx context.Context, db *DB) []error {
	told := make([]error, killRooms)
	var all sync.WaitGroup
	for i := range killRooms {
		all.Go(func() {
			room := killRoom(i)
			for head := a.of(room); told[i] == nil; {
				rows := storetest.Rows(room, head, batchAfter(head))
				if told[i] = db.Commit(ctx, room, head, rows); told[i] == nil {
					head += int64(len(rows))
					a.up(room, head)
				}
			}
		})
	}
	all.Wait()
	return told
}

// TestEveryAcknowledgedRowIsThereAfterTheServerWasKilled kills a server that waits for the disk with SIGKILL while it
// commits, again and again. What it acknowledged must be there whole; what it was about to acknowledge may be there, whole
// too. The same connections go on with it.
func TestEveryAcknowledgedRowIsThereAfterTheServerWasKilled(t *testing.T) {
	t.Parallel()
	server := testservers.DurablePostgres(t)
	db := open(t, server.URL(server.Database()))
	for i := range killRooms {
		makeRoom(t, db, "team", killRoom(i))
	}
	heads, checked := make(map[string]int64), make(map[string]int64)
	for round := range killRounds {
		acked := &acknowledged{heads: heads, at: 10 + 15*round, enough: make(chan struct{})}
		gone := make(chan []error, 1)
		go func() { gone <- acked.commitUntilGone(t.Context(), db) }()
		<-acked.enough
		server.Kill()
		for _, err := range <-gone {
			require.Equal(t, protocol.CodeUnavailable, protocol.CodeOf(err), "%v", err)
		}
		_, err := db.Load(t.Context(), killRoom(0))
		require.Equal(t, protocol.CodeUnavailable, protocol.CodeOf(err), "%v", err)
		server.Restart()
		for i := range killRooms {
			room := killRoom(i)
			stored, err := db.Load(t.Context(), room)
			require.NoError(t, err)
			head := int64(len(stored.Rows))
			require.GreaterOrEqual(t, head, heads[room], "round %d: acknowledged rows of %s are lost", round, room)
			require.Contains(t, []int64{heads[room], heads[room] + int64(batchAfter(heads[room]))}, head, "round %d: half a batch", round)
			from := checked[room]
			require.Equal(t, storetest.Rows(room, from, int(head-from)), append([]rooms.Row{}, stored.Rows[from:]...))
			heads[room], checked[room] = head, head
		}
	}
	var rows int64
	for _, head := range heads {
		rows += head
	}
	t.Logf("%d kills, %d rows, none lost, none doubled", killRounds, rows)
}

// TestAServerThatHangsIsUnavailable has nobody wait for it longer than the caller would, and goes on when it does.
func TestAServerThatHangsIsUnavailable(t *testing.T) {
	t.Parallel()
	server := testservers.Postgres(t)
	db := open(t, server.URL(server.Database()))
	makeRoom(t, db, "team", "room")
	require.NoError(t, db.Commit(t.Context(), "room", 0, storetest.Rows("a", 0, 1)))
	server.Pause()
	for what, do := range map[string]func(ctx context.Context) error{
		"commit":   func(ctx context.Context) error { return db.Commit(ctx, "room", 1, storetest.Rows("b", 1, 1)) },
		"load":     func(ctx context.Context) error { _, err := db.Load(ctx, "room"); return err },
		"heads":    func(ctx context.Context) error { _, err := db.Heads(ctx, []string{"room"}); return err },
		"snapshot": func(ctx context.Context) error { return db.SaveSnapshot(ctx, "room", 1, nil) },
	} {
		ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
		err := do(ctx)
		cancel()
		require.Equal(t, protocol.CodeUnavailable, protocol.CodeOf(err), "%s: %v", what, err)
	}
	server.Resume()
	stored, err := db.Load(t.Context(), "room")
	require.NoError(t, err)
	require.NoError(t, db.Commit(t.Context(), "room", int64(len(stored.Rows)), storetest.Rows("c", int64(len(stored.Rows)), 1)))
}

// TestAHeadThatIsHeldTooLongIsUnavailable has somebody hold a room's row.
func TestAHeadThatIsHeldTooLongIsUnavailable(t *testing.T) {
	t.Parallel()
	server := testservers.Postgres(t)
	address := server.URL(server.Database())
	db, err := Open(t.Context(), address, Options{Lock: 50 * time.Millisecond})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	makeRoom(t, db, "team", "room")
	holder := open(t, address)
	require.NoError(t, holder.CommitUnderLock(t.Context(), "room", 0, func([]rooms.Row) ([]rooms.Row, error) {
		err := db.Commit(t.Context(), "room", 0, storetest.Rows("a", 0, 1))
		require.Equal(t, protocol.CodeUnavailable, protocol.CodeOf(err), "%v", err)
		return nil, nil
	}))
	require.NoError(t, db.Commit(t.Context(), "room", 0, storetest.Rows("a", 0, 1)))
}
