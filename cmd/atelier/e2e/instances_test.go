package e2e

import (
	"context"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/require"

	"atelier/client"
	"atelier/internal/testservers"
	"atelier/persist/postgres"
	"atelier/protocol"
)

// cluster is instances over one Postgres and one Redis. Each instance has a gate in front, as a load balancer does, which leads
// to another instance while its own is away.
type cluster struct {
	t         *testing.T
	postgres  *testservers.PostgresServer
	redis     *testservers.RedisServer
	database  string
	assets    string
	pgGate    *proxy // between instances and Postgres
	redisGate *proxy
	instances []*instance
}

type instance struct {
	*process

	addr string
	data string
	gate *proxy
}

func newCluster(t *testing.T, n int) *cluster {
	t.Helper()
	c := &cluster{t: t, postgres: testservers.DurablePostgres(t), redis: testservers.Redis(t), assets: t.TempDir()}
	c.database = c.postgres.Database()
	c.pgGate, c.redisGate = newProxy(t, c.postgres.Addr()), newProxy(t, c.redis.Addr())
	for range n {
		i := &instance{data: t.TempDir()}
		c.instances = append(c.instances, i)
		c.start(i)
		i.gate = newProxy(t, i.addr)
	}
	return c
}

// start starts an instance again.
func (c *cluster) start(i *instance) {
	c.t.Helper()
	i.process, i.addr = serve(c.t, i.data, "--database=postgres://owner@"+c.pgGate.listener.Addr().String()+"/"+c.database,
		"--redis=redis://"+c.redisGate.listener.Addr().String(), "--assets="+c.assets, "--lease=5s")
	if i.gate != nil {
		i.gate.to(i.addr)
	}
}

func (c *cluster) urls() (urls []string) {
	for _, i := range c.instances {
		urls = append(urls, i.gate.url())
	}
	return urls
}

// archive reads the database as it is.
func (c *cluster) archive() archive {
	c.t.Helper()
	db, err := postgres.Open(context.Background(), c.postgres.URL(c.database), postgres.Options{})
	require.NoError(c.t, err)
	return db
}

func TestTwoInstancesAreOneStudio(t *testing.T) {
	c := newCluster(t, 2)
	here, there := c.instances[0].gate.url(), c.instances[1].gate.url()
	ana := guest(t, here, "Ana")
	id := newRoom(t, ana)
	a := enter(t, here, id, ana)
	b := enter(t, there, id, guest(t, there, "Ben"))
	for _, r := range []*client.Room{a, b} {
		until(t, r, "both are there", func() bool { return len(r.Members()) == 2 })
	}
	note, writes := client.Create(protocol.KindNote, map[string]protocol.Value{"x": protocol.Int(1), "y": protocol.Int(2)})
	_, err := a.Change(soon(t), writes...)
	require.NoError(t, err)
	until(t, b, "the note", func() bool { _, ok := b.Record(note); return ok })
	b.MoveCursor(30, 40)
	until(t, a, "the cursor", func() bool {
		m := a.Members()[b.Self().M]
		return m.HasCursor && m.X == 30 && m.Y == 40
	})
	job, err := b.Enqueue(soon(t), protocol.JobRequest{Kind: "image", Prompt: "a harbour in fog"})
	require.NoError(t, err)
	for _, r := range []*client.Room{a, b} {
		done, err := r.AwaitJob(soon(t), job.ID)
		require.NoError(t, err)
		require.Equal(t, protocol.JobSucceeded, done.State)
		until(t, r, "the picture", func() bool { return len(ofKind(r, protocol.KindImage)) == 1 })
	}
	agree(t, a, b)

	ticket, err := ana.Ticket(soon(t), id)
	require.NoError(t, err)
	byTicket := client.Options{URL: there, Room: id, Ticket: func(context.Context) (string, error) { return ticket, nil }}
	again, err := client.Join(soon(t), byTicket)
	require.NoError(t, err)
	defer again.Close() //nolint:errcheck // it has done its part
	require.Equal(t, a.Self().User, again.Self().User)
	_, err = client.Join(soon(t), byTicket)
	require.Equal(t, protocol.CodeAuthRequired, protocol.CodeOf(err), "once, wherever it comes")
}

// storm edits and queues over all instances while a fault is done to them, and counts what was acknowledged.
func (c *cluster) storm(fault func(book *ledger)) {
	c.t.Helper()
	id, storm := openStorm(c.t, c.urls()...)
	book := newLedger()
	ctx, end := context.WithCancel(context.Background())
	finish, giveUp := context.WithTimeout(context.Background(), 3*patience)
	defer giveUp()
	errs := make(chan error, stormers+1)
	pauses := newPauses()
	for i, s := range storm {
		go func() { errs <- s.edit(pauses.watch(ctx, i, s), finish, book) }()
	}
	book.reach(c.t, acksPerRound, 0)
	go func() { errs <- enqueue(finish, storm[0].room, jobsPerRound, book) }()
	book.reach(c.t, acksPerRound, 1)
	fault(book)
	changes, _ := book.counts()
	book.reach(c.t, changes+acksPerRound, jobsPerRound)
	end()
	for range stormers + 1 {
		require.NoError(c.t, <-errs)
	}
	awaitJobs(c.t, storm[0].room, book)
	all := make([]*client.Room, 0, stormers)
	for _, s := range storm {
		all = append(all, s.room)
	}
	agree(c.t, all...)
	for i, s := range storm {
		rec, ok := s.room.Record(s.note)
		require.True(c.t, ok)
		require.Equal(c.t, protocol.Number(s.last), rec.Props["x"], "stormer %d", i)
	}
	require.Eventually(c.t, func() bool { return verifyLog(c.t, c.archive(), id, book) == 0 }, patience, 200*time.Millisecond)
	verifyPlaced(c.t, c.archive(), id, book)
	c.t.Logf("longest pause between two acknowledged changes of one person: %d ms", pauses.longest().Milliseconds())
}

// pauses are the longest times that each stormer waited for an acknowledgement.
type pauses struct {
	mu  sync.Mutex
	all map[int]time.Duration
}

func newPauses() *pauses { return &pauses{all: make(map[int]time.Duration)} }

func (p *pauses) watch(ctx context.Context, i int, s *stormer) context.Context {
	s.acked = func(took time.Duration) {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.all[i] = max(p.all[i], took)
	}
	return ctx
}

func (p *pauses) longest() (longest time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, d := range p.all {
		longest = max(longest, d)
	}
	return longest
}

// after waits until so many more changes were acknowledged.
func after(t *testing.T, book *ledger, more int) {
	t.Helper()
	changes, _ := book.counts()
	book.reach(t, changes+more, 0)
}

func TestFaultsOfAClusterLoseNothing(t *testing.T) {
	for name, fault := range map[string]func(t *testing.T, c *cluster, book *ledger){
		"an instance is killed": func(t *testing.T, c *cluster, book *ledger) {
			t.Helper()
			for _, i := range c.instances {
				other := c.instances[0]
				if i == other {
					other = c.instances[1]
				}
				i.kill()
				i.gate.to(other.addr)
				after(t, book, acksPerRound)
				c.start(i)
				after(t, book, acksPerRound)
			}
		},
		"Redis is killed and started again": func(t *testing.T, c *cluster, book *ledger) {
			t.Helper()
			c.redis.Kill()
			after(t, book, acksPerRound)
			c.redis.Restart()
			after(t, book, acksPerRound)
		},
		"Redis hangs": func(t *testing.T, c *cluster, book *ledger) {
			t.Helper()
			c.redis.Pause()
			after(t, book, 2*acksPerRound)
			c.redis.Resume()
			after(t, book, acksPerRound)
		},
		"Redis is flushed": func(t *testing.T, c *cluster, book *ledger) {
			t.Helper()
			c.redis.Do("FLUSHALL")
			after(t, book, acksPerRound)
		},
		"Postgres is killed and started again": func(t *testing.T, c *cluster, book *ledger) {
			t.Helper()
			c.postgres.Kill()
			c.postgres.Restart()
			after(t, book, acksPerRound)
		},
		"Postgres hangs for a while": func(t *testing.T, c *cluster, book *ledger) {
			t.Helper()
			c.postgres.Pause()
			waiting := time.NewTimer(3 * time.Second)
			<-waiting.C
			c.postgres.Resume()
			after(t, book, acksPerRound)
		},
		"connections to Postgres are cut": func(t *testing.T, c *cluster, book *ledger) {
			t.Helper()
			for range 5 {
				c.pgGate.cut(func() bool { return true })
				after(t, book, acksPerRound/2)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			c := newCluster(t, 2)
			c.t = t
			c.storm(func(book *ledger) { fault(t, c, book) })
		})
	}
}

func TestWhoIsRemovedOnOneInstanceIsGoneFromAll(t *testing.T) {
	c := newCluster(t, 2)
	here, there := c.instances[0].gate.url(), c.instances[1].gate.url()
	olga := ownerOf(t, c.instances[1].process, here) // whose link is the newest, and holds on all
	id := newRoom(t, olga)
	ben := guest(t, there, "Ben")
	room := enter(t, there, id, ben)
	require.True(t, room.Live())
	req, err := http.NewRequestWithContext(soon(t), http.MethodDelete, here+"/v1/people/"+room.Self().User, http.NoBody)
	require.NoError(t, err)
	req.AddCookie(&http.Cookie{Name: "atelier", Value: olga.Cookie()})
	begun := time.Now()
	answer, err := (&http.Client{Timeout: patience}).Do(req)
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	require.Equal(t, http.StatusNoContent, answer.StatusCode)
	err = room.Until(soon(t), func() bool { return false })
	require.EqualValues(t, protocol.CloseForbidden, websocket.CloseStatus(err), "%v", err)
	require.Less(t, time.Since(begun), time.Second)
}

// gaps are the longest times between two positions of one user that somebody saw.
type gaps struct {
	mu   sync.Mutex
	last map[string]time.Time
	most time.Duration
}

func (g *gaps) saw(user string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := time.Now()
	if before, ok := g.last[user]; ok {
		g.most = max(g.most, now.Sub(before))
	}
	g.last[user] = now
}

// observe notes whose cursor moves in a room until the subscription ends.
func (g *gaps) observe(room *client.Room, events *client.Subscription) {
	for e := range events.All(context.Background()) {
		if moved, ok := e.(client.Cursor); ok {
			if m, there := room.Members()[moved.M]; there {
				g.saw(m.User)
			}
		}
	}
}

// TestARollingRestartIsInvisible restarts one instance after the other under people who edit and move.
func TestARollingRestartIsInvisible(t *testing.T) {
	c := newCluster(t, 2)
	id, storm := openStorm(t, c.urls()...)
	book, waits := newLedger(), newPauses()
	ctx, end := context.WithCancel(context.Background())
	finish, giveUp := context.WithTimeout(context.Background(), 4*patience)
	defer giveUp()
	seen := &gaps{last: make(map[string]time.Time)}
	errs := make(chan error, stormers+1)
	var moving, looking sync.WaitGroup
	for i, s := range storm {
		go func() { errs <- s.edit(waits.watch(ctx, i, s), finish, book) }()
		moving.Go(func() {
			every := time.NewTicker(50 * time.Millisecond)
			defer every.Stop()
			for n := float32(0); ctx.Err() == nil; n++ {
				s.room.MoveCursor(n, n)
				<-every.C
			}
		})
	}
	t.Cleanup(looking.Wait) // after the others
	for _, s := range storm[:4] {
		events := s.room.Subscribe()
		looking.Go(func() { seen.observe(s.room, events) })
		t.Cleanup(events.Close)
	}
	after(t, book, acksPerRound)
	for i, instance := range c.instances {
		instance.gate.to(c.instances[1-i].addr)
		require.NoError(t, instance.stop())
		after(t, book, acksPerRound)
		c.start(instance)
		after(t, book, acksPerRound)
	}
	require.NoError(t, enqueue(finish, storm[0].room, jobsPerRound, book))
	end()
	for range stormers {
		require.NoError(t, <-errs)
	}
	moving.Wait()
	awaitJobs(t, storm[0].room, book)
	require.Eventually(t, func() bool { return verifyLog(t, c.archive(), id, book) == 0 }, patience, 200*time.Millisecond)
	verifyPlaced(t, c.archive(), id, book)
	for _, s := range storm {
		require.NoError(t, s.room.Err())
	}
	seen.mu.Lock()
	defer seen.mu.Unlock()
	t.Logf("longest wait for an acknowledgement %d ms, longest gap in a cursor %d ms", waits.longest().Milliseconds(), seen.most.Milliseconds())
	require.Less(t, waits.longest(), 3*time.Second)
	require.Less(t, seen.most, 3*time.Second)
}
