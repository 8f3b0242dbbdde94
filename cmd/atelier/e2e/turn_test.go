package e2e

import (
	"context"
	"fmt"
	"net"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"atelier/client"
)

// coturn starts a TURN server on loopback with a shared secret, and returns its port.
func coturn(t *testing.T, secret string) int {
	t.Helper()
	probe, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	require.NoError(t, err)
	port := probe.LocalAddr().(*net.UDPAddr).Port
	require.NoError(t, probe.Close())
	dir := t.TempDir()
	ctx, stop := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, "turnserver", "-n", "--listening-ip=127.0.0.1", "--relay-ip=127.0.0.1", "--allow-loopback-peers",
		fmt.Sprintf("--listening-port=%d", port), "--min-port=49160", "--max-port=49200", "--realm=studio.example", "--lt-cred-mech",
		"--use-auth-secret", "--static-auth-secret="+secret, "--no-tls", "--no-dtls", "--no-cli", "--simple-log",
		"--log-file="+filepath.Join(dir, "turn.log"), "--pidfile="+filepath.Join(dir, "turn.pid"), "--userdb="+filepath.Join(dir, "turn.db"))
	require.NoError(t, cmd.Start())
	t.Cleanup(func() {
		stop()
		_ = cmd.Wait() // it was killed
	})
	return port
}

// TestWhoReachesATURNServerOnlyHearsTheOthers keeps a client from every other way.
func TestWhoReachesATURNServerOnlyHearsTheOthers(t *testing.T) {
	turn := fmt.Sprintf("turn:127.0.0.1:%d?transport=udp", coturn(t, "shared"))
	_, addr := serve(t, t.TempDir(), "--voice-turn="+turn, "--voice-turn-secret=shared")
	url := "http://" + addr
	ana := guest(t, url, "Ana")
	id := newRoom(t, ana)
	anas := enter(t, url, id, ana)
	heard := make(chan uint32, 1)
	voice, err := anas.Voice(soon(t), client.VoiceOptions{RelayOnly: true, Heard: func(p client.VoicePacket) {
		select {
		case heard <- p.M:
		default:
		}
	}})
	require.NoError(t, err)
	defer voice.Close() //nolint:errcheck // never fails
	ben := guest(t, url, "Ben")
	bens := enter(t, url, id, ben)
	back := make(chan uint32, 1)
	bensVoice, err := bens.Voice(soon(t), client.VoiceOptions{Heard: func(p client.VoicePacket) {
		select {
		case back <- p.M:
		default:
		}
	}})
	require.NoError(t, err)
	defer bensVoice.Close() //nolint:errcheck // never fails
	run(t, "bot", "play", speech(t), "--loop", "--url="+url, "--room="+id, "--name=Reader")
	require.NotZero(t, <-heard)
	for {
		require.NoError(t, voice.Send(client.VoicePacket{Loud: 100, Payload: []byte{0xf8, 0xff, 0xfe}}))
		if m := <-back; m == anas.Self().M {
			return
		}
	}
}
