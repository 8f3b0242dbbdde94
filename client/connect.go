package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/coder/websocket"

	"atelier/protocol"
)

// readLimit bounds one message from the server: a change that restores many records brings all their props.
const readLimit = 32 << 20

// run dials, serves and dials again until the room ends. It is the room's only long-lived goroutine.
func (r *Room) run(ctx context.Context) {
	defer close(r.done)
	wait := backoff{jitter: r.opts.Jitter}
	for {
		err := r.serve(ctx)
		if ctx.Err() != nil {
			err = context.Cause(ctx)
		}
		atLeast, again := reconnect(err)
		if ctx.Err() != nil || !again {
			r.finish(err)
			return
		}
		if r.lost(err) {
			wait.reset()
		}
		d := wait.next(atLeast)
		r.opts.Log.DebugContext(ctx, "connection lost", "room", r.opts.Room, "error", err, "retry_in", d)
		if sleep(ctx, d) != nil {
			r.finish(context.Cause(ctx))
			return
		}
	}
}

// serve is one socket from dial to loss. The error tells why it ended and is never nil.
func (r *Room) serve(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	alive := newWatchdog(func() { cancel(errors.New("the server is silent")) })
	defer alive.stop()
	conn, err := r.dial(ctx, alive)
	if err != nil {
		return err
	}
	defer conn.CloseNow() //nolint:errcheck // the socket is gone either way
	conn.SetReadLimit(readLimit)
	if err = conn.Write(ctx, websocket.MessageBinary, r.hello()); err != nil {
		return fmt.Errorf("say hello: %w", err)
	}
	s := &socket{room: r, conn: conn, alive: alive}
	for welcomed := false; !welcomed; { // or an error, then a close
		if err := s.read(ctx); err != nil {
			return r.refused(err)
		}
		welcomed = r.welcomed()
	}
	// The reader ends with the socket and not with ctx, so that a close that we begin is a handshake.
	open, drop := context.WithCancel(context.WithoutCancel(ctx))
	defer drop()
	var writer sync.WaitGroup
	writer.Go(func() {
		if err := s.write(ctx); err != nil {
			cancel(err)
		}
		s.hangUp(ctx, drop)
	})
	for err == nil {
		err = s.read(open)
	}
	cancel(err)
	writer.Wait()
	if _, said := errors.AsType[websocket.CloseError](err); said {
		return r.refused(err) // a write that failed for the same reason says less
	}
	return context.Cause(ctx)
}

// welcomed tells whether the server has let us in.
func (r *Room) welcomed() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.arriving != nil
}

// refused adds to a close what the server said before it.
func (r *Room) refused(err error) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.refusal == nil {
		return err
	}
	err = fmt.Errorf("%w (%w)", r.refusal, err)
	r.refusal = nil
	return err
}

// farewell is how long a server may take to answer our close.
const farewell = time.Second

// hangUp ends the socket when its context has ended: with a word when we leave, without one when it is lost. A server
// that does not answer the word is dropped.
func (s *socket) hangUp(ctx context.Context, drop context.CancelFunc) {
	if errors.Is(context.Cause(ctx), ErrClosed) {
		late := time.AfterFunc(farewell, drop)
		defer late.Stop()
		_ = s.conn.Close(websocket.StatusNormalClosure, "") // the room has ended either way
		return
	}
	_ = s.conn.CloseNow()
}

func (r *Room) dial(ctx context.Context, alive *watchdog) (*websocket.Conn, error) {
	target := r.api.base.JoinPath("v1", "rooms", r.opts.Room, "socket")
	header := http.Header{}
	switch {
	case r.opts.Ticket != nil:
		ticket, err := r.opts.Ticket(ctx)
		if err != nil {
			return nil, fmt.Errorf("get a ticket: %w", err)
		}
		q := target.Query()
		q.Set("ticket", ticket)
		target.RawQuery = q.Encode()
	default:
		r.api.authorize(header)
	}
	conn, res, err := websocket.Dial( //nolint:bodyclose // Dial says that it need not be closed
		ctx, target.String(), &websocket.DialOptions{
			HTTPClient: r.opts.HTTP, HTTPHeader: header, Subprotocols: []string{protocol.Subprotocol},
			OnPingReceived: func(context.Context, []byte) bool { alive.kick(); return true },
		})
	if err == nil {
		return conn, nil
	}
	if res == nil || res.StatusCode == http.StatusSwitchingProtocols {
		return nil, fmt.Errorf("dial: %w", err)
	}
	return nil, fmt.Errorf("dial: %w", &handshakeError{status: res.StatusCode, answer: answerError(res)})
}

// handshakeError is an HTTP answer where a socket was wanted.
type handshakeError struct {
	status int
	answer *protocol.Error
}

func (e *handshakeError) Error() string { return e.answer.Error() }
func (e *handshakeError) Unwrap() error { return e.answer }

func (r *Room) hello() []byte {
	r.mu.Lock()
	defer r.mu.Unlock()
	_, ahead := time.Now().In(r.opts.Zone).Zone()
	h := protocol.Hello{V: protocol.Version, Client: r.opts.Client, Zone: ahead / 60, Session: r.token}
	if r.canvas != nil {
		h.Resume = &protocol.Resume{
			Epoch: r.canvas.epoch, Rev: r.canvas.rev, LastChange: r.canvas.lastChange, Jobs: r.jobs.seq,
		}
	}
	return protocol.AppendCommand(nil, protocol.TypeHello, 0, h)
}

// reconnect tells whether to dial again after err, and the least wait.
func reconnect(err error) (atLeast time.Duration, again bool) {
	if h, ok := errors.AsType[*handshakeError](err); ok {
		wait := time.Duration(h.answer.RetryAfterMS) * time.Millisecond
		return wait, h.answer.Retryable || h.status >= 500 || h.status == http.StatusTooManyRequests
	}
	closed, ok := errors.AsType[websocket.CloseError](err)
	if !ok {
		return 0, true
	}
	var hint struct {
		RetryAfterMS int64 `json:"retry_after_ms"`
	}
	if json.Unmarshal([]byte(closed.Reason), &hint) == nil {
		atLeast = time.Duration(hint.RetryAfterMS) * time.Millisecond
	}
	return atLeast, protocol.CloseCode(closed.Code).Reconnect() //nolint:gosec // a close code has two bytes
}

// lost tells subscribers, and what waits for replies, that the socket is gone; it reports whether the socket was live.
func (r *Room) lost(err error) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	wasLive := r.live
	r.live, r.arriving = false, nil
	r.calls.cut()
	if wasLive {
		r.emitLocked(Disconnected{Err: err})
	}
	r.changedLocked()
	return wasLive
}

func (r *Room) finish(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.live, r.err = false, err
	r.calls.fail(err)
	for _, s := range r.subs {
		s.end(err)
	}
	r.subs = nil
	r.changedLocked()
}

// retryAfter reads the header of that name, in seconds, as milliseconds.
func retryAfter(h http.Header) int64 {
	s, err := strconv.ParseInt(h.Get("Retry-After"), 10, 64)
	if err != nil || s < 0 {
		return 0
	}
	return s * 1000
}
