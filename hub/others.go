package hub

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/vmihailenco/msgpack/v5"

	"atelier/generation"
	"atelier/hub/fanout"
	"atelier/protocol"
)

var _ generation.Others = (*Others)(nil)

// instances is the topic on which instances tell each other what is not about one room's canvas.
const instances = "instances"

// An instance says that it lives every aliveEvery. One that was not heard for goneAfter has no workers any more. Wakes are told
// at most every wakeEvery.
const (
	aliveEvery = 5 * time.Second
	goneAfter  = 15 * time.Second
	wakeEvery  = 5 * time.Millisecond

	mostConcerns = 256
)

// Crewed is the queue of this instance, as the others tell it things.
type Crewed interface {
	Woken()
	Stopped(room, job string)
	Joined(instance, room string, workers []protocol.Worker)
	Gone(instance string)
	Crews() map[string][]protocol.Worker
}

// Others tells the queues of other instances what they should know, and this one's what they tell. Make it with [NewOthers],
// let it hear with Attend, end it with Close.
type Others struct {
	over     fanout.Transport
	instance string
	log      *slog.Logger
	house    *Hub         // set before Attend
	concerns chan concern // whose roles have to be read again

	cancel func()
	stop   chan struct{}
	ended  sync.WaitGroup

	mu    sync.Mutex
	queue Crewed
	heard map[string]time.Time // by instance
	wakes *time.Timer          // set while wakes are gathered
}

// NewOthers makes one that is heard on a transport. Instance is unique among those that live.
func NewOthers(over fanout.Transport, instance string, log *slog.Logger) *Others {
	return &Others{over: over, instance: instance, log: log, concerns: make(chan concern, mostConcerns), stop: make(chan struct{}), heard: make(map[string]time.Time)}
}

// tidings is what one instance tells the others.
type tidings struct {
	From string                       `msgpack:"from"`
	Asks bool                         `msgpack:"asks,omitempty"` // for everybody's crews
	Wake bool                         `msgpack:"wake,omitempty"`
	Stop *protocol.WorkRef            `msgpack:"stop,omitempty"`
	Room string                       `msgpack:"room,omitempty"` // of the stop
	Crew map[string][]protocol.Worker `msgpack:"crew,omitempty"` // by room; no workers: none any more

	Roles   *concern `msgpack:"roles,omitempty"`   // have changed
	Deleted string   `msgpack:"deleted,omitempty"` // a room
}

// Attend begins to hear the others on behalf of a queue, and of the hub that was made with it.
func (o *Others) Attend(queue Crewed) {
	o.mu.Lock()
	o.queue = queue
	o.mu.Unlock()
	o.cancel = o.over.Subscribe(instances, o)
	o.ended.Go(o.run)
}

// Close ends it.
func (o *Others) Close() {
	if o.cancel == nil {
		return
	}
	o.cancel()
	close(o.stop)
	o.ended.Wait()
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.wakes != nil {
		o.wakes.Stop()
	}
}

func (o *Others) tell(t tidings) {
	t.From = o.instance
	b, err := msgpack.Marshal(&t)
	if err != nil {
		panic("hub: encode tidings: " + err.Error()) // plain values
	}
	o.over.Publish(instances, b)
}

// Wake implements [generation.Others].
func (o *Others) Wake() {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.wakes == nil {
		o.wakes = time.AfterFunc(wakeEvery, func() {
			o.mu.Lock()
			o.wakes = nil
			o.mu.Unlock()
			o.tell(tidings{Wake: true})
		})
	}
}

// Stop implements [generation.Others].
func (o *Others) Stop(room, job string) {
	o.tell(tidings{Room: room, Stop: &protocol.WorkRef{Job: job}})
}

// Crew implements [generation.Others].
func (o *Others) Crew(room string, workers []protocol.Worker) {
	o.tell(tidings{Crew: map[string][]protocol.Worker{room: workers}})
}

// roles tells that roles have changed in the store.
func (o *Others) roles(c concern) { o.tell(tidings{Roles: &c}) }

// deleted tells that a room was deleted.
func (o *Others) deleted(room string) { o.tell(tidings{Deleted: room}) }

// Lost implements [fanout.Receiver].
func (o *Others) Lost() {
	o.tell(tidings{Asks: true, Crew: o.queue.Crews()})
	o.mind(concern{})
}

// mind has roles read again soon. With more concerns than can wait, everybody's are.
func (o *Others) mind(c concern) {
	select {
	case o.concerns <- c:
		return
	default:
	}
	for range mostConcerns {
		select {
		case <-o.concerns:
		default:
		}
	}
	select {
	case o.concerns <- concern{}:
	default: // somebody else did
	}
}

// Receive implements [fanout.Receiver].
func (o *Others) Receive(b []byte) {
	var t tidings
	if err := msgpack.Unmarshal(b, &t); err != nil {
		o.log.Warn("what another instance told cannot be read", "error", err)
		return
	}
	if t.From == o.instance {
		return
	}
	o.mu.Lock()
	_, known := o.heard[t.From]
	o.heard[t.From] = time.Now()
	o.mu.Unlock()
	for room, workers := range t.Crew {
		o.queue.Joined(t.From, room, workers)
	}
	if t.Wake {
		o.queue.Woken()
	}
	if t.Stop != nil {
		o.queue.Stopped(t.Room, t.Stop.Job)
	}
	if t.Roles != nil {
		o.mind(*t.Roles)
	}
	if t.Deleted != "" && o.house != nil {
		o.house.deletedHere(t.Deleted)
	}
	switch {
	case t.Asks:
		o.tell(tidings{Crew: o.queue.Crews()})
	case !known:
		o.tell(tidings{Asks: true, Crew: o.queue.Crews()})
	}
}

func (o *Others) run() {
	alive := time.NewTicker(aliveEvery)
	defer alive.Stop()
	for deaf := time.Now(); ; {
		select {
		case <-o.stop:
			return
		case c := <-o.concerns:
			o.refresh(c)
		case now := <-alive.C:
			o.tell(tidings{})
			if state, _ := o.over.Health(); state == fanout.Degraded { // silence says nothing
				deaf = now
				o.mind(concern{})
			}
			if now.Sub(deaf) >= goneAfter {
				o.forget(now)
			}
		}
	}
}

// refresh reads roles again that were changed on another instance.
func (o *Others) refresh(c concern) {
	if o.house == nil {
		return
	}
	if err := o.house.refreshHere(context.Background(), c); err != nil {
		o.log.Warn("read roles again", "error", err)
	}
}

func (o *Others) forget(now time.Time) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for instance, at := range o.heard {
		if now.Sub(at) >= goneAfter {
			delete(o.heard, instance)
			o.queue.Gone(instance)
		}
	}
}
