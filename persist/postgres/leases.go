package postgres

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

const nowMS = "(extract(epoch FROM clock_timestamp()) * 1000)::bigint"

// TakeLease takes what is named for a while, or keeps it for longer when the holder has it. It returns who has it now, and the
// fencing token, which grows with each holder: who has a smaller one has it no more. The database's clock decides.
func (db *DB) TakeLease(ctx context.Context, name, holder string, life time.Duration) (has string, token int64, err error) {
	const take = `INSERT INTO leases AS l (name, holder, token, until_ms) VALUES ($1, $2, 1, ` + nowMS + ` + $3)
		ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until_ms = excluded.until_ms,
			token = l.token + CASE WHEN l.holder = excluded.holder THEN 0 ELSE 1 END
		WHERE l.holder = excluded.holder OR l.until_ms <= ` + nowMS + `
		RETURNING holder, token`
	for range tries {
		err = db.conns.QueryRow(ctx, take, name, holder, life.Milliseconds()).Scan(&has, &token)
		if !errors.Is(err, pgx.ErrNoRows) {
			break
		}
		err = db.conns.QueryRow(ctx, "SELECT holder, token FROM leases WHERE name = $1", name).Scan(&has, &token)
		if !errors.Is(err, pgx.ErrNoRows) { // else it was given back meanwhile
			break
		}
	}
	if err != nil {
		return "", 0, unavailable(fmt.Errorf("take the lease %s: %w", name, err))
	}
	return has, token, nil
}

// GiveLease gives back what a holder has. Its token stays, so that the next one is higher.
func (db *DB) GiveLease(ctx context.Context, name, holder string) error {
	_, err := db.conns.Exec(ctx, "UPDATE leases SET until_ms = 0, holder = '' WHERE name = $1 AND holder = $2", name, holder)
	if err != nil {
		return unavailable(fmt.Errorf("give back the lease %s: %w", name, err))
	}
	return nil
}

// Leases lists who has what under a prefix of names.
func (db *DB) Leases(ctx context.Context, prefix string) (holders map[string]string, err error) {
	rows, err := db.conns.Query(ctx, "SELECT name, holder FROM leases WHERE starts_with(name, $1) AND until_ms > "+nowMS, prefix)
	if err != nil {
		return nil, unavailable(fmt.Errorf("read leases: %w", err))
	}
	defer rows.Close()
	holders = make(map[string]string)
	for rows.Next() {
		var name, holder string
		if err := rows.Scan(&name, &holder); err != nil {
			return nil, fmt.Errorf("read leases: %w", err)
		}
		holders[name] = holder
	}
	if err := rows.Err(); err != nil {
		return nil, unavailable(fmt.Errorf("read leases: %w", err))
	}
	return holders, nil
}

// secretBytes is how long a secret is.
const secretBytes = 32

// Secret is what all instances sign with; the first one to ask makes it.
func (db *DB) Secret(ctx context.Context, name string) (value []byte, err error) {
	made := make([]byte, secretBytes)
	_, _ = rand.Read(made) // never fails (crypto/rand)
	if _, err := db.conns.Exec(ctx, "INSERT INTO secrets (name, value) VALUES ($1, $2) ON CONFLICT DO NOTHING", name, made); err != nil {
		return nil, unavailable(fmt.Errorf("keep a secret: %w", err))
	}
	if err := db.conns.QueryRow(ctx, "SELECT value FROM secrets WHERE name = $1", name).Scan(&value); err != nil {
		return nil, unavailable(fmt.Errorf("read a secret: %w", err))
	}
	return value, nil
}

// Ping tells whether the database answers.
func (db *DB) Ping(ctx context.Context) error {
	if err := db.conns.Ping(ctx); err != nil {
		return unavailable(fmt.Errorf("reach the database: %w", err))
	}
	return nil
}
