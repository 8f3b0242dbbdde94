package generation

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"atelier/protocol"
)

const (
	maxSteps  = 7         // of Then
	maxUnits  = 1_000_000 // of a threshold
	maxWeight = 1000
	stepGap   = 48 // canvas units between the steps of a chain
	ownInputs = -1 // in a step's From: the inputs of the request
)

// StepID is the id of a chain's later job; step 0 is the request itself.
func StepID(request string, step int) string {
	if step == 0 {
		return request
	}
	return protocol.DerivedID(request, "step", strconv.Itoa(step))
}

// Wanted is how many results a request asks for.
func Wanted(req protocol.JobRequest) int {
	if req.Sweep != nil {
		return len(req.Sweep.Values)
	}
	return max(1, req.Count)
}

// ParamsOf are the params of one of a job's results: the job's own, with its value of a sweep.
func ParamsOf(req protocol.JobRequest, index int) map[string]any {
	if req.Sweep == nil || index >= len(req.Sweep.Values) {
		return req.Params
	}
	params := make(map[string]any, len(req.Params)+1)
	maps.Copy(params, req.Params)
	params[req.Sweep.Param] = req.Sweep.Values[index]
	return params
}

func normaliseSweep(req protocol.JobRequest) (*protocol.Sweep, error) {
	if req.Sweep == nil {
		return nil, nil //nolint:nilnil // no sweep
	}
	invalid := func(format string, args ...any) error {
		return protocol.Errorf(protocol.CodeInvalidInput, "sweep: "+format, args...)
	}
	switch n := len(req.Sweep.Values); {
	case req.Count > 1:
		return nil, invalid("not beside a count")
	case !protocol.ValidName(req.Sweep.Param):
		return nil, invalid("%.80q is not a name", req.Sweep.Param)
	case n < 2 || n > maxCount:
		return nil, invalid("%d values are not within 2–%d", n, maxCount)
	}
	out := &protocol.Sweep{Param: req.Sweep.Param}
	for i, value := range req.Sweep.Values {
		params, err := normaliseParams(map[string]any{req.Sweep.Param: value})
		if err != nil {
			return nil, invalid("values[%d]: %s", i, protocol.AsError(err).Message)
		}
		out.Values = append(out.Values, params[req.Sweep.Param])
	}
	return out, nil
}

func normaliseSteps(req protocol.JobRequest, limits protocol.Limits) ([]protocol.Step, error) {
	if len(req.Then) > maxSteps {
		return nil, protocol.Errorf(protocol.CodeInvalidInput, "then: more than %d", maxSteps)
	}
	var out []protocol.Step
	for i, step := range req.Then {
		step, err := normaliseStep(i+1, step, limits)
		if err != nil {
			return nil, protocol.Errorf(protocol.CodeInvalidInput, "then[%d]: %s", i, protocol.AsError(err).Message)
		}
		out = append(out, step)
	}
	return out, nil
}

func normaliseStep(n int, step protocol.Step, limits protocol.Limits) (protocol.Step, error) {
	invalid := func(format string, args ...any) error {
		return protocol.Errorf(protocol.CodeInvalidInput, format, args...)
	}
	if len(step.From) == 0 {
		step.From = []int{n - 1}
	}
	switch {
	case !utf8.ValidString(step.Prompt) || utf8.RuneCountInString(step.Prompt) > limits.PromptChars:
		return step, invalid("prompt: not UTF-8 of at most %d characters", limits.PromptChars)
	case strings.TrimSpace(step.Transform) == "":
		return step, invalid("transform: empty")
	case len(step.From) > maxInputs:
		return step, invalid("from: more than %d", maxInputs)
	}
	for i, from := range step.From {
		if from < ownInputs || from >= n || slices.Contains(step.From[:i], from) {
			return step, invalid("from: %d is not one step before it, named once", from)
		}
	}
	if len(step.From) == 1 && step.From[0] == ownInputs {
		return step, invalid("from: the request's inputs alone are no step before it")
	}
	params, err := normaliseParams(step.Params)
	step.Params = params
	return step, err
}

// compose makes the jobs of a normalised request, whose inputs are of these kinds: the request's own, and one for each
// step, which lies to the right of the one before.
func (r *Registry) compose(req protocol.JobRequest, kinds []string) ([]protocol.Job, error) {
	jobs := []protocol.Job{{JobRequest: req}}
	if err := r.fit(&jobs[0], kinds); err != nil {
		return nil, err
	}
	for i, step := range req.Then {
		n := i + 1
		before := jobs[i]
		job := protocol.Job{
			JobRequest: protocol.JobRequest{
				ID: StepID(req.ID, n), Kind: step.Kind, Transform: step.Transform, Provider: step.Provider, Model: step.Model,
				Prompt: step.Prompt, Params: step.Params, Seed: req.Seed, Count: 1, Priority: req.Priority,
				Place: protocol.Place{X: before.Place.X + breadth(before) + stepGap, Y: req.Place.Y, W: req.Place.W, Parent: req.Place.Parent},
			},
			State: protocol.JobWaiting, Chain: req.ID, Step: n, From: step.From,
		}
		if job.Prompt == "" {
			job.Prompt = req.Prompt
		}
		var given []string
		for _, from := range step.From {
			if from == ownInputs {
				given = append(given, kinds...)
				job.Place.Source = req.Place.Source
				continue
			}
			given = append(given, slices.Repeat([]string{jobs[from].Kind}, Wanted(jobs[from].JobRequest))...)
		}
		var err error
		if job.Provider, job.Model, err = r.choose(job.JobRequest); err == nil {
			err = r.fit(&job, given[:min(len(given), maxInputs)])
		}
		if err != nil {
			return nil, protocol.Errorf(protocol.CodeInvalidInput, "then[%d]: %s", i, protocol.AsError(err).Message)
		}
		jobs = append(jobs, job)
	}
	if len(jobs) > 1 {
		for i := range jobs {
			jobs[i].Chain, jobs[i].Steps = req.ID, len(jobs)
		}
	}
	return jobs, nil
}

// fit checks that a job's model can work from inputs of these kinds, and counts its units.
func (r *Registry) fit(job *protocol.Job, kinds []string) error {
	model, ok := r.model(job.Provider, job.Model)
	if !ok {
		return nil
	}
	units := model.Units
	if units == 0 {
		units = 1
	}
	job.Units = units * float64(Wanted(job.JobRequest))
	wants := model.Inputs
	if job.Transform == "generate" {
		wants.Least = 0
	}
	switch {
	case len(kinds) < wants.Least:
		return protocol.Errorf(protocol.CodeInvalidInput, "inputs: %s wants %s", job.Transform, strings.Join(wants.Kinds, " and "))
	case job.Mask != "" && !wants.Mask:
		return protocol.Errorf(protocol.CodeInvalidInput, "mask: %s takes none", job.Model)
	case len(wants.Kinds) == 0:
		return nil
	}
	for i, kind := range kinds {
		want := wants.Kinds[min(i, len(wants.Kinds)-1)]
		if want != anyKind && want != kind {
			return protocol.Errorf(protocol.CodeInvalidInput, "inputs[%d]: %s works from %s there, not %s", i, job.Transform, want, kind)
		}
	}
	return nil
}

// anyKind in a model's inputs stands for all of them.
const anyKind = "any"

// breadth is how much of the canvas the results of a job take from left to right.
func breadth(job protocol.Job) float64 {
	n := Wanted(job.JobRequest)
	w := job.Place.W
	if w <= 0 {
		w = usualWidth
	}
	columns := float64(columnsOf(n))
	return columns*w + (columns-1)*gap
}

// sourcesOf are the records that a step's results were made from.
func sourcesOf(job protocol.Job) []string {
	var out []string
	if job.Place.Source != "" {
		out = append(out, job.Place.Source)
	}
	for _, from := range job.From {
		if from == ownInputs {
			continue // its place names their record
		}
		out = append(out, RecordID(StepID(job.Chain, from), 0))
	}
	return out
}

// originsOf is what a job's results come from.
func originsOf(job protocol.Job, workspace string, results []protocol.JobResult) []Origin {
	var out []Origin
	for i, result := range results {
		o := Origin{Workspace: workspace, Room: job.Room, Asset: result.Asset, Job: job.ID, Index: i, Weight: 1}
		if len(job.Inputs) == 0 {
			out = append(out, o)
		}
		for k, input := range job.Inputs {
			o.Parent, o.Weight = input, 1
			if k < len(job.Weights) {
				o.Weight = job.Weights[k]
			}
			out = append(out, o)
		}
	}
	return out
}
