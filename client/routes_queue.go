package client

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"atelier/protocol"
)

type (
	// Provider makes results by its models. "provider/model" is a route, by which a worker says what it runs.
	Provider struct {
		Name   string  `json:"name"`
		Title  string  `json:"title"`
		Models []Model `json:"models"`
	}
	// Model is what makes one kind of result.
	Model struct {
		Name       string   `json:"name"`
		Title      string   `json:"title"`
		Kind       string   `json:"kind"` // image, video, audio, text
		Transforms []string `json:"transforms"`
		Default    bool     `json:"default"`
		Units      float64  `json:"units"` // what one result counts in the queue
		Inputs     struct {
			Kinds []string `json:"kinds"` // in order; the last one may repeat
			Least int      `json:"least"`
			Mask  bool     `json:"mask"` // it can be given one
		} `json:"inputs"`
	}
)

// Enqueue asks for results without being in the room. The same request again, by its ID, gets the job that is there, so it
// may be repeated until it is answered. A request without an ID is given one.
func (a *API) Enqueue(ctx context.Context, room string, req protocol.JobRequest) (protocol.Job, error) {
	if req.ID == "" {
		req.ID = protocol.NewID()
	}
	var out protocol.Job
	err := a.call(ctx, http.MethodPost, roomPath(room, "/jobs"), req, &out)
	return out, err
}

// CancelJob ends an unfinished job at once. CONFLICT when it is finished, FORBIDDEN when it is somebody else's.
func (a *API) CancelJob(ctx context.Context, room, job string) (protocol.Job, error) {
	return a.deed(ctx, room, job, "cancel", nil)
}

// RetryJob runs a failed or cancelled job again. CONFLICT in any other state.
func (a *API) RetryJob(ctx context.Context, room, job string) (protocol.Job, error) {
	return a.deed(ctx, room, job, "retry", nil)
}

// ApproveJob lets a job that awaits approval into the line. CONFLICT in any other state, FORBIDDEN to whom is no owner.
func (a *API) ApproveJob(ctx context.Context, room, job string) (protocol.Job, error) {
	return a.deed(ctx, room, job, "approve", nil)
}

// MoveJob puts a queued job before another one of the same requester, whose priority it takes, or behind all of them with
// before "". CONFLICT when one of the two is not queued.
func (a *API) MoveJob(ctx context.Context, room, job, before string) (protocol.Job, error) {
	return a.deed(ctx, room, job, "move", map[string]string{"before": before})
}

// RateJob gives a result 1 to 5 stars, or takes one's own back with 0. CONFLICT before the job has succeeded.
func (a *API) RateJob(ctx context.Context, room, job string, index, stars int) (protocol.Job, error) {
	return a.deed(ctx, room, job, "rate", map[string]int{"index": index, "stars": stars})
}

// PickResult makes a result the winner of its job's; when it is the winner, it takes that back: whoever repeats the call looks
// at the job's Winner first.
func (a *API) PickResult(ctx context.Context, room, job string, index int) (protocol.Job, error) {
	return a.deed(ctx, room, job, "rate", map[string]any{"index": index, "pick": true})
}

func (a *API) deed(ctx context.Context, room, job, what string, body any) (protocol.Job, error) {
	var out protocol.Job
	err := a.call(ctx, http.MethodPost, roomPath(room, "/jobs/"+url.PathEscape(job)+"/"+what), body, &out)
	return out, err
}

// Jobs reads a room's queue: everything unfinished, then the newest finished ones, at most limit jobs (1–1000). From seq,
// the room's newest job sequence, [API.JobsAfter] goes on.
func (a *API) Jobs(ctx context.Context, room string, limit int) (jobs []protocol.Job, seq int64, err error) {
	return a.jobs(ctx, room, url.Values{"limit": {strconv.Itoa(limit)}})
}

// JobsAfter reads what moved after a job sequence, oldest first, at most limit jobs (1–1000).
func (a *API) JobsAfter(ctx context.Context, room string, seq int64, limit int) ([]protocol.Job, error) {
	jobs, _, err := a.jobs(ctx, room, url.Values{"after": {strconv.FormatInt(seq, 10)}, "limit": {strconv.Itoa(limit)}})
	return jobs, err
}

func (a *API) jobs(ctx context.Context, room string, q url.Values) ([]protocol.Job, int64, error) {
	var out struct {
		Seq  int64          `json:"seq"`
		Jobs []protocol.Job `json:"jobs"`
	}
	err := a.call(ctx, http.MethodGet, roomPath(room, "/jobs?"+q.Encode()), nil, &out)
	return out.Jobs, out.Seq, err
}

// Queue is a room's queue apart from its jobs: its settings and its workers.
func (a *API) Queue(ctx context.Context, room string) (protocol.QueueInfo, error) {
	var out protocol.QueueInfo
	err := a.call(ctx, http.MethodGet, roomPath(room, "/queue"), nil, &out)
	return out, err
}

// SetQueue changes a queue's settings: what is nil in the patch stays. FORBIDDEN to whom is no owner.
func (a *API) SetQueue(ctx context.Context, room string, patch protocol.QueuePatch) (protocol.QueueInfo, error) {
	var out protocol.QueueInfo
	err := a.call(ctx, http.MethodPatch, roomPath(room, "/queue"), patch, &out)
	return out, err
}

// ClearQueue cancels the unfinished jobs that no worker has, of one user or of everybody with user "", and returns how many
// those were. FORBIDDEN for others' to whom is no owner.
func (a *API) ClearQueue(ctx context.Context, room, user string) (int, error) {
	var out struct {
		Jobs int `json:"jobs"`
	}
	err := a.call(ctx, http.MethodPost, roomPath(room, "/queue/clear"), protocol.QueueClear{User: user}, &out)
	return out.Jobs, err
}

// Providers lists what can be asked for, the default provider first.
func (a *API) Providers(ctx context.Context) ([]Provider, error) {
	var out struct {
		Providers []Provider `json:"providers"`
	}
	err := a.call(ctx, http.MethodGet, "/v1/providers", nil, &out)
	return out.Providers, err
}
