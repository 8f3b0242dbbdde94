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

// Queue is what people do with the jobs of the queue.
type Queue interface {
	Enqueue(ctx context.Context, who generation.Who, req protocol.JobRequest) (protocol.Job, error)
	Cancel(ctx context.Context, who generation.Who, id string) (protocol.Job, error)
	Retry(ctx context.Context, who generation.Who, id string) (protocol.Job, error)
	Move(ctx context.Context, who generation.Who, move protocol.JobMove) (protocol.Job, error)
	Rate(ctx context.Context, who generation.Who, rating protocol.JobRating) (protocol.Job, error)
}

// QueueKeeper is what is done with the queue as a whole.
type QueueKeeper interface {
	Approve(ctx context.Context, who generation.Who, id string) (protocol.Job, error)
	Clear(ctx context.Context, who generation.Who, user string) (int, error)
	Set(ctx context.Context, who generation.Who, patch protocol.QueuePatch) (protocol.QueueInfo, error)
	Info(ctx context.Context, room string) (protocol.QueueInfo, error)
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

// cleared answers [protocol.TypeQueueClear].
type cleared struct {
	Jobs int `msgpack:"jobs" json:"jobs"`
}

// jobCommand has a command about the queue done beside the reader, for it waits for a store.
func (s *socket) jobCommand(cmd protocol.Command) *protocol.Error {
	q, keeper := s.hub.cfg.Queue, s.hub.cfg.Keeper
	switch cmd.Type {
	case protocol.TypeJobEnqueue:
		return later(s, &s.jobs, cmd, q.Enqueue)
	case protocol.TypeJobCancel:
		return later(s, &s.jobs, cmd, byRef(q.Cancel))
	case protocol.TypeJobRetry:
		return later(s, &s.jobs, cmd, byRef(q.Retry))
	case protocol.TypeJobApprove:
		return later(s, &s.jobs, cmd, byRef(keeper.Approve))
	case protocol.TypeJobMove:
		return later(s, &s.jobs, cmd, q.Move)
	case protocol.TypeJobRate:
		return later(s, &s.jobs, cmd, q.Rate)
	case protocol.TypeQueueSet:
		return later(s, &s.jobs, cmd, keeper.Set)
	default:
		return later(s, &s.jobs, cmd, func(ctx context.Context, who generation.Who, c protocol.QueueClear) (cleared, error) {
			n, err := keeper.Clear(ctx, who, c.User)
			return cleared{n}, err //nolint:wrapcheck // coded
		})
	}
}

type jobDeed func(ctx context.Context, who generation.Who, id string) (protocol.Job, error)

func byRef(do jobDeed) func(context.Context, generation.Who, protocol.JobRef) (protocol.Job, error) {
	return func(ctx context.Context, who generation.Who, ref protocol.JobRef) (protocol.Job, error) {
		return do(ctx, who, ref.Job)
	}
}

// later has a command done in a lane and its reply sent. The role is judged again then: the command has waited.
func later[B, R any](
	s *socket, l *lane, cmd protocol.Command, do func(context.Context, generation.Who, B) (R, error),
) *protocol.Error {
	var body B
	if err := protocol.DecodeBody(cmd.Body, &body); err != nil {
		return protocol.AsError(err)
	}
	taken := l.do(func(ctx context.Context) {
		ctx, cancel := context.WithTimeout(ctx, jobPatience)
		defer cancel()
		role := *s.role.Load()
		if action, _ := protocol.ActionOf(cmd.Type); !role.May(action) {
			s.out.Ordered(protocol.ErrorReply(cmd.Req, protocol.Errorf(protocol.CodeForbidden, "the role %s may not do this", role)))
			return
		}
		answer, err := do(ctx, s.asks(role), body)
		if err != nil {
			s.out.Ordered(protocol.ErrorReply(cmd.Req, s.hub.coded("job command", err)))
			return
		}
		s.out.Ordered(protocol.Reply(cmd.Req, &answer))
	})
	if !taken {
		return protocol.Errorf(protocol.CodeUnavailable, "too many commands wait").After(time.Second)
	}
	return nil
}

func (s *socket) asks(role protocol.Role) generation.Who {
	return generation.Who{
		Room: s.room.ID, Workspace: s.room.Workspace, User: s.who.User.ID, Name: s.who.User.Name,
		Manages: role.May(protocol.ActionJobManage),
	}
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

// missedJobs is the part of a joiner's catch-up that tells of the queue: the jobs after the sequence it has, or all current
// ones when it gets a snapshot, and then the settings.
func (s *socket) missedJobs(have *protocol.Resume, seq int64) rooms.Catchup {
	c := &jobCatchup{jobs: s.hub.cfg.Jobs, keeper: s.hub.cfg.Keeper, room: s.room.ID, out: s.out, unasked: seq == 0}
	if have != nil {
		c.after = have.Jobs
	}
	return c
}

// jobCatchup yields job frames and the queue's. Used by the outbox's goroutine.
type jobCatchup struct {
	jobs    Jobs
	keeper  QueueKeeper
	room    string
	out     *outbox
	after   int64
	begun   bool
	ready   []protocol.Job
	unasked bool // there is no more to read
	told    bool // of the settings
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
		return c.settings(ctx)
	}
	f := jobFrame(&c.ready[0])
	c.ready = c.ready[1:]
	return f, nil
}

func (c *jobCatchup) settings(ctx context.Context) (*protocol.Frame, error) {
	if c.told {
		return nil, nil //nolint:nilnil // nil is the end
	}
	c.told = true
	info, err := c.keeper.Info(ctx, c.room)
	if protocol.CodeOf(err) == protocol.CodeNotFound {
		return nil, nil //nolint:nilnil // the room was deleted meanwhile: the socket will hear it
	}
	if err != nil {
		return nil, err //nolint:wrapcheck // says what it did
	}
	return protocol.Message(protocol.TypeQueue, &info), nil
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
