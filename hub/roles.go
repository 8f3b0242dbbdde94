package hub

import (
	"context"
	"fmt"

	"atelier/protocol"
)

// refresh reads the roles of the matching sessions again, after they were changed in the store, and applies them at
// once. A session that is joining meanwhile sees by [Hub.roles] that it has to look again.
func (h *Hub) refresh(ctx context.Context, match func(*session) bool) error {
	h.roles.Add(1)
	ctx = context.WithoutCancel(ctx) // the role is stored: it must arrive, even when who changed it is gone
	for _, s := range h.sessions.matching(match) {
		if err := h.reread(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

// reread applies the role that a session's user has in its room now. When it cannot be read, the socket is closed, for
// its client to come back: nobody acts on by a fault.
func (h *Hub) reread(ctx context.Context, s *session) error {
	s.reading.Lock()
	defer s.reading.Unlock()
	_, role, err := h.cfg.Auth.Access(ctx, s.room, s.user)
	switch {
	case err == nil:
		s.setRole(h, role)
	case protocol.CodeOf(err) == protocol.CodeNotFound:
		s.remove(h)
	default:
		s.close(protocol.CloseRoomUnavailable, "your role cannot be read now")
		return fmt.Errorf("read a role again: %w", err)
	}
	return nil
}

func byUser(user string) func(*session) bool {
	return func(s *session) bool { return s.user == user }
}

func inRoom(room string) func(*session) bool {
	return func(s *session) bool { return s.room == room }
}
