package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"strings"
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
		"claim": claimQuery, "busy": busyQuery, "waiting": waitingQuery, "unplaced": unplacedQuery, "overview": overviewQuery,
		"lapsed":  `SELECT ` + jobColumns + ` FROM jobs WHERE lease_until > 0 AND lease_until <= ? LIMIT 1`,
		"due":     `SELECT ` + jobColumns + ` FROM jobs WHERE resume_at > 0 AND resume_at <= ? LIMIT 1`,
		"pending": `SELECT count(*) FROM jobs WHERE room = ? AND user = ? AND ended_at = 0`,
		"own":     `SELECT n FROM jobs WHERE room = ? AND user = ? AND ended_at = 0 AND state = 'queued' AND priority < ? ORDER BY place`,
	} {
		plan := explain(t, db, query)
		require.NotContains(t, plan, "SCAN jobs\n", "%s:\n%s", name, plan)
	}
	require.Contains(t, explain(t, db, claimQuery), "USING COVERING INDEX jobs_to_claim (provider=?)")
	require.NotContains(t, explain(t, db, waitingQuery), "TEMP B-TREE", "the line is read in the index's order")
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
				Room: "r", User: fmt.Sprint("user", i%50), UserName: "Somebody", MaxAttempts: 3,
			}
			if _, err := tx.insert("team", job, `{"id":"`+job.ID+`","kind":"image","prompt":"`+job.Prompt+`"}`, generation.Caps{}); err != nil {
				return err
			}
		}
		return nil
	}))
}

// BenchmarkClaim claims by 32 workers at once out of lines of several lengths; every claim is durable. Run it with a
// -benchtime of a number of claims smaller than the shortest line.
func BenchmarkClaim(b *testing.B) {
	for _, waiting := range []int{5_000, 100_000} {
		b.Run(fmt.Sprint("waiting=", waiting), func(b *testing.B) {
			db := openJobs(b)
			fill(b, db, waiting)
			var claims atomic.Int64
			b.SetParallelism(16) // 32 workers on 2 cores
			b.ResetTimer()
			began := time.Now()
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					l, err := db.Claim(context.Background(), generation.Capabilities{Worker: "w", Providers: []string{"sketch"}}, time.Minute)
					if err != nil || l == nil {
						b.Error("nothing to claim", err)
						return
					}
					claims.Add(1)
				}
			})
			b.ReportMetric(float64(claims.Load())/time.Since(began).Seconds(), "claims/s")
		})
	}
}
