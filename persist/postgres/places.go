package postgres

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/jackc/pgx/v5"

	"atelier/rooms"
)

// place is where a room's log is: its workspace and its short name. Neither ever changes.
type place struct {
	workspace string
	n         int64
}

// mostPlaces bounds what is remembered.
const mostPlaces = 100_000

// places remembers where rooms' logs are.
type places struct {
	mu    sync.Mutex
	known map[string]place
}

func (p *places) get(room string) (place, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	at, ok := p.known[room]
	return at, ok
}

func (p *places) put(room string, at place) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.known == nil || len(p.known) >= mostPlaces {
		p.known = make(map[string]place)
	}
	p.known[room] = at
}

func (p *places) forget(room string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.known, room)
}

// in does something where a room's log is. [rooms.ErrNoRoom] when there is none. A room that is remembered may have been deleted,
// and made again somewhere else.
func (db *DB) in(ctx context.Context, room string, do func(at place) error) error {
	at, remembered := db.places.get(room)
	if remembered {
		err := do(at)
		if !errors.Is(err, rooms.ErrNoRoom) {
			return err
		}
		db.places.forget(room)
	}
	at, err := db.placeOf(ctx, room)
	if err != nil {
		return err
	}
	return do(at)
}

func (db *DB) placeOf(ctx context.Context, room string) (place, error) {
	var at place
	err := db.conns.QueryRow(ctx, "SELECT workspace, n FROM place_of_room($1)", room).Scan(&at.workspace, &at.n)
	if errors.Is(err, pgx.ErrNoRows) {
		return place{}, rooms.ErrNoRoom
	}
	if err != nil {
		return place{}, unavailable(fmt.Errorf("look up room %s: %w", room, err))
	}
	db.places.put(room, at)
	return at, nil
}

// enter is the first statement of a transaction about a room.
const enter = "SELECT set_config('atelier.workspace', $1, true)"
