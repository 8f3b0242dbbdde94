package spoken

import (
	"slices"
	"strings"

	"atelier/protocol"
)

// queueWays are those of jobs.
func queueWays() []ways {
	return []ways{
		{ClearQueue, simply, []string{
			"(cancel|stop|abort) (all|everything|all of them)",
			"(cancel|clear|stop|abort|remove|delete) (all [of] my (jobs|generations|requests)|all jobs|all the jobs|my jobs)",
			"(clear|empty) (the|my) (queue|jobs)",
		}},
		{PauseQueue, simply, []string{"(pause|stop|halt|hold) [the] [generation|job] queue"}},
		{ResumeQueue, simply, []string{"(resume|unpause|continue|restart|start) [the] [generation|job] queue"}},
		{Cancel, cancelNewest, []string{
			"(cancel|stop|abort|kill) [that|it|this]", "(cancel|stop|abort|kill) [the|my|that|this] [last|latest|current|running|newest] {job}",
			"stop (generating|rendering) [that|it|this]",
		}},
		{Retry, retryNewest, []string{
			"(retry|rerun|redo) [the|my|that|this] [last|latest|failed|newest] {job}", "(retry|rerun) [that|it|this]",
			"try [that|it|this] again",
		}},
		{Retry, retryJustLost, []string{"(run|do) [that|it|this] again"}},
		{Cancel, cancelNamed, []string{"(cancel|abort|stop generating|kill) [the|my] <job> {job}", "(cancel|abort|stop generating|kill) [the|my|generating|making] <job>"}},
		{Retry, retryNamed, []string{"(retry|rerun) [the|my] <job> {job}", "(retry|rerun) [the|my] <job>"}},
	}
}

func unfinishedJob(j Job) bool { return !j.State.Final() }

func lostJob(j Job) bool { return j.State == protocol.JobFailed || j.State == protocol.JobCancelled }

func cancelNewest(h *heard) (Command, error) {
	return h.newestJob(unfinishedJob, "You have no job that could be cancelled.")
}

func retryNewest(h *heard) (Command, error) {
	return h.newestJob(lostJob, "None of your jobs failed or was cancelled.")
}

// retryJustLost is for “again”, which means a job only when the newest one failed.
func retryJustLost(h *heard) (Command, error) {
	if len(h.c.Jobs) == 0 || !lostJob(h.c.Jobs[0]) {
		return Command{}, doubt(NothingMeant, "Your last job did not fail.")
	}
	return Command{Job: h.c.Jobs[0].ID}, nil
}

func cancelNamed(h *heard) (Command, error) { return h.namedJob(unfinishedJob) }
func retryNamed(h *heard) (Command, error)  { return h.namedJob(lostJob) }

func (h *heard) newestJob(fits func(Job) bool, nothing string) (Command, error) {
	i := slices.IndexFunc(h.c.Jobs, fits)
	if i < 0 {
		return Command{}, doubt(NothingMeant, "%s", nothing)
	}
	return Command{Job: h.c.Jobs[i].ID}, nil
}

// namedJob finds the job whose prompt has all the words.
func (h *heard) namedJob(fits func(Job) bool) (Command, error) {
	small := []string{"a", "an", "the", "my", "of", "all"}
	words := slices.DeleteFunc(slices.Clone(h.said("job")), func(w string) bool { return slices.Contains(small, w) })
	if len(words) == 0 {
		return Command{}, h.c.misunderstood(h.text)
	}
	var found []Candidate
	for _, j := range h.c.Jobs {
		prompt := split(j.Prompt).folded()
		if fits(j) && !slices.ContainsFunc(words, func(w string) bool { return !slices.Contains(prompt, w) }) {
			found = append(found, Candidate{Job: j.ID, Name: j.Prompt})
		}
	}
	switch said := brief(strings.Join(words, " ")); len(found) {
	case 0:
		return Command{}, doubt(UnknownName, "None of your jobs is about “%s”.", said)
	case 1:
		return Command{Job: found[0].Job}, nil
	default:
		return Command{}, doubt(Ambiguous, "%d of your jobs are about “%s”.", len(found), said).
			With(Doubt{Reason: Ambiguous, Candidates: found})
	}
}
