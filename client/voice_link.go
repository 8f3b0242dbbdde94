package client

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/pion/ice/v4"
	"github.com/pion/interceptor"
	"github.com/pion/webrtc/v4"

	"atelier/protocol"
)

// connect makes one media connection and stays in it until it is of no use any more, or the context ends.
func (v *Voice) connect(ctx context.Context, flowing chan<- error) error {
	v.mu.Lock()
	patch := v.set
	v.mu.Unlock()
	var offer protocol.VoiceOffer
	if err := v.command(ctx, protocol.TypeVoiceJoin, &patch, &offer); err != nil {
		return fmt.Errorf("join the call: %w", err)
	}
	pc, err := v.newConnection(offer)
	if err != nil {
		return err
	}
	defer func() { _ = pc.GracefulClose() }()
	states := make(chan webrtc.PeerConnectionState, 16)
	pc.OnConnectionStateChange(func(s webrtc.PeerConnectionState) { states <- s })
	pc.OnTrack(func(t *webrtc.TrackRemote, _ *webrtc.RTPReceiver) { v.listen(t) })
	if err := v.answer(ctx, pc, offer); err != nil {
		return err
	}
	return v.stay(ctx, pc, states, flowing)
}

func (v *Voice) command(ctx context.Context, t protocol.Type, body, out any) error {
	ctx, cancel := context.WithTimeout(ctx, voiceCommand)
	defer cancel()
	return v.room.do(ctx, t, body, out)
}

// newConnection is one that takes Opus alone. Members' own addresses are told as they are: a bot hides nothing.
func (v *Voice) newConnection(offer protocol.VoiceOffer) (*webrtc.PeerConnection, error) {
	var settings webrtc.SettingEngine
	if v.opts.Settings != nil {
		settings = *v.opts.Settings
	} else {
		settings.SetIncludeLoopbackCandidate(true)
	}
	settings.SetICEMulticastDNSMode(ice.MulticastDNSModeDisabled)
	media := new(webrtc.MediaEngine)
	if err := media.RegisterCodec(webrtc.RTPCodecParameters{RTPCodecCapability: opusCodec(), PayloadType: 111}, webrtc.RTPCodecTypeAudio); err != nil {
		return nil, fmt.Errorf("set Opus up: %w", err)
	}
	if err := media.RegisterHeaderExtension(webrtc.RTPHeaderExtensionCapability{URI: audioLevel}, webrtc.RTPCodecTypeAudio); err != nil {
		return nil, fmt.Errorf("set levels up: %w", err)
	}
	var conf webrtc.Configuration
	if v.opts.RelayOnly {
		conf.ICETransportPolicy = webrtc.ICETransportPolicyRelay
	}
	for _, s := range offer.ICE {
		conf.ICEServers = append(conf.ICEServers, webrtc.ICEServer{URLs: s.URLs, Username: s.Username, Credential: s.Credential})
	}
	api := webrtc.NewAPI(webrtc.WithMediaEngine(media), webrtc.WithSettingEngine(settings), webrtc.WithInterceptorRegistry(&interceptor.Registry{}))
	pc, err := api.NewPeerConnection(conf)
	if err != nil {
		return nil, fmt.Errorf("begin a voice connection: %w", err)
	}
	return pc, nil
}

// answer answers an offer; candidates go to the server as they are found.
func (v *Voice) answer(ctx context.Context, pc *webrtc.PeerConnection, offer protocol.VoiceOffer) error {
	pc.OnICECandidate(func(c *webrtc.ICECandidate) {
		if c == nil {
			return
		}
		init := c.ToJSON()
		told := protocol.VoiceCandidate{Offer: offer.Offer, Candidate: init.Candidate, Mid: *init.SDPMid}
		go func() { _ = v.command(ctx, protocol.TypeVoiceCandidate, &told, &struct{}{}) }()
	})
	if err := pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeOffer, SDP: offer.SDP}); err != nil {
		return fmt.Errorf("take the offer: %w", err)
	}
	if mic := pc.GetTransceivers()[0].Sender(); mic == nil || mic.Track() == nil {
		if _, err := pc.AddTrack(v.mic); err != nil {
			return fmt.Errorf("add the microphone: %w", err)
		}
	}
	answer, err := pc.CreateAnswer(nil)
	if err != nil {
		return fmt.Errorf("answer the offer: %w", err)
	}
	if err := pc.SetLocalDescription(answer); err != nil {
		return fmt.Errorf("answer the offer: %w", err)
	}
	told := protocol.VoiceAnswer{Offer: offer.Offer, SDP: answer.SDP}
	if err := v.command(ctx, protocol.TypeVoiceAnswer, &told, &struct{}{}); err != nil {
		return fmt.Errorf("answer the offer: %w", err)
	}
	return nil
}

// stay is in the call while the connection is of use. A connection that is interrupted gets a new ICE session, once; one that
// the server has not any more, after a restart, is given up.
func (v *Voice) stay(ctx context.Context, pc *webrtc.PeerConnection, states <-chan webrtc.PeerConnectionState, flowing chan<- error) error {
	patience := time.NewTimer(voicePatience)
	defer patience.Stop()
	news := v.room.Subscribe()
	defer news.Close()
	lost := make(chan error, 1)
	watch, stop := context.WithCancel(ctx)
	var watching sync.WaitGroup
	watching.Go(func() { lost <- v.watch(watch, news) })
	defer watching.Wait()
	defer stop()
	for {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case err := <-lost:
			return err
		case <-patience.C:
			return errNoMedia
		case s := <-states:
			switch s {
			case webrtc.PeerConnectionStateConnected:
				patience.Stop()
				flowingErr(flowing, nil)
			case webrtc.PeerConnectionStateDisconnected:
				patience.Reset(voicePatience)
				if err := v.restart(ctx, pc); err != nil {
					return err
				}
			case webrtc.PeerConnectionStateFailed, webrtc.PeerConnectionStateClosed:
				return v.why(lost)
			case webrtc.PeerConnectionStateUnknown, webrtc.PeerConnectionStateNew, webrtc.PeerConnectionStateConnecting:
			}
		}
	}
}

// watch waits until the server says that we are not in the call, though we are connected to the room.
func (v *Voice) watch(ctx context.Context, news *Subscription) error {
	v.agree(ctx)
	for e := range news.All(ctx) {
		switch e := e.(type) {
		case RecordingChanged:
			v.agree(ctx)
		case SlotsChanged:
			switch e.Ended {
			case protocol.VoiceRemoved:
				return errTakenOut
			case protocol.VoiceAway, protocol.VoiceStopped:
				return errNoMedia
			case protocol.VoiceLeft: // our own, of the connection before
			}
		case Connected:
			if v.room.Self().Voice == nil {
				return errNoMedia // the server was started anew
			}
		}
	}
	return context.Cause(ctx)
}

// why waits for the reason that the server gives when it closes a connection, for as long as it may take over the socket.
func (v *Voice) why(lost <-chan error) error {
	select {
	case err := <-lost:
		return err
	case <-time.After(voiceAgain):
		return errNoMedia
	}
}

func (v *Voice) restart(ctx context.Context, pc *webrtc.PeerConnection) error {
	var offer protocol.VoiceOffer
	if err := v.command(ctx, protocol.TypeVoiceRestart, &struct{}{}, &offer); err != nil {
		return fmt.Errorf("restart ICE: %w", err)
	}
	return v.answer(ctx, pc, offer)
}

// listen reads one slot until the connection ends.
func (v *Voice) listen(t *webrtc.TrackRemote) {
	index, err := strconv.Atoi(strings.TrimPrefix(t.ID(), "slot-"))
	if err != nil {
		return // not one that we know
	}
	for {
		p, _, err := t.ReadRTP()
		if err != nil {
			return
		}
		if v.opts.Heard == nil || len(p.Payload) == 0 {
			continue
		}
		v.opts.Heard(VoicePacket{M: v.room.slot(index), Slot: index, Seq: p.SequenceNumber, Time: p.Timestamp, Payload: p.Payload})
	}
}

func (r *Room) slot(i int) uint32 {
	r.mu.Lock()
	defer r.mu.Unlock()
	if i >= len(r.slots) {
		return 0
	}
	return r.slots[i]
}
