package hub

import (
	"context"
	"errors"
	"time"

	"github.com/tinylib/msgp/msgp"

	"atelier/generation"
	"atelier/protocol"
	"atelier/rooms"
)

// Queue is what people do with the generation queue.
type Queue interface {
	Enqueue(ctx context.Context, who generation.Who, req protocol.JobRequest) (protocol.Job, error)
	Cancel(ctx context.Context, who generation.Who, id string) (protocol.Job, error)
	CancelAny(ctx context.Context, room, id string) (protocol.Job, error)
	Retry(ctx context.Context, who generation.Who, id string) (protocol.Job, error)
	RetryAny(ctx context.Context, room, id string) (protocol.Job, error)
}

// Jobs is what the generation queue tells.
type Jobs interface {
	Jobs(ctx context.Context, room string, after int64, limit int) ([]protocol.Job, error)
	Seq(ctx context.Context, room string) (int64, error)
}

const (
	jobPatience = 15 * time.Second // for a store to take a job command
	jobPage     = 200              // jobs read at a time
)

func (h *Hub) cancelJob(ctx context.Context, who generation.Who, role protocol.Role, id string) (protocol.Job, error) {
	if role.May(protocol.ActionJobManage) {
		return h.cfg.Queue.CancelAny(ctx, who.Room, id) //nolint:wrapcheck // coded
	}
	return h.cfg.Queue.Cancel(ctx, who, id) //nolint:wrapcheck // coded
}

func (h *Hub) retryJob(ctx context.Context, who generation.Who, role protocol.Role, id string) (protocol.Job, error) {
	if role.May(protocol.ActionJobManage) {
		return h.cfg.Queue.RetryAny(ctx, who.Room, id) //nolint:wrapcheck // coded
	}
	return h.cfg.Queue.Retry(ctx, who, id) //nolint:wrapcheck // coded
}

// jobCommand has a job command done beside the reader, for it waits for a store.
func (s *socket) jobCommand(cmd protocol.Command) *protocol.Error {
	var req protocol.JobRequest
	var ref protocol.JobRef
	if cmd.Type == protocol.TypeJobEnqueue {
		if err := protocol.DecodeBody(cmd.Body, &req); err != nil {
			return protocol.AsError(err)
		}
	} else if err := protocol.DecodeBody(cmd.Body, &ref); err != nil {
		return protocol.AsError(err)
	}
	who := generation.Who{
		Room: s.room.ID, Workspace: s.room.Workspace, User: s.who.User.ID, Name: s.who.User.Name,
	}
	taken := s.jobs.do(func(ctx context.Context) {
		ctx, cancel := context.WithTimeout(ctx, jobPatience)
		defer cancel()
		s.answerJob(cmd.Type, cmd.Req, func(role protocol.Role) (protocol.Job, error) {
			switch cmd.Type {
			case protocol.TypeJobEnqueue:
				return s.hub.cfg.Queue.Enqueue(ctx, who, req) //nolint:wrapcheck // coded
			case protocol.TypeJobCancel:
				return s.hub.cancelJob(ctx, who, role, ref.Job)
			default:
				return s.hub.retryJob(ctx, who, role, ref.Job)
			}
		})
	})
	if !taken {
		return protocol.Errorf(protocol.CodeUnavailable, "too many job commands wait").After(time.Second)
	}
	return nil
}

// answerJob replies with what became of a job command. The role is judged again: the command has waited.
func (s *socket) answerJob(t protocol.Type, req uint64, do func(protocol.Role) (protocol.Job, error)) {
	role := *s.role.Load()
	if action, _ := protocol.ActionOf(t); !role.May(action) {
		s.out.Ordered(protocol.ErrorReply(req, protocol.Errorf(protocol.CodeForbidden, "a %s may not do this", role)))
		return
	}
	job, err := do(role)
	if err != nil {
		s.out.Ordered(protocol.ErrorReply(req, s.hub.coded("job command", err)))
		return
	}
	s.out.Ordered(protocol.Reply(req, &job))
}

// coded is what a client gets to know of an error; what it does not, is logged.
func (h *Hub) coded(what string, err error) *protocol.Error {
	e := protocol.AsError(err)
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return protocol.Errorf(protocol.CodeUnavailable, "the store takes too long").After(time.Second)
	case e.Code == protocol.CodeInternal && !errors.Is(err, context.Canceled):
		h.cfg.Log.Error("a request failed", "request", what, "error", err)
	}
	return e
}

// missedJobs is the part of a joiner's catch-up that tells of jobs: those after the sequence it has, or all current ones
// when it gets a snapshot. Nil when there are none.
func (s *socket) missedJobs(have *protocol.Resume, seq int64) rooms.Catchup {
	if seq == 0 {
		return nil
	}
	c := &jobCatchup{jobs: s.hub.cfg.Jobs, room: s.room.ID, out: s.out}
	if have != nil {
		c.after = have.Jobs
	}
	return c
}

// jobCatchup yields job frames. Used by the outbox's goroutine.
type jobCatchup struct {
	jobs    Jobs
	room    string
	out     *outbox
	after   int64
	begun   bool
	ready   []protocol.Job
	unasked bool // there is no more to read
}

// Next implements [rooms.Catchup].
func (c *jobCatchup) Next(ctx context.Context) (*protocol.Frame, error) {
	if !c.begun {
		c.begun = true
		if c.after > 0 && !resumed(c.out.welcome) {
			c.after = 0 // the client begins anew: what it had is void
		}
	}
	if len(c.ready) == 0 && !c.unasked {
		if err := c.read(ctx); err != nil {
			return nil, err
		}
	}
	if len(c.ready) == 0 {
		return nil, nil //nolint:nilnil // nil is the end
	}
	f := jobFrame(&c.ready[0])
	c.ready = c.ready[1:]
	return f, nil
}

func (c *jobCatchup) read(ctx context.Context) (err error) {
	if c.ready, err = c.jobs.Jobs(ctx, c.room, c.after, jobPage); err != nil {
		return err //nolint:wrapcheck // says what it did
	}
	// With after 0 the answer is one page of what matters; after a sequence there may be more.
	c.unasked = c.after == 0 || len(c.ready) < jobPage
	if n := len(c.ready); n > 0 {
		c.after = c.ready[n-1].Seq
	}
	return nil
}

func jobFrame(job *protocol.Job) *protocol.Frame { return protocol.Message(protocol.TypeJob, job) }

// resumed reads from a welcome whether the client goes on with what it has.
func resumed(welcome *protocol.Frame) bool {
	var w struct {
		Resumed bool `msgpack:"resumed"`
	}
	_, rest, err := msgp.ReadArrayHeaderBytes(welcome.Payload())
	if err != nil {
		return false
	}
	if _, rest, err = msgp.ReadUint8Bytes(rest); err != nil {
		return false
	}
	return protocol.DecodeBody(rest, &w) == nil && w.Resumed
}
