package postgres_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"atelier/internal/testservers"
	"atelier/persist/postgres"
	"atelier/persist/storetest"
)

// opener opens databases on one server: a folder of the suite stands for one of them.
func opener(t *testing.T) storetest.Opener {
	t.Helper()
	server := testservers.Postgres(t)
	var mu sync.Mutex // tests of a suite are parallel
	databases := make(map[string]string)
	return func(t *testing.T, dir string, now func() time.Time) (storetest.Stores, func()) {
		t.Helper()
		mu.Lock()
		if databases[dir] == "" {
			databases[dir] = server.Database()
		}
		url := server.URL(databases[dir])
		mu.Unlock()
		db, err := postgres.Open(t.Context(), url, postgres.Options{Now: now})
		require.NoError(t, err)
		return db, func() { require.NoError(t, db.Close()) }
	}
}

func TestRooms(t *testing.T) { storetest.Rooms(t, opener(t)) }

func TestAuth(t *testing.T) { storetest.Auth(t, opener(t)) }

func TestJobs(t *testing.T) { storetest.Jobs(t, opener(t)) }

func TestRecordings(t *testing.T) { storetest.Recordings(t, opener(t)) }

func TestFairness(t *testing.T) {
	open := opener(t)
	for seed := range uint64(2) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) { storetest.Fairness(t, open, seed, 1_500) })
	}
}
