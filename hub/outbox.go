package hub

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/coder/websocket"

	"atelier/protocol"
	"atelier/rooms"
)

var _ rooms.Outbox = (*outbox)(nil)

const (
	takeBytes  = 256 << 10 // of the ordered lane at a time, so that its fill is known that well
	gatherUpTo = 16 << 10  // frames up to this are copied together into one write
	gatherSize = 64 << 10
)

// outbox writes what a socket shall get: the catch-up, then the ordered lane, then the newest frame of the latest-wins
// lane. None of its methods but wait blocks. A goroutine writes while there is something to write.
type outbox struct {
	wire      *wire
	ws        *websocket.Conn // for the close frame
	limit     int             // unwritten bytes of the ordered lane
	patient   time.Duration   // for the close handshake, and for what is written before it
	metrics   Metrics
	log       *slog.Logger
	gatherers *gatherers
	drains    sync.WaitGroup

	welcome *protocol.Frame // while catching up; used by the drain only

	mu       sync.Mutex
	first    *protocol.Frame // with catchup: not begun yet
	catchup  rooms.Catchup
	joining  context.CancelFunc // while catching up
	ordered  []*protocol.Frame
	bytes    int             // of ordered, and of what is being written of it
	latest   *protocol.Frame // nil when nothing is pending
	ping     bool
	closing  *farewell   // to be sent after the ordered lane
	last     *time.Timer // cuts what does not end after Close
	draining bool
	work     func()
	ended    bool // takes nothing any more
}

// Begin implements [rooms.Outbox].
func (o *outbox) Begin(first *protocol.Frame, catchup rooms.Catchup) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if !o.takesLocked() {
		return
	}
	o.first, o.catchup = first, catchup
	o.wakeLocked()
}

// Ordered implements [rooms.Outbox].
func (o *outbox) Ordered(f *protocol.Frame) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if !o.takesLocked() {
		return
	}
	if o.bytes+f.Len() > o.limit {
		o.cutLocked(cutOverflow)
		return
	}
	o.ordered = append(o.ordered, f)
	o.bytes += f.Len()
	o.wakeLocked()
}

// Latest implements [rooms.Outbox].
func (o *outbox) Latest(f *protocol.Frame) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if !o.takesLocked() {
		return true
	}
	if o.latest != nil {
		return false
	}
	o.latest = f
	o.wakeLocked()
	return true
}

// Keyframe implements [rooms.Outbox].
func (o *outbox) Keyframe(f *protocol.Frame) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.takesLocked() {
		o.latest = f
		o.wakeLocked()
	}
}

// Ping sends a ping; the library notes the pong, the wire that anything came.
func (o *outbox) Ping() {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.takesLocked() {
		o.ping = true
		o.wakeLocked()
	}
}

// Close implements [rooms.Outbox]. Later calls change nothing.
func (o *outbox) Close(code protocol.CloseCode, reason string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if !o.takesLocked() {
		return
	}
	o.latest = nil
	o.closing = &farewell{code, reason}
	o.last = time.AfterFunc(o.patient, o.cut)
	o.wakeLocked()
}

// cut ends the socket at once, without a word: the peer does not read.
func (o *outbox) cut() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.cutLocked(cutTimeout)
}

// stop ends the outbox of a socket that is gone.
func (o *outbox) stop() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.endLocked()
	_ = o.wire.Close()
}

// wait waits until nothing is being written. The stream must have been ended by Close, cut or stop.
func (o *outbox) wait() {
	o.drains.Wait()
	o.stop()
}

// closed tells whether the stream is over or about to be: what the peer still says is not listened to.
func (o *outbox) closed() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return !o.takesLocked()
}

func (o *outbox) takesLocked() bool { return !o.ended && o.closing == nil }

func (o *outbox) cutLocked(why string) {
	if o.ended {
		return
	}
	o.endLocked()
	o.metrics.SocketCut(why)
	o.drains.Go(o.wire.cut) // it may wait until the reader has noticed
}

func (o *outbox) endLocked() {
	o.ended = true
	o.first, o.catchup, o.ordered, o.latest = nil, nil, nil, nil
	if o.joining != nil {
		o.joining()
	}
	if o.last != nil {
		o.last.Stop()
	}
}

func (o *outbox) wakeLocked() {
	if !o.draining {
		o.draining = true
		if o.work == nil {
			o.work = func() { defer o.drains.Done(); o.drain() }
		}
		o.drains.Add(1)
		go o.work() // made once: it starts with nearly every frame
	}
}

// farewell is how a stream is closed.
type farewell struct {
	code   protocol.CloseCode
	reason string
}

// errand is what to do next; exactly one of its parts is set.
type errand struct {
	catchup rooms.Catchup
	first   *protocol.Frame // with catchup
	ctx     context.Context //nolint:containedctx // with catchup: its own

	ordered []*protocol.Frame
	bytes   int
	ping    bool
	latest  *protocol.Frame // may come with ordered and ping
	closing *farewell
}

// drain writes until there is nothing left, or nobody to write to.
func (o *outbox) drain() {
	for {
		e, more := o.next()
		if !more {
			return
		}
		if err := o.do(e); err != nil {
			o.cut()
		}
	}
}

func (o *outbox) next() (e errand, more bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	switch {
	case o.ended:
		o.draining = false
		return e, false
	case o.first != nil:
		e.first, e.catchup = o.first, o.catchup
		o.first, o.catchup = nil, nil
		e.ctx, o.joining = context.WithCancel(context.Background())
		return e, true
	}
	for len(o.ordered) > 0 && e.bytes < takeBytes {
		e.bytes += o.ordered[0].Len()
		e.ordered = append(e.ordered, o.ordered[0])
		o.ordered = o.ordered[1:]
	}
	if len(o.ordered) > 0 {
		return e, true
	}
	o.ordered = nil
	e.ping, e.latest = o.ping, o.latest
	o.ping, o.latest = false, nil
	if len(e.ordered) > 0 || e.ping || e.latest != nil {
		return e, true
	}
	if o.closing == nil {
		o.draining = false
		return e, false
	}
	e.closing = o.closing
	return e, true
}

func (o *outbox) do(e errand) error {
	switch {
	case e.first != nil:
		return o.catchUp(e)
	case e.closing != nil:
		o.sayGoodbye(*e.closing)
		return nil
	case len(e.ordered) == 0 && !e.ping:
		return o.write(e.latest.Wire(), 1)
	}
	err := o.writeTogether(e)
	o.mu.Lock()
	o.bytes -= e.bytes
	o.mu.Unlock()
	return err
}

// catchUp writes the welcome and what the joiner has to have before it is live.
func (o *outbox) catchUp(e errand) error {
	o.welcome = e.first
	defer func() {
		o.welcome = nil
		o.mu.Lock()
		defer o.mu.Unlock()
		o.joining()
		o.joining = nil
	}()
	for f := e.first; f != nil; {
		if err := o.write(f.Wire(), 1); err != nil {
			return err
		}
		f = o.pull(e)
	}
	return nil
}

// pull reads the next frame of a catch-up; nil at its end. A stream that cannot be completed is closed, and what waits in
// its lanes is dropped: it would be of no use.
func (o *outbox) pull(e errand) *protocol.Frame {
	f, err := e.catchup.Next(e.ctx)
	if err == nil {
		return f
	}
	if e.ctx.Err() == nil {
		o.log.Warn("catch-up failed", "error", err)
	}
	o.mu.Lock()
	o.ordered, o.bytes = nil, 0
	o.mu.Unlock()
	o.Close(protocol.CloseRoomUnavailable, "what was missed cannot be read now")
	return nil
}

// sayGoodbye does the close handshake. What the peer still sends is read and dropped, for a limited time.
func (o *outbox) sayGoodbye(f farewell) {
	_ = o.wire.SetReadDeadline(time.Now().Add(o.patient))
	_ = o.ws.Close(websocket.StatusCode(f.code), f.reason)
	o.stop()
}

func (o *outbox) write(wire []byte, frames int) error {
	if _, err := o.wire.Write(wire); err != nil {
		return err
	}
	o.metrics.Wrote(frames, len(wire))
	return nil
}
