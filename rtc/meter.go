package rtc

import (
	"sync/atomic"
	"time"

	"atelier/protocol"
)

// Loudness, in dB above silence: 127 − level of RFC 6464. Somebody begins to speak at speakAt and has stopped below
// quietAt, or when nothing came for hangover.
const (
	silence  = 127
	speakAt  = 77
	quietAt  = 69
	hangover = 300 * time.Millisecond

	assumed    = 90 // of a client that tells no levels, unless the packet is too small for anything but silence
	smallest   = 8  // bytes
	loudStep   = 6  // dB of one step of what is told
	riseShift  = 1  // half of the way with each louder packet
	fallShift  = 3  // an eighth with each softer one
	fixedPoint = 8  // bits after the point
)

// meter smooths the levels of one speaker. Hear is called by one goroutine, the others by any.
type meter struct {
	loud     atomic.Int32 // fixed point
	heard    atomic.Int64 // time of the last packet, ns
	speaking atomic.Bool
}

func (m *meter) hear(p *Packet, now time.Time) {
	heard := int32(0)
	switch {
	case p.Levels:
		heard = silence - int32(p.Level)
	case len(p.Payload) >= smallest:
		heard = assumed
	}
	was := m.loud.Load()
	diff := heard<<fixedPoint - was
	if diff > 0 {
		diff >>= riseShift
	} else {
		diff >>= fallShift
	}
	m.loud.Store(was + diff)
	m.heard.Store(now.UnixNano())
	switch loud := (was + diff) >> fixedPoint; {
	case loud >= speakAt:
		m.speaking.Store(true)
	case loud < quietAt:
		m.speaking.Store(false)
	}
}

// hush forgets what was heard.
func (m *meter) hush() {
	m.loud.Store(0)
	m.speaking.Store(false)
}

func (m *meter) speaks(now time.Time) bool {
	return m.speaking.Load() && now.UnixNano()-m.heard.Load() < int64(hangover)
}

func (m *meter) loudness() int32 { return m.loud.Load() >> fixedPoint }

// level is what is told of it.
func (m *meter) level(now time.Time) uint8 {
	if !m.speaks(now) {
		return 0
	}
	return uint8(min(max(1+(m.loudness()-quietAt)/loudStep, 1), protocol.MaxLoudness))
}
