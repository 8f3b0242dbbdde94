package groupcommit

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	_ "modernc.org/sqlite" // the database that is committed to
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// fixture is a committer and the pool of a file that it commits to.
type fixture struct {
	*Committer

	pool *sql.DB
}

func open(t *testing.T) *fixture {
	t.Helper()
	return openAt(t, filepath.Join(t.TempDir(), "a.db"), nil)
}

func openAt(t *testing.T, path string, begin Begin) *fixture {
	t.Helper()
	pool, err := sql.Open("sqlite", "file:"+path+"?_txlock=immediate&_pragma=journal_mode(wal)&_pragma=foreign_keys(1)")
	require.NoError(t, err)
	pool.SetMaxOpenConns(1)
	_, err = pool.ExecContext(t.Context(), `CREATE TABLE IF NOT EXISTS users (id TEXT PRIMARY KEY, name TEXT);
		CREATE TABLE IF NOT EXISTS logins (hash BLOB PRIMARY KEY, user TEXT REFERENCES users (id))`)
	require.NoError(t, err)
	db := &fixture{Start(t.Context(), pool, begin), pool}
	t.Cleanup(func() {
		db.Close()
		require.NoError(t, pool.Close())
	})
	return db
}

// held is a write that is told to go on by the test.
type held struct {
	begun   chan struct{}
	release chan struct{}
	ended   chan error
}

// hold lets the committer begin a write and keeps it there.
func hold(ctx context.Context, db *fixture) held {
	h := held{make(chan struct{}), make(chan struct{}), make(chan error, 1)}
	go func() {
		h.ended <- db.Do(ctx, func(context.Context, *sql.Tx) error {
			close(h.begun)
			<-h.release
			return nil
		})
	}()
	<-h.begun
	return h
}

// behind queues writes while the committer is held.
func behind(ctx context.Context, db *fixture, fns ...func(context.Context, *sql.Tx) error) (results []chan error) {
	for _, fn := range fns {
		o := &operation{run: func(tx *sql.Tx) error { return fn(ctx, tx) }, done: make(chan error, 1)}
		db.queue <- o
		results = append(results, o.done)
	}
	return results
}

func user(id string) func(context.Context, *sql.Tx) error {
	return func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "INSERT INTO users (id) VALUES (?)", id)
		return err
	}
}

func users(t *testing.T, db *fixture) (n int) {
	t.Helper()
	require.NoError(t, db.pool.QueryRowContext(t.Context(), "SELECT count(*) FROM users").Scan(&n))
	return n
}

func TestWritesThatWaitShareOneTransaction(t *testing.T) {
	t.Parallel()
	db := open(t)
	h := hold(t.Context(), db)
	txs := make(map[*sql.Tx]int) // only the committer's goroutine is in it
	var fns []func(context.Context, *sql.Tx) error
	for i := range 10 {
		fns = append(fns, func(ctx context.Context, tx *sql.Tx) error {
			txs[tx]++
			return user(fmt.Sprint(i))(ctx, tx)
		})
	}
	results := behind(t.Context(), db, fns...)
	close(h.release)
	for _, r := range results {
		require.NoError(t, <-r)
	}
	require.NoError(t, <-h.ended)
	require.Len(t, txs, 1)
	require.Equal(t, 10, users(t, db))
}

func TestAFailedWriteTakesBackItselfAlone(t *testing.T) {
	t.Parallel()
	db := open(t)
	h := hold(t.Context(), db)
	boom := errors.New("boom")
	results := behind(t.Context(), db, user("ana"), func(ctx context.Context, tx *sql.Tx) error {
		return errors.Join(user("eve")(ctx, tx), boom)
	}, user("ben"))
	close(h.release)
	require.NoError(t, <-results[0])
	require.ErrorIs(t, <-results[1], boom)
	require.NoError(t, <-results[2])
	require.Equal(t, 2, users(t, db))
}

func TestAWriteThatBreaksTheTransactionFailsAlone(t *testing.T) {
	t.Parallel()
	db := open(t)
	h := hold(t.Context(), db)
	results := behind(t.Context(), db, user("ana"), func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "ROLLBACK") // as SQLite does by itself when the disk is full
		return err
	}, user("ben"))
	close(h.release)
	require.NoError(t, <-results[0])
	require.ErrorIs(t, <-results[1], errBroken)
	require.NoError(t, <-results[2])
	require.Equal(t, 2, users(t, db))
}

// A foreign key that is checked at COMMIT makes COMMIT fail.
func TestWhenCommitFailsEverybodyInTheGroupIsToldThatNobodyKnows(t *testing.T) {
	t.Parallel()
	db := open(t)
	h := hold(t.Context(), db)
	judged := errors.New("judged by what was never written")
	results := behind(t.Context(), db, user("ana"), func(ctx context.Context, tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, "PRAGMA defer_foreign_keys = 1"); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, "INSERT INTO logins (hash, user) VALUES (x'00', 'nobody')")
		return err
	}, func(context.Context, *sql.Tx) error { return judged })
	close(h.release)
	for _, r := range results {
		err := <-r
		require.ErrorContains(t, err, "unknown outcome")
		require.NotErrorIs(t, err, judged)
	}
	require.Zero(t, users(t, db))
	require.NoError(t, db.Do(t.Context(), user("ben")), "the committer goes on")
	require.Equal(t, 1, users(t, db))
}

func TestAWriteWhoseCallerGaveUpWaitingIsNotRun(t *testing.T) {
	t.Parallel()
	db := open(t)
	h := hold(t.Context(), db)
	ctx, cancel := context.WithCancel(t.Context())
	gaveUp := make(chan error, 1)
	go func() { gaveUp <- db.Do(ctx, user("ana")) }()
	for len(db.queue) == 0 {
		runtime.Gosched()
	}
	cancel()
	require.ErrorIs(t, <-gaveUp, context.Canceled)
	close(h.release)
	require.NoError(t, <-h.ended)
	require.NoError(t, db.Do(t.Context(), user("ben")))
	require.Equal(t, 1, users(t, db))
}

func TestAWriteThatHasBegunIsWaitedForWhateverItsContext(t *testing.T) {
	t.Parallel()
	db := open(t)
	ctx, cancel := context.WithCancel(t.Context())
	h := hold(ctx, db)
	cancel()
	close(h.release)
	require.NoError(t, <-h.ended)
}

func TestAWriteIsNotBoundToTheEndOfItsContext(t *testing.T) {
	t.Parallel()
	db := open(t)
	ctx, cancel := context.WithCancel(t.Context())
	err := db.Do(ctx, func(ctx context.Context, tx *sql.Tx) error {
		cancel()
		return user("ana")(ctx, tx)
	})
	require.NoError(t, err)
	require.Equal(t, 1, users(t, db))
}

func TestCloseFinishesWhatWasAcceptedAndRefusesTheRest(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a.db")
	db := openAt(t, path, nil)
	h := hold(t.Context(), db)
	results := behind(t.Context(), db, user("ana"), user("ben"))
	closed := make(chan struct{})
	go func() {
		db.Close()
		close(closed)
	}()
	<-db.closing
	require.ErrorIs(t, db.Do(t.Context(), user("eve")), ErrClosed)
	close(h.release)
	for _, r := range results {
		require.NoError(t, <-r)
	}
	<-closed

	require.Equal(t, 2, users(t, db))
	require.ErrorIs(t, db.Do(t.Context(), user("eve")), ErrClosed)
}

// What a transaction begins with holds for all that is in it, and when it fails nothing of them is run.
func TestATransactionIsPreparedBeforeItsWrites(t *testing.T) {
	t.Parallel()
	refused := errors.New("the lock is another's")
	var fail bool // read by the committer's goroutine, written between writes
	begun := 0
	db := openAt(t, filepath.Join(t.TempDir(), "a.db"), func(ctx context.Context, tx *sql.Tx) error {
		begun++
		if fail {
			return refused
		}
		return user(fmt.Sprint("begun", begun))(ctx, tx)
	})
	require.NoError(t, db.Do(t.Context(), user("ana")))
	require.Equal(t, 1, begun)
	fail = true
	require.ErrorIs(t, db.Do(t.Context(), user("ben")), refused)
	fail = false
	require.Equal(t, 2, users(t, db), "what it began with and ana")
}

func TestPreparedStatementsOutliveTheirTransaction(t *testing.T) {
	t.Parallel()
	db := open(t)
	const query = "UPDATE users SET name = ?"
	for range 3 {
		require.NoError(t, db.Do(t.Context(), func(ctx context.Context, tx *sql.Tx) error {
			stmt, err := db.Prepared(ctx, tx, query) //nolint:sqlclosecheck // cached
			if err != nil {
				return err
			}
			_, err = stmt.ExecContext(ctx, "x")
			return err
		}))
	}
	require.NoError(t, db.Do(t.Context(), func(context.Context, *sql.Tx) error {
		if _, ok := db.statements[query]; !ok {
			return errors.New("not cached")
		}
		return nil
	}))
}
