package protocol

import (
	"encoding/json"

	"github.com/vmihailenco/msgpack/v5"
)

// Hello opens a stream. Session is the secret token of an earlier welcome, or empty; Resume tells what the client
// already has.
type Hello struct {
	V       int     `msgpack:"v"`
	Client  string  `msgpack:"client,omitempty"` // name and version of the client program, for logs
	Zone    int     `msgpack:"zone,omitempty"`   // minutes that the user's clock is ahead of UTC; names branches
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
	Voice   *Voice             `msgpack:"voice,omitempty"` // how it is in the call; absent: it is not

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

// Members tells who came, went or changed (role, name, voice) within a tick.
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
// returns the first result, so that a retry after a lost connection is always safe. Docs/canvas.md tells what becomes of it.
type Change struct {
	ID       string  `msgpack:"id"                 json:"id"`
	Base     int64   `msgpack:"base"               json:"base"`
	Branch   string  `msgpack:"branch,omitempty"   json:"branch,omitempty"`   // "" is main
	Gesture  string  `msgpack:"gesture,omitempty"  json:"gesture,omitempty"`  // groups changes of one drag or stroke
	Episode  string  `msgpack:"episode,omitempty"  json:"episode,omitempty"`  // groups changes of one stay in a field or offline spell
	Undo     string  `msgpack:"undo,omitempty"     json:"undo,omitempty"`     // id of the change that this one takes back
	Restored int64   `msgpack:"restored,omitempty" json:"restored,omitempty"` // the revision that the writes bring back; what would conflict is skipped as in an undo
	Merge    *Merge  `msgpack:"merge,omitempty"    json:"merge,omitempty"`    // instead of writes
	Writes   []Write `msgpack:"writes"             json:"-"`
}

// Merge asks for a branch, or some records of it, to be merged into main.
type Merge struct {
	Branch  string       `msgpack:"branch"            json:"branch"`
	Records []string     `msgpack:"records,omitempty" json:"records,omitempty"` // cherry-pick; empty is all
	Resolve []Resolution `msgpack:"resolve,omitempty" json:"resolve,omitempty"`
}

// Resolution decides on cells that both sides changed: one cell, all of a record (Prop ""), or all that no other
// resolution names (both ""). On the wire: [record prop choice].
type Resolution struct {
	Record string
	Prop   string
	Choice Choice
}

// EncodeMsgpack writes [record prop choice].
func (r Resolution) EncodeMsgpack(enc *msgpack.Encoder) error {
	if err := enc.EncodeArrayLen(3); err != nil {
		return err
	}
	return enc.EncodeMulti(r.Record, r.Prop, string(r.Choice))
}

// DecodeMsgpack reads [record prop choice].
func (r *Resolution) DecodeMsgpack(dec *msgpack.Decoder) error {
	if n, err := dec.DecodeArrayLen(); err != nil || n != 3 {
		return Errorf(CodeInvalidInput, "a resolution is [record, prop, choice]")
	}
	if err := dec.DecodeMulti(&r.Record, &r.Prop, (*string)(&r.Choice)); err != nil {
		return Errorf(CodeInvalidInput, "a resolution is three strings")
	}
	return nil
}

// MarshalJSON writes [record, prop, choice].
func (r Resolution) MarshalJSON() ([]byte, error) {
	return json.Marshal([3]string{r.Record, r.Prop, string(r.Choice)}) //nolint:wrapcheck // three strings
}

// UnmarshalJSON reads [record, prop, choice].
func (r *Resolution) UnmarshalJSON(b []byte) error {
	var parts []string
	if err := json.Unmarshal(b, &parts); err != nil || len(parts) != 3 {
		return Errorf(CodeInvalidInput, "a resolution is [record, prop, choice]")
	}
	*r = Resolution{Record: parts[0], Prop: parts[1], Choice: Choice(parts[2])}
	return nil
}

// Choice is what becomes of a cell that both sides changed.
type Choice string

// Choices.
const (
	ChooseMain   Choice = "main"   // main's value stays, the branch's is dropped
	ChooseBranch Choice = "branch" // the branch's value
	ChooseBoth   Choice = "both"   // main's record stays, and a sibling record has the branch's
)

// ChangeResult is the reply to a change: the revision it became, the writes as stored where they differ from those sent
// (merged, or a restored record, which brings all its props), what an undo left alone because somebody else wrote there
// since, and the branch when the change diverged.
type ChangeResult struct {
	Rev      int64          `msgpack:"rev"                json:"rev"`
	Writes   []Write        `msgpack:"writes,omitempty"   json:"writes,omitempty"`
	Skipped  []CellConflict `msgpack:"skipped,omitempty"  json:"skipped,omitempty"`
	Branched *Branched      `msgpack:"branched,omitempty" json:"branched,omitempty"`
}

// Branched says on which branch a change was kept because it diverged. Cells are those that met; none when the change
// followed an earlier one of its episode there.
type Branched struct {
	Branch string         `msgpack:"branch"          json:"branch"`
	Name   string         `msgpack:"name"            json:"name"`
	Cells  []CellConflict `msgpack:"cells,omitempty" json:"cells,omitempty"`
}

// CellConflict names one cell where a write met a value which its author had not seen.
type CellConflict struct {
	Record string `msgpack:"record"           json:"record"`
	Prop   string `msgpack:"prop"             json:"prop"`
	Rev    int64  `msgpack:"rev"              json:"rev"`              // revision of the value that stands; 0: what the write links to is not there
	Base   Value  `msgpack:"base,omitempty"   json:"base,omitempty"`   // in a merge: what the branch started from
	Theirs Value  `msgpack:"theirs,omitempty" json:"theirs,omitempty"` // the value that stands; absent when the record was deleted
	Mine   Value  `msgpack:"mine,omitempty"   json:"mine,omitempty"`   // in a merge: the branch's value
	User   string `msgpack:"user,omitempty"   json:"user,omitempty"`   // who wrote the value that stands
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
	Writes  []Write  // as stored, on Branch
	Also    []Target // as stored, elsewhere
}
