package rooms

import (
	"bytes"
	"time"

	"github.com/tinylib/msgp/msgp"

	"atelier/protocol"
)

// What peers tell for the latest-wins lane goes to members as it is. It is read only for a keyframe, or when so many messages
// wait to be read.
const mostUnfolded = 64

// sighting is how far a job was that runs elsewhere. It is shown to joiners for as long as sightingTTL.
type sighting struct {
	protocol.Progress

	at time.Time
}

const sightingTTL = time.Minute

// takeLatest puts what a peer tells into the next tick.
func (r *Room) takeLatest(from *peer, e *envelope) error {
	r.peers.latest = append(r.peers.latest, e.body...)
	if e.from == 0 {
		return r.foldInto(nil, func(p protocol.Progress) { r.progress[p.Job] = p }, e.body)
	}
	from.unfolded = append(from.unfolded, e.body)
	if len(from.unfolded) > mostUnfolded {
		r.fold(from)
	}
	return nil
}

// fold brings a peer's members up to what it told.
func (r *Room) fold(p *peer) {
	now := r.cfg.Now()
	seen := func(job protocol.Progress) { p.progress[job.Job] = &sighting{job, now} }
	for _, b := range p.unfolded {
		if err := r.foldInto(p.members, seen, b); err != nil {
			r.cfg.Log.Warn("what another instance told cannot be read", "room", r.id, "kind", kindLatest, "err", err)
		}
	}
	clear(p.unfolded)
	p.unfolded = p.unfolded[:0]
	for job, s := range p.progress {
		if now.Sub(s.at) >= sightingTTL {
			delete(p.progress, job)
		}
	}
}

// foldInto reads messages of the latest-wins lane. Members that are not known are passed over.
func (r *Room) foldInto(members map[uint32]*member, seen func(protocol.Progress), b []byte) error {
	for len(b) > 0 {
		rest, err := msgp.Skip(b)
		if err != nil {
			return protocol.ErrMalformed
		}
		if err := foldMessage(members, seen, b[:len(b)-len(rest)]); err != nil {
			return err
		}
		b = rest
	}
	return nil
}

func foldMessage(members map[uint32]*member, seen func(protocol.Progress), b []byte) error {
	d := decoder{b: b}
	read(&d, msgp.ReadArrayHeaderBytes)
	t := protocol.Type(read(&d, msgp.ReadUint8Bytes))
	for len(d.b) > 0 && d.err == nil {
		switch t {
		case protocol.TypeCursors:
			var m uint32
			var x, y float32
			m, x, y, d.b, d.err = protocol.ReadPosition(d.b)
			if who := members[m]; who != nil {
				who.x, who.y, who.placed = x, y, true
			}
		case protocol.TypeStates:
			var m uint32
			var state []byte
			m, state, d.b, d.err = protocol.ReadState(d.b)
			if who := members[m]; who != nil {
				who.info.State = bytes.Clone(state)
				who.info = who.info.Seal()
			}
		case protocol.TypeSpeaking:
			var l protocol.Loudness
			l, d.b, d.err = protocol.ReadLoudness(d.b)
			if who := members[l.M]; who != nil {
				who.level = l.Level
			}
		case protocol.TypeProgress:
			var p protocol.Progress
			if p, d.b, d.err = protocol.ReadProgress(d.b); d.err == nil {
				seen(p)
			}
		default: // of a newer version
			return d.err
		}
	}
	return d.err
}
