package hub

import (
	"context"

	"atelier/rooms"
)

var _ rooms.Feed = Feed{}

// Feed reads what rooms missed of their jobs.
type Feed struct{ Jobs Jobs }

// Since implements [rooms.Feed].
func (f Feed) Since(ctx context.Context, room string, after int64) ([]rooms.JobMessage, error) {
	var out []rooms.JobMessage
	for {
		jobs, err := f.Jobs.Jobs(ctx, room, after, jobPage)
		if err != nil {
			return nil, err //nolint:wrapcheck // says what it did
		}
		for i := range jobs {
			out = append(out, rooms.JobMessage{Seq: jobs[i].Seq, Frame: jobFrame(&jobs[i])})
			after = max(after, jobs[i].Seq)
		}
		if len(jobs) < jobPage {
			return out, nil
		}
	}
}
