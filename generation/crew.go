package generation

import (
	"maps"
	"slices"
	"sync"

	"atelier/protocol"
)

// crew knows the remote workers that are connected to this process.
type crew struct {
	mu    sync.Mutex
	rooms map[string]map[string]protocol.Worker // by room, by session
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

// of lists a room's workers by session.
func (c *crew) of(room string) []protocol.Worker {
	c.mu.Lock()
	defer c.mu.Unlock()
	var out []protocol.Worker
	for _, session := range slices.Sorted(maps.Keys(c.rooms[room])) {
		out = append(out, c.rooms[room][session])
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
	return n
}

func (c *crew) count() (n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, workers := range c.rooms {
		n += len(workers)
	}
	return n
}
