package hub_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"atelier/generation"
	"atelier/hub"
	"atelier/hub/auth"
	"atelier/persist/blob"
	"atelier/persist/sqlite"
	"atelier/protocol"
	"atelier/rooms"
	"atelier/rtc/recording"
)

// house is a whole server but for its workers, over a database of its own.
type house struct {
	t        testing.TB
	dir      string
	listener net.Listener
	server   *http.Server
	served   chan error

	db       *sqlite.DB
	auth     *auth.Service
	registry *rooms.Registry
	queue    *generation.Queue
	desk     *generation.Desk
	hub      *hub.Hub
	recorder *recording.Recorder // nil without a tape
	cuts     chan string

	url    string
	client *http.Client
}

// plan is what a test wants otherwise.
type plan struct {
	dir      string // of an earlier house
	listener net.Listener
	dial     func(ctx context.Context) (net.Conn, error)
	auth     func(*auth.Config)
	hub      func(*hub.Config)
	rooms    func(rooms.Store) rooms.Store
	limits   func(*protocol.Limits)
	blobs    generation.Blobs  // nil is a folder
	tape     *recording.Config // calls are recorded; what is missing is filled in
}

func build(t testing.TB, p plan) *house {
	t.Helper()
	if p.dir == "" {
		p.dir = t.TempDir()
	}
	h := &house{t: t, dir: p.dir, listener: p.listener, cuts: make(chan string, 100)}
	ctx := t.Context()
	var err error
	h.db, err = sqlite.Open(ctx, filepath.Join(p.dir, "atelier.db"), sqlite.Options{})
	require.NoError(t, err)
	blobs := p.blobs
	if blobs == nil {
		blobs, err = blob.OpenDir(filepath.Join(p.dir, "blobs"))
		require.NoError(t, err)
	}

	ac := auth.Config{
		Stores:    auth.Stores{Users: h.db, Keys: h.db, Invites: h.db, People: h.db, Rooms: h.db},
		Secret:    bytes.Repeat([]byte("s"), 32),
		GuestRole: protocol.RoleEditor,
	}
	if p.auth != nil {
		p.auth(&ac)
	}
	h.auth, err = auth.New(ctx, ac)
	require.NoError(t, err)
	var store rooms.Store = h.db
	if p.rooms != nil {
		store = p.rooms(store)
	}
	limits := protocol.DefaultLimits()
	if p.limits != nil {
		p.limits(&limits)
	}
	quiet := slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelError}))
	h.registry = rooms.NewRegistry(store, rooms.Config{Limits: limits, Log: quiet})
	providers := generation.NewRegistry(still{})
	h.queue = generation.NewQueue(generation.Config{
		Jobs: h.db, Line: h.db, Assets: h.db, Providers: providers, Announcer: hub.NewAnnouncer(h.registry),
		Limits: limits, Log: quiet,
	})
	assets := generation.NewAssets(generation.AssetsConfig{Store: h.db, Blobs: blobs, TempDir: p.dir})
	h.desk = generation.NewDesk(generation.DeskConfig{
		Queue: h.queue, Leases: h.db, Placements: h.db, Placer: hub.NewPlacer(h.registry), Assets: assets, Log: quiet,
	})
	lineages := generation.NewLineages(generation.LineagesConfig{Store: h.db, Shares: h.db, Jobs: h.db, Rows: h.db, Assets: assets})
	cfg := hub.Config{
		Auth: h.auth, Rooms: h.registry, Queue: h.queue, Keeper: h.queue, Jobs: h.queue, Desk: h.desk, Assets: assets, Lineages: lineages, Shares: lineages,
		Providers: h.queue.Providers(), PublicURL: "http://studio.example", Version: "test", Log: quiet, Metrics: counts{h.cuts},
		Limits: limits, Timing: hub.Timing{Goodbye: time.Second},
	}
	if p.tape != nil {
		h.record(&cfg, *p.tape)
	}
	if p.hub != nil {
		p.hub(&cfg)
	}
	h.hub, err = hub.New(cfg)
	require.NoError(t, err)
	h.serve(p)
	t.Cleanup(h.close)
	return h
}

// record has calls recorded.
func (h *house) record(to *hub.Config, c recording.Config) {
	c.Store, c.Assets, c.Tell = h.db, hub.NewPieces(to.Assets), hub.NewAnnouncer(h.registry).Recording
	c.Dir = filepath.Join(h.dir, "recordings")
	var err error
	h.recorder, err = recording.New(c)
	require.NoError(h.t, err)
	require.NoError(h.t, h.recorder.Recover(h.t.Context()))
	to.Recorder = h.recorder
}

func (h *house) serve(p plan) {
	var err error
	if h.listener == nil {
		h.listener, err = new(net.ListenConfig).Listen(h.t.Context(), "tcp", "127.0.0.1:0")
		require.NoError(h.t, err)
	}
	transport := &http.Transport{}
	h.url = "http://" + h.listener.Addr().String()
	if p.dial != nil {
		h.url = "http://localhost"
		transport.DialContext = func(ctx context.Context, _, _ string) (net.Conn, error) { return p.dial(ctx) }
	}
	h.client = &http.Client{Transport: transport}
	h.server = hub.NewServer(h.hub.Handler(), slog.New(slog.DiscardHandler))
	h.served = make(chan error, 1)
	go func() { h.served <- h.server.Serve(h.listener) }()
}

// close stops everything, as serve does; a second time does nothing.
func (h *house) close() {
	if h.server == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	require.NoError(h.t, h.hub.Shutdown(ctx))
	h.client.CloseIdleConnections()
	require.NoError(h.t, h.server.Shutdown(ctx))
	require.ErrorIs(h.t, <-h.served, http.ErrServerClosed)
	if h.recorder != nil {
		require.NoError(h.t, h.recorder.Close(ctx))
	}
	require.NoError(h.t, h.registry.Close(ctx))
	h.desk.Close()
	h.queue.Close()
	require.NoError(h.t, h.db.Close())
	h.server = nil
}

// counts keeps why sockets were cut.
type counts struct{ cuts chan string }

func (counts) SocketOpened()                     {}
func (counts) SocketClosed()                     {}
func (counts) Wrote(int, int)                    {}
func (counts) Understood(string)                 {}
func (counts) Served(string, int, time.Duration) {}
func (c counts) SocketCut(why string) {
	select {
	case c.cuts <- why:
	default:
	}
}

// still is a provider whose jobs wait for ever: no worker runs here.
type still struct{}

func (still) Name() string  { return "still" }
func (still) Title() string { return "Still" }
func (still) Models() []generation.Model {
	return []generation.Model{{Name: "one", Title: "One", Kind: "image", Transforms: []string{"generate"}, Default: true}}
}

func (still) Generate(context.Context, generation.Request, generation.Report) (generation.Result, error) {
	return generation.Result{}, errors.New("nobody works here")
}

// person is somebody with a cookie or a key.
type person struct {
	house  *house
	id     string
	cookie string
	key    string
}

// guest signs a guest in.
func (h *house) guest(name string) *person {
	h.t.Helper()
	u, cookie, err := h.auth.Guest(h.t.Context(), name)
	require.NoError(h.t, err)
	return &person{house: h, id: u.ID, cookie: cookie}
}

// as signs somebody in with a role of the workspace.
func (h *house) as(role protocol.Role) *person {
	h.t.Helper()
	_, token, err := h.auth.Invite(h.t.Context(), "", auth.NewInvite{Role: role})
	require.NoError(h.t, err)
	got, err := h.auth.Accept(h.t.Context(), auth.Identity{}, token, string(role))
	require.NoError(h.t, err)
	return &person{house: h, id: got.User.ID, cookie: got.Cookie}
}

// room makes a room.
func (p *person) room(private bool) string {
	p.house.t.Helper()
	var out struct{ ID string }
	p.ok(http.MethodPost, "/v1/rooms", map[string]any{"name": "Room", "private": private}, &out)
	return out.ID
}

// request sends body as JSON, or as it is when it is a reader.
func (p *person) request(method, path string, body any) *http.Request {
	p.house.t.Helper()
	var in io.Reader
	switch b := body.(type) {
	case nil:
	case io.Reader:
		in = b
	case string:
		in = strings.NewReader(b)
	default:
		text, err := json.Marshal(b)
		require.NoError(p.house.t, err)
		in = bytes.NewReader(text)
	}
	req, err := http.NewRequestWithContext(p.house.t.Context(), method, p.house.url+path, in)
	require.NoError(p.house.t, err)
	switch {
	case p.key != "":
		req.Header.Set("Authorization", "Bearer "+p.key)
	case p.cookie != "":
		req.AddCookie(&http.Cookie{Name: auth.CookieName, Value: p.cookie})
	}
	return req
}

// do sends a request; the answer's body is read whole.
func (p *person) do(req *http.Request) (answer, []byte) {
	p.house.t.Helper()
	res, err := p.house.client.Do(req)
	require.NoError(p.house.t, err)
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	require.NoError(p.house.t, err)
	return answer{res.StatusCode, res.Header, res.Cookies()}, body
}

// answer is the head of an HTTP answer.
type answer struct {
	StatusCode int
	Header     http.Header
	Cookies    []*http.Cookie
}

// ok expects success and decodes the answer.
func (p *person) ok(method, path string, body, into any) {
	p.house.t.Helper()
	res, text := p.do(p.request(method, path, body))
	require.Less(p.house.t, res.StatusCode, 300, "%s %s: %s", method, path, text)
	if into != nil {
		require.NoError(p.house.t, json.Unmarshal(text, into))
	}
}

// refused expects a coded error with the code's status.
func (p *person) refused(code protocol.Code, method, path string, body any) protocol.Error {
	p.house.t.Helper()
	res, text := p.do(p.request(method, path, body))
	var e protocol.Error
	require.NoError(p.house.t, json.Unmarshal(text, &e), "%s", text)
	require.Equal(p.house.t, code, e.Code, "%s %s: %s", method, path, text)
	require.Equal(p.house.t, code.HTTPStatus(), res.StatusCode)
	return e
}

func loopbackOnly(c *hub.Config) { c.Guard = auth.Guard{Loopback: true} }
