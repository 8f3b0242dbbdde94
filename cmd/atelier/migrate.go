package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"text/tabwriter"
	"time"

	"atelier/persist/sqlite"
)

// migrateCommand changes the schema of a data folder whose server does not run. `serve` migrates up by itself.
type migrateCommand struct {
	Up     migrateUp     `cmd:"" help:"Bring the database to this program's version; the server does so by itself when it starts."`
	Down   migrateDown   `cmd:"" help:"Take back the newest migration, with what is in its tables."`
	Status migrateStatus `cmd:"" help:"List the migrations and when they were applied."`
}

type dataFlag struct {
	Data string `default:"./data" env:"ATELIER_DATA" type:"path" placeholder:"DIR" help:"Data folder of the server."`
}

type (
	migrateUp     struct{ dataFlag }
	migrateDown   struct{ dataFlag }
	migrateStatus struct{ dataFlag }
)

func (c *migrateUp) Run(ctx context.Context) error {
	f, err := holdFolder(c.Data)
	if err != nil {
		return err
	}
	defer f.release()
	if err := sqlite.MigrateUp(ctx, databaseIn(c.Data)); err != nil {
		return err
	}
	return printMigrations(ctx, c.Data)
}

func (c *migrateDown) Run(ctx context.Context) error {
	if err := needDatabase(c.Data); err != nil {
		return err
	}
	f, err := holdFolder(c.Data)
	if err != nil {
		return err
	}
	defer f.release()
	version, err := sqlite.MigrateDown(ctx, databaseIn(c.Data))
	if err != nil {
		return err
	}
	if version == 0 {
		fmt.Println("nothing is applied")
		return nil
	}
	fmt.Printf("took back migration %d\n", version)
	return nil
}

func (c *migrateStatus) Run(ctx context.Context) error {
	if err := needDatabase(c.Data); err != nil {
		return err
	}
	return printMigrations(ctx, c.Data)
}

// needDatabase keeps a mistyped folder from becoming an empty database.
func needDatabase(data string) error {
	_, err := os.Stat(databaseIn(data))
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("there is no database in %s", data)
	}
	return err
}

func printMigrations(ctx context.Context, data string) error {
	list, err := sqlite.MigrateStatus(ctx, databaseIn(data))
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	for _, m := range list {
		applied := "not applied"
		if !m.AppliedAt.IsZero() {
			applied = m.AppliedAt.Format(time.RFC3339)
		}
		_, _ = fmt.Fprintf(w, "%d\t%s\t%s\n", m.Version, m.Name, applied)
	}
	return w.Flush()
}
