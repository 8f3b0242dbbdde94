package hub_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/pion/webrtc/v4/pkg/media/oggreader"
	"github.com/stretchr/testify/require"

	"atelier/client"
	"atelier/hub"
	"atelier/protocol"
	"atelier/rtc/recording"
)

// tapeHouse is a house that records calls, under dir or a folder of its own.
func tapeHouse(t *testing.T, dir string) *house {
	t.Helper()
	relay := newVoice(t)
	return build(t, plan{dir: dir, tape: &recording.Config{Empty: time.Second}, hub: func(c *hub.Config) { c.Voice = relay }})
}

// word is a packet of 20 ms of Opus, as far as anybody here looks.
func word(w string) string { return string(rune(0x78)) + w } // CELT, super-wide band, one frame

// speak sends words at once; they follow one another by their own times.
func (c *caller) speak(words ...string) {
	c.t.Helper()
	for _, w := range words {
		require.NoError(c.t, c.voice.Send(client.VoicePacket{Loud: 90, Payload: []byte(word(w))}))
	}
}

// until waits for something that a room shows.
func (c *caller) until(what string, ok func() bool) {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(c.t.Context(), voicePatience)
	defer cancel()
	require.NoError(c.t, c.Until(ctx, ok), what)
}

func (c *caller) record() protocol.Recording {
	c.t.Helper()
	r, err := c.RecordCall(c.t.Context())
	require.NoError(c.t, err)
	return r
}

// isRecorded waits until everybody who should is shown to be recorded, as c sees it.
func (c *caller) isRecorded(who *caller, want bool) {
	c.t.Helper()
	c.sees(who, "[P91] recorded", func(v *protocol.Voice) bool { return v != nil && v.Recorded == want })
}

// stops ends a recording and waits until its pieces are there.
func (c *caller) stops(id string) protocol.Recording {
	c.t.Helper()
	news := c.Subscribe()
	defer news.Close()
	require.NoError(c.t, c.StopRecording(c.t.Context(), id))
	return c.ended(news, id)
}

func (c *caller) ended(news *client.Subscription, id string) protocol.Recording {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(c.t.Context(), voicePatience)
	defer cancel()
	for e := range news.All(ctx) {
		if e, ok := e.(client.RecordingChanged); ok && e.ID == id && e.State == protocol.RecordingEnded {
			return e.Recording
		}
	}
	c.t.Fatal("it does not end")
	return protocol.Recording{}
}

// keeps tells whether the server has words anywhere on its disk.
func (h *house) keeps(words string) bool {
	found := false
	require.NoError(h.t, filepath.WalkDir(h.dir, func(path string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) || d.IsDir() {
			return nil
		}
		b, err := os.ReadFile(path)
		found = found || bytes.Contains(b, []byte(words))
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		return err
	}))
	return found
}

func (h *house) comesToKeep(words string) {
	h.t.Helper()
	require.Eventually(h.t, func() bool { return h.keeps(words) }, voicePatience, 10*time.Millisecond, words)
}

// hears downloads a piece and reads the words in it, "." being silence, those of the same after one another once.
func (p *person) hears(piece protocol.Piece) (words []string) {
	p.house.t.Helper()
	res, file := p.do(p.request(http.MethodGet, "/v1/assets/"+piece.Asset, nil))
	require.Equal(p.house.t, http.StatusOK, res.StatusCode)
	require.Equal(p.house.t, "audio/ogg", res.Header.Get("Content-Type"))
	in, err := oggreader.NewWithOptions(bytes.NewReader(file), oggreader.WithDoChecksum(true))
	require.NoError(p.house.t, err)
	granule := uint64(0)
	for n := 0; ; n++ {
		payload, head, err := in.ParseNextPage()
		if errors.Is(err, io.EOF) {
			return words
		}
		require.NoError(p.house.t, err)
		if n < 6 || len(payload) == 0 {
			granule = head.GranulePosition
			continue // the headers and what is not played, or the end
		}
		require.Equal(p.house.t, granule+960, head.GranulePosition)
		granule = head.GranulePosition
		w := "."
		if len(payload) != 3 || payload[1] != 0xff {
			w = string(payload[1:])
		}
		if len(words) == 0 || words[len(words)-1] != w {
			words = append(words, w)
		}
	}
}

func (p *person) recordings(room string) (list []protocol.Recording) {
	p.house.t.Helper()
	var out struct{ Recordings []protocol.Recording }
	p.ok(http.MethodGet, "/v1/rooms/"+room+"/recordings", nil, &out)
	return out.Recordings
}

func TestOfACallOnlyTheWordsOfWhoAgreedAreKept(t *testing.T) {
	h := tapeHouse(t, "")
	owner, watcher := h.as(protocol.RoleOwner), h.as(protocol.RoleViewer)
	room := owner.room(false)
	o, viewer := owner.enter(room), watcher.enter(room) // neither is in the call
	a, b := h.as(protocol.RoleEditor).enter(room), h.as(protocol.RoleEditor).enter(room)
	a.call(client.VoiceOptions{})
	b.call(client.VoiceOptions{})
	on := o.record()
	viewer.until("[P91] everybody is told", func() bool { r, ok := viewer.Recording(); return ok && r.ID == on.ID })
	a.says(word("before the yes"), b)
	require.NoError(t, a.Consent(t.Context(), on.ID))
	viewer.isRecorded(a, true)
	viewer.isRecorded(b, false)
	var words []string
	for i := range 20 {
		words = append(words, fmt.Sprint("word ", i))
	}
	b.says(word("[P90] of b"), a)
	a.speak(words...)
	h.comesToKeep(words[19])
	require.NoError(t, a.voice.Mute(t.Context(), true))
	viewer.sees(a, "muted", func(v *protocol.Voice) bool { return v.Muted && v.Recorded })
	a.speak("while muted", "while muted", "while muted")
	require.NoError(t, a.voice.Close()) // what was under way goes with it
	a.call(client.VoiceOptions{})
	viewer.isRecorded(a, true)
	a.speak("at last")
	h.comesToKeep("at last")

	got := o.stops(on.ID)
	require.Len(t, got.Pieces, 2, "[P92] one for each stay")
	require.Equal(t, []string{"at last"}, watcher.hears(got.Pieces[1]))
	require.Greater(t, got.Pieces[1].OffsetMS, got.Pieces[0].OffsetMS)
	piece := got.Pieces[0]
	require.Equal(t, a.Self().User, piece.User)
	require.Equal(t, a.Self().Name, piece.Name)
	require.Zero(t, piece.Lost)
	require.Equal(t, words, watcher.hears(piece))
	require.EqualValues(t, 20*len(words), piece.DurationMS)
	for _, never := range []string{"before the yes", "[P90] of b", "while muted"} {
		require.False(t, h.keeps(never), never)
	}
	got.Yes, got.No = nil, nil
	require.Equal(t, []protocol.Recording{got}, watcher.recordings(room), "[P93]")
	viewer.isRecorded(a, false)
	other := owner.room(false)
	require.Empty(t, watcher.recordings(other))
}

func TestAYesIsTakenBackAndHoldsForEveryStay(t *testing.T) {
	h := tapeHouse(t, "")
	owner := h.as(protocol.RoleOwner)
	room := owner.room(false)
	o := owner.enter(room)
	ana, ben := h.as(protocol.RoleEditor), h.as(protocol.RoleEditor)
	a, b := ana.enter(room), ben.enter(room)
	a.call(client.VoiceOptions{})
	b.call(client.VoiceOptions{Consent: true})
	on := o.record()
	o.isRecorded(b, true)
	require.NoError(t, a.Consent(t.Context(), on.ID))
	a.speak("[P90] of a")
	b.speak("first of b")
	h.comesToKeep("[P90] of a")
	h.comesToKeep("first of b")

	b.leave()
	b = ben.enter(room)
	r, ok := b.Recording()
	require.True(t, ok, "[P91] who joins is told before live")
	require.Contains(t, r.Yes, b.Self().User, "[P90] and not asked again")
	b.call(client.VoiceOptions{})
	o.isRecorded(b, true)
	b.speak("second of b")
	h.comesToKeep("second of b")
	late := h.as(protocol.RoleCommenter).enter(room)
	late.call(client.VoiceOptions{})
	require.NoError(t, late.Consent(t.Context(), on.ID))
	late.speak("who came late")
	h.comesToKeep("who came late")

	require.NoError(t, a.RefuseAndDiscard(t.Context(), on.ID))
	require.False(t, h.keeps("[P90] of a"), "deleted before the ok")
	o.isRecorded(a, false)
	require.NoError(t, late.Refuse(t.Context(), on.ID))
	a.says(word("[P90] after the no"), b)
	late.says(word("late after the no"), b)
	got := o.stops(on.ID)
	require.False(t, h.keeps("after the no"))
	var heard []string
	for _, p := range got.Pieces {
		heard = append(heard, fmt.Sprint(p.Name, owner.hears(p)))
	}
	require.ElementsMatch(t, []string{
		b.Self().Name + "[first of b]", b.Self().Name + "[second of b]", late.Self().Name + "[who came late]",
	}, heard, "[P92] a stay is a piece")
	require.Equal(t, protocol.CodeNotFound, protocol.CodeOf(b.Consent(t.Context(), on.ID)), "[P90] it is over")
}

func TestRecordingsAreForOwnersToBeginAndToEnd(t *testing.T) {
	h := tapeHouse(t, "")
	owner, another := h.as(protocol.RoleOwner), h.as(protocol.RoleOwner)
	room := owner.room(false)
	o, o2, e := owner.enter(room), another.enter(room), h.as(protocol.RoleEditor).enter(room)
	_, err := o.RecordCall(t.Context())
	require.Equal(t, protocol.CodeConflict, protocol.CodeOf(err), "[P89] nobody is in the call")
	e.call(client.VoiceOptions{Consent: true})
	_, err = e.RecordCall(t.Context())
	require.Equal(t, protocol.CodeForbidden, protocol.CodeOf(err), "[P70]")
	on := o.record()
	require.Equal(t, owner.id, on.By)
	e.isRecorded(e, true)
	_, err = o2.RecordCall(t.Context())
	require.Equal(t, protocol.CodeConflict, protocol.CodeOf(err), "[P89] one is on")
	require.Equal(t, protocol.CodeForbidden, protocol.CodeOf(e.StopRecording(t.Context(), on.ID)))
	require.Equal(t, protocol.CodeNotFound, protocol.CodeOf(o2.StopRecording(t.Context(), protocol.NewID())), "[P89]")
	e.speak("one")
	h.comesToKeep("one")
	o.leave()
	o2.until("[P89] it goes on", func() bool { return len(o2.Members()) == 2 })
	e.speak("two")
	h.comesToKeep("two")
	require.Equal(t, []string{"one", ".", "two"}, withPauses(another.hears(o2.stops(on.ID).Pieces[0])))
	e.isRecorded(e, false)

	on = o2.record()
	news := o2.Subscribe()
	defer news.Close()
	e.isRecorded(e, true)
	e.speak("three")
	h.comesToKeep("three")
	require.NoError(t, e.voice.Close())
	require.Len(t, o2.ended(news, on.ID).Pieces, 1, "[P89] it ends with the call")
	require.Len(t, another.recordings(room), 2)
	require.Equal(t, on.ID, another.recordings(room)[0].ID, "[P93] the newest first")
}

func TestASocketThatIsLostEndsNoPieceAndTheServersEndCompletesIt(t *testing.T) {
	h := tapeHouse(t, "")
	owner := h.as(protocol.RoleOwner)
	room := owner.room(false)
	o, a := owner.enter(room), h.as(protocol.RoleEditor).enter(room)
	a.call(client.VoiceOptions{Consent: true})
	on := o.record()
	o.isRecorded(a, true)
	a.speak("one")
	h.comesToKeep("one")
	gone := a.Subscribe()
	defer gone.Close()
	a.lines.cut()
	for e := range gone.All(t.Context()) {
		if _, ok := e.(client.Disconnected); ok {
			break
		}
	}
	a.speak("while it is gone")
	h.comesToKeep("while it is gone")
	a.until("it is back", a.Live)
	a.until("[P91] told again", func() bool { r, ok := a.Recording(); return ok && r.ID == on.ID })
	a.speak("and back")
	h.comesToKeep("and back")
	a.leave()
	o.leave()
	h.close()

	h = tapeHouse(t, h.dir)
	reader := h.as(protocol.RoleViewer)
	list := reader.recordings(room)
	require.Len(t, list, 1, "[P93] it is listed next week")
	require.False(t, list[0].Cut)
	require.Len(t, list[0].Pieces, 1)
	require.Equal(t, []string{"one", ".", "while it is gone", ".", "and back"}, withPauses(reader.hears(list[0].Pieces[0])))
}

// withPauses puts a pause between words where there is none: how long a socket takes to come back is not said.
func withPauses(words []string) (out []string) {
	for _, w := range words {
		if w != "." && len(out) > 0 && out[len(out)-1] != "." {
			out = append(out, ".")
		}
		out = append(out, w)
	}
	return out
}

func TestAServerThatRecordsNothingSaysSo(t *testing.T) {
	h := callHouse(t, nil)
	owner := h.as(protocol.RoleOwner)
	room := owner.room(false)
	p, w := owner.join(room)
	require.NotContains(t, w.Features, "recording")
	require.Equal(t, protocol.CodeUnavailable, protocol.CodeOf(p.ask(protocol.TypeVoiceRecord, protocol.RecordingPatch{On: true}, nil)))
	require.Equal(t, protocol.CodeUnavailable, protocol.CodeOf(p.ask(protocol.TypeVoiceConsent, protocol.VoiceConsent{Yes: true}, nil)))
	require.Empty(t, owner.recordings(room))
	_, w = tapeHouse(t, "").as(protocol.RoleOwner).enterFirst()
	require.Contains(t, w.Features, "recording")
}

func (p *person) enterFirst() (*peer, protocol.Welcome) {
	p.house.t.Helper()
	return p.join(p.room(false))
}
