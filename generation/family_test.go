package generation

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"atelier/protocol"
)

func sumOf(sources []LineageSource) (sum float64) {
	for _, s := range sources {
		sum += s.Share
	}
	return sum
}

// dag makes a random lineage of n assets, each of which comes from some of those before it.
func dag(r *rand.Rand, n int) ([]Origin, map[string]protocol.Job) {
	var origins []Origin
	jobs := make(map[string]protocol.Job)
	for i := range n {
		job := fmt.Sprint("j", i)
		j := protocol.Job{}
		if r.IntN(3) > 0 {
			j.Prompt = "words"
		}
		o := Origin{Asset: fmt.Sprint("a", i), Job: job, Weight: 1}
		parents := r.IntN(min(i, 3) + 1)
		for _, p := range r.Perm(max(i, 1))[:parents] {
			o.Parent, o.Weight = fmt.Sprint("a", p), 0.5+r.Float64()*4
			origins = append(origins, o)
		}
		switch {
		case parents == 0 && r.IntN(2) == 0: // an upload: it has no origin
		case parents == 0:
			j.Prompt = "words"
			origins = append(origins, o)
			fallthrough
		default:
			jobs[job] = j
		}
	}
	return origins, jobs
}

// byPaths is the influence of every ancestor, one way up after another.
func byPaths(g *family, asset string, part float64, steps int, into map[string]float64) {
	if steps == 0 {
		return
	}
	for _, o := range g.parents[asset] {
		share := part * o.Weight / g.total(asset)
		into[o.Parent] += share
		byPaths(g, o.Parent, share, steps-1, into)
	}
}

func TestInfluenceIsTheSumOverAllWaysAndSourcesAreTheWhole(t *testing.T) {
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 4))
		n := 2 + r.IntN(14)
		origins, jobs := dag(r, n)
		root, steps := fmt.Sprint("a", n-1), r.IntN(n+1)
		g := newFamily(root, origins, jobs, steps)
		require.InDelta(t, 1, sumOf(g.sources()), 1e-9, "seed %d", seed)
		want := make(map[string]float64)
		byPaths(g, root, 1, steps, want)
		require.Len(t, g.influence, len(want), "seed %d", seed)
		for asset, part := range want {
			require.InDelta(t, part, g.influence[asset], 1e-9, "seed %d, %s", seed, asset)
		}
	}
}

func TestWeightsDivideWhatInputsAndWordsHave(t *testing.T) {
	origins := []Origin{
		{Asset: "film", Parent: "picture", Job: "animate", Weight: 3},
		{Asset: "film", Parent: "sound", Job: "animate", Weight: 1},
		{Asset: "sound", Parent: "picture", Job: "score", Weight: 1},
	}
	jobs := map[string]protocol.Job{"animate": {}, "score": {JobRequest: protocol.JobRequest{Prompt: "slow and blue"}}}
	g := newFamily("film", origins, jobs, 16)
	require.InDelta(t, 0.75+0.25*0.5, g.influence["picture"], 1e-12)
	require.InDelta(t, 0.25, g.influence["sound"], 1e-12)
	require.Equal(t, []LineageSource{
		{Asset: "picture", Share: 0.875}, {Job: "score", Prompt: "slow and blue", Share: 0.125},
	}, g.sources())
	cut := newFamily("film", origins, jobs, 1)
	require.Equal(t, []LineageSource{{Asset: "picture", Share: 0.75}, {Asset: "sound", Share: 0.25}}, cut.sources())
	require.Equal(t, []string{"film", "picture", "sound"}, cut.order())
}

func TestACircleEndsWhereTheStepsEnd(t *testing.T) {
	origins := []Origin{
		{Asset: "a", Parent: "b", Job: "1", Weight: 1},
		{Asset: "b", Parent: "a", Job: "2", Weight: 1},
	}
	g := newFamily("a", origins, map[string]protocol.Job{"1": {}, "2": {}}, 16)
	require.InDelta(t, 1, sumOf(g.sources()), 1e-9)
	require.Len(t, g.edges(), 2)
}
