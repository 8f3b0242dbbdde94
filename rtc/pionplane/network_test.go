package pionplane_test

import (
	"fmt"
	"math/rand/v2"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pion/ice/v4"
	"github.com/pion/webrtc/v4"
	"github.com/stretchr/testify/require"
)

// badNetwork is a socket that loses one in ten of what is sent and swaps one in twenty with the next, out of a seed.
type badNetwork struct {
	net.PacketConn

	bad atomic.Bool

	mu      sync.Mutex
	rng     *rand.Rand
	held    []byte // to be sent after the next
	to      net.Addr
	lost    int
	swapped int
}

// WriteTo implements [net.PacketConn].
func (b *badNetwork) WriteTo(p []byte, to net.Addr) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	isRTP := len(p) > 1 && p[0]>>6 == 2 && (p[1] < 192 || p[1] > 223) // RFC 5761 §4
	switch {
	case !b.bad.Load() || !isRTP:
	case b.rng.IntN(10) == 0:
		b.lost++
		return len(p), nil
	case b.held == nil && b.rng.IntN(20) == 0:
		b.held, b.to = append([]byte(nil), p...), to
		b.swapped++
		return len(p), nil
	}
	n, err := b.PacketConn.WriteTo(p, to)
	if b.held != nil && err == nil {
		_, err = b.PacketConn.WriteTo(b.held, b.to)
		b.held = nil
	}
	return n, err //nolint:wrapcheck // the socket's own
}

// TestALossyNetworkLosesWhatItLosesAndNoMore speaks over a network that loses and reorders; others hear the rest, once, and see
// the gaps as gaps, so that their decoders can conceal them.
func TestALossyNetworkLosesWhatItLosesAndNoMore(t *testing.T) {
	relay := newRelay(t)
	udp, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	require.NoError(t, err)
	network := &badNetwork{PacketConn: udp, rng: rand.New(rand.NewPCG(1, 2))}
	mux := ice.NewUDPMuxDefault(ice.UDPMuxParams{UDPConn: network})
	t.Cleanup(func() { require.NoError(t, mux.Close()) })
	a := joinOver(t, relay, 1, func(s *webrtc.SettingEngine) { s.SetICEUDPMux(mux) })
	b := join(t, relay, 2)
	a.flowing()
	b.flowing()
	a.says("before it is bad", b.hears("before it is bad"))

	network.bad.Store(true)
	const packets = 1000
	numbered := func(i int) string { return fmt.Sprintf("word %04d", i) }
	pace := time.NewTicker(2 * time.Millisecond)
	defer pace.Stop()
	for i := range packets {
		a.say(numbered(i))
		if i%10 == 9 {
			<-pace.C // no more at once than a socket's buffer takes
		}
	}
	network.bad.Store(false)
	a.says("it is good again", b.hasHeard)
	seen, seqs, late, top := map[string]bool{}, map[uint16]bool{}, 0, uint16(0)
	for _, p := range b.kept {
		words := string(p.Payload)
		if len(words) != len(numbered(0)) || words[:5] != "word " {
			continue
		}
		require.False(t, seen[words], "%q came twice", words)
		require.False(t, seqs[p.SequenceNumber], "number %d came twice", p.SequenceNumber)
		seen[words], seqs[p.SequenceNumber] = true, true
		if len(seen) > 1 && int16(p.SequenceNumber-top) < 0 {
			late++
		} else {
			top = p.SequenceNumber
		}
	}
	t.Logf("of %d packets %d were lost, %d swapped; %d came, %d of them late", packets, network.lost, network.swapped, len(seen), late)
	require.Len(t, seen, packets-network.lost)
	require.InDelta(t, packets/10, network.lost, packets/20)
	require.Greater(t, late, network.swapped/2)
}
