package generation_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	"image/png"
	"io"
	"log/slog"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"atelier/generation"
	"atelier/hub/auth"
	"atelier/persist/blob"
	"atelier/persist/sqlite"
	"atelier/protocol"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// fakeProvider does what the test says, one step per attempt; after the last step it does the usual, which is to succeed.
type fakeProvider struct {
	mu    sync.Mutex
	steps []step
	usual step
	calls int
}

type step func(ctx context.Context, r generation.Request, report generation.Report) (generation.Result, error)

func (*fakeProvider) Name() string  { return "fake" }
func (*fakeProvider) Title() string { return "Fake" }
func (*fakeProvider) Models() []generation.Model {
	return []generation.Model{
		{Name: "small", Kind: "image", Transforms: []string{"generate"}},
		{Name: "m", Kind: "image", Transforms: []string{"generate", "variation"}, Default: true},
		{Name: "words", Kind: "text", Transforms: []string{"describe"}},
		{Name: "retouch", Kind: "image", Transforms: []string{"edit"}, Inputs: generation.Inputs{Kinds: []string{"image"}, Least: 1, Mask: true}},
		{Name: "film", Kind: "video", Transforms: []string{"animate"}, Units: 8, Inputs: generation.Inputs{Kinds: []string{"image", "any"}, Least: 1}},
	}
}

func (p *fakeProvider) Generate(ctx context.Context, r generation.Request, report generation.Report) (generation.Result, error) {
	p.mu.Lock()
	next := p.usual
	if next == nil {
		next = succeed
	}
	if p.calls < len(p.steps) {
		next = p.steps[p.calls]
	}
	p.calls++
	p.mu.Unlock()
	return next(ctx, r, report)
}

func (p *fakeProvider) called() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.calls
}

func picture(w, h int) []byte {
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	for i := range w * h {
		img.SetNRGBA(i%w, i/w, color.NRGBA{R: byte(i), G: byte(i / w), B: 90, A: 255})
	}
	var out bytes.Buffer
	_ = png.Encode(&out, img) // to memory
	return out.Bytes()
}

// tone is a sound of so many milliseconds: 8-bit samples, one a millisecond.
func tone(ms int) []byte {
	out := []byte("RIFF\x00\x00\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00\xe8\x03\x00\x00\xe8\x03\x00\x00\x01\x00\x08\x00data")
	binary.LittleEndian.PutUint32(out[4:], uint32(len(out)-4+ms))
	out = binary.LittleEndian.AppendUint32(out, uint32(ms))
	return append(out, make([]byte, ms)...)
}

func answer(data []byte) step {
	return func(context.Context, generation.Request, generation.Report) (generation.Result, error) {
		return generation.Result{Body: io.NopCloser(bytes.NewReader(data)), Mime: "image/png", Cost: 0.5}, nil
	}
}

func succeed(ctx context.Context, r generation.Request, report generation.Report) (generation.Result, error) {
	if r.Job.Kind == "text" {
		return generation.Result{Text: "a harbour, seen from the sea"}, nil
	}
	return answer(picture(40, 30))(ctx, r, report)
}

func fail(err error) step {
	return func(context.Context, generation.Request, generation.Report) (generation.Result, error) {
		return generation.Result{}, err
	}
}

// hang tells that it runs and waits for the end of its context.
func hang(running chan<- struct{}) step {
	return func(ctx context.Context, _ generation.Request, _ generation.Report) (generation.Result, error) {
		close(running)
		<-ctx.Done()
		return generation.Result{}, ctx.Err()
	}
}

// board is what the room was shown, and its canvas: a Placer that counts.
type board struct {
	mu       sync.Mutex
	jobs     []protocol.Job
	progress []protocol.Progress
	infos    []protocol.QueueInfo
	placed   map[string]int // applied changes by id
	refusals int            // Place fails so often first
	changed  chan struct{}
}

func newBoard() *board { return &board{placed: make(map[string]int), changed: make(chan struct{}, 1)} }

func (b *board) poke() {
	select {
	case b.changed <- struct{}{}:
	default:
	}
}

func (b *board) Job(job protocol.Job) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.jobs = append(b.jobs, job)
	b.poke()
}

func (b *board) Progress(_ string, p protocol.Progress) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.progress = append(b.progress, p)
}

func (b *board) Queue(_ string, info protocol.QueueInfo) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.infos = append(b.infos, info)
	b.poke()
}

// Place applies a change id once, as a room does, and may say afterwards that it failed, as a lost answer would.
func (b *board) Place(_ context.Context, job protocol.Job) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	change := generation.PlacementChange(job)
	b.placed[change.ID] = 1
	if b.refusals > 0 {
		b.refusals--
		return errors.New("the room's answer was lost")
	}
	return nil
}

// await returns the job as soon as the room was shown it in a state that ok accepts.
func (b *board) await(t testing.TB, id string, ok func(protocol.Job) bool) protocol.Job {
	t.Helper()
	deadline := time.After(20 * time.Second)
	for {
		b.mu.Lock()
		at := slices.IndexFunc(b.jobs, func(j protocol.Job) bool { return j.ID == id && ok(j) })
		var found protocol.Job
		if at >= 0 {
			found = b.jobs[at]
		}
		b.mu.Unlock()
		if at >= 0 {
			return found
		}
		select {
		case <-b.changed:
		case <-deadline:
			b.log(t)
			require.FailNow(t, "the room was not shown what was awaited", "of job %s", id)
		}
	}
}

func (b *board) log(t testing.TB) {
	t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, j := range b.jobs {
		t.Logf("%d %s %s attempt %d placed %v %v", j.Seq, j.ID, j.State, j.Attempt, j.Placed, j.Error)
	}
}

// forget empties the record of what was shown.
func (b *board) forget() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.jobs, b.progress = nil, nil
}

func in(state protocol.JobState) func(protocol.Job) bool {
	return func(j protocol.Job) bool { return j.State == state }
}

func placed(j protocol.Job) bool { return j.Placed }

// house is a queue with a real store under it.
type house struct {
	dir      string
	db       *sqlite.DB
	board    *board
	provider *fakeProvider
	assets   *generation.Assets
	queue    *generation.Queue
	desk     *generation.Desk
	pool     *generation.Pool
	edit     func(*staff)
	closed   bool
}

func newHouse(t testing.TB, edit func(*staff), steps ...step) *house {
	t.Helper()
	h := &house{dir: t.TempDir(), board: newBoard(), provider: &fakeProvider{steps: steps}, edit: edit}
	h.open(t)
	_, err := h.db.EnsureWorkspace(t.Context(), "team", "Team")
	require.NoError(t, err)
	require.NoError(t, h.db.CreateRoom(t.Context(), auth.Room{ID: "r", Workspace: "team", Name: "R"}, protocol.RoleOwner))
	t.Cleanup(func() { h.close(t) })
	return h
}

func (h *house) open(t testing.TB) {
	t.Helper()
	var err error
	h.db, err = sqlite.Open(t.Context(), filepath.Join(h.dir, "atelier.db"), sqlite.Options{})
	require.NoError(t, err)
	blobs, err := blob.OpenDir(filepath.Join(h.dir, "blobs"))
	require.NoError(t, err)
	quiet := slog.New(slog.DiscardHandler)
	h.assets = generation.NewAssets(generation.AssetsConfig{Store: h.db, Blobs: blobs, TempDir: h.dir})
	h.queue = generation.NewQueue(generation.Config{
		Jobs: h.db, Line: h.db, Assets: h.db, Providers: generation.NewRegistry(h.provider), Announcer: h.board,
		Limits: protocol.DefaultLimits(), Log: quiet, LineEvery: 10 * time.Millisecond, Slots: 2,
	})
	h.closed = false
}

// start starts the workers.
func (h *house) start() {
	quiet := slog.New(slog.DiscardHandler)
	c := staff{
		desk: generation.DeskConfig{
			Queue: h.queue, Leases: h.db, Placements: h.db, Placer: h.board, Assets: h.assets,
			Jitter: func(int64) int64 { return 0 }, Log: quiet,
		},
		pool: generation.PoolConfig{Worker: "here", Concurrency: 2, SweepEvery: 20 * time.Millisecond, Log: quiet},
	}
	if h.edit != nil {
		h.edit(&c)
	}
	h.desk = generation.NewDesk(c.desk)
	c.pool.Desk = h.desk
	h.pool = generation.NewPool(c.pool)
}

// staff is who works in a house.
type staff struct {
	desk generation.DeskConfig
	pool generation.PoolConfig
}

func (h *house) close(t testing.TB) {
	t.Helper()
	if h.closed {
		return
	}
	h.closed = true
	if h.pool != nil {
		h.pool.Close()
		h.desk.Close()
	}
	h.queue.Close()
	require.NoError(t, h.db.Close())
}

func ana() generation.Who {
	return generation.Who{Room: "r", Workspace: "team", User: "ana", Name: "Ana"}
}

func request() protocol.JobRequest {
	return protocol.JobRequest{ID: protocol.NewID(), Kind: "image", Prompt: "a harbour at dusk"}
}

func (h *house) enqueue(t *testing.T, req protocol.JobRequest) protocol.Job {
	t.Helper()
	job, err := h.queue.Enqueue(t.Context(), ana(), req)
	require.NoError(t, err)
	return job
}
