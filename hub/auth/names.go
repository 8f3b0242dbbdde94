package auth

import (
	"context"
	"fmt"

	"atelier/protocol"
)

// Name is what a user is called, whoever may still be in the workspace; the id itself when it is nobody's.
func (s *Service) Name(ctx context.Context, user string) (string, error) {
	u, err := s.stores.Users.User(ctx, user)
	switch {
	case protocol.CodeOf(err) == protocol.CodeNotFound:
		return user, nil
	case err != nil:
		return "", fmt.Errorf("look up a name: %w", err)
	}
	return u.Name, nil
}
