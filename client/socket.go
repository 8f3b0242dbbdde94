package client

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"github.com/coder/websocket"

	"atelier/protocol"
)

// sendBytes is how much of the waiting commands goes into one message; a single larger command goes alone.
const sendBytes = 32 << 10

// socket is one WebSocket of a room. Its read side is used by the room's goroutine, its write side by the writer's.
type socket struct {
	room  *Room
	conn  *websocket.Conn
	alive *watchdog
	in    bytes.Buffer // of read
}

// read takes one message in.
func (s *socket) read(ctx context.Context) error {
	_, body, err := s.conn.Reader(ctx)
	if err != nil {
		return fmt.Errorf("read: %w", err)
	}
	s.in.Reset()
	if _, err := s.in.ReadFrom(body); err != nil {
		return fmt.Errorf("read: %w", err)
	}
	s.alive.kick()
	return s.room.receive(s.in.Bytes())
}

// write sends what waits: commands in order, then the newest cursor, no more often than the server takes it.
func (s *socket) write(ctx context.Context) error {
	pause := time.NewTimer(0)
	defer pause.Stop()
	var out []byte
	for {
		var wait time.Duration
		out, wait = s.room.take(out[:0], time.Now())
		if len(out) > 0 {
			if err := s.conn.Write(ctx, websocket.MessageBinary, out); err != nil {
				return fmt.Errorf("write: %w", err)
			}
			continue
		}
		if wait > 0 {
			pause.Reset(wait)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-s.room.wake:
		case <-pause.C:
		}
	}
}

// take appends what is to be sent now; when that is nothing, wait is how long the cursor has to wait for its turn.
func (r *Room) take(b []byte, now time.Time) (out []byte, wait time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	b = r.calls.take(b, sendBytes)
	c := &r.cursor
	if !c.dirty {
		return b, 0
	}
	if now.Before(c.next) {
		return b, c.next.Sub(now)
	}
	c.dirty = false
	if hz := r.welcome.Limits.CursorsPerSec; hz > 0 {
		c.next = now.Add(time.Duration(float64(time.Second) / hz))
	}
	return protocol.AppendCursor(b, c.x, c.y), 0
}

// watchdog ends a socket on which nothing comes, pings included: the server pings at least every
// [protocol.HeartbeatEvery].
type watchdog struct{ timer *time.Timer }

const silence = protocol.HeartbeatEvery + 2*protocol.HeartbeatTimeout

func newWatchdog(bark func()) *watchdog { return &watchdog{timer: time.AfterFunc(silence, bark)} }

func (w *watchdog) kick() { w.timer.Reset(silence) }
func (w *watchdog) stop() { w.timer.Stop() }
