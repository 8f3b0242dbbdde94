package e2e

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"atelier/client"
	"atelier/protocol"
)

// owning signs in who owns the workspace.
func owning(t *testing.T, server *process, url string) *client.API {
	t.Helper()
	api, err := client.NewAPI(url, client.Identity{}, nil)
	require.NoError(t, err)
	_, err = api.AcceptInvite(soon(t), server.waitFor(`(?m)^owner link \(.*\): http://\S+/join#(\S+)$`), "Ana")
	require.NoError(t, err)
	return api
}

// downloaded is a piece as a file.
func downloaded(t *testing.T, api *client.API, p protocol.Piece) string {
	t.Helper()
	body, size, err := api.Asset(soon(t), p.Asset)
	require.NoError(t, err)
	defer body.Close() //nolint:errcheck // only read
	require.Equal(t, p.Bytes, size)
	path := filepath.Join(t.TempDir(), "piece.ogg")
	file, err := os.Create(path)
	require.NoError(t, err)
	_, err = io.Copy(file, body)
	require.NoError(t, err)
	require.NoError(t, file.Close())
	return path
}

// probed says what a file is, by a program of others.
func probed(t *testing.T, path string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "ffprobe", "-v", "warning", "-show_entries",
		"stream=codec_name,channels:stream_tags=artist:format=format_name", "-of", "compact", path).CombinedOutput()
	require.NoError(t, err, string(out))
	return string(out)
}

// TestTheServerRecordsWhoAgreesAsItSounds compares sample by sample, of one who agreed and one who did not.
func TestTheServerRecordsWhoAgreesAsItSounds(t *testing.T) {
	server, addr := serve(t, t.TempDir())
	url := "http://" + addr
	ana := owning(t, server, url)
	id := newRoom(t, ana)
	anas := enter(t, url, id, ana)
	voice, err := anas.Voice(soon(t), client.VoiceOptions{Deaf: true})
	require.NoError(t, err)
	defer voice.Close() //nolint:errcheck // never fails
	on, err := anas.RecordCall(soon(t))
	require.NoError(t, err)
	file := speech(t)
	silent := run(t, "bot", "play", file, "--url="+url, "--room="+id, "--name=Silent")
	player := run(t, "bot", "play", file, "--consent", "--loop", "--url="+url, "--room="+id, "--name=Reader")
	until(t, anas, "the reader is recorded", func() bool { v := voiceOf(anas, "Reader"); return v != nil && v.Recorded })
	<-silent.done
	require.NoError(t, silent.err, silent.output())
	player.waitFor(`(?s)(playing.*playing.*playing)`) // the second time it is recorded whole
	require.NoError(t, player.stop(), player.output())
	news := anas.Subscribe()
	defer news.Close()
	require.NoError(t, anas.StopRecording(soon(t), on.ID))
	var ended protocol.Recording
	for e := range news.All(soon(t)) {
		if e, ok := e.(client.RecordingChanged); ok && e.State == protocol.RecordingEnded {
			ended = e.Recording
			break
		}
	}
	require.Len(t, ended.Pieces, 1, "of who agreed")
	require.Equal(t, "Reader", ended.Pieces[0].Name)
	require.Zero(t, ended.Pieces[0].Lost)
	path := downloaded(t, ana, ended.Pieces[0])
	require.Equal(t, "stream|codec_name=opus|channels=2|tag:ARTIST=Reader\nformat|format_name=ogg\n", probed(t, path), "nothing to warn of")

	want, have := decoded(t, file), decoded(t, path)
	require.Greater(t, len(have), len(want))
	best, all := len(want), 0
	for from := 0; from+len(want) <= len(have); from += pcmRate / 2 {
		l := lag(want, have[from:])
		missing, pieces := dropouts(want, have[from:], l)
		best, all = min(best, missing), pieces
	}
	t.Logf("%.2f s recorded, %d of %d pieces of 20 ms missing", float64(len(have))/pcmRate, best, all)
	require.Greater(t, all, 150)
	require.Zero(t, best)
}

// TestWhatAKilledServerRecordedIsListedWhenItIsBack kills it with -9 while somebody speaks.
func TestWhatAKilledServerRecordedIsListedWhenItIsBack(t *testing.T) {
	dir := t.TempDir()
	server, addr := serve(t, dir)
	url := "http://" + addr
	ana := owning(t, server, url)
	id := newRoom(t, ana)
	anas := enter(t, url, id, ana)
	run(t, "bot", "play", speech(t), "--consent", "--loop", "--url="+url, "--room="+id, "--name=Reader")
	until(t, anas, "the reader is in the call", func() bool { return inCall(anas, "Reader") })
	on, err := anas.RecordCall(soon(t))
	require.NoError(t, err)
	until(t, anas, "the reader is recorded", func() bool { v := voiceOf(anas, "Reader"); return v != nil && v.Recorded })
	written := func() (size int64) {
		files, err := filepath.Glob(filepath.Join(dir, "recordings", on.ID, "*.ogg"))
		require.NoError(t, err)
		for _, f := range files {
			if info, err := os.Stat(f); err == nil {
				size += info.Size()
			}
		}
		return size
	}
	require.Eventually(t, func() bool { return written() > 20_000 }, patience, 20*time.Millisecond, "some seconds of it")
	server.kill()
	size := written()
	_, addr = serve(t, dir)
	ben := guest(t, "http://"+addr, "Ben")
	list, err := ben.Recordings(soon(t), id)
	require.NoError(t, err)
	require.Len(t, list, 1)
	require.True(t, list[0].Cut)
	require.Equal(t, on.ID, list[0].ID)
	require.Len(t, list[0].Pieces, 1)
	piece := list[0].Pieces[0]
	require.Equal(t, "Reader", piece.Name)
	require.InDelta(t, size, piece.Bytes, 1000, "no more than a page is missing")
	path := downloaded(t, ben, piece)
	require.Contains(t, probed(t, path), "codec_name=opus")
	require.InDelta(t, float64(piece.DurationMS)/1000, float64(len(decoded(t, path)))/pcmRate, 0.1)
	require.NoDirExists(t, filepath.Join(dir, "recordings", on.ID))
}
