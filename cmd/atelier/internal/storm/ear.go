package storm

import (
	"encoding/binary"
	"sync/atomic"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
	"github.com/pion/rtp"
)

// ear is what one member of a voice storm hears. Fields without another owner are its line's, read after that is closed.
type ear struct {
	hall    *hall
	at      int
	voices  []voice           // by talker
	streams map[uint32]uint16 // by SSRC: the number that comes next
	latency *hdrhistogram.Histogram
	wrong   int64
	doubled int64

	heard atomic.Int64 // while it was measured
	gaps  atomic.Int64

	first chan struct{} // closed with the first packet
	since time.Time     // when that was; read after first
}

// voice is what came of one talker: the newest number, and which of the 64 up to it.
type voice struct {
	newest uint32
	came   uint64
}

func newEar(h *hall, at int) *ear {
	return &ear{
		hall: h, at: at, voices: make([]voice, h.talk), streams: make(map[uint32]uint16),
		latency: newHistogram(), first: make(chan struct{}),
	}
}

// hear takes a packet; the line's reader calls it.
func (e *ear) hear(h *rtp.Header, b []byte, now time.Time) {
	if e.since.IsZero() {
		e.since = now
		close(e.first)
	}
	counts := len(b) == spoken && phase(b[0]) == measured
	e.follow(h, counts)
	who, seq, ok := e.read(b)
	switch {
	case !ok:
		e.wrong++
	case !e.voices[who].take(seq):
		e.doubled++
	case counts:
		e.heard.Add(1)
		observe(e.latency, time.Duration(now.UnixNano()-int64(binary.BigEndian.Uint64(b[atTime:])))) //nolint:gosec // as it was said
	}
}

// follow counts the gaps of a stream. What was only late closes its gap.
func (e *ear) follow(h *rtp.Header, counts bool) {
	next, known := e.streams[h.SSRC]
	ahead := int16(h.SequenceNumber - next) //nolint:gosec // serial number arithmetic (RFC 1982)
	if !known || ahead >= 0 {
		e.streams[h.SSRC] = h.SequenceNumber + 1
	}
	switch {
	case !known || !counts:
	case ahead > 0:
		e.gaps.Add(int64(ahead))
	case ahead < 0:
		e.gaps.Add(-1)
	}
}

// read tells whose packet it is, or that it is nobody's of our room, our own, or not as it was said.
func (e *ear) read(b []byte) (who int, seq uint32, ok bool) {
	if len(b) != spoken {
		return 0, 0, false
	}
	room := int(binary.BigEndian.Uint16(b[atHall:]))
	who, seq = int(binary.BigEndian.Uint16(b[atWho:])), binary.BigEndian.Uint32(b[atSeq:])
	if room != e.hall.talkers[e.at].room || who >= len(e.voices) || who == e.at {
		return 0, 0, false
	}
	for i := atFill; i < len(b); i++ {
		if b[i] != filling(b[atWho+1], seq, i) {
			return 0, 0, false
		}
	}
	return who, seq, true
}

// take tells whether a packet comes for the first time. One that is later than the window counts as a second one.
func (v *voice) take(seq uint32) bool {
	if seq > v.newest {
		v.came = v.came<<(seq-v.newest) | 1
		v.newest = seq
		return true
	}
	bit := uint64(1) << (v.newest - seq)
	if bit == 0 || v.came&bit != 0 {
		return false
	}
	v.came |= bit
	return true
}
