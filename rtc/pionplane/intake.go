package pionplane

import (
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/pion/rtp"
	"github.com/pion/transport/v5/packetio"
	"github.com/pion/webrtc/v4"

	"atelier/rtc"
)

// buffer makes what stands between pion's session, which decrypts, and its readers. Where pion would keep packets and wake
// a goroutine for them, they are relayed in the session's own; reports nobody reads are not kept at all, so that it takes no
// goroutine for each stream to read them.
func (l *link) buffer(kind packetio.BufferPacketType, ssrc uint32) io.ReadWriteCloser {
	if kind == packetio.RTCPBufferPacket {
		return unread{}
	}
	i := &intake{link: l, early: packetio.NewBuffer()}
	i.early.SetLimitCount(earlyMost)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.intakes[ssrc] = i
	return i
}

// unread forgets what is written.
type unread struct{}

func (unread) Write(b []byte) (int, error) { return len(b), nil }
func (unread) Read([]byte) (int, error)    { return 0, io.EOF }
func (unread) Close() error                { return nil }

// earlyMost bounds the packets that come before pion has said what they are.
const earlyMost = 16

// intake takes the decrypted packets of one source. Pion reads what comes before it has found out that this is the
// microphone; from then on they go to the relay.
type intake struct {
	link  *link
	early *packetio.Buffer

	mu     sync.Mutex
	open   bool
	level  uint8 // number of the header extension of levels, or 0
	header rtp.Header
	packet rtc.Packet
}

// listen relays the microphone.
func (l *link) listen(t *webrtc.TrackRemote, r *webrtc.RTPReceiver) {
	l.mu.Lock()
	i := l.intakes[uint32(t.SSRC())]
	l.mu.Unlock()
	if i != nil {
		i.flow(levelID(r))
	}
}

// flow begins to relay, with what came early.
func (i *intake) flow(level uint8) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.level, i.open = level, true
	buf := make([]byte, largest)
	for i.early.Count() > 0 {
		n, _, err := i.early.Read(buf, nil)
		if err != nil {
			return
		}
		i.relayLocked(buf[:n])
	}
}

// Write takes a packet; the session calls it, one packet at a time.
func (i *intake) Write(b []byte) (int, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.open {
		i.relayLocked(b)
		return len(b), nil
	}
	n, err := i.early.Write(b, nil)
	if err != nil {
		return n, fmt.Errorf("keep an early packet: %w", err)
	}
	return n, nil
}

func (i *intake) relayLocked(b []byte) {
	i.header = rtp.Header{Extensions: i.header.Extensions[:0], CSRC: i.header.CSRC[:0]}
	size, err := i.header.Unmarshal(b)
	if err != nil || i.link.over.Load() {
		return
	}
	end := len(b)
	if i.header.Padding && end > size {
		end -= min(int(b[end-1]), end-size)
	}
	i.packet = rtc.Packet{
		Seq: i.header.SequenceNumber, Time: i.header.Timestamp, Marker: i.header.Marker, Payload: b[size:end],
	}
	if ext := i.header.GetExtension(i.level); i.level != 0 && len(ext) > 0 {
		i.packet.Level, i.packet.Levels = ext[0]&0x7f, true
	}
	port := i.link.plane.port
	port.begin()
	i.link.to.Packet(&i.packet)
	port.end()
}

// Read implements [io.Reader], for pion.
func (i *intake) Read(b []byte) (int, error) {
	n, _, err := i.early.Read(b, nil)
	return n, err //nolint:wrapcheck // io.EOF among others
}

// SetReadDeadline bounds Read.
func (i *intake) SetReadDeadline(t time.Time) error {
	return i.early.SetReadDeadline(t) //nolint:wrapcheck // pion's own
}

// Close implements [io.Closer], for pion.
func (i *intake) Close() error {
	return i.early.Close() //nolint:wrapcheck // pion's own
}

// levelID is the number that the client gave the header extension of levels, or 0.
func levelID(r *webrtc.RTPReceiver) uint8 {
	for _, e := range r.GetParameters().HeaderExtensions {
		if e.URI == audioLevel {
			return uint8(e.ID) //nolint:gosec // 1 to 255 (RFC 8285)
		}
	}
	return 0
}
