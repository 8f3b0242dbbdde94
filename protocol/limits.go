package protocol

import "time"

// Limits are what a server accepts; sent in welcome so that clients can keep to them.
type Limits struct {
	MessageBytes     int     `msgpack:"message_bytes"      json:"message_bytes"`      // one client WebSocket message
	WritesPerChange  int     `msgpack:"writes_per_change"  json:"writes_per_change"`  // writes in one change
	ValueBytes       int     `msgpack:"value_bytes"        json:"value_bytes"`        // one encoded prop value
	RecordBytes      int     `msgpack:"record_bytes"       json:"record_bytes"`       // all encoded props of a record
	PresenceBytes    int     `msgpack:"presence_bytes"     json:"presence_bytes"`     // a member's encoded presence map
	EventBytes       int     `msgpack:"event_bytes"        json:"event_bytes"`        // encoded data of an event
	PromptChars      int     `msgpack:"prompt_chars"       json:"prompt_chars"`       // Unicode code points of a prompt
	CommandsPerSec   float64 `msgpack:"commands_per_sec"   json:"commands_per_sec"`   // per connection
	CommandBurst     int     `msgpack:"command_burst"      json:"command_burst"`      //
	CursorsPerSec    float64 `msgpack:"cursors_per_sec"    json:"cursors_per_sec"`    // the newest is kept beyond it
	RecordsPerRoom   int     `msgpack:"records_per_room"   json:"records_per_room"`   //
	MembersPerRoom   int     `msgpack:"members_per_room"   json:"members_per_room"`   //
	SocketsPerUser   int     `msgpack:"sockets_per_user"   json:"sockets_per_user"`   //
	OrderedLaneBytes int     `msgpack:"ordered_lane_bytes" json:"ordered_lane_bytes"` // unsent bytes before a reader is cut
	UploadBytes      int64   `msgpack:"upload_bytes"       json:"upload_bytes"`       // one uploaded asset
	JobsPerUser      int     `msgpack:"jobs_per_user"      json:"jobs_per_user"`      // unfinished jobs of one user in a room
	RunningPerUser   int     `msgpack:"running_per_user"   json:"running_per_user"`   // of these, those that workers have
}

// DefaultLimits are the limits of docs/protocol.md.
func DefaultLimits() Limits {
	return Limits{
		MessageBytes:     64 << 10,
		WritesPerChange:  256,
		ValueBytes:       16 << 10,
		RecordBytes:      64 << 10,
		PresenceBytes:    2 << 10,
		EventBytes:       4 << 10,
		PromptChars:      4000,
		CommandsPerSec:   120,
		CommandBurst:     240,
		CursorsPerSec:    60,
		RecordsPerRoom:   50_000,
		MembersPerRoom:   500,
		SocketsPerUser:   20,
		OrderedLaneBytes: 4 << 20,
		UploadBytes:      50 << 20,
		JobsPerUser:      40,
		RunningPerUser:   8,
	}
}

// Fixed limits of the codec and the socket's life.
const (
	MaxDepth         = 8                // nesting of any client value
	MaxSafeInteger   = 1<<53 - 1        // integers stay within ±2^53 so that JavaScript keeps them
	HelloTimeout     = 5 * time.Second  // from open to hello
	SessionLinger    = 15 * time.Second // a session outlives its socket by this
	HeartbeatEvery   = 25 * time.Second // server ping, spread over [T/2, T]
	HeartbeatTimeout = 10 * time.Second // for the answer; any traffic counts
	SnapshotChunk    = 1 << 20          // most bytes of one snapshot message
	MaxIDLength      = 64               // user, room and session ids
)
