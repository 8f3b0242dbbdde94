// Package work runs a room's jobs with this program's providers, as the built-in pool does, but from anywhere.
package work

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"

	"atelier/client"
	"atelier/generation"
	"atelier/protocol"
)

// Runner runs tasks with providers. Files wait on disk.
type Runner struct {
	Providers []generation.Provider
	Log       *slog.Logger
}

// Routes are what the providers can run, as far as one of the patterns allows it: a route, or a provider with /*. None
// allows all.
func (r Runner) Routes(patterns []string) []string {
	var out []string
	for _, p := range r.Providers {
		for _, m := range p.Models() {
			if route := generation.Route(p.Name(), m.Name); allowed(patterns, p.Name(), route) {
				out = append(out, route)
			}
		}
	}
	return out
}

func allowed(patterns []string, provider, route string) bool {
	for _, p := range patterns {
		if p == route || p == provider+"/*" {
			return true
		}
	}
	return len(patterns) == 0
}

// Run makes a task's results one after another.
func (r Runner) Run(ctx context.Context, t *client.Task) error {
	for _, p := range r.Providers {
		if p.Name() == t.Job.Provider {
			return r.run(ctx, p, t)
		}
	}
	return protocol.Errorf(protocol.CodeProviderError, "this worker has no provider %s", t.Job.Provider)
}

func (r Runner) run(ctx context.Context, p generation.Provider, t *client.Task) error {
	wanted := t.Wanted()
	for i := range wanted {
		req := generation.Request{Job: t.Job, Index: i, Seed: generation.SeedOf(t.Job, i)}
		req.Job.Params = generation.ParamsOf(t.Job.JobRequest, i)
		req.Inputs = func(ctx context.Context, k int) (generation.Blob, error) {
			body, err := t.Input(ctx, k)
			return fetch(body, err)
		}
		req.Mask = func(ctx context.Context) (generation.Blob, error) {
			body, err := t.Mask(ctx)
			return fetch(body, err)
		}
		made, err := p.Generate(ctx, req, func(fraction float64, preview []byte) error {
			t.Report((float64(i)+fraction)/float64(wanted), preview)
			return context.Cause(ctx)
		})
		if err != nil {
			return err //nolint:wrapcheck // a reason in words
		}
		if err := put(ctx, t, i, made); err != nil {
			return err
		}
	}
	return nil
}

func put(ctx context.Context, t *client.Task, i int, made generation.Result) error {
	if made.Body == nil {
		return t.Put(ctx, i, bytes.NewReader([]byte(made.Text))) //nolint:wrapcheck // says what it did
	}
	file, err := spool(made.Body)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	return t.Put(ctx, i, file) //nolint:wrapcheck // says what it did
}

func fetch(body io.ReadCloser, err error) (generation.Blob, error) {
	if err != nil {
		return nil, err
	}
	return spool(body)
}

// spooled is a file that is gone when it is closed.
type spooled struct {
	*os.File
	size int64
}

// Size implements [generation.Blob].
func (s spooled) Size() int64 { return s.size }

// Close implements [io.Closer].
func (s spooled) Close() error { return errors.Join(s.File.Close(), os.Remove(s.Name())) }

// spool copies a body to a temporary file, from whose begin it can be read, and closes the body.
func spool(body io.ReadCloser) (out generation.Blob, err error) {
	defer func() { err = errors.Join(err, body.Close()) }()
	file, err := os.CreateTemp("", "atelier-work-*")
	if err != nil {
		return nil, fmt.Errorf("make a temporary file: %w", err)
	}
	size, err := io.Copy(file, body)
	if err == nil {
		_, err = file.Seek(0, io.SeekStart)
	}
	s := spooled{File: file, size: size}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("keep a file: %w", err), s.Close())
	}
	return s, nil
}
