package hub

import (
	"context"
	"fmt"

	"atelier/protocol"
)

// concern says whose roles may have changed: a user's, everybody's in a room, or anybody's.
type concern struct {
	User string `msgpack:"user,omitempty"`
	Room string `msgpack:"room,omitempty"`
}

func (c concern) of(s *session) bool {
	return (c.User == "" || s.user == c.User) && (c.Room == "" || s.room == c.Room)
}

// refresh has the roles that were changed in the store applied at once, on all instances.
func (h *Hub) refresh(ctx context.Context, c concern) error {
	if h.cfg.Others != nil {
		h.cfg.Others.roles(c)
	}
	return h.refreshHere(ctx, c)
}

// refreshHere reads the roles of sessions again. A session that is joining meanwhile sees by [Hub.roles] that it has to look
// again.
func (h *Hub) refreshHere(ctx context.Context, c concern) error {
	h.roles.Add(1)
	ctx = context.WithoutCancel(ctx) // the role is stored: it must arrive, even when who changed it is gone
	for _, s := range h.sessions.matching(c.of) {
		if err := h.reread(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

// deletedHere ends a room that was deleted.
func (h *Hub) deletedHere(room string) {
	h.roles.Add(1) // a socket that is joining looks again and finds no room
	if loaded := h.cfg.Rooms.Loaded(room); loaded != nil {
		loaded.Close(protocol.CloseRoomDeleted, "the room was deleted")
	}
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
