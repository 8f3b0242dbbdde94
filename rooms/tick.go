package rooms

import (
	"iter"
	"slices"
	"time"

	"atelier/protocol"
)

// Cursor sets a member's cursor, in canvas coordinates. The newest wins.
func (r *Room) Cursor(m uint32, x, y float32) { r.inbox.put(event{m: m, x: x, y: y}) }

func (r *Room) move(m uint32, x, y float32) {
	who := r.members[m]
	if who == nil {
		return
	}
	who.x, who.y, who.placed = x, y, true
	if !who.moved {
		who.moved = true
		r.moved = append(r.moved, who)
	}
}

// Presence merges a patch (an encoded map; nil removes a key) into what a member shows of itself, and replies.
func (r *Room) Presence(m uint32, req uint64, patch []byte) {
	r.inbox.put(event{do: func() {
		who := r.members[m]
		if who == nil {
			return
		}
		if err := who.patch(patch, r.cfg.Limits.PresenceBytes); err != nil {
			who.send(protocol.ErrorReply(req, err))
			return
		}
		if !who.changed {
			who.changed = true
			r.stated = append(r.stated, who)
		}
		who.send(protocol.Reply(req, nil))
	}})
}

// Event gives an app-defined event to everybody else, or to those it names, and replies.
func (r *Room) Event(m uint32, req uint64, ev protocol.Event) {
	r.inbox.put(event{do: func() {
		who := r.members[m]
		if who == nil {
			return
		}
		if !protocol.ValidTopic(ev.Topic) || len(ev.Data) > r.cfg.Limits.EventBytes {
			who.send(protocol.ErrorReply(req, protocol.Errorf(protocol.CodeInvalidInput,
				"an event has a topic of 1 to 64 bytes and at most %d bytes of data", r.cfg.Limits.EventBytes)))
			return
		}
		if len(ev.To) > r.cfg.Limits.MembersPerRoom {
			who.send(protocol.ErrorReply(req, protocol.Errorf(protocol.CodeInvalidInput,
				"to: more than the %d members that a room can have", r.cfg.Limits.MembersPerRoom)))
			return
		}
		notice := protocol.Message(protocol.TypeNotice, &protocol.Notice{From: m, Topic: ev.Topic, Data: ev.Data})
		r.tellNotice(ev.To, notice)
		for _, to := range r.named(ev.To) {
			if to != who {
				to.send(notice)
			}
		}
		who.send(protocol.Reply(req, nil))
	}})
}

// named finds members by their numbers, each once; none named is everybody. Its cost does not multiply the two.
func (r *Room) named(numbers protocol.Numbers) []*member {
	if len(numbers) == 0 {
		return r.roster
	}
	slices.Sort(numbers)
	found := make([]*member, 0, min(len(numbers), len(r.roster)))
	for _, m := range slices.Compact(numbers) {
		if who := r.members[m]; who != nil {
			found = append(found, who)
		}
	}
	return found
}

// progressOf shows how far a job is; a negative fraction takes the entry away.
func (r *Room) progressOf(p protocol.Progress) {
	if p.Fraction < 0 {
		delete(r.progress, p.Job)
		delete(r.progressed, p.Job)
		return
	}
	r.progress[p.Job] = p
	r.progressed[p.Job] = true
}

func (r *Room) interval() time.Duration {
	if r.population() > largeRoom {
		return r.cfg.LargeTick
	}
	return r.cfg.Tick
}

func (r *Room) dirty() bool {
	return len(r.moved) > 0 || len(r.stated) > 0 || len(r.voiced) > 0 || len(r.progressed) > 0 || r.keyframes ||
		len(r.joined)+len(r.left)+len(r.altered) > 0 ||
		len(r.peers.latest)+len(r.peers.joined)+len(r.peers.left)+len(r.peers.altered) > 0
}

// tick sends what has changed, if the last time is long enough ago.
func (r *Room) tick(now time.Time) {
	if !r.dirty() || now.Sub(r.lastTick) < r.interval() {
		return
	}
	r.lastTick = now
	r.tellMembers()

	var delta *protocol.Frame
	if len(r.moved) > 0 || len(r.stated) > 0 || len(r.voiced) > 0 || len(r.progressed) > 0 {
		delta = r.deltaFrame()
		r.tell(kindLatest, delta.Payload())
	}
	if len(r.peers.latest) > 0 {
		delta = r.withPeers(delta)
	}
	if delta != nil {
		r.cfg.Metrics.Ticked(len(r.roster), delta.Len())
	}
	r.keyframes = false
	var key *protocol.Frame // encoded at most once, and on demand
	for _, m := range r.roster {
		if m.outbox == nil || (!m.keyframe && (delta == nil || m.outbox.Latest(delta))) {
			continue
		}
		m.keyframe = false
		if key == nil {
			key = r.keyFrame()
		}
		if key.Len() > 0 {
			m.outbox.Keyframe(key)
		}
	}
}

// deltaFrame encodes what changed since the last tick, and forgets it.
func (r *Room) deltaFrame() *protocol.Frame {
	progress := make([]protocol.Progress, 0, len(r.progressed))
	for job := range r.progressed {
		progress = append(progress, r.progress[job])
	}
	f := latestFrame(latest{moved: r.moved, stated: r.stated, voiced: r.voiced, progress: progress})
	for _, m := range r.moved {
		m.moved = false
	}
	for _, m := range r.stated {
		m.changed = false
	}
	for _, m := range r.voiced {
		m.voiced = false
	}
	r.moved, r.stated, r.voiced = r.moved[:0], r.stated[:0], r.voiced[:0]
	clear(r.progressed)
	return f
}

// withPeers adds what the other instances told since the last tick, as they encoded it; own may be nil.
func (r *Room) withPeers(own *protocol.Frame) *protocol.Frame {
	theirs := r.peers.latest
	var b []byte
	if own == nil {
		b = protocol.NewBuffer(len(theirs))
	} else {
		b = append(protocol.NewBuffer(own.Len()+len(theirs)), own.Payload()...)
	}
	r.peers.latest = theirs[:0]
	return protocol.Seal(append(b, theirs...))
}

// keyFrame encodes all current positions and states.
func (r *Room) keyFrame() *protocol.Frame {
	l := latestOf(r.everyone)
	l.progress = make([]protocol.Progress, 0, len(r.progress))
	for _, p := range r.progress {
		l.progress = append(l.progress, p)
	}
	for _, other := range r.peers.byID {
		for _, s := range other.progress {
			l.progress = append(l.progress, s.Progress)
		}
	}
	return latestFrame(l)
}

// latestOf is what members' current positions and states are.
func latestOf(members iter.Seq[*member]) (l latest) {
	for m := range members {
		if m.placed {
			l.moved = append(l.moved, m)
		}
		if len(m.info.State) > 0 {
			l.stated = append(l.stated, m)
		}
		if m.info.Voice != nil {
			l.voiced = append(l.voiced, m)
		}
	}
	return l
}

// Encoded sizes, rounded up: a position, and a progress entry.
const (
	positionBytes = 15
	progressBytes = 128
	loudnessBytes = 7
)

// latest is what a frame of the latest-wins lane tells.
type latest struct {
	moved, stated, voiced []*member
	progress              []protocol.Progress
}

func latestFrame(l latest) *protocol.Frame {
	size := 24 + len(l.moved)*positionBytes + len(l.voiced)*loudnessBytes + len(l.progress)*progressBytes
	for _, m := range l.stated {
		size += 5 + len(m.info.State)
	}
	b := protocol.NewBuffer(size)
	if len(l.moved) > 0 {
		b = protocol.AppendCursors(b, len(l.moved))
		for _, m := range l.moved {
			b = protocol.AppendPosition(b, m.info.M, m.x, m.y)
		}
	}
	if len(l.stated) > 0 {
		b = protocol.AppendStates(b, len(l.stated))
		for _, m := range l.stated {
			b = protocol.AppendState(b, m.info.M, m.info.State)
		}
	}
	if len(l.voiced) > 0 {
		b = protocol.AppendSpeaking(b, len(l.voiced))
		for _, m := range l.voiced {
			b = protocol.AppendLoudness(b, protocol.Loudness{M: m.info.M, Level: m.level})
		}
	}
	if len(l.progress) > 0 {
		b = protocol.AppendProgressHead(b, len(l.progress))
		for _, p := range l.progress {
			b = protocol.AppendProgress(b, p)
		}
	}
	return protocol.Seal(b)
}
