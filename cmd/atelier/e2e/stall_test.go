package e2e

import (
	"context"
	"database/sql"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"atelier/client"
	"atelier/protocol"
)

const (
	stall   = 20 * time.Second
	sampled = 50 * time.Millisecond // a cursor moves as often
	gap     = time.Second           // most that a cursor may rest, on a busy machine
)

// Another process locks the file, as a backup gone wrong would: nothing can be written for 20 s.
func TestAStalledStoreStopsNoCursorAndLosesNoChange(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	server := run(t, "serve", "--listen=127.0.0.1:0", "--admin=127.0.0.1:0", "--data="+data)
	url := "http://" + server.waitFor(`(?m)^atelier is at http://(\S+)$`)
	admin := server.waitFor(`(?m)^metrics and health at (\S+)$`)
	ana := guest(t, url, "Ana")
	id := newRoom(t, ana)
	anas := enter(t, url, id, ana)
	note, writes := client.Create(protocol.KindNote, nil)
	_, err := anas.Change(soon(t), writes...)
	require.NoError(t, err)
	events := client.NewSubscription()
	bens := enterListening(t, url, id, guest(t, url, "Ben"), events)

	release := lock(t, data)
	const changes = 5
	acked := make(chan error, changes)
	for i := range changes {
		go func() {
			ctx, cancel := context.WithTimeout(context.Background(), stall+patience)
			defer cancel()
			_, err := anas.Change(ctx, client.Set(note, "x", protocol.Int(int64(i))))
			acked <- err
		}()
	}
	watchCursors(t, anas, events)
	require.Empty(t, acked, "nothing is acknowledged while nothing can be stored")
	refused := `atelier_room_changes_refused_total{code="UNAVAILABLE"}`
	require.Contains(t, get(t, admin+"/metrics"), refused, "changes were refused, to be tried again")

	release()
	for range changes {
		require.NoError(t, <-acked, "it arrives by retry")
	}
	agree(t, anas, bens)
}

// lock takes the file's write lock until release.
func lock(t *testing.T, data string) (release func()) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(data, "atelier.db")+"?_txlock=immediate")
	require.NoError(t, err)
	tx, err := db.BeginTx(t.Context(), nil)
	require.NoError(t, err)
	return func() {
		require.NoError(t, tx.Rollback())
		require.NoError(t, db.Close())
	}
}

// watchCursors moves a cursor through the stall: others see it move all the time, and nobody is disconnected.
func watchCursors(t *testing.T, from *client.Room, events *client.Subscription) {
	t.Helper()
	moving := time.NewTicker(sampled)
	defer moving.Stop()
	stop := time.After(stall)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for i := 0; ; i++ {
			select {
			case <-moving.C:
				from.MoveCursor(float32(i), 0)
			case <-stop:
				return
			}
		}
	}()
	last, longest := time.Now(), time.Duration(0)
	for {
		ctx, cancel := context.WithTimeout(t.Context(), gap)
		e, err := events.Next(ctx)
		cancel()
		select {
		case <-done:
			t.Logf("longest rest of a cursor: %s", longest)
			return
		default:
		}
		require.NoError(t, err, "the cursor rested for %s", gap)
		switch e := e.(type) {
		case client.Disconnected:
			require.Fail(t, "disconnected", "%v", e.Err)
		case client.Cursor:
			longest, last = max(longest, time.Since(last)), time.Now()
		default:
		}
	}
}
