package pionplane

import (
	"errors"
	"net"
	"net/netip"
	"runtime"
	"sync"

	"github.com/pion/ice/v4"
	"golang.org/x/net/ipv4"
)

// port is the one UDP socket. What one packet from a microphone becomes is collected and sent with one system call, where
// there is one (sendmmsg of Linux): the calls are most of what forwarding costs.
//
// Sends and forwards of any goroutine may overlap. What is collected goes out with whichever forward ends first, so a packet
// never waits for another forward to end; it may overtake one of the same stream only when both came in at once.
type port struct {
	*net.UDPConn

	many *ipv4.PacketConn // the same socket

	mu         sync.Mutex
	forwarding int    // forwards under way
	due        *batch // collected
	spare      []*batch
}

var (
	_ net.PacketConn           = (*port)(nil)
	_ ice.AddrPortReaderWriter = (*port)(nil)
)

// batchMost is how many packets are collected at most. The first of them waits for the last.
const batchMost = 32

// batch is some packets with their destinations; what it is made of is used again.
type batch struct {
	messages [batchMost]ipv4.Message
	n        int
}

func newPort(conn *net.UDPConn) *port {
	return &port{UDPConn: conn, many: ipv4.NewPacketConn(conn), due: newBatch()}
}

func newBatch() *batch {
	b := new(batch)
	for i := range b.messages {
		b.messages[i] = ipv4.Message{Buffers: [][]byte{nil}, Addr: new(net.UDPAddr)}
	}
	return b
}

func (b *batch) add(packet []byte, to netip.AddrPort) {
	m := &b.messages[b.n]
	b.n++
	m.Buffers[0] = append(m.Buffers[0][:0], packet...)
	addr := m.Addr.(*net.UDPAddr) //nolint:forcetypeassert // as it was made
	if ip := to.Addr().Unmap(); ip.Is4() {
		four := ip.As4()
		addr.IP = append(addr.IP[:0], four[:]...)
	} else {
		six := ip.As16()
		addr.IP = append(addr.IP[:0], six[:]...)
	}
	addr.Port, addr.Zone = int(to.Port()), to.Addr().Zone()
}

// ReadFromAddrPort implements [ice.AddrPortReaderWriter].
func (p *port) ReadFromAddrPort(b []byte) (int, netip.AddrPort, error) {
	return p.ReadFromUDPAddrPort(b) //nolint:wrapcheck // the socket's own
}

// WriteToAddrPort implements [ice.AddrPortReaderWriter]. What is collected is lost when it can not be sent, as on the network.
func (p *port) WriteToAddrPort(b []byte, to netip.AddrPort) (int, error) {
	p.mu.Lock()
	if p.forwarding == 0 {
		p.mu.Unlock()
		return p.WriteToUDPAddrPort(b, to) //nolint:wrapcheck // the socket's own
	}
	p.due.add(b, to)
	var full *batch
	if p.due.n == batchMost {
		full = p.takeLocked()
	}
	p.mu.Unlock()
	p.send(full)
	return len(b), nil
}

// begin begins to collect what is sent until end. Where there is no system call for many packets, each goes by itself: only Linux
// sends what has an IPv4 address over a socket of both families, too.
func (p *port) begin() {
	if runtime.GOOS != "linux" {
		return
	}
	p.mu.Lock()
	p.forwarding++
	p.mu.Unlock()
}

// end sends what is collected.
func (p *port) end() {
	if runtime.GOOS != "linux" {
		return
	}
	p.mu.Lock()
	p.forwarding--
	rest := p.takeLocked()
	p.mu.Unlock()
	p.send(rest)
}

// takeLocked takes what is collected, if anything is.
func (p *port) takeLocked() *batch {
	if p.due.n == 0 {
		return nil
	}
	taken := p.due
	if last := len(p.spare) - 1; last >= 0 {
		p.due, p.spare = p.spare[last], p.spare[:last]
	} else {
		p.due = newBatch()
	}
	return taken
}

// send sends a batch. One that can not be sent does not keep back those after it.
func (p *port) send(b *batch) {
	if b == nil {
		return
	}
	for rest := b.messages[:b.n]; len(rest) > 0; {
		n, err := p.many.WriteBatch(rest, 0)
		if errors.Is(err, net.ErrClosed) {
			break
		}
		rest = rest[min(max(n, 1), len(rest)):]
	}
	b.n = 0
	p.mu.Lock()
	p.spare = append(p.spare, b)
	p.mu.Unlock()
}
