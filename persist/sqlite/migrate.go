package sqlite

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"time"

	"github.com/pressly/goose/v3"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migration is one step of the schema.
type Migration struct {
	Version   int64
	Name      string
	AppliedAt time.Time // zero when it is not applied
}

// MigrateUp brings the database at file to this program's version.
func MigrateUp(ctx context.Context, file string) error {
	return withPool(file, func(pool *sql.DB) error { return migrateUp(ctx, pool) })
}

// MigrateDown takes back the newest migration that is applied, with what is in its tables. The version it took back is
// returned, 0 when there was none.
func MigrateDown(ctx context.Context, file string) (version int64, err error) {
	err = withPool(file, func(pool *sql.DB) error {
		p, err := provider(pool)
		if err != nil {
			return err
		}
		result, err := p.Down(ctx)
		if errors.Is(err, goose.ErrNoNextVersion) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("migrate down: %w", err)
		}
		version = result.Source.Version
		return nil
	})
	return version, err
}

// MigrateStatus lists the migrations that this program knows, oldest first.
func MigrateStatus(ctx context.Context, file string) (list []Migration, err error) {
	err = withPool(file, func(pool *sql.DB) error {
		p, err := provider(pool)
		if err != nil {
			return err
		}
		all, err := p.Status(ctx)
		if err != nil {
			return fmt.Errorf("read migrations: %w", err)
		}
		for _, m := range all {
			list = append(list, Migration{m.Source.Version, path.Base(m.Source.Path), m.AppliedAt})
		}
		return nil
	})
	return list, err
}

func withPool(file string, do func(pool *sql.DB) error) error {
	pool, err := openPool(file, writing(), 1)
	if err != nil {
		return err
	}
	return errors.Join(do(pool), pool.Close())
}

func migrateUp(ctx context.Context, pool *sql.DB) error {
	p, err := provider(pool)
	if err != nil {
		return err
	}
	current, target, err := p.GetVersions(ctx)
	if err != nil {
		return fmt.Errorf("read the database's version: %w", err)
	}
	if current > target {
		return fmt.Errorf("the database is at version %d and this program knows %d: use a newer program", current, target)
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("migrate up: %w", err)
	}
	return nil
}

func provider(pool *sql.DB) (*goose.Provider, error) {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, fmt.Errorf("read migrations: %w", err)
	}
	p, err := goose.NewProvider(goose.DialectSQLite3, pool, files, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return nil, fmt.Errorf("read migrations: %w", err)
	}
	return p, nil
}
