package client

import (
	"context"
	"fmt"
	"maps"
	"time"

	"github.com/vmihailenco/msgpack/v5"

	"atelier/protocol"
)

// Member is one session in the room as it shows itself.
type Member struct {
	protocol.Member

	Presence  map[string]any
	X, Y      float32 // canvas coordinates of the cursor
	HasCursor bool
	Level     uint8 // how loud it speaks, 0–9
}

func newMember(m protocol.Member) *Member {
	return &Member{Member: m, Presence: decodeMap(m.State)}
}

// LooksAt is the branch that the member shows itself to look at, "" being main.
func (m Member) LooksAt() string {
	branch, _ := m.Presence["branch"].(string)
	return branch
}

// decodeMap is the map that raw encodes, empty when it encodes none.
func decodeMap(raw []byte) map[string]any {
	out := make(map[string]any)
	if len(raw) > 0 && msgpack.Unmarshal(raw, &out) != nil {
		return make(map[string]any)
	}
	return out
}

// cursor is our own position. Owned by the room's mu.
type cursor struct {
	x, y  float32
	known bool
	dirty bool      // to be sent
	next  time.Time // not before this
}

// MoveCursor shows our cursor at canvas coordinates. It never blocks; of several positions between two sends the newest
// goes out, and it is sent again to a session that is new after a reconnect.
func (r *Room) MoveCursor(x, y float32) {
	r.mu.Lock()
	r.cursor.x, r.cursor.y, r.cursor.known, r.cursor.dirty = x, y, true, true
	r.mu.Unlock()
	r.signal()
}

// SetPresence changes what we show of ourselves: a patch whose nil values remove keys. It returns when the room has it;
// it is kept and shown again when a reconnect finds our session gone.
func (r *Room) SetPresence(ctx context.Context, patch map[string]any) error {
	r.mu.Lock()
	for k, v := range patch {
		if v == nil {
			delete(r.presence, k)
		} else {
			r.presence[k] = v
		}
	}
	r.mu.Unlock()
	if err := r.do(ctx, protocol.TypePresence, patch, &struct{}{}); err != nil {
		return fmt.Errorf("set presence: %w", err)
	}
	return nil
}

// Look shows the others which branch we look at, "" being main.
func (r *Room) Look(ctx context.Context, branch string) error {
	if branch == "" {
		return r.SetPresence(ctx, map[string]any{"branch": nil})
	}
	return r.SetPresence(ctx, map[string]any{"branch": branch})
}

// Send broadcasts an app-defined event to the members with the given numbers, or to everybody. It is not stored, and
// not repeated over a reconnect: [ErrDisconnected] then.
func (r *Room) Send(ctx context.Context, topic string, data any, to ...uint32) error {
	ev := protocol.Event{Topic: topic, To: to}
	if data != nil {
		raw, err := msgpack.Marshal(data)
		if err != nil {
			return fmt.Errorf("encode event: %w", err)
		}
		ev.Data = raw
	}
	if err := r.do(ctx, protocol.TypeEvent, &ev, &struct{}{}); err != nil {
		return fmt.Errorf("send event %s: %w", topic, err)
	}
	return nil
}

// sayAgainLocked shows presence and cursor anew when the session is another than the one that was shown.
func (r *Room) sayAgainLocked() {
	if len(r.presence) > 0 {
		r.calls.add(protocol.TypePresence, maps.Clone(r.presence), false)
	}
	r.cursor.dirty = r.cursor.known
}
