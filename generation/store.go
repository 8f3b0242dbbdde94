package generation

import (
	"context"
	"time"

	"atelier/protocol"
)

// Lease is the right to run one attempt of a job until Expires. Token fences: a report with another token than the
// job's newest is refused.
type Lease struct {
	Job     protocol.Job
	Token   int64
	Expires time.Time
}

// Caps bound what one user may have in a room.
type Caps struct {
	Pending int // unfinished jobs; more is RATE_LIMITED
}

// Capabilities of a worker: which providers' jobs it can run.
type Capabilities struct {
	Worker    string
	Providers []string
}

// QueueStore keeps the queue as people see it. Every transition is stored first and bumps the room's job sequence
// (Job.Seq); the stored job is returned. Position and ExpectedStart are computed on read.
type QueueStore interface {
	// Enqueue stores a queued job. The same id by the same user returns the job that is there, created false; the same id
	// by another user or with another request is INVALID_INPUT. RATE_LIMITED over the caps.
	Enqueue(ctx context.Context, job protocol.Job, caps Caps) (stored protocol.Job, created bool, err error)
	Job(ctx context.Context, room, id string) (protocol.Job, error) // NOT_FOUND
	// Jobs reads a room's jobs whose Seq > after, in Seq order, at most limit of them. With after 0: all unfinished ones
	// and the newest finished ones.
	Jobs(ctx context.Context, room string, after int64, limit int) ([]protocol.Job, error)
	Seq(ctx context.Context, room string) (int64, error) // the room's newest job sequence
	// Move sets a job's state (cancelled, or queued again by a retry) if it is in one of from; CONFLICT otherwise. Cancelling
	// a leased or running job takes its lease: late reports are refused.
	Move(ctx context.Context, room, id string, from []protocol.JobState, to protocol.JobState) (protocol.Job, error)
}

// LeaseStore hands jobs to workers.
type LeaseStore interface {
	// Claim leases the first job that the worker can run; nil when there is none. First in, first out over all rooms.
	Claim(ctx context.Context, c Capabilities, lease time.Duration) (*Lease, error)
	// Renew extends a lease and moves leased to running; job is nil when nothing changed but the expiry. ErrStaleLease when
	// the token is not the newest or the job is no longer leased or running.
	Renew(ctx context.Context, room, id string, token int64, lease time.Duration) (job *protocol.Job, err error)
	// Finish ends the attempt under its token: succeeded with results (placed false), failed with an error, delayed until
	// resumeAt, or queued again (a lease given back: the attempt does not count). ErrStaleLease as for Renew.
	Finish(ctx context.Context, room, id string, token int64, end Ending) (protocol.Job, error)
	// Sweep returns lapsed leases to the queue with attempt + 1 (failed when attempts are used up), and delayed jobs whose
	// time has come; it returns the jobs it changed.
	Sweep(ctx context.Context, now time.Time) ([]protocol.Job, error)
}

// PlacementStore finds results that are not on the canvas yet.
type PlacementStore interface {
	Unplaced(ctx context.Context, limit int) ([]protocol.Job, error) // succeeded and not placed, oldest first
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
	PutAsset(ctx context.Context, a Asset) error // idempotent per (workspace, id)
	Asset(ctx context.Context, workspace, id string) (Asset, error)
}
