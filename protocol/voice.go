package protocol

// Voice is how a member is in the room's call; a member without it is not in the call.
type Voice struct {
	Muted bool `msgpack:"muted,omitempty"` // sends nothing that others hear
	Deaf  bool `msgpack:"deaf,omitempty"`  // is sent nothing
	Away  bool `msgpack:"away,omitempty"`  // no media flows: it is connecting, or its network is gone

	Recorded bool `msgpack:"recorded,omitempty"` // what it says is kept: it agreed
}

// VoicePatch joins the call, or changes how one is in it. What is absent stays; who joins is neither muted nor deaf.
type VoicePatch struct {
	Muted *bool `msgpack:"muted,omitempty"`
	Deaf  *bool `msgpack:"deaf,omitempty"`
}

// VoiceOffer is the server's description of the media connection (SDP, RFC 8866), complete with its candidates. Its first
// audio section receives the member's microphone, the Slots after it send.
type VoiceOffer struct {
	Offer int         `msgpack:"offer"` // number of the offer, to be told in the answer and with candidates
	SDP   string      `msgpack:"sdp"`
	Slots int         `msgpack:"slots"` // how many are heard at once
	ICE   []ICEServer `msgpack:"ice,omitempty"`
}

// ICEServer is a STUN or TURN server (RFC 7064, RFC 7065) that clients may use.
type ICEServer struct {
	URLs       []string `msgpack:"urls"`
	Username   string   `msgpack:"username,omitempty"`
	Credential string   `msgpack:"credential,omitempty"`
}

// VoiceAnswer is the client's description for an offer.
type VoiceAnswer struct {
	Offer int    `msgpack:"offer"`
	SDP   string `msgpack:"sdp"`
}

// VoiceCandidate is one of the client's ICE candidates (RFC 8840). It may come before the answer.
type VoiceCandidate struct {
	Offer     int    `msgpack:"offer"`
	Candidate string `msgpack:"candidate"` // as in SDP, "candidate:…"; "" is the end of them
	Mid       string `msgpack:"mid,omitempty"`
	Line      uint16 `msgpack:"line,omitempty"`
}

// VoiceModeration mutes a member of the call, who can unmute again, or takes it out.
type VoiceModeration struct {
	M      uint32 `msgpack:"m"`
	Remove bool   `msgpack:"remove,omitempty"` // instead of muting
}

// VoiceSlots tells whose voice each slot of the call carries: members' numbers, 0 being nobody's. At the end of one's own place
// in the call there are none, and Ended says why.
type VoiceSlots struct {
	Slots []uint32   `msgpack:"slots"`
	Ended VoiceEnded `msgpack:"ended,omitempty"`
}

// VoiceEnded is why somebody is not in the call any more.
type VoiceEnded string

// Reasons.
const (
	VoiceLeft    VoiceEnded = "left"    // it said so, or its session ended
	VoiceRemoved VoiceEnded = "removed" // by somebody else: it is not to come back by itself
	VoiceAway    VoiceEnded = "away"    // no media flowed for too long
	VoiceStopped VoiceEnded = "stopped" // the server ends
)

// Loudness is how loud a member speaks: 0 is not at all, 1 to [MaxLoudness] is from soft to loud.
type Loudness struct {
	M     uint32
	Level uint8
}

// MaxLoudness is the loudest that is told.
const MaxLoudness = 9
