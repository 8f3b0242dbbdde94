package recording

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"slices"
	"sync"
	"time"

	"atelier/protocol"
	"atelier/rtc"
)

// Store keeps recordings that have ended.
type Store interface {
	// PutRecording stores a recording with its pieces; once more replaces it. NOT_FOUND when there is no such room.
	PutRecording(ctx context.Context, room string, r protocol.Recording) error
	// Recordings lists those of a room, the newest first, at most limit.
	Recordings(ctx context.Context, room string, limit int) ([]protocol.Recording, error)
}

// Assets makes assets of files.
type Assets interface {
	// Keep stores a piece's file and says in the piece what became of it. The same file twice is one asset.
	Keep(ctx context.Context, workspace string, p protocol.Piece, file io.Reader) (protocol.Piece, error)
}

// Metrics hear what is recorded. Methods are called from any goroutine and must not wait.
type Metrics interface {
	Recording(more int) // so many more calls are being recorded: 1 or −1
	Kept(packets int)   // written
	Lost(packets int)   // that should have been
	Piece(end string)   // a piece is saved, discarded or failed
}

// Ends of pieces.
const (
	PieceSaved     = "saved"
	PieceDiscarded = "discarded"
	PieceFailed    = "failed" // it stays in its folder, for the next start
)

type noMetrics struct{}

func (noMetrics) Recording(int) {}
func (noMetrics) Kept(int)      {}
func (noMetrics) Lost(int)      {}
func (noMetrics) Piece(string)  {}

// Config of a [Recorder]. Dir, Store, Assets and Tell are required.
type Config struct {
	Dir    string // where files are until they are stored; made when it is not there
	Store  Store
	Assets Assets

	// Tell shows a room its recording as it is now. Called in order for each room; it must not wait.
	Tell func(room string, r protocol.Recording)

	PieceBytes int64         // a file that outgrows it goes on in another; 32 MiB
	Empty      time.Duration // a recording ends when nobody was in the call for so long; 10 s
	Metrics    Metrics       // nil counts nothing
	Log        *slog.Logger
	Now        func() time.Time // of the relay's clock; time.Now
}

// Recorder records the calls of this instance. Make it with [New], end it with Close.
type Recorder struct {
	cfg Config

	mu     sync.Mutex
	takes  map[string]*take // by room
	closed bool
	runs   sync.WaitGroup
}

// New makes a recorder.
func New(cfg Config) (*Recorder, error) {
	if cfg.PieceBytes == 0 {
		cfg.PieceBytes = 32 << 20
	}
	if cfg.Empty == 0 {
		cfg.Empty = 10 * time.Second
	}
	if cfg.Metrics == nil {
		cfg.Metrics = noMetrics{}
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if err := os.MkdirAll(cfg.Dir, dirMode); err != nil {
		return nil, fmt.Errorf("make the folder of recordings: %w", err)
	}
	return &Recorder{cfg: cfg, takes: make(map[string]*take)}, nil
}

// Speaker is somebody in a call; [rtc.Participant] is one.
type Speaker interface {
	Tap(t rtc.Tap) bool
	Untap()
}

var _ Speaker = (*rtc.Participant)(nil)

// Attendee is who is in a call.
type Attendee struct {
	Speaker Speaker
	User    string
	Name    string
}

// Wish is a recording that somebody wants.
type Wish struct {
	Room      string
	Workspace string
	User      string // who wants it
	Name      string

	// Present lists who is in the call. It is asked twice, so that nobody who comes meanwhile is missed.
	Present func() []Attendee
}

// Begin begins to record a room's call. CONFLICT when it is recorded already, or nobody is in it.
func (r *Recorder) Begin(w Wish) (protocol.Recording, error) {
	if len(w.Present()) == 0 {
		return protocol.Recording{}, protocol.Errorf(protocol.CodeConflict, "nobody is in the call")
	}
	t, err := r.begin(w)
	if err != nil {
		return protocol.Recording{}, err
	}
	for _, a := range w.Present() {
		r.Joined(w.Room, a)
	}
	return *t.state.Load(), nil
}

// begin makes the take before it looks whether there may be one: nobody waits for a disk under the lock.
func (r *Recorder) begin(w Wish) (*take, error) {
	t, err := newTake(r, w)
	if err != nil {
		return nil, err
	}
	if refusal := r.admit(t); refusal != nil {
		return nil, errors.Join(refusal, t.folder.delete())
	}
	return t, nil
}

func (r *Recorder) admit(t *take) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case r.closed:
		return protocol.Errorf(protocol.CodeUnavailable, "voice is ending here").After(time.Second)
	case r.takes[t.room] != nil:
		return protocol.Errorf(protocol.CodeConflict, "the call is being recorded")
	}
	r.takes[t.room] = t
	r.runs.Go(t.run)
	return nil
}

// End ends a recording, which is saved then. NOT_FOUND when it is not on.
func (r *Recorder) End(ctx context.Context, room, id string) (protocol.Recording, error) {
	return r.ask(ctx, room, id, (*take).end)
}

// Consent takes a user's answer. NOT_FOUND when the recording is not on.
func (r *Recorder) Consent(ctx context.Context, room, user string, c protocol.VoiceConsent) (protocol.Recording, error) {
	return r.ask(ctx, room, c.Recording, func(t *take) { t.answer(user, c) })
}

// ask has something done by the take of an id, while it is on.
func (r *Recorder) ask(ctx context.Context, room, id string, do func(*take)) (protocol.Recording, error) {
	t := r.find(room)
	none := protocol.Errorf(protocol.CodeNotFound, "no such recording is on")
	if t == nil || t.id != id || t.state.Load().State != protocol.RecordingOn {
		return protocol.Recording{}, none
	}
	done := make(chan bool, 1)
	asked := t.mail.put(func() {
		on := t.now.State == protocol.RecordingOn
		if on {
			do(t)
		}
		done <- on
	})
	if !asked {
		return protocol.Recording{}, none
	}
	select {
	case on := <-done:
		if !on {
			return protocol.Recording{}, none
		}
		return *t.state.Load(), nil
	case <-ctx.Done():
		return protocol.Recording{}, fmt.Errorf("wait for the recording: %w", ctx.Err())
	}
}

// Joined says that somebody came into a room's call; a second time changes nothing.
func (r *Recorder) Joined(room string, a Attendee) {
	if t := r.find(room); t != nil {
		t.mail.put(func() { t.join(a) })
	}
}

// Left says that somebody is not in it any more. It does not wait, nor call back.
func (r *Recorder) Left(room string, s Speaker) {
	if t := r.find(room); t != nil {
		t.mail.put(func() { t.leave(s) })
	}
}

// State is a room's recording while there is one that has not ended.
func (r *Recorder) State(room string) (protocol.Recording, bool) {
	t := r.find(room)
	if t == nil {
		return protocol.Recording{}, false
	}
	return *t.state.Load(), true
}

// Recordings lists a room's that have ended, the newest first.
func (r *Recorder) Recordings(ctx context.Context, room string) ([]protocol.Recording, error) {
	return r.cfg.Store.Recordings(ctx, room, mostListed) //nolint:wrapcheck // says what it did
}

// mostListed bounds one listing.
const mostListed = 500

// Close ends all recordings and waits until they are stored; those that are not when ctx ends are at the next start.
func (r *Recorder) Close(ctx context.Context) error {
	r.mu.Lock()
	r.closed = true
	for _, t := range r.takes {
		t.mail.put(t.end)
	}
	r.mu.Unlock()
	ended := make(chan struct{})
	go func() {
		r.runs.Wait()
		close(ended)
	}()
	select {
	case <-ended:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("save recordings: %w", ctx.Err())
	}
}

func (r *Recorder) find(room string) *take {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.takes[room]
}

// finish forgets a take and tells its end, before another can begin.
func (r *Recorder) finish(t *take) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.takes, t.room)
	t.tell()
}

func without(users []string, user string) []string {
	return slices.DeleteFunc(slices.Clone(users), func(u string) bool { return u == user })
}
