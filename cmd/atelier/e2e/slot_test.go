package e2e

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"atelier/client"
	"atelier/rtc/opusfile"
)

// ear keeps what comes through one slot.
type ear struct {
	mu      sync.Mutex
	packets []client.VoicePacket
}

func (e *ear) hear(p client.VoicePacket) {
	e.mu.Lock()
	defer e.mu.Unlock()
	p.Payload = slices.Clone(p.Payload)
	e.packets = append(e.packets, p)
}

// TestVoicesTakeTurnsInASlotWithoutClicks lets one decoder hear two people who share the only slot. A seam would be a jump from
// one sample to the next that no voice makes, or a packet that is missing.
func TestVoicesTakeTurnsInASlotWithoutClicks(t *testing.T) {
	_, addr := serve(t, t.TempDir(), "--voice-slots=1")
	url := "http://" + addr
	ana := guest(t, url, "Ana")
	id := newRoom(t, ana)
	anas := enter(t, url, id, ana)
	var heard ear
	listening, err := anas.Voice(soon(t), client.VoiceOptions{Muted: true, Heard: heard.hear})
	require.NoError(t, err)
	defer listening.Close() //nolint:errcheck // never fails
	file, err := os.ReadFile(speech(t))
	require.NoError(t, err)
	speakers := make([]*client.Voice, 2)
	rooms := make([]*client.Room, 2)
	for i, name := range []string{"Ben", "Cara"} {
		rooms[i] = enter(t, url, id, guest(t, url, name))
		speakers[i], err = rooms[i].Voice(soon(t), client.VoiceOptions{})
		require.NoError(t, err)
		t.Cleanup(func() { _ = speakers[i].Close() })
	}
	const turns = 4
	for turn := range turns {
		require.NoError(t, speakers[turn%2].Play(soon(t), bytes.NewReader(file)))
	}
	heard.mu.Lock()
	defer heard.mu.Unlock()
	packets := heard.packets
	slices.SortFunc(packets, func(a, b client.VoicePacket) int { return int(int16(a.Seq - b.Seq)) }) // RFC 1982

	path := filepath.Join(t.TempDir(), "slot.ogg")
	out, err := os.Create(path)
	require.NoError(t, err)
	w, err := opusfile.NewWriter(out)
	require.NoError(t, err)
	switches := 0
	for i, p := range packets {
		if i > 0 {
			require.Equal(t, packets[i-1].Seq+1, p.Seq, "nothing is missing, nothing comes twice")
			if p.M != packets[i-1].M {
				switches++
			}
		}
		require.NoError(t, w.Write(p.Payload))
	}
	require.NoError(t, w.Close())
	require.GreaterOrEqual(t, switches, turns-1)
	said, played := jump(decodedOf(t, file)), jump(decoded(t, path))
	t.Logf("%d packets, %d turns; the largest step between samples is %.3f, in the speech itself %.3f", len(packets), switches, played, said)
	require.LessOrEqual(t, played, 1.25*said)
}

func decodedOf(t *testing.T, file []byte) []float64 {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file.ogg")
	require.NoError(t, os.WriteFile(path, file, 0o600))
	return decoded(t, path)
}

// jump is the largest step from one sample to the next.
func jump(samples []float64) (largest float64) {
	for i := 1; i < len(samples); i++ {
		largest = max(largest, math.Abs(samples[i]-samples[i-1]))
	}
	return largest
}
