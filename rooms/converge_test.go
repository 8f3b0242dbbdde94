package rooms

import (
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

// run is one seeded run of several clients with lost sockets, duplicate sends, a store that stalls, fails and commits
// with an unknown outcome, and kills of the whole instance. Every client retries until it is answered.
type run struct {
	*house
	rng     *rand.Rand
	cfg     Config
	dead    *atomic.Bool // of the instance that runs
	clients []*client
	buried  sync.WaitGroup
}

// client is a guest that keeps what it sent until it is answered, over reconnects and kills.
type client struct {
	*guest
	unsent map[string]protocol.Change // by change id
	asked  map[uint64]string          // request → change id
	acked  map[string]int64           // change id → revision
	n      int
}

func TestClientsConvergeThroughFaults(t *testing.T) {
	for seed := range uint64(500) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) { converge(t, seed) })
	}
}

func converge(t *testing.T, seed uint64) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		cfg := Config{CommitWait: time.Second}
		r := &run{house: &house{t: t, store: newMemStore()}, rng: rand.New(rand.NewPCG(seed, 1)), cfg: cfg}
		r.start()
		defer r.buried.Wait()
		defer func() { require.NoError(t, r.registry.Close(context.Background())) }()
		for i := range 2 + r.rng.IntN(4) {
			r.clients = append(r.clients, &client{
				guest: r.join(fmt.Sprint("c", i)), unsent: make(map[string]protocol.Change),
				asked: make(map[uint64]string), acked: make(map[string]int64),
			})
		}
		r.store.setFault(r.fault)
		for range 60 {
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
	switch r.rng.IntN(20) {
	case 0:
		r.room().Detach(c.m, c.out) // the socket is lost, and comes back
		c.reconnect()
	case 1:
		r.kill()
	case 2:
		time.Sleep(time.Duration(r.rng.IntN(2000)) * time.Millisecond)
	default:
		c.edit(r.rng)
	}
	if r.rng.IntN(3) == 0 {
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
		c.reconnect()
	}
}

func (c *client) reconnect() {
	c.takeAnswers()
	c.attach(resumeOf(c.replica))
	c.resend()
}

func (c *client) edit(rng *rand.Rand) {
	c.n++
	name := fmt.Sprintf("%s-%d", c.name, c.n)
	var writes []protocol.Write
	target := fmt.Sprint("shared", rng.IntN(4))
	switch _, there := c.records[id(target)]; {
	case !there:
		writes = append(note(target), write(target, "title", str(name)))
	case rng.IntN(8) == 0:
		writes = []protocol.Write{write(target, "deleted", protocol.Bool(true))}
	case rng.IntN(2) == 0:
		writes = []protocol.Write{write(target, "x", num(float64(rng.IntN(1000)))), write(target, "colour", str(name))}
	default:
		writes = []protocol.Write{write(target, "text", str(name))}
	}
	change := protocol.Change{ID: id(name), Base: c.rev, Writes: writes}
	c.unsent[change.ID] = change
	c.ask(change)
	if rng.IntN(5) == 0 {
		c.ask(change)
	}
}

func (c *client) ask(change protocol.Change) {
	c.req++
	c.asked[c.req] = change.ID
	c.h.room().Change(c.m, c.req, change)
}

func (c *client) resend() {
	for _, name := range slices.Sorted(maps.Keys(c.unsent)) {
		c.ask(c.unsent[name])
	}
}

// takeAnswers settles what was answered: retryable refusals are sent again later.
func (c *client) takeAnswers() {
	c.sync()
	for req, result := range c.oks {
		name := c.asked[req]
		if before, ok := c.acked[name]; ok {
			require.Equal(c.t, before, result.Rev, "the same id gets the first result")
		}
		c.acked[name] = result.Rev
		delete(c.unsent, name)
	}
	for req, e := range c.errs {
		if !e.Retryable {
			require.Contains(c.t, []protocol.Code{protocol.CodeConflict, protocol.CodeNotFound}, e.Code, describe(e))
			delete(c.unsent, c.asked[req])
		}
	}
	clear(c.oks)
	clear(c.errs)
}

// settle lets every client retry until all is answered.
func (r *run) settle() {
	for range 30 {
		left := 0
		for _, c := range r.clients {
			time.Sleep(4 * time.Second)
			c.takeAnswers()
			left += len(c.unsent)
		}
		if left == 0 {
			return
		}
		for _, c := range r.clients {
			c.resend()
		}
	}
	require.Fail(r.t, "changes were never answered")
}

func (r *run) check() {
	want := canvasOf(r.room().state)
	log := r.store.log()
	at := make(map[string]int64)
	for i, row := range log {
		require.Equal(r.t, int64(i+1), row.Rev, "no gaps")
		require.NotContains(r.t, at, row.ID, "no change twice")
		at[row.ID] = row.Rev
	}
	for _, c := range r.clients {
		c.takeAnswers()
		require.Equal(r.t, want, c.canvas(), "%s equals the server", c.name)
		require.Equal(r.t, int64(len(log)), c.rev)
		for change, rev := range c.acked {
			require.Equal(r.t, rev, at[change], "an acknowledged change is in the log")
		}
	}
	restored, err := r.store.Load(context.Background(), "room")
	require.NoError(r.t, err)
	state, err := Restore(protocol.NewSchema(protocol.DefaultLimits()), restored)
	require.NoError(r.t, err)
	require.Equal(r.t, want, canvasOf(state), "the log alone gives the same canvas")
}
