package relational

import (
	"slices"

	"atelier/protocol"
)

// maxInputs bounds what a step is given of the results before it.
const maxInputs = 8

// ownInputs in a step's From stands for the inputs of the chain's first job.
const ownInputs = -1

const chainQuery = `SELECT ` + jobColumns + ` FROM jobs WHERE room = ? AND chain = ? AND chain <> '' ORDER BY step`

func (t jobTx) chainOf(r *jobRow) ([]jobRow, error) {
	if r.Chain == "" {
		return nil, nil
	}
	return t.jobs(chainQuery, r.Room, r.Chain)
}

// carryOn does for the steps behind a job what its new state means, and returns those that changed: after a success, the ones
// that now have all they work from are queued; after a failure or a cancel, those that go on from it are cancelled.
func (t jobTx) carryOn(r *jobRow) (changed []protocol.Job, err error) {
	if !r.State.Final() {
		return nil, nil
	}
	steps, err := t.chainOf(r)
	if err != nil {
		return nil, err
	}
	for i := range steps {
		s := &steps[i]
		if s.State != protocol.JobWaiting {
			continue
		}
		if why := blocked(steps, s); why != nil {
			s.Error = why
			s.end(protocol.JobCancelled, t.now)
		} else if inputs, ready := inputsOf(steps, s); ready {
			if err := s.ask(func(req *protocol.JobRequest) { req.Inputs = inputs }); err != nil {
				return nil, err
			}
			s.rest(protocol.JobQueued)
		} else {
			continue
		}
		if err := t.save(s); err != nil {
			return nil, err
		}
		changed = append(changed, s.Job)
	}
	return changed, nil
}

// blocked says why a step cannot run any more; nil when it may.
func blocked(steps []jobRow, s *jobRow) *protocol.Error {
	for _, from := range s.From {
		if from < 0 || from >= len(steps) {
			continue
		}
		if before := steps[from]; before.State == protocol.JobFailed {
			return protocol.Errorf(protocol.CodeConflict, "step %d (%s) failed", from+1, before.Transform)
		} else if before.State == protocol.JobCancelled {
			return protocol.Errorf(protocol.CodeConflict, "step %d (%s) was cancelled", from+1, before.Transform)
		}
	}
	return nil
}

// inputsOf are the results that a step works from; ready is false while one of them is to come.
func inputsOf(steps []jobRow, s *jobRow) (inputs []string, ready bool) {
	for _, from := range s.From {
		if from == ownInputs {
			inputs = append(inputs, steps[0].Inputs...)
			continue
		}
		if from < 0 || from >= len(steps) || steps[from].State != protocol.JobSucceeded {
			return nil, false
		}
		for _, result := range steps[from].Results {
			inputs = append(inputs, result.Asset)
		}
	}
	return inputs[:min(len(inputs), maxInputs)], true
}

// waitAgain puts the steps that were cancelled because of a job back to waiting, since it runs again.
func (t jobTx) waitAgain(r *jobRow) (changed []protocol.Job, err error) {
	steps, err := t.chainOf(r)
	if err != nil {
		return nil, err
	}
	again := []int{r.Step}
	for i := range steps {
		s := &steps[i]
		depends := slices.ContainsFunc(s.From, func(from int) bool { return slices.Contains(again, from) })
		if !depends || s.State != protocol.JobCancelled {
			continue
		}
		again = append(again, s.Step)
		if err := s.ask(func(req *protocol.JobRequest) { req.Inputs = nil }); err != nil {
			return nil, err
		}
		s.rest(protocol.JobWaiting)
		s.Attempt, s.Error, s.EndedAt = 0, nil, 0
		if err := t.save(s); err != nil {
			return nil, err
		}
		changed = append(changed, s.Job)
	}
	return changed, nil
}
