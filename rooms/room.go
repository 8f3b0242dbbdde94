package rooms

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/vmihailenco/msgpack/v5"

	"atelier/protocol"
)

// Room is one loaded room. Its methods may be called from any goroutine and none but those with a context waits; those
// without a reply are dropped once the room has ended.
type Room struct {
	id      string
	cfg     Config
	store   Store
	numbers *numbers
	inbox   *inbox
	done    chan struct{}  // closed when the actor has ended
	workers sync.WaitGroup // commits and snapshots under way

	// Owned by run: the canvas.
	state *State
	epoch string
	tail  *tail

	// Owned by run: changes.go.
	waiting  []*pending          // not judged yet, in order
	inflight *batch              // being committed; nil when none is
	beaten   bool                // another instance was faster than the last commit
	byID     map[string]*pending // waiting and in flight
	budget   int                 // bytes of those

	// Owned by run: persister.go.
	failing    atomic.Bool // the last commit failed; only the first of a row is logged
	saving     bool
	savedBytes int // size of the newest snapshot
	sinceRows  int // rows and their bytes since it
	sinceBytes int

	// Owned by run: join.go.
	info      protocol.RoomInfo
	members   map[uint32]*member
	bySession map[string]*member
	roster    []*member // members in the order they came
	joined    []*member // to be told with the next tick
	left      []uint32
	altered   []*member

	// Owned by run: tick.go.
	moved      []*member
	stated     []*member
	voiced     []*member
	progress   map[string]protocol.Progress
	progressed map[string]bool
	keyframes  bool // somebody waits for one
	lastTick   time.Time

	// Owned by run: the other instances.
	peers   peers
	missing missing
	jobSeq  int64 // of the newest job message that was shown
	handing bool  // members that leave come back on another instance

	// Owned by run: idle.go.
	archivedAt time.Time

	// Owned by run: its end.
	emptySince time.Time // zero while there are members
	closing    *closing  // by request: no joins and changes any more; ends when nothing is pending
	broken     bool      // ends at once: the log and the state do not fit
}

func newRoom(id string, store Store, cfg Config, numbers *numbers, state *State, stored Stored) *Room {
	r := &Room{
		id: id, cfg: cfg, store: store, numbers: numbers, inbox: newInbox(), done: make(chan struct{}),
		state: state, epoch: stored.Epoch, tail: newTail(), byID: make(map[string]*pending),
		savedBytes: len(stored.Snapshot), sinceRows: len(stored.Rows),
		members: make(map[uint32]*member), bySession: make(map[string]*member),
		progress: make(map[string]protocol.Progress), progressed: make(map[string]bool),
		emptySince: cfg.Now(),
	}
	for i := range stored.Rows {
		r.sinceBytes += rowBytes(&stored.Rows[i])
		r.tail.push(stored.Rows[i])
	}
	return r
}

// run is the actor. Ctx bounds the store's work only; the room ends by itself.
func (r *Room) run(ctx context.Context) {
	defer close(r.done)
	defer r.workers.Wait()
	if r.peers.cancel != nil {
		defer r.peers.cancel()
	}
	timer := time.NewTimer(r.cfg.IdleUnload)
	defer timer.Stop()
	var spare []event
	for {
		select {
		case <-r.inbox.wake:
		case <-timer.C:
		}
		events := r.inbox.take(spare)
		for i := range events {
			if e := &events[i]; e.do != nil {
				e.do()
			} else {
				r.move(e.m, e.x, e.y)
			}
			events[i] = event{}
		}
		spare = events

		now := r.cfg.Now()
		r.mend(ctx, now)
		r.attend(now)
		r.archiveIdle(now)
		r.judgeWaiting(ctx, now)
		r.refuseOverdue(now)
		r.saveSnapshot(ctx)
		r.tick(now)
		if r.ended(now) {
			return
		}
		timer.Reset(r.nextDue(now))
	}
}

// ended tells whether the room is over: broken, closed by request with nothing pending, or empty for long enough.
func (r *Room) ended(now time.Time) bool {
	idle := len(r.roster) == 0 && now.Sub(r.emptySince) >= r.cfg.IdleUnload
	pending := r.inflight != nil || len(r.waiting) > 0 || r.saving || r.missing.reading
	if !r.broken && (pending || (r.closing == nil && !idle)) {
		return false
	}
	if !r.inbox.closeIfEmpty() {
		return false
	}
	if r.closing == nil {
		r.closing = &closing{protocol.CloseRoomUnavailable, "the room is loaded anew"}
	}
	for _, m := range r.roster {
		if m.outbox != nil {
			m.outbox.Close(r.closing.code, r.closing.reason)
		}
	}
	return true
}

// nextDue is how long the actor may sleep.
func (r *Room) nextDue(now time.Time) time.Duration {
	due := now.Add(time.Hour)
	earlier := func(t time.Time) {
		if t.Before(due) {
			due = t
		}
	}
	if r.dirty() {
		earlier(r.lastTick.Add(r.interval()))
	}
	if !r.missing.due.IsZero() && !r.missing.reading {
		earlier(r.missing.due)
	}
	r.attendDue(earlier)
	if len(r.waiting) > 0 {
		earlier(r.waiting[0].since.Add(r.cfg.CommitWait))
	}
	if len(r.roster) == 0 {
		earlier(r.emptySince.Add(r.cfg.IdleUnload))
	}
	return max(due.Sub(now), 0)
}

// ask runs f on the actor and waits for it.
func ask[T any](ctx context.Context, r *Room, f func() T) (T, error) {
	answer := make(chan T, 1)
	var zero T
	if !r.inbox.put(event{do: func() { answer <- f() }}) {
		return zero, ErrRoomClosed
	}
	return await(ctx, r, answer)
}

// await takes the one answer that the actor gives before it ends, or gives up when ctx ends.
func await[T any](ctx context.Context, r *Room, answer <-chan T) (v T, err error) {
	select {
	case v = <-answer:
		return v, nil
	case <-ctx.Done():
		return v, ctx.Err()
	case <-r.done:
	}
	select {
	case v = <-answer:
		return v, nil
	default:
		return v, ErrRoomClosed
	}
}

// Records reads all live records at one revision.
func (r *Room) Records(ctx context.Context) (rev int64, records []Record, err error) {
	s, err := ask(ctx, r, r.state.share)
	if err != nil {
		return 0, nil, err
	}
	return s.Rev, s.Records(), nil
}

// View reads what a branch shows at one revision, "" being main. NOT_FOUND when there is no such branch.
func (r *Room) View(ctx context.Context, branch string) (rev int64, records []Record, err error) {
	if branch == "" {
		return r.Records(ctx)
	}
	s, err := ask(ctx, r, r.state.share)
	if err != nil {
		return 0, nil, err
	}
	if records = s.Composed(branch); records == nil {
		return 0, nil, protocol.Errorf(protocol.CodeNotFound, "no branch %.40s", branch)
	}
	return s.Rev, records, nil
}

// Branches lists the branches at one revision, oldest first.
func (r *Room) Branches(ctx context.Context) (rev int64, branches []BranchInfo, err error) {
	type list struct {
		rev      int64
		branches []BranchInfo
	}
	l, err := ask(ctx, r, func() list { return list{r.state.rev, r.state.BranchInfos()} })
	return l.rev, l.branches, err
}

// Members is how many members there are, on all instances; 0 when the room has ended.
func (r *Room) Members(ctx context.Context) int {
	n, err := ask(ctx, r, r.population)
	if err != nil {
		return 0
	}
	return n
}

func (r *Room) everybody(f *protocol.Frame) {
	for _, m := range r.roster {
		m.send(f)
	}
}

// Rename tells everybody the room's new name or settings.
func (r *Room) Rename(info protocol.RoomInfo) {
	r.inbox.put(event{do: func() {
		r.info = info
		f := protocol.Message(protocol.TypeRoom, &info)
		r.everybody(f)
		body, err := msgpack.Marshal(&info)
		if err != nil {
			panic("rooms: encode a room's settings: " + err.Error()) // strings and a truth value
		}
		r.tell(kindInfo, body)
	}})
}

// closing is how a room's streams are to be closed.
type closing struct {
	code   protocol.CloseCode
	reason string
}

// Close ends the room: no joins and changes any more; what is pending is committed and answered, then everybody's stream
// is closed with the code.
func (r *Room) Close(code protocol.CloseCode, reason string) {
	r.inbox.put(event{do: func() { r.closing = &closing{code, reason} }})
}
