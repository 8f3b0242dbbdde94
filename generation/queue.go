package generation

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"atelier/protocol"
)

// Config wires a [Queue]. All fields but the last five are required.
type Config struct {
	Jobs      QueueStore
	Line      LineStore
	Assets    AssetStore
	Providers *Registry
	Announcer Announcer
	Limits    protocol.Limits

	Slots       int              // attempts that run at once, for expected starts; 2
	MaxAttempts int              // 3
	LineEvery   time.Duration    // positions of a room are shown at most this often; 1 s
	Now         func() time.Time // time.Now
	Log         *slog.Logger     // slog.Default
}

func (c Config) withDefaults() Config {
	if c.Slots == 0 {
		c.Slots = 2
	}
	if c.MaxAttempts == 0 {
		c.MaxAttempts = 3
	}
	if c.LineEvery == 0 {
		c.LineEvery = time.Second
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Log == nil {
		c.Log = slog.Default()
	}
	return c
}

// Queue is what people do with the queue. Its methods are safe for concurrent use; each stores first, then shows. Who may
// do what is judged by the caller, but for whose job it is.
type Queue struct {
	cfg    Config
	feed   *feed
	line   *line
	keeper *keeper
	runs   *runs         // attempts of this process, for cancel
	wake   chan struct{} // one slot: there may be a job to claim
}

// NewQueue makes a queue and starts showing positions; Close ends that.
func NewQueue(cfg Config) *Queue {
	cfg = cfg.withDefaults()
	l := &line{store: cfg.Line, slots: cfg.Slots, now: cfg.Now}
	f := &feed{jobs: cfg.Jobs, line: l, out: cfg.Announcer, rooms: make(map[string]*roomFeed)}
	return &Queue{
		cfg:    cfg,
		feed:   f,
		line:   l,
		keeper: newKeeper(f, cfg.LineEvery, cfg.Log),
		runs:   &runs{cancel: make(map[spotKey]context.CancelCauseFunc)},
		wake:   make(chan struct{}, 1),
	}
}

// Close stops showing positions. Close the [Pool] first.
func (q *Queue) Close() { q.keeper.close() }

// Who asks for something, in which room of which workspace.
type Who struct {
	Room      string
	Workspace string
	User      string
	Name      string
}

// Providers lists what can be asked for.
func (q *Queue) Providers() []ProviderInfo { return q.cfg.Providers.Infos() }

// Enqueue checks a request whole and puts it in the room's queue; durable on return. The same request again returns the
// job that is there. INVALID_INPUT names what is wrong; RATE_LIMITED when the user has too many unfinished jobs.
func (q *Queue) Enqueue(ctx context.Context, who Who, req protocol.JobRequest) (protocol.Job, error) {
	req, err := q.cfg.Providers.normalise(req, q.cfg.Limits)
	if err != nil {
		return protocol.Job{}, err
	}
	for i, id := range req.Inputs {
		if _, err := q.cfg.Assets.Asset(ctx, who.Workspace, id); protocol.CodeOf(err) == protocol.CodeNotFound {
			return protocol.Job{}, protocol.Errorf(protocol.CodeInvalidInput, "inputs[%d]: no such asset in this workspace", i)
		} else if err != nil {
			return protocol.Job{}, fmt.Errorf("look up input %s: %w", id, err)
		}
	}
	job := protocol.Job{
		JobRequest: req, Room: who.Room, User: who.User, UserName: who.Name, State: protocol.JobQueued,
		MaxAttempts: q.cfg.MaxAttempts,
	}
	stored, created, err := q.cfg.Jobs.Enqueue(ctx, who.Workspace, job, q.caps())
	if err != nil {
		q.unsure(who.Room, err)
		return protocol.Job{}, fmt.Errorf("enqueue job: %w", err)
	}
	if created {
		q.moved(ctx, stored)
		q.wakeWorkers()
	}
	return q.placed(ctx, stored), nil
}

// Cancel ends an unfinished job of the user's own, at once, whatever its worker does. CONFLICT when it is finished,
// FORBIDDEN when it is somebody else's.
func (q *Queue) Cancel(ctx context.Context, who Who, id string) (protocol.Job, error) {
	if err := q.own(ctx, who, id); err != nil {
		return protocol.Job{}, err
	}
	return q.CancelAny(ctx, who.Room, id)
}

// CancelAny is Cancel for those who manage the queue.
func (q *Queue) CancelAny(ctx context.Context, room, id string) (protocol.Job, error) {
	job, err := q.cfg.Jobs.Cancel(ctx, room, id)
	if err != nil {
		q.unsure(room, err)
		return protocol.Job{}, fmt.Errorf("cancel job: %w", err)
	}
	q.runs.stop(room, id)
	q.moved(ctx, job)
	return job, nil
}

// Retry puts a failed or cancelled job of the user's own at the end of the line again, as a new job would be: its attempts
// start from 0, its error is gone. CONFLICT in any other state, FORBIDDEN when it is somebody else's.
func (q *Queue) Retry(ctx context.Context, who Who, id string) (protocol.Job, error) {
	if err := q.own(ctx, who, id); err != nil {
		return protocol.Job{}, err
	}
	return q.RetryAny(ctx, who.Room, id)
}

// RetryAny is Retry for those who manage the queue.
func (q *Queue) RetryAny(ctx context.Context, room, id string) (protocol.Job, error) {
	job, err := q.cfg.Jobs.Requeue(ctx, room, id, q.caps())
	if err != nil {
		q.unsure(room, err)
		return protocol.Job{}, fmt.Errorf("retry job: %w", err)
	}
	q.moved(ctx, job)
	q.wakeWorkers()
	return q.placed(ctx, job), nil
}

// Jobs reads a room's jobs after a sequence, in sequence order, with positions and expected starts as they are now. With
// after 0: all unfinished ones and the newest finished ones.
func (q *Queue) Jobs(ctx context.Context, room string, after int64, limit int) ([]protocol.Job, error) {
	jobs, err := q.cfg.Jobs.Jobs(ctx, room, after, limit)
	if err != nil {
		return nil, fmt.Errorf("read jobs: %w", err)
	}
	for i := range jobs {
		if jobs[i].State == protocol.JobQueued {
			spots, err := q.line.spots(ctx)
			if err != nil {
				return nil, err
			}
			for k := range jobs {
				jobs[k] = spots.fill(jobs[k])
			}
			break
		}
	}
	return jobs, nil
}

// Seq is the room's newest job sequence.
func (q *Queue) Seq(ctx context.Context, room string) (int64, error) {
	seq, err := q.cfg.Line.Seq(ctx, room)
	if err != nil {
		return 0, fmt.Errorf("read job sequence: %w", err)
	}
	return seq, nil
}

func (q *Queue) own(ctx context.Context, who Who, id string) error {
	job, err := q.cfg.Jobs.Job(ctx, who.Room, id)
	switch {
	case err != nil:
		return fmt.Errorf("read job: %w", err)
	case job.User != who.User:
		return protocol.Errorf(protocol.CodeForbidden, "the job is somebody else's")
	}
	return nil
}

func (q *Queue) caps() Caps { return Caps{Pending: q.cfg.Limits.JobsPerUser} }

// moved shows a stored transition. What it cannot show now the keeper shows soon.
func (q *Queue) moved(ctx context.Context, job protocol.Job) {
	if err := q.feed.show(context.WithoutCancel(ctx), job); err != nil {
		q.cfg.Log.Warn("show a job", "job", job.ID, "error", err)
	}
	q.keeper.touch(job.Room)
}

// unsure follows up on a transition that may have been stored although its store failed: the room is shown what there
// is, and the workers look for it.
func (q *Queue) unsure(room string, err error) {
	if protocol.CodeOf(err) == protocol.CodeInternal {
		q.keeper.touch(room)
		q.wakeWorkers()
	}
}

// placed fills in the position; the answer to a command that is stored already does not fail for want of it.
func (q *Queue) placed(ctx context.Context, job protocol.Job) protocol.Job {
	if job.State != protocol.JobQueued {
		return job
	}
	spots, err := q.line.spots(ctx)
	if err != nil {
		q.cfg.Log.Warn("look at the line", "error", err)
		return job
	}
	return spots.fill(job)
}

func (q *Queue) wakeWorkers() {
	select {
	case q.wake <- struct{}{}:
	default: // somebody is being woken already
	}
}
