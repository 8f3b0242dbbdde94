// Command atelier is the one binary: the server and its tools. `atelier --help` lists them.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
)

// commands are the command line; kong reads it from the tags.
type commands struct {
	Serve   serveCommand     `cmd:"" help:"Run the server."`
	Token   tokenCommand     `cmd:"" help:"Make API keys and invite links from the shell, in a data folder whose server may run."`
	Migrate migrateCommand   `cmd:"" help:"Change the database of a server that does not run."`
	Storm   stormCommand     `cmd:"" help:"Put a load on a running server and measure it."`
	Bot     botCommand       `cmd:"" help:"Join a room as a bot that greets people and answers notes that begin with /imagine."`
	Worker  workerCommand    `cmd:"" help:"Run a room's jobs on this machine, wherever it is."`
	Version kong.VersionFlag `help:"Show the version."`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "atelier:", err)
		stop()
		os.Exit(1) //nolint:gocritic // stop has run
	}
}

func run(ctx context.Context, args []string) error {
	parser, err := kong.New(&commands{},
		kong.Name("atelier"),
		kong.Description("A real-time collaboration server of a generation studio: rooms, one canvas, one queue."),
		kong.UsageOnError(),
		kong.Vars{"version": version()},
		kong.BindTo(ctx, (*context.Context)(nil)))
	if err != nil {
		return err
	}
	command, err := parser.Parse(args)
	if err != nil {
		return err
	}
	return command.Run()
}
