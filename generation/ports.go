package generation

import (
	"context"
	"errors"
	"io"
	"time"

	"atelier/protocol"
)

// ErrStaleLease refuses a report whose fencing token is not the job's newest: the lease lapsed, the job was cancelled or
// another worker has it.
var ErrStaleLease = errors.New("stale lease")

// Placer puts a succeeded job's results on its room's canvas by one change whose id and record ids are derived from the
// job, so that placing twice places once: it tries [Placements] in order and takes the first that the room does not
// refuse with CONFLICT. It loads the room when nobody is in it. An error that is retryable, INTERNAL_ERROR or without a
// code is tried again; any other (NOT_FOUND: no such room; the room is full) settles the job: its assets stay in the
// queue's list.
type Placer interface {
	Place(ctx context.Context, job protocol.Job) error
}

// Announcer shows a room what was stored. It never blocks.
type Announcer interface {
	Job(job protocol.Job)
	Progress(room string, p protocol.Progress)
	Queue(room string, info protocol.QueueInfo)
}

// Blobs keeps bytes by their SHA-256.
type Blobs interface {
	// Put streams r to the store while hashing; PAYLOAD_TOO_LARGE beyond limit bytes. Durable on return; the same bytes twice
	// are stored once.
	Put(ctx context.Context, r io.Reader, limit int64) (id string, size int64, err error)
	// Open reads a blob. NOT_FOUND when there is none.
	Open(ctx context.Context, id string) (Blob, error)
}

// Blob is an open blob.
type Blob interface {
	io.ReadSeekCloser
	Size() int64
}

// LinkedBlob is one that can be fetched from where it is kept without passing through here.
type LinkedBlob interface {
	Blob
	// Link is a URL that shows the blob to everybody who has it, until life has passed. It comes with the headers of as.
	Link(ctx context.Context, as BlobHeaders, life time.Duration) (string, error)
}

// BlobHeaders are those that a blob is served with.
type BlobHeaders struct{ Type, Disposition, Caching string }

// Model is one thing a provider can run.
type Model struct {
	Name       string   `json:"name"`
	Title      string   `json:"title"`
	Kind       string   `json:"kind"`       // image, video, audio, text
	Transforms []string `json:"transforms"` // generate, variation, …
	Default    bool     `json:"default"`
	Units      float64  `json:"units"` // what one result counts in the queue; a picture of the built-in renderer is 1
	Inputs     Inputs   `json:"inputs"`
}

// Inputs is what a model works from: the kinds of its inputs in their order (the last one may repeat), and how many it
// needs at least.
type Inputs struct {
	Kinds []string `json:"kinds,omitempty"`
	Least int      `json:"least,omitempty"`
	Mask  bool     `json:"mask,omitempty"` // it can be given one
}

// Request is one result to be made.
type Request struct {
	Job    protocol.Job
	Index  int                                            // 0 … Count−1
	Seed   int64                                          // of this result; never 0
	Inputs func(ctx context.Context, i int) (Blob, error) // opens Job.Inputs[i]
	Mask   func(ctx context.Context) (Blob, error)        // opens Job.Mask
}

// Report tells how far a request is, 0–1, with an optional preview picture (encoded PNG or JPEG). It returns ctx's error
// when the work is no longer wanted.
type Report func(fraction float64, preview []byte) error

// Result is what a provider made. The caller closes Body.
type Result struct {
	Body io.ReadCloser
	Mime string  // as the provider says; what it is, is found out by looking
	Text string  // for text results
	Cost float64 // US dollars
}

// Provider makes results. Errors are *protocol.Error with PROVIDER_ERROR and a reason in words; Retryable says whether
// another attempt may do better.
type Provider interface {
	Name() string
	Title() string
	Models() []Model
	Generate(ctx context.Context, r Request, report Report) (Result, error)
}
