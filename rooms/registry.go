package rooms

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"atelier/protocol"
)

// numbers gives members their numbers: the instance's slot in the high bits, a counter below, never used again within
// the instance's life, so that a late cursor can never land on somebody else.
type numbers struct {
	slot    uint32
	counter atomic.Uint32
}

func (n *numbers) next() uint32 {
	return n.slot<<counterBits | n.counter.Add(1)&(1<<counterBits-1)
}

// Registry holds the rooms that are loaded on this instance.
type Registry struct {
	store   Store
	cfg     Config
	numbers *numbers
	schema  *protocol.Schema
	ctx     context.Context //nolint:containedctx // the life of the rooms, not of a call
	cancel  context.CancelFunc

	mu     sync.Mutex
	rooms  map[string]*entry
	closed bool
	actors sync.WaitGroup

	comparing sync.WaitGroup
}

// entry is a room that is loaded or loading.
type entry struct {
	ready chan struct{} // closed when room or err is set
	room  *Room
	err   error
}

const shuttingDown = "the server is shutting down"

// NewRegistry makes a registry without rooms.
func NewRegistry(store Store, cfg Config) *Registry {
	cfg = cfg.withDefaults()
	ctx, cancel := context.WithCancel(context.Background())
	g := &Registry{
		store: store, cfg: cfg, numbers: &numbers{slot: cfg.Slot}, schema: protocol.NewSchema(cfg.Limits), ctx: ctx, cancel: cancel, rooms: make(map[string]*entry),
	}
	if heads, ok := store.(HeadStore); ok && cfg.Bus != nil {
		g.comparing.Go(func() { g.compare(heads) })
	}
	return g
}

// Room returns a loaded room, loading it when needed. ErrNoRoom when there is none; UNAVAILABLE once the registry is
// closing.
func (g *Registry) Room(ctx context.Context, id string) (*Room, error) {
	for {
		e, err := g.entry(id)
		if err != nil {
			return nil, err
		}
		select {
		case <-e.ready:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		if e.err != nil {
			return nil, e.err
		}
		select {
		case <-e.room.done: // unloaded meanwhile; its entry goes in a moment
			g.forget(id, e)
		default:
			return e.room, nil
		}
	}
}

// Loaded returns the room if it is loaded, else nil.
func (g *Registry) Loaded(id string) *Room {
	g.mu.Lock()
	defer g.mu.Unlock()
	e := g.rooms[id]
	if e == nil {
		return nil
	}
	select {
	case <-e.ready:
		return e.room
	default:
		return nil
	}
}

// All lists the rooms that are loaded.
func (g *Registry) All() []*Room {
	g.mu.Lock()
	defer g.mu.Unlock()
	out := make([]*Room, 0, len(g.rooms))
	for _, e := range g.rooms {
		select {
		case <-e.ready:
			if e.room != nil {
				out = append(out, e.room)
			}
		default:
		}
	}
	return out
}

func (g *Registry) entry(id string) (*entry, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closed {
		return nil, protocol.Errorf(protocol.CodeUnavailable, shuttingDown)
	}
	e := g.rooms[id]
	if e == nil {
		e = &entry{ready: make(chan struct{})}
		g.rooms[id] = e
		g.actors.Go(func() { g.live(id, e) })
	}
	return e, nil
}

// live loads a room and is its actor until it ends.
func (g *Registry) live(id string, e *entry) {
	defer g.forget(id, e)
	started := g.cfg.Now()
	e.room, e.err = g.load(id)
	close(e.ready)
	if e.err != nil {
		return
	}
	if g.isClosed() {
		e.room.Close(protocol.CloseDraining, shuttingDown)
	}
	g.cfg.Metrics.RoomLoaded(g.cfg.Now().Sub(started), len(e.room.state.records))
	e.room.run(g.ctx)
	g.cfg.Metrics.RoomUnloaded()
}

func (g *Registry) isClosed() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.closed
}

func (g *Registry) load(id string) (*Room, error) {
	stored, err := g.store.Load(g.ctx, id)
	if errors.Is(err, ErrNoRoom) {
		return nil, ErrNoRoom
	}
	if err != nil {
		return nil, fmt.Errorf("load room %s: %w", id, err)
	}
	state, err := Restore(g.schema, stored)
	if err != nil {
		return nil, fmt.Errorf("restore room %s: %w", id, err)
	}
	r := newRoom(id, g.store, g.cfg, g.numbers, state, stored)
	if heads, ok := g.store.(HeadStore); ok && g.cfg.Bus != nil {
		found, err := heads.Heads(g.ctx, []string{id})
		if err != nil {
			return nil, fmt.Errorf("read the head of room %s: %w", id, err)
		}
		r.jobSeq = found[id].Jobs
	}
	r.listen(g.cfg.Bus)
	return r, nil
}

func (g *Registry) forget(id string, e *entry) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.rooms[id] == e {
		delete(g.rooms, id)
	}
}

// Close commits what is pending and ends every room; streams are closed with [protocol.CloseDraining]. When ctx ends
// first, the store's work is cut short: what was not acknowledged is the clients' to retry.
func (g *Registry) Close(ctx context.Context) error {
	g.mu.Lock()
	g.closed = true
	g.mu.Unlock()
	ended := make(chan struct{})
	go func() {
		g.actors.Wait()
		close(ended)
	}()
	for _, r := range g.All() {
		r.Close(protocol.CloseDraining, shuttingDown)
	}
	defer g.comparing.Wait()
	defer g.cancel()
	select {
	case <-ended:
		return nil
	case <-ctx.Done():
		g.cancel()
		<-ended
		return fmt.Errorf("close rooms: %w", ctx.Err())
	}
}
