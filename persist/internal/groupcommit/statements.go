package groupcommit

import (
	"context"
	"database/sql"
	"fmt"
)

// Prepared is the cached statement of a query, bound to tx. A query that is new is prepared for tx alone, once, and
// remembered: a pool of one connection is busy with tx, so the statement that lasts is prepared when tx is over. Queries must be
// constants of the program, so that the cache is as large as they are. Only the committer's goroutine may call it.
func (c *Committer) Prepared(ctx context.Context, tx *sql.Tx, query string) (*sql.Stmt, error) {
	if stmt, ok := c.statements[query]; ok {
		return tx.StmtContext(ctx, stmt), nil
	}
	if stmt, ok := c.fresh[query]; ok {
		return stmt, nil
	}
	c.missed = append(c.missed, query)
	stmt, err := tx.PrepareContext(ctx, query)
	if err != nil {
		return nil, fmt.Errorf("prepare %q: %w", query, err)
	}
	c.fresh[query] = stmt
	return stmt, nil
}

// prepareMissed fills the cache. A failure costs speed only, and shows when the query is next prepared for use.
func (c *Committer) prepareMissed() {
	for _, query := range c.missed {
		if _, ok := c.statements[query]; ok {
			continue
		}
		if stmt, err := c.pool.PrepareContext(c.ctx, query); err == nil { //nolint:sqlclosecheck // closed with the pool
			c.statements[query] = stmt
		}
	}
	c.missed = c.missed[:0]
}
