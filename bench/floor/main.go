// Command floor is the yardstick of the cursor storm: coder/websocket, a tick of 20 ms, encode once, one frame a member.
// It keeps nothing and checks nothing; the load generator cannot tell it from a server.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/coder/websocket"

	"atelier/protocol"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:7001", "address to listen on")
	flag.Parse()
	h := &house{rooms: make(map[string]*room)}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /v1/guests", h.guest)
	mux.HandleFunc("POST /v1/rooms", h.create)
	mux.HandleFunc("GET /v1/rooms/{room}/socket", h.socket)
	srv := &http.Server{Addr: *listen, Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	if err := srv.ListenAndServe(); err != nil {
		fmt.Fprintln(os.Stderr, "floor:", err)
		os.Exit(1)
	}
}

const tick = 20 * time.Millisecond

// house holds the rooms.
type house struct {
	names atomic.Int64
	mu    sync.Mutex
	rooms map[string]*room
}

func (h *house) guest(w http.ResponseWriter, _ *http.Request) {
	id := "g" + strconv.FormatInt(h.names.Add(1), 10)
	http.SetCookie(w, &http.Cookie{Name: "atelier", Value: id, HttpOnly: true, SameSite: http.SameSiteLaxMode})
	answer(w, map[string]any{"user": map[string]string{"id": id, "kind": "guest"}})
}

func (h *house) create(w http.ResponseWriter, _ *http.Request) {
	r := &room{members: make(map[*member]struct{})}
	id := "r" + strconv.FormatInt(h.names.Add(1), 10)
	h.mu.Lock()
	h.rooms[id] = r
	h.mu.Unlock()
	answer(w, map[string]string{"id": id})
}

func answer(w http.ResponseWriter, body any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(body) // the client is gone otherwise
}

func (h *house) socket(w http.ResponseWriter, req *http.Request) {
	h.mu.Lock()
	r := h.rooms[req.PathValue("room")]
	h.mu.Unlock()
	if r == nil {
		http.NotFound(w, req)
		return
	}
	conn, err := websocket.Accept(w, req, &websocket.AcceptOptions{Subprotocols: []string{protocol.Subprotocol}})
	if err != nil {
		return // Accept has answered
	}
	defer conn.CloseNow()                               //nolint:errcheck // gone either way
	m := &member{conn: conn, m: uint32(h.names.Add(1))} //nolint:gosec // a storm's members
	if err := r.serve(req.Context(), m); err != nil {
		_ = conn.Close(websocket.StatusNormalClosure, "")
	}
}

// room collects positions and sends them at most once a tick.
type room struct {
	mu      sync.Mutex
	members map[*member]struct{}
	moved   []*member
	ticking bool
}

type member struct {
	conn  *websocket.Conn
	m     uint32
	x, y  float32
	dirty bool
}

func (r *room) serve(ctx context.Context, m *member) error {
	if _, _, err := m.conn.Read(ctx); err != nil { // hello
		return err
	}
	welcome := protocol.Welcome{Self: protocol.Member{M: m.m}, Limits: protocol.DefaultLimits()}
	first := append(protocol.Message(protocol.TypeWelcome, &welcome).Payload(), protocol.Live(0).Payload()...)
	if err := m.conn.Write(ctx, websocket.MessageBinary, first); err != nil {
		return err
	}
	r.mu.Lock()
	r.members[m] = struct{}{}
	r.mu.Unlock()
	defer func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		delete(r.members, m)
	}()
	for {
		_, b, err := m.conn.Read(ctx)
		if err != nil {
			return err
		}
		if err := protocol.Validate(b); err != nil {
			return err
		}
		cmd, _, err := protocol.ReadCommand(b)
		if err != nil {
			return err
		}
		r.move(m, cmd.X, cmd.Y)
	}
}

func (r *room) move(m *member, x, y float32) {
	r.mu.Lock()
	defer r.mu.Unlock()
	m.x, m.y = x, y
	if !m.dirty {
		m.dirty = true
		r.moved = append(r.moved, m)
	}
	if !r.ticking {
		r.ticking = true
		time.AfterFunc(tick, r.tick)
	}
}

// tick sends what moved. The next one is armed when this one has written, so that frames keep their order.
func (r *room) tick() {
	r.mu.Lock()
	b := protocol.AppendCursors(make([]byte, 0, 16*len(r.moved)), len(r.moved))
	for _, m := range r.moved {
		b = protocol.AppendPosition(b, m.m, m.x, m.y)
		m.dirty = false
	}
	r.moved = r.moved[:0]
	members := make([]*member, 0, len(r.members))
	for m := range r.members {
		members = append(members, m)
	}
	r.mu.Unlock()
	began := time.Now()
	for _, m := range members {
		_ = m.conn.Write(context.Background(), websocket.MessageBinary, b) // its reader sees the loss
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ticking = len(r.moved) > 0; r.ticking {
		time.AfterFunc(max(tick-time.Since(began), 0), r.tick)
	}
}
