package rtc

import "time"

// tally is what came of one microphone's packets since the last was told.
type tally struct {
	in, muted, out int
	lost           int // less those that came twice
}

// tallyEvery is how many packets a tally is of: a second's.
const tallyEvery = 50

// reception counts one microphone's packets. Used by the link's goroutine only.
type reception struct {
	tally  tally
	begun  bool
	top    uint16    // newest sequence number
	time   uint32    // timestamp of the packet before
	at     time.Time // when it came
	jitter float64   // in units of timestamps
}

// take counts a packet.
func (r *reception) take(p *Packet, now time.Time) {
	r.tally.in++
	if !r.begun {
		r.begun, r.top, r.time, r.at = true, p.Seq, p.Time, now
		return
	}
	arrived := float64(now.Sub(r.at)) * clockRate / float64(time.Second)
	sent := float64(int32(p.Time - r.time)) //nolint:gosec // timestamps wrap
	r.jitter += (max(arrived-sent, sent-arrived) - r.jitter) / 16
	if ahead := int16(p.Seq - r.top); ahead > 0 { //nolint:gosec // serial number arithmetic (RFC 1982)
		r.tally.lost += int(ahead) - 1
		r.top = p.Seq
	} else {
		r.tally.lost-- // it was counted as lost, or came already
	}
	r.time, r.at = p.Time, now
}

// shakes is the interarrival jitter (RFC 3550 §6.4.1).
func (r *reception) shakes() time.Duration {
	return time.Duration(r.jitter * float64(time.Second) / clockRate)
}

// due gives the tally when it is complete, and begins the next.
func (r *reception) due() (t tally, ok bool) {
	if r.tally.in < tallyEvery {
		return t, false
	}
	t, r.tally = r.tally, tally{}
	return t, true
}
