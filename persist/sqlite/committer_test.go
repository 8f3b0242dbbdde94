package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
)

func open(t *testing.T) *DB {
	t.Helper()
	db, err := Open(t.Context(), filepath.Join(t.TempDir(), "atelier.db"), Options{})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db
}

// held is a write that is told to go on by the test.
type held struct {
	begun   chan struct{}
	release chan struct{}
	ended   chan error
}

// hold lets the committer begin a write and keeps it there.
func hold(ctx context.Context, db *DB) held {
	h := held{make(chan struct{}), make(chan struct{}), make(chan error, 1)}
	go func() {
		h.ended <- db.write(ctx, func(context.Context, *sql.Tx) error {
			close(h.begun)
			<-h.release
			return nil
		})
	}()
	<-h.begun
	return h
}

// behind queues writes while the committer is held.
func behind(ctx context.Context, db *DB, fns ...func(context.Context, *sql.Tx) error) (results []chan error) {
	for _, fn := range fns {
		o := &operation{run: func(tx *sql.Tx) error { return fn(ctx, tx) }, done: make(chan error, 1)}
		db.writer.queue <- o
		results = append(results, o.done)
	}
	return results
}

func user(id string) func(context.Context, *sql.Tx) error {
	return func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "INSERT INTO users (id, name, kind, created_at) VALUES (?, '', 'guest', 0)", id)
		return err
	}
}

func users(t *testing.T, db *DB) (n int) {
	t.Helper()
	require.NoError(t, db.read.QueryRowContext(t.Context(), "SELECT count(*) FROM users").Scan(&n))
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
		_, err := tx.ExecContext(ctx, "INSERT INTO logins (hash, user, expires) VALUES (x'00', 'nobody', 1)")
		return err
	}, func(context.Context, *sql.Tx) error { return judged })
	close(h.release)
	for _, r := range results {
		err := <-r
		require.ErrorContains(t, err, "unknown outcome")
		require.NotErrorIs(t, err, judged)
	}
	require.Zero(t, users(t, db))
	require.NoError(t, db.write(t.Context(), user("ben")), "the committer goes on")
	require.Equal(t, 1, users(t, db))
}

func TestAWriteWhoseCallerGaveUpWaitingIsNotRun(t *testing.T) {
	t.Parallel()
	db := open(t)
	h := hold(t.Context(), db)
	ctx, cancel := context.WithCancel(t.Context())
	gaveUp := make(chan error, 1)
	go func() { gaveUp <- db.write(ctx, user("ana")) }()
	for len(db.writer.queue) == 0 {
		runtime.Gosched()
	}
	cancel()
	require.ErrorIs(t, <-gaveUp, context.Canceled)
	close(h.release)
	require.NoError(t, <-h.ended)
	require.NoError(t, db.write(t.Context(), user("ben")))
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
	err := db.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		cancel()
		return user("ana")(ctx, tx)
	})
	require.NoError(t, err)
	require.Equal(t, 1, users(t, db))
}

func TestCloseFinishesWhatWasAcceptedAndRefusesTheRest(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "atelier.db")
	db, err := Open(t.Context(), path, Options{})
	require.NoError(t, err)
	h := hold(t.Context(), db)
	results := behind(t.Context(), db, user("ana"), user("ben"))
	closed := make(chan error, 1)
	go func() { closed <- db.Close() }()
	<-db.writer.closing
	require.ErrorIs(t, db.write(t.Context(), user("eve")), ErrClosed)
	close(h.release)
	for _, r := range results {
		require.NoError(t, <-r)
	}
	require.NoError(t, <-closed)

	db, err = Open(t.Context(), path, Options{})
	require.NoError(t, err)
	require.Equal(t, 2, users(t, db))
	require.NoError(t, db.Close())
	require.ErrorIs(t, db.write(t.Context(), user("eve")), ErrClosed)
}

func TestPreparedStatementsOutliveTheirTransaction(t *testing.T) {
	t.Parallel()
	db := open(t)
	const query = "UPDATE users SET name = ?"
	for range 3 {
		require.NoError(t, db.write(t.Context(), func(ctx context.Context, tx *sql.Tx) error {
			stmt, err := db.prepared(ctx, tx, query) //nolint:sqlclosecheck // cached
			if err != nil {
				return err
			}
			_, err = stmt.ExecContext(ctx, "x")
			return err
		}))
	}
	require.NoError(t, db.write(t.Context(), func(context.Context, *sql.Tx) error {
		if _, ok := db.writer.statements[query]; !ok {
			return errors.New("not cached")
		}
		return nil
	}))
}
