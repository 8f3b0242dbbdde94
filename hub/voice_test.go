package hub_test

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"atelier/client"
	"atelier/hub"
	"atelier/protocol"
	"atelier/rtc"
	"atelier/rtc/pionplane"
)

// voicePatience is how long anything about media may take on a busy machine.
const voicePatience = 20 * time.Second

// callHouse is a house that relays voice.
func callHouse(t *testing.T, also func(*hub.Config)) *house {
	t.Helper()
	relay := newVoice(t)
	return build(t, plan{hub: func(c *hub.Config) {
		c.Voice = relay
		servers := rtc.ICEServers{TURN: []string{"turn:turn.example"}, Secret: "shared"}
		c.ICE = func(user string) []protocol.ICEServer { return servers.For(user, time.Unix(1_800_000_000, 0)) }
		if also != nil {
			also(c)
		}
	}})
}

func newVoice(t *testing.T) *rtc.Relay {
	t.Helper()
	udp, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	require.NoError(t, err)
	plane, err := pionplane.New(pionplane.Config{UDP: udp})
	require.NoError(t, err)
	relay := rtc.NewRelay(rtc.Config{Plane: plane, Slots: 4})
	t.Cleanup(func() { require.NoError(t, relay.Close()) })
	return relay
}

// caller is a member that may be in the call.
type caller struct {
	*client.Room

	t     *testing.T
	voice *client.Voice
	lines *lines

	mu    sync.Mutex
	heard map[string]uint32 // by words: who said them
	came  chan struct{}     // one slot: something was heard
}

// lines are the connections of a client, to be cut.
type lines struct {
	mu   sync.Mutex
	open []net.Conn
}

func (l *lines) dial(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := new(net.Dialer).DialContext(ctx, network, address)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.open = append(l.open, conn)
	return conn, err //nolint:wrapcheck // a dialer's
}

func (l *lines) cut() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, c := range l.open {
		_ = c.Close()
	}
	l.open = nil
}

func (p *person) enter(room string) *caller {
	p.house.t.Helper()
	t, _ := p.house.t.(*testing.T)
	c := &caller{t: t, lines: new(lines), heard: make(map[string]uint32), came: make(chan struct{}, 1)}
	transport := &http.Transport{DialContext: c.lines.dial}
	var err error
	c.Room, err = client.Join(t.Context(), client.Options{URL: p.house.url, Room: room, Cookie: p.cookie, HTTP: &http.Client{Transport: transport}})
	require.NoError(t, err)
	t.Cleanup(func() { c.leave(); transport.CloseIdleConnections() })
	return c
}

func (c *caller) leave() {
	if c.voice != nil {
		require.NoError(c.t, c.voice.Close())
	}
	require.NoError(c.t, c.Close())
}

// call joins the call.
func (c *caller) call(o client.VoiceOptions) {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(c.t.Context(), voicePatience)
	defer cancel()
	o.Heard = c.hear
	var err error
	c.voice, err = c.Voice(ctx, o)
	require.NoError(c.t, err)
}

func (c *caller) hear(p client.VoicePacket) {
	c.mu.Lock()
	c.heard[string(p.Payload)] = p.M
	c.mu.Unlock()
	select {
	case c.came <- struct{}{}:
	default:
	}
}

// heardFrom is whose words they were.
func (c *caller) heardFrom(words string) uint32 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.heard[words]
}

func (c *caller) has(words string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	_, ok := c.heard[words]
	return ok
}

// says speaks until all of the others hear it.
func (c *caller) says(words string, to ...*caller) {
	c.t.Helper()
	deadline := time.After(voicePatience)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for _, other := range to {
		for !other.has(words) {
			select {
			case <-tick.C:
				require.NoError(c.t, c.voice.Send(client.VoicePacket{Loud: 90, Payload: []byte(words)}))
			case <-other.came:
			case <-deadline:
				c.t.Fatalf("%q is not heard", words)
			}
		}
	}
}

// speaks speaks until something is so.
func (c *caller) speaks(until func() bool, what string) {
	c.t.Helper()
	require.Eventually(c.t, func() bool {
		require.NoError(c.t, c.voice.Send(client.VoicePacket{Loud: 90, Payload: []byte("some words")}))
		return until()
	}, voicePatience, 20*time.Millisecond, what)
}

// sees waits until a member is in the call as it should be.
func (c *caller) sees(who *caller, what string, ok func(*protocol.Voice) bool) {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(c.t.Context(), voicePatience)
	defer cancel()
	require.NoError(c.t, c.Until(ctx, func() bool { return ok(c.Members()[who.Self().M].Voice) }), what)
}

func TestMembersHearEachOtherInTheCall(t *testing.T) {
	h := callHouse(t, nil)
	room := h.as(protocol.RoleOwner).room(false)
	a, b := h.as(protocol.RoleEditor).enter(room), h.as(protocol.RoleCommenter).enter(room)
	viewer := h.as(protocol.RoleViewer).enter(room)
	a.call(client.VoiceOptions{})
	b.call(client.VoiceOptions{})
	viewer.call(client.VoiceOptions{Muted: true})
	a.says("[P81] of the first", b, viewer)
	b.says("[P81] of the second", a, viewer)
	require.False(t, a.has("[P81] of the first"), "[P86] nobody hears oneself")
	viewer.sees(a, "[P86] in the call", func(v *protocol.Voice) bool { return v != nil && !v.Muted && !v.Away })
	require.Equal(t, []uint32{a.Self().M, b.Self().M, 0, 0}, viewer.Slots(), "[P86]")
	require.Equal(t, a.Self().M, viewer.heardFrom("[P81] of the first"))

	level := func() uint8 { return viewer.Members()[a.Self().M].Level }
	a.speaks(func() bool { return level() > 0 }, "[P87] who speaks is shown")
	ctx, cancel := context.WithTimeout(t.Context(), voicePatience)
	defer cancel()
	require.NoError(t, viewer.Until(ctx, func() bool { return level() == 0 }), "[P87] and that it has ended")
}

func TestWhoMayNotSpeakComesMutedAndStaysSo(t *testing.T) {
	h := callHouse(t, nil)
	owner := h.as(protocol.RoleOwner)
	room := owner.room(false)
	a, v := owner.enter(room), h.as(protocol.RoleViewer)
	viewer := v.enter(room)
	a.call(client.VoiceOptions{})
	viewer.call(client.VoiceOptions{})
	a.sees(viewer, "[P84] muted", func(v *protocol.Voice) bool { return v != nil && v.Muted })
	require.Equal(t, protocol.CodeForbidden, protocol.CodeOf(viewer.voice.Mute(t.Context(), false)), "[P84]")
	owner.ok(http.MethodPatch, "/v1/people/"+v.id, map[string]any{"role": "editor"}, nil)
	require.Eventually(t, func() bool { return viewer.voice.Mute(t.Context(), false) == nil }, voicePatience, 10*time.Millisecond)
	viewer.says("may speak now", a)
	owner.ok(http.MethodPatch, "/v1/people/"+v.id, map[string]any{"role": "viewer"}, nil)
	a.sees(viewer, "[P84] muted again", func(v *protocol.Voice) bool { return v != nil && v.Muted })
}

func TestOwnersMuteAndTakeOutAndNobodyElseDoes(t *testing.T) {
	h := callHouse(t, nil)
	owner := h.as(protocol.RoleOwner)
	room := owner.room(false)
	a, b := owner.enter(room), h.as(protocol.RoleEditor).enter(room)
	a.call(client.VoiceOptions{})
	b.call(client.VoiceOptions{})
	require.Equal(t, protocol.CodeForbidden, protocol.CodeOf(b.MuteMember(t.Context(), a.Self().M)), "[P85]")
	require.Equal(t, protocol.CodeNotFound, protocol.CodeOf(a.MuteMember(t.Context(), 999_999)), "[P85]")
	require.NoError(t, a.MuteMember(t.Context(), b.Self().M))
	a.sees(b, "[P85] muted", func(v *protocol.Voice) bool { return v != nil && v.Muted })
	require.NoError(t, b.voice.Mute(t.Context(), false), "[P85] by itself it can unmute")
	b.says("back again", a)
	require.NoError(t, a.TakeOutOfCall(t.Context(), b.Self().M))
	a.sees(b, "[P85] out", func(v *protocol.Voice) bool { return v == nil })
	select {
	case <-b.voice.Done(): // [P86] and does not come back by itself
	case <-time.After(voicePatience):
		t.Fatal("it does not know that it was taken out")
	}
}

func TestACallGoesOnWhileASocketIsGone(t *testing.T) {
	h := callHouse(t, nil)
	room := h.as(protocol.RoleOwner).room(false)
	a, b := h.as(protocol.RoleEditor).enter(room), h.as(protocol.RoleEditor).enter(room)
	a.call(client.VoiceOptions{})
	b.call(client.VoiceOptions{})
	a.says("before", b)
	gone := a.Subscribe()
	defer gone.Close()
	m := a.Self().M
	a.lines.cut()
	for e := range gone.All(t.Context()) {
		if _, ok := e.(client.Disconnected); ok {
			break
		}
	}
	a.says("[P88] while it is gone", b)
	b.says("[P88] to who is gone", a)
	ctx, cancel := context.WithTimeout(t.Context(), voicePatience)
	defer cancel()
	require.NoError(t, a.Until(ctx, a.Live))
	require.Equal(t, m, a.Self().M)
	require.NotNil(t, a.Self().Voice, "[P88] it is in the call still")
	a.says("[P88] afterwards", b)
}

func TestWhoLeavesTheRoomLeavesTheCall(t *testing.T) {
	h := callHouse(t, nil)
	room := h.as(protocol.RoleOwner).room(false)
	a, b := h.as(protocol.RoleEditor).enter(room), h.as(protocol.RoleEditor).enter(room)
	a.call(client.VoiceOptions{})
	b.call(client.VoiceOptions{})
	a.sees(b, "in the call", func(v *protocol.Voice) bool { return v != nil && !v.Away })
	require.NoError(t, b.voice.Close())
	a.sees(b, "[P84] left the call", func(v *protocol.Voice) bool { return v == nil })
	b.call(client.VoiceOptions{})
	a.sees(b, "in the call", func(v *protocol.Voice) bool { return v != nil && !v.Away })
	require.NoError(t, b.Close())
	ctx, cancel := context.WithTimeout(t.Context(), voicePatience)
	defer cancel()
	require.NoError(t, a.Until(ctx, func() bool { return len(a.Members()) == 1 && len(a.Slots()) == 4 && a.Slots()[1] == 0 }))
}

// TestTheCallIsNegotiatedByTheRules says the commands itself.
func TestTheCallIsNegotiatedByTheRules(t *testing.T) {
	h := callHouse(t, nil)
	owner := h.as(protocol.RoleOwner)
	p, w := owner.join(owner.room(false))
	require.Contains(t, w.Features, "voice")
	for typ, body := range map[protocol.Type]any{
		protocol.TypeVoiceAnswer: protocol.VoiceAnswer{Offer: 1}, protocol.TypeVoiceSet: protocol.VoicePatch{}, protocol.TypeVoiceRestart: nil,
	} {
		require.Equal(t, protocol.CodeConflict, protocol.CodeOf(p.ask(typ, body, nil)), "who is not in the call")
	}
	var offer, again protocol.VoiceOffer
	require.NoError(t, p.ask(protocol.TypeVoiceJoin, protocol.VoicePatch{}, &offer))
	require.Equal(t, 1, offer.Offer)
	require.Equal(t, 4, offer.Slots)
	require.Contains(t, offer.SDP, "a=candidate:", "[P81] complete")
	require.Equal(t, []protocol.ICEServer{{
		URLs: []string{"turn:turn.example"}, Username: fmt.Sprintf("1800043200:%s", owner.id), Credential: offer.ICE[0].Credential,
	}}, offer.ICE, "[P81]")
	require.NoError(t, p.ask(protocol.TypeVoiceCandidate, protocol.VoiceCandidate{Offer: 1, Candidate: "candidate:1 1 udp 1 127.0.0.1 9 typ host", Mid: "0"}, nil))
	require.Equal(t, protocol.CodeInvalidInput, protocol.CodeOf(p.ask(protocol.TypeVoiceAnswer, protocol.VoiceAnswer{Offer: 1, SDP: "nonsense"}, nil)))
	require.Equal(t, protocol.CodeConflict, protocol.CodeOf(p.ask(protocol.TypeVoiceAnswer, protocol.VoiceAnswer{Offer: 2}, nil)), "[P82]")
	require.NoError(t, p.ask(protocol.TypeVoiceRestart, nil, &again))
	require.Equal(t, offer.SDP, again.SDP, "[P83] nobody has answered it")
	require.Equal(t, 2, again.Offer)
	require.Equal(t, protocol.CodeConflict, protocol.CodeOf(p.ask(protocol.TypeVoiceAnswer, protocol.VoiceAnswer{Offer: 1}, nil)), "[P82] an older one")
	require.NoError(t, p.ask(protocol.TypeVoiceLeave, nil, nil))
	require.NoError(t, p.ask(protocol.TypeVoiceLeave, nil, nil))
	require.Equal(t, protocol.CodeConflict, protocol.CodeOf(p.ask(protocol.TypeVoiceSet, protocol.VoicePatch{}, nil)))
}

// ask says a command and decodes its answer.
func (c *peer) ask(t protocol.Type, body, into any) error {
	c.t.Helper()
	c.command(t, 7, body)
	answer, refusal := c.reply(7)
	if refusal != nil {
		return refusal
	}
	if into != nil {
		require.NoError(c.t, protocol.DecodeBody(answer, into))
	}
	return nil
}

func TestAServerWithoutVoiceSaysSo(t *testing.T) {
	h := build(t, plan{})
	owner := h.as(protocol.RoleOwner)
	p, w := owner.join(owner.room(false))
	require.NotContains(t, w.Features, "voice")
	require.Equal(t, protocol.CodeUnavailable, protocol.CodeOf(p.ask(protocol.TypeVoiceJoin, protocol.VoicePatch{}, nil)))
	require.Equal(t, protocol.CodeUnavailable, protocol.CodeOf(p.ask(protocol.TypeVoiceModerate, protocol.VoiceModeration{M: 1}, nil)))
}
