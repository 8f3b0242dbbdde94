package generation

import "atelier/protocol"

// Others are the queues of other instances over the same store. What they are told may be lost: leases lapse, and sweeps find
// what waits. Methods must not block.
type Others interface {
	Wake()                                       // there may be something to claim
	Stop(room, job string)                       // it has ended: whoever runs it shall stop
	Crew(room string, workers []protocol.Worker) // the workers that this instance has in a room now
}

type alone struct{}

func (alone) Wake()                          {}
func (alone) Stop(string, string)            {}
func (alone) Crew(string, []protocol.Worker) {}

// ring wakes whoever looks for work, here and elsewhere.
func (q *Queue) ring() {
	q.bell.ring()
	q.cfg.Others.Wake()
}

// Woken is what [Others.Wake] does on another instance.
func (q *Queue) Woken() { q.bell.ring() }

// Stopped is what [Others.Stop] does on another instance.
func (q *Queue) Stopped(room, job string) { q.runs.stop(room, job) }

// Joined is what [Others.Crew] does on another instance, which is named; no workers end what it told before. Who looks at the
// room is shown by the instance that told.
func (q *Queue) Joined(instance, room string, workers []protocol.Worker) {
	q.crew.elsewhere(instance, room, workers)
}

// Gone forgets what an instance told of its workers.
func (q *Queue) Gone(instance string) {
	q.crew.forget(instance)
}

// Crews are the workers of this instance by room, for an instance that has not heard of them.
func (q *Queue) Crews() map[string][]protocol.Worker { return q.crew.own() }
