package generation_test

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"math/rand/v2"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"atelier/generation"
	"atelier/protocol"
)

// storm is the stores and the room between a desk and the world. A few calls in a hundred are lost, before or after they
// were carried out; after so many calls the process is dead: nothing it does is carried out any more.
type storm struct {
	generation.LeaseStore
	generation.PlacementStore

	canvas *canvas

	mu      sync.Mutex
	rng     *rand.Rand
	left    int
	dead    chan struct{}
	lost    map[string]int            // calls, by name and moment
	endings map[string]map[int64]bool // tokens under which a job was ended for good
}

// arm lets the process die after so many calls.
func (s *storm) arm(calls int) <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.left, s.dead = calls, make(chan struct{})
	return s.dead
}

func (s *storm) loses(call string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.left == 0 {
		return true
	}
	s.left--
	if s.left == 0 {
		close(s.dead)
		s.lost["killed at "+call]++
		return true
	}
	if s.rng.Float64() >= 0.03 {
		return false
	}
	s.lost[call]++
	return true
}

func (s *storm) chance(n int) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.rng.IntN(n)
}

func through[T any](s *storm, call string, do func() (T, error)) (out T, err error) {
	if s.loses("before " + call) {
		return out, errLost
	}
	done, err := do()
	if err == nil && s.loses("after "+call) {
		return out, errLost
	}
	return done, err
}

func (s *storm) Claim(ctx context.Context, c generation.Capabilities, d time.Duration, caps generation.Caps) (*generation.Lease, error) {
	return through(s, "claim", func() (*generation.Lease, error) { return s.LeaseStore.Claim(ctx, c, d, caps) })
}

func (s *storm) Renew(ctx context.Context, room, id string, token int64, d time.Duration) (*protocol.Job, error) {
	return through(s, "renew", func() (*protocol.Job, error) { return s.LeaseStore.Renew(ctx, room, id, token, d) })
}

func (s *storm) Finish(ctx context.Context, room, id string, token int64, end generation.Ending) ([]protocol.Job, error) {
	return through(s, "finish", func() ([]protocol.Job, error) {
		changed, err := s.LeaseStore.Finish(ctx, room, id, token, end)
		if err == nil && end.State.Final() {
			s.mu.Lock()
			defer s.mu.Unlock()
			if s.endings[id] == nil {
				s.endings[id] = make(map[int64]bool)
			}
			s.endings[id][token] = true
		}
		return changed, err
	})
}

func (s *storm) Sweep(ctx context.Context) ([]protocol.Job, error) {
	return through(s, "sweep", func() ([]protocol.Job, error) { return s.LeaseStore.Sweep(ctx) })
}

func (s *storm) Lapse(ctx context.Context, worker string) ([]protocol.Job, error) {
	return through(s, "lapse", func() ([]protocol.Job, error) { return s.LeaseStore.Lapse(ctx, worker) })
}

func (s *storm) MarkPlaced(ctx context.Context, room, id string) (protocol.Job, error) {
	return through(s, "mark", func() (protocol.Job, error) { return s.PlacementStore.MarkPlaced(ctx, room, id) })
}

func (s *storm) Place(_ context.Context, job protocol.Job) error {
	_, err := through(s, "place", func() (struct{}, error) { return struct{}{}, s.canvas.apply(generation.PlacementChange(job)) })
	return err
}

// canvas applies a change id once, as a room does, and counts what came to be.
type canvas struct {
	mu       sync.Mutex
	changes  map[string]bool
	records  map[string]int    // by id: how often it was made
	contents map[string]string // by record: the asset, or the text
}

func (c *canvas) apply(change protocol.Change) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.changes[change.ID] {
		return nil
	}
	c.changes[change.ID] = true
	for _, w := range change.Writes {
		text, _ := w.Value.AsString()
		switch {
		case w.Prop == protocol.PropKind && text != string(protocol.KindEdge):
			c.records[w.Record]++
		case w.Prop == "asset", w.Prop == "text":
			c.contents[w.Record] = text
		}
	}
	return nil
}

// gale is a house in a storm, with remote workers of every kind of luck.
type gale struct {
	*house

	storm  *storm
	gone   chan struct{} // closed when the process is
	remote []*stray
	latest map[string]protocol.Job
	ended  map[string]map[int64]bool // sequences at which the room saw a job end
	deaths int
}

func (g *gale) begin(t *testing.T, calls int) (dead <-chan struct{}) {
	t.Helper()
	dead = g.storm.arm(calls)
	g.gone = make(chan struct{})
	g.start()
	g.remote = nil
	for range 3 {
		s := &stray{gale: g, t: t, gone: g.gone, stopped: make(map[protocol.WorkRef]chan struct{})}
		s.hire()
		g.remote = append(g.remote, s)
	}
	joined(t, g.house)
	return dead
}

// end stops the process; after the storm's last call nothing of it is stored.
func (g *gale) end(t *testing.T) {
	t.Helper()
	close(g.gone)
	g.close(t)
	for _, s := range g.remote {
		s.busy.Wait()
	}
}

// look takes in what the room was shown.
func (g *gale) look() {
	g.board.mu.Lock()
	shown := g.board.jobs
	g.board.jobs = nil
	g.board.mu.Unlock()
	for _, j := range shown {
		if was, ok := g.latest[j.ID]; !ok || was.Seq < j.Seq {
			g.latest[j.ID] = j
		}
		if j.State.Final() && !j.Placed {
			if g.ended[j.ID] == nil {
				g.ended[j.ID] = make(map[int64]bool)
			}
			g.ended[j.ID][j.Seq] = true
		}
	}
}

func (g *gale) done(ids []string) bool {
	g.look()
	for _, id := range ids {
		j := g.latest[id]
		if !j.State.Final() || j.State == protocol.JobSucceeded && !j.Placed {
			return false
		}
	}
	return true
}

// weather waits until these jobs are done, and starts the process anew whenever it dies.
func (g *gale) weather(t *testing.T, dead <-chan struct{}, ids []string) <-chan struct{} {
	t.Helper()
	deadline := time.After(2 * time.Minute)
	for !g.done(ids) {
		select {
		case <-g.board.changed:
		case <-dead:
			g.deaths++
			g.end(t)
			g.open(t)
			dead = g.begin(t, 100+g.storm.chance(400))
		case <-deadline:
			for _, id := range ids {
				t.Logf("%s: %+v", id, g.latest[id])
			}
			require.FailNow(t, "the queue does not get done")
		}
	}
	return dead
}

// ask enqueues one of several kinds of request, each once more as a client does whose answer was lost, and cancels some.
func (g *gale) ask(t *testing.T, user string) []string {
	t.Helper()
	req := request()
	switch g.storm.chance(5) {
	case 0:
		req.Count = 3
	case 1:
		req.Sweep = &protocol.Sweep{Param: "width", Values: []any{16, 24}}
	case 2, 3:
		req.Then = []protocol.Step{{Kind: "image", Transform: "variation"}, {Kind: "text", Transform: "describe"}}
	}
	who := ana()
	who.User = user
	job, err := g.queue.Enqueue(t.Context(), who, req)
	require.NoError(t, err)
	if g.storm.chance(4) == 0 {
		again, err := g.queue.Enqueue(t.Context(), who, req)
		require.NoError(t, err)
		require.Equal(t, job.ID, again.ID)
	}
	if g.storm.chance(15) == 0 {
		_, err = g.queue.Cancel(t.Context(), who, req.ID)
		if err != nil {
			require.Equal(t, protocol.CodeConflict, protocol.CodeOf(err), "it had ended: %v", err)
		}
	}
	ids := []string{req.ID}
	for n := range req.Then {
		ids = append(ids, generation.StepID(req.ID, n+1))
	}
	return ids
}

// asleep lets the process sleep past its leases until another worker has the job, as it can while it is stopped.
func (g *gale) asleep(ctx context.Context, job protocol.Job) {
	if _, err := g.storm.LeaseStore.Lapse(ctx, "here"); err != nil {
		return
	}
	for ctx.Err() == nil {
		now, err := g.db.Job(ctx, "r", job.ID)
		if err != nil || now.Attempt > job.Attempt || now.State.Final() {
			return
		}
		runtime.Gosched()
	}
}

// luck is what a provider of this process meets with.
func (g *gale) luck() step {
	s := g.storm
	busy := (&protocol.Error{Code: protocol.CodeProviderError, Message: "busy"}).After(time.Millisecond)
	return func(ctx context.Context, r generation.Request, report generation.Report) (generation.Result, error) {
		switch s.chance(20) {
		case 0:
			return generation.Result{}, busy
		case 1:
			return generation.Result{}, &protocol.Error{Code: protocol.CodeProviderError, Message: "no such style"}
		case 2:
			panic("inside")
		case 3:
			return answer(picture(40, 30)[:60])(ctx, r, report)
		case 4:
			g.asleep(ctx, r.Job)
			return succeed(context.WithoutCancel(ctx), r, report)
		}
		if r.Job.Kind == "text" {
			return succeed(ctx, r, report)
		}
		return answer(picture(8+s.chance(40), 8+s.chance(40)))(ctx, r, report)
	}
}

func TestEveryJobEndsOnceAndEveryResultIsPlacedOnce(t *testing.T) {
	const rounds, requests = 16, 24
	canvas := &canvas{changes: make(map[string]bool), records: make(map[string]int), contents: make(map[string]string)}
	storm := &storm{
		canvas: canvas, rng: rand.New(rand.NewPCG(4, 500)), lost: make(map[string]int), endings: make(map[string]map[int64]bool),
	}
	g := &gale{storm: storm, latest: make(map[string]protocol.Job), ended: make(map[string]map[int64]bool)}
	g.house = newHouse(t, func(c *staff) {
		storm.LeaseStore, storm.PlacementStore = c.desk.Leases, c.desk.Placements
		c.desk.Leases, c.desk.Placements, c.desk.Placer = storm, storm, storm
		c.desk.Lease = 250 * time.Millisecond
	})
	g.provider.usual = g.luck()
	var ids []string
	dead := g.begin(t, 300)
	for range rounds {
		var batch []string
		for i := range requests {
			batch = append(batch, g.ask(t, []string{"ana", "ben", "cleo", "dan", "eve"}[i%5])...)
		}
		dead = g.weather(t, dead, batch)
		ids = append(ids, batch...)
	}
	g.end(t)
	g.open(t)
	g.count(t, ids)
}

// count holds the store, what the room was shown and the canvas against each other.
func (g *gale) count(t *testing.T, ids []string) {
	t.Helper()
	g.look()
	states := make(map[protocol.JobState]int)
	results := 0
	for _, id := range ids {
		job, err := g.db.Job(t.Context(), "r", id)
		require.NoError(t, err)
		require.True(t, job.State.Final(), "%+v", job)
		require.LessOrEqual(t, len(g.ended[id]), 1, "the room saw job %s end more than once: %v", id, g.ended[id])
		require.LessOrEqual(t, len(g.storm.endings[id]), 1, "job %s was ended under several tokens", id)
		states[job.State]++
		if job.State == protocol.JobSucceeded {
			require.True(t, job.Placed)
			require.Len(t, job.Results, generation.Wanted(job.JobRequest))
		} else {
			require.Empty(t, job.Results)
		}
		if job.State == protocol.JobFailed {
			require.NotEmpty(t, job.Error.Message, "it says why")
		}
		for i, r := range job.Results {
			results++
			require.Equal(t, generation.RecordID(id, i), r.Record)
			require.Equal(t, 1, g.storm.canvas.records[r.Record])
			require.Equal(t, cmp.Or(r.Text, r.Asset), g.storm.canvas.contents[r.Record])
		}
	}
	require.Len(t, g.storm.canvas.records, results, "and nothing else is on the canvas")
	require.GreaterOrEqual(t, len(ids), 500)
	require.GreaterOrEqual(t, g.deaths, 10)
	require.Greater(t, states[protocol.JobSucceeded], len(ids)/2)
	for _, call := range []string{"claim", "renew", "finish", "mark", "place"} {
		require.Positive(t, g.storm.lost["before "+call], call)
		require.Positive(t, g.storm.lost["after "+call], call)
	}
	t.Logf("%d jobs %v, %d results, %d deaths, faults %v", len(ids), states, results, g.deaths, g.storm.lost)
}

// stray is a remote worker that is killed, sleeps past its lease, comes late and says things twice.
type stray struct {
	gale *gale
	t    *testing.T
	gone <-chan struct{}
	busy sync.WaitGroup

	mu      sync.Mutex
	hand    *generation.Hand
	stopped map[protocol.WorkRef]chan struct{}
}

func (s *stray) hire() {
	who := ana()
	who.User = "gpu"
	session := protocol.NewID()
	offer := protocol.WorkOffer{Slots: 2, Routes: []string{"fake/m", "fake/words"}}
	s.mu.Lock() // work that comes at once waits for the hand
	defer s.mu.Unlock()
	hand, err := s.gale.desk.Employ(s.t.Context(), who, session, offer, s)
	if err != nil {
		s.t.Errorf("employ: %v", err)
		return
	}
	s.hand = hand
}

func (s *stray) Work(w protocol.Work) {
	s.mu.Lock()
	defer s.mu.Unlock()
	stop := make(chan struct{})
	s.stopped[protocol.WorkRef{Job: w.Job.ID, Token: w.Token}] = stop
	s.busy.Go(func() { s.do(w, stop) })
}

func (s *stray) Stop(ref protocol.WorkRef) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if stop := s.stopped[ref]; stop != nil {
		close(stop)
		delete(s.stopped, ref)
	}
}

// do runs one job, well or badly.
func (s *stray) do(w protocol.Work, stop <-chan struct{}) {
	s.mu.Lock()
	hand := s.hand
	s.mu.Unlock()
	e := protocol.WorkEnd{Job: w.Job.ID, Token: w.Token}
	switch s.gale.storm.chance(16) {
	case 0: // it is killed, and another one comes
		s.replace(hand)
		return
	case 1: // it is killed after an upload
		_, _ = s.upload(w, 0)
		s.replace(hand)
		return
	case 2: // it sleeps past its lease and comes late
		select {
		case <-stop:
		case <-s.gone:
			return
		}
		_, err := s.upload(w, 0)
		s.refused(err)
		_, err = hand.End(s.t.Context(), e)
		s.refused(err)
		return
	case 3:
		e.Error = &protocol.Error{Code: protocol.CodeProviderError, Message: "out of memory", Retryable: true}
	case 4: // it gives the job back
	case 5: // it names a lease that it never had
		s.refused(hand.Report(s.t.Context(), protocol.WorkReport{Job: w.Job.ID, Token: w.Token + 1}))
		fallthrough
	default:
		for i := range generation.Wanted(w.Job.JobRequest) {
			row, err := s.upload(w, i)
			if err != nil {
				return
			}
			e.Results = append(e.Results, row.ID)
		}
	}
	ended, err := again(s, func() (protocol.Job, error) { return hand.End(s.t.Context(), e) })
	if err == nil && s.gale.storm.chance(3) == 0 {
		same, err := again(s, func() (protocol.Job, error) { return hand.End(s.t.Context(), e) })
		if err == nil && (same.ID != ended.ID || ended.State.Final() && same.State != ended.State) {
			s.t.Errorf("the same ending twice: %+v, then %+v", ended, same)
		}
	}
}

func (s *stray) replace(hand *generation.Hand) {
	hand.Close()
	select {
	case <-s.gone:
	default:
		s.hire()
	}
}

func (s *stray) refused(err error) {
	if code := protocol.CodeOf(err); code != protocol.CodeConflict && !errors.Is(err, errLost) {
		s.t.Errorf("a report without its lease: %v", err)
	}
}

func (s *stray) upload(w protocol.Work, index int) (generation.Asset, error) {
	return again(s, func() (generation.Asset, error) {
		var body []byte
		if w.Job.Kind == "text" {
			body = []byte("a harbour, from afar")
		} else {
			body = picture(8+s.gale.storm.chance(40), 8+s.gale.storm.chance(40))
		}
		who := ana()
		who.User = "gpu"
		return s.gale.desk.Upload(s.t.Context(), who, w.Job.ID, w.Token, index, bytes.NewReader(body))
	})
}

// again repeats what was lost, as a client does, until the process is gone.
func again[T any](s *stray, do func() (T, error)) (out T, err error) {
	for {
		out, err = do()
		if err == nil || !errors.Is(err, errLost) {
			return out, err
		}
		select {
		case <-s.gone:
			return out, err
		case <-s.gale.storm.dead:
			return out, err
		default:
		}
	}
}
