package generation

import (
	"context"
	"sync"
	"time"

	"atelier/protocol"
)

// Deliver takes what a remote worker is to be told. It never blocks.
type Deliver interface {
	Work(w protocol.Work)
	Stop(ref protocol.WorkRef)
}

// Hand is a remote worker: a member of a room that runs its jobs. Its methods are safe for concurrent use.
type Hand struct {
	desk    *Desk
	who     Who
	session string
	deliver Deliver

	mu      sync.Mutex
	offer   protocol.WorkOffer
	held    map[string]*holding // by job
	ended   map[protocol.WorkRef]bool
	away    bool          // its connection is lost
	silent  bool          // it let a lease lapse and has said nothing since
	changed chan struct{} // one slot

	stop context.CancelFunc
	done chan struct{}
}

// holding is a lease that a hand has. Owned by the hand's mu.
type holding struct {
	lease   Lease
	expiry  *time.Timer
	renewed time.Time
	shown   float64
	uploads map[int]upload
}

// upload is a result that has been received.
type upload struct {
	result protocol.JobResult
	rows   []Asset
}

const (
	maxSlots  = 64
	maxRoutes = 200
	keptEnded = 256 // endings that are remembered, for those that come twice
	maxPushed = 48 << 10
)

var errNotYours = protocol.Errorf(protocol.CodeConflict, "the lease on this job is lost")

// Employ makes a member of a room a worker, which is given jobs as they come. INVALID_INPUT for an offer that makes no
// sense. Close ends it.
func (d *Desk) Employ(ctx context.Context, who Who, session string, offer protocol.WorkOffer, to Deliver) (*Hand, error) {
	if err := checkOffer(offer); err != nil {
		return nil, err
	}
	run, stop := context.WithCancel(context.WithoutCancel(ctx))
	h := &Hand{
		desk: d, who: who, session: session, deliver: to, offer: offer, held: make(map[string]*holding),
		ended: make(map[protocol.WorkRef]bool), changed: make(chan struct{}, 1), stop: stop, done: make(chan struct{}),
	}
	d.mu.Lock()
	d.all[h] = struct{}{}
	d.mu.Unlock()
	h.show(ctx)
	go h.work(run)
	return h, nil
}

func checkOffer(o protocol.WorkOffer) error {
	switch {
	case o.Slots < 0 || o.Slots > maxSlots:
		return protocol.Errorf(protocol.CodeInvalidInput, "slots: %d is not within 0–%d", o.Slots, maxSlots)
	case len(o.Routes) > maxRoutes:
		return protocol.Errorf(protocol.CodeInvalidInput, "routes: more than %d", maxRoutes)
	case len(o.Name) > 80:
		return protocol.Errorf(protocol.CodeInvalidInput, "name: longer than 80 bytes")
	}
	for _, route := range o.Routes {
		if len(route) > 256 {
			return protocol.Errorf(protocol.CodeInvalidInput, "routes: %.40q… is too long", route)
		}
	}
	return nil
}

// show tells the room about its workers.
func (h *Hand) show(ctx context.Context) {
	q := h.desk.cfg.Queue
	h.mu.Lock()
	offer := h.offer
	h.mu.Unlock()
	if name := h.who.Name; offer.Name == "" {
		offer.Name = name
	}
	if offer.Slots == 0 {
		q.crew.remove(h.who.Room, h.session)
	} else {
		q.crew.put(h.who.Room, protocol.Worker{Session: h.session, Name: offer.Name, Slots: offer.Slots, Routes: offer.Routes})
	}
	q.showInfo(ctx, h.who.Room)
}

// Offer changes what the worker offers. What it has goes on.
func (h *Hand) Offer(ctx context.Context, offer protocol.WorkOffer) error {
	if err := checkOffer(offer); err != nil {
		return err
	}
	h.spoke()
	h.mu.Lock()
	h.offer = offer
	h.mu.Unlock()
	h.wake()
	h.show(ctx)
	return nil
}

// Dismiss ends it soon: what it had and did not end goes back to the line.
func (h *Hand) Dismiss() { h.stop() }

// Close dismisses it and waits until it is gone.
func (h *Hand) Close() {
	h.stop()
	<-h.done
}

// Held is what the worker has, to be told again when it comes back after its connection was lost.
func (h *Hand) Held() []protocol.Work {
	h.mu.Lock()
	defer h.mu.Unlock()
	out := make([]protocol.Work, 0, len(h.held))
	for _, holds := range h.held {
		out = append(out, h.workOf(holds.lease))
	}
	return out
}

func (h *Hand) workOf(lease Lease) protocol.Work {
	return protocol.Work{Job: lease.Job, Token: lease.Token, LeaseMS: h.desk.cfg.Lease.Milliseconds()}
}

func (h *Hand) wake() {
	select {
	case h.changed <- struct{}{}:
	default:
	}
}

// worker is the name under which the store knows the hand.
func (h *Hand) worker() string { return "session:" + h.session + "@" + h.desk.cfg.Instance }

// work claims jobs while there are free slots.
func (h *Hand) work(ctx context.Context) {
	defer close(h.done)
	defer h.leave(ctx)
	for ctx.Err() == nil {
		rung := h.desk.cfg.Queue.bell.next()
		for h.free() && ctx.Err() == nil {
			lease, err := h.desk.claim(ctx, h.capabilities())
			if err != nil && ctx.Err() == nil {
				h.desk.cfg.Log.Warn("claim for a remote worker", "room", h.who.Room, "error", err)
				pause(ctx, time.Second)
			}
			if err != nil || lease == nil {
				break
			}
			h.take(ctx, *lease)
		}
		select {
		case <-ctx.Done():
		case <-rung:
		case <-h.changed:
		}
	}
}

func (h *Hand) free() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.held) < h.offer.Slots && !h.away && !h.silent
}

func (h *Hand) capabilities() Capabilities {
	h.mu.Lock()
	defer h.mu.Unlock()
	name := h.offer.Name
	if name == "" {
		name = h.who.Name
	}
	return Capabilities{Worker: h.worker(), Name: name, Routes: h.offer.Routes, Room: h.who.Room}
}

func (h *Hand) take(ctx context.Context, lease Lease) {
	job := lease.Job
	holds := &holding{lease: lease, renewed: time.Now(), uploads: make(map[int]upload)}
	ref := protocol.WorkRef{Job: job.ID, Token: lease.Token}
	h.mu.Lock()
	h.held[job.ID] = holds
	holds.expiry = time.AfterFunc(h.desk.cfg.Lease, func() { h.lapsed(ref) })
	h.mu.Unlock()
	h.desk.have(job, h)
	h.desk.cfg.Queue.runs.add(job.Room, job.ID, func(error) { h.lose(ref) })
	h.desk.cfg.Queue.moved(ctx, job)
	h.deliver.Work(h.workOf(lease))
}

// Away says that the worker's connection is lost: it keeps what it has and is given nothing new until it is Back.
func (h *Hand) Away() {
	h.mu.Lock()
	h.away = true
	h.mu.Unlock()
}

// Back says that the worker can be told things again.
func (h *Hand) Back() {
	h.mu.Lock()
	h.away = false
	h.mu.Unlock()
	h.wake()
}

// spoke notes that the worker is alive.
func (h *Hand) spoke() {
	h.mu.Lock()
	was := h.silent
	h.silent = false
	h.mu.Unlock()
	if was {
		h.wake()
	}
}

// lapsed takes a job from a worker that said nothing for as long as a lease lasts; it gets no other before it speaks.
func (h *Hand) lapsed(ref protocol.WorkRef) {
	h.mu.Lock()
	_, holds := h.holdsLocked(ref)
	h.silent = h.silent || holds
	h.mu.Unlock()
	h.lose(ref)
}

// lose takes a job from the worker and tells it.
func (h *Hand) lose(ref protocol.WorkRef) {
	if h.drop(ref) {
		h.deliver.Stop(ref)
	}
}

// drop forgets a lease; false when it is not there.
func (h *Hand) drop(ref protocol.WorkRef) bool {
	h.mu.Lock()
	holds := h.held[ref.Job]
	if holds == nil || holds.lease.Token != ref.Token {
		h.mu.Unlock()
		return false
	}
	holds.expiry.Stop()
	delete(h.held, ref.Job)
	h.mu.Unlock()
	job := holds.lease.Job
	h.desk.let(job, h)
	h.desk.cfg.Queue.runs.remove(job.Room, job.ID)
	h.desk.cfg.Queue.cfg.Announcer.Progress(job.Room, protocol.Progress{Job: job.ID, Attempt: job.Attempt, Fraction: -1})
	h.wake()
	return true
}

// leave gives back what is left, under the eyes of the room.
func (h *Hand) leave(ctx context.Context) {
	ctx = context.WithoutCancel(ctx)
	h.mu.Lock()
	var refs []protocol.WorkRef
	for id, holds := range h.held {
		refs = append(refs, protocol.WorkRef{Job: id, Token: holds.lease.Token})
	}
	h.mu.Unlock()
	for _, ref := range refs {
		h.drop(ref)
	}
	h.desk.mu.Lock()
	delete(h.desk.all, h)
	h.desk.mu.Unlock()
	q := h.desk.cfg.Queue
	q.crew.remove(h.who.Room, h.session)
	store, cancel := context.WithTimeout(ctx, h.desk.cfg.storeTimeout)
	defer cancel()
	lapsed, err := h.desk.cfg.Leases.Lapse(store, h.worker())
	if err != nil {
		h.desk.cfg.Log.Warn("take back a worker's leases", "room", h.who.Room, "error", err) // they lapse by themselves
	}
	q.moved(store, lapsed...)
	if len(lapsed) > 0 {
		q.ring()
	}
	q.showInfo(store, h.who.Room)
}
