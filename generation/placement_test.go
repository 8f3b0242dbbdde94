package generation

import (
	"testing"

	"github.com/stretchr/testify/require"

	"atelier/protocol"
)

func placedJob(count int) protocol.Job {
	job := protocol.Job{JobRequest: protocol.JobRequest{
		ID: protocol.DerivedID("job"), Kind: "image", Prompt: "a harbour", Provider: "fake", Model: "m", Count: count,
		Params: map[string]any{"width": 640.0},
		Place:  protocol.Place{X: 10, Y: 20, W: 100, Source: protocol.DerivedID("source"), Parent: protocol.DerivedID("frame")},
	}}
	for i := range count {
		job.Results = append(job.Results, protocol.JobResult{
			Asset: protocol.DerivedID("no asset"), Record: RecordID(job.ID, i), Mime: "image/png", Width: 200, Height: 100,
		})
	}
	return job
}

func cells(c protocol.Change) map[[2]string]protocol.Value {
	out := make(map[[2]string]protocol.Value)
	for _, w := range c.Writes {
		out[[2]string{w.Record, w.Prop}] = w.Value
	}
	return out
}

func TestPlacementsHaveStableIDsAndDropWhatIsGone(t *testing.T) {
	job := placedJob(1)
	all := Placements(job)
	require.Equal(t, all, Placements(job))
	require.Len(t, all, 4)
	ids := make(map[string]bool)
	for i, c := range all {
		ids[c.ID] = true
		got := cells(c)
		require.Equal(t, protocol.String("image"), got[[2]string{RecordID(job.ID, 0), "kind"}])
		_, parent := got[[2]string{RecordID(job.ID, 0), "parent"}]
		_, edge := got[[2]string{protocol.DerivedID(job.ID, "edge", "0"), "from"}]
		require.Equal(t, []bool{i == 0 || i == 1, i == 0 || i == 2}, []bool{parent, edge})
	}
	require.Len(t, ids, 4, "each is a change of its own")
	job.Place.Source, job.Place.Parent = "", ""
	require.Len(t, Placements(job), 1)
}

func TestResultsLieBesideEachOtherWithoutOverlap(t *testing.T) {
	for count := 1; count <= 8; count++ {
		boxes := layOut(placedJob(count))
		require.Equal(t, box{10, 20, 100, 50}, boxes[0])
		for i, a := range boxes {
			for _, b := range boxes[:i] {
				apart := a.x >= b.x+b.w || b.x >= a.x+a.w || a.y >= b.y+b.h || b.y >= a.y+a.h
				require.True(t, apart, "%d results: %v over %v", count, a, b)
			}
		}
	}
}

func TestEveryWriteOfAPlacementFitsTheSchema(t *testing.T) {
	limits := protocol.DefaultLimits()
	schema := protocol.NewSchema(limits)
	for _, kind := range []string{"image", "video", "audio", "text"} {
		job := placedJob(8)
		job.Kind = kind
		for i := range job.Results {
			job.Results[i].Asset = "00000000000000000000000000000000000000000000000000000000000000ab"
			job.Results[i].Thumb = job.Results[i].Asset
			job.Results[i].Placeholder, job.Results[i].DurationMS = "LEHV6nWB2yk8", 1500
			job.Results[i].Text = cutText(string(make([]byte, 40_000)))
		}
		change := PlacementChange(job)
		require.LessOrEqual(t, len(change.Writes), limits.WritesPerChange)
		kinds := make(map[string]protocol.Kind)
		for _, w := range change.Writes {
			if w.Prop == protocol.PropKind {
				name, _ := w.Value.AsString()
				kinds[w.Record] = protocol.Kind(name)
				continue
			}
			prop, ok := schema.Prop(kinds[w.Record], w.Prop)
			require.True(t, ok, "%s.%s", kinds[w.Record], w.Prop)
			if problem := schema.Check(prop, w.Value); problem != nil {
				require.Fail(t, problem.Error(), "%s.%s", kind, w.Prop)
			}
		}
	}
}

func TestSeedsDifferAndAreNeverZero(t *testing.T) {
	for _, asked := range []int64{0, -1, 7, protocol.MaxSafeInteger} {
		job := protocol.Job{JobRequest: protocol.JobRequest{ID: "j", Seed: asked}}
		seen := make(map[int64]bool)
		for i := range 8 {
			seed := SeedOf(job, i)
			require.NotZero(t, seed)
			require.LessOrEqual(t, seed, int64(protocol.MaxSafeInteger))
			seen[seed] = true
		}
		require.Len(t, seen, 8, "asked for %d", asked)
	}
}
