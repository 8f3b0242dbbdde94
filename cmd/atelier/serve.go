package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"strings"

	"atelier/internal/config"
)

// serveCommand runs the server until it is told to end.
type serveCommand struct {
	config.Config
}

func (c *serveCommand) Run(ctx context.Context) error {
	log := newLog(os.Stderr, c.Config)
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", c.Listen)
	if err != nil {
		return fmt.Errorf("--listen: %w", err)
	}
	admin, err := listenAdmin(ctx, c.Config, log)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	s, err := openServer(ctx, c.Config, addressOf(c.Config, listener), log)
	if err != nil {
		if admin != nil {
			err = errors.Join(err, admin.Close())
		}
		return errors.Join(err, listener.Close())
	}
	s.greet(ctx, os.Stdout, listener, admin)
	return s.serve(ctx, listener, admin)
}

func newLog(w io.Writer, c config.Config) *slog.Logger {
	o := &slog.HandlerOptions{Level: c.LogLevel}
	if c.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(w, o))
	}
	return slog.New(slog.NewTextHandler(w, o))
}

// listenAdmin opens the operators' address. The default one gives way to whoever has it: a second server on a machine
// must not fail for an address that nobody asked for.
func listenAdmin(ctx context.Context, c config.Config, log *slog.Logger) (net.Listener, error) {
	if c.Admin == "" {
		return nil, nil //nolint:nilnil // off
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", c.Admin)
	switch {
	case err == nil:
		return l, nil
	case c.Admin == config.DefaultAdmin:
		log.WarnContext(ctx, "the admin address is taken; going on without metrics", "admin", c.Admin, "error", err)
		return nil, nil //nolint:nilnil // given up
	}
	return nil, fmt.Errorf("--admin: %w", err)
}

// addressOf is where people reach the server: what the operator says, or where it listens.
func addressOf(c config.Config, l net.Listener) string {
	if c.PublicURL != "" {
		return strings.TrimRight(c.PublicURL, "/")
	}
	host, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		return "http://" + l.Addr().String()
	}
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		if name, err := os.Hostname(); err == nil {
			host = name
		}
	}
	return "http://" + net.JoinHostPort(host, port)
}

// greet prints what a person needs to begin. The lines are for people and stable enough for scripts.
func (s *server) greet(ctx context.Context, w io.Writer, listener, admin net.Listener) {
	say := func(format string, args ...any) { _, _ = fmt.Fprintf(w, format+"\n", args...) }
	say("atelier is at %s", "http://"+listener.Addr().String())
	if s.address != "http://"+listener.Addr().String() {
		say("people reach it at %s", s.address)
	}
	if admin != nil {
		say("metrics and health at http://%s", admin.Addr())
	}
	token, err := s.auth.OwnerLink(ctx)
	switch {
	case err != nil:
		s.log.ErrorContext(ctx, "no owner link was made", "error", err)
	case token != "":
		say("owner link (for whoever shall run this workspace, once): %s", joinLink(s.address, token))
	}
}
