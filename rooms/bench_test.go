package rooms

import (
	"fmt"
	"testing"

	"atelier/protocol"
)

// sink is an outbox that drops everything: what is measured is the room.
type sink struct{}

func (sink) Begin(*protocol.Frame, Catchup)   {}
func (sink) Ordered(*protocol.Frame)          {}
func (sink) Latest(*protocol.Frame) bool      { return true }
func (sink) Keyframe(*protocol.Frame)         {}
func (sink) Close(protocol.CloseCode, string) {}

func benchRoom(b *testing.B, members int) *Room {
	b.Helper()
	cfg := Config{}.withDefaults()
	cfg.Limits.MembersPerRoom = 1 << 20
	r := newRoom("room", newMemStore(), cfg, &numbers{}, NewState(protocol.NewSchema(cfg.Limits)), Stored{Epoch: "e"})
	for i := range members {
		r.join(JoinRequest{Session: fmt.Sprint("s", i), User: fmt.Sprint("user", i), Name: "A member", Colour: "#aabbcc", Role: protocol.RoleEditor, Outbox: sink{}}, false)
	}
	return r
}

// BenchmarkJoin is one join among others, with the members message of its tick.
func BenchmarkJoin(b *testing.B) {
	for _, members := range []int{10, 500} {
		b.Run(fmt.Sprint(members), func(b *testing.B) {
			r := benchRoom(b, members)
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				got := r.join(JoinRequest{Session: fmt.Sprint("n", i), User: "u", Name: "Newcomer", Role: protocol.RoleEditor, Outbox: sink{}}, false)
				r.tellMembers()
				r.remove(r.members[got.m])
			}
		})
	}
}

// BenchmarkTick is one latest-wins frame in which everybody moved.
func BenchmarkTick(b *testing.B) {
	for _, members := range []int{10, 50, 200} {
		b.Run(fmt.Sprint(members), func(b *testing.B) {
			r := benchRoom(b, members)
			b.ReportAllocs()
			for b.Loop() {
				for _, m := range r.roster {
					r.move(m.info.M, 10.5, 20.5)
				}
				r.keyframes = false
				r.lastTick = r.lastTick.Add(-r.interval())
				r.tick(r.lastTick.Add(2 * r.interval()))
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(members), "ns/mover")
		})
	}
}
