package e2e

import (
	"io"
	"net"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// proxy is one address for servers that come and go. It passes bytes, and cuts connections when it is told to.
type proxy struct {
	listener net.Listener
	wait     sync.WaitGroup

	mu     sync.Mutex
	target string
	pairs  map[*pair]struct{}
	closed bool
}

type pair struct{ client, server net.Conn }

func newProxy(t *testing.T, target string) *proxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	p := &proxy{listener: l, target: target, pairs: make(map[*pair]struct{})}
	p.wait.Go(p.accept)
	t.Cleanup(p.close)
	return p
}

func (p *proxy) url() string { return "http://" + p.listener.Addr().String() }

func (p *proxy) accept() {
	for {
		c, err := p.listener.Accept()
		if err != nil {
			return
		}
		p.wait.Go(func() { p.pass(c) })
	}
}

func (p *proxy) pass(c net.Conn) {
	defer c.Close() //nolint:errcheck // a proxy
	p.mu.Lock()
	target := p.target
	p.mu.Unlock()
	s, err := net.Dial("tcp", target)
	if err != nil {
		return
	}
	defer s.Close() //nolint:errcheck // a proxy
	both := &pair{c, s}
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		return
	}
	p.pairs[both] = struct{}{}
	p.mu.Unlock()
	var back sync.WaitGroup
	back.Go(func() { _, _ = io.Copy(c, s); both.cut() })
	_, _ = io.Copy(s, c)
	both.cut()
	back.Wait()
	p.mu.Lock()
	delete(p.pairs, both)
	p.mu.Unlock()
}

func (p *pair) cut() {
	_ = p.client.Close()
	_ = p.server.Close()
}

// cut drops every connection for which which is true.
func (p *proxy) cut(which func() bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for both := range p.pairs {
		if which() {
			both.cut()
		}
	}
}

// to sends new connections to another server.
func (p *proxy) to(target string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.target = target
}

func (p *proxy) close() {
	p.mu.Lock()
	p.closed = true
	p.mu.Unlock()
	_ = p.listener.Close()
	p.cut(func() bool { return true })
	p.wait.Wait()
}
