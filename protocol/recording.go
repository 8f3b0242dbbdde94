package protocol

// RecordingPatch begins to record the room's call, or ends that.
type RecordingPatch struct {
	On        bool   `msgpack:"on"`
	Recording string `msgpack:"recording,omitempty"` // to end: the recording's id
}

// VoiceConsent answers whether one may be recorded. Until the answer is yes nothing of one's voice is kept anywhere.
type VoiceConsent struct {
	Recording string `msgpack:"recording"`         // its id
	Yes       bool   `msgpack:"yes"`               // no also takes back an earlier yes
	Discard   bool   `msgpack:"discard,omitempty"` // with no: what was recorded of one so far is deleted
}

// RecordingState is how far a recording is.
type RecordingState string

// States, in their order.
const (
	RecordingOn     RecordingState = "on"     // who said yes is recorded
	RecordingSaving RecordingState = "saving" // nobody is recorded any more; the files become assets
	RecordingEnded  RecordingState = "ended"  // for good; the pieces are there
)

// Recording is one recording of a room's call as it is now.
type Recording struct {
	ID     string         `msgpack:"id"               json:"id"` // a UUID
	State  RecordingState `msgpack:"state"            json:"state"`
	By     string         `msgpack:"by"               json:"by"`              // user who began it
	ByName string         `msgpack:"by_name"          json:"by_name"`         //
	Since  int64          `msgpack:"since"            json:"since"`           // unix ms
	Ended  int64          `msgpack:"ended,omitempty"  json:"ended,omitempty"` // unix ms; once it is not on
	Yes    []string       `msgpack:"yes,omitempty"    json:"-"`               // users who agreed
	No     []string       `msgpack:"no,omitempty"     json:"-"`               // users who did not, or not any more
	Pieces []Piece        `msgpack:"pieces,omitempty" json:"pieces"`          // once it has ended
	Cut    bool           `msgpack:"cut,omitempty"    json:"cut,omitempty"`   // the server broke off: the end may be missing
}

// Piece is what was recorded of one person without a break: from the first words of a stay in the call, or from a yes, to
// its end. Its file is Ogg Opus (RFC 7845); silence stands where nothing was said.
type Piece struct {
	User       string `msgpack:"user"             json:"user"`
	Name       string `msgpack:"name"             json:"name"`
	Asset      string `msgpack:"asset"            json:"asset"`
	OffsetMS   int64  `msgpack:"offset_ms"        json:"offset_ms"` // of its beginning from the recording's
	DurationMS int64  `msgpack:"duration_ms"      json:"duration_ms"`
	Bytes      int64  `msgpack:"bytes"            json:"bytes"`
	Lost       int    `msgpack:"lost,omitempty"   json:"lost,omitempty"` // packets that could not be written
}
