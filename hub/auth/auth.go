package auth

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"time"

	"atelier/protocol"
)

// Stores are what the service keeps its facts in.
type Stores struct {
	Users   UserStore
	Keys    KeyStore
	Invites InviteStore
	People  PeopleStore
	Rooms   RoomStore
	Tickets TicketStore // nil keeps them in memory, for an instance that is alone
}

// Config of a [Service]. Stores and Secret are required.
type Config struct {
	Stores Stores
	Secret []byte // signs session tokens; at least 32 bytes, kept over restarts

	Workspace string        // id; "main"
	Name      string        // of the workspace; "Atelier"
	GuestRole protocol.Role // of guests; "" lets none in
	SignIns   Rate          // by address; 1/s, 100 at once
	Shared    Limiter       // counts sign-ins over all instances; nil has none

	Now  func() time.Time // time.Now
	Rand io.Reader        // crypto/rand
}

func (c Config) withDefaults() Config {
	if c.Workspace == "" {
		c.Workspace = "main"
	}
	if c.Name == "" {
		c.Name = "Atelier"
	}
	if c.SignIns == (Rate{}) {
		c.SignIns = Rate{PerSecond: 1, Burst: 100}
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Rand == nil {
		c.Rand = rand.Reader
	}
	if c.Stores.Tickets == nil {
		c.Stores.Tickets = newTickets(c.Now)
	}
	return c
}

// Lives of what lets somebody in.
const (
	LoginLife  = 90 * 24 * time.Hour
	InviteLife = 7 * 24 * time.Hour // unless its maker says otherwise
	TicketLife = 30 * time.Second
)

// Service knows who somebody is and what they may do. Its methods are safe for concurrent use.
type Service struct {
	cfg     Config
	stores  Stores
	signIns *limiter
	visits  *limiter
	tokens  signer
}

// New makes a service and its workspace, if that is not there yet.
func New(ctx context.Context, cfg Config) (*Service, error) {
	cfg = cfg.withDefaults()
	if len(cfg.Secret) < secretBytes {
		return nil, fmt.Errorf("auth: a secret of %d bytes, at least %d", len(cfg.Secret), secretBytes)
	}
	if cfg.GuestRole != "" && !cfg.GuestRole.Valid() {
		return nil, fmt.Errorf("auth: %q is no role for guests", cfg.GuestRole)
	}
	s := &Service{
		cfg: cfg, stores: cfg.Stores, signIns: newLimiter(cfg.SignIns, "sign-ins", cfg.Now),
		visits: newLimiter(visitRate(), "requests", cfg.Now),
		tokens: newSigner(cfg.Secret),
	}
	if _, err := s.stores.People.EnsureWorkspace(ctx, cfg.Workspace, cfg.Name); err != nil {
		return nil, fmt.Errorf("ensure workspace: %w", err)
	}
	return s, nil
}

// Workspace is the id and the name of the workspace.
func (s *Service) Workspace() (id, name string) { return s.cfg.Workspace, s.cfg.Name }

// Guests tells whether guests are let in.
func (s *Service) Guests() bool { return s.cfg.GuestRole != "" }

// Identity is who a request comes from.
type Identity struct {
	User   User
	Cookie string    // the secret that a browser showed; "" for bots and tickets
	Until  time.Time // when what was shown ends to hold; zero is never
}

// Nobody tells that nobody is signed in.
func (i Identity) Nobody() bool { return i.User.ID == "" }

// notSignedIn is the one answer to unknown, expired and missing credentials.
func notSignedIn() error { return protocol.Errorf(protocol.CodeAuthRequired, "sign in first") }

// Role is a user's role in the workspace; "" when it has none.
func (s *Service) Role(ctx context.Context, user string) (protocol.Role, error) {
	role, err := s.stores.People.Role(ctx, s.cfg.Workspace, user)
	if err != nil {
		return "", fmt.Errorf("read a role: %w", err)
	}
	return role, nil
}

// RoleAnywhere is a user's role in the workspace or, for those invited to rooms only, the highest it has in one of them:
// what it may do that belongs to no room, such as reading an asset.
func (s *Service) RoleAnywhere(ctx context.Context, user string) (protocol.Role, error) {
	best, err := s.Role(ctx, user)
	if err != nil || best != "" {
		return best, err
	}
	rooms, err := s.stores.Rooms.Rooms(ctx, s.cfg.Workspace, user)
	if err != nil {
		return "", fmt.Errorf("read rooms: %w", err)
	}
	for _, r := range rooms {
		_, role, err := s.stores.Rooms.Access(ctx, r.ID, user)
		if err != nil && protocol.CodeOf(err) != protocol.CodeNotFound {
			return "", fmt.Errorf("read a role: %w", err)
		}
		if role.Rank() > best.Rank() {
			best = role
		}
	}
	return best, nil
}

// Access reads a room and a user's role in it. NOT_FOUND when there is no such room, and for those who may not know.
func (s *Service) Access(ctx context.Context, room, user string) (Room, protocol.Role, error) {
	unknown := protocol.Errorf(protocol.CodeNotFound, "no such room")
	if !protocol.ValidName(room) {
		return Room{}, "", unknown
	}
	r, role, err := s.stores.Rooms.Access(ctx, room, user)
	switch {
	case protocol.CodeOf(err) == protocol.CodeNotFound:
		return Room{}, "", unknown
	case err != nil:
		return Room{}, "", fmt.Errorf("read access to room: %w", err)
	case role == "" || r.Workspace != s.cfg.Workspace:
		return Room{}, "", unknown
	}
	return r, role, nil
}

// OwnerLink makes the token of an invite for the first owner, once and for a week; "" when there is an owner already.
func (s *Service) OwnerLink(ctx context.Context) (token string, err error) {
	people, err := s.stores.People.People(ctx, s.cfg.Workspace)
	if err != nil {
		return "", fmt.Errorf("read people: %w", err)
	}
	for _, p := range people {
		if p.Room == "" && p.Role == protocol.RoleOwner && p.User.Kind != UserBot {
			return "", nil
		}
	}
	if err := s.dropOwnerLinks(ctx); err != nil {
		return "", err
	}
	_, token, err = s.Invite(ctx, "", NewInvite{Role: protocol.RoleOwner})
	return token, err
}

// dropOwnerLinks ends the operator's links of earlier starts: only the newest one printed holds.
func (s *Service) dropOwnerLinks(ctx context.Context) error {
	invites, err := s.stores.Invites.Invites(ctx, s.cfg.Workspace)
	if err != nil {
		return fmt.Errorf("read invites: %w", err)
	}
	var errs []error
	for _, i := range invites {
		if i.CreatedBy == "" && i.Role == protocol.RoleOwner {
			errs = append(errs, s.stores.Invites.DeleteInvite(ctx, s.cfg.Workspace, i.ID))
		}
	}
	return errors.Join(errs...)
}
