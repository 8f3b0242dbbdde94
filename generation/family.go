package generation

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"atelier/protocol"
)

// family is the graph around an asset, from its origins. Influence follows docs/queue.md: along each way up from the asset the
// direct shares multiply, and the ways to one ancestor add up.
type family struct {
	root      string
	jobs      map[string]protocol.Job
	parents   map[string][]Origin // of an asset, as the job made it that made it first
	all       []Origin            // edges, each once
	maker     map[string]Origin
	depth     map[string]int
	influence map[string]float64
	prompts   map[string]float64 // by job, the part of its words
	ends      map[string]float64 // by asset, the part of those without parents in sight
}

func newFamily(root string, origins []Origin, jobs map[string]protocol.Job, up int) *family {
	g := &family{
		root: root, jobs: jobs, parents: make(map[string][]Origin), maker: make(map[string]Origin),
		depth: map[string]int{root: 0}, influence: make(map[string]float64), prompts: make(map[string]float64),
		ends: make(map[string]float64),
	}
	for _, o := range origins {
		first, known := g.maker[o.Asset]
		if !known {
			g.maker[o.Asset], first = o, o
		}
		if o.Parent == "" {
			continue
		}
		g.all = append(g.all, o)
		if o.Job == first.Job && o.Index == first.Index { // the same bytes made again by another job are another story
			g.parents[o.Asset] = append(g.parents[o.Asset], o)
		}
	}
	g.walkUp(up)
	g.walkDown()
	return g
}

// walkUp spreads the influence from the asset to its ancestors, step by step. What is cut by the number of steps, or
// comes back to where it was in a circle, ends where the steps end.
func (g *family) walkUp(steps int) {
	front := map[string]float64{g.root: 1}
	for step := range steps + 1 {
		beyond := make(map[string]float64)
		last := step == steps
		for _, asset := range slices.Sorted(maps.Keys(front)) {
			part := front[asset]
			if step > 0 {
				g.influence[asset] += part
				if _, seen := g.depth[asset]; !seen {
					g.depth[asset] = -step
				}
			}
			if last && len(g.parents[asset]) > 0 { // the cut
				g.ends[asset] += part
				continue
			}
			g.spread(asset, part, beyond)
		}
		if front = beyond; len(front) == 0 {
			return
		}
	}
}

func (g *family) spread(asset string, part float64, beyond map[string]float64) {
	made, known := g.maker[asset]
	parents := g.parents[asset]
	words := g.promptShare(asset)
	if words > 0 {
		g.prompts[made.Job] += part * words
	}
	for _, o := range parents {
		beyond[o.Parent] += part * g.share(o)
	}
	if !known || len(parents) == 0 && words == 0 {
		g.ends[asset] += part
	}
}

// total is what an asset's shares are parts of: the weights of its inputs, and 1 for words.
func (g *family) total(asset string) (total float64) {
	for _, o := range g.parents[asset] {
		total += o.Weight
	}
	if g.worded(asset) {
		total++
	}
	return total
}

func (g *family) worded(asset string) bool {
	made, known := g.maker[asset]
	return known && made.Job != "" && strings.TrimSpace(g.jobs[made.Job].Prompt) != ""
}

func (g *family) promptShare(asset string) float64 {
	if !g.worded(asset) {
		return 0
	}
	return 1 / g.total(asset)
}

func (g *family) share(o Origin) float64 { return o.Weight / g.total(o.Asset) }

// walkDown gives those that came from the asset their depth.
func (g *family) walkDown() {
	children := make(map[string][]string)
	for _, o := range g.all {
		children[o.Parent] = append(children[o.Parent], o.Asset)
	}
	front := []string{g.root}
	for step := 1; len(front) > 0; step++ {
		var beyond []string
		for _, asset := range front {
			for _, child := range children[asset] {
				if _, seen := g.depth[child]; !seen {
					g.depth[child] = step
					beyond = append(beyond, child)
				}
			}
		}
		front = beyond
	}
}

// order lists the assets, the one asked for first, then by depth.
func (g *family) order() []string {
	ids := slices.Collect(maps.Keys(g.depth))
	slices.SortFunc(ids, func(a, b string) int {
		if (a == g.root) != (b == g.root) {
			if a == g.root {
				return -1
			}
			return 1
		}
		return cmp.Or(cmp.Compare(g.depth[a], g.depth[b]), cmp.Compare(g.influence[b], g.influence[a]), cmp.Compare(a, b))
	})
	return ids
}

// edges are those between assets in sight. One of the same bytes made by another job has its share by itself.
func (g *family) edges() []LineageEdge {
	out := make([]LineageEdge, 0, len(g.all))
	for _, o := range g.all {
		_, from := g.depth[o.Parent]
		_, to := g.depth[o.Asset]
		if !from || !to {
			continue
		}
		e := LineageEdge{From: o.Parent, To: o.Asset, Job: o.Job, Index: o.Index, Weight: o.Weight}
		if slices.Contains(g.parents[o.Asset], o) {
			e.Share = g.share(o)
		}
		out = append(out, e)
	}
	return out
}

func (g *family) sources() []LineageSource {
	out := make([]LineageSource, 0, len(g.ends)+len(g.prompts))
	for asset, share := range g.ends {
		out = append(out, LineageSource{Asset: asset, Share: share})
	}
	for job, share := range g.prompts {
		out = append(out, LineageSource{Job: job, Prompt: g.jobs[job].Prompt, Share: share})
	}
	slices.SortFunc(out, func(a, b LineageSource) int {
		return cmp.Or(cmp.Compare(b.Share, a.Share), cmp.Compare(a.Asset+a.Job, b.Asset+b.Job))
	})
	return out
}
