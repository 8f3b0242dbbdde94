package sqlite

import (
	"testing"

	"github.com/stretchr/testify/require"

	"atelier/generation"
	"atelier/hub/auth"
	"atelier/protocol"
)

func TestADeletedRoomTakesItsJobsWithIt(t *testing.T) {
	t.Parallel()
	db := open(t)
	ctx := t.Context()
	_, err := db.EnsureWorkspace(ctx, "team", "Team")
	require.NoError(t, err)
	require.NoError(t, db.CreateRoom(ctx, auth.Room{ID: "r", Workspace: "team"}, protocol.RoleOwner))
	job := protocol.Job{JobRequest: protocol.JobRequest{ID: protocol.NewID(), Provider: "p", Count: 1}, Room: "r", User: "ana", State: protocol.JobQueued}
	_, created, err := db.Enqueue(ctx, "team", []protocol.Job{job}, generation.Caps{Pending: 1})
	require.NoError(t, err)
	require.True(t, created)
	require.NoError(t, db.DeleteRoom(ctx, "team", "r"))
	for _, table := range []string{"jobs", "job_seqs", "queue_lanes", "queue_requesters"} {
		var n int
		require.NoError(t, db.read.QueryRowContext(ctx, "SELECT count(*) FROM "+table).Scan(&n))
		require.Zero(t, n, table)
	}
	var waiting int
	require.NoError(t, db.read.QueryRowContext(ctx, "SELECT sum(waiting) FROM queue_lines").Scan(&waiting))
	require.Zero(t, waiting, "its workspace waits for nothing any more")
}
