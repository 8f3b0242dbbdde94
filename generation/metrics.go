package generation

import (
	"time"

	"atelier/protocol"
)

// Metrics counts what the queue does. It never blocks.
type Metrics interface {
	Enqueued(jobs int)
	Claimed(took time.Duration)                                             // a claim that found a job
	Ended(route string, state protocol.JobState, waited, ran time.Duration) // an attempt: what it came to
	Workers(remote int)                                                     // connected
	Placed(results int)
	Waiting(jobs int) // queued now, of all rooms
}

type unmeasured struct{}

func (unmeasured) Enqueued(int)                                                  {}
func (unmeasured) Claimed(time.Duration)                                         {}
func (unmeasured) Ended(string, protocol.JobState, time.Duration, time.Duration) {}
func (unmeasured) Workers(int)                                                   {}
func (unmeasured) Placed(int)                                                    {}
func (unmeasured) Waiting(int)                                                   {}
