package protocol

import "github.com/vmihailenco/msgpack/v5"

// Hello opens a stream. Session is the secret token of an earlier welcome, or empty; Resume tells what the client
// already has.
type Hello struct {
	V       int     `msgpack:"v"`
	Client  string  `msgpack:"client,omitempty"` // name and version of the client program, for logs
	Session string  `msgpack:"session,omitempty"`
	Resume  *Resume `msgpack:"resume,omitempty"`
}

// Resume is all or nothing: the server sends exactly what came after it, or a whole snapshot.
type Resume struct {
	Epoch      string `msgpack:"epoch"`
	Rev        int64  `msgpack:"rev"`
	LastChange string `msgpack:"last_change"` // id of the change that has Rev; "" at 0
	Jobs       int64  `msgpack:"jobs"`        // newest job sequence seen
}

// Member is one session in a room.
type Member struct {
	M       uint32             `msgpack:"m"`       // number used by cursors, states and notices; never reused
	Session string             `msgpack:"session"` // public id of the session; names the author of changes
	User    string             `msgpack:"user"`
	Name    string             `msgpack:"name"`
	Colour  string             `msgpack:"colour"` // "#rrggbb"
	Role    Role               `msgpack:"role"`
	Bot     bool               `msgpack:"bot,omitempty"`
	State   msgpack.RawMessage `msgpack:"state,omitempty"` // presence as it is now: an encoded map

	encoded msgpack.RawMessage // see Seal
}

// Seal returns the member with its encoding kept: a member is sent to everybody who joins after it, and encoded once.
// Seal it again after a change.
func (m Member) Seal() Member {
	m.encoded = nil
	raw, err := msgpack.Marshal(&m)
	if err != nil {
		panic("protocol: encode a member: " + err.Error())
	}
	m.encoded = raw
	return m
}

// EncodeMsgpack writes the member as a map.
func (m *Member) EncodeMsgpack(enc *msgpack.Encoder) error {
	if m.encoded != nil {
		return m.encoded.EncodeMsgpack(enc)
	}
	type plain Member // without this method
	return enc.Encode((*plain)(m))
}

// RoomInfo is what a member may know of a room.
type RoomInfo struct {
	ID      string `msgpack:"id"                json:"id"`
	Name    string `msgpack:"name"              json:"name"`
	Private bool   `msgpack:"private,omitempty" json:"private,omitempty"`
}

// Welcome answers hello. After it comes either the snapshot or what was missed, then [TypeLive].
type Welcome struct {
	Self        Member   `msgpack:"self"`
	Session     string   `msgpack:"session"` // secret token for the next hello
	Room        RoomInfo `msgpack:"room"`
	Epoch       string   `msgpack:"epoch"`
	Rev         int64    `msgpack:"rev"`
	LastChange  string   `msgpack:"last_change"` // id of the change that has Rev
	Jobs        int64    `msgpack:"jobs"`
	Members     []Member `msgpack:"members"` // everybody, self included
	Resumed     bool     `msgpack:"resumed"`
	HeartbeatMS int64    `msgpack:"heartbeat_ms"`
	Limits      Limits   `msgpack:"limits"`
	Features    []string `msgpack:"features"`
	ServerTime  int64    `msgpack:"server_time"` // unix ms
}

// Members tells who came, went or changed (role, name) within a tick.
type Members struct {
	Joined  []Member `msgpack:"joined,omitempty"`
	Left    []uint32 `msgpack:"left,omitempty"`
	Changed []Member `msgpack:"changed,omitempty"`
}

// Event is app-defined and not stored: reactions, laser, bots. To names members; empty is everybody. It may name no more
// than [Limits.MembersPerRoom].
type Event struct {
	Topic string             `msgpack:"topic"` // 1–64 bytes
	Data  msgpack.RawMessage `msgpack:"data,omitempty"`
	To    Numbers            `msgpack:"to,omitempty"`
}

// Numbers name members.
type Numbers []uint32

// Notice is an event as others get it.
type Notice struct {
	From  uint32             `msgpack:"from"`
	Topic string             `msgpack:"topic"`
	Data  msgpack.RawMessage `msgpack:"data,omitempty"`
}

// Change is an atomic set of writes made against Base. ID is a UUID (version 7) chosen by the client; the same id again
// returns the first result, so that a retry after a lost connection is always safe.
type Change struct {
	ID      string  `msgpack:"id"`
	Base    int64   `msgpack:"base"`
	Branch  string  `msgpack:"branch,omitempty"`  // reserved for branches; "" is main
	Gesture string  `msgpack:"gesture,omitempty"` // groups changes of one drag or stroke for undo
	Episode string  `msgpack:"episode,omitempty"` // groups changes of one stay in a field or offline spell
	Undo    string  `msgpack:"undo,omitempty"`    // id of the change that this one takes back
	Writes  []Write `msgpack:"writes"`
}

// ChangeResult is the reply to a change: the revision it became, the writes as stored where they differ from those sent
// (a restored record brings all its props), and what an undo left alone because somebody else wrote there since.
type ChangeResult struct {
	Rev     int64          `msgpack:"rev"`
	Writes  []Write        `msgpack:"writes,omitempty"`
	Skipped []CellConflict `msgpack:"skipped,omitempty"`
}

// CellConflict names one write that met a value which its author had not seen.
type CellConflict struct {
	Record string `msgpack:"record"           json:"record"`
	Prop   string `msgpack:"prop"             json:"prop"`
	Rev    int64  `msgpack:"rev"              json:"rev"` // revision of the value that stands
	Theirs Value  `msgpack:"theirs,omitempty" json:"-"`   // the value that stands; absent when the record was deleted
	User   string `msgpack:"user,omitempty"   json:"user,omitempty"`
}

// ConflictDetails are the details of a CONFLICT error of a change.
type ConflictDetails struct {
	Conflicts []CellConflict `msgpack:"conflicts" json:"conflicts"`
}

// Committed is a change that is durable, as members get it in [TypeChanges] and as the log keeps it.
type Committed struct {
	Rev     int64
	Branch  string // "" is main
	Session string
	User    string
	At      int64 // unix ms, the server's clock
	ID      string
	Writes  []Write // as stored, without basis
}

// Write sets one cell. An absent Value ("") or nil removes the prop. Basis is the value the writer started from, for
// cells of policy merge and for prompts. On the wire: [record prop value basis?].
type Write struct {
	Record string
	Prop   string
	Value  Value
	Basis  Value
}
