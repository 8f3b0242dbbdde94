package rooms

import (
	"fmt"
	"maps"
	"testing"

	"github.com/stretchr/testify/require"

	"atelier/protocol"
	"atelier/rooms/merge"
)

// TestBeforeValuesLeadBack plays a log backwards by what its writes replaced: at every revision the cells are those that
// playing it forwards gives.
func TestBeforeValuesLeadBack(t *testing.T) {
	for seed := range uint64(15) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			p := newPast(t, seed)
			p.live(100)
			head := int64(len(p.rows))
			tr := newTrail(0)
			for i := range p.rows {
				tr.add(&p.rows[i])
			}
			require.Equal(t, head, tr.to)
			now := p.canvas.state
			for rev := range head {
				then := p.at(rev)
				d := rowCompare{comparison: &comparison{}, trail: tr, now: now.glimpse(tr.records(""), sortedBranches(now)...)}
				for _, branch := range append([]string{""}, sortedBranches(then)...) {
					d.a, d.b = Point{Branch: branch, Rev: rev}, Point{Branch: branch, Rev: rev}
					for cell, want := range raw(then, branch) {
						f := rowFace{&d, d.a, cell[0]}
						if cell[1] == protocol.PropKind {
							require.Equal(t, want, str(string(f.kind())))
							continue
						}
						got, base := f.cell(cell[1])
						require.Equal(t, want, got, "%v at %d on %q", cell, rev, branch)
						_, wantBase := stateSide{then, branch}.face(cell[0]).cell(cell[1])
						require.Equal(t, wantBase, base, "base of %v at %d on %q", cell, rev, branch)
					}
				}
			}
		})
	}
}

func sortedBranches(s *State) []string {
	var out []string
	for _, b := range s.BranchInfos() {
		out = append(out, b.ID)
	}
	return out
}

// TestDiffsByRowsAreThoseOfTheStates compares points in both ways, and holds that what differs makes one of the other.
func TestDiffsByRowsAreThoseOfTheStates(t *testing.T) {
	for seed := range uint64(25) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			p := newPast(t, 1000+seed)
			p.live(150)
			a := p.archive()
			points := p.points(8)
			points = append(points, Point{Rev: int64(len(p.rows))})
			shown := make(map[Point]map[[2]string]protocol.Value)
			for _, at := range points {
				shown[at] = raw(p.at(at.Rev), at.Branch)
			}
			for _, from := range points {
				for _, to := range points {
					byRows := comparison{a: from, b: to, head: int64(len(p.rows))}
					err := a.compareRows(t.Context(), pastRoom, &byRows)
					require.NoError(t, err, "%v to %v", from, to)
					byStates := comparison{a: from, b: to, head: byRows.head}
					require.NoError(t, a.compareStates(t.Context(), pastRoom, &byStates))
					require.Equal(t, byStates, byRows, "%v to %v", from, to)

					got, want := maps.Clone(shown[from]), shown[to]
					applyDiff(got, byRows.records)
					require.Equal(t, onlyLiving(want), onlyLiving(got), "%v to %v", from, to)
				}
			}
		})
	}
}

// applyDiff makes b of a.
func applyDiff(cells map[[2]string]protocol.Value, diff []recordChange) {
	for _, r := range diff {
		if r.kept() {
			continue // shown by neither
		}
		if r.b == unmade {
			maps.DeleteFunc(cells, func(k [2]string, _ protocol.Value) bool { return k[0] == r.id })
			continue
		}
		cells[[2]string{r.id, protocol.PropKind}] = str(string(r.kind))
		for _, c := range r.cells {
			if c.B == "" {
				delete(cells, [2]string{r.id, c.Prop})
			} else {
				cells[[2]string{r.id, c.Prop}] = c.B
			}
		}
	}
}

// onlyLiving leaves out what nobody is shown.
func onlyLiving(cells map[[2]string]protocol.Value) map[[2]string]protocol.Value {
	out := maps.Clone(cells)
	maps.DeleteFunc(out, func(k [2]string, _ protocol.Value) bool {
		gone, _ := cells[[2]string{k[0], protocol.PropDeleted}].AsBool()
		return gone
	})
	return out
}

func TestDiffTellsRecordsThatCameAndWent(t *testing.T) {
	l, ana := newLogbook(t), editor("ana")
	must := func(writes ...protocol.Write) { l.must(ana, writes...) }
	must(note("stays")...)
	must(note("goes")...)
	must(write("stays", "text", str("first fox")))
	must(write("goes", "deleted", protocol.Bool(true)))
	must(note("comes")...)
	must(write("stays", "x", num(9)), write("stays", "x", num(0)))
	a := archiveOf(t, l.rows)

	diff, err := a.Diff(t.Context(), pastRoom, Point{Rev: 2}, Point{Rev: Head})
	require.NoError(t, err)
	require.Equal(t, Point{Rev: 6}, diff.B)
	byID := make(map[string]RecordDiff)
	for _, r := range diff.Records {
		byID[r.ID] = r
	}
	require.Len(t, byID, 3)
	require.Equal(t, []PropDiff{{Prop: "text", A: str("first"), B: str("first fox"), Words: []merge.Op{
		{Op: merge.Same, Text: "first"}, {Op: merge.New, Text: " fox"},
	}}}, byID[id("stays")].Props, "a cell that came back to its value does not differ")
	require.Equal(t, []PropDiff{
		{Prop: "deleted", B: protocol.Bool(true)},
		{Prop: "text", A: str("first"), Words: []merge.Op{{Op: merge.Gone, Text: "first"}}},
		{Prop: "x", A: num(0)},
	}, byID[id("goes")].Props)
	require.Equal(t, []PropDiff{
		{Prop: "kind", B: str("note")},
		{Prop: "text", B: str("first"), Words: []merge.Op{{Op: merge.New, Text: "first"}}},
		{Prop: "x", B: num(0)},
	}, byID[id("comes")].Props)
	require.EqualValues(t, "note", byID[id("comes")].Kind)

	back, err := a.Diff(t.Context(), pastRoom, Point{Rev: Head}, Point{Rev: 2})
	require.NoError(t, err)
	require.Equal(t, []PropDiff{{Prop: "kind", A: str("note")}}, back.Records[indexOf(back, id("comes"))].Props[:1])
	none, err := a.Diff(t.Context(), pastRoom, Point{Rev: 6}, Point{Rev: 6})
	require.NoError(t, err)
	require.Empty(t, none.Records)
}

func indexOf(d Diff, id string) int {
	for i := range d.Records {
		if d.Records[i].ID == id {
			return i
		}
	}
	return -1
}

func TestDiffOfABranchTellsBaseMainAndBranch(t *testing.T) {
	l, ana, ben := newLogbook(t), editor("ana"), editor("ben")
	l.must(ana, prompt("p", "a fox")...)
	l.must(ana, prompt("q", "an owl")...)
	l.draft(ana, "b", write("p", "prompt", str("a blue fox")), write("q", "prompt", str("a white owl")), write("q", "x", num(3)))
	l.must(ben, write("p", "prompt", str("a red fox")))
	l.must(ben, write("q", "deleted", protocol.Bool(true)))
	diff, err := archiveOf(t, l.rows).Diff(t.Context(), pastRoom, Point{Rev: Head}, Point{Branch: id("b"), Rev: Head})
	require.NoError(t, err)
	require.Len(t, diff.Records, 2)
	p, q := diff.Records[indexOf(diff, id("p"))], diff.Records[indexOf(diff, id("q"))]
	require.Len(t, p.Props, 1)
	require.Equal(t, []protocol.Value{str("a fox"), str("a red fox"), str("a blue fox")}, []protocol.Value{p.Props[0].Base, p.Props[0].A, p.Props[0].B})
	require.Equal(t, PropDiff{Prop: "deleted", A: protocol.Bool(true)}, q.Props[0], "what main deleted and the branch wrote is there to be decided on")
	require.Equal(t, str("a white owl"), q.Props[1].B)
	require.Equal(t, str("an owl"), q.Props[1].A)
}

func TestDiffRefusesPointsThatAreNotThere(t *testing.T) {
	l, ana := newLogbook(t), editor("ana")
	l.must(ana, note("r")...)
	l.draft(ana, "b")
	a := archiveOf(t, l.rows)
	for name, tt := range map[string]struct {
		point Point
		code  protocol.Code
	}{
		"a revision beyond the head":         {Point{Rev: 3}, protocol.CodeInvalidInput},
		"no branch":                          {Point{Branch: id("x"), Rev: Head}, protocol.CodeNotFound},
		"a record that is no branch":         {Point{Branch: id("r"), Rev: Head}, protocol.CodeNotFound},
		"a branch before it was made":        {Point{Branch: id("b"), Rev: 1}, protocol.CodeNotFound},
		"a revision before the first change": {Point{Rev: -2}, protocol.CodeInvalidInput},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := a.Diff(t.Context(), pastRoom, Point{Rev: Head}, tt.point)
			require.Equal(t, tt.code, protocol.CodeOf(err), "%v", err)
			_, _, err = a.At(t.Context(), pastRoom, tt.point)
			require.Equal(t, tt.code, protocol.CodeOf(err), "%v", err)
		})
	}
}

// TestDiffCostFollowsWhatChanged compares what the same comparison allocates in a small and in a large room.
func TestDiffCostFollowsWhatChanged(t *testing.T) {
	cost := func(records int, from, to Point) float64 {
		a := benchPast(t, records, 10, 0)
		return testing.AllocsPerRun(20, func() {
			d, err := a.Diff(t.Context(), pastRoom, from, to)
			require.NoError(t, err)
			require.Len(t, d.Records, 10)
		})
	}
	branch := Point{Branch: id("branch"), Rev: Head}
	require.InEpsilon(t, cost(100, Point{Rev: 3}, Point{Rev: 13}), cost(5_000, Point{Rev: 7}, Point{Rev: 17}), 0.1)
	require.InEpsilon(t, cost(100, Point{Rev: Head}, branch), cost(5_000, Point{Rev: Head}, branch), 0.1)
}
