package client

import (
	"slices"

	"atelier/protocol"
)

type (
	// Speaking is how loud a member speaks, 1–9, and 0 when that has ended.
	Speaking struct {
		M     uint32
		Level uint8
	}
	// SlotsChanged says whose voice each slot of the call carries, or why we are not in it any more.
	SlotsChanged struct{ protocol.VoiceSlots }
)

func (Speaking) event()     {}
func (SlotsChanged) event() {}

// Slots are the members whose voices the slots of the call carry, 0 being nobody's; none while we are not in it.
func (r *Room) Slots() []uint32 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.slots)
}

func (r *Room) slotsLocked(b []byte) error {
	var s protocol.VoiceSlots
	if err := protocol.DecodeBody(b, &s); err != nil {
		return err
	}
	r.slots = s.Slots
	r.emitLocked(SlotsChanged{VoiceSlots: s})
	return nil
}

func (r *Room) speakingLocked(b []byte, n uint32) error {
	for ; n >= 2; n -= 2 {
		l, rest, err := protocol.ReadLoudness(b)
		if err != nil {
			return err //nolint:wrapcheck // names what it is
		}
		b = rest
		if member := r.members[l.M]; member != nil {
			member.Level = l.Level
			r.emitLocked(Speaking{M: l.M, Level: l.Level})
		}
	}
	return nil
}
