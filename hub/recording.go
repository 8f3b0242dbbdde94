package hub

import (
	"context"
	"io"

	"atelier/generation"
	"atelier/protocol"
	"atelier/rooms"
	"atelier/rtc"
	"atelier/rtc/recording"
)

// Attendance hears who is in calls. It does not wait.
type Attendance interface {
	Joined(room string, a recording.Attendee)
	Left(room string, s recording.Speaker)
}

// Recorder records calls.
type Recorder interface {
	Attendance
	Begin(w recording.Wish) (protocol.Recording, error)
	End(ctx context.Context, room, id string) (protocol.Recording, error)
	Consent(ctx context.Context, room, user string, c protocol.VoiceConsent) (protocol.Recording, error)
	State(room string) (protocol.Recording, bool)
	Recordings(ctx context.Context, room string) ([]protocol.Recording, error)
}

var _ Recorder = (*recording.Recorder)(nil)

func errNoRecorder() error {
	return protocol.Errorf(protocol.CodeUnavailable, "this server records no calls")
}

// record begins or ends a recording of the room's call.
func (s *socket) record(ctx context.Context, who generation.Who, patch protocol.RecordingPatch) (protocol.Recording, error) {
	recorder := s.hub.cfg.Recorder
	switch {
	case recorder == nil:
		return protocol.Recording{}, errNoRecorder()
	case !patch.On:
		return recorder.End(ctx, who.Room, patch.Recording) //nolint:wrapcheck // coded
	}
	return recorder.Begin(recording.Wish{ //nolint:wrapcheck // coded
		Room: who.Room, Workspace: who.Workspace, User: who.User, Name: who.Name,
		Present: func() []recording.Attendee { return s.hub.attendees(who.Room) },
	})
}

func (s *socket) consent(ctx context.Context, who generation.Who, c protocol.VoiceConsent) (protocol.Recording, error) {
	if s.hub.cfg.Recorder == nil {
		return protocol.Recording{}, errNoRecorder()
	}
	return s.hub.cfg.Recorder.Consent(ctx, who.Room, who.User, c) //nolint:wrapcheck // coded
}

// attendees lists who is in a room's call.
func (h *Hub) attendees(room string) []recording.Attendee {
	var all []recording.Attendee
	for _, s := range h.sessions.matching(func(s *session) bool { return s.room == room }) {
		s.mu.Lock()
		if s.voice != nil && h.cfg.Voice.Find(room, s.m) == s.voice {
			all = append(all, s.attendeeLocked())
		}
		s.mu.Unlock()
	}
	return all
}

func (s *session) attendeeLocked() recording.Attendee {
	return recording.Attendee{Speaker: s.stay, User: s.user, Name: s.name}
}

// attendLocked tells the recorder who came, and that it left when it has done so meanwhile.
func (s *session) attendLocked(h *Hub) {
	if h.cfg.Recorder == nil {
		return
	}
	h.cfg.Recorder.Joined(s.room, s.attendeeLocked())
	if h.cfg.Voice.Find(s.room, s.m) != s.voice {
		h.cfg.Recorder.Left(s.room, s.stay)
	}
}

// stay is one stay of a session in the call: what the relay tells of it, and what the recorder has of it.
type stay struct {
	*caller
	*rtc.Participant // set before the recorder hears of it

	recorder Recorder // nil records none
	room     string
}

var (
	_ rtc.Signals       = (*stay)(nil)
	_ recording.Speaker = (*stay)(nil)
)

// Ended implements [rtc.Signals].
func (s *stay) Ended(why protocol.VoiceEnded) {
	if s.recorder != nil {
		s.recorder.Left(s.room, s)
	}
	s.caller.Ended(why)
}

// Recording shows a room its recording.
func (a *Announcer) Recording(room string, r protocol.Recording) {
	a.rooms.Show(room, protocol.Message(protocol.TypeRecording, &r))
}

// recordingCatchup tells a joiner, after what else it missed, of a recording that has not ended. Used by the outbox's
// goroutine.
type recordingCatchup struct {
	rooms.Catchup

	recorder Recorder
	room     string
	told     bool
}

// Next implements [rooms.Catchup].
func (c *recordingCatchup) Next(ctx context.Context) (*protocol.Frame, error) {
	f, err := c.Catchup.Next(ctx)
	if f != nil || err != nil || c.told || c.recorder == nil {
		return f, err //nolint:wrapcheck // the wrapped one's own
	}
	c.told = true
	r, ok := c.recorder.State(c.room)
	if !ok {
		return nil, nil //nolint:nilnil // nil is the end
	}
	return protocol.Message(protocol.TypeRecording, &r), nil
}

// Pieces makes assets of recorded pieces, as uploads of whom they are of.
type Pieces struct{ assets Assets }

var _ recording.Assets = (*Pieces)(nil)

// NewPieces makes them over assets.
func NewPieces(assets Assets) *Pieces { return &Pieces{assets: assets} }

// Keep implements [recording.Assets].
func (p *Pieces) Keep(ctx context.Context, workspace string, piece protocol.Piece, file io.Reader) (protocol.Piece, error) {
	a, err := p.assets.Ingest(ctx, workspace, piece.User, file)
	if err != nil {
		return piece, err //nolint:wrapcheck // says what it did
	}
	piece.Asset, piece.Bytes, piece.DurationMS = a.ID, a.Bytes, a.DurationMS
	return piece, nil
}

func (h *Hub) getRecordings(x *exchange) error {
	list := []protocol.Recording{}
	if h.cfg.Recorder != nil {
		var err error
		if list, err = h.cfg.Recorder.Recordings(x.r.Context(), x.room.ID); err != nil {
			return err //nolint:wrapcheck // says what it did
		}
	}
	return x.reply(map[string][]protocol.Recording{"recordings": list})
}
