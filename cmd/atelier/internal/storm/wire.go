package storm

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"sync"

	"github.com/tinylib/msgp/msgp"

	"atelier/protocol"
)

// wire is a WebSocket (RFC 6455) reduced to what a storm needs: unfragmented binary messages and control frames. Its
// masking key is zero, which leaves the payload as it is. One goroutine reads.
type wire struct {
	conn net.Conn
	in   *bufio.Reader
	buf  []byte // of read

	mu  sync.Mutex // of write
	out []byte

	frames, bytes int64 // read; owned by the reader
}

// Opcodes.
const (
	opBinary = 0x2
	opClose  = 0x8
	opPing   = 0x9
	opPong   = 0xa
)

// maxFrame is more than any server of ours sends in one message.
const maxFrame = 32 << 20

// dial opens a room's socket as the holder of a cookie.
func dial(ctx context.Context, server, room, cookie string) (*wire, error) {
	u, err := url.Parse(server)
	if err != nil {
		return nil, fmt.Errorf("dial: %w", err)
	}
	var d net.Dialer
	conn, err := d.DialContext(ctx, "tcp", u.Host)
	if err != nil {
		return nil, fmt.Errorf("dial: %w", err)
	}
	w := &wire{conn: conn, in: bufio.NewReaderSize(conn, 4<<10)}
	if err := w.handshake(u, room, cookie); err != nil {
		_ = conn.Close()
		return nil, err
	}
	return w, nil
}

func (w *wire) handshake(u *url.URL, room, cookie string) error {
	req := fmt.Sprintf("GET %s/v1/rooms/%s/socket HTTP/1.1\r\nHost: %s\r\nCookie: atelier=%s\r\nConnection: Upgrade\r\n"+
		"Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: c3Rvcm0gb2YgYXRlbGllcg==\r\n"+
		"Sec-WebSocket-Protocol: %s\r\n\r\n", u.Path, room, u.Host, cookie, protocol.Subprotocol)
	if _, err := io.WriteString(w.conn, req); err != nil {
		return fmt.Errorf("handshake: %w", err)
	}
	res, err := http.ReadResponse(w.in, nil)
	if err != nil {
		return fmt.Errorf("handshake: %w", err)
	}
	if res.StatusCode != http.StatusSwitchingProtocols {
		defer res.Body.Close() //nolint:errcheck // the connection is given up
		text, _ := io.ReadAll(io.LimitReader(res.Body, 512))
		return fmt.Errorf("handshake: %s: %s", res.Status, text)
	}
	return nil
}

// write sends one frame.
func (w *wire) write(op byte, payload []byte) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.out = append(w.out[:0], 0x80|op)
	if n := len(payload); n < 126 {
		w.out = append(w.out, 0x80|byte(n))
	} else {
		w.out = append(w.out, 0x80|126, byte(n>>8), byte(n)) //nolint:gosec // a storm's messages are under 64 KiB
	}
	w.out = append(w.out, 0, 0, 0, 0)
	w.out = append(w.out, payload...)
	_, err := w.conn.Write(w.out)
	return err
}

// read returns the next message; it is valid until the next read.
func (w *wire) read() ([]byte, error) {
	for {
		op, payload, err := w.frame()
		if err != nil {
			return nil, err
		}
		switch op {
		case opBinary:
			return payload, nil
		case opPing:
			if err := w.write(opPong, payload); err != nil {
				return nil, err
			}
		case opClose:
			if len(payload) >= 2 {
				return nil, fmt.Errorf("closed by the server: %d %s", binary.BigEndian.Uint16(payload), payload[2:])
			}
			return nil, io.EOF
		}
	}
}

func (w *wire) frame() (op byte, payload []byte, err error) {
	var head [8]byte
	if _, err := io.ReadFull(w.in, head[:2]); err != nil {
		return 0, nil, err
	}
	if head[0]&0xf0 != 0x80 || head[1]&0x80 != 0 {
		return 0, nil, errors.New("a fragmented, extended or masked frame")
	}
	op = head[0] & 0x0f
	n := int(head[1])
	size := 2
	switch n {
	case 126:
		if _, err := io.ReadFull(w.in, head[:2]); err != nil {
			return 0, nil, err
		}
		n, size = int(binary.BigEndian.Uint16(head[:2])), 4
	case 127:
		if _, err := io.ReadFull(w.in, head[:8]); err != nil {
			return 0, nil, err
		}
		long := binary.BigEndian.Uint64(head[:8])
		if long > maxFrame {
			return 0, nil, fmt.Errorf("a frame of %d bytes", long)
		}
		n, size = int(long), 10
	}
	w.frames++
	w.bytes += int64(size + n)
	if cap(w.buf) < n {
		w.buf = make([]byte, n, 2*n)
	}
	payload = w.buf[:n]
	_, err = io.ReadFull(w.in, payload)
	return op, payload, err
}

// join says hello, reads up to the end of the catch-up and returns the number that the room gave us.
func (w *wire) join() (uint32, error) {
	h := protocol.Hello{V: protocol.Version, Client: "atelier storm"}
	if err := w.write(opBinary, protocol.AppendCommand(nil, protocol.TypeHello, 0, h)); err != nil {
		return 0, fmt.Errorf("hello: %w", err)
	}
	var (
		m    uint32
		live bool
	)
	for !live {
		b, err := w.read()
		if err != nil {
			return 0, fmt.Errorf("join: %w", err)
		}
		err = messages(b, func(t protocol.Type, _ uint32, body []byte) error {
			switch t {
			case protocol.TypeWelcome:
				var welcome protocol.Welcome
				if err := protocol.DecodeBody(body, &welcome); err != nil {
					return err
				}
				m = welcome.Self.M
			case protocol.TypeLive:
				live = true
			default:
			}
			return nil
		})
		if err != nil {
			return 0, fmt.Errorf("join: %w", err)
		}
	}
	return m, nil
}

// messages calls do with each message of b: its type, the elements after the type, and those elements encoded.
func messages(b []byte, do func(t protocol.Type, n uint32, body []byte) error) error {
	for len(b) > 0 {
		rest, err := msgp.Skip(b)
		if err != nil {
			return err
		}
		n, body, err := msgp.ReadArrayHeaderBytes(b[:len(b)-len(rest)])
		if err != nil || n == 0 {
			return protocol.ErrMalformed
		}
		t, body, err := msgp.ReadUint8Bytes(body)
		if err != nil {
			return err
		}
		if err := do(protocol.Type(t), n-1, body); err != nil {
			return err
		}
		b = rest
	}
	return nil
}

func (w *wire) close() { _ = w.conn.Close() }
