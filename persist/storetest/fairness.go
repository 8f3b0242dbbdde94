package storetest

import (
	"fmt"
	"math"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"atelier/generation"
	"atelier/protocol"
)

// Fairness plays so many jobs of mixed cost through a store, out of a seed: requesters of three workspaces who all want
// more than there is, workers that hold several jobs and end, fail or give them back, under caps. As long as everybody waits,
// workspaces and the requesters in each have had the same within 5 %, nobody waits longer than the others' dearest jobs
// explain, no cap is exceeded, and every job ends once.
func Fairness(t *testing.T, open Opener, seed uint64, jobs int) {
	s := newScheduled(t, open, seed, jobs)
	for s.ended < jobs {
		s.step(t)
	}
	worst := 0.0
	for user, units := range s.fair {
		team := s.team[user]
		share, fair := units/s.byTeam[team], 1/float64(s.requesters[team])
		worst = max(worst, math.Abs(share/fair-1))
		require.InEpsilon(t, fair, share, 0.05, "%s had %.0f units of %s's %.0f", user, units, team, s.byTeam[team])
		require.InEpsilon(t, 1.0/float64(len(s.byTeam)), s.byTeam[team]/s.all, 0.05, "%s", team)
	}
	t.Logf("%d jobs, %.0f units while all waited; furthest from fair: %.2f %%", jobs, s.all, 100*worst)
}

// scheduled is a run of [Fairness].
type scheduled struct {
	*jobFixture

	dice    *rand.Rand
	team    map[string]string // of a user
	waiting map[string]int    // of a user: jobs that wait
	held    []*generation.Lease
	running map[string]int // of a user
	other   int            // held ones of the capped provider
	ended   int
	total   int

	fair       map[string]float64 // units of a user while everybody waits
	byTeam     map[string]float64
	all        float64
	requesters map[string]int
	since      map[string]float64 // units of the team since a user's last claim
}

const (
	dearest     = 8.0
	mostRunning = 3
	mostOther   = 4
	hands       = 8 // jobs that workers hold at once
)

func newScheduled(t *testing.T, open Opener, seed uint64, jobs int) *scheduled {
	t.Helper()
	s := &scheduled{
		jobFixture: newJobFixture(t, open), dice: rand.New(rand.NewPCG(seed, 11)), team: make(map[string]string),
		waiting: make(map[string]int), running: make(map[string]int), total: jobs, fair: make(map[string]float64),
		byTeam: make(map[string]float64), requesters: map[string]int{workspace: 4, "second": 2, "third": 1}, since: make(map[string]float64),
	}
	var rooms []string
	for _, team := range []string{workspace, "second", "third"} {
		_, err := s.EnsureWorkspace(t.Context(), team, team)
		require.NoError(t, err)
		for i := range s.requesters[team] {
			user := fmt.Sprint(team, i)
			s.team[user] = team
			rooms = append(rooms, user)
			s.roomOf(t, team, user)
		}
	}
	// The one requester of the third team asks for as much as all of another team.
	var all []protocol.Job
	for len(all) < jobs {
		for _, user := range rooms {
			for range 4 / s.requesters[s.team[user]] {
				job := s.costing(user, []float64{0.5, 1, 2, dearest}[s.dice.IntN(4)])
				job.Room, job.MaxAttempts, job.Provider = user, 100, []string{"fake", "other"}[s.dice.IntN(2)]
				all = append(all, job)
			}
		}
	}
	all = all[:jobs]
	var enqueuing sync.WaitGroup
	for part := range 16 {
		enqueuing.Go(func() {
			for i := part; i < len(all); i += 16 {
				_, _, err := s.Enqueue(t.Context(), s.team[all[i].User], all[i:i+1], generation.Caps{})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	enqueuing.Wait()
	for _, job := range all {
		s.waiting[job.User]++
	}
	return s
}

func (s *scheduled) step(t *testing.T) {
	t.Helper()
	caps := generation.Caps{Running: mostRunning, Providers: map[string]int{"other": mostOther}}
	if len(s.held) < hands {
		l, err := s.Claim(t.Context(), able("w"), lease, caps)
		require.NoError(t, err)
		if l != nil {
			s.claimed(t, l)
			return
		}
	}
	require.NotEmpty(t, s.held, "jobs wait and nobody works")
	i := s.dice.IntN(len(s.held))
	l := s.held[i]
	s.held = append(s.held[:i], s.held[i+1:]...)
	s.running[l.Job.User]--
	if l.Job.Provider == "other" {
		s.other--
	}
	end := failed()
	switch s.dice.IntN(20) {
	case 0:
		end = generation.Ending{State: protocol.JobQueued}
		s.waiting[l.Job.User]++
		s.had(l.Job, -l.Job.Units)
	case 1, 2:
	default:
		end = succeeded()
		end.Assets[0].Workspace = s.team[l.Job.User]
	}
	changed, err := s.Finish(t.Context(), l.Job.Room, l.Job.ID, l.Token, end)
	require.NoError(t, err)
	if changed[0].State.Final() {
		s.ended++
	}
}

func (s *scheduled) claimed(t *testing.T, l *generation.Lease) {
	t.Helper()
	user := l.Job.User
	s.held = append(s.held, l)
	s.running[user]++
	require.LessOrEqual(t, s.running[user], mostRunning, "the cap of a user")
	if l.Job.Provider == "other" {
		s.other++
		require.LessOrEqual(t, s.other, mostOther, "the cap of a provider")
	}
	s.had(l.Job, l.Job.Units)
	for other, team := range s.team {
		if team == s.team[user] && other != user && s.waiting[other] > 0 {
			s.since[other] += l.Job.Units
			// Others may be level with the dearest job ahead, and a cap may hold up as many as run.
			bound := float64(s.requesters[team]) * dearest * (2 + mostRunning)
			require.LessOrEqual(t, s.since[other], bound, "%s starves", other)
		}
	}
	s.since[user] = 0
	s.waiting[user]--
}

// had counts units while everybody waits.
func (s *scheduled) had(job protocol.Job, units float64) {
	for user := range s.team {
		if s.waiting[user] == 0 {
			return
		}
	}
	s.fair[job.User] += units
	s.byTeam[s.team[job.User]] += units
	s.all += units
}
