package hub

import (
	"math"

	"atelier/generation"
	"atelier/protocol"
)

func (h *Hub) getJobs(x *exchange) error {
	after, err := x.number("after", 0, 0, protocol.MaxSafeInteger)
	if err != nil {
		return err
	}
	limit, err := x.number("limit", jobPage, 1, 1000)
	if err != nil {
		return err
	}
	// The sequence is read first: what comes between is in the list and asked for once more, never missed.
	seq, err := h.cfg.Jobs.Seq(x.r.Context(), x.room.ID)
	if err != nil {
		return err //nolint:wrapcheck // says what it did
	}
	jobs, err := h.cfg.Jobs.Jobs(x.r.Context(), x.room.ID, after, int(min(limit, math.MaxInt32)))
	if err != nil {
		return err //nolint:wrapcheck // says what it did
	}
	if jobs == nil {
		jobs = []protocol.Job{}
	}
	return x.reply(struct {
		Seq  int64          `json:"seq"`
		Jobs []protocol.Job `json:"jobs"`
	}{seq, jobs})
}

func (h *Hub) postJob(x *exchange) error {
	var in protocol.JobRequest
	if err := x.read(&in); err != nil {
		return err
	}
	job, err := h.cfg.Queue.Enqueue(x.r.Context(), x.asks(), in)
	if err != nil {
		return err //nolint:wrapcheck // coded
	}
	return x.reply(&job)
}

func (h *Hub) postCancel(x *exchange) error {
	job, err := h.cancelJob(x.r.Context(), x.asks(), x.role, x.params.ByName("job"))
	if err != nil {
		return err
	}
	return x.reply(&job)
}

func (h *Hub) postRetry(x *exchange) error {
	job, err := h.retryJob(x.r.Context(), x.asks(), x.role, x.params.ByName("job"))
	if err != nil {
		return err
	}
	return x.reply(&job)
}

func (h *Hub) getProviders(x *exchange) error {
	list := h.cfg.Providers
	if list == nil {
		list = []generation.ProviderInfo{}
	}
	return x.reply(map[string][]generation.ProviderInfo{"providers": list})
}
