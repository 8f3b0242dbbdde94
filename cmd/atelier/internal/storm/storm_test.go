package storm_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/require"

	"atelier/cmd/atelier/internal/storm"
	"atelier/protocol"
)

// echo is the least server: one room that tells everybody every position at once, as change says it.
type echo struct {
	change func(to, m uint32, x, y float32) (uint32, float32, float32, bool) // false drops it

	mu      sync.Mutex
	members map[uint32]*websocket.Conn
	last    uint32
}

func (e *echo) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case "/v1/guests":
		http.SetCookie(w, &http.Cookie{Name: "atelier", Value: "guest"})
		_ = json.NewEncoder(w).Encode(map[string]any{"user": map[string]string{"id": "u"}})
	case "/v1/rooms":
		_ = json.NewEncoder(w).Encode(map[string]string{"id": "room"})
	default:
		e.socket(w, r)
	}
}

func (e *echo) socket(w http.ResponseWriter, r *http.Request) {
	conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{Subprotocols: []string{protocol.Subprotocol}})
	if err != nil {
		return
	}
	defer conn.CloseNow() //nolint:errcheck // gone either way
	if _, _, err := conn.Read(r.Context()); err != nil {
		return
	}
	e.mu.Lock()
	e.last++
	m := e.last
	hail := protocol.Message(protocol.TypeWelcome, &protocol.Welcome{Self: protocol.Member{M: m}})
	_ = conn.Write(r.Context(), websocket.MessageBinary, append(hail.Payload(), protocol.Live(0).Payload()...))
	e.members[m] = conn
	e.mu.Unlock()
	defer func() {
		e.mu.Lock()
		defer e.mu.Unlock()
		delete(e.members, m)
	}()
	for {
		_, b, err := conn.Read(r.Context())
		if err != nil {
			return
		}
		cmd, _, err := protocol.ReadCommand(b)
		if err != nil {
			return
		}
		e.tell(r.Context(), m, cmd.X, cmd.Y)
	}
}

func (e *echo) tell(ctx context.Context, from uint32, x, y float32) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for to, conn := range e.members {
		m, x, y, ok := e.change(to, from, x, y)
		if ok {
			b := protocol.AppendPosition(protocol.AppendCursors(nil, 1), m, x, y)
			_ = conn.Write(context.WithoutCancel(ctx), websocket.MessageBinary, b)
		}
	}
}

func cursors(t *testing.T, change func(to, m uint32, x, y float32) (uint32, float32, float32, bool)) *storm.Report {
	t.Helper()
	server := httptest.NewServer(&echo{change: change, members: make(map[uint32]*websocket.Conn)})
	defer server.Close()
	r, err := storm.Cursors(t.Context(), storm.Options{
		URL: server.URL, Rooms: 1, Members: 4, Hz: 50, Duration: 300 * time.Millisecond, ServerPID: os.Getpid(), PerUser: 20,
		Quiet: 200 * time.Millisecond,
	})
	require.NoError(t, err)
	return r
}

func TestAServerThatTellsEverybodyEverythingPasses(t *testing.T) {
	r := cursors(t, func(_, m uint32, x, y float32) (uint32, float32, float32, bool) { return m, x, y, true })
	require.True(t, r.OK())
	require.EqualValues(t, 4*3*15, r.Units, "every position reached every other member")
	require.Positive(t, r.P50)
	require.GreaterOrEqual(t, r.Max, r.P99)
	require.Positive(t, r.Server.RSSIdle)
}

func TestAMemberWhoNeverGetsALastPositionIsMissing(t *testing.T) {
	r := cursors(t, func(to, m uint32, x, y float32) (uint32, float32, float32, bool) {
		return m, x, y, to != 1 || m != 2 || x < 10
	})
	require.EqualValues(t, 1, r.Missing)
	require.Zero(t, r.Wrong)
	require.False(t, r.OK())
}

func TestAPositionOfSomebodyElseIsWrong(t *testing.T) {
	r := cursors(t, func(to, m uint32, x, y float32) (uint32, float32, float32, bool) {
		if to == 1 && m == 2 && x == 5 {
			y++
		}
		return m, x, y, true
	})
	require.EqualValues(t, 1, r.Wrong)
	require.False(t, r.OK())
}

func TestAPositionThatGoesBackIsWrong(t *testing.T) {
	var first float32
	r := cursors(t, func(to, m uint32, x, y float32) (uint32, float32, float32, bool) {
		if to == 1 && m == 2 {
			if x == 3 {
				first = y
			}
			if x == 5 {
				return m, 3, first, true
			}
		}
		return m, x, y, true
	})
	require.EqualValues(t, 1, r.Wrong)
}

func TestOptionsThatCannotBeAreRefused(t *testing.T) {
	_, err := storm.Herd(t.Context(), storm.Options{URL: "http://127.0.0.1:1", Rooms: 0, Members: 1})
	require.ErrorContains(t, err, "0 rooms")
}
