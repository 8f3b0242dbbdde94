package protocol

// JobState is where a job stands.
type JobState string

// Job states. The last three are final.
const (
	JobQueued           JobState = "queued"
	JobDelayed          JobState = "delayed" // waits for ResumeAt: a retry or a breaker
	JobAwaitingApproval JobState = "awaiting_approval"
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
	Params    map[string]any `msgpack:"params,omitempty"    json:"params,omitempty"` // width, height, …: numbers, strings, bools
	Seed      int64          `msgpack:"seed,omitempty"      json:"seed,omitempty"`   // 0: derived from the job's id
	Count     int            `msgpack:"count,omitempty"     json:"count,omitempty"`  // results wanted, 1–8; 0 is 1
	Inputs    []string       `msgpack:"inputs,omitempty"    json:"inputs,omitempty"` // asset ids
	Place     Place          `msgpack:"place,omitempty"     json:"place,omitzero"`
	Priority  int            `msgpack:"priority,omitempty"  json:"priority,omitempty"` // −10 to 10
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
}

// JobRef names a job.
type JobRef struct {
	Job string `msgpack:"job" json:"job"`
}

// Progress is one entry of [TypeProgress]: how far an attempt of a job is, 0–1, and the asset id of a preview.
type Progress struct {
	Job      string
	Attempt  int
	Fraction float64
	Preview  string
}
