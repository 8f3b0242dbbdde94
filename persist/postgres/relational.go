package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

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

// tries bounds how often a transaction is run that the database takes back to let another go on.
const tries = 5

// tables is the database as [relational.Database]. Row level security shows each transaction the rows of the one workspace
// that it has entered.
type tables struct{ db *DB }

// Write implements [relational.Database]. Writes in one workspace come one after another, as the rules about the last owner
// and the uses of an invite need.
func (t tables) Write(
	ctx context.Context, in relational.Scope, fn func(ctx context.Context, tx relational.Tx) error,
) error {
	return again(func() error {
		return t.transact(ctx, nil, func(tx *scoped) error {
			if err := tx.Enter(ctx, in); err != nil {
				return err
			}
			if tx.workspace != "" {
				if _, err := tx.tx.ExecContext(ctx, orderInWorkspace, tx.workspace); err != nil {
					return fmt.Errorf("wait for the workspace's turn: %w", err)
				}
			}
			return fn(ctx, tx)
		})
	})
}

// WriteInOrder implements [relational.Database].
func (t tables) WriteInOrder(
	ctx context.Context, in relational.Scope, fn func(ctx context.Context, tx relational.Tx) error,
) error {
	return again(func() error {
		return t.db.queue.Do(ctx, func(ctx context.Context, tx *sql.Tx) error {
			s := &scoped{db: t.db, tx: tx}
			if err := s.Enter(ctx, in); err != nil {
				return err
			}
			return fn(ctx, s)
		})
	})
}

// Read implements [relational.Database].
func (t tables) Read(
	ctx context.Context, in relational.Scope, fn func(ctx context.Context, tx relational.Tx) error,
) error {
	return t.read(ctx, sql.LevelReadCommitted, in, fn)
}

// View implements [relational.Database].
func (t tables) View(
	ctx context.Context, in relational.Scope, fn func(ctx context.Context, tx relational.Tx) error,
) error {
	return t.read(ctx, sql.LevelRepeatableRead, in, fn)
}

func (t tables) read(
	ctx context.Context, level sql.IsolationLevel, in relational.Scope, fn func(ctx context.Context, tx relational.Tx) error,
) error {
	return unavailable(t.transact(ctx, &sql.TxOptions{ReadOnly: true, Isolation: level}, func(tx *scoped) error {
		if err := tx.Enter(ctx, in); err != nil {
			return err
		}
		return fn(ctx, tx)
	}))
}

// Dialect implements [relational.Database].
func (t tables) Dialect() *relational.Dialect { return &t.db.dialect }

func (t tables) transact(ctx context.Context, opts *sql.TxOptions, fn func(tx *scoped) error) error {
	tx, err := t.db.pool.BeginTx(ctx, opts)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	if err := fn(&scoped{db: t.db, tx: tx}); err != nil {
		_ = tx.Rollback() // what it came from is what is told
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}

// again runs a transaction until it is not one that the database took back to let another go on.
func again(run func() error) (err error) {
	for range tries {
		if err = run(); !isConcurrency(err) {
			break
		}
	}
	return unavailable(err)
}

// scoped is a [relational.Tx] in one workspace at a time.
type scoped struct {
	db        *DB
	tx        *sql.Tx
	workspace string    // that was entered; "" for none
	now       time.Time // zero before it was asked for
}

// enterQueries set the workspace of a transaction, and give it with the store's clock. ?1 is the key of the scope.
const (
	enterNone      = `SELECT set_config('atelier.workspace', '', true), ` + clock
	enterWorkspace = `SELECT set_config('atelier.workspace', $1::text, true), ` + clock
	enterRoom      = `SELECT set_config('atelier.workspace', coalesce(workspace_of_room($1::text), ''), true), ` + clock
	enterKey       = `SELECT set_config('atelier.workspace', coalesce(workspace_of_key($1::bytea), ''), true), ` + clock
	enterInvite    = `SELECT set_config('atelier.workspace', coalesce(workspace_of_invite($1::bytea), ''), true), ` + clock
	enterShare     = `SELECT set_config('atelier.workspace', coalesce(workspace_of_share($1::bytea), ''), true), ` + clock

	clock = `(extract(epoch FROM clock_timestamp()) * 1000)::bigint`

	// The keys of advisory locks: one for the queue, and one for each workspace.
	orderOfQueue     = `SELECT pg_advisory_xact_lock(1635019116, 0)`
	orderInWorkspace = `SELECT pg_advisory_xact_lock(1635019117, hashtext($1))`
)

// Enter implements [relational.Tx].
func (s *scoped) Enter(ctx context.Context, in relational.Scope) error {
	query, args := enterNone, []any{}
	switch in.Kind {
	case relational.ScopeGlobal, relational.ScopeQueue:
	case relational.ScopeWorkspace:
		if s.workspace == in.Key && in.Key != "" {
			return nil
		}
		query, args = enterWorkspace, []any{in.Key}
	case relational.ScopeRoom:
		query, args = enterRoom, []any{in.Key}
	case relational.ScopeKey:
		query, args = enterKey, []any{[]byte(in.Key)}
	case relational.ScopeInvite:
		query, args = enterInvite, []any{[]byte(in.Key)}
	case relational.ScopeShare:
		query, args = enterShare, []any{[]byte(in.Key)}
	}
	var ms int64
	if err := s.tx.QueryRowContext(ctx, query, args...).Scan(&s.workspace, &ms); err != nil {
		return fmt.Errorf("enter %s: %w", in.Kind, err)
	}
	if s.now.IsZero() {
		s.now = time.UnixMilli(ms)
		if s.db.now != nil {
			s.now = s.db.now()
		}
	}
	return nil
}

// Now implements [relational.Tx]: the database's clock, unless a test has set another.
func (s *scoped) Now() time.Time { return s.now }

// ExecContext implements [relational.Tx].
func (s *scoped) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	result, err := s.tx.ExecContext(ctx, s.db.placeholders.of(query), args...)
	switch {
	case isUnique(err):
		return nil, fmt.Errorf("%w: %w", relational.ErrUnique, err)
	case isForeign(err), isWalled(err):
		return nil, fmt.Errorf("%w: %w", relational.ErrForeign, err)
	}
	return result, err //nolint:wrapcheck // the caller says what was written
}

// QueryContext implements [relational.Tx].
func (s *scoped) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	return s.tx.QueryContext(ctx, s.db.placeholders.of(query), args...) //nolint:wrapcheck // the caller says what was read
}

// QueryRowContext implements [relational.Tx].
func (s *scoped) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	return s.tx.QueryRowContext(ctx, s.db.placeholders.of(query), args...)
}

// isWalled tells whether err is the refusal of a row that belongs to another workspace than the one that was entered. Who
// writes it is told that what it belongs to is not there.
func isWalled(err error) bool {
	e, ok := errors.AsType[*pgconn.PgError](err)
	return ok && e.Code == "42501" && e.Routine == "ExecWithCheckOptions"
}

// isConcurrency tells whether the database took a transaction back to let another go on.
func isConcurrency(err error) bool {
	e, ok := errors.AsType[*pgconn.PgError](err)
	return ok && (e.Code == "40P01" || e.Code == "40001")
}
