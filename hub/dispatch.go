package hub

import (
	"bytes"
	"fmt"
	"time"

	"atelier/protocol"
	"atelier/rooms"
)

// command does what a client asks for. Every command but hello and cursor gets exactly one reply: from here when it is
// refused, from the room or the queue otherwise. An error ends the socket.
func (s *socket) command(cmd protocol.Command) error {
	if s.out.closed() {
		return &ending{} // it is being closed already: that code stands
	}
	if s.session == nil {
		return s.sayHello(cmd)
	}
	action, known := protocol.ActionOf(cmd.Type)
	switch cmd.Type {
	case protocol.TypeHello:
		return &ending{protocol.CloseProtocol, "a second hello"}
	case protocol.TypeCursor:
		if s.may(action) {
			s.cursor.put(cmd.X, cmd.Y, time.Now())
		}
		return nil
	default:
	}
	refusal, end := s.rate.take(time.Now())
	switch {
	case end != nil:
		return end
	case refusal != nil:
	case !known:
		refusal = protocol.Errorf(protocol.CodeInvalidInput, "no command has type %d", cmd.Type)
	case !s.may(action):
		refusal = protocol.Errorf(protocol.CodeForbidden, "the role %s may not do this", *s.role.Load())
	default:
		refusal = s.hand(cmd)
	}
	if refusal != nil {
		s.out.Ordered(protocol.ErrorReply(cmd.Req, refusal))
	}
	return nil
}

// hand gives a command that is allowed to whoever does it.
func (s *socket) hand(cmd protocol.Command) *protocol.Error {
	switch cmd.Type {
	case protocol.TypePing:
		s.out.Ordered(protocol.Reply(cmd.Req, nil))
	case protocol.TypePresence:
		patch := bytes.Clone(cmd.Body) // the message's buffer is used again
		s.through(func(r *rooms.Room, m uint32) { r.Presence(m, cmd.Req, patch) })
	case protocol.TypeEvent:
		return handBody(cmd, func(ev protocol.Event) {
			s.through(func(r *rooms.Room, m uint32) { r.Event(m, cmd.Req, ev) })
		})
	case protocol.TypeChange:
		return handBody(cmd, func(c protocol.Change) {
			s.through(func(r *rooms.Room, m uint32) { r.Change(m, cmd.Req, c) })
		})
	case protocol.TypeJobEnqueue, protocol.TypeJobCancel, protocol.TypeJobRetry, protocol.TypeJobMove, protocol.TypeJobApprove,
		protocol.TypeJobRate, protocol.TypeQueueSet, protocol.TypeQueueClear:
		return s.jobCommand(cmd)
	case protocol.TypeWorkOffer, protocol.TypeWorkReport, protocol.TypeWorkEnd:
		return s.workCommand(cmd)
	case protocol.TypeVoiceJoin, protocol.TypeVoiceAnswer, protocol.TypeVoiceCandidate, protocol.TypeVoiceSet, protocol.TypeVoiceRestart,
		protocol.TypeVoiceLeave, protocol.TypeVoiceModerate, protocol.TypeVoiceRecord, protocol.TypeVoiceConsent:
		return s.voiceCommand(cmd)
	default:
		panic(fmt.Sprintf("hub: command %d is in the role table but done by nobody", cmd.Type))
	}
	return nil
}

// handBody decodes a command's body and gives it on.
func handBody[T any](cmd protocol.Command, do func(T)) *protocol.Error {
	var body T
	if err := protocol.DecodeBody(cmd.Body, &body); err != nil {
		return protocol.AsError(err)
	}
	do(body)
	return nil
}

func (s *socket) move(x, y float32) {
	s.through(func(r *rooms.Room, m uint32) { r.Cursor(m, x, y) })
}
