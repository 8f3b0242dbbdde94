package rooms

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"atelier/protocol"
)

// run is one seeded run of several clients with late frames, lost sockets, offline spells, duplicate sends, a store that
// stalls, fails and commits with an unknown outcome, snapshots at any revision, another instance that writes in between,
// and kills of the whole instance. Every client retries until it is answered.
type run struct {
	*house
	rng     *rand.Rand
	cfg     Config
	dead    *atomic.Bool // of the instance that runs
	clients []*client
	buried  sync.WaitGroup
	stored  []Stored // snapshots on the way
	far     int
	sent    map[string]protocol.Change // by the other instance
}

func TestClientsConvergeThroughFaults(t *testing.T) {
	t.Parallel()
	const shard = 50
	for from := uint64(0); from < convergeSeeds; from += shard {
		t.Run(fmt.Sprintf("seeds %d to %d", from, from+shard-1), func(t *testing.T) {
			t.Parallel()
			for seed := from; seed < from+shard; seed++ {
				t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) { converge(t, seed, convergeSteps) })
			}
		})
	}
}

// TestSeedsThatFoundSomething are runs that went red for a reason of their own, in the core or in a change made to it on
// purpose. What each came down to is a test of its own in converge_found_test.go, diverge_test.go or merging_test.go.
func TestSeedsThatFoundSomething(t *testing.T) {
	t.Parallel()
	for name, run := range map[string]struct {
		seed  uint64
		steps int
	}{
		"a prompt is overwritten unseen":                       {5, 60},
		"an episode does not follow its branch":                {13, 60},
		"a record that was made in a diverged change is gone":  {752, 60},
		"a merged text of a branch is its last writer's":       {739, 60},
		"a merge decides by itself":                            {1016, 60},
		"a merge deletes what nobody has seen":                 {1878, 60},
		"the base value is what main has by now":               {406, 60},
		"a record that came and went on a branch is merged":    {1133, 60},
		"the undo of a merge is refused for an earlier parent": {1082, 200},
		"the undo of a merge closes the branch again":          {6, 60},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			converge(t, run.seed, run.steps)
		})
	}
}

func converge(t *testing.T, seed uint64, steps int) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		r := &run{
			house: &house{t: t, store: newMemStore()}, rng: rand.New(rand.NewPCG(seed, 1)), cfg: Config{CommitWait: time.Second},
			sent: make(map[string]protocol.Change),
		}
		r.start()
		defer r.buried.Wait()
		defer func() { require.NoError(t, r.registry.Close(context.Background())) }()
		for i := range 2 + r.rng.IntN(5) {
			r.clients = append(r.clients, newClient(r.join(fmt.Sprint("c", i)), r.rng))
		}
		r.store.setFault(r.fault)
		for range steps {
			r.step()
		}
		r.store.setFault(nil)
		r.settle()
		r.check()
	})
}

// fault is called on goroutines of the room; the run's own generator is not touched there.
func (r *run) fault(rows []Row) verdict {
	switch rows[0].ID[0] % 8 {
	case 0:
		time.Sleep(3 * time.Second)
		return store
	case 1:
		return refuse
	case 2:
		return storeFail
	default:
		time.Sleep(time.Millisecond)
		return store
	}
}

func (r *run) step() {
	c := r.clients[r.rng.IntN(len(r.clients))]
	switch n := r.rng.IntN(40); {
	case n == 0:
		c.loseSocket()
	case n == 1 && !c.online, n == 2 && !c.online:
		c.reconnect()
	case n == 3:
		r.kill()
	case n == 4:
		time.Sleep(time.Duration(r.rng.IntN(2000)) * time.Millisecond)
	case n == 5 && r.rng.IntN(20) == 0:
		time.Sleep(31 * 24 * time.Hour) // branches are archived
	case n == 5:
		r.elsewhere()
	case n == 6:
		r.snapshot()
	default:
		c.edit()
	}
	if r.rng.IntN(3) == 0 && c.online {
		c.takeAnswers()
	}
}

// instance is the store as one process reaches it: a killed process stores nothing any more.
type instance struct {
	*memStore

	dead *atomic.Bool
}

func (i instance) Commit(ctx context.Context, room string, head int64, rows []Row) error {
	return i.commit(ctx, room, head, rows, i.dead.Load)
}

func (r *run) start() {
	r.dead = new(atomic.Bool)
	r.registry = NewRegistry(instance{r.store, r.dead}, r.cfg)
}

// kill ends the instance as a crash would: what is not in the store is gone, nobody is told anything.
func (r *run) kill() {
	dead := r.registry
	r.dead.Store(true)
	r.start()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	r.buried.Go(func() { _ = dead.Close(ctx) })
	for _, c := range r.clients {
		if c.online {
			c.reconnect()
		}
	}
}

// elsewhere commits a change on another instance, made from what was there some revisions ago.
func (r *run) elsewhere() {
	synctest.Wait()
	log := r.store.log()
	state := restored(r.t, Stored{Rows: log})
	note, ok := firstOf(state, r.rng)
	if !ok {
		return
	}
	r.far++
	change := protocol.Change{ID: id(fmt.Sprint("far", r.far)), Base: max(0, state.rev-int64(r.rng.IntN(5)))}
	was := restored(r.t, Stored{Rows: log[:change.Base]}).records[note.id].basisOf("seed")
	change.Writes = []protocol.Write{
		{Record: note.id, Prop: "seed", Value: num(float64(5 + r.rng.IntN(5))), Basis: was},
		{Record: note.id, Prop: "y", Value: num(float64(r.far))},
	}
	row, refusal := state.scratch().judge(editor("far"), &change, time.Now().UnixMilli())
	if refusal != nil {
		return
	}
	r.sent[change.ID] = change
	r.store.mu.Lock()
	defer r.store.mu.Unlock()
	r.store.byID[row.ID] = len(r.store.rows)
	r.store.rows = append(r.store.rows, row)
}

// firstOf is some prompt of a state that is not deleted.
func firstOf(s *State, rng *rand.Rand) (*record, bool) {
	var found []*record
	for _, p := range s.pages {
		for _, r := range p.records {
			if r.kind == protocol.KindPrompt && !r.deleted() {
				found = append(found, r)
			}
		}
	}
	if len(found) == 0 {
		return nil, false
	}
	return found[rng.IntN(len(found))], true
}

// basisOf is a cell's value as a basis: nil when there is none.
func (r *record) basisOf(prop string) protocol.Value {
	if r == nil {
		return protocol.Nil
	}
	return cmp.Or(r.value(prop), protocol.Nil)
}

func restored(t *testing.T, stored Stored) *State {
	t.Helper()
	state, err := Restore(testSchema, stored)
	require.NoError(t, err)
	return state
}

// snapshot takes one of the room as it is; the store gets every other, so that kills load from it.
func (r *run) snapshot() {
	room := r.room()
	snap, err := ask(r.t.Context(), room, room.state.share)
	require.NoError(r.t, err)
	r.stored = append(r.stored, Stored{SnapshotAt: snap.Rev, Snapshot: snap.Encode()})
	if len(r.stored)%2 == 0 {
		require.NoError(r.t, r.store.SaveSnapshot(context.Background(), "room", snap.Rev, snap.Encode()))
	}
}

// settle brings everybody back and lets them retry until all is answered.
func (r *run) settle() {
	for _, c := range r.clients {
		if !c.online {
			c.reconnect()
		}
	}
	for range 200 {
		left := 0
		for _, c := range r.clients {
			c.takeAnswers()
			left += len(c.pending)
		}
		if left == 0 {
			break
		}
		time.Sleep(4 * time.Second)
	}
	// One more change, so that the room has met what another instance wrote.
	last := r.clients[0]
	last.looks = ""
	last.createRecord()
	for range 5 {
		time.Sleep(4 * time.Second)
		for _, c := range r.clients {
			c.takeAnswers()
		}
	}
	for _, c := range r.clients {
		require.Empty(r.t, c.pending, "%s was never answered", c.name)
	}
}

func (r *run) check() {
	server := r.room().state
	want, aside, log := canvasOf(server), asideOf(server), r.store.log()
	sent := maps.Clone(r.sent)
	for _, c := range r.clients {
		require.Equal(r.t, want, c.canvas(), "%s: main equals the server's", c.name)
		require.Equal(r.t, aside, c.aside, "%s: branches equal the server's", c.name)
		require.Equal(r.t, int64(len(log)), c.rev)
		maps.Copy(sent, c.sent)
	}
	a := newAudit(r.t, sent)
	for i := range log {
		a.row(&log[i])
	}
	for _, c := range r.clients {
		c.checkAnswers(a)
	}
	a.equals(server)
	r.checkStored(server, log)
	checkComposed(r.t, server)
	checkMergeAndUndo(r.t, log, r.rng)
}

// checkAnswers holds every answer against the log.
func (c *client) checkAnswers(a *audit) {
	for change, result := range c.acked {
		require.Equal(c.t, result.Rev, a.at[change], "an acknowledged change is in the log where it was said to be")
	}
	for change, e := range c.refused {
		if c.copies[change] == 1 { // another copy may have met another canvas
			require.NotContains(c.t, a.at, change, "a refused change is not in the log")
		}
		require.NoError(c.t, a.mayRefuse(c.sent[change], e), "%s", describe(e))
	}
}

// checkStored gives the same state from the log alone, and from every snapshot with the rows after it.
func (r *run) checkStored(server *State, log []Row) {
	want := server.share().Encode()
	for _, s := range append(r.stored, Stored{}) {
		s.Rows = log[s.SnapshotAt:]
		state := restored(r.t, s)
		require.True(r.t, bytes.Equal(want, state.share().Encode()), "the snapshot at %d and the rows after it give the state", s.SnapshotAt)
		require.Equal(r.t, server.stays, state.stays, "and what episodes follow")
	}
}

// checkComposed holds what branches show against the rules of links.
func checkComposed(t *testing.T, s *State) {
	t.Helper()
	for branch := range s.branches {
		shown := make(map[string]Record)
		for _, rec := range s.Composed(branch) {
			shown[rec.ID] = rec
		}
		for id, rec := range shown {
			require.False(t, cycles(shown, id), "branch %s: %s is not its own parent", branch, id)
			if rec.Kind != string(protocol.KindEdge) {
				continue
			}
			for _, end := range []string{"from", "to"} {
				to, _ := rec.Props[end].AsString()
				require.Contains(t, shown, to, "branch %s: an edge leads to something", branch)
			}
		}
	}
}

// checkMergeAndUndo merges every branch that has something: again changes nothing, and the undo gives all back.
func checkMergeAndUndo(t *testing.T, log []Row, rng *rand.Rand) {
	t.Helper()
	for _, branch := range slices.Sorted(maps.Keys(asideOf(restored(t, Stored{Rows: log})))) {
		c := &canvas{t: t, state: restored(t, Stored{Rows: log})}
		before, aside := canvasOf(c.state), asideOf(c.state)
		choice := []protocol.Choice{protocol.ChooseMain, protocol.ChooseBranch, protocol.ChooseBoth}[rng.IntN(3)]
		merged, refusal := c.merge(editor("merger"), branch, nil, all(choice))
		if refusal != nil {
			require.Equal(t, protocol.CodeConflict, refusal.Code, "only links may refuse: %s", describe(refusal))
			continue
		}
		after, rest := canvasOf(c.state), asideOf(c.state)
		require.Empty(t, rest[branch], "what was merged leaves the branch")
		_, refusal = c.merge(editor("merger"), branch, nil, all(choice))
		require.Nil(t, refusal)
		require.Equal(t, after, canvasOf(c.state), "merging again changes nothing")
		require.Equal(t, rest, asideOf(c.state))
		_, refusal = c.apply(editor("merger"), protocol.Change{ID: id("take back"), Base: c.state.rev, Undo: merged.ID})
		require.Nil(t, refusal)
		require.Equal(t, before, canvasOf(c.state), "taking a merge back gives main as it was")
		require.Equal(t, aside, asideOf(c.state), "and the branch")
	}
}
