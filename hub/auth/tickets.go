package auth

import (
	"fmt"
	"io"
	"sync"
	"time"

	"atelier/protocol"
)

// maxTickets bounds how many tickets are out at once; more is UNAVAILABLE.
const maxTickets = 50_000

// ticket lets its holder open one socket of one room as who asked for it.
type ticket struct {
	who     Identity
	room    string
	expires time.Time
}

type tickets struct {
	now func() time.Time

	mu    sync.Mutex
	out   map[Hash]ticket
	order []Hash // by expiry, for all live as long
}

func newTickets(now func() time.Time) *tickets { return &tickets{now: now, out: make(map[Hash]ticket)} }

// Ticket makes a one-use ticket for a room's socket.
func (s *Service) Ticket(who Identity, room string) (secret string, expires time.Time, err error) {
	return s.tickets.issue(who, room, s.cfg.Rand)
}

// Redeem takes a ticket, whatever comes of it. AUTH_REQUIRED when it does not hold for the room.
func (s *Service) Redeem(secret, room string) (Identity, error) {
	return s.tickets.redeem(secret, room)
}

func (t *tickets) issue(who Identity, room string, random io.Reader) (secret string, expires time.Time, err error) {
	if secret, err = newSecret(random, ""); err != nil {
		return "", time.Time{}, fmt.Errorf("make a ticket: %w", err)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	t.sweepLocked(now)
	if len(t.out) >= maxTickets {
		return "", time.Time{}, protocol.Errorf(protocol.CodeUnavailable, "too many tickets are out").After(TicketLife)
	}
	expires = now.Add(TicketLife)
	h := HashOf(secret)
	t.out[h] = ticket{who: Identity{User: who.User, Until: who.Until}, room: room, expires: expires}
	t.order = append(t.order, h)
	return secret, expires, nil
}

func (t *tickets) redeem(secret, room string) (Identity, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	h := HashOf(secret)
	got, ok := t.out[h]
	delete(t.out, h)
	if !ok || got.room != room || !got.expires.After(t.now()) {
		return Identity{}, notSignedIn()
	}
	return got.who, nil
}

// sweepLocked forgets what has expired or was used.
func (t *tickets) sweepLocked(now time.Time) {
	n := 0
	for n < len(t.order) {
		if got, ok := t.out[t.order[n]]; ok && got.expires.After(now) {
			break
		}
		delete(t.out, t.order[n])
		n++
	}
	t.order = t.order[n:]
}
