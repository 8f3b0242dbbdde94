package hub

import (
	"context"
	"sync/atomic"

	"atelier/generation"
	"atelier/protocol"
	"atelier/rooms"
	"atelier/rtc"
)

// Voice is the relay of the rooms' calls.
type Voice interface {
	Join(who rtc.Who, patch protocol.VoicePatch, to rtc.Signals) (*rtc.Participant, error)
	Find(room string, m uint32) *rtc.Participant
}

// voiceCommand has a command about the call done beside the reader: descriptions take a while to make.
func (s *socket) voiceCommand(cmd protocol.Command) *protocol.Error {
	type nothing struct{}
	switch cmd.Type {
	case protocol.TypeVoiceJoin:
		return later(s, &s.voice, cmd, func(_ context.Context, _ generation.Who, patch protocol.VoicePatch) (protocol.VoiceOffer, error) {
			p, err := s.session.call(s.hub, patch)
			if err != nil {
				return protocol.VoiceOffer{}, err
			}
			return s.offer(p)
		})
	case protocol.TypeVoiceRestart:
		return later(s, &s.voice, cmd, func(context.Context, generation.Who, nothing) (protocol.VoiceOffer, error) {
			p, err := s.session.participant()
			if err != nil {
				return protocol.VoiceOffer{}, err
			}
			return s.offer(p)
		})
	case protocol.TypeVoiceAnswer:
		return inCall(s, cmd, (*rtc.Participant).Answer)
	case protocol.TypeVoiceCandidate:
		return inCall(s, cmd, (*rtc.Participant).Candidate)
	case protocol.TypeVoiceSet:
		return inCall(s, cmd, (*rtc.Participant).Set)
	case protocol.TypeVoiceLeave:
		return later(s, &s.voice, cmd, func(context.Context, generation.Who, nothing) (nothing, error) {
			s.session.hangUp()
			return nothing{}, nil
		})
	case protocol.TypeVoiceRecord:
		return later(s, &s.voice, cmd, s.record)
	case protocol.TypeVoiceConsent:
		return later(s, &s.voice, cmd, s.consent)
	default:
		return later(s, &s.voice, cmd, func(_ context.Context, _ generation.Who, c protocol.VoiceModeration) (nothing, error) {
			return nothing{}, s.hub.moderate(s.room.ID, c)
		})
	}
}

// inCall has something done by the session's participant.
func inCall[B any](s *socket, cmd protocol.Command, do func(*rtc.Participant, B) error) *protocol.Error {
	return later(s, &s.voice, cmd, func(_ context.Context, _ generation.Who, body B) (struct{}, error) {
		p, err := s.session.participant()
		if err == nil {
			err = do(p, body)
		}
		return struct{}{}, err
	})
}

func (s *socket) offer(p *rtc.Participant) (protocol.VoiceOffer, error) {
	offer, err := p.Offer()
	if err != nil {
		return offer, err //nolint:wrapcheck // says what it did
	}
	offer.ICE = s.hub.cfg.ICE(s.who.User.ID)
	return offer, nil
}

// maySpeak tells whether a role is heard in calls.
func (h *Hub) maySpeak(role protocol.Role) bool {
	return role.May(protocol.ActionVoiceSpeak) || (h.cfg.ViewersSpeak && role.May(protocol.ActionVoiceJoin))
}

func (h *Hub) moderate(room string, c protocol.VoiceModeration) error {
	if h.cfg.Voice == nil {
		return errNoVoice()
	}
	p := h.cfg.Voice.Find(room, c.M)
	if p == nil {
		return protocol.Errorf(protocol.CodeNotFound, "member %d is not in the call", c.M)
	}
	if c.Remove {
		p.Leave(protocol.VoiceRemoved)
	} else {
		p.Mute()
	}
	return nil
}

func errNoVoice() error {
	return protocol.Errorf(protocol.CodeUnavailable, "this server relays no voice")
}

// call brings the session into its room's call; anew when it is in it already.
func (s *session) call(h *Hub, patch protocol.VoicePatch) (*rtc.Participant, error) {
	if h.cfg.Voice == nil {
		return nil, errNoVoice()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended || s.live == nil {
		return nil, protocol.Errorf(protocol.CodeUnavailable, "the session has ended")
	}
	s.hangUpLocked()
	who := rtc.Who{Room: s.room, M: s.m, Speak: h.maySpeak(*s.live.role.Load())}
	to := &stay{caller: &s.caller, recorder: h.cfg.Recorder, room: s.room}
	p, err := h.cfg.Voice.Join(who, patch, to)
	if err != nil {
		return nil, err //nolint:wrapcheck // coded
	}
	to.Participant = p
	s.voice, s.stay, s.name = p, to, s.live.who.User.Name
	s.attendLocked(h)
	return p, nil
}

func (s *session) participant() (*rtc.Participant, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.voice == nil {
		return nil, protocol.Errorf(protocol.CodeConflict, "not in the call")
	}
	return s.voice, nil
}

func (s *session) hangUp() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hangUpLocked()
}

func (s *session) hangUpLocked() {
	if s.voice != nil {
		s.voice.Leave(protocol.VoiceLeft)
		s.voice = nil
	}
}

// caller tells a session's client, and the room, about its place in the call. It takes no lock of the session: the relay tells
// while the session waits for it.
type caller struct{ at atomic.Pointer[whereabouts] }

// whereabouts are those of a session.
type whereabouts struct {
	out    *outbox // nil while there is no socket
	handle *rooms.Room
	m      uint32
}

var _ rtc.Signals = (*caller)(nil)

// Slots implements [rtc.Signals].
func (c *caller) Slots(table []uint32) {
	if at := c.at.Load(); at.out != nil {
		at.out.Ordered(protocol.Message(protocol.TypeSlots, &protocol.VoiceSlots{Slots: table}))
	}
}

// State implements [rtc.Signals].
func (c *caller) State(v protocol.Voice) {
	at := c.at.Load()
	at.handle.Voice(at.m, &v)
}

// Ended implements [rtc.Signals].
func (c *caller) Ended(why protocol.VoiceEnded) {
	at := c.at.Load()
	at.handle.Voice(at.m, nil)
	if at.out != nil {
		at.out.Ordered(protocol.Message(protocol.TypeSlots, &protocol.VoiceSlots{Slots: []uint32{}, Ended: why}))
	}
}

// Speaking implements [rtc.Signals].
func (c *caller) Speaking(level uint8) {
	at := c.at.Load()
	at.handle.Speaking(at.m, level)
}
