package rooms

import (
	"maps"
	"slices"

	"github.com/tinylib/msgp/msgp"
	"github.com/vmihailenco/msgpack/v5"

	"atelier/protocol"
)

// member is one session in the room. Owned by the actor.
type member struct {
	info   protocol.Member // State is the encoded presence
	zone   int             // minutes that its clock is ahead of UTC
	outbox Outbox          // nil while its socket is gone
	state  map[string]protocol.Value

	x, y     float32
	placed   bool // has a cursor position
	moved    bool // in Room.moved
	changed  bool // in Room.stated
	keyframe bool // gets the keyframe with the next tick

	level  uint8 // how loud it speaks
	voiced bool  // in Room.voiced
}

func (m *member) send(f *protocol.Frame) {
	if m.outbox != nil {
		m.outbox.Ordered(f)
	}
}

// patch merges a presence patch: nil removes a key. PAYLOAD_TOO_LARGE beyond limit bytes, and then nothing changes.
func (m *member) patch(body []byte, limit int) *protocol.Error {
	var patch map[string]protocol.Value
	if err := msgpack.Unmarshal(body, &patch); err != nil {
		return protocol.Errorf(protocol.CodeInvalidInput, "presence is a map: %v", err)
	}
	next := make(map[string]protocol.Value, len(m.state)+len(patch))
	maps.Copy(next, m.state)
	for k, v := range patch {
		if v.Absent() {
			delete(next, k)
		} else {
			next[k] = v
		}
	}
	encoded := encodeState(next)
	if len(encoded) > limit {
		return protocol.Errorf(protocol.CodePayloadTooLarge, "presence of %d bytes, at most %d", len(encoded), limit)
	}
	m.state, m.info.State = next, encoded
	m.info = m.info.Seal()
	return nil
}

func encodeState(state map[string]protocol.Value) []byte {
	keys := make([]string, 0, len(state))
	for k := range state {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	b := msgp.AppendMapHeader(nil, uint32(len(keys))) //nolint:gosec // within the presence limit
	for _, k := range keys {
		b = append(msgp.AppendString(b, k), state[k]...)
	}
	return b
}
