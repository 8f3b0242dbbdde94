package hub_test

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/require"
	"github.com/tinylib/msgp/msgp"

	"atelier/protocol"
)

// FuzzWhateverAMemberSays says anything to a live room. The socket is kept or closed with a code of the protocol, and the
// room goes on for others.
func FuzzWhateverAMemberSays(f *testing.F) {
	paths, err := filepath.Glob("../protocol/testdata/vectors/*.json")
	require.NoError(f, err)
	for _, path := range paths {
		text, err := os.ReadFile(path)
		require.NoError(f, err)
		var file struct {
			From          string
			Valid, Reject []struct{ Hex string }
		}
		require.NoError(f, json.Unmarshal(text, &file))
		if file.From != "client" {
			continue
		}
		for _, v := range append(file.Valid, file.Reject...) {
			b, err := hex.DecodeString(v.Hex)
			require.NoError(f, err)
			f.Add(b)
		}
	}
	h := build(f, plan{limits: func(l *protocol.Limits) {
		l.CommandsPerSec, l.CommandBurst, l.SocketsPerUser = 1e9, 1e9, 1e6
	}})
	ana, ben := h.guest("Ana"), h.guest("Ben")
	room := ana.room(false)
	witness, _ := ben.join(room)
	go witness.drain()
	_, w := ana.join(room)
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) > protocol.DefaultLimits().MessageBytes {
			return
		}
		h.t = t
		c := ana.dial(room)
		require.Equal(t, w.Self.M, c.hello(protocol.Hello{V: protocol.Version, Session: w.Session}).Self.M)
		c.write(b)
		const last = protocol.MaxSafeInteger
		_ = c.ws.Write(t.Context(), websocket.MessageBinary, protocol.AppendCommand(nil, protocol.TypePing, last, nil))
		if kept, code := c.answered(last); !kept {
			require.Contains(t, []websocket.StatusCode{4101, 4102}, code)
		}
		require.Equal(t, 2, h.registry.Loaded(room).Members(t.Context()))
	})
}

// answered reads up to the ok of a command, or the socket's end.
func (c *peer) answered(req uint64) (kept bool, code websocket.StatusCode) {
	for {
		m, err := c.next()
		if err != nil {
			return false, websocket.CloseStatus(err)
		}
		if m.typ != protocol.TypeOK {
			continue
		}
		if to, _, err := msgp.ReadUint64Bytes(m.rest); err == nil && to == req {
			return true, 0
		}
	}
}

// drain reads until the socket ends.
func (c *peer) drain() {
	for {
		if _, _, err := c.ws.Read(context.Background()); err != nil {
			return
		}
	}
}
