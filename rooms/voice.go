package rooms

import (
	"slices"

	"atelier/protocol"
)

// Voice shows how a member is in the call; nil: it is not. RTP never passes through a room.
func (r *Room) Voice(m uint32, v *protocol.Voice) {
	r.inbox.put(event{do: func() {
		who := r.members[m]
		if who == nil {
			return
		}
		who.info.Voice = v
		who.info = who.info.Seal()
		if !slices.Contains(r.joined, who) && !slices.Contains(r.altered, who) {
			r.altered = append(r.altered, who)
		}
	}})
}

// Speaking shows how loud a member speaks. The newest wins.
func (r *Room) Speaking(m uint32, level uint8) {
	r.inbox.put(event{do: func() {
		who := r.members[m]
		if who == nil || who.level == level {
			return
		}
		who.level = level
		if !who.voiced {
			who.voiced = true
			r.voiced = append(r.voiced, who)
		}
	}})
}
