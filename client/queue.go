package client

import (
	"context"
	"fmt"

	"atelier/protocol"
)

// QueueChanged tells that the room's queue was paused or resumed, has another threshold or other workers.
type QueueChanged struct{ Queue protocol.QueueInfo }

func (QueueChanged) event() {}

// Queue is the room's queue apart from its jobs, as the replica has it.
func (r *Room) Queue() protocol.QueueInfo {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.queue
}

func (r *Room) queueLocked(b []byte) error {
	var info protocol.QueueInfo
	if err := protocol.DecodeBody(b, &info); err != nil {
		return err //nolint:wrapcheck // says what it is
	}
	r.queue = info
	r.emitLocked(QueueChanged{Queue: info})
	return nil
}

// Move puts a queued job before another one of the same requester, whose priority it takes, or behind all of them with
// before "". CONFLICT when one of the two is not queued, FORBIDDEN for others' jobs to whom is no owner.
func (r *Room) Move(ctx context.Context, id, before string) (protocol.Job, error) {
	return r.deed(ctx, protocol.TypeJobMove, id, protocol.JobMove{Job: id, Before: before})
}

// Approve lets a job that awaits approval into the line; CONFLICT in any other state, FORBIDDEN to whom is no owner. It is not
// repeated over a reconnect ([ErrDisconnected]).
func (r *Room) Approve(ctx context.Context, id string) (protocol.Job, error) {
	return r.deed(ctx, protocol.TypeJobApprove, id, protocol.JobRef{Job: id})
}

// Rate gives a result 1 to 5 stars, or takes one's own back with 0. CONFLICT before the job has succeeded.
func (r *Room) Rate(ctx context.Context, id string, index, stars int) (protocol.Job, error) {
	return r.deed(ctx, protocol.TypeJobRate, id, protocol.JobRating{Job: id, Index: index, Stars: stars})
}

// Pick makes a result the winner of its job's; when it is the winner, it takes that back. So it is not repeated over a reconnect
// ([ErrDisconnected]): the job's Winner says then what has become of it.
func (r *Room) Pick(ctx context.Context, id string, index int) (protocol.Job, error) {
	return r.deed(ctx, protocol.TypeJobRate, id, protocol.JobRating{Job: id, Index: index, Pick: true})
}

// SetQueue changes the queue's settings: what is nil in the patch stays. FORBIDDEN to whom is no owner.
func (r *Room) SetQueue(ctx context.Context, patch protocol.QueuePatch) (protocol.QueueInfo, error) {
	var info protocol.QueueInfo
	if err := r.do(ctx, protocol.TypeQueueSet, &patch, &info); err != nil {
		return info, fmt.Errorf("set the queue: %w", err)
	}
	return info, nil
}

// ClearQueue cancels what waits: of one user, or of everybody with user "". It returns how many jobs that were. FORBIDDEN for
// others' to whom is no owner. It is not repeated over a reconnect ([ErrDisconnected]).
func (r *Room) ClearQueue(ctx context.Context, user string) (int, error) {
	var out struct {
		Jobs int `msgpack:"jobs"`
	}
	if err := r.do(ctx, protocol.TypeQueueClear, protocol.QueueClear{User: user}, &out); err != nil {
		return 0, fmt.Errorf("clear the queue: %w", err)
	}
	return out.Jobs, nil
}

func (r *Room) deed(ctx context.Context, t protocol.Type, id string, body any) (protocol.Job, error) {
	var job protocol.Job
	if err := r.do(ctx, t, body, &job); err != nil {
		return job, fmt.Errorf("job %s: %w", id, err)
	}
	r.learn(job)
	return job, nil
}
