package sqlite_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"atelier/hub/auth"
	"atelier/persist/sqlite"
	"atelier/persist/storetest"
	"atelier/protocol"
	"atelier/rooms"
)

const (
	killRounds = 10
	killRooms  = 6
)

func killRoom(i int) string { return fmt.Sprintf("room%d", i) }

// batchAfter is how many rows the victim commits on top of a head: from one to many, so that commits are of all lengths.
func batchAfter(head int64) int { return 1 + int(head*head%97) }

// commitUntilKilled commits to all rooms at once and says "room head" on standard output after each acknowledgement.
func commitUntilKilled(dir string) error {
	ctx := context.Background()
	db, err := sqlite.Open(ctx, filepath.Join(dir, "atelier.db"), sqlite.Options{})
	if err != nil {
		return err
	}
	failed := make(chan error)
	for i := range killRooms {
		go func() {
			room := killRoom(i)
			stored, err := db.Load(ctx, room)
			head := int64(len(stored.Rows))
			for err == nil {
				rows := storetest.Rows(room, head, batchAfter(head))
				if err = db.Commit(ctx, room, head, rows); err != nil {
					break
				}
				head += int64(len(rows))
				_, err = fmt.Fprintf(os.Stdout, "%s %d\n", room, head)
			}
			failed <- err
		}()
	}
	return <-failed
}

// TestEveryAcknowledgedRowIsThereAfterKill kills a process with SIGKILL while it commits, again and again on one file.
// What it acknowledged must be there whole; what it was about to acknowledge may be there, whole too.
func TestEveryAcknowledgedRowIsThereAfterKill(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	db, closeDB := openStores(t, dir, nil)
	_, err := db.EnsureWorkspace(t.Context(), "team", "Team")
	require.NoError(t, err)
	for i := range killRooms {
		require.NoError(t, db.CreateRoom(t.Context(), auth.Room{ID: killRoom(i), Workspace: "team"}, protocol.RoleOwner))
	}
	closeDB()

	acknowledged, checked := make(map[string]int64), make(map[string]int64)
	for round := range killRounds {
		killAfter(t, dir, 5+3*round, acknowledged)
		db, closeDB := openStores(t, dir, nil)
		for i := range killRooms {
			room := killRoom(i)
			stored, err := db.Load(t.Context(), room)
			require.NoError(t, err)
			head, acked := int64(len(stored.Rows)), acknowledged[room]
			require.GreaterOrEqual(t, head, acked, "round %d: acknowledged rows of %s are lost", round, room)
			require.Contains(t, []int64{acked, acked + int64(batchAfter(acked))}, head, "round %d: half a batch", round)
			from := checked[room]
			require.Equal(t, storetest.Rows(room, from, int(head-from)), append([]rooms.Row{}, stored.Rows[from:]...))
			acknowledged[room], checked[room] = head, head
		}
		closeDB()
	}
	var rows int64
	for _, head := range acknowledged {
		rows += head
	}
	t.Logf("%d kills, %d rows, none lost, none doubled", killRounds, rows)
}

// killAfter runs a victim, kills it at its n-th acknowledgement, and notes everything it acknowledged until it was dead.
func killAfter(t *testing.T, dir string, n int, acknowledged map[string]int64) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), victim+"="+dir)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	lines := bufio.NewScanner(out)
	seen := 0
	for ; lines.Scan(); seen++ {
		var room string
		var head int64
		_, err := fmt.Sscanf(lines.Text(), "%s %d", &room, &head)
		require.NoError(t, err)
		acknowledged[room] = head
		if seen == n {
			require.NoError(t, cmd.Process.Kill())
		}
	}
	require.ErrorContains(t, cmd.Wait(), "killed")
	require.GreaterOrEqual(t, seen, n)
}
