package postgres

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"atelier/internal/testservers"
)

// twoTeams is a database with two workspaces, whose tables all have rows of both.
type twoTeams struct {
	*DB

	server *testservers.PostgresServer
	name   string
	walled []string // tables
}

func newTwoTeams(t *testing.T) *twoTeams {
	t.Helper()
	server := newServer(t)
	s := &twoTeams{server: server, name: kept(server)}
	s.DB = open(t, server.URLAs(keeper, s.name))
	teamOf(t, s.DB, "ours")
	teamOf(t, s.DB, "theirs")
	s.walled = strings.Fields(server.Do(s.name, `SELECT relname FROM pg_class
		WHERE relnamespace = 'atelier'::regnamespace AND relrowsecurity ORDER BY relname`))
	require.Len(t, s.walled, 21)
	for _, table := range s.walled {
		for _, team := range []string{"ours", "theirs"} {
			require.NotEqual(t, "0", s.count(table, team), "%s has nothing of %s: the tests would see nothing", table, team)
		}
	}
	return s
}

// whose is the column of a table that says whose a row is.
func whose(table string) string {
	if table == "workspaces" {
		return "id"
	}
	return "workspace"
}

// count is how many rows of a workspace there are, as somebody sees it who is behind no wall.
func (s *twoTeams) count(table, team string) string {
	return s.server.Do(s.name, fmt.Sprintf("SELECT count(*) FROM atelier.%s WHERE %s = '%s'", table, whose(table), team))
}

// all is everything of a workspace.
func (s *twoTeams) all(team string) string {
	var all strings.Builder
	for _, table := range s.walled {
		all.WriteString(s.server.Do(s.name, fmt.Sprintf("SELECT '%s', t.* FROM atelier.%s t WHERE %s = '%s' ORDER BY t::text",
			table, table, whose(table), team)))
		all.WriteString("\n")
	}
	return all.String()
}

// as does something in a workspace, in a transaction of the program's own role.
func (s *twoTeams) as(t *testing.T, team string, do func(ctx context.Context, tx pgx.Tx)) {
	t.Helper()
	ctx := t.Context()
	require.NoError(t, pgx.BeginFunc(ctx, s.conns, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, enter, team)
		require.NoError(t, err)
		do(ctx, tx)
		return nil
	}))
}

func TestAWorkspaceIsAllThatATransactionSees(t *testing.T) {
	t.Parallel()
	s := newTwoTeams(t)
	for _, table := range s.walled {
		seen := fmt.Sprintf("SELECT DISTINCT %s FROM %s", whose(table), table)
		for _, team := range []string{"ours", "theirs", "", "of nobody"} {
			s.as(t, team, func(ctx context.Context, tx pgx.Tx) {
				rows, err := tx.Query(ctx, seen)
				require.NoError(t, err)
				teams, err := pgx.CollectRows(rows, pgx.RowTo[string])
				require.NoError(t, err)
				if team == "ours" || team == "theirs" {
					require.Equal(t, []string{team}, teams, table)
				} else {
					require.Empty(t, teams, table)
				}
			})
		}
		rows, err := s.conns.Query(t.Context(), seen)
		require.NoError(t, err)
		require.False(t, rows.Next(), "%s without a workspace", table)
		rows.Close()
	}
}

func TestAWorkspaceIsAllThatATransactionWrites(t *testing.T) {
	t.Parallel()
	s := newTwoTeams(t)
	before := s.all("theirs")
	for _, table := range s.walled {
		column := whose(table)
		row := s.server.Do(s.name, fmt.Sprintf("SELECT to_jsonb(t) FROM atelier.%s t WHERE %s = 'theirs' LIMIT 1", table, column))
		s.as(t, "ours", func(ctx context.Context, tx pgx.Tx) {
			for _, statement := range []string{
				fmt.Sprintf("UPDATE %s SET %s = 'ours' WHERE %s = 'theirs'", table, column, column),
				fmt.Sprintf("UPDATE %s SET %s = %s WHERE %s <> 'ours'", table, column, column, column),
				fmt.Sprintf("DELETE FROM %s WHERE %s <> 'ours'", table, column),
			} {
				tag, err := tx.Exec(ctx, statement)
				require.NoError(t, err)
				require.Zero(t, tag.RowsAffected(), statement)
			}
		})
		for _, statement := range []string{
			fmt.Sprintf("UPDATE %s SET %s = 'theirs'", table, column),
			fmt.Sprintf("INSERT INTO %s SELECT (jsonb_populate_record(NULL::%s, $j$%s$j$)).*", table, table, row),
		} {
			s.as(t, "ours", func(ctx context.Context, tx pgx.Tx) {
				sub, err := tx.Begin(ctx)
				require.NoError(t, err)
				_, err = sub.Exec(ctx, statement)
				require.True(t, isWalled(err), "%s: %v", statement, err)
				require.NoError(t, sub.Rollback(ctx))
			})
		}
	}
	require.Equal(t, before, s.all("theirs"))
}

// TestNothingHangsOnARowOfAnotherWorkspace gives the other team's rows to ours, as whom no wall holds: foreign keys refuse,
// since what they name is of the other workspace.
func TestNothingHangsOnARowOfAnotherWorkspace(t *testing.T) {
	t.Parallel()
	s := newTwoTeams(t)
	conn, err := pgx.Connect(t.Context(), s.server.URL(s.name))
	require.NoError(t, err)
	defer func() { require.NoError(t, conn.Close(context.WithoutCancel(t.Context()))) }()
	tried := 0
	for _, table := range s.walled {
		refers := s.server.Do(s.name, fmt.Sprintf(`SELECT count(*) FROM pg_constraint WHERE contype = 'f'
			AND conrelid = 'atelier.%s'::regclass AND cardinality(conkey) = 2`, table))
		if refers == "0" {
			continue // it hangs on its workspace alone
		}
		tried++
		_, err := conn.Exec(t.Context(), fmt.Sprintf("UPDATE atelier.%s SET workspace = 'ours' WHERE workspace = 'theirs'", table))
		require.True(t, isForeign(err), "%s: %v", table, err)
	}
	require.Equal(t, 14, tried)
}

func TestWhatIsDeletedTakesOnlyItsOwnWorkspaceWithIt(t *testing.T) {
	t.Parallel()
	s := newTwoTeams(t)
	before := s.all("theirs")
	s.as(t, "ours", func(ctx context.Context, tx pgx.Tx) {
		for _, table := range s.walled {
			if table == "workspaces" {
				continue
			}
			_, err := tx.Exec(ctx, "DELETE FROM "+table)
			require.NoError(t, err, table)
		}
	})
	require.Equal(t, before, s.all("theirs"))
	teamOf(t, s.DB, "more of ours")
	s.as(t, "more of ours", func(ctx context.Context, tx pgx.Tx) {
		tag, err := tx.Exec(ctx, "DELETE FROM workspaces")
		require.NoError(t, err)
		require.EqualValues(t, 1, tag.RowsAffected())
	})
	for _, table := range s.walled {
		require.Equal(t, "0", s.count(table, "more of ours"), table)
	}
	require.Equal(t, before, s.all("theirs"))
}
