package generation

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"math"
	"time"

	"atelier/protocol"
)

// leaseOf finds a lease by what a report names.
func (h *Hand) leaseOf(ref protocol.WorkRef) (Lease, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	holds, ok := h.holdsLocked(ref)
	if !ok {
		return Lease{}, false
	}
	return holds.lease, true
}

func (h *Hand) holdsLocked(ref protocol.WorkRef) (*holding, bool) {
	holds := h.held[ref.Job]
	return holds, holds != nil && holds.lease.Token == ref.Token
}

// Report renews a lease and shows progress. CONFLICT when it is lost.
func (h *Hand) Report(ctx context.Context, r protocol.WorkReport) error {
	h.spoke()
	ref := protocol.WorkRef{Job: r.Job, Token: r.Token}
	lease, ok := h.leaseOf(ref)
	switch {
	case !ok:
		return errNotYours
	case len(r.Preview) > maxPushed:
		return protocol.Errorf(protocol.CodePayloadTooLarge, "preview: larger than %d bytes", maxPushed)
	}
	if _, err := h.renew(ctx, ref); err != nil {
		return err
	}
	p := protocol.Progress{Job: r.Job, Attempt: lease.Job.Attempt}
	if picture, err := base64.StdEncoding.DecodeString(r.Preview); err == nil && len(picture) > 0 {
		p.Preview = h.desk.cfg.Assets.Preview(h.who.Workspace, picture)
	}
	h.mu.Lock()
	holds, ok := h.holdsLocked(ref)
	if ok {
		if f := r.Fraction; !math.IsNaN(f) {
			holds.shown = max(holds.shown, min(max(f, 0), 1))
		}
		p.Fraction = holds.shown
	}
	h.mu.Unlock()
	if !ok {
		return errNotYours
	}
	h.desk.cfg.Queue.cfg.Announcer.Progress(h.who.Room, p)
	return nil
}

// renew keeps the lease and returns it as it is then; not more often than a twelfth of it, for each time is a write.
func (h *Hand) renew(ctx context.Context, ref protocol.WorkRef) (Lease, error) {
	h.mu.Lock()
	holds, ok := h.holdsLocked(ref)
	if !ok {
		h.mu.Unlock()
		return Lease{}, errNotYours
	}
	lease, long := holds.lease, h.desk.cfg.Lease
	due := lease.Job.State != protocol.JobRunning || time.Since(holds.renewed) > long/12
	h.mu.Unlock()
	if !due {
		return lease, nil
	}
	running, err := h.desk.cfg.Leases.Renew(ctx, lease.Job.Room, lease.Job.ID, lease.Token, long)
	switch {
	case errors.Is(err, ErrStaleLease):
		h.lose(ref)
		return Lease{}, errNotYours
	case err != nil:
		return Lease{}, fmt.Errorf("renew a lease: %w", err)
	}
	if running != nil {
		lease.Job = *running
		h.desk.cfg.Queue.moved(ctx, *running)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if holds, ok = h.holdsLocked(ref); !ok {
		return Lease{}, errNotYours
	}
	holds.renewed = time.Now()
	holds.expiry.Reset(long)
	if running != nil {
		holds.lease.Job = lease.Job
	}
	return holds.lease, nil
}

// End ends an attempt: with all its results, which were uploaded before, with an error, or, with neither, by giving it
// back. CONFLICT when the lease is lost; the same ending twice is answered like the first.
func (h *Hand) End(ctx context.Context, e protocol.WorkEnd) (protocol.Job, error) {
	h.spoke()
	ref := protocol.WorkRef{Job: e.Job, Token: e.Token}
	if _, ok := h.leaseOf(ref); !ok {
		return h.again(ctx, ref)
	}
	end, err := h.ending(ref, e)
	if err != nil {
		return protocol.Job{}, err
	}
	lease, err := h.renew(ctx, ref)
	if err != nil {
		return protocol.Job{}, err
	}
	job, err := h.desk.finish(ctx, lease, end)
	switch {
	case errors.Is(err, ErrStaleLease):
		h.lose(ref)
		return protocol.Job{}, errNotYours
	case err != nil:
		return protocol.Job{}, err
	}
	h.mu.Lock()
	if len(h.ended) >= keptEnded {
		clear(h.ended)
	}
	h.ended[ref] = true
	h.mu.Unlock()
	h.drop(ref)
	return job, nil
}

func (h *Hand) again(ctx context.Context, ref protocol.WorkRef) (protocol.Job, error) {
	h.mu.Lock()
	known := h.ended[ref]
	h.mu.Unlock()
	if !known {
		return protocol.Job{}, errNotYours
	}
	job, err := h.desk.cfg.Queue.cfg.Jobs.Job(ctx, h.who.Room, ref.Job)
	if err != nil {
		return protocol.Job{}, fmt.Errorf("read an ended job: %w", err)
	}
	return job, nil
}

func (h *Hand) ending(ref protocol.WorkRef, e protocol.WorkEnd) (Ending, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	holds, ok := h.holdsLocked(ref)
	if !ok {
		return Ending{}, errNotYours
	}
	job := holds.lease.Job
	cost := e.Cost
	if !(cost >= 0 && cost < 1e6) {
		return Ending{}, protocol.Errorf(protocol.CodeInvalidInput, "cost: %v is no price", e.Cost)
	}
	switch {
	case len(e.Results) == 0 && e.Error == nil:
		return Ending{State: protocol.JobQueued}, nil
	case len(e.Results) == 0:
		return h.desk.fail(job, reasonOf(e.Error), cost), nil
	case len(e.Results) != Wanted(job.JobRequest):
		return Ending{}, protocol.Errorf(protocol.CodeInvalidInput, "results: %d of %d", len(e.Results), Wanted(job.JobRequest))
	}
	end := Ending{State: protocol.JobSucceeded, Cost: cost}
	for i, id := range e.Results {
		up, ok := holds.uploads[i]
		if !ok || up.result.Asset != id {
			return Ending{}, protocol.Errorf(protocol.CodeInvalidInput, "results[%d]: not uploaded under this lease", i)
		}
		end.Results = append(end.Results, up.result)
		end.Assets = append(end.Assets, up.rows...)
	}
	end.Origins = originsOf(job, holds.lease.Workspace, end.Results)
	return end, nil
}

// reasonOf is a worker's error as people may see it.
func reasonOf(e *protocol.Error) *protocol.Error {
	message := cutTo(e.Message, 500)
	if message == "" {
		message = "the worker could not finish this request"
	}
	return &protocol.Error{
		Code: protocol.CodeProviderError, Message: message, Retryable: e.Retryable,
		RetryAfterMS: min(max(e.RetryAfterMS, 0), (10 * time.Minute).Milliseconds()),
	}
}

// Upload takes one result of a job that a remote worker of the user has, streamed. CONFLICT when the
// lease is lost, INVALID_INPUT for a result that the job did not ask for. It counts when the worker ends the job with it;
// sent again it replaces what was sent before.
func (d *Desk) Upload(ctx context.Context, who Who, job string, token int64, index int, r io.Reader) (Asset, error) {
	ref := protocol.WorkRef{Job: job, Token: token}
	h := d.handOf(who.Room, job)
	if h == nil || h.who.User != who.User {
		return Asset{}, errNotYours
	}
	lease, err := h.renew(ctx, ref)
	if err != nil {
		return Asset{}, err
	}
	if index < 0 || index >= Wanted(lease.Job.JobRequest) {
		return Asset{}, protocol.Errorf(protocol.CodeInvalidInput, "index: the job wants %d results", Wanted(lease.Job.JobRequest))
	}
	body := &heard{from: r}
	made := Result{Body: io.NopCloser(body)}
	if lease.Job.Kind == kindText {
		text, err := io.ReadAll(io.LimitReader(made.Body, maxText))
		if err != nil {
			return Asset{}, fmt.Errorf("receive a text: %w", err)
		}
		made = Result{Text: string(text)}
	}
	result, rows, err := d.cfg.Assets.keep(ctx, lease.Workspace, d.requestOf(lease, index), made)
	switch {
	case body.err != nil: // it did not arrive, which says nothing of the result
		return Asset{}, fmt.Errorf("receive a result: %w", body.err)
	case err != nil:
		return Asset{}, err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	holds, ok := h.holdsLocked(ref)
	if !ok {
		return Asset{}, errNotYours
	}
	holds.uploads[index] = upload{result: result, rows: rows}
	return rows[0], nil
}

// heard remembers why reading failed.
type heard struct {
	from io.Reader
	err  error
}

func (h *heard) Read(p []byte) (int, error) {
	n, err := h.from.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		h.err = err
	}
	return n, err //nolint:wrapcheck // io.Reader's contract
}

const maxText = 1 << 20 // bytes of a text that are received; a record holds less

// showInfo shows a room its queue's settings and workers.
func (q *Queue) showInfo(ctx context.Context, room string) {
	q.cfg.Others.Crew(room, q.crew.own()[room])
	info, err := q.Info(ctx, room)
	if err != nil {
		if protocol.CodeOf(err) != protocol.CodeNotFound {
			q.cfg.Log.Warn("show the queue", "room", room, "error", err)
		}
		return
	}
	q.cfg.Announcer.Queue(room, info)
	q.cfg.Metrics.Workers(q.crew.count())
	q.keeper.touch(room)
}
