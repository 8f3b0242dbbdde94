package e2e

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"atelier/client"
	"atelier/persist/sqlite"
	"atelier/protocol"
	"atelier/rooms"
)

const (
	stormers     = 20
	jobsPerRound = 4
	acksPerRound = 400 // at least; the server is killed while more are on their way
)

// ledger is what the server has acknowledged, by anybody.
type ledger struct {
	mu      sync.Mutex
	changes map[string]int64 // change id → revision
	jobs    map[string]bool
	grown   chan struct{} // closed and replaced with every entry
}

func newLedger() *ledger {
	return &ledger{changes: make(map[string]int64), jobs: make(map[string]bool), grown: make(chan struct{})}
}

func (l *ledger) enter(entry func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	entry()
	close(l.grown)
	l.grown = make(chan struct{})
}

func (l *ledger) counts() (changes, jobs int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.changes), len(l.jobs)
}

// reach waits until so many changes and jobs were acknowledged.
func (l *ledger) reach(t *testing.T, changes, jobs int) {
	t.Helper()
	late := time.After(patience)
	for {
		l.mu.Lock()
		c, j, grown := len(l.changes), len(l.jobs), l.grown
		l.mu.Unlock()
		if c >= changes && j >= jobs {
			return
		}
		select {
		case <-grown:
		case <-late:
			require.FailNow(t, "the storm stands still", "%d of %d changes, %d of %d jobs", c, changes, j, jobs)
		}
	}
}

// stormer edits a note of its own without a pause.
type stormer struct {
	room  *client.Room
	note  string
	last  float64 // newest value acknowledged
	tried float64 // newest value sent

	acked func(took time.Duration) // nil when nobody wants to know
}

// edit goes on until ctx ends; a change under way then is waited for, so that its outcome is known.
func (s *stormer) edit(ctx, finish context.Context, l *ledger) error {
	for ctx.Err() == nil {
		s.tried++
		c := protocol.Change{ID: protocol.NewID(), Writes: []protocol.Write{
			client.Set(s.note, "x", protocol.Number(s.tried)), client.Set(s.note, "y", protocol.Number(-s.tried)),
		}}
		sent := time.Now()
		res, err := s.room.Submit(finish, c)
		if err != nil {
			return err
		}
		if s.acked != nil {
			s.acked(time.Since(sent))
		}
		s.last = s.tried
		l.enter(func() { l.changes[c.ID] = res.Rev })
	}
	return nil
}

// enqueue asks for n pictures.
func enqueue(ctx context.Context, room *client.Room, n int, l *ledger) error {
	for i := range n {
		job, err := room.Enqueue(ctx, protocol.JobRequest{
			Kind: "image", Prompt: fmt.Sprintf("a harbour in fog, number %d", i), Params: map[string]any{"width": 768, "height": 512},
		})
		if err != nil {
			return err
		}
		l.enter(func() { l.jobs[job.ID] = true })
	}
	return nil
}

func TestNothingAcknowledgedIsLostOrDoubledByKillingTheServer(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("%d rounds, seed %d", killRounds, seed)
	dice := rand.New(rand.NewPCG(seed, 1))
	data := t.TempDir()
	server, addr := serve(t, data)
	gate := newProxy(t, addr)
	id, storm := openStorm(t, gate.url())
	book := newLedger()
	unfinished := 0 // jobs that a kill met queued, running or not placed yet
	for round := range killRounds {
		changes, jobs := book.counts()
		ctx, end := context.WithCancel(context.Background())
		finish, giveUp := context.WithTimeout(context.Background(), 2*patience)
		errs := make(chan error, stormers+1)
		for _, s := range storm {
			go func() { errs <- s.edit(ctx, finish, book) }()
		}
		book.reach(t, changes+acksPerRound+dice.IntN(acksPerRound), jobs)
		go func() { errs <- enqueue(finish, storm[0].room, jobsPerRound, book) }()
		book.reach(t, 0, jobs+1+dice.IntN(jobsPerRound))
		server.kill()
		unfinished += verifyLog(t, open(t, data), id, book)
		server, addr = serve(t, data)
		gate.to(addr)
		acked, _ := book.counts()
		book.reach(t, acked+stormers, jobs+jobsPerRound)
		end()
		for range stormers + 1 {
			require.NoError(t, <-errs)
		}
		giveUp()
		acked, made := book.counts()
		t.Logf("round %d: %d changes and %d jobs acknowledged so far", round+1, acked, made)
	}
	t.Logf("%d jobs were under way when the server was killed", unfinished)
	require.Positive(t, unfinished)
	awaitJobs(t, storm[0].room, book)
	all := make([]*client.Room, 0, stormers)
	for _, s := range storm {
		all = append(all, s.room)
		rec, ok := s.room.Record(s.note)
		require.True(t, ok)
		require.Equal(t, protocol.Number(s.last), rec.Props["x"], "the last acknowledged value stands")
		require.Equal(t, protocol.Number(-s.last), rec.Props["y"], "a change is whole")
	}
	agree(t, all...)
	require.NoError(t, server.stop())
	require.Zero(t, verifyLog(t, open(t, data), id, book))
	verifyPlaced(t, open(t, data), id, book)
}

func openStorm(t *testing.T, urls ...string) (id string, storm []*stormer) {
	t.Helper()
	for i := range stormers {
		url := urls[i%len(urls)]
		api := guest(t, url, fmt.Sprintf("Guest %d", i))
		if id == "" {
			id = newRoom(t, api)
		}
		s := &stormer{room: enter(t, url, id, api)}
		note, writes := client.Create(protocol.KindNote, map[string]protocol.Value{"x": protocol.Int(0), "y": protocol.Int(0)})
		_, err := s.room.Change(soon(t), writes...)
		require.NoError(t, err)
		s.note = note
		storm = append(storm, s)
	}
	return id, storm
}

// open opens the database of a server that does not run.
func open(t *testing.T, data string) *sqlite.DB {
	t.Helper()
	db, err := sqlite.Open(context.Background(), filepath.Join(data, "atelier.db"), sqlite.Options{})
	require.NoError(t, err)
	return db
}

// archive is a database as a test reads it.
type archive interface {
	Rows(ctx context.Context, room string, after int64, limit int) ([]rooms.Row, error)
	Job(ctx context.Context, room, id string) (protocol.Job, error)
	Close() error
}

func readLog(t *testing.T, db archive, room string) (log []rooms.Row) {
	t.Helper()
	for {
		rows, err := db.Rows(context.Background(), room, int64(len(log)), 1000)
		require.NoError(t, err)
		log = append(log, rows...)
		if len(rows) < 1000 {
			return log
		}
	}
}

// verifyLog checks the log on disk: no gap, no change twice, and everything acknowledged at its revision. It counts the
// jobs that are not on the canvas yet.
func verifyLog(t *testing.T, db archive, room string, l *ledger) (unfinished int) {
	t.Helper()
	defer db.Close() //nolint:errcheck // read only
	l.mu.Lock()
	acked, jobs := maps.Clone(l.changes), maps.Clone(l.jobs)
	l.mu.Unlock()
	at := make(map[string]int64)
	for i, row := range readLog(t, db, room) {
		require.EqualValues(t, i+1, row.Rev, "a gap in the log")
		require.Zero(t, at[row.ID], "change %s is in the log twice", row.ID)
		at[row.ID] = row.Rev
	}
	for id, rev := range acked {
		require.Equal(t, rev, at[id], "change %s was acknowledged at %d", id, rev)
	}
	for id := range jobs {
		job, err := db.Job(context.Background(), room, id)
		require.NoError(t, err, "job %s was acknowledged", id)
		if !job.Placed {
			unfinished++
		}
	}
	return unfinished
}

func awaitJobs(t *testing.T, room *client.Room, l *ledger) {
	t.Helper()
	for id := range l.jobs {
		job, err := room.AwaitJob(soon(t), id)
		require.NoError(t, err, "job %s", id)
		require.Equal(t, protocol.JobSucceeded, job.State, "job %s: %v", id, job.Error)
	}
}

// verifyPlaced checks that every job's result was put on the canvas by exactly one change.
func verifyPlaced(t *testing.T, db archive, room string, l *ledger) {
	t.Helper()
	defer db.Close()               //nolint:errcheck // read only
	placed := make(map[string]int) // job → image records that name it
	for _, row := range readLog(t, db, room) {
		for _, w := range row.Writes {
			if w.Prop == "job" {
				job, _ := w.Value.AsString()
				placed[job]++
			}
		}
	}
	for id := range l.jobs {
		require.Equal(t, 1, placed[id], "results of job %s on the canvas", id)
	}
	require.Len(t, placed, len(l.jobs))
	t.Logf("%d changes and %d jobs acknowledged, none lost, none doubled, every result placed once", len(l.changes), len(l.jobs))
}
