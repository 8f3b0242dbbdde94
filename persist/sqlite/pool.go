package sqlite

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strconv"
	"time"

	"modernc.org/sqlite"
)

// pragma is a setting of a connection, and what asking for it must answer.
type pragma struct{ name, value, answer string }

// access is how the connections of a pool are opened.
type access struct {
	txLock  string
	pragmas []pragma
}

const busyTimeout = 5 * time.Second // another process (a backup, a migration) may hold the file for a moment

// writing is for the one connection that writes. It checkpoints the log into the file every 4000 pages (16 MiB): often
// enough to keep it small, seldom enough that most commits cost one fsync.
func writing() access {
	return access{txLock: "immediate", pragmas: append(common(), pragma{"wal_autocheckpoint", "4000", "4000"})}
}

func reading() access {
	return access{txLock: "deferred", pragmas: append(common(), pragma{"query_only", "1", "1"})}
}

func common() []pragma {
	ms := strconv.FormatInt(busyTimeout.Milliseconds(), 10)
	return []pragma{
		{"busy_timeout", ms, ms}, // first, so that the others wait
		{"journal_mode", "wal", "wal"},
		{"synchronous", "full", "2"},
		{"foreign_keys", "1", "1"},
	}
}

// dsn is the address of the file at path for the driver. The path is escaped: "?", "#" and "%" may be in it.
func dsn(path string, a access) string {
	q := url.Values{"_txlock": {a.txLock}}
	for _, p := range a.pragmas {
		q.Add("_pragma", p.name+"("+p.value+")")
	}
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + q.Encode()
}

func openPool(path string, a access, size int) (*sql.DB, error) {
	connector, err := sqlite.NewConnector(dsn(path, a))
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	pool := sql.OpenDB(asserting{Connector: connector, pragmas: a.pragmas})
	pool.SetMaxOpenConns(size)
	pool.SetMaxIdleConns(size)
	return pool, nil
}

// asserting is a connector that gives out only connections whose pragmas are what they shall be.
type asserting struct {
	driver.Connector
	pragmas []pragma
}

// Connect implements [driver.Connector].
func (a asserting) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := a.Connector.Connect(ctx)
	if err != nil {
		return nil, err //nolint:wrapcheck // database/sql looks at the driver's own errors
	}
	for _, p := range a.pragmas {
		got, err := ask(ctx, conn, p.name)
		if err == nil && got != p.answer {
			err = fmt.Errorf("pragma %s is %q and not %q", p.name, got, p.answer)
		}
		if err != nil {
			return nil, errors.Join(err, conn.Close())
		}
	}
	return conn, nil
}

// ask reads a pragma of a live connection.
func ask(ctx context.Context, conn driver.Conn, name string) (answer string, err error) {
	q, ok := conn.(driver.QueryerContext)
	if !ok {
		return "", fmt.Errorf("ask for pragma %s: %T cannot be asked", name, conn)
	}
	rows, err := q.QueryContext(ctx, "PRAGMA "+name, nil)
	if err != nil {
		return "", fmt.Errorf("ask for pragma %s: %w", name, err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	values := slices.Repeat([]driver.Value{nil}, len(rows.Columns()))
	if err := rows.Next(values); err != nil {
		if errors.Is(err, io.EOF) {
			return "", fmt.Errorf("pragma %s has no answer", name)
		}
		return "", fmt.Errorf("ask for pragma %s: %w", name, err)
	}
	return fmt.Sprint(values[0]), nil
}
