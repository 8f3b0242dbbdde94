package e2e

import (
	"bytes"
	"math"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"atelier/client"
	"atelier/protocol"
)

// pcmRate is what sounds are compared at, Hz.
const pcmRate = 16_000

// speech has an Ogg file of Opus spoken, with many packets to a page as files have.
func speech(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "speech.ogg")
	words := "flite=text='Welcome to the room. We draw a harbour at dusk, and rain falls on the water.':voice=slt"
	ffmpeg(t, "-f", "lavfi", "-i", words, "-ar", "48000", "-ac", "1", "-c:a", "libopus", "-b:a", "32k", path)
	return path
}

func ffmpeg(t *testing.T, args ...string) []byte {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "ffmpeg", append([]string{"-hide_banner", "-loglevel", "error", "-y"}, args...)...)
	var out, problems bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &problems
	require.NoError(t, cmd.Run(), problems.String())
	return out.Bytes()
}

func decoded(t *testing.T, path string) []float64 {
	t.Helper()
	raw := ffmpeg(t, "-i", path, "-f", "s16le", "-ar", "16000", "-ac", "1", "-")
	out := make([]float64, len(raw)/2)
	for i := range out {
		out[i] = float64(int16(uint16(raw[2*i])|uint16(raw[2*i+1])<<8)) / math.MaxInt16
	}
	return out
}

// lag is by how many samples b comes after a, within a second, by where they fit best.
func lag(a, b []float64) (best int) {
	most := math.Inf(-1)
	for l := -pcmRate / 2; l <= pcmRate; l++ {
		sum := 0.0
		for i := 0; i < len(a); i += 7 {
			if j := i + l; j >= 0 && j < len(b) {
				sum += a[i] * b[j]
			}
		}
		if sum > most {
			best, most = l, sum
		}
	}
	return best
}

// dropouts counts pieces of 20 ms of a that b has not, l samples later.
func dropouts(a, b []float64, l int) (missing, pieces int) {
	const piece = pcmRate / 50
	for at := piece * 5; at+piece <= len(a); at += piece { // a decoder needs a few to settle
		var energy, wrong float64
		for i := at; i < at+piece; i++ {
			energy += a[i] * a[i]
			if j := i + l; j < 0 || j >= len(b) {
				wrong += a[i] * a[i]
			} else {
				wrong += (a[i] - b[j]) * (a[i] - b[j])
			}
		}
		pieces++
		if wrong > 0.1*energy && energy/piece > 1e-5 {
			missing++
		}
	}
	return missing, pieces
}

// TestSpeechThatABotPlaysIsWhatAnotherRecords compares sample by sample.
func TestSpeechThatABotPlaysIsWhatAnotherRecords(t *testing.T) {
	_, addr := serve(t, t.TempDir())
	url := "http://" + addr
	ana := guest(t, url, "Ana")
	id := newRoom(t, ana)
	anas := enter(t, url, id, ana)
	file, folder := speech(t), filepath.Join(t.TempDir(), "call")

	recorder := run(t, "bot", "record", folder, "--url="+url, "--room="+id, "--name=Recorder")
	until(t, anas, "the recorder is in the call", func() bool { return inCall(anas, "Recorder") })
	player := run(t, "bot", "play", file, "--url="+url, "--room="+id, "--name=Reader")
	<-player.done
	require.NoError(t, player.err, player.output())
	require.NoError(t, recorder.stop(), recorder.output())

	files, err := filepath.Glob(filepath.Join(folder, "*.ogg"))
	require.NoError(t, err)
	require.Len(t, files, 1)
	require.Contains(t, filepath.Base(files[0]), "Reader")
	want, have := decoded(t, file), decoded(t, files[0])
	l := lag(want, have)
	missing, pieces := dropouts(want, have, l)
	t.Logf("%.2f s played, %.2f s recorded, %.1f ms later, %d of %d pieces of 20 ms missing",
		float64(len(want))/pcmRate, float64(len(have))/pcmRate, 1000*float64(l)/pcmRate, missing, pieces)
	require.Greater(t, pieces, 150)
	require.Zero(t, missing)
	require.InDelta(t, 0, float64(l)/pcmRate, 0.1)
}

func inCall(r *client.Room, name string) bool {
	v := voiceOf(r, name)
	return v != nil && !v.Away
}

func voiceOf(r *client.Room, name string) *protocol.Voice {
	for _, m := range r.Members() {
		if m.Name == name {
			return m.Voice
		}
	}
	return nil
}

// TestCallersComeBackAfterTheServerWasKilled plays on and on, over a kill -9.
func TestCallersComeBackAfterTheServerWasKilled(t *testing.T) {
	dir := t.TempDir()
	server, addr := serve(t, dir)
	url := "http://" + addr
	ana := guest(t, url, "Ana")
	id := newRoom(t, ana)
	anas := enter(t, url, id, ana)
	heard := make(chan struct{}, 1)
	voice, err := anas.Voice(soon(t), client.VoiceOptions{Heard: func(client.VoicePacket) {
		select {
		case heard <- struct{}{}:
		default:
		}
	}})
	require.NoError(t, err)
	defer voice.Close() //nolint:errcheck // never fails
	run(t, "bot", "play", speech(t), "--loop", "--url="+url, "--room="+id, "--name=Reader")
	<-heard
	server.kill()
	for len(heard) > 0 {
		<-heard
	}
	serve(t, dir, "--listen="+addr)
	until(t, anas, "the reader is in the call again", func() bool { return inCall(anas, "Reader") && inCall(anas, "Ana") })
	<-heard
}
