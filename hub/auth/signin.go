package auth

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"atelier/protocol"
)

// MaxName bounds the names of people, bots and rooms, in characters.
const MaxName = 80

// CleanName trims a name and checks it: 1 to [MaxName] printable characters.
func CleanName(name string) (string, error) {
	name = strings.TrimSpace(name)
	switch {
	case name == "":
		return "", protocol.Errorf(protocol.CodeInvalidInput, "name: empty")
	case !utf8.ValidString(name):
		return "", protocol.Errorf(protocol.CodeInvalidInput, "name: not UTF-8")
	case utf8.RuneCountInString(name) > MaxName:
		return "", protocol.Errorf(protocol.CodeInvalidInput, "name: longer than %d characters", MaxName)
	case strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) }):
		return "", protocol.Errorf(protocol.CodeInvalidInput, "name: has characters that cannot be shown")
	}
	return name, nil
}

// AllowSignIn takes one sign-in of an address; RATE_LIMITED when it had too many. When they cannot be counted over all instances,
// nobody may sign in: UNAVAILABLE.
func (s *Service) AllowSignIn(ctx context.Context, address string) error {
	if err := s.signIns.take(address); err != nil || s.cfg.Shared == nil {
		return err
	}
	wait, err := s.cfg.Shared.Take(ctx, "sign-in/"+address, s.cfg.SignIns.PerSecond, s.cfg.SignIns.Burst)
	if err != nil {
		return fmt.Errorf("%w: %w", protocol.Errorf(protocol.CodeUnavailable, "signing in is not possible right now").After(time.Second), err)
	}
	if wait > 0 {
		return protocol.Errorf(protocol.CodeRateLimited, "too many sign-ins from this address").After(wait)
	}
	return nil
}

// visitRate is how often an address may ask for what needs no identity: a shared page shows hundreds of pictures.
func visitRate() Rate { return Rate{PerSecond: 50, Burst: 500} }

// AllowVisit counts a request that shows no identity; RATE_LIMITED beyond what an address may.
func (s *Service) AllowVisit(address string) error { return s.visits.take(address) }

// Guest signs a guest in by a name alone and returns the secret of its cookie. FORBIDDEN where guests are not let in.
func (s *Service) Guest(ctx context.Context, name string) (u User, cookie string, err error) {
	if !s.Guests() {
		return User{}, "", protocol.Errorf(protocol.CodeForbidden, "guests are not let in; ask for an invite link")
	}
	if u, err = s.newUser(ctx, name, UserGuest); err != nil {
		return User{}, "", err
	}
	m := Membership{Workspace: s.cfg.Workspace, User: u, Role: s.cfg.GuestRole}
	if err := s.stores.People.SetRole(ctx, m); err != nil {
		return User{}, "", fmt.Errorf("give a guest its role: %w", err)
	}
	cookie, err = s.login(ctx, u.ID)
	return u, cookie, err
}

// Accepted is what an invite gave.
type Accepted struct {
	User   User
	Invite Invite
	Role   protocol.Role // as it is now, in the room or the workspace
	Cookie string        // secret of a new cookie; "" for who was signed in already
}

// Accept takes an invite as who, or as a new person with a name when who is nobody. NOT_FOUND for an unknown, expired or
// used-up one.
func (s *Service) Accept(ctx context.Context, who Identity, token, name string) (Accepted, error) {
	out := Accepted{User: who.User}
	hash := HashOf(token)
	var err error
	if who.Nobody() {
		if err := s.open(ctx, hash); err != nil {
			return Accepted{}, err
		}
		if out.User, err = s.newUser(ctx, name, UserPerson); err != nil {
			return Accepted{}, err
		}
	}
	if out.Invite, err = s.stores.Invites.AcceptInvite(ctx, hash, out.User.ID, s.cfg.Now()); err != nil {
		return Accepted{}, notFoundIs(err, "the link has expired or was used up", "accept invite")
	}
	if out.Invite.Room != "" {
		_, out.Role, err = s.Access(ctx, out.Invite.Room, out.User.ID)
	} else {
		out.Role, err = s.Role(ctx, out.User.ID)
	}
	if err == nil && who.Nobody() {
		out.Cookie, err = s.login(ctx, out.User.ID)
	}
	return out, err
}

// open tells whether an invite can be taken at all, so that a wrong link makes no user.
func (s *Service) open(ctx context.Context, hash Hash) error {
	invites, err := s.stores.Invites.Invites(ctx, s.cfg.Workspace)
	if err != nil {
		return fmt.Errorf("read invites: %w", err)
	}
	for _, i := range invites {
		if i.Hash == hash && i.UsesLeft > 0 && i.Expires.After(s.cfg.Now()) {
			return nil
		}
	}
	return protocol.Errorf(protocol.CodeNotFound, "the link has expired or was used up")
}

// Logout ends the login of a cookie.
func (s *Service) Logout(ctx context.Context, who Identity) error {
	if who.Cookie == "" {
		return nil
	}
	err := s.stores.Users.DeleteLogin(ctx, HashOf(who.Cookie))
	if err != nil && protocol.CodeOf(err) != protocol.CodeNotFound {
		return fmt.Errorf("end a login: %w", err)
	}
	return nil
}

func (s *Service) newUser(ctx context.Context, name string, kind UserKind) (User, error) {
	name, err := CleanName(name)
	if err != nil {
		return User{}, err
	}
	id, err := newID(s.cfg.Rand, "u_")
	if err != nil {
		return User{}, err
	}
	u := User{ID: id, Name: name, Kind: kind, CreatedAt: s.cfg.Now()}
	if err := s.stores.Users.CreateUser(ctx, u); err != nil {
		return User{}, fmt.Errorf("create user: %w", err)
	}
	return u, nil
}

func (s *Service) login(ctx context.Context, user string) (cookie string, err error) {
	if cookie, err = newSecret(s.cfg.Rand, ""); err != nil {
		return "", err
	}
	l := Login{Hash: HashOf(cookie), User: user, Expires: s.cfg.Now().Add(LoginLife)}
	if err := s.stores.Users.CreateLogin(ctx, l); err != nil {
		return "", fmt.Errorf("create login: %w", err)
	}
	return cookie, nil
}

// notFoundIs gives a NOT_FOUND its words for people and anything else its place.
func notFoundIs(err error, message, what string) error {
	if protocol.CodeOf(err) == protocol.CodeNotFound {
		return protocol.Errorf(protocol.CodeNotFound, "%s", message)
	}
	return fmt.Errorf("%s: %w", what, err)
}
