package hub

import (
	"fmt"

	"github.com/coder/websocket"

	"atelier/hub/auth"
	"atelier/protocol"
)

// openSocket upgrades a request. What is wrong with the request itself is answered over HTTP; who may not come in is told
// over the socket by an error and a close code, since a browser shows its page nothing else.
func (h *Hub) openSocket(x *exchange) error {
	if err := h.cfg.Guard.Origin(x.r); err != nil {
		return err
	}
	s := &socket{hub: h, roles: h.roles.Load()}
	refusal := s.identify(x)
	if protocol.CodeOf(refusal) == protocol.CodeInternal {
		return refusal
	}
	crowded, err := h.admit(s.who.User.ID)
	if err != nil {
		return err
	}
	if err := s.accept(x); err != nil {
		h.dismiss(s)
		return nil //nolint:nilerr // the library has answered
	}
	if refusal == nil {
		refusal = crowded
	}
	switch {
	case refusal != nil:
		s.refuse(protocol.AsError(refusal))
	case s.ws.Subprotocol() != protocol.Subprotocol:
		s.out.Close(protocol.CloseVersion, "the subprotocol is "+protocol.Subprotocol)
	}
	h.open(s)
	go s.run() // the handler's goroutine has a large stack and the request in its hands
	return nil
}

// accept does the handshake.
func (s *socket) accept(x *exchange) error {
	cfg := &s.hub.cfg
	hj := &hijacker{ResponseWriter: x.w, timeout: cfg.Timing.Write}
	ws, err := websocket.Accept(hj, x.r, &websocket.AcceptOptions{
		Subprotocols:       []string{protocol.Subprotocol},
		InsecureSkipVerify: true, // the guard has the whole rule
		CompressionMode:    websocket.CompressionDisabled,
	})
	if err != nil {
		return err //nolint:wrapcheck // answered by the library
	}
	ws.SetReadLimit(int64(cfg.Limits.MessageBytes))
	s.ws = ws
	s.out = &outbox{
		wire: hj.wire, ws: ws, limit: cfg.Limits.OrderedLaneBytes, patient: cfg.Timing.Goodbye, metrics: cfg.Metrics,
		log: cfg.Log, gatherers: s.hub.gatherers,
	}
	s.beat = newHeartbeat(s.out, cfg.Timing.Heartbeat, cfg.Timing.Answer)
	s.rate = newCommandRate(cfg.Limits)
	s.cursor = newCursorGate(cfg.Limits, s.move)
	return nil
}

// identify finds out who opens the socket, which room it is for and what its user may do there.
func (s *socket) identify(x *exchange) (err error) {
	room := x.params.ByName("room")
	if ticket := x.r.URL.Query().Get("ticket"); ticket != "" {
		s.who, err = s.hub.cfg.Auth.Redeem(x.r.Context(), ticket, room)
	} else {
		s.who, err = s.hub.cfg.Auth.Identify(x.r.Context(), x.r)
	}
	if err != nil {
		return err //nolint:wrapcheck // coded
	}
	var role protocol.Role
	if s.room, role, err = s.hub.cfg.Auth.Access(x.r.Context(), room, s.who.User.ID); err != nil {
		return err //nolint:wrapcheck // coded
	}
	s.setRole(role)
	if !s.may(x.route.action) {
		return protocol.Errorf(protocol.CodeForbidden, "a %s may not open this room", role)
	}
	return nil
}

// refuse says why and closes.
func (s *socket) refuse(e *protocol.Error) {
	s.out.Ordered(protocol.ErrorReply(0, e))
	code := closeCodeOf(e.Code)
	reason := e.Message
	if e.RetryAfterMS > 0 {
		reason = fmt.Sprintf(`{"reason":%q,"retry_after_ms":%d}`, e.Message, e.RetryAfterMS)
	}
	s.out.Close(code, reason)
}

// closeCodeOf is the close code of a stream that an error ends.
func closeCodeOf(c protocol.Code) protocol.CloseCode {
	switch c {
	case protocol.CodeAuthRequired:
		return protocol.CloseUnauthenticated
	case protocol.CodeForbidden:
		return protocol.CloseForbidden
	case protocol.CodeNotFound:
		return protocol.CloseRoomDeleted
	case protocol.CodeInvalidInput, protocol.CodePayloadTooLarge:
		return protocol.CloseProtocol
	default:
		return protocol.CloseRoomUnavailable
	}
}

func roomInfo(r auth.Room) protocol.RoomInfo {
	return protocol.RoomInfo{ID: r.ID, Name: r.Name, Private: r.Private}
}
