package generation

import (
	"cmp"
	"maps"
	"slices"
	"sync"

	"atelier/protocol"
)

// crew knows the remote workers that are connected to this process, and has heard of those of other instances.
type crew struct {
	mu     sync.Mutex
	rooms  map[string]map[string]protocol.Worker   // by room, by session
	others map[string]map[string][]protocol.Worker // by instance, by room
}

func newCrew() *crew {
	return &crew{rooms: make(map[string]map[string]protocol.Worker), others: make(map[string]map[string][]protocol.Worker)}
}

func (c *crew) put(room string, w protocol.Worker) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.rooms[room] == nil {
		c.rooms[room] = make(map[string]protocol.Worker)
	}
	c.rooms[room][w.Session] = w
}

func (c *crew) remove(room, session string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.rooms[room], session)
	if len(c.rooms[room]) == 0 {
		delete(c.rooms, room)
	}
}

func (c *crew) elsewhere(instance, room string, workers []protocol.Worker) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.others[instance] == nil {
		c.others[instance] = make(map[string][]protocol.Worker)
	}
	c.others[instance][room] = workers
	if len(workers) == 0 {
		delete(c.others[instance], room)
	}
}

func (c *crew) forget(instance string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.others, instance)
}

// of lists a room's workers on all instances by session.
func (c *crew) of(room string) []protocol.Worker {
	c.mu.Lock()
	defer c.mu.Unlock()
	out := slices.Collect(maps.Values(c.rooms[room]))
	for _, rooms := range c.others {
		out = append(out, rooms[room]...)
	}
	slices.SortFunc(out, func(a, b protocol.Worker) int { return cmp.Compare(a.Session, b.Session) })
	return out
}

// own lists the workers of this process by room.
func (c *crew) own() map[string][]protocol.Worker {
	c.mu.Lock()
	defer c.mu.Unlock()
	out := make(map[string][]protocol.Worker, len(c.rooms))
	for room, workers := range c.rooms {
		out[room] = slices.Collect(maps.Values(workers))
	}
	return out
}

// slots is how many attempts all of them run at once.
func (c *crew) slots() (n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, workers := range c.rooms {
		for _, w := range workers {
			n += w.Slots
		}
	}
	for _, rooms := range c.others {
		for _, workers := range rooms {
			for _, w := range workers {
				n += w.Slots
			}
		}
	}
	return n
}

// count is how many this process has.
func (c *crew) count() (n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, workers := range c.rooms {
		n += len(workers)
	}
	return n
}
