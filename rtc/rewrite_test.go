package rtc

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestAStreamGoesOnWithoutASeamWhenItsSourceChanges(t *testing.T) {
	var r rewriter
	now := time.Unix(1000, 0)
	at := func(source uint64, seq uint16, ts uint32) Packet {
		p, ok := r.next(source, Packet{Seq: seq, Time: ts}, now)
		require.True(t, ok)
		return p
	}
	require.Equal(t, Packet{Seq: 65535, Time: 960}, at(7, 65535, 960))
	now = now.Add(20 * time.Millisecond)
	require.Equal(t, Packet{Seq: 0, Time: 1920}, at(7, 0, 1920), "numbers wrap")
	now = now.Add(100 * time.Millisecond)
	require.Equal(t, Packet{Seq: 1, Time: 1920 + 4800, Marker: true}, at(8, 500, 4_000_000_000), "time went on meanwhile")
	require.Equal(t, Packet{Seq: 2, Time: 1920 + 4800 + 960}, at(8, 501, 4_000_000_960))
	now = now.Add(time.Millisecond)
	require.Equal(t, Packet{Seq: 3, Time: 1920 + 4800 + 1920, Marker: true}, at(9, 9, 9), "a frame at least")
}

func TestWhatTheNetworkLostOrReorderedStaysSo(t *testing.T) {
	var r rewriter
	now := time.Unix(1000, 0)
	seqs := func(source uint64, in ...uint16) (out []uint16) {
		for _, s := range in {
			if p, ok := r.next(source, Packet{Seq: s, Time: uint32(s) * frameTime}, now); ok {
				out = append(out, p.Seq)
			}
		}
		return out
	}
	require.Equal(t, []uint16{10, 12, 11, 15}, seqs(5, 10, 12, 11, 15))
	require.Equal(t, []uint16{16, 18, 17}, seqs(6, 100, 102, 101))
	require.Empty(t, seqs(6, 99), "its number went to the source before")
	require.Equal(t, []uint16{19}, seqs(5, 16), "who comes back begins anew")
}

// TestNoNumberIsSentTwice switches sources out of a seed, with loss and reordering.
func TestNoNumberIsSentTwice(t *testing.T) {
	for seed := range uint64(200) {
		rng := newRand(seed)
		var r rewriter
		now := time.Unix(1000, 0)
		sent := map[uint16]bool{}
		next := map[uint64]uint16{2: 65_500, 3: 0, 4: 30_000}
		for range 300 {
			source := 2 + rng.Uint64N(3)
			for range 1 + rng.IntN(20) {
				seq := next[source]
				next[source] += uint16(1 + rng.IntN(10)/9)
				if rng.IntN(10) == 0 && len(sent) > 0 {
					seq-- // late; it may be a doubled one, which the plane has dropped before
					if _, ok := sent[seq+r.seq]; ok && r.source == source {
						continue
					}
				}
				now = now.Add(20 * time.Millisecond)
				if p, ok := r.next(source, Packet{Seq: seq, Time: uint32(seq) * frameTime}, now); ok {
					require.False(t, sent[p.Seq], "seed %d: %d twice", seed, p.Seq)
					sent[p.Seq] = true
				}
			}
		}
	}
}
