package generation_test

import (
	"bytes"
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"atelier/generation"
	"atelier/protocol"
)

// upload is an asset of the team's.
func (h *house) upload(t *testing.T, data []byte) string {
	t.Helper()
	row, err := h.assets.Ingest(t.Context(), "team", "ana", bytes.NewReader(data))
	require.NoError(t, err)
	return row.ID
}

func describe(from ...int) protocol.Step {
	return protocol.Step{Kind: "text", Transform: "describe", From: from}
}

func TestBadRemixesAreRefusedByName(t *testing.T) {
	h := newHouse(t, nil)
	photo := h.upload(t, picture(20, 10))
	for names, spoil := range map[string]func(*protocol.JobRequest){
		"weights: 1 for 0": func(r *protocol.JobRequest) { r.Weights = []float64{1} },
		"weights[0]":       func(r *protocol.JobRequest) { r.Inputs, r.Weights = []string{photo}, []float64{0} },
		"weights[1]": func(r *protocol.JobRequest) {
			r.Inputs, r.Weights = []string{photo, photo}, []float64{1, 1001}
		},
		"mask: \"x\"": func(r *protocol.JobRequest) { r.Mask = "x" },
		"mask: no such": func(r *protocol.JobRequest) {
			r.Transform, r.Inputs = "edit", []string{photo}
			r.Mask = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		},
		"mask: m takes none":           func(r *protocol.JobRequest) { r.Inputs, r.Mask = []string{photo}, photo },
		"inputs: edit wants image":     func(r *protocol.JobRequest) { r.Transform = "edit" },
		"sweep: not beside a count":    func(r *protocol.JobRequest) { r.Count, r.Sweep = 2, sweep("width", 8, 9) },
		"sweep: 1 values":              func(r *protocol.JobRequest) { r.Sweep = sweep("width", 8) },
		"sweep: 9 values":              func(r *protocol.JobRequest) { r.Sweep = sweep("n", 1, 2, 3, 4, 5, 6, 7, 8, 9) },
		"sweep: \"a b\" is not":        func(r *protocol.JobRequest) { r.Sweep = sweep("a b", 1, 2) },
		"sweep: values[1]":             func(r *protocol.JobRequest) { r.Sweep = sweep("width", 8, -8) },
		"then: more than 7":            func(r *protocol.JobRequest) { r.Then = make([]protocol.Step, 8) },
		"then[0]: transform":           func(r *protocol.JobRequest) { r.Then = []protocol.Step{{Kind: "text"}} },
		"then[0]: from: 1 is not":      func(r *protocol.JobRequest) { r.Then = []protocol.Step{describe(1)} },
		"then[1]: from: 1 is not":      func(r *protocol.JobRequest) { r.Then = []protocol.Step{describe(), describe(1, 1)} },
		"then[0]: from: -2 is not":     func(r *protocol.JobRequest) { r.Then = []protocol.Step{describe(0, -2)} },
		"then[0]: from: the request's": func(r *protocol.JobRequest) { r.Then = []protocol.Step{describe(-1)} },
		"then[0]: prompt": func(r *protocol.JobRequest) {
			r.Then = []protocol.Step{{Kind: "text", Transform: "describe", Prompt: "\xff"}}
		},
		"then[0]: params.width": func(r *protocol.JobRequest) {
			r.Then = []protocol.Step{{Kind: "text", Transform: "describe", Params: map[string]any{"width": 0}}}
		},
		"then[1]: inputs[0]: animate works from image there, not text": func(r *protocol.JobRequest) {
			r.Then = []protocol.Step{describe(), {Kind: "video", Transform: "animate"}}
		},
	} {
		req := request()
		spoil(&req)
		_, err := h.queue.Enqueue(t.Context(), ana(), req)
		require.Equal(t, protocol.CodeInvalidInput, protocol.CodeOf(err), "%s: %v", names, err)
		require.ErrorContains(t, err, names)
	}
	jobs, err := h.queue.Jobs(t.Context(), "r", 0, 10)
	require.NoError(t, err)
	require.Empty(t, jobs)
}

func sweep(param string, values ...any) *protocol.Sweep {
	return &protocol.Sweep{Param: param, Values: values}
}

func TestASweepMakesOneResultForEachValueWithOneSeed(t *testing.T) {
	var seen []generation.Request
	remember := func(ctx context.Context, r generation.Request, report generation.Report) (generation.Result, error) {
		seen = append(seen, r)
		return answer(picture(int(r.Job.Params["width"].(float64)), 10))(ctx, r, report)
	}
	h := newHouse(t, func(c *staff) { c.pool.Concurrency = 1 })
	h.provider.usual = remember
	h.start()
	req := request()
	req.Sweep = sweep("width", 16, 24, 32)
	job := h.enqueue(t, req)
	require.InDelta(t, 3, job.Units, 0)
	done := h.board.await(t, job.ID, placed)
	require.Equal(t, []int{16, 24, 32}, []int{done.Results[0].Width, done.Results[1].Width, done.Results[2].Width})
	require.Equal(t, seen[0].Seed, seen[2].Seed)
}

func TestAChainLiesInARowAndHandsItsResultsOn(t *testing.T) {
	h := newHouse(t, nil)
	photo := h.upload(t, picture(20, 10))
	req := request()
	req.Transform, req.Inputs, req.Count = "variation", []string{photo}, 2
	req.Place = protocol.Place{X: 10, Y: 20, W: 100, Source: protocol.NewID()}
	req.Then = []protocol.Step{
		{Kind: "image", Transform: "edit", Prompt: "brighter"},
		{Kind: "text", Transform: "describe", From: []int{1, -1}},
	}
	first := h.enqueue(t, req)
	require.Equal(t, 3, first.Steps)
	step := func(n int) protocol.Job {
		job, err := h.db.Job(t.Context(), "r", generation.StepID(req.ID, n))
		require.NoError(t, err)
		return job
	}
	edit, words := step(1), step(2)
	require.Equal(t, "brighter", edit.Prompt)
	require.Equal(t, req.Prompt, words.Prompt, "the request's own")
	require.Equal(t, []protocol.JobState{protocol.JobWaiting, protocol.JobWaiting}, []protocol.JobState{edit.State, words.State})
	require.Greater(t, edit.Place.X, req.Place.X+2*req.Place.W, "right of both")
	require.Greater(t, words.Place.X, edit.Place.X+req.Place.W)
	require.Empty(t, edit.Place.Source)
	require.Equal(t, req.Place.Source, words.Place.Source, "an edge leads to it from what the request was made on")

	h.start()
	for n := range 3 {
		h.board.await(t, generation.StepID(req.ID, n), placed)
	}
	made := step(0)
	require.Equal(t, []string{made.Results[0].Asset, made.Results[1].Asset}, step(1).Inputs)
	require.Equal(t, []string{step(1).Results[0].Asset, photo}, step(2).Inputs)
}

func TestAFailedStepStopsTheChainAndWhatWasMadeStays(t *testing.T) {
	final := &protocol.Error{Code: protocol.CodeProviderError, Message: "no such style"}
	h := newHouse(t, nil, succeed, fail(final))
	h.start()
	req := request()
	req.Then = []protocol.Step{{Kind: "image", Transform: "variation"}, describe()}
	job := h.enqueue(t, req)
	last := h.board.await(t, generation.StepID(job.ID, 2), func(j protocol.Job) bool { return j.State.Final() })
	require.Equal(t, protocol.JobCancelled, last.State)
	require.Contains(t, last.Error.Message, "step 2 (variation) failed")
	h.board.await(t, job.ID, placed)

	_, err := h.queue.Retry(t.Context(), ana(), generation.StepID(job.ID, 1))
	require.NoError(t, err)
	h.board.await(t, generation.StepID(job.ID, 2), placed)
}
