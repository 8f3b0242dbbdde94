package generation_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"atelier/protocol"
)

func TestBadRequestsAreRefusedByName(t *testing.T) {
	h := newHouse(t, nil)
	for names, spoil := range map[string]func(*protocol.JobRequest){
		"id":            func(r *protocol.JobRequest) { r.ID = "1" },
		"kind":          func(r *protocol.JobRequest) { r.Kind = "smell" },
		"model":         func(r *protocol.JobRequest) { r.Model = "small"; r.Transform = "variation" },
		"provider":      func(r *protocol.JobRequest) { r.Provider = "nobody" },
		"prompt":        func(r *protocol.JobRequest) { r.Prompt = " " },
		"4000":          func(r *protocol.JobRequest) { r.Prompt = strings.Repeat("é", 4001) },
		"negative":      func(r *protocol.JobRequest) { r.Negative = strings.Repeat("n", 4001) },
		"UTF-8":         func(r *protocol.JobRequest) { r.Prompt = "\xff" },
		"count":         func(r *protocol.JobRequest) { r.Count = 9 },
		"priority":      func(r *protocol.JobRequest) { r.Priority = -11 },
		"seed":          func(r *protocol.JobRequest) { r.Seed = 1 << 60 },
		"inputs":        func(r *protocol.JobRequest) { r.Inputs = []string{"x"} },
		"no such asset": func(r *protocol.JobRequest) { r.Inputs = []string{strings.Repeat("a", 64)} },
		"place":         func(r *protocol.JobRequest) { r.Place.X = math.Inf(1) },
		"place.w":       func(r *protocol.JobRequest) { r.Place.W = -1 },
		"record":        func(r *protocol.JobRequest) { r.Place.Source = "x" },
		"params.width":  func(r *protocol.JobRequest) { r.Params = map[string]any{"width": 1e6} },
		"params.list":   func(r *protocol.JobRequest) { r.Params = map[string]any{"list": []any{1}} },
		"params.nan":    func(r *protocol.JobRequest) { r.Params = map[string]any{"nan": math.NaN()} },
		"more than 32": func(r *protocol.JobRequest) {
			r.Params = make(map[string]any)
			for i := range 33 {
				r.Params[fmt.Sprint("p", i)] = i
			}
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

func TestDefaultsAreFilledInAndNumbersCompareEqual(t *testing.T) {
	h := newHouse(t, nil)
	req := request()
	req.Params = map[string]any{"width": int8(64)}
	first := h.enqueue(t, req)
	require.Equal(t, "fake", first.Provider)
	require.Equal(t, "m", first.Model, "the default, not the first")
	require.Equal(t, "generate", first.Transform)
	require.Equal(t, 1, first.Count)
	req.Params = map[string]any{"width": float64(64)}
	again := h.enqueue(t, req)
	require.Equal(t, first.Seq, again.Seq)
}

func TestAUserHasSoManyUnfinishedJobs(t *testing.T) {
	h := newHouse(t, nil)
	for range protocol.DefaultLimits().JobsPerUser {
		h.enqueue(t, request())
	}
	_, err := h.queue.Enqueue(t.Context(), ana(), request())
	require.Equal(t, protocol.CodeRateLimited, protocol.CodeOf(err), "[P74] jobs_per_user")
}

func TestWaitingJobsKnowTheirPosition(t *testing.T) {
	h := newHouse(t, nil)
	first, second, third := h.enqueue(t, request()), h.enqueue(t, request()), h.enqueue(t, request())
	require.Equal(t, []int{1, 2, 3}, []int{first.Position, second.Position, third.Position})
	_, err := h.queue.Cancel(t.Context(), ana(), first.ID)
	require.NoError(t, err)
	told := h.board.await(t, third.ID, func(j protocol.Job) bool { return j.Position == 2 })
	require.Equal(t, third.Seq, told.Seq, "a position is no transition")
	jobs, err := h.queue.Jobs(t.Context(), "r", 0, 10)
	require.NoError(t, err)
	require.Equal(t, 1, jobs[0].Position)
	require.Equal(t, 2, jobs[1].Position)
	require.Equal(t, protocol.JobCancelled, jobs[2].State)
}
