package rooms

import (
	"github.com/tinylib/msgp/msgp"

	"atelier/protocol"
)

// HandOver is for an instance that is about to end while others go on: members that leave stay on the roster until they are seen
// elsewhere. Without others it does nothing.
func (g *Registry) HandOver() {
	if g.cfg.Bus == nil {
		return
	}
	for _, r := range g.All() {
		r.inbox.put(event{do: func() { r.handing = true }})
	}
}

// What the server itself shows a room reaches its members on all instances, whether the room is loaded on this one or not. It
// never waits.

// Show puts a frame in everybody's ordered lane.
func (g *Registry) Show(room string, f *protocol.Frame) {
	g.announce(room, announcement{
		here: func(r *Room) {
			r.everybody(f)
			r.tell(kindFrame, f.Payload())
		},
		kind: kindFrame, body: f.Payload(),
	})
}

// Job shows the message of a job that got a new sequence.
func (g *Registry) Job(room string, seq int64, f *protocol.Frame) {
	body := append(msgp.AppendInt64(nil, seq), f.Payload()...)
	g.announce(room, announcement{
		here: func(r *Room) {
			r.takeJob(seq, f)
			r.tell(kindJob, body)
		},
		kind: kindJob, body: body, head: Extent{Jobs: seq},
	})
}

// Progress shows how far a job is; a negative fraction takes the entry away.
func (g *Registry) Progress(room string, p protocol.Progress) {
	var body []byte
	if p.Fraction >= 0 {
		body = protocol.AppendProgress(protocol.AppendProgressHead(nil, 1), p)
	}
	g.announce(room, announcement{
		here: func(r *Room) { r.progressOf(p) },
		kind: kindLatest, body: body,
	})
}

// announcement is something for a room: what to do where it is loaded, or what to tell those that have loaded it.
type announcement struct {
	here func(*Room)
	kind kind
	body []byte // nil: nothing is to be told
	head Extent
}

func (g *Registry) announce(room string, a announcement) {
	if r := g.Loaded(room); r != nil && r.inbox.put(event{do: func() { a.here(r) }}) {
		return
	}
	if g.cfg.Bus != nil && a.body != nil {
		g.cfg.Bus.Publish(room, (&envelope{kind: a.kind, head: a.head, body: a.body}).seal())
	}
}
