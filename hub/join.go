package hub

import (
	"context"
	"errors"

	"atelier/hub/auth"
	"atelier/protocol"
	"atelier/rooms"
)

// features are what this server can beyond the bare protocol, for clients to show or hide things.
func (h *Hub) features() []string {
	all := []string{"jobs", "uploads", "events"}
	if h.cfg.Voice != nil {
		all = append(all, "voice")
		if h.cfg.Recorder != nil {
			all = append(all, "recording")
		}
	}
	return all
}

// sayHello takes the first message. An error ends the socket.
func (s *socket) sayHello(cmd protocol.Command) error {
	if cmd.Type != protocol.TypeHello {
		return &ending{protocol.CloseProtocol, "hello comes first"}
	}
	var h protocol.Hello
	if err := protocol.DecodeBody(cmd.Body, &h); err != nil {
		s.out.Ordered(protocol.ErrorReply(0, protocol.AsError(err)))
		return nil
	}
	if h.V != protocol.Version {
		return &ending{protocol.CloseVersion, "this server speaks version 1"}
	}
	s.hello.Stop()
	ctx, cancel := context.WithTimeout(context.Background(), s.hub.cfg.Timing.Join)
	defer cancel()
	if err := s.join(ctx, h); err != nil {
		coded := protocol.AsError(err)
		if coded.Code == protocol.CodeInternal && !errors.Is(err, context.DeadlineExceeded) {
			s.hub.cfg.Log.Error("join", "room", s.room.ID, "error", err)
		}
		s.out.Ordered(protocol.ErrorReply(0, coded))
		return &ending{closeCodeOf(coded.Code), coded.Message}
	}
	return s.recheck(ctx)
}

// join makes the socket the live one of its session and its session a member.
func (s *socket) join(ctx context.Context, h protocol.Hello) error {
	claim, ok := s.hub.cfg.Auth.Session(h.Session)
	if !ok || claim.User != s.who.User.ID || claim.Room != s.room.ID {
		claim = auth.Session{ID: protocol.NewID(), User: s.who.User.ID, Room: s.room.ID}
	}
	for {
		ses := s.hub.sessions.take(claim.ID, claim.User, claim.Room)
		again, err := s.takeOver(ctx, ses, s.hub.cfg.Auth.SessionToken(claim), h)
		if !again || err != nil {
			return err
		}
	}
}

// takeOver retires the session's older socket and joins with this one. Again when the session ended meanwhile.
func (s *socket) takeOver(ctx context.Context, ses *session, token string, h protocol.Hello) (again bool, err error) {
	ses.joining.Lock()
	defer ses.joining.Unlock()
	ses.retire()
	req, err := s.joinRequest(ctx, ses.id, token, h)
	if err != nil {
		ses.abandon()
		return false, err
	}
	for {
		handle, err := s.hub.cfg.Rooms.Room(ctx, s.room.ID)
		if errors.Is(err, rooms.ErrNoRoom) {
			err = protocol.Errorf(protocol.CodeNotFound, "no such room")
		}
		var m uint32
		if err == nil {
			m, err = handle.Join(ctx, req)
		}
		switch {
		case errors.Is(err, rooms.ErrRoomClosed):
			continue // it was unloaded; the registry loads it anew
		case err != nil:
			ses.abandon()
			return false, err //nolint:wrapcheck // coded, or ctx's
		case !ses.attach(s, handle, m):
			handle.Leave(m)
			return true, nil
		}
		s.mu.Lock()
		s.handle, s.m = handle, m
		s.mu.Unlock()
		s.session = ses
		return false, nil
	}
}

func (s *socket) joinRequest(ctx context.Context, session, token string, h protocol.Hello) (rooms.JoinRequest, error) {
	cfg := s.hub.cfg
	seq, err := cfg.Jobs.Seq(ctx, s.room.ID)
	if err != nil {
		return rooms.JoinRequest{}, err //nolint:wrapcheck // says what it did
	}
	return rooms.JoinRequest{
		Session: session, User: s.who.User.ID, Name: s.who.User.Name, Colour: colourOf(s.who.User.ID),
		Role: *s.role.Load(), Bot: s.who.User.Kind == auth.UserBot, Zone: h.Zone, Resume: h.Resume,
		Welcome: protocol.Welcome{
			Session: token, Room: roomInfo(s.room), Jobs: seq, HeartbeatMS: cfg.Timing.Heartbeat.Milliseconds(),
			Limits: cfg.Limits, Features: s.hub.features(), ServerTime: cfg.Now().UnixMilli(),
		},
		Extra:  &recordingCatchup{Catchup: s.missedJobs(h.Resume, seq), recorder: cfg.Recorder, room: s.room.ID},
		Outbox: s.out,
	}, nil
}

// recheck reads the role again when roles changed between reading it and joining: the change did not find the session.
func (s *socket) recheck(ctx context.Context) error {
	if s.hub.roles.Load() == s.roles {
		return nil
	}
	if err := s.hub.reread(ctx, s.session); err != nil {
		return &ending{protocol.CloseRoomUnavailable, "your role cannot be read now"}
	}
	return nil
}
