package client

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"

	"atelier/protocol"
)

// ErrClosed is the error of a room that [Room.Close] ended.
var ErrClosed = errors.New("room closed by its client")

// Room is a member's place in a room: it lives from [Join] to [Room.Close], over any number of sockets.
type Room struct {
	opts   Options
	api    *API
	schema *protocol.Schema

	// wake tells the writer that there is something to send; one slot.
	wake chan struct{}

	// The room's goroutine.
	cancel context.CancelCauseFunc
	done   chan struct{} // closed when it has ended

	// Owned by mu. Nothing blocks while it is held.
	mu        sync.Mutex
	err       error         // why the room has ended
	changed   chan struct{} // closed and replaced when anything below has changed
	live      bool
	token     string          // session token of the newest welcome
	refusal   *protocol.Error // why the server is about to close this socket
	welcome   protocol.Welcome
	canvas    *canvas // what readers see; nil before the first one is complete
	arriving  *canvas // the snapshot that is arriving, or canvas itself
	jobs      jobs
	queue     protocol.QueueInfo
	inbox     *workInbox          // of a worker; nil when it is none
	slots     []uint32            // of the call
	recording *protocol.Recording // of the call; nil: none that has not ended
	members   map[uint32]*Member
	presence  map[string]any // our own, said again to a session that is new
	cursor    cursor
	calls     calls
	subs      []*Subscription
}

// Join joins a room and returns when the replica is complete. It dials until it succeeds, ctx ends or the server refuses
// for good. The context bounds the joining, not the room.
func Join(ctx context.Context, o Options) (*Room, error) {
	o, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	api, err := NewAPI(o.URL, Identity{Key: o.Key, Cookie: o.Cookie}, o.HTTP)
	if err != nil {
		return nil, err
	}
	if o.Key == "" && o.Cookie == "" && o.Ticket == nil {
		if _, err := api.Guest(ctx, o.Name); err != nil {
			return nil, err
		}
	}
	life, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	r := &Room{
		opts: o, api: api, cancel: cancel, schema: protocol.NewSchema(protocol.DefaultLimits()),
		wake: make(chan struct{}, 1), done: make(chan struct{}), changed: make(chan struct{}),
		jobs: newJobs(), members: make(map[uint32]*Member), presence: make(map[string]any),
		calls: calls{pending: make(map[uint64]*call)},
	}
	if o.Events != nil {
		o.Events.leave = r.unsubscribe
		r.subs = append(r.subs, o.Events)
	}
	go r.run(life)
	if err := r.Until(ctx, func() bool { return r.Live() }); err != nil {
		_ = r.Close()
		return nil, err
	}
	return r, nil
}

// Close leaves the room and waits for its goroutines. Pending calls get [ErrClosed].
func (r *Room) Close() error {
	r.cancel(ErrClosed)
	<-r.done
	return nil
}

// Done is closed when the room has ended.
func (r *Room) Done() <-chan struct{} { return r.done }

// Err tells why the room has ended; nil while it has not.
func (r *Room) Err() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.err
}

// API is the HTTP API as the same user.
func (r *Room) API() *API { return r.api }

// Live tells whether there is a socket and the replica has caught up.
func (r *Room) Live() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.live
}

// Self is our own member, as the server named it.
func (r *Room) Self() protocol.Member {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.welcome.Self
}

// Info is what the room is called.
func (r *Room) Info() protocol.RoomInfo {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.welcome.Room
}

// Limits are what the server accepts.
func (r *Room) Limits() protocol.Limits {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.welcome.Limits
}

// Rev is the replica's revision.
func (r *Room) Rev() int64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.canvas == nil {
		return 0
	}
	return r.canvas.rev
}

// Record copies a record of main. Those of a branch are in [Room.On].
func (r *Room) Record(id string) (Record, bool) { return r.On("").Record(id) }

// Records copies main, ordered by id, with the replica's revision.
func (r *Room) Records() (rev int64, records []Record) { return r.On("").Records() }

// Subscribe gives what happens from now on. Close it when it is not read any more.
func (r *Room) Subscribe() *Subscription {
	s := newSubscription(r.opts.EventQueue, r.unsubscribe)
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.err != nil {
		s.end(r.err)
		return s
	}
	r.subs = append(r.subs, s)
	return s
}

func (r *Room) unsubscribe(s *Subscription) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.subs = slices.DeleteFunc(r.subs, func(o *Subscription) bool { return o == s })
}

// Until waits until ok is true. It is asked now and after every message from the server, without a lock held, so it may
// call any method. The error is ctx's or the room's.
func (r *Room) Until(ctx context.Context, ok func() bool) error {
	for {
		r.mu.Lock()
		changed, err := r.changed, r.err
		r.mu.Unlock()
		if ok() {
			return nil
		}
		if err != nil {
			return err
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

func (r *Room) emitLocked(e Event) {
	for _, s := range r.subs {
		s.push(e)
	}
}

func (r *Room) changedLocked() {
	close(r.changed)
	r.changed = make(chan struct{})
}

func (r *Room) signal() {
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

// Members copies everybody in the room, ourselves included, by member number.
func (r *Room) Members() map[uint32]Member {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := make(map[uint32]Member, len(r.members))
	for m, member := range r.members {
		c := *member
		c.Presence = maps.Clone(member.Presence)
		out[m] = c
	}
	return out
}
