package rtc

import "time"

// clockRate of Opus in RTP (RFC 7587 §4.1), Hz.
const clockRate = 48_000

// frameTime is one usual packet, 20 ms.
const frameTime = clockRate / 50

// rewriter keeps one stream to one listener continuous while it carries one source after the other. A source is a stint of
// a speaker: it begins when a slot is taken or somebody unmutes. The zero value is ready.
type rewriter struct {
	source uint64 // 0 before anything was sent
	first  uint16 // sequence number with which the source began
	seq    uint16 // added to the source's
	time   uint32

	lastSeq  uint16 // newest that was sent
	lastTime uint32
	lastAt   time.Time
}

// next gives the packet the place that it has in the stream, or false when it has none: it is older than its source's
// beginning, and its number went to the source before. What the network lost stays a gap, what it reordered stays so.
func (r *rewriter) next(source uint64, p Packet, now time.Time) (Packet, bool) {
	switch {
	case r.source == 0:
		r.source, r.first, r.lastSeq, r.lastTime, r.lastAt = source, p.Seq, p.Seq, p.Time, now
	case r.source != source:
		elapsed := uint32(now.Sub(r.lastAt) * clockRate / time.Second) //nolint:gosec // timestamps wrap
		r.source, r.first = source, p.Seq
		r.seq = r.lastSeq + 1 - p.Seq
		r.time = r.lastTime + max(elapsed, frameTime) - p.Time
		p.Marker = true
	case int16(p.Seq-r.first) < 0: //nolint:gosec // serial number arithmetic (RFC 1982)
		return p, false
	}
	p.Seq += r.seq
	p.Time += r.time
	if int16(p.Seq-r.lastSeq) >= 0 { //nolint:gosec // serial number arithmetic
		r.lastSeq, r.lastTime, r.lastAt = p.Seq, p.Time, now
	}
	return p, true
}
