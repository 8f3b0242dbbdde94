package main

import (
	"context"
	"errors"
	"log/slog"
	"os"

	"atelier/client"
	"atelier/cmd/atelier/internal/bot"
)

// botCommand runs the demo bot.
type botCommand struct {
	URL   string `default:"http://127.0.0.1:8080" env:"ATELIER_URL" help:"Server."`
	Room  string `required:"" env:"ATELIER_ROOM" help:"Room to join."`
	Key   string `env:"ATELIER_KEY" help:"API key of the bot. Without one it joins as a guest, where guests are allowed."`
	Name  string `default:"Imagine bot" env:"ATELIER_BOT_NAME" help:"Name as a guest."`
	Model string `help:"Model that paints; the server's default without it."`
	Draft bool   `env:"ATELIER_BOT_DRAFT" help:"Draft prompts on a branch of its own, and paint those that are merged."`
}

func (c *botCommand) Run(ctx context.Context) error {
	log := slog.New(slog.NewTextHandler(os.Stderr, nil))
	room, err := client.Join(ctx, client.Options{
		URL: c.URL, Room: c.Room, Key: c.Key, Name: c.Name, Client: "atelier bot", Log: log,
	})
	if err != nil {
		return err
	}
	defer room.Close() //nolint:errcheck // never fails
	log.Info("in the room", "room", room.Info().Name, "as", room.Self().Name)
	err = bot.New(room, bot.Options{Model: c.Model, Draft: c.Draft, Log: log}).Run(ctx)
	if ctx.Err() != nil && errors.Is(err, context.Cause(ctx)) {
		return nil // asked to stop
	}
	return err
}
