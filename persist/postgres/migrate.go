package postgres

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"path"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migration is one step of the schema.
type Migration struct {
	Version   int64
	Name      string
	AppliedAt time.Time // zero when it is not applied
}

func milliseconds(d time.Duration) string { return strconv.FormatInt(d.Milliseconds(), 10) }

// namesConnections tells whether a URL says how many connections there may be.
func namesConnections(address string) bool {
	u, err := url.Parse(address)
	return err == nil && u.Query().Has("pool_max_conns")
}

// MigrateUp brings the database to this program's version.
func MigrateUp(ctx context.Context, address string) error {
	return withOwner(address, func(pool *sql.DB) error { return migrateUp(ctx, pool) })
}

// MigrateDown takes back the newest migration that is applied, with what is in its tables. The version it took back is
// returned, 0 when there was none.
func MigrateDown(ctx context.Context, address string) (version int64, err error) {
	err = withOwner(address, func(pool *sql.DB) error {
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
func MigrateStatus(ctx context.Context, address string) (list []Migration, err error) {
	err = withOwner(address, func(pool *sql.DB) error {
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

// withOwner does something as the address's own login, which does not become the program's role.
func withOwner(address string, do func(pool *sql.DB) error) error {
	conf, err := pgx.ParseConfig(address)
	if err != nil {
		return fmt.Errorf("the address of the database: %w", err)
	}
	if conf.ConnectTimeout == 0 {
		conf.ConnectTimeout = connecting
	}
	conf.RuntimeParams["application_name"] = "atelier migrate"
	conf.RuntimeParams["search_path"] = schema
	pool := stdlib.OpenDB(*conf)
	return errors.Join(do(pool), pool.Close())
}

// prepare migrates the database when the login may, and else makes sure that somebody has.
func prepare(ctx context.Context, address string) error {
	return withOwner(address, func(pool *sql.DB) error {
		var may bool
		err := pool.QueryRowContext(ctx, `SELECT CASE WHEN to_regnamespace($1) IS NULL
			THEN has_database_privilege(current_database(), 'CREATE') ELSE has_schema_privilege($1, 'CREATE') END`, schema).Scan(&may)
		if err != nil {
			return fmt.Errorf("open the database: %w", err)
		}
		if may {
			return migrateUp(ctx, pool)
		}
		return current(ctx, pool)
	})
}

// current is an error unless the database is at this program's version.
func current(ctx context.Context, pool *sql.DB) error {
	p, err := provider(pool)
	if err != nil {
		return err
	}
	sources := p.ListSources()
	want := sources[len(sources)-1].Version
	var have int64
	err = pool.QueryRowContext(ctx, "SELECT max(version_id) FROM goose_db_version WHERE is_applied").Scan(&have)
	if err != nil {
		return fmt.Errorf("the database was not migrated, and this login may not do it: run `atelier migrate up` as its owner: %w", err)
	}
	if have != want {
		return fmt.Errorf("the database is at version %d and this program knows %d, and this login may not migrate it", have, want)
	}
	return nil
}

func migrateUp(ctx context.Context, pool *sql.DB) error {
	if err := makeRole(ctx, pool); err != nil {
		return err
	}
	if _, err := pool.ExecContext(ctx, "CREATE SCHEMA IF NOT EXISTS "+schema); err != nil && !isUnique(err) {
		return fmt.Errorf("make the schema: %w", err)
	}
	p, err := provider(pool)
	if err != nil {
		return err
	}
	version, target, err := p.GetVersions(ctx)
	if err != nil {
		return fmt.Errorf("read the database's version: %w", err)
	}
	if version > target {
		return fmt.Errorf("the database is at version %d and this program knows %d: use a newer program", version, target)
	}
	if version == target {
		return nil
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("migrate up: %w", err)
	}
	return nil
}

// makeRole makes the role that the program works as. Roles are shared by all databases of a server, where another one may be
// made ready at the same time.
func makeRole(ctx context.Context, pool *sql.DB) (err error) {
	for range tries {
		_, err = pool.ExecContext(ctx, `DO $$
			BEGIN
				IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '`+appRole+`') THEN
					CREATE ROLE `+appRole+` NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE;
				END IF;
				IF NOT pg_has_role(current_user, '`+appRole+`', -- who makes a role is a member that may not be it, since 16
						CASE WHEN current_setting('server_version_num')::int < 160000 THEN 'MEMBER' ELSE 'SET' END) THEN
					EXECUTE format('GRANT `+appRole+` TO %I', current_user);
				END IF;
			END $$`)
		if e, ok := errors.AsType[*pgconn.PgError](err); !ok || (e.Code != "42710" && e.Code != "23505" && e.Code != "XX000") {
			break
		}
	}
	if err != nil {
		return fmt.Errorf("make the role %s: %w", appRole, err)
	}
	return nil
}

func provider(pool *sql.DB) (*goose.Provider, error) {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, fmt.Errorf("read migrations: %w", err)
	}
	one, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 300)) // several instances may start at the same time
	if err != nil {
		return nil, fmt.Errorf("read migrations: %w", err)
	}
	p, err := goose.NewProvider(goose.DialectPostgres, pool, files, goose.WithDisableGlobalRegistry(true), goose.WithSessionLocker(one))
	if err != nil {
		return nil, fmt.Errorf("read migrations: %w", err)
	}
	return p, nil
}
