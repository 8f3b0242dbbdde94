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

// Caps bound what one user may have in a room, and what providers may run at once. 0 is no cap.
type Caps struct {
	Pending   int            // unfinished jobs of a user in a room; more is RATE_LIMITED
	Running   int            // of these, jobs that workers have; more wait
	Providers map[string]int // jobs of a provider that workers have, over all rooms; more wait
}

// Capabilities of a worker.
type Capabilities struct {
	Worker string   // unique among those that live
	Name   string   // that jobs show while it has them; "" is Worker
	Routes []string // "provider/model" of the jobs that it can run
	Room   string   // the only room that it serves; "" is all of them
}

// Route is where a job can run: "provider/model".
func Route(provider, model string) string { return provider + "/" + model }

// QueueStore keeps the queue as people see it. Every transition is stored first and bumps the room's job sequence
// (Job.Seq), without gaps; the stored jobs are returned in the order of their sequence. Position and ExpectedStart are
// left 0: [Queue] computes them from [LineStore.Line].
type QueueStore interface {
	// Enqueue stores the jobs of one request, all or none: the first as queued (or awaiting_approval, as it says), those
	// with a Step as waiting. The same first id by the same user with the same request returns the jobs that are there,
	// created false; by another user or with another request it is INVALID_INPUT. RATE_LIMITED over the caps, NOT_FOUND
	// when there is no such room.
	Enqueue(ctx context.Context, workspace string, jobs []protocol.Job, caps Caps) (stored []protocol.Job, created bool, err error)
	Job(ctx context.Context, room, id string) (protocol.Job, error) // NOT_FOUND
	// Jobs reads a room's jobs whose Seq > after, in Seq order, at most limit of them. With after 0: all unfinished ones
	// and the newest finished ones, limit in all.
	Jobs(ctx context.Context, room string, after int64, limit int) ([]protocol.Job, error)
	// Command carries out what somebody wants of a job, in one transaction, and returns every job that it changed, the one
	// that was named last. NOT_FOUND; CONFLICT when the state does not allow it; FORBIDDEN when Owner is set and is not the
	// job's user.
	Command(ctx context.Context, room, id string, c Command) ([]protocol.Job, error)
	// Settings reads and changes a room's settings; a nil patch only reads. NOT_FOUND when there is no such room.
	Settings(ctx context.Context, room string, patch *SettingsPatch) (Settings, error)
}

// Command is one of its fields.
type Command struct {
	Owner string // only for a job of this user; "" is for anybody's

	Cancel  bool    // an unfinished job and the waiting steps behind it; a lease is lost, late reports are refused
	Requeue *Caps   // a failed or cancelled job goes to the end of its user's line as a new one would; so do, waiting, the steps behind it. RATE_LIMITED over the caps
	Approve bool    // a job that awaits approval is queued
	Move    *string // a queued job goes before this one of the same user and room ("": behind all) and takes its priority
	Clear   bool    // cancels every job of the room (of Owner) that no worker has; id is ""; not an error when there is none
	Rate    *Rate   // a succeeded job's result
}

// Rate is what a user thinks of a result.
type Rate struct {
	User string
	protocol.JobRating
}

// Settings of a room's queue. A paused room's jobs are not claimed; those that run go on.
type Settings struct {
	Paused       bool
	PausedBy     string
	ApprovalOver float64 // units
}

// SettingsPatch changes settings; nil leaves as it is.
type SettingsPatch struct {
	protocol.QueuePatch
	By string // name, for PausedBy
}

// Waiting is one entry of the line: a job that is queued, or that occupies a worker (leased, running).
type Waiting struct {
	Workspace string
	Room      string
	ID        string
	User      string
	Route     string
	State     protocol.JobState
	Units     float64
	Started   time.Time     // of a running job
	Pace      time.Duration // expected duration: results wanted × the mean of the route; 0 when not known yet
	Paused    bool          // its room is
}

// Turn is how much a workspace, or a requester in a room, has had of the queue: its virtual time in units. The least is
// next.
type Turn struct {
	Workspace string
	Room      string // "" in the turn of a workspace
	User      string // "" in the turn of a workspace
	Had       float64
}

// Line is what waits, as far as it was asked for.
type Line struct {
	Busy    []Waiting // jobs that workers have
	Waiting []Waiting // queued ones, each requester's in the order in which they will be claimed
	Turns   []Turn    // of everybody who is in Waiting
}

// LineStore tells who waits for what.
type LineStore interface {
	// Line reads what occupies workers and the first queued jobs of the requesters that are next, about limit of them. Its
	// cost does not grow with what waits behind. Pace is an exponentially weighted mean that Finish keeps up.
	Line(ctx context.Context, limit int) (Line, error)
	Seq(ctx context.Context, room string) (int64, error) // the room's newest job sequence; 0 before the first job
	Depth(ctx context.Context) (int, error)              // queued jobs of all rooms, those of paused ones too
}

// LeaseStore hands jobs to workers. The store's clock decides when a lease lapses.
type LeaseStore interface {
	// Claim leases the next job that the worker can run and counts an attempt; nil when there is none. Next is, of those
	// whose room is not paused and who are under the caps: the workspace that had least, in it the requester (a user in a
	// room) that had least, of that one the job with the highest priority, then the first in place. Both have had the
	// job's units from then on, unless the lease lapses or is given back; who begins to wait has had no less than who was served last, so that nobody saves up.
	Claim(ctx context.Context, c Capabilities, lease time.Duration, caps Caps) (*Lease, error)
	// Renew extends a lease and moves leased to running; job is nil when nothing changed but the expiry. ErrStaleLease when
	// the token is not the newest or the job is no longer leased or running.
	Renew(ctx context.Context, room, id string, token int64, lease time.Duration) (job *protocol.Job, err error)
	// Finish ends the attempt under its token as [Ending] says, in one transaction, and returns every job that it changed,
	// the job itself first: when it succeeded, the waiting steps of its chain that now have all their inputs are queued;
	// when it failed, the steps that go on from it are cancelled, with the reason. The same token again, once it ended
	// the job, changes nothing and returns the job as it is. ErrStaleLease as for Renew otherwise.
	Finish(ctx context.Context, room, id string, token int64, end Ending) ([]protocol.Job, error)
	// Sweep returns jobs with lapsed leases to their places in the queue with a reason (failed when their attempts are used
	// up), and delayed jobs whose time has come; it returns the jobs it changed.
	Sweep(ctx context.Context) ([]protocol.Job, error)
	// Lapse ends the leases of a worker at once, as if their time were over, and returns the jobs it changed: a worker that
	// starts has lost what ran under its name before.
	Lapse(ctx context.Context, worker string) ([]protocol.Job, error)
}

// Ending is how an attempt ends. State is one of succeeded (Results, Assets), failed (Error), delayed (Delay, and Error
// for the reason) and queued (the lease is given back to the job's place; neither the attempt nor the units count).
type Ending struct {
	State   protocol.JobState
	Results []protocol.JobResult
	Assets  []Asset  // rows of what Results name, thumbnails included; stored with the transition
	Origins []Origin // where the results come from; stored with the transition
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
	Provenance  *Provenance // what the file says of how it was made
}

// AssetStore keeps the rows of assets: authorised per workspace, never by knowing a hash.
type AssetStore interface {
	PutAssets(ctx context.Context, assets ...Asset) error // one transaction; a row that is there stays as it is
	Asset(ctx context.Context, workspace, id string) (Asset, error)
}

// Origin is one edge of the lineage of a room: Asset was made from Parent. Of a job without inputs there is one with an
// empty Parent. Weight is the input's, above 0; the prompt's is beside them.
type Origin struct {
	Workspace string
	Room      string
	Asset     string
	Parent    string
	Job       string // that made it; "" for an upload that says what it is a copy of
	Index     int    // of the job's results
	Weight    float64
}

// LineageStore answers who came from what, within a room.
type LineageStore interface {
	PutOrigins(ctx context.Context, origins ...Origin) error // what is there stays as it is
	// Lineage walks from an asset: up steps to what it was made from, down steps to what was made from it (0 to 64), breadth
	// first, each edge once, nearest first, at most limit of them; more tells that some were left out.
	Lineage(ctx context.Context, room, asset string, up, down, limit int) (edges []Origin, more bool, err error)
}

// Share is a link that shows one asset's lineage to whoever has it, until it is revoked. The store keeps the token's
// SHA-256 only.
type Share struct {
	ID        string
	Workspace string
	Room      string
	Asset     string
	Up        int
	Down      int
	CreatedBy string
	CreatedAt time.Time
	Hash      []byte
}

// ShareStore keeps shares.
type ShareStore interface {
	PutShare(ctx context.Context, s Share) error
	Shares(ctx context.Context, room string) ([]Share, error)    // oldest first
	ShareByHash(ctx context.Context, hash []byte) (Share, error) // NOT_FOUND
	RevokeShare(ctx context.Context, room, id string) error      // NOT_FOUND
}
