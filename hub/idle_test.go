package hub_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"atelier/protocol"
)

// BenchmarkIdleSockets tells what an idle member costs, its bare client connection in the same process included.
func BenchmarkIdleSockets(b *testing.B) {
	const each, users = 20, 100
	h := build(b, plan{})
	var rooms []string
	people := make([]*person, users)
	for i := range people {
		people[i] = h.guest("Guest " + strconv.Itoa(i))
		rooms = append(rooms, people[i].room(false), people[i].room(false))
	}
	for b.Loop() {
		debug.FreeOSMemory()
		heap, rss := memory(), residentBytes(b)
		conns := make([]net.Conn, 0, each*users)
		for i := range each * users {
			conns = append(conns, people[i/each].bare(rooms[i/10]))
		}
		for range 3 {
			runtime.GC() // stacks shrink by halves
		}
		debug.FreeOSMemory()
		n := float64(len(conns)) * 1024
		b.ReportMetric((memory()-heap)/n, "KB-go/socket")
		b.ReportMetric((residentBytes(b)-rss)/n, "KB-rss/socket")
		for _, c := range conns {
			require.NoError(b, c.Close())
		}
	}
}

// bare joins a room with nothing but a connection.
func (p *person) bare(room string) net.Conn {
	t := p.house.t
	conn, err := net.Dial("tcp", strings.TrimPrefix(p.house.url, "http://"))
	require.NoError(t, err)
	_, err = fmt.Fprintf(conn, "GET /v1/rooms/%s/socket HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"+
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Protocol: %s\r\nCookie: atelier=%s\r\n\r\n",
		room, protocol.Subprotocol, p.cookie)
	require.NoError(t, err)
	r := bufio.NewReaderSize(conn, 4<<10)
	res, err := http.ReadResponse(r, nil)
	require.NoError(t, err)
	require.NoError(t, res.Body.Close())
	require.Equal(t, http.StatusSwitchingProtocols, res.StatusCode)
	hello := protocol.AppendCommand(nil, protocol.TypeHello, 0, protocol.Hello{V: protocol.Version})
	_, err = conn.Write(append([]byte{0x82, 0x80 | byte(len(hello)), 0, 0, 0, 0}, hello...)) // masked with zeros
	require.NoError(t, err)
	for live := false; !live; {
		head, err := r.Peek(4)
		require.NoError(t, err)
		size, skip := int(head[1]), 2
		if size == 126 {
			size, skip = int(head[2])<<8|int(head[3]), 4
		}
		_, err = r.Discard(skip)
		require.NoError(t, err)
		body := make([]byte, size)
		_, err = io.ReadFull(r, body)
		require.NoError(t, err)
		live = size > 1 && protocol.Type(body[1]) == protocol.TypeLive
	}
	return conn
}

func memory() float64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapInuse + m.StackInuse)
}

func residentBytes(t testing.TB) float64 {
	t.Helper()
	text, err := os.ReadFile("/proc/self/statm")
	require.NoError(t, err)
	pages, err := strconv.ParseFloat(strings.Fields(string(text))[1], 64)
	require.NoError(t, err)
	return pages * float64(os.Getpagesize())
}
