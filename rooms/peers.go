package rooms

import (
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/tinylib/msgp/msgp"

	"atelier/protocol"
)

// A room that has told the other instances nothing for beatEvery says that it is there; one that was not heard for peerTTL
// is not, and its members with it. Rosters are asked for at most every helloEvery.
const (
	beatEvery  = 5 * time.Second
	peerTTL    = 15 * time.Second
	helloEvery = 250 * time.Millisecond
)

// peers are the same room on other instances. Owned by the actor. Without a bus there are none.
type peers struct {
	bus    Bus
	cancel func() // of the subscription
	self   uint64 // names this room among them
	seq    uint64 // of the messages told
	byID   map[uint64]*peer
	toldAt time.Time

	owes    bool // one has to be told ours
	asks    bool // their rosters are wanted
	askedAt time.Time
	deafAt  time.Time // the bus was degraded then

	latest  []byte // what they told for the latest-wins lane since the last tick
	joined  []*member
	left    []uint32
	altered []*member
}

// peer is the room on another instance.
type peer struct {
	seq      uint64 // of the newest message that was heard
	heardAt  time.Time
	members  map[uint32]*member
	unfolded [][]byte // for the latest-wins lane; see fold
	progress map[string]*sighting
}

// listen begins to hear the other instances.
func (r *Room) listen(bus Bus) {
	r.peers = peers{bus: bus, self: rand.Uint64() | 1, byID: make(map[uint64]*peer)} //nolint:gosec // a name, no secret
	r.missing = missing{rows: make(map[int64]Row), jobs: make(map[int64]*protocol.Frame)}
	if bus != nil {
		r.peers.cancel = bus.Subscribe(r.id, earpiece{r, r.peers.self})
	}
}

// earpiece hands the actor what the bus carries.
type earpiece struct {
	room *Room
	self uint64
}

// Receive implements [Receiver].
func (e earpiece) Receive(b []byte) {
	if sender(b) != e.self {
		e.room.inbox.put(event{do: func() { e.room.hear(b) }})
	}
}

// Lost implements [Receiver].
func (e earpiece) Lost() {
	e.room.inbox.put(event{do: func() {
		e.room.peers.asks = true
		e.room.suspect()
	}})
}

// tell gives the other instances a message, if any is known to listen.
func (r *Room) tell(k kind, body []byte) {
	p := &r.peers
	if p.bus == nil || (len(p.byID) == 0 && k != kindHello && k != kindBeat) {
		return
	}
	p.seq++
	p.toldAt = r.cfg.Now()
	p.bus.Publish(r.id, (&envelope{kind: k, from: p.self, seq: p.seq, head: r.head(), body: body}).seal())
}

func (r *Room) head() Extent { return Extent{Rev: r.state.rev, Jobs: max(r.jobSeq, 0)} }

// hear takes a message of another instance.
func (r *Room) hear(b []byte) {
	e, ok := open(b)
	if !ok { // of a newer version, which tells the store too
		r.suspect()
		return
	}
	r.heard(e.head)
	from := &peer{}
	if e.from != 0 {
		from = r.peerOf(&e)
	}
	if err := r.take(from, &e); err != nil {
		r.cfg.Log.Warn("what another instance told cannot be read", "room", r.id, "kind", e.kind, "err", err)
		r.suspect()
	}
}

// peerOf is the sender of an envelope. One that was not known, or whose messages have a gap, is asked for its roster.
func (r *Room) peerOf(e *envelope) *peer {
	p := r.peers.byID[e.from]
	if p == nil {
		p = &peer{seq: e.seq, members: make(map[uint32]*member), progress: make(map[string]*sighting)}
		r.peers.byID[e.from] = p
		switch e.kind {
		case kindHello: // is answered
		case kindRoster: // it answers ours, and what was said since was said to nobody
			r.peers.owes = true
		default:
			r.peers.asks = true
		}
	} else if e.seq != p.seq+1 {
		r.peers.asks = true
		r.suspect()
	}
	p.seq, p.heardAt = e.seq, r.cfg.Now()
	return p
}

func (r *Room) take(from *peer, e *envelope) error {
	switch e.kind {
	case kindHello:
		defer r.tellRoster(kindRoster)
		return r.takeRoster(from, e.body)
	case kindRoster:
		return r.takeRoster(from, e.body)
	case kindMembers:
		return r.takeMembers(from, e.body)
	case kindLatest:
		return r.takeLatest(from, e)
	case kindRows:
		return r.takeRows(e.body)
	case kindJob:
		seq, frame, err := msgp.ReadInt64Bytes(e.body)
		if err == nil {
			r.takeJob(seq, sealed(frame))
		}
		return err //nolint:wrapcheck // says what it is
	case kindFrame:
		r.everybody(sealed(e.body))
	case kindInfo:
		return r.takeInfo(e.body)
	case kindNotice:
		return r.takeNotice(e.body)
	case kindBeat:
	default:
		return fmt.Errorf("kind %d: %w", e.kind, protocol.ErrMalformed)
	}
	return nil
}

// sealed is a frame of a message that another instance encoded.
func sealed(payload []byte) *protocol.Frame {
	return protocol.Seal(append(protocol.NewBuffer(len(payload)), payload...))
}

func (r *Room) takeInfo(body []byte) error {
	var info protocol.RoomInfo
	if err := protocol.DecodeBody(body, &info); err != nil {
		return err //nolint:wrapcheck // says what it is
	}
	r.info = info
	r.everybody(protocol.Message(protocol.TypeRoom, &info))
	return nil
}

// tellNotice tells of an event: [n m…], then the message.
func (r *Room) tellNotice(to protocol.Numbers, notice *protocol.Frame) {
	if len(r.peers.byID) == 0 {
		return
	}
	b := msgp.AppendArrayHeader(nil, uint32(len(to))) //nolint:gosec // at most Limits.MembersPerRoom
	for _, m := range to {
		b = msgp.AppendUint32(b, m)
	}
	r.tell(kindNotice, append(b, notice.Payload()...))
}

func (r *Room) takeNotice(body []byte) error {
	d := decoder{b: body}
	n := read(&d, msgp.ReadArrayHeaderBytes)
	if int64(n) > int64(len(body)) {
		return protocol.ErrMalformed
	}
	to := make(protocol.Numbers, n)
	for i := range to {
		to[i] = read(&d, msgp.ReadUint32Bytes)
	}
	if d.err != nil {
		return d.err
	}
	notice := sealed(d.b)
	for _, who := range r.named(to) {
		who.send(notice)
	}
	return nil
}

// attend does what is due between instances: asks for rosters, says that the room is there, forgets who is gone.
func (r *Room) attend(now time.Time) {
	p := &r.peers
	if p.bus == nil {
		return
	}
	if p.asks && now.Sub(p.askedAt) >= helloEvery {
		p.asks, p.owes, p.askedAt = false, false, now
		r.tellRoster(kindHello)
	}
	if p.owes {
		p.owes = false
		r.tellRoster(kindRoster)
	}
	if now.Sub(p.toldAt) >= beatEvery {
		r.tell(kindBeat, nil)
	}
	if p.bus.Degraded() { // silence says nothing
		p.deafAt = now
	}
	for id, other := range p.byID {
		if now.Sub(other.heardAt) >= peerTTL && now.Sub(p.deafAt) >= peerTTL {
			delete(p.byID, id)
			r.leaveWith(other)
		}
	}
}

// attendDue is when attend has something to do.
func (r *Room) attendDue(earlier func(time.Time)) {
	p := &r.peers
	if p.bus == nil {
		return
	}
	earlier(p.toldAt.Add(beatEvery)) // which is often enough to find who is gone
	if p.asks {
		earlier(p.askedAt.Add(helloEvery))
	}
}
