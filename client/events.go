package client

import (
	"context"
	"errors"
	"iter"
	"slices"
	"sync"

	"atelier/protocol"
)

// Event is one of the types below.
type Event interface{ event() }

type (
	// Connected says that the room is live. Unless Resumed, the replica was replaced by a snapshot; read it.
	Connected struct{ Resumed bool }
	// Disconnected says that the socket was lost; the room dials again.
	Disconnected struct{ Err error }
	// Joined says that a member came.
	Joined struct{ Member Member }
	// Left says that a member went.
	Left struct{ Member Member }
	// MemberChanged says that a member's name or role changed.
	MemberChanged struct{ Member Member }
	// Cursor is a member's newest position in canvas coordinates.
	Cursor struct {
		M    uint32
		X, Y float32
	}
	// Presence is what a member shows of itself, whole.
	Presence struct {
		M     uint32
		State map[string]any
	}
	// Changed says that a change was committed, one's own included, and the replica has it.
	Changed struct{ Change protocol.Committed }
	// BranchChanged is a branch as it is now: it was made, renamed, merged, archived or opened again, or has other cells.
	BranchChanged struct{ Branch Branch }
	// JobChanged is a job as it is now.
	JobChanged struct{ Job protocol.Job }
	// JobProgress is how far a running job is.
	JobProgress struct{ Progress protocol.Progress }
	// Notice is an app-defined event that a member sent.
	Notice struct{ Notice protocol.Notice }
	// RoomChanged says that the room was renamed or its settings changed.
	RoomChanged struct{ Room protocol.RoomInfo }
	// Lagged says that the reader was too slow and lost events; read the replica.
	Lagged struct{}
)

func (Connected) event()     {}
func (Disconnected) event()  {}
func (Joined) event()        {}
func (Left) event()          {}
func (MemberChanged) event() {}
func (Cursor) event()        {}
func (Presence) event()      {}
func (Changed) event()       {}
func (BranchChanged) event() {}
func (JobChanged) event()    {}
func (JobProgress) event()   {}
func (Notice) event()        {}
func (RoomChanged) event()   {}
func (Lagged) event()        {}

// On is what the change wrote on a branch, "" being main: a change on a branch may write on main as well, and the other
// way round.
func (c Changed) On(branch string) []protocol.Write {
	var writes []protocol.Write
	if c.Change.Branch == branch {
		writes = c.Change.Writes
	}
	for _, t := range c.Change.Also {
		if t.Branch == branch {
			writes = slices.Concat(writes, t.Writes)
		}
	}
	return writes
}

// slot names what a latest-wins event replaces; ok is false for events that are kept in order.
type slot struct {
	kind byte
	m    uint32
	id   string
}

func slotOf(e Event) (s slot, ok bool) {
	switch e := e.(type) {
	case Cursor:
		return slot{kind: 'c', m: e.M}, true
	case Presence:
		return slot{kind: 'p', m: e.M}, true
	case JobProgress:
		return slot{kind: 'j', id: e.Progress.Job}, true
	case Speaking:
		return slot{kind: 's', m: e.M}, true
	case BranchChanged:
		return slot{kind: 'b', id: e.Branch.ID}, true
	}
	return slot{}, false
}

// ErrUnsubscribed ends a subscription that was closed.
var ErrUnsubscribed = errors.New("subscription closed")

// Subscription is a queue of events for one reader. The room's reader pushes and never blocks.
type Subscription struct {
	limit int
	wake  chan struct{} // one slot
	leave func(*Subscription)

	// Owned by mu.
	mu    sync.Mutex
	queue []Event
	taken int // events ever taken off the queue; queue[0] has this number
	slots map[slot]int
	err   error
}

// eventQueue is how many events a subscription holds unless it is told otherwise.
const eventQueue = 1 << 16

// NewSubscription makes a subscription for [Options.Events], with the usual queue: [Room.Subscribe] comes too late for
// what is said to a member the moment it joins.
func NewSubscription() *Subscription { return newSubscription(eventQueue, func(*Subscription) {}) }

func newSubscription(limit int, leave func(*Subscription)) *Subscription {
	return &Subscription{limit: limit, wake: make(chan struct{}, 1), leave: leave, slots: make(map[slot]int)}
}

func (s *Subscription) push(e Event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil {
		return
	}
	key, latest := slotOf(e)
	if at, ok := s.slots[key]; latest && ok {
		s.queue[at-s.taken] = e
		return
	}
	if len(s.queue) >= s.limit {
		s.taken += len(s.queue)
		s.queue = append(s.queue[:0], Lagged{})
		clear(s.slots)
	}
	if latest {
		s.slots[key] = s.taken + len(s.queue)
	}
	s.queue = append(s.queue, e)
	s.signal()
}

func (s *Subscription) signal() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// end lets the reader take what is queued, then gives it err.
func (s *Subscription) end(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err == nil {
		s.err = err
		s.signal()
	}
}

// Next waits for the next event. After the room has ended it returns the room's error, after [Subscription.Close]
// ErrUnsubscribed. For one goroutine at a time.
func (s *Subscription) Next(ctx context.Context) (Event, error) {
	for {
		e, err := s.take()
		if e != nil || err != nil {
			return e, err
		}
		select {
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case <-s.wake:
		}
	}
}

func (s *Subscription) take() (Event, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.queue) == 0 {
		s.queue = nil
		return nil, s.err
	}
	e := s.queue[0]
	s.queue[0] = nil
	s.queue = s.queue[1:]
	s.taken++
	if key, latest := slotOf(e); latest {
		delete(s.slots, key)
	}
	return e, nil
}

// All ranges over events until ctx or the room ends, or the subscription is closed.
func (s *Subscription) All(ctx context.Context) iter.Seq[Event] {
	return func(yield func(Event) bool) {
		for {
			e, err := s.Next(ctx)
			if err != nil || !yield(e) {
				return
			}
		}
	}
}

// Close ends the subscription; its reader gets what is queued, then ErrUnsubscribed.
func (s *Subscription) Close() {
	s.leave(s)
	s.end(ErrUnsubscribed)
}
