package auth

import (
	"context"
	"fmt"

	"atelier/protocol"
)

// Rooms lists the rooms that a user may see, newest activity first.
func (s *Service) Rooms(ctx context.Context, user string) ([]Room, error) {
	list, err := s.stores.Rooms.Rooms(ctx, s.cfg.Workspace, user)
	if err != nil {
		return nil, fmt.Errorf("read rooms: %w", err)
	}
	return list, nil
}

// NewRoom asks for a room.
type NewRoom struct {
	Name    string
	Private bool
}

// CreateRoom makes a room. Its creator is an owner of it when it is private: others are invited.
func (s *Service) CreateRoom(ctx context.Context, by string, n NewRoom) (Room, error) {
	name, err := CleanName(n.Name)
	if err != nil {
		return Room{}, err
	}
	r := Room{Workspace: s.cfg.Workspace, Name: name, Private: n.Private, CreatedBy: by, CreatedAt: s.cfg.Now()}
	if r.ID, err = newID(s.cfg.Rand, ""); err != nil {
		return Room{}, err
	}
	if err := s.stores.Rooms.CreateRoom(ctx, r, protocol.RoleOwner); err != nil {
		return Room{}, fmt.Errorf("create room: %w", err)
	}
	return r, nil
}

// UpdateRoom stores a room's name and privacy.
func (s *Service) UpdateRoom(ctx context.Context, r Room) (Room, error) {
	name, err := CleanName(r.Name)
	if err != nil {
		return Room{}, err
	}
	r.Name = name
	if err := s.stores.Rooms.UpdateRoom(ctx, r); err != nil {
		return Room{}, notFoundIs(err, "no such room", "update room")
	}
	return r, nil
}

// DeleteRoom deletes a room with everything in it.
func (s *Service) DeleteRoom(ctx context.Context, id string) error {
	if err := s.stores.Rooms.DeleteRoom(ctx, s.cfg.Workspace, id); err != nil {
		return notFoundIs(err, "no such room", "delete room")
	}
	return nil
}
