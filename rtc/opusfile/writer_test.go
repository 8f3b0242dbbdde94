package opusfile

import (
	"bytes"
	"errors"
	"io"
	"testing"
	"time"

	"github.com/pion/webrtc/v4/pkg/media/oggreader"
	"github.com/stretchr/testify/require"
)

func TestWhatAPacketOfOpusHolds(t *testing.T) {
	for want, packets := range map[time.Duration][][]byte{
		0:                       {{}, {3}, {11<<3 | 3, 3}}, // nothing, broken off, longer than any packet
		10 * time.Millisecond:   {{0 << 3}},
		60 * time.Millisecond:   {{11 << 3}},
		20 * time.Millisecond:   {{13 << 3}},
		2500 * time.Microsecond: {{16 << 3}},
		40 * time.Millisecond:   {{31<<3 | 1}},
		100 * time.Millisecond:  {{31<<3 | 3, 5}},
		120 * time.Millisecond:  {{11<<3 | 1}},
	} {
		for _, packet := range packets {
			require.Equal(t, want, Lasts(packet), "%x", packet)
		}
	}
}

// pagesOf reads a file back: what its pages hold and where each ends.
func pagesOf(t *testing.T, file []byte) (payloads [][]byte, granules []uint64) {
	t.Helper()
	in, err := oggreader.NewWithOptions(bytes.NewReader(file), oggreader.WithDoChecksum(true))
	require.NoError(t, err)
	for {
		payload, head, err := in.ParseNextPage()
		if errors.Is(err, io.EOF) {
			return payloads, granules
		}
		require.NoError(t, err)
		payloads, granules = append(payloads, payload), append(granules, head.GranulePosition)
	}
}

func TestAFileHoldsWhatWasWrittenAtItsTime(t *testing.T) {
	var file bytes.Buffer
	w, err := NewWriter(&file, Tag{"TITLE", "Ana"}, Tag{"DATE", "2026-01-02"})
	require.NoError(t, err)
	word := func(i byte) []byte { return []byte{31 << 3, i} }
	require.NoError(t, w.Write(word(1)))
	require.NoError(t, w.Silence(70*time.Millisecond)) // two frames and a half are three: the nearest is taken
	require.ErrorIs(t, w.Write([]byte{3}), ErrNoOpus)
	require.NoError(t, w.Write(word(2)))
	require.NoError(t, w.Silence(50*time.Millisecond), "it is longer already")
	require.Equal(t, 100*time.Millisecond, w.Length())
	whole := file.Len()
	require.NoError(t, w.Close())
	require.Greater(t, file.Len(), whole, "an end is written")

	payloads, granules := pagesOf(t, file.Bytes())
	require.True(t, bytes.HasPrefix(payloads[0], []byte("OpusHead")))
	payloads, granules = payloads[1:], granules[1:]
	require.Contains(t, string(payloads[0]), "TITLE=Ana")
	require.Contains(t, string(payloads[0]), "DATE=2026-01-02")
	s := silentFrame()
	require.Equal(t, [][]byte{s, s, s, s, word(1), s, s, s, word(2)}, payloads[1:10])
	require.Equal(t, []uint64{960, 1920, 2880, 3840, 4800, 5760, 6720, 7680, 8640}, granules[1:10])
	require.Equal(t, [][]byte{{}}, payloads[10:], "the end is a page of nothing")
}
