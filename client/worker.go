package client

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"

	"atelier/protocol"
)

// Worker runs jobs of a room: what it is given by [Worker.Serve] goes to Run, several at a time.
type Worker struct {
	Name   string   // shown beside its jobs; "" is the member's
	Slots  int      // jobs at once; 0 is 1
	Routes []string // "provider/model" of what it can run

	// Run makes all results of a task ([Task.Put]). Its context ends when the job is cancelled, the lease is lost or the
	// worker stops. A *protocol.Error is the reason that people see; Retryable says whether another attempt may do better.
	Run func(ctx context.Context, t *Task) error

	Log *slog.Logger // slog.Default
}

// errNotWanted is the cause of a task's context when its lease is gone.
var errNotWanted = errors.New("the work is not wanted any more")

// Serve offers the work to a room and does it until ctx ends, when it gives back what it has, or until the room ends or the
// offer is refused (FORBIDDEN, INVALID_INPUT), whose error it returns. Over a lost connection it goes on working; a server that
// started anew is offered the work again.
func (w Worker) Serve(ctx context.Context, room *Room) error {
	if w.Slots == 0 {
		w.Slots = 1
	}
	if w.Log == nil {
		w.Log = slog.Default()
	}
	s := &shift{worker: w, room: room, tasks: make(map[protocol.WorkRef]context.CancelCauseFunc), refused: make(chan error, 1)}
	inbox := room.hire()
	defer room.dismiss(inbox)
	work, stop := context.WithCancelCause(context.WithoutCancel(ctx))
	defer stop(nil)
	for {
		news, offer := inbox.take()
		if offer {
			s.running.Go(func() { s.offer(work) })
		}
		for _, n := range news {
			s.heed(work, n)
		}
		select {
		case <-ctx.Done():
			s.stop(context.WithoutCancel(ctx))
			return nil
		case <-room.Done():
			stop(room.Err())
			s.stop(context.WithoutCancel(ctx))
			return room.Err()
		case err := <-s.refused:
			stop(errNotWanted)
			s.running.Wait()
			return err
		case <-inbox.wake:
		}
	}
}

// shift is what a worker is at.
type shift struct {
	worker  Worker
	room    *Room
	running sync.WaitGroup
	refused chan error // one slot, for the offer's refusal

	mu    sync.Mutex
	tasks map[protocol.WorkRef]context.CancelCauseFunc
}

func (s *shift) offer(ctx context.Context) {
	offer := protocol.WorkOffer{Name: s.worker.Name, Slots: s.worker.Slots, Routes: s.worker.Routes}
	err := s.room.do(ctx, protocol.TypeWorkOffer, &offer, &struct{}{})
	if err == nil || ctx.Err() != nil || s.room.Err() != nil {
		return
	}
	select {
	case s.refused <- fmt.Errorf("offer work: %w", err):
	default: // so was another one
	}
}

// heed begins what is new, once, and ends what is not wanted.
func (s *shift) heed(ctx context.Context, n workNews) {
	ref := protocol.WorkRef{Job: n.work.Job.ID, Token: n.work.Token}
	s.mu.Lock()
	defer s.mu.Unlock()
	cancel, known := s.tasks[ref]
	switch {
	case n.stop && known:
		cancel(errNotWanted)
	case n.stop, known:
	default:
		ctx, cancel := context.WithCancelCause(ctx)
		s.tasks[ref] = cancel
		s.running.Go(func() {
			defer cancel(nil)
			s.run(ctx, cancel, n.work)
			s.mu.Lock()
			delete(s.tasks, ref)
			s.mu.Unlock()
		})
	}
}

// stop takes the offer back, so that nothing new comes, and ends the tasks, each of which is given back.
func (s *shift) stop(ctx context.Context) {
	if s.room.Err() == nil {
		ctx, cancel := context.WithTimeout(ctx, farewell)
		_ = s.room.do(ctx, protocol.TypeWorkOffer, &protocol.WorkOffer{}, &struct{}{}) // leaving says the same
		cancel()
	}
	s.mu.Lock()
	for _, cancel := range s.tasks {
		cancel(errStopping)
	}
	s.mu.Unlock()
	s.running.Wait()
}

// errStopping is the cause of a task's context when its worker stops.
var errStopping = errors.New("the worker is stopping")

func (s *shift) run(ctx context.Context, cancel context.CancelCauseFunc, work protocol.Work) {
	t := newTask(s.room, work, cancel)
	go t.keep(ctx)
	defer t.close()
	err := s.protect(ctx, t)
	end := protocol.WorkEnd{Job: work.Job.ID, Token: work.Token, Cost: t.spent()}
	switch cause := context.Cause(ctx); {
	case errors.Is(cause, errNotWanted), s.room.Err() != nil:
		return // it is nobody's business any more
	case errors.Is(cause, errStopping): // with neither results nor an error it is given back
	case err == nil:
		end.Results, err = t.results()
		fallthrough
	default:
		if err != nil {
			end.Error = reasonFor(err)
		}
	}
	tell, done := context.WithTimeout(context.WithoutCancel(ctx), tellEnd)
	defer done()
	var job protocol.Job
	if err := s.room.do(tell, protocol.TypeWorkEnd, &end, &job); err != nil {
		s.worker.Log.Warn("end a job", "job", end.Job, "error", err)
		return
	}
	s.room.learn(job)
	s.worker.Log.Info("job ended", "job", job.ID, "state", job.State)
}

// protect turns a panic of Run into a failure of its job.
func (s *shift) protect(ctx context.Context, t *Task) (err error) {
	defer func() {
		if v := recover(); v != nil {
			s.worker.Log.Error("a job broke the worker down", "job", t.Job.ID, "panic", v)
			err = protocol.Errorf(protocol.CodeProviderError, "the worker broke down on this request")
		}
	}()
	return s.worker.Run(ctx, t)
}

func reasonFor(err error) *protocol.Error {
	if coded, ok := errors.AsType[*protocol.Error](err); ok {
		return coded
	}
	return &protocol.Error{Code: protocol.CodeProviderError, Message: fmt.Sprintf("the worker failed: %.200s", err), Retryable: true}
}

// workNews is a job to run, or one to stop.
type workNews struct {
	work protocol.Work
	stop bool
}

// workInbox keeps what a worker is told until it looks.
type workInbox struct {
	mu    sync.Mutex
	news  []workNews
	offer bool          // say what is offered: for the first time, or to a new socket
	wake  chan struct{} // one slot
}

func (i *workInbox) put(n ...workNews) {
	i.mu.Lock()
	i.news = append(i.news, n...)
	i.offer = i.offer || len(n) == 0
	i.mu.Unlock()
	select {
	case i.wake <- struct{}{}:
	default:
	}
}

func (i *workInbox) take() (news []workNews, offer bool) {
	i.mu.Lock()
	defer i.mu.Unlock()
	news, offer = i.news, i.offer
	i.news, i.offer = nil, false
	return news, offer
}

func (r *Room) hire() *workInbox {
	i := &workInbox{wake: make(chan struct{}, 1), offer: true}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.inbox = i
	return i
}

func (r *Room) dismiss(i *workInbox) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.inbox == i {
		r.inbox = nil
	}
}

func (r *Room) workLocked(b []byte) error {
	var work protocol.Work
	if err := protocol.DecodeBody(b, &work); err != nil {
		return err //nolint:wrapcheck // says what it is
	}
	if r.inbox != nil {
		r.inbox.put(workNews{work: work})
	}
	return nil
}

func (r *Room) workStopLocked(b []byte) error {
	var ref protocol.WorkRef
	if err := protocol.DecodeBody(b, &ref); err != nil {
		return err //nolint:wrapcheck // says what it is
	}
	if r.inbox != nil {
		n := workNews{stop: true}
		n.work.Job.ID, n.work.Token = ref.Job, ref.Token
		r.inbox.put(n)
	}
	return nil
}
