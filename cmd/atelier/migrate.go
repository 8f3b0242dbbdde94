package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"text/tabwriter"
	"time"

	"atelier/persist/postgres"
	"atelier/persist/sqlite"
)

// migrateCommand changes the schema of a database whose servers do not run. `serve` migrates up by itself.
type migrateCommand struct {
	Up     migrateUp     `cmd:"" help:"Bring the database to this program's version; the server does so by itself when it starts."`
	Down   migrateDown   `cmd:"" help:"Take back the newest migration, with what is in its tables."`
	Status migrateStatus `cmd:"" help:"List the migrations and when they were applied."`
}

type (
	migrateUp     struct{ databaseFlags }
	migrateDown   struct{ databaseFlags }
	migrateStatus struct{ databaseFlags }
)

func (c *migrateUp) Run(ctx context.Context) error {
	if c.Database != "" {
		if err := postgres.MigrateUp(ctx, c.Database); err != nil {
			return err
		}
		return printMigrations(ctx, c.databaseFlags)
	}
	f, err := holdFolder(c.Data)
	if err != nil {
		return err
	}
	defer f.release()
	if err := sqlite.MigrateUp(ctx, databaseIn(c.Data)); err != nil {
		return err
	}
	return printMigrations(ctx, c.databaseFlags)
}

func (c *migrateDown) Run(ctx context.Context) error {
	version, err := c.down(ctx)
	switch {
	case err != nil:
		return err
	case version == 0:
		fmt.Println("nothing is applied")
	default:
		fmt.Printf("took back migration %d\n", version)
	}
	return nil
}

func (c *migrateDown) down(ctx context.Context) (version int64, err error) {
	if c.Database != "" {
		return postgres.MigrateDown(ctx, c.Database)
	}
	if err := needDatabase(c.Data); err != nil {
		return 0, err
	}
	f, err := holdFolder(c.Data)
	if err != nil {
		return 0, err
	}
	defer f.release()
	return sqlite.MigrateDown(ctx, databaseIn(c.Data))
}

func (c *migrateStatus) Run(ctx context.Context) error {
	if c.Database == "" {
		if err := needDatabase(c.Data); err != nil {
			return err
		}
	}
	return printMigrations(ctx, c.databaseFlags)
}

// needDatabase keeps a mistyped folder from becoming an empty database.
func needDatabase(data string) error {
	_, err := os.Stat(databaseIn(data))
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("there is no database in %s", data)
	}
	return err
}

// migration is one step of a schema.
type migration struct {
	version   int64
	name      string
	appliedAt time.Time
}

func migrations(ctx context.Context, at databaseFlags) (list []migration, err error) {
	if at.Database != "" {
		all, err := postgres.MigrateStatus(ctx, at.Database)
		for _, m := range all {
			list = append(list, migration{m.Version, m.Name, m.AppliedAt})
		}
		return list, err
	}
	all, err := sqlite.MigrateStatus(ctx, databaseIn(at.Data))
	for _, m := range all {
		list = append(list, migration{m.Version, m.Name, m.AppliedAt})
	}
	return list, err
}

func printMigrations(ctx context.Context, at databaseFlags) error {
	list, err := migrations(ctx, at)
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	for _, m := range list {
		applied := "not applied"
		if !m.appliedAt.IsZero() {
			applied = m.appliedAt.Format(time.RFC3339)
		}
		_, _ = fmt.Fprintf(w, "%d\t%s\t%s\n", m.version, m.name, applied)
	}
	return w.Flush()
}
