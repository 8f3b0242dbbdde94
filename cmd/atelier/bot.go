package main

import (
	"context"
	"log/slog"
	"os"

	"atelier/client"
	"atelier/cmd/atelier/internal/bot"
)

// botCommand runs bots.
type botCommand struct {
	Demo   demoBot   `cmd:"" default:"withargs" help:"Greet, answer comments and paint notes that begin with /imagine."`
	Play   playBot   `cmd:"" help:"Play an Ogg file of Opus in a room's call."`
	Record recordBot `cmd:"" help:"Record a room's call, one Ogg file for each who speaks."`
}

// guestBot is how bots come into a room.
type guestBot struct {
	URL  string `default:"http://127.0.0.1:8080" env:"ATELIER_URL" help:"Server."`
	Room string `required:"" env:"ATELIER_ROOM" help:"Room to join."`
	Key  string `env:"ATELIER_KEY" help:"API key of the bot. Without one it joins as a guest, where guests are allowed."`
	Name string `default:"Imagine bot" env:"ATELIER_BOT_NAME" help:"Name as a guest."`
}

func (c *guestBot) join(ctx context.Context, log *slog.Logger) (*client.Room, error) {
	room, err := client.Join(ctx, client.Options{
		URL: c.URL, Room: c.Room, Key: c.Key, Name: c.Name, Client: "atelier bot", Log: log,
	})
	if err == nil {
		log.Info("in the room", "room", room.Info().Name, "as", room.Self().Name)
	}
	return room, err
}

func botLog() *slog.Logger { return slog.New(slog.NewTextHandler(os.Stderr, nil)) }

// demoBot is the demo bot.
type demoBot struct {
	guestBot

	Model string `help:"Model that paints; the server's default without it."`
	Draft bool   `env:"ATELIER_BOT_DRAFT" help:"Draft prompts on a branch of its own, and paint those that are merged."`
}

func (c *demoBot) Run(ctx context.Context) error {
	log := botLog()
	room, err := c.join(ctx, log)
	if err != nil {
		return err
	}
	defer room.Close() //nolint:errcheck // never fails
	err = bot.New(room, bot.Options{Model: c.Model, Draft: c.Draft, Log: log}).Run(ctx)
	return stopped(ctx, err)
}
