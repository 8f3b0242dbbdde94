package main

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"os"
	"time"

	"atelier/cmd/atelier/internal/storm"
)

// stormCommand is the load generator's face.
type stormCommand struct {
	Cursors cursorStorm `cmd:"" help:"Everybody moves, everybody must get everybody's newest position."`
	Herd    herdStorm   `cmd:"" help:"Everybody joins, nobody moves: what an idle connection costs."`
	Joins   joinStorm   `cmd:"" help:"Everybody joins at once."`
	Edits   editStorm   `cmd:"" help:"Everybody changes the canvas; all replicas must agree in the end."`
	Voice   voiceStorm  `cmd:"" help:"Everybody is in a call, some talk; everybody must hear them."`
}

// load is what the storms share.
type load struct {
	URL       string  `default:"http://127.0.0.1:8080" help:"Server to load; it must let guests in."`
	Rooms     int     `default:"1" help:"Rooms."`
	Members   int     `default:"50" help:"Members of each room."`
	Seconds   float64 `default:"10" help:"Length of the load."`
	JSON      bool    `name:"json" help:"Print one JSON object."`
	ServerPID int     `name:"server-pid" help:"Process of the server, to measure its CPU time and memory."`
	PerUser   int     `default:"20" help:"Sockets of one guest."`
}

type (
	cursorStorm struct {
		load
		Hz   float64 `default:"30" help:"Positions of each member in a second."`
		Deaf int     `help:"Further members of each room that never read."`
	}
	editStorm struct {
		load
		Hz float64 `default:"10" help:"Changes of each member in a second."`
	}
	voiceStorm struct {
		load
		Talk        int    `default:"3" help:"Members of each room who talk; the server needs as many --voice-slots for all to be heard."`
		ServerAdmin string `placeholder:"URL" help:"Admin listener of the server, to count its goroutines."`
	}
	herdStorm struct{ load }
	joinStorm struct{ load }
)

func (c *cursorStorm) Run(ctx context.Context) error {
	o := c.options(c.Hz)
	o.Deaf = c.Deaf
	return c.run(ctx, o, storm.Cursors)
}

func (c *editStorm) Run(ctx context.Context) error { return c.run(ctx, c.options(c.Hz), storm.Edits) }

func (c *voiceStorm) Run(ctx context.Context) error {
	o := c.options(1)
	o.Talk, o.Admin = c.Talk, c.ServerAdmin
	return c.run(ctx, o, storm.Voice)
}

func (c *herdStorm) Run(ctx context.Context) error { return c.run(ctx, c.options(1), storm.Herd) }
func (c *joinStorm) Run(ctx context.Context) error { return c.run(ctx, c.options(1), storm.Joins) }

// errMissed fails a storm whose report says more.
var errMissed = errors.New("positions, sockets, changes or packets were missing or wrong")

func (l *load) options(hz float64) storm.Options {
	return storm.Options{
		URL: l.URL, Rooms: l.Rooms, Members: l.Members, Hz: hz,
		Duration:  time.Duration(l.Seconds * float64(time.Second)),
		ServerPID: l.ServerPID, PerUser: l.PerUser,
		Log: slog.New(slog.NewTextHandler(os.Stderr, nil)),
	}
}

func (l *load) run(
	ctx context.Context, o storm.Options, do func(context.Context, storm.Options) (*storm.Report, error),
) error {
	report, err := do(ctx, o)
	if err != nil {
		return err
	}
	if l.JSON {
		err = json.NewEncoder(os.Stdout).Encode(report)
	} else {
		err = report.Print(os.Stdout)
	}
	if err == nil && !report.OK() {
		err = errMissed
	}
	return err
}
