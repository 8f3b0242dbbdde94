package auth

import (
	"context"
	"fmt"
	"sync"
	"time"

	"atelier/protocol"
)

// Ticket lets its holder open one socket of one room as who asked for it.
type Ticket struct {
	User    User
	Until   time.Time // when what was shown for it ends to hold; zero is never
	Room    string
	Expires time.Time
}

// TicketStore keeps tickets that are out, by the hash of their secret.
type TicketStore interface {
	PutTicket(ctx context.Context, h Hash, t Ticket) error  // UNAVAILABLE when too many are out
	TakeTicket(ctx context.Context, h Hash) (Ticket, error) // and it is gone; NOT_FOUND when it is, or has expired
}

// Ticket makes a one-use ticket for a room's socket.
func (s *Service) Ticket(ctx context.Context, who Identity, room string) (secret string, expires time.Time, err error) {
	if secret, err = newSecret(s.cfg.Rand, ""); err != nil {
		return "", time.Time{}, fmt.Errorf("make a ticket: %w", err)
	}
	expires = s.cfg.Now().Add(TicketLife)
	err = s.stores.Tickets.PutTicket(ctx, HashOf(secret), Ticket{User: who.User, Until: who.Until, Room: room, Expires: expires})
	if err != nil {
		return "", time.Time{}, fmt.Errorf("make a ticket: %w", err)
	}
	return secret, expires, nil
}

// Redeem takes a ticket, whatever comes of it. AUTH_REQUIRED when it does not hold for the room.
func (s *Service) Redeem(ctx context.Context, secret, room string) (Identity, error) {
	got, err := s.stores.Tickets.TakeTicket(ctx, HashOf(secret))
	switch {
	case protocol.CodeOf(err) == protocol.CodeNotFound:
		return Identity{}, notSignedIn()
	case err != nil:
		return Identity{}, fmt.Errorf("take a ticket: %w", err)
	case got.Room != room:
		return Identity{}, notSignedIn()
	}
	return Identity{User: got.User, Until: got.Until}, nil
}

// maxTickets bounds how many tickets are out at once.
const maxTickets = 50_000

// tickets keeps them in memory, for a server that is alone.
type tickets struct {
	now func() time.Time

	mu    sync.Mutex
	out   map[Hash]Ticket
	order []Hash // by expiry, for all live as long
}

// NewTickets keeps tickets in memory, for one instance alone.
func NewTickets(now func() time.Time) TicketStore {
	return newTickets(now)
}

func newTickets(now func() time.Time) *tickets { return &tickets{now: now, out: make(map[Hash]Ticket)} }

// PutTicket implements [TicketStore].
func (t *tickets) PutTicket(_ context.Context, h Hash, v Ticket) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.sweepLocked(t.now())
	if len(t.out) >= maxTickets {
		return protocol.Errorf(protocol.CodeUnavailable, "too many tickets are out").After(TicketLife)
	}
	t.out[h] = v
	t.order = append(t.order, h)
	return nil
}

// TakeTicket implements [TicketStore].
func (t *tickets) TakeTicket(_ context.Context, h Hash) (Ticket, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	got, ok := t.out[h]
	delete(t.out, h)
	if !ok || !got.Expires.After(t.now()) {
		return Ticket{}, protocol.Errorf(protocol.CodeNotFound, "no such ticket")
	}
	return got, nil
}

// sweepLocked forgets what has expired or was used.
func (t *tickets) sweepLocked(now time.Time) {
	n := 0
	for n < len(t.order) {
		if got, ok := t.out[t.order[n]]; ok && got.Expires.After(now) {
			break
		}
		delete(t.out, t.order[n])
		n++
	}
	t.order = t.order[n:]
}
