package hub

import (
	"bufio"
	"bytes"
	"fmt"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// Sizes of the buffers under a socket. Commands are small and larger payloads are read past the buffer; only control
// frames pass the write buffer.
const (
	readBuffer  = 512
	writeBuffer = 256
	writePiece  = 64 << 10 // the write timeout holds for one piece, so that it bounds silence and not size
)

// wire is the connection under a WebSocket. Its Write is atomic: what is given at once is written without anything in
// between, and fails when the peer takes nothing of it for the timeout. Its Read notes that the peer lives.
type wire struct {
	net.Conn

	heard atomic.Bool // something was read since the heartbeat last looked

	mu       sync.Mutex // held while writing
	timeout  time.Duration
	deadline time.Time // of the connection's writes
}

// Read implements [net.Conn].
func (w *wire) Read(p []byte) (int, error) {
	n, err := w.Conn.Read(p)
	if n > 0 && !w.heard.Load() {
		w.heard.Store(true)
	}
	return n, err
}

// Write implements [net.Conn].
func (w *wire) Write(p []byte) (n int, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for n < len(p) {
		if err := w.renewLocked(time.Now()); err != nil {
			return n, err
		}
		m, err := w.Conn.Write(p[n:min(n+writePiece, len(p))])
		n += m
		if err != nil {
			return n, fmt.Errorf("write to socket: %w", err)
		}
	}
	return n, nil
}

// renewLocked moves the deadline on once half of it has passed; setting it costs more than looking at the clock.
func (w *wire) renewLocked(now time.Time) error {
	if w.deadline.Sub(now) > w.timeout/2 {
		return nil
	}
	w.deadline = now.Add(w.timeout)
	if err := w.SetWriteDeadline(w.deadline); err != nil {
		return fmt.Errorf("set write deadline: %w", err)
	}
	return nil
}

// cut closes the connection without waiting for what the kernel has not sent: the peer does not read it.
func (w *wire) cut() {
	if tcp, ok := w.Conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = w.Close()
}

// hijacker hands the library a [wire] with small buffers in place of the server's connection with its 4 KiB ones.
type hijacker struct {
	http.ResponseWriter

	timeout time.Duration
	wire    *wire // after Hijack
}

// Hijack implements [http.Hijacker].
func (h *hijacker) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, rw, err := http.NewResponseController(h.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, fmt.Errorf("take over the connection: %w", err)
	}
	early, err := rw.Peek(rw.Reader.Buffered()) // sent before it was told that it may
	if err != nil {
		return nil, nil, fmt.Errorf("take over what was read: %w", err)
	}
	h.wire = &wire{Conn: conn, timeout: h.timeout}
	r := bufio.NewReaderSize(bytes.NewReader(early), max(readBuffer, len(early)))
	if _, err := r.Peek(len(early)); err != nil {
		return nil, nil, fmt.Errorf("keep what was read: %w", err)
	}
	return h.wire, bufio.NewReadWriter(r, bufio.NewWriterSize(h.wire, writeBuffer)), nil
}
