package client

import (
	"context"
	"slices"
	"strconv"

	"atelier/protocol"
)

// StepID is the id of the job for a step of a chain, which follows from the request's; step 0 is the request itself.
func StepID(request string, step int) string {
	if step == 0 {
		return request
	}
	return protocol.DerivedID(request, "step", strconv.Itoa(step))
}

// Chain is the jobs of a request with steps, in their order, as far as the replica has them; a request without steps is a
// chain of one.
func (r *Room) Chain(request string) []protocol.Job {
	r.mu.Lock()
	defer r.mu.Unlock()
	var out []protocol.Job
	for _, job := range r.jobs.byID {
		if job.ID == request || job.Chain == request {
			out = append(out, job)
		}
	}
	slices.SortFunc(out, func(a, b protocol.Job) int { return a.Step - b.Step })
	return out
}

// AwaitChain waits until every step of a request has ended and what the steps made is on the canvas, and gives the steps' jobs in
// their order. A step that fails or is cancelled cancels those that go on from it; it is no error here.
func (r *Room) AwaitChain(ctx context.Context, request string) ([]protocol.Job, error) {
	var steps []protocol.Job
	err := r.Until(ctx, func() bool {
		steps = r.Chain(request)
		whole := len(steps) > 0 && len(steps) >= steps[0].Steps
		return whole && !slices.ContainsFunc(steps, func(job protocol.Job) bool { return !settled(job) })
	})
	return steps, err
}

// settled tells that nothing more comes of a job by itself.
func settled(job protocol.Job) bool {
	return job.State.Final() && (job.State != protocol.JobSucceeded || job.Placed)
}
