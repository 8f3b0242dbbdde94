package recording

import (
	"context"
	"slices"
	"sync/atomic"
	"time"

	"atelier/protocol"
)

// take is one recording under way. But for state and mail its fields are used by run alone, once it runs.
type take struct {
	recorder  *Recorder
	cfg       *Config
	id        string
	room      string
	workspace string
	begun     time.Time
	folder    *folder
	mail      *mailbox
	state     atomic.Pointer[protocol.Recording]

	now     protocol.Recording
	present map[Speaker]*attendee
	tracks  []*track // of all who were recorded, in the order in which they began
	empty   *time.Timer
}

type attendee struct {
	Attendee

	track *track // nil while it is not recorded
}

func newTake(r *Recorder, w Wish) (*take, error) {
	begun := r.cfg.Now()
	t := &take{
		recorder: r, cfg: &r.cfg, id: protocol.NewID(), room: w.Room, workspace: w.Workspace, begun: begun, mail: newMailbox(),
		present: make(map[Speaker]*attendee),
	}
	t.now = protocol.Recording{ID: t.id, State: protocol.RecordingOn, By: w.User, ByName: w.Name, Since: begun.UnixMilli()}
	now := t.now
	t.state.Store(&now)
	var err error
	t.folder, err = makeFolder(r.cfg.Dir, known{Room: w.Room, Workspace: w.Workspace, Recording: t.now})
	return t, err
}

// run does what is asked until the recording ends, and then saves it.
func (t *take) run() {
	t.cfg.Metrics.Recording(1)
	defer t.cfg.Metrics.Recording(-1)
	t.empty = time.NewTimer(t.cfg.Empty)
	defer t.empty.Stop()
	t.tell()
	for t.now.State == protocol.RecordingOn {
		select {
		case <-t.mail.wake:
			t.work(t.mail.take())
		case <-t.empty.C:
			t.end()
		}
	}
	t.save()
	t.work(t.mail.close())
}

func (t *take) work(all []func()) {
	for _, do := range all {
		do()
	}
}

// tell shows everybody the state.
func (t *take) tell() {
	now := t.now
	t.state.Store(&now)
	t.cfg.Tell(t.room, now)
}

func (t *take) join(a Attendee) {
	if t.present[a.Speaker] != nil || t.now.State != protocol.RecordingOn {
		return
	}
	who := &attendee{Attendee: a}
	t.present[a.Speaker] = who
	t.empty.Stop()
	if slices.Contains(t.now.Yes, a.User) {
		t.record(who)
	}
}

func (t *take) leave(s Speaker) {
	who := t.present[s]
	if who == nil {
		return
	}
	t.stop(who)
	delete(t.present, s)
	if len(t.present) == 0 {
		t.empty.Reset(t.cfg.Empty)
	}
}

// answer takes what a user says of being recorded.
func (t *take) answer(user string, c protocol.VoiceConsent) {
	t.now.Yes, t.now.No = without(t.now.Yes, user), without(t.now.No, user)
	if c.Yes {
		t.now.Yes = append(t.now.Yes, user)
	} else {
		t.now.No = append(t.now.No, user)
	}
	for _, who := range t.present {
		switch {
		case who.User != user:
		case c.Yes:
			t.record(who)
		default:
			t.stop(who)
		}
	}
	if !c.Yes && c.Discard {
		t.discard(user)
	}
	t.tell()
}

// record begins to keep what somebody says, who has agreed.
func (t *take) record(who *attendee) {
	if who.track != nil {
		return
	}
	track := newTrack(t.cfg, t.folder, t.begun, protocol.Piece{User: who.User, Name: who.Name}, t.now)
	if !who.Speaker.Tap(track) {
		track.close() // it has left: that will be told
		return
	}
	who.track = track
	t.tracks = append(t.tracks, track)
}

func (t *take) stop(who *attendee) {
	if who.track != nil {
		who.Speaker.Untap()
		who.track.close()
		who.track = nil
	}
}

// discard deletes what was recorded of a user, who is not recorded any more.
func (t *take) discard(user string) {
	t.tracks = slices.DeleteFunc(t.tracks, func(tr *track) bool {
		if tr.of.User != user {
			return false
		}
		for _, p := range tr.pieces {
			if err := t.folder.remove(p); err != nil {
				t.cfg.Log.Error("delete a piece of a recording", "recording", t.id, "error", err)
			}
			t.cfg.Metrics.Piece(PieceDiscarded)
		}
		return true
	})
}

// end ends the recording; everybody's track is written to its end.
func (t *take) end() {
	if t.now.State != protocol.RecordingOn {
		return
	}
	for _, who := range t.present {
		t.stop(who)
	}
	clear(t.present)
	t.now.State, t.now.Ended = protocol.RecordingSaving, t.cfg.Now().UnixMilli()
	t.tell()
}

// saveTime bounds how long a store may take for one recording.
const saveTime = 5 * time.Minute

// save makes assets of the pieces and tells that the recording has ended. What fails stays in its folder for the next start.
func (t *take) save() {
	ctx, cancel := context.WithTimeout(context.Background(), saveTime)
	defer cancel()
	about := known{Room: t.room, Workspace: t.workspace, Recording: t.now}
	if err := t.folder.note(aboutAll, about); err != nil {
		t.cfg.Log.Error("note the end of a recording", "recording", t.id, "error", err)
	}
	var pieces []*piece
	for _, tr := range t.tracks {
		pieces = append(pieces, tr.pieces...)
	}
	t.now = t.recorder.store(ctx, t.folder, about, pieces)
	t.recorder.finish(t)
}
