package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"sync"
)

// reader is the pool that reads. Its queries are constants of this package, prepared once for each connection: parsing
// one costs more than running it.
type reader struct {
	*sql.DB

	statements sync.Map // query → *sql.Stmt; closed with the pool
}

// QueryContext is that of [sql.DB], with a prepared statement.
func (r *reader) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	stmt, err := r.prepared(ctx, query) //nolint:sqlclosecheck // closed with the pool
	if err != nil {
		return nil, err
	}
	return stmt.QueryContext(ctx, args...) //nolint:wrapcheck // the caller says what was read
}

// QueryRowContext is that of [sql.DB], with a prepared statement.
func (r *reader) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	stmt, err := r.prepared(ctx, query) //nolint:sqlclosecheck // closed with the pool
	if err != nil {
		return r.DB.QueryRowContext(ctx, query, args...) // fails in the same way, and says so by its row
	}
	return stmt.QueryRowContext(ctx, args...)
}

func (r *reader) prepared(ctx context.Context, query string) (*sql.Stmt, error) {
	if stmt, ok := r.statements.Load(query); ok {
		return stmt.(*sql.Stmt), nil //nolint:forcetypeassert // nothing else is stored
	}
	stmt, err := r.PrepareContext(ctx, query)
	if err != nil {
		return nil, fmt.Errorf("prepare %q: %w", query, err)
	}
	first, loaded := r.statements.LoadOrStore(query, stmt)
	if loaded {
		_ = stmt.Close() //nolint:sqlclosecheck // another call was first, now and not at the end
	}
	return first.(*sql.Stmt), nil //nolint:forcetypeassert // nothing else is stored
}
