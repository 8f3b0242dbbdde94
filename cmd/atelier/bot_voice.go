package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"atelier/client"
)

// playBot plays a file in the call.
type playBot struct {
	guestBot

	File string `arg:"" type:"existingfile" help:"Ogg file of Opus."`
	Loop bool   `help:"Begin again at the end, until it is stopped."`

	Consent bool `help:"Agree to be recorded, whenever the call is."`
}

func (c *playBot) Run(ctx context.Context) error {
	log := botLog()
	room, err := c.join(ctx, log)
	if err != nil {
		return err
	}
	defer room.Close() //nolint:errcheck // never fails
	voice, err := room.Voice(ctx, client.VoiceOptions{Deaf: true, Consent: c.Consent, Log: log})
	if err != nil {
		return err
	}
	defer voice.Close() //nolint:errcheck // never fails
	for {
		log.Info("playing", "file", c.File)
		if err := play(ctx, voice, c.File); err != nil {
			return stopped(ctx, err)
		}
		if !c.Loop {
			return nil
		}
	}
}

func play(ctx context.Context, voice *client.Voice, path string) error {
	file, err := os.Open(path) //nolint:gosec // who runs the bot names the file
	if err != nil {
		return err
	}
	defer file.Close() //nolint:errcheck // only read
	return voice.Play(ctx, file)
}

// recordBot records the call.
type recordBot struct {
	guestBot

	Dir string        `arg:"" type:"path" help:"Folder for the files, made when it is not there."`
	For time.Duration `help:"How long; without it until it is stopped."`
}

func (c *recordBot) Run(ctx context.Context) error {
	log := botLog()
	if err := os.MkdirAll(c.Dir, 0o750); err != nil {
		return err
	}
	if c.For > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, c.For)
		defer cancel()
	}
	room, err := c.join(ctx, log)
	if err != nil {
		return err
	}
	defer room.Close() //nolint:errcheck // never fails
	recorder := client.NewRecorder(func(m uint32) (io.WriteCloser, error) {
		path := filepath.Join(c.Dir, fileName(room.Members()[m].Name, m))
		log.Info("recording", "file", path)
		return os.Create(path) //nolint:gosec // in the folder that who runs the bot named
	})
	voice, err := room.Voice(ctx, client.VoiceOptions{Muted: true, Heard: recorder.Hear, Log: log})
	if err != nil {
		return errors.Join(stopped(ctx, err), recorder.Close())
	}
	select {
	case <-ctx.Done():
	case <-voice.Done():
		err = errors.New("the call is over for the recorder")
	}
	return errors.Join(err, voice.Close(), recorder.Close())
}

// fileName is a member's: its name as far as file systems take it.
func fileName(name string, m uint32) string {
	safe := strings.Map(func(r rune) rune {
		if strings.ContainsRune(`/\:*?"<>|`, r) || r < ' ' {
			return '-'
		}
		return r
	}, name)
	return fmt.Sprintf("%.60s-%d.ogg", safe, m)
}

// stopped takes the error of who was asked to stop away.
func stopped(ctx context.Context, err error) error {
	if ctx.Err() != nil && errors.Is(err, context.Cause(ctx)) {
		return nil
	}
	return err
}
