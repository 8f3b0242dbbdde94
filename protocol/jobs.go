package protocol

// JobState is where a job stands.
type JobState string

// Job states. The last three are final.
const (
	JobQueued           JobState = "queued"
	JobDelayed          JobState = "delayed" // waits for ResumeAt: a retry or a breaker
	JobAwaitingApproval JobState = "awaiting_approval"
	JobWaiting          JobState = "waiting" // for the steps before it in its chain
	JobLeased           JobState = "leased"
	JobRunning          JobState = "running"
	JobSucceeded        JobState = "succeeded"
	JobFailed           JobState = "failed"
	JobCancelled        JobState = "cancelled"
)

// Final tells whether nothing more will happen to a job in this state by itself.
func (s JobState) Final() bool { return s == JobSucceeded || s == JobFailed || s == JobCancelled }

// JobRequest asks for a generation. ID is a UUID (version 7) chosen by the client and is the idempotency key: the same
// id again returns the job that is there.
type JobRequest struct {
	ID        string         `msgpack:"id"                  json:"id"`
	Kind      string         `msgpack:"kind"                json:"kind"`                // image, video, audio, text
	Transform string         `msgpack:"transform,omitempty" json:"transform,omitempty"` // "" is generate
	Provider  string         `msgpack:"provider,omitempty"  json:"provider,omitempty"`  // "" is the default provider
	Model     string         `msgpack:"model,omitempty"     json:"model,omitempty"`     // "" is the provider's default
	Prompt    string         `msgpack:"prompt"              json:"prompt"`
	Negative  string         `msgpack:"negative,omitempty"  json:"negative,omitempty"`
	Params    map[string]any `msgpack:"params,omitempty"    json:"params,omitempty"`  // width, height, …: numbers, strings, bools
	Seed      int64          `msgpack:"seed,omitempty"      json:"seed,omitempty"`    // 0: derived from the job's id
	Count     int            `msgpack:"count,omitempty"     json:"count,omitempty"`   // results wanted, 1–8; 0 is 1
	Inputs    []string       `msgpack:"inputs,omitempty"    json:"inputs,omitempty"`  // asset ids
	Weights   []float64      `msgpack:"weights,omitempty"   json:"weights,omitempty"` // of the inputs, each above 0; none: all 1
	Mask      string         `msgpack:"mask,omitempty"      json:"mask,omitempty"`    // asset id of a picture: an edit changes where it is light
	Sweep     *Sweep         `msgpack:"sweep,omitempty"     json:"sweep,omitempty"`   // one result for each of its values, instead of Count
	Then      []Step         `msgpack:"then,omitempty"      json:"then,omitempty"`    // at most 7 steps that go on from the results
	Place     Place          `msgpack:"place,omitempty"     json:"place,omitzero"`
	Priority  int            `msgpack:"priority,omitempty"  json:"priority,omitempty"` // −10 to 10
}

// Sweep asks for one result for each of 2 to 8 values of a param, the same in everything else, the seed included.
type Sweep struct {
	Param  string `msgpack:"param"  json:"param"`
	Values []any  `msgpack:"values" json:"values"` // numbers, strings, bools
}

// Step is a later job of a chain. It works from the results of the steps in From, which are counted from 0, the request
// itself; −1 beside them stands for the request's own inputs; none is the one before it. Empty fields mean what they mean in [JobRequest].
type Step struct {
	Kind      string         `msgpack:"kind"               json:"kind"`
	Transform string         `msgpack:"transform"          json:"transform"`
	Provider  string         `msgpack:"provider,omitempty" json:"provider,omitempty"`
	Model     string         `msgpack:"model,omitempty"    json:"model,omitempty"`
	Prompt    string         `msgpack:"prompt,omitempty"   json:"prompt,omitempty"` // "" is the request's own
	Params    map[string]any `msgpack:"params,omitempty"   json:"params,omitempty"`
	From      []int          `msgpack:"from,omitempty"     json:"from,omitempty"`
}

// Place is where on the canvas a result goes: its top left corner, its width in canvas units, the record it was made
// from (the source of the derived edge) and the frame that holds it.
type Place struct {
	X      float64 `msgpack:"x"                json:"x"`
	Y      float64 `msgpack:"y"                json:"y"`
	W      float64 `msgpack:"w,omitempty"      json:"w,omitempty"`
	Source string  `msgpack:"source,omitempty" json:"source,omitempty"`
	Parent string  `msgpack:"parent,omitempty" json:"parent,omitempty"`
}

// Job is a job as everybody in the room sees it. Times are unix ms, 0 when they have not come.
type Job struct {
	JobRequest

	Room          string      `msgpack:"room"                     json:"room"`
	Seq           int64       `msgpack:"seq"                      json:"seq"` // the room's job sequence at the last transition
	User          string      `msgpack:"user"                     json:"user"`
	UserName      string      `msgpack:"user_name"                json:"user_name"`
	State         JobState    `msgpack:"state"                    json:"state"`
	Position      int         `msgpack:"position,omitempty"       json:"position,omitempty"` // 1 is next; 0 when not waiting
	Attempt       int         `msgpack:"attempt"                  json:"attempt"`
	MaxAttempts   int         `msgpack:"max_attempts"             json:"max_attempts"`
	Worker        string      `msgpack:"worker,omitempty"         json:"worker,omitempty"`
	Error         *Error      `msgpack:"error,omitempty"          json:"error,omitempty"`
	Results       []JobResult `msgpack:"results,omitempty"        json:"results,omitempty"`
	Placed        bool        `msgpack:"placed,omitempty"         json:"placed,omitempty"`
	CreatedAt     int64       `msgpack:"created_at"               json:"created_at"`
	StartedAt     int64       `msgpack:"started_at,omitempty"     json:"started_at,omitempty"`
	EndedAt       int64       `msgpack:"ended_at,omitempty"       json:"ended_at,omitempty"`
	ResumeAt      int64       `msgpack:"resume_at,omitempty"      json:"resume_at,omitempty"`
	ExpectedStart int64       `msgpack:"expected_start,omitempty" json:"expected_start,omitempty"`
	Units         float64     `msgpack:"units,omitempty"          json:"units,omitempty"`          // its share of the queue: the model's units × results
	Chain         string      `msgpack:"chain,omitempty"          json:"chain,omitempty"`          // id of the chain's first job; "" when it is alone
	Step          int         `msgpack:"step,omitempty"           json:"step,omitempty"`           // of its chain; 0 is the first
	Steps         int         `msgpack:"steps,omitempty"          json:"steps,omitempty"`          // of its chain
	From          []int       `msgpack:"from,omitempty"           json:"from,omitempty"`           // steps of its chain whose results are its inputs
	Winner        int         `msgpack:"winner,omitempty"         json:"winner,omitempty"`         // the picked result, counted from 1; 0 when none is
	WinnerBy      string      `msgpack:"winner_by,omitempty"      json:"winner_by,omitempty"`      // user who picked it
	EstimatedCost float64     `msgpack:"estimated_cost,omitempty" json:"estimated_cost,omitempty"` // US dollars
	Cost          float64     `msgpack:"cost,omitempty"           json:"cost,omitempty"`           // US dollars
}

// JobResult is one asset a job made and the record that shows it. Text results carry their text too.
type JobResult struct {
	Asset       string `msgpack:"asset"                 json:"asset"` // SHA-256, hex
	Record      string `msgpack:"record"                json:"record"`
	Mime        string `msgpack:"mime"                  json:"mime"`
	Bytes       int64  `msgpack:"bytes"                 json:"bytes"`
	Width       int    `msgpack:"width,omitempty"       json:"width,omitempty"`       // pixels
	Height      int    `msgpack:"height,omitempty"      json:"height,omitempty"`      // pixels
	DurationMS  int64  `msgpack:"duration_ms,omitempty" json:"duration_ms,omitempty"` //
	Thumb       string `msgpack:"thumb,omitempty"       json:"thumb,omitempty"`       // asset id of a small picture
	Placeholder string `msgpack:"placeholder,omitempty" json:"placeholder,omitempty"` // BlurHash
	Text        string `msgpack:"text,omitempty"        json:"text,omitempty"`

	Ratings map[string]int `msgpack:"ratings,omitempty" json:"ratings,omitempty"` // stars by user, 1–5
}

// JobRef names a job.
type JobRef struct {
	Job string `msgpack:"job" json:"job"`
}

// JobMove puts a queued job before another one of the same requester in the room, whose priority it takes; an empty
// Before is behind all of them.
type JobMove struct {
	Job    string `msgpack:"job"              json:"job"`
	Before string `msgpack:"before,omitempty" json:"before,omitempty"`
}

// JobRating rates a result with 1 to 5 stars, 0 takes the own rating back. Pick makes it the winner of the job's results
// instead, or takes that back when it is the winner already.
type JobRating struct {
	Job   string `msgpack:"job"             json:"job"`
	Index int    `msgpack:"index,omitempty" json:"index,omitempty"`
	Stars int    `msgpack:"stars,omitempty" json:"stars,omitempty"`
	Pick  bool   `msgpack:"pick,omitempty"  json:"pick,omitempty"`
}

// QueuePatch changes a room's queue; nil leaves as it is. An ApprovalOver of 0 asks for no approval.
type QueuePatch struct {
	Paused       *bool    `msgpack:"paused,omitempty"        json:"paused,omitempty"`
	ApprovalOver *float64 `msgpack:"approval_over,omitempty" json:"approval_over,omitempty"` // units
}

// QueueClear cancels unfinished jobs that no worker has: of one user, or of everybody when User is empty.
type QueueClear struct {
	User string `msgpack:"user,omitempty" json:"user,omitempty"`
}

// QueueInfo is a room's queue apart from its jobs.
type QueueInfo struct {
	Paused       bool     `msgpack:"paused,omitempty"        json:"paused,omitempty"`
	PausedBy     string   `msgpack:"paused_by,omitempty"     json:"paused_by,omitempty"`     // name of who paused it
	ApprovalOver float64  `msgpack:"approval_over,omitempty" json:"approval_over,omitempty"` // units; 0: nothing waits for approval
	Workers      []Worker `msgpack:"workers,omitempty"       json:"workers,omitempty"`       // that are connected, by session
}

// Worker is a member that runs jobs of the room.
type Worker struct {
	Session string   `msgpack:"session" json:"session"`
	Name    string   `msgpack:"name"    json:"name"`
	Slots   int      `msgpack:"slots"   json:"slots"`
	Routes  []string `msgpack:"routes"  json:"routes"` // "provider/model"
}

// WorkOffer makes a member a worker of the room, or changes what it offers. Slots 0 ends it: what it holds and does not
// report soon goes back to the line.
type WorkOffer struct {
	Name   string   `msgpack:"name,omitempty"   json:"name,omitempty"` // shown beside its jobs; "" is the member's
	Slots  int      `msgpack:"slots"            json:"slots"`          // jobs at once, 0–64
	Routes []string `msgpack:"routes,omitempty" json:"routes,omitempty"`
}

// Work is a lease: the right to run one attempt of a job for LeaseMS after the newest report. Token fences: reports with
// an older one are refused.
type Work struct {
	Job     Job   `msgpack:"job"      json:"job"`
	Token   int64 `msgpack:"token"    json:"token"`
	LeaseMS int64 `msgpack:"lease_ms" json:"lease_ms"`
}

// WorkRef names a lease.
type WorkRef struct {
	Job   string `msgpack:"job"   json:"job"`
	Token int64  `msgpack:"token" json:"token"`
}

// WorkReport renews a lease and tells how far the attempt is. Preview is a PNG or JPEG in base64 (RFC 4648
// §4), at most 48 KiB of it.
type WorkReport struct {
	Job      string  `msgpack:"job"               json:"job"`
	Token    int64   `msgpack:"token"             json:"token"`
	Fraction float64 `msgpack:"fraction"          json:"fraction"` // 0–1
	Preview  string  `msgpack:"preview,omitempty" json:"preview,omitempty"`
}

// WorkEnd ends an attempt. Results are the assets that the worker uploaded for the job, one for each; without them Error
// says why, or, when there is none, the lease is given back and the attempt does not count.
type WorkEnd struct {
	Job     string   `msgpack:"job"               json:"job"`
	Token   int64    `msgpack:"token"             json:"token"`
	Results []string `msgpack:"results,omitempty" json:"results,omitempty"`
	Cost    float64  `msgpack:"cost,omitempty"    json:"cost,omitempty"` // US dollars
	Error   *Error   `msgpack:"error,omitempty"   json:"error,omitempty"`
}

// Progress is one entry of [TypeProgress]: how far an attempt of a job is, 0–1, and the asset id of a preview.
type Progress struct {
	Job      string
	Attempt  int
	Fraction float64
	Preview  string
}
