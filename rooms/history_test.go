package rooms

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"atelier/protocol"
)

func TestTimeTravelShowsWhatWas(t *testing.T) {
	for seed := range uint64(10) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			p := newPast(t, 2000+seed)
			p.live(120)
			store := newMemStore()
			store.rows = p.rows
			snapshots := &checkpointed{memStore: store, at: make(map[int64][]byte)}
			for rev := int64(20); rev < int64(len(p.rows)); rev += 30 {
				snapshots.at[rev] = p.at(rev).share().Encode()
			}
			for name, a := range map[string]*Archive{"from the beginning": archiveOver(t, store), "from a checkpoint": archiveOver(t, snapshots)} {
				for _, at := range p.points(20) {
					rev, records, err := a.At(t.Context(), pastRoom, at)
					require.NoError(t, err, name)
					require.Equal(t, at.Rev, rev)
					require.Equal(t, p.at(at.Rev).Composed(at.Branch), records, "%s: %v", name, at)
				}
			}
			require.NotZero(t, snapshots.asked)
		})
	}
}

// checkpointed is a store that kept some snapshots.
type checkpointed struct {
	*memStore

	at    map[int64][]byte
	asked int
}

func (s *checkpointed) Checkpoint(_ context.Context, _ string, rev int64) (at int64, snapshot []byte, err error) {
	s.asked++
	for kept, b := range s.at {
		if kept <= rev && kept > at {
			at, snapshot = kept, b
		}
	}
	return at, snapshot, nil
}

func TestHistoryGoesBackPageByPage(t *testing.T) {
	p := newPast(t, 7)
	p.live(400)
	a := p.archive()
	main, branch := "", p.drafts[0]
	for name, tt := range map[string]struct {
		query Query
		want  func(*Row) bool
	}{
		"everything":          {Query{}, func(*Row) bool { return true }},
		"of a user":           {Query{User: "user-ben"}, func(r *Row) bool { return r.User == "user-ben" }},
		"of a record":         {Query{Record: p.records[2]}, func(r *Row) bool { return writes(r, p.records[2]) }},
		"on main":             {Query{Branch: &main}, func(r *Row) bool { return r.Branch == "" || alsoBesideItsBranch(r) }},
		"on a branch":         {Query{Branch: &branch}, func(r *Row) bool { return on(r, branch) }},
		"of a user on a main": {Query{User: "user-cy", Branch: &main}, func(r *Row) bool { return r.User == "user-cy" && (r.Branch == "" || alsoBesideItsBranch(r)) }},
	} {
		t.Run(name, func(t *testing.T) {
			var want, got []int64
			for i := len(p.rows) - 1; i >= 0; i-- {
				if tt.want(&p.rows[i]) {
					want = append(want, p.rows[i].Rev)
				}
			}
			require.NotEmpty(t, want)
			q := tt.query
			for q.Limit = 7; ; {
				page, err := a.Changes(t.Context(), pastRoom, q)
				require.NoError(t, err)
				require.LessOrEqual(t, len(page.Changes), 7)
				for _, e := range page.Changes {
					got = append(got, e.Row.Rev)
				}
				if page.Next == 0 {
					break
				}
				require.True(t, q.Before == 0 || page.Next < q.Before, "every page gets on")
				q.Before = page.Next
			}
			require.Equal(t, want, got)
		})
	}
}

func writes(r *Row, record string) bool {
	for _, t := range targets(r) {
		for _, w := range t.Writes {
			if w.Record == record {
				return true
			}
		}
	}
	return false
}

func on(r *Row, branch string) bool {
	for _, t := range targets(r) {
		if t.Branch == branch && (len(t.Writes) > 0 || r.Branch == branch) {
			return true
		}
	}
	return false
}

// alsoBesideItsBranch tells whether a change on a branch wrote on main what is not about that branch.
func alsoBesideItsBranch(r *Row) bool {
	for _, t := range r.Also {
		for _, w := range t.Writes {
			if t.Branch == "" && w.Record != r.Branch {
				return true
			}
		}
	}
	return false
}

func TestHistoryTellsWhatWritesReplaced(t *testing.T) {
	l, ana := newLogbook(t), editor("ana")
	l.must(ana, prompt("p", "a fox")...)
	l.must(ana, write("p", "prompt", str("a blue fox")))
	l.draft(ana, "b", write("p", "x", num(7)))
	page, err := archiveOf(t, l.rows).Changes(t.Context(), pastRoom, Query{Limit: 10})
	require.NoError(t, err)
	require.Zero(t, page.Next)
	newest := page.Changes[0]
	require.Equal(t, id("b"), newest.Row.Branch)
	require.Equal(t, Told{PropDiff: PropDiff{Prop: "x", Base: num(0), B: num(7)}, Branch: id("b"), Record: id("p"), Kind: "prompt"}, newest.Writes[0])
	require.EqualValues(t, "branch", newest.Writes[1].Kind)
	edit := page.Changes[1].Writes[0]
	require.Equal(t, str("a fox"), edit.A)
	require.Equal(t, str("a blue fox"), edit.B)
	require.NotEmpty(t, edit.Words)
}

func TestHistoryBoundsWhatAPageTakes(t *testing.T) {
	l, ana := newLogbook(t), editor("ana")
	long := strings.Repeat("x", 15<<10)
	l.must(ana, note("r")...)
	for i := range 200 {
		l.must(ana, write("r", "text", str(fmt.Sprint(long, i))))
	}
	var many []protocol.Write
	for i := range entryWrites + 100 {
		many = append(many, write("r", "x", num(float64(i+1))))
	}
	l.must(ana, many...)
	a := archiveOf(t, l.rows)
	page, err := a.Changes(t.Context(), pastRoom, Query{Limit: 200})
	require.NoError(t, err)
	require.Equal(t, 100, page.Changes[0].Omitted)
	require.Len(t, page.Changes[0].Writes, entryWrites)
	require.Less(t, len(page.Changes), 100, "a page ends when its values are too large")
	require.Equal(t, page.Changes[len(page.Changes)-1].Row.Rev, page.Next)

	quick := make([]Row, pageScan+10)
	for i := range quick {
		quick[i] = Row{Committed: protocol.Committed{Rev: int64(i + 1), ID: id(fmt.Sprint(i)), User: "ben"}}
	}
	quick[0].User = "ana"
	a = archiveOf(t, quick)
	page, err = a.Changes(t.Context(), pastRoom, Query{Limit: 10, User: "ana"})
	require.NoError(t, err)
	require.Empty(t, page.Changes)
	require.EqualValues(t, 11, page.Next, "the work of a page is bounded, and goes on with the next")
	page, err = a.Changes(t.Context(), pastRoom, Query{Limit: 10, User: "ana", Before: page.Next})
	require.NoError(t, err)
	require.Len(t, page.Changes, 1)
	require.Zero(t, page.Next)
}
