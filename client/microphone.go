package client

import (
	"fmt"
	"sync"
	"time"

	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"
)

// audioLevel is the header extension of RFC 6464.
const audioLevel = "urn:ietf:params:rtp-hdrext:ssrc-audio-level"

const (
	opusClock = 48_000 // Hz (RFC 7587 §4.1)
	opusFrame = 20 * time.Millisecond
	softest   = 127                    // the level of silence (RFC 6464)
	pause     = 200 * time.Millisecond // without a packet before time is taken from the clock again
)

func opusCodec() webrtc.RTPCodecCapability {
	return webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeOpus, ClockRate: opusClock, Channels: 2, SDPFmtpLine: "minptime=10;useinbandfec=1"}
}

// microphone is our track, over one connection after the other. It is pion's TrackLocal.
type microphone struct {
	mu    sync.Mutex
	out   webrtc.TrackLocalWriter // nil while there is no connection
	head  rtp.Header
	level uint8 // number of the extension; 0: the server wants no levels

	seq  uint16
	time uint32
	next time.Time // when the next packet is due
}

var _ webrtc.TrackLocal = (*microphone)(nil)

func newMicrophone() *microphone { return &microphone{} }

func (m *microphone) send(p VoicePacket, now time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	lasts := p.Lasts
	if lasts == 0 {
		lasts = opusFrame
	}
	late := now.Sub(m.next)
	m.head.Marker = m.next.IsZero() || late > pause
	if m.head.Marker {
		if !m.next.IsZero() {
			m.time += samples(late)
		}
		m.next = now
	}
	m.head.SequenceNumber, m.head.Timestamp = m.seq, m.time
	m.seq++
	m.time += samples(lasts)
	m.next = m.next.Add(lasts)
	if m.out == nil {
		return nil
	}
	m.head.Extension, m.head.Extensions = false, nil
	if m.level != 0 && p.Loud > 0 {
		if err := m.head.SetExtension(m.level, []byte{softest - min(p.Loud, softest)}); err != nil {
			return fmt.Errorf("tell the level: %w", err)
		}
	}
	if _, err := m.out.WriteRTP(&m.head, p.Payload); err != nil {
		return fmt.Errorf("send a packet: %w", err)
	}
	return nil
}

func samples(d time.Duration) uint32 { return uint32(d * opusClock / time.Second) } //nolint:gosec // timestamps wrap

// Bind implements [webrtc.TrackLocal].
func (m *microphone) Bind(c webrtc.TrackLocalContext) (webrtc.RTPCodecParameters, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, codec := range c.CodecParameters() {
		if codec.MimeType != webrtc.MimeTypeOpus {
			continue
		}
		m.out, m.level = c.WriteStream(), 0
		m.head = rtp.Header{Version: 2, PayloadType: uint8(codec.PayloadType), SSRC: uint32(c.SSRC())}
		for _, e := range c.HeaderExtensions() {
			if e.URI == audioLevel {
				m.level = uint8(e.ID) //nolint:gosec // 1 to 255 (RFC 8285)
			}
		}
		return codec, nil
	}
	return webrtc.RTPCodecParameters{}, webrtc.ErrUnsupportedCodec
}

// Unbind implements [webrtc.TrackLocal].
func (m *microphone) Unbind(webrtc.TrackLocalContext) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.out = nil
	return nil
}

// ID implements [webrtc.TrackLocal].
func (m *microphone) ID() string { return "microphone" }

// RID implements [webrtc.TrackLocal].
func (m *microphone) RID() string { return "" }

// StreamID implements [webrtc.TrackLocal].
func (m *microphone) StreamID() string { return "microphone" }

// Kind implements [webrtc.TrackLocal].
func (m *microphone) Kind() webrtc.RTPCodecType { return webrtc.RTPCodecTypeAudio }
