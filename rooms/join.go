package rooms

import (
	"context"
	"slices"

	"github.com/vmihailenco/msgpack/v5"

	"atelier/protocol"
)

// JoinRequest asks for a session to become a member, or for a member to get its stream on a new socket.
type JoinRequest struct {
	Session string // public id of the session
	User    string
	Name    string
	Colour  string // "#rrggbb"
	Role    protocol.Role
	Bot     bool
	Zone    int              // minutes that its clock is ahead of UTC
	Resume  *protocol.Resume // what the client has; nil asks for a snapshot
	Welcome protocol.Welcome // what the caller knows of it: session token, room, jobs, heartbeat, limits, features, time
	Extra   Catchup          // frames between the canvas and the live mark: jobs; may be nil
	Outbox  Outbox
}

type joined struct {
	m         uint32
	err       *protocol.Error
	unchecked bool // the resume is older than the tail: its last change has to be looked up first
	behind    bool // the client has seen more, on another instance
}

// Join makes a session a member and begins its stream: welcome, snapshot or what was missed, live. A session that is
// still a member keeps its number; its older stream is closed with [protocol.CloseReplaced]. ErrRoomClosed: ask the
// registry again.
func (r *Room) Join(ctx context.Context, req JoinRequest) (m uint32, err error) {
	got, err := ask(ctx, r, func() joined { return r.join(req, false) })
	if err == nil && got.behind {
		if err = r.readOn(ctx); err == nil {
			got, err = ask(ctx, r, func() joined { return r.join(req, false) })
		}
		if err == nil && got.behind { // what it has seen was never stored
			req.Resume = nil
			got, err = ask(ctx, r, func() joined { return r.join(req, false) })
		}
	}
	if err == nil && got.unchecked {
		known := r.lastChangeIs(ctx, req.Resume)
		if !known {
			req.Resume = nil
		}
		got, err = ask(ctx, r, func() joined { return r.join(req, known) })
	}
	if err != nil {
		r.disown(req)
		return 0, err
	}
	if got.err != nil {
		return 0, got.err
	}
	return got.m, nil
}

// disown takes back a join that nobody waited for: events are in order, so it comes after the join.
func (r *Room) disown(req JoinRequest) {
	r.inbox.put(event{do: func() {
		if who := r.bySession[req.Session]; who != nil && who.outbox == req.Outbox {
			r.remove(who)
		}
	}})
}

// lastChangeIs looks up whether the log has the client's last change at its revision.
func (r *Room) lastChangeIs(ctx context.Context, have *protocol.Resume) bool {
	rows, err := r.store.Rows(ctx, r.id, have.Rev-1, 1)
	return err == nil && len(rows) == 1 && rows[0].ID == have.LastChange
}

// resumable tells whether the client gets what it missed rather than a snapshot; unchecked when that hangs on a row
// that is not in memory.
func (r *Room) resumable(have *protocol.Resume, checked bool) (resumed, unchecked bool) {
	head := r.state.rev
	if have == nil || have.Epoch != r.epoch || have.Rev < 0 || have.Rev > head {
		return false, false
	}
	if int(head-have.Rev)*resumeRowBytes > r.state.bytes+resumeFloor {
		return false, false // the snapshot is smaller
	}
	switch id, ok := r.tail.idAt(have.Rev); {
	case have.Rev == head:
		return have.LastChange == r.state.lastChange, false
	case have.Rev == 0:
		return have.LastChange == "", false
	case ok:
		return id == have.LastChange, false
	}
	return checked, !checked
}

// A missed row is taken to cost resumeRowBytes; below resumeFloor bytes a snapshot is never the cheaper one.
const (
	resumeRowBytes = 256
	resumeFloor    = 4 << 20
)

func (r *Room) join(req JoinRequest, checked bool) joined {
	if r.closing != nil || r.broken {
		return joined{err: protocol.Errorf(protocol.CodeUnavailable, "the room is closing")}
	}
	if have := req.Resume; have != nil && r.peers.bus != nil && have.Epoch == r.epoch && have.Rev > r.state.rev {
		return joined{behind: true}
	}
	resumed, unchecked := r.resumable(req.Resume, checked)
	if unchecked {
		return joined{unchecked: true}
	}
	who := r.bySession[req.Session]
	if who == nil {
		if r.population() >= r.cfg.Limits.MembersPerRoom {
			return joined{err: protocol.Errorf(protocol.CodeUnavailable, "the room is full: %d members", r.cfg.Limits.MembersPerRoom)}
		}
		who = r.admit(req)
	} else {
		r.readmit(who, req)
	}
	who.outbox, who.zone = req.Outbox, req.Zone
	who.keyframe, r.keyframes = true, true

	c := &catchup{store: r.store, room: r.id, rev: r.state.rev, head: r.state.rev, extra: req.Extra}
	if resumed {
		c.rev = req.Resume.Rev
		c.rows, _ = r.tail.after(c.rev, c.head)
	} else {
		c.pages = r.state.share().framed()
	}
	req.Outbox.Begin(r.welcome(who, req.Welcome, resumed), c)
	return joined{m: who.info.M}
}

func (r *Room) welcome(who *member, w protocol.Welcome, resumed bool) *protocol.Frame {
	if r.info.ID == "" {
		r.info = w.Room
	}
	w.Self, w.Room, w.Epoch, w.Resumed = who.info, r.info, r.epoch, resumed
	w.Rev, w.LastChange = r.state.rev, r.state.lastChange
	w.Members = make([]protocol.Member, 0, r.population())
	for m := range r.everyone {
		w.Members = append(w.Members, m.info)
	}
	return protocol.Message(protocol.TypeWelcome, &w)
}

func (r *Room) admit(req JoinRequest) *member {
	r.displace(req.Session)
	who := &member{info: protocol.Member{
		M: r.numbers.next(), Session: req.Session, User: req.User, Name: req.Name, Colour: req.Colour, Role: req.Role,
		Bot: req.Bot,
	}.Seal()}
	r.members[who.info.M] = who
	r.bySession[req.Session] = who
	r.roster = append(r.roster, who)
	r.joined = append(r.joined, who)
	return who
}

// readmit gives a member its new socket and what its user is called and may do now.
func (r *Room) readmit(who *member, req JoinRequest) {
	if who.outbox != nil {
		who.outbox.Close(protocol.CloseReplaced, "a newer socket of this session took over")
	}
	if who.info.Name != req.Name || who.info.Role != req.Role {
		who.info.Name, who.info.Role = req.Name, req.Role
		who.info = who.info.Seal()
		r.altered = append(r.altered, who)
	}
}

// Detach takes a member's outbox away when its socket is gone, unless it has a newer one already.
func (r *Room) Detach(m uint32, out Outbox) {
	r.inbox.put(event{do: func() {
		if who := r.members[m]; who != nil && who.outbox == out {
			who.outbox = nil
		}
	}})
}

// Leave ends a membership.
func (r *Room) Leave(m uint32) {
	r.inbox.put(event{do: func() {
		switch who := r.members[m]; {
		case who == nil:
		case r.handing:
			who.outbox = nil
		default:
			r.remove(who)
		}
	}})
}

func (r *Room) remove(who *member) {
	delete(r.members, who.info.M)
	delete(r.bySession, who.info.Session)
	gone := func(m *member) bool { return m == who }
	r.roster = slices.DeleteFunc(r.roster, gone)
	r.moved = slices.DeleteFunc(r.moved, gone)
	r.stated = slices.DeleteFunc(r.stated, gone)
	r.voiced = slices.DeleteFunc(r.voiced, gone)
	r.altered = slices.DeleteFunc(r.altered, gone)
	r.joined = slices.DeleteFunc(r.joined, gone)
	r.left = append(r.left, who.info.M)
	if len(r.roster) == 0 {
		r.emptySince = r.cfg.Now()
	}
}

// SetRole changes what a user's members may do, at once; "" removes them: their streams are closed with
// [protocol.CloseForbidden]. What was committed before stands.
func (r *Room) SetRole(user string, role protocol.Role) {
	r.inbox.put(event{do: func() {
		for _, who := range slices.Clone(r.roster) {
			if who.info.User != user || who.info.Role == role {
				continue
			}
			who.info.Role = role
			who.info = who.info.Seal()
			if role != "" {
				r.altered = append(r.altered, who)
				continue
			}
			if who.outbox != nil {
				who.outbox.Close(protocol.CloseForbidden, "removed")
				who.outbox = nil
			}
			r.remove(who)
		}
	}})
}

// tellMembers sends joins, leaves and changes of a tick as one message.
func (r *Room) tellMembers() {
	p := &r.peers
	own := len(r.joined)+len(r.left)+len(r.altered) > 0
	if !own && len(p.joined)+len(p.left)+len(p.altered) == 0 {
		return
	}
	msg := protocol.Members{Left: r.left, Joined: infos(r.joined), Changed: infos(r.altered)}
	if own && len(p.byID) > 0 {
		body, err := msgpack.Marshal(&msg)
		if err != nil {
			panic("rooms: encode members: " + err.Error()) // they are encoded already
		}
		r.tell(kindMembers, body)
	}
	msg.Left = append(msg.Left, p.left...)
	msg.Joined = append(msg.Joined, infos(p.joined)...)
	msg.Changed = append(msg.Changed, infos(p.altered)...)
	r.everybody(protocol.Message(protocol.TypeMembers, &msg))
	r.joined, r.left, r.altered = r.joined[:0], nil, r.altered[:0]
	p.joined, p.left, p.altered = nil, nil, nil
}

func infos(members []*member) []protocol.Member {
	out := make([]protocol.Member, len(members))
	for i, m := range members {
		out[i] = m.info
	}
	return out
}
