package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"atelier/generation"
	"atelier/protocol"
)

// Every question that is asked all the time goes by an index, whatever else is in the table.
func TestQueueNeverScansTheTable(t *testing.T) {
	db := openJobs(t)
	for name, query := range map[string]string{
		"team": teamQuery, "turn in team": turnInTeam, "turn in room": turnInRoom, "next": nextQuery, "busy": busyQuery,
		"waiting": waitingQuery, "turns": turnsQuery, "unplaced": unplacedQuery, "overview": overviewQuery, "chain": chainQuery,
		"own": ownQuery, "up": upQuery, "down": downQuery,
		"lapsed":  `SELECT ` + jobColumns + ` FROM jobs WHERE lease_until > 0 AND lease_until <= ? LIMIT 1`,
		"due":     `SELECT ` + jobColumns + ` FROM jobs WHERE resume_at > 0 AND resume_at <= ? LIMIT 1`,
		"pending": `SELECT count(*) FROM jobs WHERE room = ? AND user = ? AND ended_at = 0`,
	} {
		plan := explain(t, db, query)
		for _, table := range []string{"jobs", "queue_lines", "queue_lanes", "origins"} {
			require.NotContains(t, plan, "SCAN "+table+"\n", "%s:\n%s", name, plan)
		}
	}
	require.Contains(t, explain(t, db, teamQuery), "INDEX lines_waiting (route=?)")
	require.Contains(t, explain(t, db, turnInTeam), "INDEX lanes_of_team (workspace=? AND route=?)")
	require.Contains(t, explain(t, db, turnInRoom), "INDEX lanes_of_room (room=? AND route=?)")
	require.Contains(t, explain(t, db, nextQuery), "INDEX jobs_to_claim (room=? AND user=? AND route=?)")
	for name, query := range map[string]string{"waiting": waitingQuery, "own": ownQuery, "next": nextQuery} {
		require.NotContains(t, explain(t, db, query), "LAST TERM", name)
	}
}

func explain(t *testing.T, db *DB, query string) string {
	t.Helper()
	args := make([]any, strings.Count(query, "?"))
	for i := range args {
		args[i] = "[]"
	}
	rows, err := db.read.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+query, args...)
	require.NoError(t, err)
	defer func() { require.NoError(t, rows.Close()) }()
	var plan strings.Builder
	for rows.Next() {
		var id, parent, unused int
		var detail string
		require.NoError(t, rows.Scan(&id, &parent, &unused, &detail))
		plan.WriteString(detail + "\n")
	}
	require.NoError(t, rows.Err())
	return plan.String()
}

func openJobs(t testing.TB) *DB {
	t.Helper()
	db, err := Open(t.Context(), filepath.Join(t.TempDir(), "atelier.db"), Options{})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	require.NoError(t, db.write(t.Context(), func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO workspaces VALUES ('team', 'Team', 0);
			INSERT INTO rooms (id, workspace, name, private, created_by, created_at, active_at, epoch)
			VALUES ('r', 'team', 'R', 0, '', 0, 0, 'e')`)
		return err
	}))
	return db
}

// fill puts n waiting jobs of 50 people in one room.
func fill(t testing.TB, db *DB, n int) {
	t.Helper()
	require.NoError(t, db.writeJobs(t.Context(), func(tx jobTx) error {
		for i := range n {
			job := protocol.Job{
				JobRequest: protocol.JobRequest{
					ID: protocol.DerivedID("bench", fmt.Sprint(n, i)), Kind: "image", Transform: "generate", Provider: "sketch",
					Model: "m", Prompt: strings.Repeat("a long prompt about a harbour ", 8), Count: 1,
				},
				Room: "r", User: fmt.Sprint("user", i%50), UserName: "Somebody", MaxAttempts: 3, Units: 1,
			}
			err := tx.insert(&jobRow{
				Job: job, workspace: "team", route: "sketch/m", request: `{"id":"` + job.ID + `","kind":"image","prompt":"` + job.Prompt + `"}`,
			})
			if err != nil {
				return err
			}
		}
		return nil
	}))
}

// BenchmarkClaim claims by 32 workers at once out of lines of several lengths; every claim is durable. A line that was
// claimed to its end waits again, so that the database does not grow with the number of claims.
func BenchmarkClaim(b *testing.B) {
	for _, waiting := range []int{1_000, 10_000, 100_000} {
		db := openJobs(b)
		fill(b, db, waiting)
		b.Run(fmt.Sprint("waiting=", waiting), func(b *testing.B) {
			for left := b.N; left > 0; left -= waiting {
				claimAll(b, db, min(left, waiting))
				b.StopTimer()
				require.NoError(b, db.write(b.Context(), func(ctx context.Context, tx *sql.Tx) error {
					_, err := tx.ExecContext(ctx, `UPDATE jobs SET state = 'queued', lease_until = 0, attempt = 0 WHERE lease_until > 0;
						UPDATE queue_requesters SET running = 0;
						UPDATE queue_lanes SET waiting = (SELECT count(*) FROM jobs j WHERE j.room = queue_lanes.room
							AND j.user = queue_lanes.user AND j.state = 'queued')`)
					return err
				}))
				b.StartTimer()
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "claims/s")
		})
	}
}

func claimAll(b *testing.B, db *DB, n int) {
	b.Helper()
	var left atomic.Int64
	left.Store(int64(n))
	var workers sync.WaitGroup
	for range 32 {
		workers.Go(func() {
			for left.Add(-1) >= 0 {
				l, err := db.Claim(context.Background(), generation.Capabilities{Worker: "w", Routes: []string{"sketch/m"}}, time.Minute, generation.Caps{})
				if err != nil || l == nil {
					b.Error("nothing to claim", err)
					return
				}
			}
		})
	}
	workers.Wait()
}
