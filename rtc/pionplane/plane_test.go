package pionplane_test

import (
	"net"
	"os"
	"runtime"
	"testing"
	"time"

	"github.com/pion/interceptor"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"
	"github.com/pion/webrtc/v4/pkg/media"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"atelier/protocol"
	"atelier/rtc"
	"atelier/rtc/pionplane"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m)
	os.Exit(0)
}

// patience is how long anything may take on a busy machine.
const patience = 20 * time.Second

func newRelay(t *testing.T) *rtc.Relay {
	t.Helper()
	return relayThatTells(t, nil)
}

// relayThatTells says which states of ICE its connections come into.
func relayThatTells(t *testing.T, states func(string)) *rtc.Relay {
	t.Helper()
	udp, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	require.NoError(t, err)
	tcp, err := net.ListenTCP("tcp4", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	require.NoError(t, err)
	plane, err := pionplane.New(pionplane.Config{UDP: udp, TCP: tcp, ICE: states})
	require.NoError(t, err)
	relay := rtc.NewRelay(rtc.Config{Plane: plane})
	t.Cleanup(func() { require.NoError(t, relay.Close()) })
	return relay
}

// caller is a client as a browser is one: it answers.
type caller struct {
	*rtc.Participant

	t     *testing.T
	pc    *webrtc.PeerConnection
	mic   *webrtc.TrackLocalStaticSample
	heard chan heard
	state chan protocol.Voice
	kept  []*rtp.Packet // that hasHeard has seen
}

type heard struct {
	stream string
	packet *rtp.Packet
}

func (c *caller) Slots([]uint32)            {}
func (c *caller) State(v protocol.Voice)    { c.state <- v }
func (c *caller) Ended(protocol.VoiceEnded) {}
func (c *caller) Speaking(uint8)            {}

func join(t *testing.T, relay *rtc.Relay, m uint32, networks ...webrtc.NetworkType) *caller {
	t.Helper()
	return joinOver(t, relay, m, func(s *webrtc.SettingEngine) {
		if len(networks) > 0 {
			s.SetNetworkTypes(networks)
		}
	})
}

func joinOver(t *testing.T, relay *rtc.Relay, m uint32, network func(*webrtc.SettingEngine)) *caller {
	t.Helper()
	c := &caller{t: t, heard: make(chan heard, 4096), state: make(chan protocol.Voice, 64)}
	settings := webrtc.SettingEngine{}
	settings.SetIncludeLoopbackCandidate(true)
	network(&settings)
	engine := new(webrtc.MediaEngine)
	require.NoError(t, engine.RegisterDefaultCodecs())
	api := webrtc.NewAPI(webrtc.WithSettingEngine(settings), webrtc.WithMediaEngine(engine), webrtc.WithInterceptorRegistry(&interceptor.Registry{}))
	var err error
	c.pc, err = api.NewPeerConnection(webrtc.Configuration{})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, c.pc.GracefulClose()) })
	c.pc.OnTrack(func(track *webrtc.TrackRemote, _ *webrtc.RTPReceiver) {
		for {
			p, _, err := track.ReadRTP()
			if err != nil {
				return
			}
			c.heard <- heard{track.ID(), p}
		}
	})
	c.mic, err = webrtc.NewTrackLocalStaticSample(webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeOpus, ClockRate: 48000, Channels: 2}, "mic", "mic")
	require.NoError(t, err)
	c.Participant, err = relay.Join(rtc.Who{Room: "r", M: m, Speak: true}, protocol.VoicePatch{}, c)
	require.NoError(t, err)
	c.negotiate()
	return c
}

// negotiate takes an offer and answers it; candidates go ahead of the answer.
func (c *caller) negotiate() {
	c.t.Helper()
	offer, err := c.Offer()
	require.NoError(c.t, err)
	require.NoError(c.t, c.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeOffer, SDP: offer.SDP}))
	if offer.Offer == 1 {
		_, err = c.pc.AddTrack(c.mic)
		require.NoError(c.t, err)
	}
	c.pc.OnICECandidate(func(i *webrtc.ICECandidate) {
		if i != nil {
			init := i.ToJSON()
			_ = c.Candidate(protocol.VoiceCandidate{Offer: offer.Offer, Candidate: init.Candidate, Mid: *init.SDPMid})
		}
	})
	answer, err := c.pc.CreateAnswer(nil)
	require.NoError(c.t, err)
	require.NoError(c.t, c.pc.SetLocalDescription(answer))
	require.NoError(c.t, c.Answer(protocol.VoiceAnswer{Offer: offer.Offer, SDP: answer.SDP}))
}

// flowing waits until media flows.
func (c *caller) flowing() {
	c.t.Helper()
	for {
		select {
		case s := <-c.state:
			if !s.Away {
				return
			}
		case <-time.After(patience):
			c.t.Fatal("no media flows")
		}
	}
}

// says speaks until the test has heard enough.
func (c *caller) says(words string, until func() bool) {
	c.t.Helper()
	deadline := time.After(patience)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !until() {
		select {
		case <-tick.C:
			require.NoError(c.t, c.mic.WriteSample(media.Sample{Data: []byte(words), Duration: 20 * time.Millisecond}))
		case <-deadline:
			c.t.Fatalf("nobody hears %q", words)
		}
	}
}

// hasHeard keeps all that came, and tells whether the last words were among it.
func (c *caller) hasHeard() bool {
	for {
		select {
		case h := <-c.heard:
			c.kept = append(c.kept, h.packet)
			if string(h.packet.Payload) == "it is good again" {
				return true
			}
		default:
			return false
		}
	}
}

// say speaks once.
func (c *caller) say(words string) {
	c.t.Helper()
	require.NoError(c.t, c.mic.WriteSample(media.Sample{Data: []byte(words), Duration: 20 * time.Millisecond}))
}

// hears tells whether the words have come.
func (c *caller) hears(words string) func() bool {
	return func() bool {
		for {
			select {
			case h := <-c.heard:
				if string(h.packet.Payload) == words {
					return true
				}
			default:
				return false
			}
		}
	}
}

func TestCallersHearEachOtherOverUDP(t *testing.T) {
	relay := newRelay(t)
	a, b := join(t, relay, 1), join(t, relay, 2)
	a.flowing()
	b.flowing()
	a.says("words of the first", b.hears("words of the first"))
	b.says("words of the second", a.hears("words of the second"))
	require.False(t, a.hears("words of the first")(), "nobody hears oneself")
}

func TestCallersHearEachOtherOverTCP(t *testing.T) {
	relay := newRelay(t)
	a, b := join(t, relay, 1, webrtc.NetworkTypeTCP4), join(t, relay, 2)
	a.flowing()
	b.flowing()
	a.says("words over TCP!!", b.hears("words over TCP!!"))
	b.says("words back over TCP", a.hears("words back over TCP"))
}

func TestICERestartsWhileMediaFlows(t *testing.T) {
	relay := newRelay(t)
	a, b := join(t, relay, 1), join(t, relay, 2)
	a.flowing()
	b.flowing()
	a.says("before the restart", b.hears("before the restart"))
	before := a.pc.RemoteDescription().SDP
	a.negotiate()
	require.NotEqual(t, before, a.pc.RemoteDescription().SDP)
	a.says("after the restart!", b.hears("after the restart!"))
	b.says("and the other way", a.hears("and the other way"))
}

func TestStatesOfICEAreTold(t *testing.T) {
	states := make(chan string, 100)
	a := join(t, relayThatTells(t, func(s string) { states <- s }), 1)
	a.flowing()
	told := map[string]bool{}
	for !told["connected"] {
		told[<-states] = true
	}
	require.True(t, told["checking"])
}

func TestAnOfferThatIsNotAnsweredMayBeFollowedByAnother(t *testing.T) {
	relay := newRelay(t)
	a, b := join(t, relay, 1), join(t, relay, 2)
	_, err := a.Offer()
	require.NoError(t, err)
	a.negotiate()
	a.flowing()
	b.flowing()
	a.says("it is not too late", b.hears("it is not too late"))
}

// TestAHundredJoinsAndLeavesLeaveNothing counts goroutines before and after; half of them are cut off in the middle.
func TestAHundredJoinsAndLeavesLeaveNothing(t *testing.T) {
	relay := newRelay(t)
	stays := join(t, relay, 1)
	stays.flowing()
	m := uint32(1)
	comeAndGo := func(times int) {
		for i := range times {
			m++
			c := join(t, relay, m)
			if i%2 == 0 {
				c.flowing()
			}
			if i%10 == 0 {
				c.says("still here? yes.", stays.hears("still here? yes."))
			}
			c.Leave(protocol.VoiceLeft)
			require.NoError(t, c.pc.GracefulClose())
		}
	}
	comeAndGo(10) // who stays has begun to listen to the slot
	before := runtime.NumGoroutine()
	comeAndGo(100)
	require.Eventually(t, func() bool { return runtime.NumGoroutine() <= before+2 }, // Eventually has some of its own
		patience, 20*time.Millisecond, "%d goroutines before", before)
}
