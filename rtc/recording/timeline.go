package recording

import (
	"time"

	"atelier/rtc"
)

const (
	clockRate = 48_000          // of Opus in RTP (RFC 7587 §4.1), Hz
	tolerance = 2 * time.Second // how far a speaker's clock may be from ours: networks hold packets back
	silence   = time.Second     // after which another source may have begun
)

// timeline finds the place of packets in a file. Their own times say it, as far as our clock agrees: a client that says
// something else cannot make a file longer than it took.
type timeline struct {
	begun bool
	first time.Time     // when the first came
	pos   time.Duration // of the newest
	seq   uint16
	time  uint32
	at    time.Time // when the newest came
}

// place is how far from the first packet this one is; false when a later one is written already.
func (l *timeline) place(p *rtc.Packet, now time.Time) (time.Duration, bool) {
	if !l.begun {
		*l = timeline{begun: true, first: now, seq: p.Seq, time: p.Time, at: now}
		return 0, true
	}
	ahead := int16(p.Seq - l.seq) //nolint:gosec // serial number arithmetic (RFC 1982)
	if ahead <= 0 && now.Sub(l.at) < silence {
		return 0, false
	}
	step := time.Duration(int32(p.Time-l.time)) * time.Second / clockRate //nolint:gosec // timestamps wrap
	pos, clock := l.pos+step, now.Sub(l.first)
	if step < 0 || pos-clock > tolerance || clock-pos > tolerance {
		pos = max(clock, l.pos)
	}
	l.pos, l.seq, l.time, l.at = pos, p.Seq, p.Time, now
	return pos, true
}
