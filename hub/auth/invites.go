package auth

import (
	"context"
	"fmt"
	"math"
	"time"

	"atelier/protocol"
)

// Bounds of invites and keys.
const (
	maxUses = 1000
	maxLife = 366 * 24 * time.Hour
)

// NewInvite asks for an invite. The zero Room is the whole workspace, the zero Uses one, the zero Life [InviteLife].
type NewInvite struct {
	Role protocol.Role
	Room string
	Uses int
	Life time.Duration
}

// Invite makes an invite; its token is known to the caller alone. By "" is the operator.
func (s *Service) Invite(ctx context.Context, by string, n NewInvite) (i Invite, token string, err error) {
	if n.Uses == 0 {
		n.Uses = 1
	}
	if n.Life == 0 {
		n.Life = InviteLife
	}
	switch {
	case !n.Role.Valid():
		return Invite{}, "", protocol.Errorf(protocol.CodeInvalidInput, "role: %.40q is none", n.Role)
	case n.Room != "" && n.Role == protocol.RoleOwner:
		return Invite{}, "", protocol.Errorf(protocol.CodeInvalidInput, "role: an owner is one of the whole workspace")
	case n.Uses < 1 || n.Uses > maxUses:
		return Invite{}, "", protocol.Errorf(protocol.CodeInvalidInput, "uses: %d is not within 1–%d", n.Uses, maxUses)
	case n.Life < 0 || n.Life > maxLife:
		return Invite{}, "", protocol.Errorf(protocol.CodeInvalidInput, "expires_in_s: not within a year")
	}
	now := s.cfg.Now()
	i = Invite{
		Workspace: s.cfg.Workspace, Room: n.Room, Role: n.Role, UsesLeft: n.Uses, Expires: now.Add(n.Life),
		CreatedBy: by, CreatedAt: now,
	}
	if i.ID, err = newID(s.cfg.Rand, "i_"); err != nil {
		return Invite{}, "", err
	}
	if token, err = newSecret(s.cfg.Rand, ""); err != nil {
		return Invite{}, "", err
	}
	i.Hash = HashOf(token)
	if err := s.stores.Invites.CreateInvite(ctx, i); err != nil {
		return Invite{}, "", notFoundIs(err, "no such room", "create invite")
	}
	return i, token, nil
}

// Invites lists the invites, those that are used up or have expired too.
func (s *Service) Invites(ctx context.Context) ([]Invite, error) {
	list, err := s.stores.Invites.Invites(ctx, s.cfg.Workspace)
	if err != nil {
		return nil, fmt.Errorf("read invites: %w", err)
	}
	return list, nil
}

// DeleteInvite ends an invite; who took it keeps what it gave.
func (s *Service) DeleteInvite(ctx context.Context, id string) error {
	if err := s.stores.Invites.DeleteInvite(ctx, s.cfg.Workspace, id); err != nil {
		return notFoundIs(err, "no such invite", "delete invite")
	}
	return nil
}

// Seconds reads a number of seconds that a client gave; what cannot be a life stays out of every bound.
func Seconds(n int64) time.Duration {
	if n < 0 || n > int64(maxLife/time.Second) {
		return math.MaxInt64
	}
	return time.Duration(n) * time.Second
}
