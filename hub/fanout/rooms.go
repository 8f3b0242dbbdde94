package fanout

import "atelier/rooms"

// Rooms is the bus of rooms over a transport: a topic for each room.
type Rooms struct{ Over Transport }

var _ rooms.Bus = Rooms{}

func topicOf(room string) string { return "room/" + room }

// Publish implements [rooms.Bus].
func (r Rooms) Publish(room string, message []byte) { r.Over.Publish(topicOf(room), message) }

// Subscribe implements [rooms.Bus].
func (r Rooms) Subscribe(room string, to rooms.Receiver) (cancel func()) {
	return r.Over.Subscribe(topicOf(room), to)
}

// Degraded implements [rooms.Bus].
func (r Rooms) Degraded() bool {
	state, _ := r.Over.Health()
	return state == Degraded
}
