package client

import (
	"slices"

	"github.com/tinylib/msgp/msgp"

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
		m, rest, err := msgp.ReadUint32Bytes(b)
		if err != nil {
			return protocol.ErrMalformed
		}
		level, rest, err := msgp.ReadUint8Bytes(rest)
		if err != nil {
			return protocol.ErrMalformed
		}
		b = rest
		if member := r.members[m]; member != nil {
			member.Level = level
			r.emitLocked(Speaking{M: m, Level: level})
		}
	}
	return nil
}
