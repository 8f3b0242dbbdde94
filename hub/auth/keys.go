package auth

import (
	"context"
	"fmt"
	"slices"
	"time"

	"atelier/protocol"
)

// maxKeyRooms bounds the rooms of one key.
const maxKeyRooms = 100

// NewKey asks for a bot with a key. No Rooms are all rooms, the zero Life is for ever.
type NewKey struct {
	Name  string
	Role  protocol.Role
	Rooms []string
	Life  time.Duration
}

// NewKey makes a bot and its key; the secret is known to the caller alone.
func (s *Service) NewKey(ctx context.Context, by string, n NewKey) (k Key, secret string, err error) {
	if n.Name, err = CleanName(n.Name); err != nil {
		return Key{}, "", err
	}
	slices.Sort(n.Rooms)
	n.Rooms = slices.Compact(n.Rooms)
	switch {
	case !n.Role.Valid():
		return Key{}, "", protocol.Errorf(protocol.CodeInvalidInput, "role: %.40q is none", n.Role)
	case len(n.Rooms) > 0 && n.Role == protocol.RoleOwner:
		return Key{}, "", protocol.Errorf(protocol.CodeInvalidInput, "role: an owner is one of the whole workspace")
	case len(n.Rooms) > maxKeyRooms:
		return Key{}, "", protocol.Errorf(protocol.CodeInvalidInput, "rooms: more than %d", maxKeyRooms)
	case n.Life < 0 || n.Life > maxLife:
		return Key{}, "", protocol.Errorf(protocol.CodeInvalidInput, "expires_in_s: not within a year")
	}
	now := s.cfg.Now()
	k = Key{Workspace: s.cfg.Workspace, Name: n.Name, Role: n.Role, Rooms: n.Rooms, CreatedBy: by, CreatedAt: now}
	if n.Life > 0 {
		k.Expires = now.Add(n.Life)
	}
	bot := User{Name: n.Name, Kind: UserBot, CreatedAt: now}
	if bot.ID, err = newID(s.cfg.Rand, "b_"); err != nil {
		return Key{}, "", err
	}
	if k.ID, err = newID(s.cfg.Rand, "k_"); err != nil {
		return Key{}, "", err
	}
	if secret, err = newSecret(s.cfg.Rand, KeyPrefix); err != nil {
		return Key{}, "", err
	}
	k.User, k.Hash = bot.ID, HashOf(secret)
	if err := s.stores.Keys.CreateKey(ctx, k, bot); err != nil {
		return Key{}, "", notFoundIs(err, "no such room", "create key")
	}
	return k, secret, nil
}

// Keys lists the keys, those that have expired too.
func (s *Service) Keys(ctx context.Context) ([]Key, error) {
	list, err := s.stores.Keys.Keys(ctx, s.cfg.Workspace)
	if err != nil {
		return nil, fmt.Errorf("read keys: %w", err)
	}
	return list, nil
}

// DeleteKey ends a key and its bot's memberships, and returns the key as it was.
func (s *Service) DeleteKey(ctx context.Context, id string) (Key, error) {
	list, err := s.Keys(ctx)
	if err != nil {
		return Key{}, err
	}
	at := slices.IndexFunc(list, func(k Key) bool { return k.ID == id })
	if at < 0 {
		return Key{}, protocol.Errorf(protocol.CodeNotFound, "no such key")
	}
	if err := s.stores.Keys.DeleteKey(ctx, s.cfg.Workspace, id); err != nil {
		return Key{}, notFoundIs(err, "no such key", "delete key")
	}
	return list[at], nil
}
