package rtc

import (
	"sync"
	"time"
)

// slot carries one speaker at a time to all listeners.
type slot struct {
	index int

	// Guarded by the call.
	holder *Participant // nil: free
	since  time.Time

	mu     sync.Mutex   // held while a packet is forwarded
	source *Participant // the holder
	out    Packet       // what is being sent: links take a pointer, and one of each would be garbage
}

func (s *slot) give(to *Participant, now time.Time) {
	if s.holder != nil {
		s.holder.slot.Store(nil)
	}
	s.holder, s.since = to, now
	s.mu.Lock()
	s.source = to
	s.mu.Unlock()
	if to != nil {
		to.stint.Add(1)
		to.slot.Store(s)
	}
}

// forward sends a packet of the holder to everybody else in the call.
func (s *slot) forward(from *Participant, p *Packet, now time.Time) (sent int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.source != from {
		return 0
	}
	source := from.source()
	for _, to := range *from.call.listeners.Load() {
		if to == from || to.deaf.Load() {
			continue
		}
		var ok bool
		if s.out, ok = to.streams[s.index].next(source, *p, now); ok {
			to.link.Send(s.index, &s.out)
			sent++
		}
	}
	return sent
}

// Who loses a slot to a louder speaker: they differ by margin, and the slot was held for a while.
const (
	margin  = 6 // dB
	tenancy = time.Second
)

// choose finds the slot for somebody who speaks and has none: a free one, else that of who was silent for longest, else of
// somebody who is clearly softer; nil when all speak as loudly.
func choose(slots []*slot, loud int32, now time.Time) *slot {
	var quiet, soft *slot
	for _, s := range slots {
		switch {
		case s.holder == nil:
			return s
		case !s.holder.meter.speaks(now):
			if quiet == nil || s.holder.meter.heard.Load() < quiet.holder.meter.heard.Load() {
				quiet = s
			}
		case now.Sub(s.since) >= tenancy && s.holder.meter.loudness()+margin <= loud:
			if soft == nil || s.holder.meter.loudness() < soft.holder.meter.loudness() {
				soft = s
			}
		}
	}
	if quiet != nil {
		return quiet
	}
	return soft
}
