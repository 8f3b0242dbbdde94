package auth

import (
	"context"
	"fmt"

	"atelier/protocol"
)

// People lists who is in the workspace itself.
func (s *Service) People(ctx context.Context) ([]Membership, error) {
	all, err := s.stores.People.People(ctx, s.cfg.Workspace)
	if err != nil {
		return nil, fmt.Errorf("read people: %w", err)
	}
	people := make([]Membership, 0, len(all))
	for _, m := range all {
		if m.Room == "" {
			people = append(people, m)
		}
	}
	return people, nil
}

// SetRole changes the role of somebody who is in the workspace. CONFLICT for the last owner, NOT_FOUND for who is not in
// it.
func (s *Service) SetRole(ctx context.Context, user string, role protocol.Role) (Membership, error) {
	if !role.Valid() {
		return Membership{}, protocol.Errorf(protocol.CodeInvalidInput, "role: %.40q is none", role)
	}
	people, err := s.People(ctx)
	if err != nil {
		return Membership{}, err
	}
	for _, m := range people {
		if m.User.ID != user {
			continue
		}
		m.Role = role
		if err := s.stores.People.SetRole(ctx, m); err != nil {
			return Membership{}, fmt.Errorf("set role: %w", err)
		}
		return m, nil
	}
	return Membership{}, protocol.Errorf(protocol.CodeNotFound, "no such person")
}

// Remove takes a user out of the workspace and all its rooms. CONFLICT for the last owner.
func (s *Service) Remove(ctx context.Context, user string) error {
	if err := s.stores.People.RemoveMember(ctx, s.cfg.Workspace, user); err != nil {
		return notFoundIs(err, "no such person", "remove member")
	}
	return nil
}
