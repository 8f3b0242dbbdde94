package protocol

import "encoding/binary"

// frameHeadroom is the longest header of an unmasked WebSocket frame (RFC 6455 §5.2): two bytes and a 64-bit length.
const frameHeadroom = 10

// Frame is one message, encoded once and framed once for all who get it. It is immutable after [Seal]; the same Frame
// is handed to every outbox. The zero Frame is not valid.
type Frame struct {
	buf   []byte // headroom, then payload
	start int    // where the WebSocket header begins
}

// NewBuffer returns a buffer with the headroom that [Seal] needs; append the message to it.
func NewBuffer(capacity int) []byte { return make([]byte, frameHeadroom, frameHeadroom+capacity) }

// Seal makes a frame of a buffer that began as [NewBuffer]. The buffer belongs to the frame from then on.
func Seal(buf []byte) *Frame {
	n := len(buf) - frameHeadroom
	var start int
	switch {
	case n < 126:
		start = frameHeadroom - 2
		buf[start+1] = byte(n) //nolint:gosec // n < 126 here
	case n <= 0xffff:
		start = frameHeadroom - 4
		buf[start+1] = 126
		binary.BigEndian.PutUint16(buf[start+2:], uint16(n))
	default:
		start = 0
		buf[start+1] = 127
		binary.BigEndian.PutUint64(buf[start+2:], uint64(n))
	}
	buf[start] = 0x82 // FIN, binary
	return &Frame{buf: buf, start: start}
}

// Payload is the message: msgpack values back to back. Read only.
func (f *Frame) Payload() []byte { return f.buf[frameHeadroom:] }

// Wire is the whole unmasked WebSocket frame, as a server writes it. Read only.
func (f *Frame) Wire() []byte { return f.buf[f.start:] }

// Len is the length of the payload in bytes.
func (f *Frame) Len() int { return len(f.buf) - frameHeadroom }
