package hub

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"atelier/generation"
	"atelier/hub/auth"
	"atelier/hub/spoken"
	"atelier/protocol"
	"atelier/rooms"
)

// Config of a [Hub]. Auth, Rooms, Queue, Keeper, Jobs, Desk, Assets, Lineages and Shares are required.
type Config struct {
	Auth      *auth.Service
	Guard     auth.Guard
	Rooms     *rooms.Registry
	Queue     Queue
	Keeper    QueueKeeper
	Jobs      Jobs
	Desk      Desk
	Assets    Assets
	AssetsAt  string // origin of the store that browsers are sent to for assets; "" serves them from here
	Lineages  Lineages
	Shares    Shares
	Voice     Voice    // nil relays none
	Recorder  Recorder // nil records none
	Providers []generation.ProviderInfo

	Others *Others // instances over the same store; nil: there are none

	Interpreter Interpreter // of commands beyond the grammar; nil has none

	ViewersSpeak bool                                   // who may only look is heard in calls
	ICE          func(user string) []protocol.ICEServer // for media connections of a user; nil has none

	Page      fs.FS                       // the built studio page; nil has none
	PublicURL string                      // where people reach the server, for links; no slash at its end
	Version   string                      //
	Ready     func(context.Context) error // whether the store can be reached; nil is always
	Metrics   Metrics                     // nil counts nothing
	Scrape    http.Handler                // of /metrics on the admin listener; nil has none

	Limits protocol.Limits
	Timing Timing
	Log    *slog.Logger
	Now    func() time.Time
}

// Timing is how long what may take. The zero value of a field means its default.
type Timing struct {
	Hello     time.Duration // from open to hello; [protocol.HelloTimeout]
	Linger    time.Duration // a session outlives its socket; [protocol.SessionLinger]
	Heartbeat time.Duration // between pings, at most; [protocol.HeartbeatEvery]
	Answer    time.Duration // for the answer to a ping; [protocol.HeartbeatTimeout]
	Write     time.Duration // a socket takes something of what is written to it; 10 s
	Goodbye   time.Duration // for the close handshake; 5 s
	Join      time.Duration // a room is loaded and joined; 15 s
}

func (t Timing) withDefaults() Timing {
	for _, d := range []struct {
		field *time.Duration
		value time.Duration
	}{
		{&t.Hello, protocol.HelloTimeout},
		{&t.Linger, protocol.SessionLinger},
		{&t.Heartbeat, protocol.HeartbeatEvery},
		{&t.Answer, protocol.HeartbeatTimeout},
		{&t.Write, 10 * time.Second},
		{&t.Goodbye, 5 * time.Second},
		{&t.Join, 15 * time.Second},
	} {
		if *d.field == 0 {
			*d.field = d.value
		}
	}
	return t
}

func (c Config) withDefaults() Config {
	c.Timing = c.Timing.withDefaults()
	if c.Limits == (protocol.Limits{}) {
		c.Limits = protocol.DefaultLimits()
	}
	if c.Metrics == nil {
		c.Metrics = noMetrics{}
	}
	if c.Ready == nil {
		c.Ready = func(context.Context) error { return nil }
	}
	if c.ICE == nil {
		c.ICE = func(string) []protocol.ICEServer { return nil }
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	return c
}

// Hub is the process around the rooms. Make it with [New], end it with [Hub.Shutdown].
type Hub struct {
	cfg       Config
	cross     *http.CrossOriginProtection
	page      *page
	handler   http.Handler
	gatherers *gatherers
	messages  *buffers
	sessions  *sessions
	archive   *rooms.Archive
	schema    *protocol.Schema
	grammar   *spoken.Grammar
	said      *pace         // commands of users
	roles     atomic.Uint64 // counts changes of roles; see [Hub.refresh]

	mu       sync.Mutex
	sockets  map[*socket]struct{}
	byUser   map[string]int // sockets
	draining bool
	running  sync.WaitGroup // one for each socket
}

// New makes a hub. It owns no listener and no store.
func New(cfg Config) (*Hub, error) {
	cfg = cfg.withDefaults()
	if cfg.Auth == nil || cfg.Rooms == nil || cfg.Queue == nil || cfg.Jobs == nil || cfg.Assets == nil {
		return nil, errors.New("hub: a part is missing")
	}
	cross, err := cfg.Guard.CrossOrigin()
	if err != nil {
		return nil, fmt.Errorf("hub: %w", err)
	}
	p, err := loadPage(cfg.Page)
	if err != nil {
		return nil, err
	}
	grammar, err := spoken.NewGrammar()
	if err != nil {
		return nil, fmt.Errorf("hub: %w", err)
	}
	h := &Hub{
		cfg: cfg, cross: cross, page: p, gatherers: newGatherers(), messages: newBuffers(),
		archive: rooms.NewArchive(cfg.Rooms), schema: protocol.NewSchema(cfg.Limits),
		grammar: grammar, said: newPace(spokenRate, spokenBurst, cfg.Now),
		sessions: newSessions(cfg.Timing.Linger, cfg.Limits.SocketsPerUser), sockets: make(map[*socket]struct{}), byUser: make(map[string]int),
	}
	h.handler = h.front(h.router())
	if cfg.Others != nil {
		cfg.Others.house = h
	}
	return h, nil
}

// Handler serves the page, the API and the sockets.
func (h *Hub) Handler() http.Handler { return h.handler }

// admit counts a socket in before it is accepted; [Hub.dismiss] counts it out. UNAVAILABLE while draining. A refusal is
// for the socket to tell: its user has too many.
func (h *Hub) admit(user string) (refusal, err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.draining {
		return nil, protocol.Errorf(protocol.CodeUnavailable, shuttingDown).After(comeBackFirst)
	}
	if user != "" && h.byUser[user] >= h.cfg.Limits.SocketsPerUser {
		refusal = protocol.Errorf(protocol.CodeRateLimited, "more than %d sockets of one user", h.cfg.Limits.SocketsPerUser)
	}
	h.byUser[user]++
	h.running.Add(1)
	h.cfg.Metrics.SocketOpened()
	return refusal, nil
}

// dismiss is the end of a socket that was admitted, opened or not.
func (h *Hub) dismiss(s *socket) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.sockets, s)
	h.byUser[s.who.User.ID]--
	if h.byUser[s.who.User.ID] == 0 {
		delete(h.byUser, s.who.User.ID)
	}
	h.cfg.Metrics.SocketClosed()
	h.running.Done()
}

// open lists a socket that was accepted, for [Hub.Shutdown] to find.
func (h *Hub) open(s *socket) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.sockets[s] = struct{}{}
	if h.draining {
		s.out.Close(protocol.CloseDraining, comeBack(shuttingDown, comeBackFirst))
	}
}
