package relational

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"time"

	"atelier/protocol"
)

// Store keeps its records in a [Database]. All methods are safe for concurrent use.
type Store struct {
	// Immutable.
	db    Database
	next  string // see nextQuery
	claim string // see claimQuery
	rand  func([]byte) error
}

// New is a store in db. It makes the epochs of rooms by random, which fills a slice and is called by many at once.
func New(db Database, random func([]byte) error) *Store {
	return &Store{db: db, next: nextQuery(db.Dialect()), claim: claimQuery(db.Dialect()), rand: random}
}

// scanner is a row or rows.
type scanner interface{ Scan(into ...any) error }

// readOne reads one row. Its error is [sql.ErrNoRows] when there is none.
func readOne[T any](
	ctx context.Context, s *Store, in Scope, scan func(scanner) (T, error), query string, args ...any,
) (v T, err error) {
	err = s.db.Read(ctx, in, func(ctx context.Context, tx Tx) error {
		v, err = scan(tx.QueryRowContext(ctx, query, args...))
		return err
	})
	return v, err
}

// readAll reads rows.
func readAll[T any](
	ctx context.Context, s *Store, in Scope, scan func(scanner) (T, error), query string, args ...any,
) (list []T, err error) {
	err = s.db.Read(ctx, in, func(ctx context.Context, tx Tx) error {
		list, err = rowsOf(ctx, tx, scan, query, args...)
		return err
	})
	return list, err
}

// rowsOf reads the rows of a query.
func rowsOf[T any](ctx context.Context, tx Tx, scan func(scanner) (T, error), query string, args ...any) (list []T, err error) {
	rows, err := tx.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err //nolint:wrapcheck // the caller says what was read
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	return list, rows.Err() //nolint:wrapcheck // the caller says what was read
}

// coded gives an error of a query its code: NOT_FOUND for no rows and for a reference to nothing, CONFLICT for a second
// row with the same key. What names the thing in words.
func coded(err error, what string) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, sql.ErrNoRows), errors.Is(err, ErrForeign):
		return protocol.Errorf(protocol.CodeNotFound, "%s not found", what)
	case errors.Is(err, ErrUnique):
		return protocol.Errorf(protocol.CodeConflict, "%s is there already", what)
	case protocol.CodeOf(err) != protocol.CodeInternal:
		return err
	}
	return fmt.Errorf("query %s: %w", what, err)
}

// affected turns a change of no rows into NOT_FOUND.
func affected(r sql.Result, err error, what string) error {
	if err != nil {
		return coded(err, what)
	}
	n, err := r.RowsAffected()
	if err == nil && n == 0 {
		err = sql.ErrNoRows
	}
	return coded(err, what)
}

// millis is how a time is stored; the zero time is 0.
func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// fromMillis is the time that is stored as ms.
func fromMillis(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

// flag is a truth as it is stored: 0 or 1.
type flag bool

// Value implements [driver.Valuer].
func (f flag) Value() (driver.Value, error) {
	if f {
		return int64(1), nil
	}
	return int64(0), nil
}
