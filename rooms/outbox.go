package rooms

import (
	"context"

	"atelier/protocol"
)

// Outbox is where a room puts what a member shall get. The room calls it from its one goroutine, so no method may
// block; hub implements it over a socket, tests over slices. Frames are shared by all members and read only.
type Outbox interface {
	// Begin starts the stream: first, then everything catchup yields, then the ordered lane. It is called once, before any
	// other method. The outbox pulls catchup from a goroutine of its own.
	Begin(first *protocol.Frame, catchup Catchup)

	// Ordered appends to the ordered lane. When the lane overflows, the outbox cuts its socket by itself; the room goes on
	// as if nothing had happened and the session resumes.
	Ordered(f *protocol.Frame)

	// Latest offers a frame of the latest-wins lane. It returns false and takes nothing when the one before is still
	// unwritten: the room then calls Keyframe in the same tick.
	Latest(f *protocol.Frame) bool

	// Keyframe replaces what is pending in the latest-wins lane by all current positions and states.
	Keyframe(f *protocol.Frame)

	// Close ends the stream with a close code, after what is in the ordered lane.
	Close(code protocol.CloseCode, reason string)
}

// Catchup yields what a joiner must get before it is live: snapshot pages or missed changes, then the live mark. Next
// returns nil after the last frame. It may read the store and so may block; it is used by one goroutine. An error means
// that the stream cannot be completed and the socket is to be closed with [protocol.CloseRoomUnavailable].
type Catchup interface {
	Next(ctx context.Context) (*protocol.Frame, error)
}
