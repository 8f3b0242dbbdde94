package rtc

import (
	"errors"
	"sync"
	"time"

	"atelier/protocol"
)

// Config of a [Relay]. Plane is required.
type Config struct {
	Plane    Plane
	Slots    int           // who are heard at once in a room; [DefaultSlots]
	Most     int           // participants of a room; [DefaultMost]
	Patience time.Duration // without media before somebody is taken out of the call; [DefaultPatience]
	Metrics  Metrics       // nil counts nothing
	Now      func() time.Time
}

// Defaults of [Config].
const (
	DefaultSlots    = 8
	DefaultMost     = 200
	DefaultPatience = 30 * time.Second
)

// Metrics hear what happens in calls. Methods are called from any goroutine and must not wait.
type Metrics interface {
	Joined()
	Ended(why protocol.VoiceEnded)
	Flowing(more int) // so many more participants have media that flows: 1 or −1
	Switched()        // a slot changed hands

	// Heard tells of a second of one microphone: packets that came, of these the muted, those sent on, those lost on their way
	// here; how much their times shake (RFC 3550 §6.4.1); how long it took to send the last one to everybody.
	Heard(in, muted, out, lost int, jitter, took time.Duration)
}

type noMetrics struct{}

func (noMetrics) Joined()                                                {}
func (noMetrics) Ended(protocol.VoiceEnded)                              {}
func (noMetrics) Flowing(int)                                            {}
func (noMetrics) Switched()                                              {}
func (noMetrics) Heard(int, int, int, int, time.Duration, time.Duration) {}

// Relay is the voice of all rooms of this instance. Make it with [NewRelay], end it with Close.
type Relay struct {
	cfg Config

	mu     sync.Mutex
	calls  map[string]*call
	ids    uint64
	closed bool
}

// NewRelay makes a relay over a plane, which it closes with itself.
func NewRelay(cfg Config) *Relay {
	if cfg.Slots == 0 {
		cfg.Slots = DefaultSlots
	}
	if cfg.Most == 0 {
		cfg.Most = DefaultMost
	}
	if cfg.Patience == 0 {
		cfg.Patience = DefaultPatience
	}
	if cfg.Metrics == nil {
		cfg.Metrics = noMetrics{}
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	return &Relay{cfg: cfg, calls: make(map[string]*call), ids: noSource}
}

// Who joins a call.
type Who struct {
	Room  string
	M     uint32 // member's number
	Speak bool   // its role lets it speak; otherwise it comes muted
}

// Join brings a member into its room's call; its first offer is the next thing to ask for. Who is in it already has to leave
// before. UNAVAILABLE when the call is full, or the relay ends.
func (r *Relay) Join(who Who, patch protocol.VoicePatch, to Signals) (*Participant, error) {
	p := &Participant{signals: to, streams: make([]rewriter, r.cfg.Slots)}
	p.member.Store(who.M)
	p.speak.Store(who.Speak)
	p.muted.Store(!who.Speak || (patch.Muted != nil && *patch.Muted))
	p.deaf.Store(patch.Deaf != nil && *patch.Deaf)
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := r.admit(who.Room, p); err != nil {
		return nil, err
	}
	p.patience = time.AfterFunc(r.cfg.Patience, func() { p.Leave(protocol.VoiceAway) })
	r.cfg.Metrics.Joined()
	p.stateLocked()
	return p, nil
}

// admit gives a participant its link and puts it into the call of a room.
func (r *Relay) admit(room string, p *Participant) (err error) {
	if p.link, err = r.cfg.Plane.Accept(r.cfg.Slots, p); err != nil {
		return err //nolint:wrapcheck // says what it did
	}
	if err = r.enter(room, p); err != nil {
		p.link.Close()
	}
	return err
}

func (r *Relay) enter(room string, p *Participant) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return protocol.Errorf(protocol.CodeUnavailable, "voice is ending here").After(time.Second)
	}
	r.ids++
	p.id = r.ids
	if c := r.calls[room]; c != nil {
		if err := c.add(p); !errors.Is(err, errOver) {
			return err
		}
	}
	c := newCall(r, room)
	r.calls[room] = c
	return c.add(p)
}

// Find returns the participant that a member of a room is, or nil.
func (r *Relay) Find(room string, m uint32) *Participant {
	r.mu.Lock()
	c := r.calls[room]
	r.mu.Unlock()
	if c == nil {
		return nil
	}
	return c.find(m)
}

func (r *Relay) forget(c *call) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.calls[c.room] == c {
		delete(r.calls, c.room)
	}
}

// Close ends all calls and the plane.
func (r *Relay) Close() error {
	r.mu.Lock()
	r.closed = true
	var all []*Participant
	for _, c := range r.calls {
		all = append(all, *c.listeners.Load()...)
	}
	r.mu.Unlock()
	for _, p := range all {
		p.Leave(protocol.VoiceStopped)
	}
	return r.cfg.Plane.Close() //nolint:wrapcheck // says what it did
}
