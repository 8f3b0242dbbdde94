package postgres

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"maps"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"

	"atelier/persist/internal/groupcommit"
	"atelier/persist/internal/relational"
)

// ErrClosed is returned by writes to a closed database. Nothing was written.
var ErrClosed = groupcommit.ErrClosed

// Names in the database.
const (
	schema  = "atelier"
	appRole = "atelier_app"
)

// connecting takes no longer, unless the URL says so by connect_timeout.
const connecting = 5 * time.Second

// Options of a database. The zero value of a field means its default.
type Options struct {
	Connections int32            // at most; 16, or what the URL says by pool_max_conns
	Statement   time.Duration    // a statement takes no longer; 15 s
	Lock        time.Duration    // and waits no longer for a lock; 5 s
	Now         func() time.Time // judges what has expired; the database's clock
	Rand        io.Reader        // makes the epochs of rooms; crypto/rand
}

func (o Options) withDefaults() Options {
	if o.Statement == 0 {
		o.Statement = 15 * time.Second
	}
	if o.Lock == 0 {
		o.Lock = 5 * time.Second
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
	conns        *pgxpool.Pool
	pool         *sql.DB // over conns
	now          func() time.Time
	queue        *groupcommit.Committer
	dialect      relational.Dialect
	placeholders placeholders
	places       places

	randMu sync.Mutex // a Reader need not be safe for concurrent use
	rand   io.Reader
}

// Open opens the database at a URL (https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING) and migrates
// it when it may. An error when it is of another version than this program and may not be migrated, or when it cannot be
// reached.
func Open(ctx context.Context, url string, opts Options) (*DB, error) {
	opts = opts.withDefaults()
	conf, err := configOf(url, opts)
	if err != nil {
		return nil, err
	}
	if err := prepare(ctx, url); err != nil {
		return nil, err
	}
	return start(ctx, conf, opts)
}

// start works with a database that is migrated.
func start(ctx context.Context, conf *pgxpool.Config, opts Options) (*DB, error) {
	conns, err := pgxpool.NewWithConfig(ctx, conf)
	if err != nil {
		return nil, fmt.Errorf("open the database: %w", err)
	}
	if err := walled(ctx, conns); err != nil {
		conns.Close()
		return nil, err
	}
	db := &DB{conns: conns, pool: stdlib.OpenDBFromPool(conns), now: opts.Now, rand: opts.Rand, dialect: dialect()}
	db.queue = groupcommit.Start(ctx, db.pool, func(ctx context.Context, tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, orderOfQueue); err != nil {
			return fmt.Errorf("wait for the queue: %w", err)
		}
		return nil
	})
	db.Store = relational.New(tables{db}, db.random)
	return db, nil
}

// Close finishes the writes that were accepted, refuses new ones with [ErrClosed] and closes the connections.
func (db *DB) Close() error {
	db.queue.Close()
	err := db.pool.Close()
	db.conns.Close()
	if err != nil {
		return fmt.Errorf("close the database: %w", err)
	}
	return nil
}

// configOf is how the program's connections are made.
func configOf(url string, o Options) (*pgxpool.Config, error) {
	conf, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("the address of the database: %w", err) // pgx leaves passwords out
	}
	switch {
	case o.Connections > 0:
		conf.MaxConns = o.Connections
	case !namesConnections(url):
		conf.MaxConns = 16
	}
	conf.MaxConnIdleTime, conf.HealthCheckPeriod = 5*time.Minute, 15*time.Second
	conn := conf.ConnConfig
	if conn.ConnectTimeout == 0 {
		conn.ConnectTimeout = connecting
	}
	maps.Copy(conn.RuntimeParams, map[string]string{
		"application_name":                    "atelier",
		"search_path":                         schema,
		"statement_timeout":                   milliseconds(o.Statement),
		"lock_timeout":                        milliseconds(o.Lock),
		"idle_in_transaction_session_timeout": milliseconds(2 * o.Statement),
	})
	conf.AfterConnect = func(ctx context.Context, c *pgx.Conn) error {
		_, err := c.Exec(ctx, "SET ROLE "+appRole)
		if err != nil {
			return fmt.Errorf("work as %s: %w", appRole, err)
		}
		return durable(ctx, c)
	}
	return conf, nil
}

// durable has commits wait until they survive the loss of power, whatever the server's default is.
func durable(ctx context.Context, c *pgx.Conn) error {
	var commit string
	if err := c.QueryRow(ctx, "SHOW synchronous_commit").Scan(&commit); err != nil {
		return fmt.Errorf("read how durable commits are: %w", err)
	}
	if commit != "off" {
		return nil
	}
	if _, err := c.Exec(ctx, "SET synchronous_commit = on"); err != nil {
		return fmt.Errorf("have commits wait for the disk: %w", err)
	}
	return nil
}

// walled makes sure that row level security holds the role that the program works as.
func walled(ctx context.Context, conns *pgxpool.Pool) error {
	var free, owns bool
	err := conns.QueryRow(ctx, `SELECT r.rolsuper OR r.rolbypassrls, EXISTS (SELECT 1 FROM pg_class c WHERE c.relowner = r.oid)
		FROM pg_roles r WHERE r.rolname = current_user`).Scan(&free, &owns)
	if err != nil {
		return fmt.Errorf("open the database: %w", err)
	}
	if free || owns {
		return errors.New("the role " + appRole + " is a superuser, bypasses row level security or owns a table: take that from it")
	}
	return nil
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
