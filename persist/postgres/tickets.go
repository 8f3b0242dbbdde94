package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"atelier/hub/auth"
	"atelier/protocol"
)

var _ auth.TicketStore = (*DB)(nil)

// PutTicket implements [auth.TicketStore]. It also forgets those that have expired, so that they do not pile up.
func (db *DB) PutTicket(ctx context.Context, h auth.Hash, t auth.Ticket) error {
	var batch pgx.Batch
	batch.Queue("DELETE FROM tickets WHERE expires <= $1", db.time().UnixMilli())
	batch.Queue(`INSERT INTO tickets (hash, "user", valid_until, room, expires) VALUES ($1, $2, $3, $4, $5)`,
		h[:], t.User.ID, stamp(t.Until), t.Room, stamp(t.Expires))
	if err := db.conns.SendBatch(ctx, &batch).Close(); err != nil {
		return unavailable(fmt.Errorf("keep a ticket: %w", err))
	}
	return nil
}

// TakeTicket implements [auth.TicketStore].
func (db *DB) TakeTicket(ctx context.Context, h auth.Hash) (t auth.Ticket, err error) {
	var until, expires, created int64
	err = db.conns.QueryRow(ctx, `WITH taken AS (DELETE FROM tickets WHERE hash = $1 RETURNING *)
		SELECT u.id, u.name, u.kind, u.created_at, t.valid_until, t.room, t.expires FROM taken t JOIN users u ON u.id = t."user"`, h[:]).
		Scan(&t.User.ID, &t.User.Name, &t.User.Kind, &created, &until, &t.Room, &expires)
	if err == nil && expires <= db.time().UnixMilli() {
		err = pgx.ErrNoRows
	}
	if errors.Is(err, pgx.ErrNoRows) {
		return auth.Ticket{}, protocol.Errorf(protocol.CodeNotFound, "no such ticket")
	}
	if err != nil {
		return auth.Ticket{}, unavailable(fmt.Errorf("take a ticket: %w", err))
	}
	t.User.CreatedAt, t.Until, t.Expires = moment(created), moment(until), moment(expires)
	return t, nil
}

// time is what expiry is judged by: instances' clocks differ by less than a ticket lives.
func (db *DB) time() time.Time {
	if db.now != nil {
		return db.now()
	}
	return time.Now()
}

// stamp is how a time is stored; the zero time is 0.
func stamp(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func moment(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}
