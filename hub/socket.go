package hub

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"github.com/coder/websocket"

	"atelier/hub/auth"
	"atelier/protocol"
	"atelier/rooms"
)

// socket is one accepted WebSocket, from the handshake to its end.
type socket struct {
	hub   *Hub
	ws    *websocket.Conn
	out   *outbox
	who   auth.Identity
	room  auth.Room
	roles uint64 // of [Hub.roles] before the role was read
	role  atomic.Pointer[protocol.Role]
	beat  *heartbeat
	jobs  lane // of commands that wait for a store
	work  lane // of a worker's reports, which wait for nobody's commands
	voice lane // of commands about the call

	// Used by the reader only.
	session *session // nil before hello
	hello   *time.Timer
	rate    *commandRate
	cursor  *cursorGate

	mu     sync.Mutex // held while a command is handed on
	dead   bool       // nothing is handed on any more
	handle *rooms.Room
	m      uint32
}

// run reads until the socket is gone. It is the socket's one goroutine.
func (s *socket) run() {
	defer s.hub.dismiss(s)
	s.hello = time.AfterFunc(s.hub.cfg.Timing.Hello, func() {
		s.out.Close(protocol.CloseProtocol, "no hello came")
	})
	s.beat.start()
	expiry := s.expire()
	err := s.read()
	s.finish(err)
	expiry()
	s.hello.Stop()
	s.beat.stop()
	s.cursor.close()
	s.retire()
	if s.session != nil {
		s.session.lost(s, err)
	}
	s.jobs.close()
	s.work.close()
	s.voice.close()
	s.out.wait()
	_ = s.ws.CloseNow()
}

// expire closes the socket when what its user showed ends to hold: a key's end date is one for live sockets, too.
func (s *socket) expire() (stop func() bool) {
	if s.who.Until.IsZero() {
		return func() bool { return false }
	}
	return time.AfterFunc(s.who.Until.Sub(s.hub.cfg.Now()), func() {
		s.out.Close(protocol.CloseUnauthenticated, "the key or sign-in has ended")
	}).Stop
}

// finish ends the stream as the reader's end asks for.
func (s *socket) finish(err error) {
	var end *ending
	switch {
	case errors.As(err, &end):
		s.out.Close(end.code, end.reason)
	case errors.Is(err, websocket.ErrMessageTooBig):
		s.out.Close(protocol.CloseCode(websocket.StatusMessageTooBig), s.tooBig())
	case errors.Is(err, errBroken):
		s.out.Close(protocol.CloseCode(websocket.StatusProtocolError), "broken WebSocket frame")
	default:
		s.out.stop()
	}
}

func (s *socket) tooBig() string {
	return fmt.Sprintf("a message is of at most %d bytes", s.hub.cfg.Limits.MessageBytes)
}

// ending is why the server closes a socket.
type ending struct {
	code   protocol.CloseCode
	reason string
}

func (e *ending) Error() string { return fmt.Sprintf("close %d: %s", e.code, e.reason) }

// errBroken says that the library refused what came; it has sent the close frame already.
var errBroken = errors.New("broken WebSocket frame")

func (s *socket) read() (err error) {
	defer func() {
		if p := recover(); p != nil { // one message must not end everybody's server
			s.hub.cfg.Log.Error("panic in a socket", "panic", p, "stack", string(debug.Stack()))
			err = &ending{protocol.CloseCode(websocket.StatusInternalError), "internal error"}
		}
	}()
	for {
		// Without a Done channel the library starts nothing for each read; the connection's end ends it.
		typ, r, err := s.ws.Reader(context.Background())
		switch {
		case err != nil:
			return broken(err)
		case typ != websocket.MessageBinary:
			return &ending{protocol.CloseCode(websocket.StatusUnsupportedData), "binary messages only"}
		}
		if err := s.message(r); err != nil {
			return err
		}
	}
}

// broken tells what the library refused from a connection that is gone.
func broken(err error) error {
	var gone net.Error
	if websocket.CloseStatus(err) != -1 || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, net.ErrClosed) || errors.As(err, &gone) || errors.Is(err, websocket.ErrMessageTooBig) {
		return err
	}
	return fmt.Errorf("%w: %w", errBroken, err)
}

// message takes one message in.
func (s *socket) message(r io.Reader) error {
	buf := s.hub.messages.get()
	defer s.hub.messages.put(buf)
	if _, err := buf.ReadFrom(r); err != nil {
		return broken(err)
	}
	b := buf.Bytes()
	if protocol.Validate(b) != nil {
		return &ending{protocol.CloseProtocol, "malformed message"}
	}
	for len(b) > 0 {
		cmd, rest, err := protocol.ReadCommand(b)
		if err != nil {
			return &ending{protocol.CloseProtocol, "malformed command"}
		}
		b = rest
		if err := s.command(cmd); err != nil {
			return err
		}
	}
	return nil
}

// retire lets nothing more through to the room; when it returns, nothing is on its way.
func (s *socket) retire() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.dead = true
}

func (s *socket) retired() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.dead
}

// through gives the room and the member's number to f, unless the socket was retired.
func (s *socket) through(f func(r *rooms.Room, m uint32)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.dead {
		f(s.handle, s.m)
	}
}

func (s *socket) setRole(role protocol.Role) { s.role.Store(&role) }

func (s *socket) may(a protocol.Action) bool { return s.role.Load().May(a) }
