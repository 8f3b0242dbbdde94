package generation

import (
	"context"
	"time"

	"atelier/protocol"
)

// Lease is the right to run one attempt of a job until Expires. Token fences: a report with another token than the
// job's newest is refused.
type Lease struct {
	Job       protocol.Job
	Workspace string
	Token     int64
	Expires   time.Time
}

// Caps bound what one user may have in a room.
type Caps struct {
	Pending int // unfinished jobs; more is RATE_LIMITED; 0 is no cap
}

// Capabilities of a worker: which providers' jobs it can run.
type Capabilities struct {
	Worker    string
	Providers []string
}

// QueueStore keeps the queue as people see it. Every transition is stored first and bumps the room's job sequence
// (Job.Seq), without gaps; the stored job is returned. Position and ExpectedStart are left 0: [Queue] computes them from
// [LineStore.Line].
type QueueStore interface {
	// Enqueue stores a queued job of the workspace's room. The same id by the same user with the same request returns the
	// job that is there, created false; by another user or with another request it is INVALID_INPUT. RATE_LIMITED over the
	// caps, NOT_FOUND when there is no such room.
	//
	// A job takes the last place of the line over all rooms. With a higher priority than jobs that its own user has waiting
	// in the room it takes the place of the first of them, and those move back by one: so priority orders one's own jobs
	// and never passes another person's.
	Enqueue(ctx context.Context, workspace string, job protocol.Job, caps Caps) (stored protocol.Job, created bool, err error)
	Job(ctx context.Context, room, id string) (protocol.Job, error) // NOT_FOUND
	// Jobs reads a room's jobs whose Seq > after, in Seq order, at most limit of them. With after 0: all unfinished ones
	// and the newest finished ones, limit in all.
	Jobs(ctx context.Context, room string, after int64, limit int) ([]protocol.Job, error)
	// Cancel ends an unfinished job; a lease on it is lost: late reports are refused. CONFLICT when it is finished.
	Cancel(ctx context.Context, room, id string) (protocol.Job, error)
	// Requeue puts a failed or cancelled job at the end of the line again, its attempts, error and times cleared. CONFLICT
	// in any other state, RATE_LIMITED over its user's caps.
	Requeue(ctx context.Context, room, id string, caps Caps) (protocol.Job, error)
}

// Waiting is one entry of the line: a job that is queued, or that occupies a worker (leased, running).
type Waiting struct {
	Room    string
	ID      string
	State   protocol.JobState
	Started time.Time     // of a running job
	Pace    time.Duration // expected duration: results wanted × the mean of (provider, model); 0 when not known yet
}

// LineStore tells who waits for what.
type LineStore interface {
	// Line reads the jobs that occupy workers and then the first limit queued ones of all rooms in the order in which they
	// will be claimed. Pace is an exponentially weighted mean that Finish keeps up.
	Line(ctx context.Context, limit int) ([]Waiting, error)
	Seq(ctx context.Context, room string) (int64, error) // the room's newest job sequence; 0 before the first job
}

// LeaseStore hands jobs to workers. The store's clock decides when a lease lapses.
type LeaseStore interface {
	// Claim leases the first job that the worker can run and counts an attempt; nil when there is none. First in, first out
	// over all rooms.
	Claim(ctx context.Context, c Capabilities, lease time.Duration) (*Lease, error)
	// Renew extends a lease and moves leased to running; job is nil when nothing changed but the expiry. ErrStaleLease when
	// the token is not the newest or the job is no longer leased or running.
	Renew(ctx context.Context, room, id string, token int64, lease time.Duration) (job *protocol.Job, err error)
	// Finish ends the attempt under its token as [Ending] says, in one transaction. ErrStaleLease as for Renew.
	Finish(ctx context.Context, room, id string, token int64, end Ending) (protocol.Job, error)
	// Sweep returns jobs with lapsed leases to their places in the queue (failed when their attempts are used up), and
	// delayed jobs whose time has come; it returns the jobs it changed.
	Sweep(ctx context.Context) ([]protocol.Job, error)
	// Lapse ends the leases of a worker at once, as if their time were over, and returns the jobs it changed: a worker that
	// starts has lost what ran under its name before.
	Lapse(ctx context.Context, worker string) ([]protocol.Job, error)
}

// Ending is how an attempt ends. State is one of succeeded (Results, Assets), failed (Error), delayed (Delay, and Error
// for the reason) and queued (the lease is given back to the job's place; the attempt does not count).
type Ending struct {
	State   protocol.JobState
	Results []protocol.JobResult
	Assets  []Asset // rows of what Results name, thumbnails included; stored with the transition
	Error   *protocol.Error
	Delay   time.Duration
	Cost    float64 // US dollars
}

// PlacementStore finds results that are not on the canvas yet.
type PlacementStore interface {
	// Unplaced reads succeeded jobs that are not placed, oldest first, beginning after the cursor ("" for the start). The
	// next cursor is "" when there are no more.
	Unplaced(ctx context.Context, cursor string, limit int) (jobs []protocol.Job, next string, err error)
	// MarkPlaced records that nothing of a succeeded job is left to be placed. A second time changes nothing.
	MarkPlaced(ctx context.Context, room, id string) (protocol.Job, error)
}

// Asset is the row of some bytes in the blob store.
type Asset struct {
	ID          string // SHA-256, hex
	Workspace   string
	Mime        string
	Bytes       int64
	Width       int
	Height      int
	DurationMS  int64
	Thumb       string
	Placeholder string
	CreatedBy   string
	CreatedAt   time.Time
}

// AssetStore keeps the rows of assets: authorised per workspace, never by knowing a hash.
type AssetStore interface {
	PutAssets(ctx context.Context, assets ...Asset) error // one transaction; a row that is there stays as it is
	Asset(ctx context.Context, workspace, id string) (Asset, error)
}
