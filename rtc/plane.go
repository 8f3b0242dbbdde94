package rtc

import (
	"time"

	"atelier/protocol"
)

// Plane carries media between clients and the relay. It knows nothing of rooms, slots or roles.
type Plane interface {
	// Accept begins the connection of one client, with a number of streams to it.
	Accept(streams int, to Events) (Link, error)

	// Close ends all links and waits for them.
	Close() error
}

// Link is one client's media connection. Offer, Answer and Candidate are called one at a time.
type Link interface {
	// Offer describes the connection, with all candidates; afresh with a new ICE session (RFC 8445 §9) when one was made
	// before. The first section is the client's microphone, then come the streams.
	Offer() (sdp string, err error)

	// Answer takes the client's description; INVALID_INPUT when it is none.
	Answer(sdp string) error

	// Candidate adds one of the client's, after the answer.
	Candidate(c protocol.VoiceCandidate) error

	// Send sends on a stream; it is lost while nothing is connected. Not called for one stream at the same time. The packet
	// holds until Send returns.
	Send(stream int, p *Packet)

	// Close ends the connection without waiting for it. No event begins afterwards.
	Close()
}

// Events hear of a link, from the link's goroutines.
type Events interface {
	// Packet gives what came from the microphone. It holds until Packet returns.
	Packet(p *Packet)

	// Flowing tells that media can flow now, Interrupted that it can not any more, for the time being.
	Flowing()
	Interrupted()
}

// Tap keeps what a participant says, heard or not: a muted one says nothing. It is told in the packet's path and must not wait.
type Tap interface {
	// Said gives a packet, which holds until Said returns. One that was under way may come after [Participant.Untap].
	Said(p *Packet, at time.Time)
}

// Packet is one packet of Opus (RFC 7587).
type Packet struct {
	Seq     uint16
	Time    uint32 // at 48 kHz
	Marker  bool   // the first after a silence
	Level   uint8  // −dBov, 127 is silence (RFC 6464)
	Levels  bool   // whether the client tells the level
	Payload []byte
}
