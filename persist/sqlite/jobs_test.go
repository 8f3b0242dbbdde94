package sqlite

import (
	"context"
	"database/sql"
	"maps"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"atelier/persist/internal/relational"
)

// Every question that is asked all the time goes by an index, whatever else is in the table.
func TestQueueNeverScansTheTable(t *testing.T) {
	db := openJobs(t)
	queries := relational.Frequent(&db.dialect)
	maps.Copy(queries, map[string]string{"team": teamQuery, "turn in team": turnInTeam, "turn in room": turnInRoom})
	for name, query := range queries {
		plan := explain(t, db, query)
		for _, table := range []string{"jobs", "queue_lines", "queue_lanes", "origins"} {
			require.NotContains(t, plan, "SCAN "+table+"\n", "%s:\n%s", name, plan)
		}
	}
	require.Contains(t, explain(t, db, teamQuery), "INDEX lines_waiting (route=?)")
	require.Contains(t, explain(t, db, turnInTeam), "INDEX lanes_of_team (workspace=? AND route=?)")
	require.Contains(t, explain(t, db, turnInRoom), "INDEX lanes_of_room (room=? AND route=?)")
	require.Contains(t, explain(t, db, queries["next"]), "INDEX jobs_to_claim (room=? AND user=? AND route=?)")
	for _, name := range []string{"waiting", "own", "next"} {
		require.NotContains(t, explain(t, db, queries[name]), "LAST TERM", name)
	}
}

func open(t *testing.T) *DB {
	t.Helper()
	db, err := Open(t.Context(), filepath.Join(t.TempDir(), "atelier.db"), Options{})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db
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
