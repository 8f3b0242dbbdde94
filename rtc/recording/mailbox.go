package recording

import "sync"

// mailbox hands what is to be done to the one goroutine that does it, in order. Putting never waits.
type mailbox struct {
	wake chan struct{} // one slot

	mu     sync.Mutex
	todo   []func()
	closed bool
}

func newMailbox() *mailbox { return &mailbox{wake: make(chan struct{}, 1)} }

// put is false when the mailbox is closed: it will not be done.
func (m *mailbox) put(do func()) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return false
	}
	m.todo = append(m.todo, do)
	select {
	case m.wake <- struct{}{}:
	default:
	}
	return true
}

// take empties it.
func (m *mailbox) take() []func() {
	m.mu.Lock()
	defer m.mu.Unlock()
	all := m.todo
	m.todo = nil
	return all
}

// close refuses more and gives what is left.
func (m *mailbox) close() []func() {
	m.mu.Lock()
	m.closed = true
	m.mu.Unlock()
	return m.take()
}
