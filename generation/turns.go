package generation

import (
	"iter"
	"slices"
)

// inTurn yields what waits in the order of [LeaseStore.Claim], as far as it can be foreseen: nobody else comes, and no cap
// is reached.
func inTurn(l Line) iter.Seq[Waiting] {
	teams := teamsOf(l)
	return func(yield func(Waiting) bool) {
		for len(teams) > 0 {
			i := least(teams, func(t *teamTurn) float64 { return t.had })
			team := teams[i]
			k := least(team.requesters, func(r *requesterTurn) float64 { return r.had })
			next := team.requesters[k]
			job := next.jobs[0]
			if next.jobs = next.jobs[1:]; len(next.jobs) == 0 {
				team.requesters = slices.Delete(team.requesters, k, k+1)
			}
			if len(team.requesters) == 0 {
				teams = slices.Delete(teams, i, i+1)
			}
			if !job.Paused {
				next.had += job.Units
				team.had += job.Units
			}
			if !yield(job) {
				return
			}
		}
	}
}

type teamTurn struct {
	had        float64
	requesters []*requesterTurn
}

type requesterTurn struct {
	had  float64
	jobs []Waiting
}

// least is the index of the first that had least.
func least[T any](list []T, had func(T) float64) int {
	best := 0
	for i := range list {
		if had(list[i]) < had(list[best]) {
			best = i
		}
	}
	return best
}

// teamsOf groups what waits, in the order in which the workspaces and requesters first come.
func teamsOf(l Line) []*teamTurn {
	type key struct{ workspace, room, user string }
	had := make(map[key]float64, len(l.Turns))
	for _, t := range l.Turns {
		had[key{t.Workspace, t.Room, t.User}] = t.Had
	}
	var teams []*teamTurn
	known := make(map[key]*teamTurn)
	asked := make(map[key]*requesterTurn)
	for _, w := range l.Waiting {
		of := key{workspace: w.Workspace}
		team := known[of]
		if team == nil {
			team = &teamTurn{had: had[of]}
			known[of] = team
			teams = append(teams, team)
		}
		of.room, of.user = w.Room, w.User
		one := asked[of]
		if one == nil {
			one = &requesterTurn{had: had[of]}
			asked[of] = one
			team.requesters = append(team.requesters, one)
		}
		one.jobs = append(one.jobs, w)
	}
	return teams
}
