package postgres

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPlaceholdersAreNumberedAsInSQLite(t *testing.T) {
	t.Parallel()
	for query, want := range map[string]string{
		"SELECT 1":                               "SELECT 1",
		"a = ? AND b = ?":                        "a = $1 AND b = $2",
		"a = ?2 AND b = ?1 AND c = ?":            "a = $2 AND b = $1 AND c = $3",
		"a = ?12 OR a = ?12":                     "a = $12 OR a = $12",
		`a = '?' AND "b?" = ? AND c = 'it''s ?'`: `a = '?' AND "b?" = $1 AND c = 'it''s ?'`,
	} {
		require.Equal(t, want, dollars(query))
	}
	var p placeholders
	require.Equal(t, "a = $1", p.of("a = ?"))
	require.Equal(t, "a = $1", p.of("a = ?"), "kept")
}
