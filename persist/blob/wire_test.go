package blob_test

import (
	"io"
	"net"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// wire is a connection to a server that a test can break. Up and down see what passes in either direction, may change it,
// and cut the connection with an error.
type wire struct {
	net.Listener
	to       string
	up, down func(passing []byte) error

	mu    sync.Mutex
	conns []net.Conn
}

func newWire(t *testing.T, to string, up, down func(passing []byte) error) *wire {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	w := &wire{Listener: l, to: to, up: up, down: down}
	var running sync.WaitGroup
	running.Go(func() {
		for {
			near, err := l.Accept()
			if err != nil {
				return
			}
			running.Go(func() { w.serve(near) })
		}
	})
	t.Cleanup(func() {
		_ = l.Close()
		w.mu.Lock()
		for _, c := range w.conns {
			_ = c.Close()
		}
		w.mu.Unlock()
		running.Wait()
	})
	return w
}

func (w *wire) serve(near net.Conn) {
	far, err := net.Dial("tcp", w.to)
	if err != nil {
		_ = near.Close()
		return
	}
	w.mu.Lock()
	w.conns = append(w.conns, near, far)
	w.mu.Unlock()
	cut := func() { _, _ = near.Close(), far.Close() }
	var both sync.WaitGroup
	both.Go(func() { defer cut(); pass(far, near, w.up) })
	both.Go(func() { defer cut(); pass(near, far, w.down) })
	both.Wait()
}

func pass(to io.Writer, from io.Reader, see func([]byte) error) {
	buf := make([]byte, 32<<10)
	for {
		n, err := from.Read(buf)
		if n > 0 && see != nil {
			if see(buf[:n]) != nil {
				return
			}
		}
		if _, bad := to.Write(buf[:n]); bad != nil || err != nil {
			return
		}
	}
}
