package hub

import (
	"math"
	"strconv"

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

// postDeed does something with the job that the path names.
func (h *Hub) postDeed(do jobDeed) func(*exchange) error {
	return func(x *exchange) error {
		job, err := do(x.r.Context(), x.asks(), x.params.ByName("job"))
		if err != nil {
			return err
		}
		return x.reply(&job)
	}
}

func (h *Hub) postMove(x *exchange) error {
	in := struct {
		Before string `json:"before"`
	}{}
	if err := x.read(&in); err != nil {
		return err
	}
	job, err := h.cfg.Queue.Move(x.r.Context(), x.asks(), protocol.JobMove{Job: x.params.ByName("job"), Before: in.Before})
	if err != nil {
		return err //nolint:wrapcheck // coded
	}
	return x.reply(&job)
}

func (h *Hub) postRate(x *exchange) error {
	in := struct {
		Index int  `json:"index"`
		Stars int  `json:"stars"`
		Pick  bool `json:"pick"`
	}{}
	if err := x.read(&in); err != nil {
		return err
	}
	job, err := h.cfg.Queue.Rate(x.r.Context(), x.asks(), protocol.JobRating{
		Job: x.params.ByName("job"), Index: in.Index, Stars: in.Stars, Pick: in.Pick,
	})
	if err != nil {
		return err //nolint:wrapcheck // coded
	}
	return x.reply(&job)
}

func (h *Hub) getQueue(x *exchange) error {
	info, err := h.cfg.Keeper.Info(x.r.Context(), x.room.ID)
	if err != nil {
		return err //nolint:wrapcheck // coded
	}
	return x.reply(&info)
}

func (h *Hub) patchQueue(x *exchange) error {
	var in protocol.QueuePatch
	if err := x.read(&in); err != nil {
		return err
	}
	info, err := h.cfg.Keeper.Set(x.r.Context(), x.asks(), in)
	if err != nil {
		return err //nolint:wrapcheck // coded
	}
	return x.reply(&info)
}

func (h *Hub) postClear(x *exchange) error {
	var in protocol.QueueClear
	if err := x.read(&in); err != nil {
		return err
	}
	n, err := h.cfg.Keeper.Clear(x.r.Context(), x.asks(), in.User)
	if err != nil {
		return err //nolint:wrapcheck // coded
	}
	return x.reply(cleared{n})
}

// putResult takes a result from a remote worker.
func (h *Hub) putResult(x *exchange) error {
	token, err := x.number("token", 0, 1, protocol.MaxSafeInteger)
	if err != nil {
		return err
	}
	index, err := strconv.ParseUint(x.params.ByName("index"), 10, 8)
	if err != nil {
		return protocol.Errorf(protocol.CodeInvalidInput, "index: not a small number")
	}
	body, err := h.upload(x)
	if err != nil {
		return err
	}
	a, err := h.cfg.Desk.Upload(x.r.Context(), x.asks(), x.params.ByName("job"), token, int(index), body)
	if err != nil {
		return err //nolint:wrapcheck // coded
	}
	return x.reply(assetOf(a))
}

func (h *Hub) getProviders(x *exchange) error {
	list := h.cfg.Providers
	if list == nil {
		list = []generation.ProviderInfo{}
	}
	return x.reply(map[string][]generation.ProviderInfo{"providers": list})
}
