package rooms

import "sync"

// event is something for the actor: a cursor position, or when do is set, a function that the actor runs.
type event struct {
	m    uint32
	x, y float32
	do   func()
}

// inbox takes events of any number of senders and gives them to one actor in batches. Putting never blocks. It is not
// bounded by itself: cursors are limited per member by the hub, and changes have a budget in bytes ([Room.Change]).
type inbox struct {
	wake chan struct{} // one slot: there is something

	mu     sync.Mutex
	events []event
	closed bool
}

func newInbox() *inbox { return &inbox{wake: make(chan struct{}, 1)} }

// put returns false when the actor has ended.
func (i *inbox) put(e event) bool {
	i.mu.Lock()
	if i.closed {
		i.mu.Unlock()
		return false
	}
	first := len(i.events) == 0
	i.events = append(i.events, e)
	i.mu.Unlock()
	if first {
		select {
		case i.wake <- struct{}{}:
		default:
		}
	}
	return true
}

// take gives all events and takes spare, an emptied slice, in exchange.
func (i *inbox) take(spare []event) []event {
	i.mu.Lock()
	defer i.mu.Unlock()
	events := i.events
	i.events = spare[:0]
	return events
}

// closeIfEmpty ends the inbox unless something came in meanwhile.
func (i *inbox) closeIfEmpty() bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	if len(i.events) > 0 {
		return false
	}
	i.closed = true
	return true
}
