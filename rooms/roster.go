package rooms

import (
	"bytes"
	"slices"

	"github.com/vmihailenco/msgpack/v5"

	"atelier/protocol"
)

// tellRoster tells the other instances who is here, and where their cursors are.
func (r *Room) tellRoster(k kind) {
	body, err := msgpack.Marshal(infos(r.roster))
	if err != nil {
		panic("rooms: encode a roster: " + err.Error()) // members are encoded already
	}
	r.tell(k, body)
	if key := latestFrame(latestOf(slices.Values(r.roster))); key.Len() > 0 {
		r.tell(kindLatest, key.Payload())
	}
}

// takeRoster makes another instance's roster what it is now.
func (r *Room) takeRoster(from *peer, body []byte) error {
	var roster []protocol.Member
	if err := msgpack.Unmarshal(body, &roster); err != nil {
		return err //nolint:wrapcheck // says what it is
	}
	there := make(map[uint32]bool, len(roster))
	for i := range roster {
		there[roster[i].M] = true
	}
	var told protocol.Members
	for m := range from.members {
		if !there[m] {
			told.Left = append(told.Left, m)
		}
	}
	for i := range roster {
		m := &roster[i]
		mine := r.bySession[m.Session]
		switch known := from.members[m.M]; {
		case mine != nil && mine.outbox != nil: // it came here meanwhile, and they have not heard
			if !slices.Contains(r.joined, mine) {
				r.joined = append(r.joined, mine)
			}
		case known == nil:
			told.Joined = append(told.Joined, *m)
		case !bytes.Equal(encoded(&known.info), encoded(m)):
			told.Changed = append(told.Changed, *m)
		}
	}
	r.follow(from, &told)
	return nil
}

func encoded(m *protocol.Member) []byte {
	b, err := msgpack.Marshal(m)
	if err != nil {
		panic("rooms: encode a member: " + err.Error()) // it was decoded
	}
	return b
}

// takeMembers follows who came and went on another instance. Who came there has left wherever its session was before.
func (r *Room) takeMembers(from *peer, body []byte) error {
	var told protocol.Members
	if err := protocol.DecodeBody(body, &told); err != nil {
		return err //nolint:wrapcheck // says what it is
	}
	for i := range told.Joined {
		if mine := r.bySession[told.Joined[i].Session]; mine != nil {
			if mine.outbox != nil {
				mine.outbox.Close(protocol.CloseReplaced, "a newer socket of this session took over")
			}
			r.remove(mine)
		}
	}
	r.follow(from, &told)
	return nil
}

// follow shows a peer's members as they are now with the next tick.
func (r *Room) follow(from *peer, told *protocol.Members) {
	for _, m := range told.Left {
		r.drop(from, m)
	}
	for _, info := range told.Joined {
		if from.members[info.M] != nil { // known by a roster
			told.Changed = append(told.Changed, info)
			continue
		}
		r.displace(info.Session)
		who := &member{info: info.Seal()}
		from.members[info.M] = who
		r.peers.joined = append(r.peers.joined, who)
	}
	for _, info := range told.Changed {
		who := from.members[info.M]
		if who == nil {
			r.peers.asks = true
			continue
		}
		who.info = info.Seal()
		if !slices.Contains(r.peers.joined, who) && !slices.Contains(r.peers.altered, who) {
			r.peers.altered = append(r.peers.altered, who)
		}
	}
}

// displace takes a session that has come somewhere else off the rosters of peers.
func (r *Room) displace(session string) {
	for _, p := range r.peers.byID {
		for m, who := range p.members {
			if who.info.Session == session {
				r.drop(p, m)
			}
		}
	}
}

func (r *Room) drop(from *peer, m uint32) {
	who := from.members[m]
	if who == nil {
		return
	}
	delete(from.members, m)
	same := func(other *member) bool { return other == who }
	r.peers.joined = slices.DeleteFunc(r.peers.joined, same)
	r.peers.altered = slices.DeleteFunc(r.peers.altered, same)
	r.peers.left = append(r.peers.left, m)
}

// leaveWith is the end of all members of a peer that is gone.
func (r *Room) leaveWith(gone *peer) {
	for m := range gone.members {
		r.drop(gone, m)
	}
}

// population is how many members there are on all instances.
func (r *Room) population() int {
	n := len(r.roster)
	for _, p := range r.peers.byID {
		n += len(p.members)
	}
	return n
}

// everyone goes through the members of all instances, with their newest positions and states.
func (r *Room) everyone(yield func(*member) bool) {
	for _, m := range r.roster {
		if !yield(m) {
			return
		}
	}
	for _, p := range r.peers.byID {
		r.fold(p)
		for _, m := range p.members {
			if !yield(m) {
				return
			}
		}
	}
}
