package postgres_test

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"atelier/hub/auth"
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

// With fewer jobs the dearest one alone is more than the suite allows to be unfair.
func TestFairness(t *testing.T) { storetest.Fairness(t, opener(t), 1, 4_000) }

func TestHeads(t *testing.T) { storetest.Heads(t, opener(t)) }

func TestLocking(t *testing.T) { storetest.Locking(t, opener(t)) }

func TestTickets(t *testing.T) {
	clock := time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)
	now := func() time.Time { return clock }
	wait := func(d time.Duration) { clock = clock.Add(d) }
	u := auth.User{ID: "ana", Name: "Ana", Kind: auth.UserPerson, CreatedAt: clock}
	t.Run("in memory", func(t *testing.T) { storetest.Tickets(t, auth.NewTickets(now), u, now, wait) })
	t.Run("in Postgres", func(t *testing.T) {
		server := testservers.Postgres(t)
		db, err := postgres.Open(t.Context(), server.URL(server.Database()), postgres.Options{Now: now})
		require.NoError(t, err)
		defer func() { require.NoError(t, db.Close()) }()
		require.NoError(t, db.CreateUser(t.Context(), u))
		storetest.Tickets(t, db, u, now, wait)
	})
}
