package protocol_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha1"
	"encoding/base64"
	"io"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/require"

	"atelier/protocol"
)

func TestFramesAreWhatARealParserReads(t *testing.T) {
	for _, n := range []int{0, 1, 125, 126, 127, 65535, 65536, 1 << 20} {
		payload := bytes.Repeat([]byte{0xa5}, n)
		frame := protocol.Seal(append(protocol.NewBuffer(n), payload...))
		require.Equal(t, n, frame.Len())
		require.Equal(t, payload, append([]byte{}, frame.Payload()...))

		conn := dialRaw(t, frame.Wire())
		conn.SetReadLimit(2 << 20)
		kind, got, err := read(t, conn)
		require.NoError(t, err, "length %d", n)
		require.Equal(t, websocket.MessageBinary, kind)
		require.True(t, bytes.Equal(payload, got), "length %d", n)
	}
}

func TestFramesBackToBackKeepTheirBounds(t *testing.T) {
	first, second := protocol.Live(1), protocol.Live(1<<40)
	conn := dialRaw(t, append(bytes.Clone(first.Wire()), second.Wire()...))
	for _, want := range []*protocol.Frame{first, second} {
		_, got, err := read(t, conn)
		require.NoError(t, err)
		require.Equal(t, want.Payload(), got)
	}
}

// read gives up after a while: a wrong length makes the parser wait.
func read(t *testing.T, conn *websocket.Conn) (websocket.MessageType, []byte, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	return conn.Read(ctx)
}

// dialRaw is a client's end of a WebSocket whose server answers the handshake and then writes wire as it is.
func dialRaw(t *testing.T, wire []byte) *websocket.Conn {
	t.Helper()
	server := func(conn net.Conn) {
		req, err := http.ReadRequest(bufio.NewReader(conn))
		if err != nil {
			return
		}
		reply := "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " +
			acceptKey(req.Header.Get("Sec-Websocket-Key")) + "\r\n\r\n"
		_, _ = io.WriteString(conn, reply)
		_, _ = conn.Write(wire)
		_, _ = io.Copy(io.Discard, conn)
	}
	transport := &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) {
		ours, theirs := net.Pipe()
		go server(theirs)
		t.Cleanup(func() { _ = ours.Close() })
		return ours, nil
	}}
	conn, _, err := websocket.Dial(t.Context(), "ws://frames.test/", &websocket.DialOptions{HTTPClient: &http.Client{Transport: transport}}) //nolint:bodyclose // the body is the connection
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.CloseNow() })
	return conn
}

// acceptKey answers the challenge of a WebSocket handshake (RFC 6455 §4.2.2).
func acceptKey(challenge string) string {
	sum := sha1.Sum([]byte(challenge + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	return base64.StdEncoding.EncodeToString(sum[:])
}
