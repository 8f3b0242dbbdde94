package sqlite

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"

	"atelier/persist/internal/groupcommit"
	"atelier/persist/internal/relational"
)

// ErrClosed is returned by writes to a closed database. Nothing was written.
var ErrClosed = groupcommit.ErrClosed

// Options of a database. The zero value of a field means its default.
type Options struct {
	Readers int              // connections that read at the same time; 4
	Now     func() time.Time // judges what has expired; time.Now
	Rand    io.Reader        // makes the epochs of rooms; crypto/rand
}

func (o Options) withDefaults() Options {
	if o.Readers == 0 {
		o.Readers = 4
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Rand == nil {
		o.Rand = rand.Reader
	}
	return o
}

// DB is an open database. All methods are safe for concurrent use.
type DB struct {
	*relational.Store // all but the logs of rooms

	// Immutable.
	read    *reader // query_only; see doc.go
	now     func() time.Time
	commits *sql.DB // the one writing connection, of writer
	writer  *groupcommit.Committer
	dialect relational.Dialect

	randMu sync.Mutex // a Reader need not be safe for concurrent use
	rand   io.Reader
}

// Open opens the database at path, makes it and its folder when they are not there, and migrates it to this program's
// version. An error when it is of a newer one.
func Open(ctx context.Context, path string, opts Options) (*DB, error) {
	opts = opts.withDefaults()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("make the database's folder: %w", err)
	}
	writePool, err := openPool(path, writing(), 1)
	if err != nil {
		return nil, err
	}
	if err := migrateUp(ctx, writePool); err != nil {
		return nil, errors.Join(err, writePool.Close())
	}
	readPool, err := openPool(path, reading(), opts.Readers)
	if err != nil {
		return nil, errors.Join(err, writePool.Close())
	}
	if err := readPool.PingContext(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("open %s for reading: %w", path, err), readPool.Close(), writePool.Close())
	}
	db := &DB{
		read:    &reader{DB: readPool},
		now:     opts.Now,
		rand:    opts.Rand,
		commits: writePool,
		writer:  groupcommit.Start(ctx, writePool, nil),
		dialect: dialect(),
	}
	db.Store = relational.New(tables{db}, db.random)
	return db, nil
}

// Close finishes the writes that were accepted, refuses new ones with [ErrClosed] and closes the file.
func (db *DB) Close() error {
	db.writer.Close()
	return errors.Join(db.commits.Close(), db.read.Close())
}

// write runs fn in a transaction that it shares with other writes; see [groupcommit.Committer.Do]. What the machine refuses
// (a full or failing disk, a file that another process has locked) is UNAVAILABLE.
func (db *DB) write(ctx context.Context, fn func(ctx context.Context, tx *sql.Tx) error) error {
	return unavailable(db.writer.Do(ctx, fn))
}

// prepared is a cached statement for use inside of a write.
func (db *DB) prepared(ctx context.Context, tx *sql.Tx, query string) (*sql.Stmt, error) {
	return db.writer.Prepared(ctx, tx, query) //nolint:wrapcheck // it says what was prepared
}

// random fills b.
func (db *DB) random(b []byte) error {
	db.randMu.Lock()
	defer db.randMu.Unlock()
	if _, err := io.ReadFull(db.rand, b); err != nil {
		return fmt.Errorf("read randomness: %w", err)
	}
	return nil
}
