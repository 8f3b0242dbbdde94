package generation

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"atelier/protocol"
)

// Config wires a [Queue]. All fields but the last seven are required.
type Config struct {
	Jobs      QueueStore
	Line      LineStore
	Assets    AssetStore
	Providers *Registry
	Announcer Announcer
	Limits    protocol.Limits

	Slots       int              // attempts that the built-in pool runs at once, for expected starts; 0 without one
	MaxAttempts int              // 3
	LineEvery   time.Duration    // positions of a room are shown at most this often; 1 s
	Others      Others           // queues of other instances; none
	Metrics     Metrics          // none
	Now         func() time.Time // time.Now
	Log         *slog.Logger     // slog.Default
}

func (c Config) withDefaults() Config {
	if c.MaxAttempts == 0 {
		c.MaxAttempts = 3
	}
	if c.LineEvery == 0 {
		c.LineEvery = time.Second
	}
	if c.Metrics == nil {
		c.Metrics = unmeasured{}
	}
	if c.Others == nil {
		c.Others = alone{}
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Log == nil {
		c.Log = slog.Default()
	}
	return c
}

// Queue is what people do with the queue. Its methods are safe for concurrent use; each stores first, then shows. Which
// actions somebody may do at all is judged by the caller; whose jobs they may touch is judged here.
type Queue struct {
	cfg    Config
	feed   *feed
	line   *line
	keeper *keeper
	runs   *runs // attempts of this process, for cancel
	crew   *crew // remote workers
	bell   *bell // there may be a job to claim
}

// NewQueue makes a queue and starts showing positions; Close ends that.
func NewQueue(cfg Config) *Queue {
	cfg = cfg.withDefaults()
	c := newCrew()
	l := &line{store: cfg.Line, slots: func() int { return max(1, cfg.Slots+c.slots()) }, now: cfg.Now}
	f := &feed{jobs: cfg.Jobs, line: l, out: cfg.Announcer, rooms: make(map[string]*roomFeed)}
	return &Queue{
		cfg:    cfg,
		feed:   f,
		line:   l,
		keeper: newKeeper(f, cfg.LineEvery, cfg.Log),
		runs:   &runs{cancel: make(map[spotKey]context.CancelCauseFunc)},
		crew:   c,
		bell:   newBell(),
	}
}

// Close stops showing positions. Close the [Pool] and the [Desk] first.
func (q *Queue) Close() { q.keeper.close() }

// Who asks for something, in which room of which workspace.
type Who struct {
	Room      string
	Workspace string
	User      string
	Name      string
	Manages   bool // may touch others' jobs and needs no approval
}

// owner is whose jobs somebody may touch; "" is anybody's.
func (w Who) owner() string {
	if w.Manages {
		return ""
	}
	return w.User
}

// Providers lists what can be asked for.
func (q *Queue) Providers() []ProviderInfo { return q.cfg.Providers.Infos() }

// Enqueue checks a request whole and puts it in the room's queue, with all steps of its chain; durable on return. The
// answer is its first job. The same request again returns the job that is there. INVALID_INPUT names what is wrong;
// RATE_LIMITED when the user has too many unfinished jobs.
func (q *Queue) Enqueue(ctx context.Context, who Who, req protocol.JobRequest) (protocol.Job, error) {
	req, err := q.cfg.Providers.normalise(req, q.cfg.Limits)
	if err != nil {
		return protocol.Job{}, err
	}
	kinds, err := q.lookUp(ctx, who.Workspace, req)
	if err != nil {
		return protocol.Job{}, err
	}
	jobs, err := q.cfg.Providers.compose(req, kinds)
	if err != nil {
		return protocol.Job{}, err
	}
	settings, err := q.cfg.Jobs.Settings(ctx, who.Room, nil)
	if err != nil {
		return protocol.Job{}, fmt.Errorf("read the queue's settings: %w", err)
	}
	units := 0.0
	for i := range jobs {
		jobs[i].Room, jobs[i].User, jobs[i].UserName, jobs[i].MaxAttempts = who.Room, who.User, who.Name, q.cfg.MaxAttempts
		units += jobs[i].Units
	}
	if settings.ApprovalOver > 0 && units > settings.ApprovalOver && !who.Manages {
		jobs[0].State = protocol.JobAwaitingApproval
	}
	stored, created, err := q.cfg.Jobs.Enqueue(ctx, who.Workspace, jobs, q.caps())
	if err != nil {
		q.unsure(who.Room, err)
		return protocol.Job{}, fmt.Errorf("enqueue job: %w", err)
	}
	if created {
		q.cfg.Metrics.Enqueued(len(stored))
		q.moved(ctx, stored...)
		q.ring()
	}
	return q.placed(ctx, stored[0]), nil
}

// lookUp finds the inputs and the mask of a request among the workspace's assets and returns the inputs' kinds.
func (q *Queue) lookUp(ctx context.Context, workspace string, req protocol.JobRequest) (kinds []string, err error) {
	find := func(name, id string) (string, error) {
		row, err := q.cfg.Assets.Asset(ctx, workspace, id)
		switch {
		case protocol.CodeOf(err) == protocol.CodeNotFound:
			return "", protocol.Errorf(protocol.CodeInvalidInput, "%s: no such asset in this workspace", name)
		case err != nil:
			return "", fmt.Errorf("look up %s: %w", name, err)
		}
		kind, _, _ := strings.Cut(row.Mime, "/")
		return kind, nil
	}
	for i, id := range req.Inputs {
		kind, err := find(fmt.Sprintf("inputs[%d]", i), id)
		if err != nil {
			return nil, err
		}
		kinds = append(kinds, kind)
	}
	if req.Mask != "" {
		kind, err := find("mask", req.Mask)
		if err == nil && kind != kindImage {
			err = protocol.Errorf(protocol.CodeInvalidInput, "mask: not a picture")
		}
		if err != nil {
			return nil, err
		}
	}
	return kinds, nil
}

// command carries out a command and shows what it changed; the answer is the job that it named.
func (q *Queue) command(ctx context.Context, room, id, what string, c Command) (protocol.Job, error) {
	changed, err := q.cfg.Jobs.Command(ctx, room, id, c)
	if err != nil {
		q.unsure(room, err)
		return protocol.Job{}, fmt.Errorf("%s job: %w", what, err)
	}
	for _, job := range changed {
		if job.State.Final() {
			q.runs.stop(room, job.ID)
			q.cfg.Others.Stop(room, job.ID)
		}
	}
	q.moved(ctx, changed...)
	q.ring()
	return q.placed(ctx, changed[len(changed)-1]), nil
}

// Cancel ends an unfinished job at once, whatever its worker does, and the steps that wait behind it. CONFLICT when it is
// finished, FORBIDDEN when it is somebody else's.
func (q *Queue) Cancel(ctx context.Context, who Who, id string) (protocol.Job, error) {
	return q.command(ctx, who.Room, id, "cancel", Command{Owner: who.owner(), Cancel: true})
}

// Retry puts a failed or cancelled job at the end of its user's line again, as a new job would be: its attempts start from
// 0, its error is gone; the steps behind it wait again. CONFLICT in any other state, FORBIDDEN when it is somebody else's.
func (q *Queue) Retry(ctx context.Context, who Who, id string) (protocol.Job, error) {
	caps := q.caps()
	return q.command(ctx, who.Room, id, "retry", Command{Owner: who.owner(), Requeue: &caps})
}

// Approve lets a job into the line. CONFLICT when it does not await approval.
func (q *Queue) Approve(ctx context.Context, who Who, id string) (protocol.Job, error) {
	return q.command(ctx, who.Room, id, "approve", Command{Approve: true})
}

// Move puts a queued job before another one of the same requester. CONFLICT when one of them is not queued.
func (q *Queue) Move(ctx context.Context, who Who, move protocol.JobMove) (protocol.Job, error) {
	return q.command(ctx, who.Room, move.Job, "move", Command{Owner: who.owner(), Move: &move.Before})
}

// Rate stores what the user thinks of a result. CONFLICT before the job has succeeded.
func (q *Queue) Rate(ctx context.Context, who Who, rating protocol.JobRating) (protocol.Job, error) {
	return q.command(ctx, who.Room, rating.Job, "rate", Command{Rate: &Rate{User: who.User, JobRating: rating}})
}

// Clear cancels what waits in the room: of one user, or of everybody when user is "". FORBIDDEN for others' jobs.
func (q *Queue) Clear(ctx context.Context, who Who, user string) (int, error) {
	if !who.Manages && user != who.User {
		return 0, protocol.Errorf(protocol.CodeForbidden, "others' jobs are theirs")
	}
	changed, err := q.cfg.Jobs.Command(ctx, who.Room, "", Command{Owner: user, Clear: true})
	if err != nil {
		q.unsure(who.Room, err)
		return 0, fmt.Errorf("clear the queue: %w", err)
	}
	q.moved(ctx, changed...)
	return len(changed), nil
}

// Set changes the room's settings and shows them.
func (q *Queue) Set(ctx context.Context, who Who, patch protocol.QueuePatch) (protocol.QueueInfo, error) {
	if over := patch.ApprovalOver; over != nil && !(*over >= 0 && *over <= maxUnits) {
		return protocol.QueueInfo{}, protocol.Errorf(protocol.CodeInvalidInput, "approval_over: not within 0–%d", maxUnits)
	}
	settings, err := q.cfg.Jobs.Settings(ctx, who.Room, &SettingsPatch{QueuePatch: patch, By: who.Name})
	if err != nil {
		return protocol.QueueInfo{}, fmt.Errorf("set the queue: %w", err)
	}
	info := q.infoOf(who.Room, settings)
	q.cfg.Announcer.Queue(who.Room, info)
	q.keeper.touch(who.Room)
	q.ring()
	return info, nil
}

// Info is the room's queue apart from its jobs.
func (q *Queue) Info(ctx context.Context, room string) (protocol.QueueInfo, error) {
	settings, err := q.cfg.Jobs.Settings(ctx, room, nil)
	if err != nil {
		return protocol.QueueInfo{}, fmt.Errorf("read the queue's settings: %w", err)
	}
	return q.infoOf(room, settings), nil
}

func (q *Queue) infoOf(room string, s Settings) protocol.QueueInfo {
	return protocol.QueueInfo{Paused: s.Paused, PausedBy: s.PausedBy, ApprovalOver: s.ApprovalOver, Workers: q.crew.of(room)}
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

func (q *Queue) caps() Caps {
	return Caps{Pending: q.cfg.Limits.JobsPerUser, Running: q.cfg.Limits.RunningPerUser, Providers: q.cfg.Providers.caps}
}

// moved shows stored transitions. What it cannot show now the keeper shows soon.
func (q *Queue) moved(ctx context.Context, jobs ...protocol.Job) {
	for _, job := range jobs {
		if err := q.feed.show(context.WithoutCancel(ctx), job); err != nil {
			q.cfg.Log.Warn("show a job", "job", job.ID, "error", err)
		}
		q.keeper.touch(job.Room)
	}
}

// unsure follows up on a transition that may have been stored although its store failed: the room is shown what there
// is, and the workers look for it.
func (q *Queue) unsure(room string, err error) {
	if protocol.CodeOf(err) == protocol.CodeInternal {
		q.keeper.touch(room)
		q.ring()
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
