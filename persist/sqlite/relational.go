package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"atelier/generation"
	"atelier/hub/auth"
	"atelier/persist/internal/relational"
	"atelier/rtc/recording"
)

var (
	_ auth.UserStore   = (*DB)(nil)
	_ auth.KeyStore    = (*DB)(nil)
	_ auth.InviteStore = (*DB)(nil)
	_ auth.PeopleStore = (*DB)(nil)
	_ auth.RoomStore   = (*DB)(nil)

	_ generation.QueueStore     = (*DB)(nil)
	_ generation.LineStore      = (*DB)(nil)
	_ generation.LeaseStore     = (*DB)(nil)
	_ generation.PlacementStore = (*DB)(nil)
	_ generation.AssetStore     = (*DB)(nil)
	_ generation.LineageStore   = (*DB)(nil)
	_ generation.ShareStore     = (*DB)(nil)

	_ recording.Store = (*DB)(nil)
)

// tables is the file as [relational.Database]. It has no walls between workspaces: one process reads it, and no query of
// this program is made of what a client says.
type tables struct{ db *DB }

// Write implements [relational.Database].
func (t tables) Write(
	ctx context.Context, _ relational.Scope, fn func(ctx context.Context, tx relational.Tx) error,
) error {
	return t.db.write(ctx, func(ctx context.Context, tx *sql.Tx) error {
		return fn(ctx, &changing{db: t.db, tx: tx, now: t.db.now()})
	})
}

// WriteInOrder implements [relational.Database]: the committer has all writes in one order.
func (t tables) WriteInOrder(
	ctx context.Context, in relational.Scope, fn func(ctx context.Context, tx relational.Tx) error,
) error {
	return t.Write(ctx, in, fn)
}

// Read implements [relational.Database].
func (t tables) Read(
	ctx context.Context, _ relational.Scope, fn func(ctx context.Context, tx relational.Tx) error,
) error {
	return fn(ctx, &asking{querier: t.db.read, now: t.db.now()})
}

// View implements [relational.Database].
func (t tables) View(
	ctx context.Context, _ relational.Scope, fn func(ctx context.Context, tx relational.Tx) error,
) error {
	return t.db.view(ctx, func(tx *sql.Tx) error { return fn(ctx, &asking{querier: tx, now: t.db.now()}) })
}

// Dialect implements [relational.Database].
func (t tables) Dialect() *relational.Dialect { return &t.db.dialect }

// changing is a [relational.Tx] of the committer. Its statements are prepared once.
type changing struct {
	db  *DB
	tx  *sql.Tx
	now time.Time
}

// ExecContext implements [relational.Tx].
func (c *changing) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	stmt, err := c.db.prepared(ctx, c.tx, query) //nolint:sqlclosecheck // the committer keeps it
	if err != nil {
		return nil, err
	}
	result, err := stmt.ExecContext(ctx, args...)
	switch {
	case isUnique(err):
		return nil, fmt.Errorf("%w: %w", relational.ErrUnique, err)
	case isForeign(err):
		return nil, fmt.Errorf("%w: %w", relational.ErrForeign, err)
	}
	return result, err //nolint:wrapcheck // the caller says what was written
}

// QueryContext implements [relational.Tx].
func (c *changing) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	stmt, err := c.db.prepared(ctx, c.tx, query) //nolint:sqlclosecheck // the committer keeps it
	if err != nil {
		return nil, err
	}
	return stmt.QueryContext(ctx, args...) //nolint:wrapcheck // the caller says what was read
}

// QueryRowContext implements [relational.Tx].
func (c *changing) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	stmt, err := c.db.prepared(ctx, c.tx, query) //nolint:sqlclosecheck // the committer keeps it
	if err != nil {
		return c.tx.QueryRowContext(ctx, query, args...) // fails in the same way, and says so by its row
	}
	return stmt.QueryRowContext(ctx, args...)
}

// Enter implements [relational.Tx].
func (*changing) Enter(context.Context, relational.Scope) error { return nil }

// Now implements [relational.Tx].
func (c *changing) Now() time.Time { return c.now }

// querier is the pool that reads, or a transaction of it.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// asking is a [relational.Tx] that reads.
type asking struct {
	querier

	now time.Time
}

// ExecContext implements [relational.Tx].
func (*asking) ExecContext(_ context.Context, query string, _ ...any) (sql.Result, error) {
	return nil, fmt.Errorf("write in a transaction that reads: %s", query)
}

// Enter implements [relational.Tx].
func (*asking) Enter(context.Context, relational.Scope) error { return nil }

// Now implements [relational.Tx].
func (a *asking) Now() time.Time { return a.now }
