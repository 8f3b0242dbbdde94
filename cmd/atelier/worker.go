package main

import (
	"context"
	"log/slog"
	"os"

	"atelier/client"
	"atelier/cmd/atelier/internal/work"
	"atelier/generation"
	"atelier/generation/providers/sketch"
)

// workerCommand lends this machine to a room.
type workerCommand struct {
	URL    string   `default:"http://127.0.0.1:8080" env:"ATELIER_URL" help:"Server."`
	Room   string   `required:"" env:"ATELIER_ROOM" help:"Room whose jobs it runs."`
	Key    string   `env:"ATELIER_KEY" help:"API key of an editor. Without one it joins as a guest, where guests are allowed."`
	Name   string   `default:"Worker" env:"ATELIER_WORKER_NAME" help:"Name that its jobs show."`
	Slots  int      `default:"1" env:"ATELIER_WORKER_SLOTS" help:"Jobs at once."`
	Routes []string `env:"ATELIER_WORKER_ROUTES" help:"What it runs, as provider/model or provider/*; all it can without it."`
}

// Run works until it is asked to stop, and gives back what it has then.
func (c *workerCommand) Run(ctx context.Context) error {
	log := slog.New(slog.NewTextHandler(os.Stderr, nil))
	room, err := client.Join(ctx, client.Options{
		URL: c.URL, Room: c.Room, Key: c.Key, Name: c.Name, Client: "atelier worker", Log: log,
	})
	if err != nil {
		return err
	}
	defer room.Close() //nolint:errcheck // never fails
	runner := work.Runner{Providers: []generation.Provider{sketch.New()}, Log: log}
	worker := client.Worker{Name: c.Name, Slots: c.Slots, Routes: runner.Routes(c.Routes), Run: runner.Run, Log: log}
	log.Info("working", "room", room.Info().Name, "slots", c.Slots, "routes", worker.Routes)
	return worker.Serve(ctx, room)
}
