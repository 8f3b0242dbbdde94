package client

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"atelier/protocol"
)

// keepJobs is how many jobs the replica remembers; beyond it the older half of the finished ones is forgotten.
const keepJobs = 4096

// jobs is the replica of the queue. Owned by the room's mu.
type jobs struct {
	seq  int64
	byID map[string]protocol.Job
}

func newJobs() jobs { return jobs{byID: make(map[string]protocol.Job)} }

// put takes a job in unless a newer state of it is there, or the same with its place: an answer tells that, and the
// transition, which everybody is told without one, may come after it.
func (j *jobs) put(job protocol.Job) bool {
	j.seq = max(j.seq, job.Seq)
	old, ok := j.byID[job.ID]
	if ok && (old.Seq > job.Seq || old.Seq == job.Seq && old.Position > 0 && job.Position == 0) {
		return false
	}
	j.byID[job.ID] = job
	if len(j.byID) > keepJobs {
		j.forget()
	}
	return true
}

func (j *jobs) forget() {
	var final []protocol.Job
	for _, job := range j.byID {
		if job.State.Final() {
			final = append(final, job)
		}
	}
	slices.SortFunc(final, bySeq)
	for _, job := range final[:len(final)/2] {
		delete(j.byID, job.ID)
	}
}

func bySeq(a, b protocol.Job) int { return cmp.Compare(a.Seq, b.Seq) }

// Jobs copies the queue as the replica has it, in the order of the last transition.
func (r *Room) Jobs() []protocol.Job {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := make([]protocol.Job, 0, len(r.jobs.byID))
	for _, job := range r.jobs.byID {
		out = append(out, job)
	}
	slices.SortFunc(out, bySeq)
	return out
}

// Job is a job of the replica.
func (r *Room) Job(id string) (protocol.Job, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	job, ok := r.jobs.byID[id]
	return job, ok
}

// Enqueue puts a job in the room's queue and returns when it is stored. An empty id gets a new one; the same id again
// returns the job that is there.
func (r *Room) Enqueue(ctx context.Context, req protocol.JobRequest) (protocol.Job, error) {
	if req.ID == "" {
		req.ID = protocol.NewID()
	}
	var job protocol.Job
	if err := r.do(ctx, protocol.TypeJobEnqueue, &req, &job); err != nil {
		return protocol.Job{JobRequest: req}, fmt.Errorf("enqueue job %s: %w", req.ID, err)
	}
	r.learn(job)
	return job, nil
}

// Cancel ends an unfinished job. One that is cancelled already is what was asked for, maybe by this very call, over a socket
// that was lost. CONFLICT when it has ended otherwise, FORBIDDEN when it is somebody else's.
func (r *Room) Cancel(ctx context.Context, id string) (protocol.Job, error) {
	job, err := r.deed(ctx, protocol.TypeJobCancel, id, protocol.JobRef{Job: id})
	if protocol.CodeOf(err) == protocol.CodeConflict {
		if known, ok := r.Job(id); ok && known.State == protocol.JobCancelled {
			return known, nil
		}
	}
	return job, err
}

// Retry runs a failed or cancelled job again; CONFLICT in any other state. It is not repeated over a reconnect
// ([ErrDisconnected]): the job may have failed once more.
func (r *Room) Retry(ctx context.Context, id string) (protocol.Job, error) {
	return r.deed(ctx, protocol.TypeJobRetry, id, protocol.JobRef{Job: id})
}

// learn takes in a job that a reply told, so that the replica shows it when the call returns.
func (r *Room) learn(job protocol.Job) {
	r.mu.Lock()
	defer r.mu.Unlock()
	seq := r.jobs.seq
	if r.jobs.put(job) {
		r.emitLocked(JobChanged{Job: job})
		r.changedLocked()
	}
	r.jobs.seq = seq // only what came in order may be resumed from
}

// AwaitJob waits until a job has ended. A succeeded job is waited for until its results are on the canvas.
func (r *Room) AwaitJob(ctx context.Context, id string) (protocol.Job, error) {
	var job protocol.Job
	err := r.Until(ctx, func() bool {
		var ok bool
		job, ok = r.Job(id)
		return ok && settled(job)
	})
	return job, err
}
