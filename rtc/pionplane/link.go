package pionplane

import (
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"

	"atelier/protocol"
	"atelier/rtc"
)

var _ rtc.Link = (*link)(nil)

// link implements [rtc.Link].
type link struct {
	plane   *Plane
	pc      *webrtc.PeerConnection
	to      rtc.Events
	streams []*stream
	once    sync.Once
	over    atomic.Bool

	mu      sync.Mutex
	intakes map[uint32]*intake // by SSRC

	offered bool // used by Offer, which is called one at a time
}

// open adds the microphone and the streams, and listens.
func (l *link) open(streams int) error {
	l.pc.OnConnectionStateChange(func(s webrtc.PeerConnectionState) {
		switch {
		case l.over.Load():
		case s == webrtc.PeerConnectionStateConnected:
			l.to.Flowing()
		default:
			l.to.Interrupted()
		}
	})
	l.pc.OnICEConnectionStateChange(func(s webrtc.ICEConnectionState) { l.plane.cfg.ICE(s.String()) })
	l.pc.OnTrack(func(t *webrtc.TrackRemote, r *webrtc.RTPReceiver) { l.listen(t, r) })
	_, err := l.pc.AddTransceiverFromKind(webrtc.RTPCodecTypeAudio, webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionRecvonly})
	if err != nil {
		return fmt.Errorf("add the microphone: %w", err)
	}
	for i := range streams {
		s := &stream{id: fmt.Sprintf("slot-%d", i)}
		_, err := l.pc.AddTransceiverFromTrack(s, webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionSendonly})
		if err != nil {
			return fmt.Errorf("add a stream: %w", err)
		}
		l.streams = append(l.streams, s)
	}
	return nil
}

// Offer implements [rtc.Link].
func (l *link) Offer() (string, error) {
	if l.pc.SignalingState() == webrtc.SignalingStateHaveLocalOffer {
		return l.pc.LocalDescription().SDP, nil // nobody has answered it yet
	}
	offer, err := l.pc.CreateOffer(&webrtc.OfferOptions{ICERestart: l.offered})
	if err != nil {
		return "", fmt.Errorf("make an offer: %w", err)
	}
	gathered := webrtc.GatheringCompletePromise(l.pc)
	if err := l.pc.SetLocalDescription(offer); err != nil {
		return "", fmt.Errorf("make an offer: %w", err)
	}
	l.offered = true
	select {
	case <-gathered: // at once: there are only our own addresses
	case <-time.After(farewell):
	}
	return l.pc.LocalDescription().SDP, nil
}

// Answer implements [rtc.Link].
func (l *link) Answer(sdp string) error {
	if err := l.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: sdp}); err != nil {
		return protocol.Errorf(protocol.CodeInvalidInput, "sdp: %v", err)
	}
	return nil
}

// Candidate implements [rtc.Link].
func (l *link) Candidate(c protocol.VoiceCandidate) error {
	init := webrtc.ICECandidateInit{Candidate: c.Candidate, SDPMLineIndex: &c.Line}
	if c.Mid != "" {
		init.SDPMid = &c.Mid
	}
	if err := l.pc.AddICECandidate(init); err != nil {
		return protocol.Errorf(protocol.CodeInvalidInput, "candidate: %v", err)
	}
	return nil
}

// Send implements [rtc.Link].
func (l *link) Send(i int, p *rtc.Packet) { l.streams[i].send(p) }

// Close implements [rtc.Link].
func (l *link) Close() {
	l.once.Do(func() {
		l.over.Store(true)
		l.plane.running.Go(func() {
			defer l.plane.forget(l)
			done := make(chan error, 1)
			go func() { done <- l.pc.GracefulClose() }()
			select {
			case err := <-done:
				if err != nil {
					l.plane.cfg.Log.Debug("close a voice connection", "error", err)
				}
			case <-time.After(farewell):
				l.plane.cfg.Log.Warn("a voice connection does not close")
			}
		})
	})
}

// stream is one slot's track to one client. It is pion's TrackLocal with one binding.
type stream struct {
	id    string
	bound atomic.Pointer[binding]
}

type binding struct {
	header rtp.Header // used by send, which is called one at a time
	out    webrtc.TrackLocalWriter
}

var _ webrtc.TrackLocal = (*stream)(nil)

func (s *stream) send(p *rtc.Packet) {
	b := s.bound.Load()
	if b == nil {
		return
	}
	b.header.SequenceNumber, b.header.Timestamp, b.header.Marker = p.Seq, p.Time, p.Marker
	_, _ = b.out.WriteRTP(&b.header, p.Payload) // lost, as on the network
}

// Bind implements [webrtc.TrackLocal].
func (s *stream) Bind(c webrtc.TrackLocalContext) (webrtc.RTPCodecParameters, error) {
	for _, codec := range c.CodecParameters() {
		if codec.MimeType == webrtc.MimeTypeOpus {
			s.bound.Store(&binding{
				header: rtp.Header{Version: 2, PayloadType: uint8(codec.PayloadType), SSRC: uint32(c.SSRC())}, out: c.WriteStream(),
			})
			return codec, nil
		}
	}
	return webrtc.RTPCodecParameters{}, webrtc.ErrUnsupportedCodec
}

// Unbind implements [webrtc.TrackLocal].
func (s *stream) Unbind(webrtc.TrackLocalContext) error {
	s.bound.Store(nil)
	return nil
}

// ID implements [webrtc.TrackLocal].
func (s *stream) ID() string { return s.id }

// RID implements [webrtc.TrackLocal].
func (s *stream) RID() string { return "" }

// StreamID implements [webrtc.TrackLocal].
func (s *stream) StreamID() string { return s.id }

// Kind implements [webrtc.TrackLocal].
func (s *stream) Kind() webrtc.RTPCodecType { return webrtc.RTPCodecTypeAudio }
