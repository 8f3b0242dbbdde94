package recording

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pion/webrtc/v4/pkg/media/oggreader"
	"github.com/stretchr/testify/require"

	"atelier/protocol"
	"atelier/rtc"
)

// archive is a store, assets and listeners of a recorder.
type archive struct {
	mu     sync.Mutex
	files  map[string][]byte
	listed map[string]protocol.Recording
	told   []protocol.Recording
	lost   int
	ends   map[string]int
	broken error         // assets can not be kept
	gate   chan struct{} // when set: assets wait for it
}

func newArchive() *archive {
	return &archive{files: map[string][]byte{}, listed: map[string]protocol.Recording{}, ends: map[string]int{}}
}

func (a *archive) Keep(_ context.Context, _ string, p protocol.Piece, file io.Reader) (protocol.Piece, error) {
	b, err := io.ReadAll(file)
	if a.gate != nil {
		<-a.gate
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if err := errors.Join(err, a.broken); err != nil {
		return p, err
	}
	sum := sha256.Sum256(b)
	p.Asset, p.Bytes = hex.EncodeToString(sum[:]), int64(len(b))
	a.files[p.Asset] = b
	return p, nil
}

func (a *archive) PutRecording(_ context.Context, _ string, r protocol.Recording) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.listed[r.ID] = r
	return nil
}

func (a *archive) Recordings(context.Context, string, int) ([]protocol.Recording, error) {
	return nil, errors.New("not asked here")
}

func (a *archive) tell(_ string, r protocol.Recording) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.told = append(a.told, r)
}

func (a *archive) Recording(int) {}
func (a *archive) Kept(int)      {}
func (a *archive) Lost(n int)    { a.mu.Lock(); defer a.mu.Unlock(); a.lost += n }
func (a *archive) Piece(end string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.ends[end]++
}

// studio is a recorder on a clock of its own with an archive.
type studio struct {
	*Recorder

	t       *testing.T
	dir     string
	archive *archive
}

const (
	room  = "r"
	frame = 20 * time.Millisecond
)

func inStudio(t *testing.T, cfg Config, test func(t *testing.T, s *studio)) {
	t.Helper()
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		s := &studio{t: t, dir: dir, archive: newArchive()}
		cfg.Dir, cfg.Store, cfg.Assets, cfg.Tell, cfg.Metrics = dir, s.archive, s.archive, s.archive.tell, s.archive
		var err error
		s.Recorder, err = New(cfg)
		require.NoError(t, err)
		test(t, s)
		require.NoError(t, s.Close(t.Context()))
	})
}

// person is somebody in the call.
type person struct {
	s    *studio
	user string
	mu   sync.Mutex
	tap  rtc.Tap
	gone bool
	seq  uint16
	time uint32
}

func (p *person) Tap(t rtc.Tap) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.gone {
		p.tap = t
	}
	return !p.gone
}

func (p *person) Untap() { p.mu.Lock(); defer p.mu.Unlock(); p.tap = nil }

// says sends packets, one each 20 ms, as the relay hands them on.
func (p *person) says(words ...string) {
	for _, w := range words {
		p.mu.Lock()
		tap := p.tap
		p.mu.Unlock()
		if tap != nil {
			tap.Said(&rtc.Packet{Seq: p.seq, Time: p.time, Payload: word(w)}, time.Now())
		}
		p.skips(1)
		time.Sleep(frame)
		synctest.Wait()
	}
}

// skips is what the network lost, or what is said where nobody hears it.
func (p *person) skips(packets int) { p.seq += uint16(packets); p.time += uint32(packets * 960) }

// word is a packet of 20 ms of Opus.
func word(w string) []byte { return append([]byte{31 << 3}, w...) }

func (s *studio) enters(user string) *person {
	p := &person{s: s, user: user, seq: 65_533, time: 0xffff_f000}
	s.Joined(room, p.attendee())
	synctest.Wait()
	return p
}

func (p *person) attendee() Attendee {
	return Attendee{Speaker: p, User: p.user, Name: "Name of " + p.user}
}

func (p *person) leaves() { p.gone = true; p.s.Left(room, p); synctest.Wait() }

func (s *studio) begins(all ...*person) string {
	s.t.Helper()
	r, err := s.Begin(Wish{Room: room, Workspace: "w", User: "owner", Name: "Owner", Present: func() (list []Attendee) {
		for _, p := range all {
			list = append(list, p.attendee())
		}
		return list
	}})
	require.NoError(s.t, err)
	synctest.Wait()
	return r.ID
}

func (p *person) answers(id string, c protocol.VoiceConsent) {
	p.s.t.Helper()
	c.Recording = id
	_, err := p.s.Consent(p.s.t.Context(), room, p.user, c)
	require.NoError(p.s.t, err)
}

func (s *studio) ends(id string) protocol.Recording {
	s.t.Helper()
	_, err := s.End(s.t.Context(), room, id)
	require.NoError(s.t, err)
	synctest.Wait()
	s.archive.mu.Lock()
	defer s.archive.mu.Unlock()
	require.Contains(s.t, s.archive.listed, id)
	return s.archive.listed[id]
}

// plays reads what a piece holds: a "." for each frame of silence.
func (s *studio) plays(p protocol.Piece) (words []string) {
	s.t.Helper()
	in, err := oggreader.NewWithOptions(bytes.NewReader(s.archive.files[p.Asset]), oggreader.WithDoChecksum(true))
	require.NoError(s.t, err)
	for n := 0; ; n++ {
		payload, head, err := in.ParseNextPage()
		if errors.Is(err, io.EOF) {
			return words[6:] // the headers, and what players leave out
		}
		require.NoError(s.t, err)
		if len(payload) == 3 && payload[1] == 0xff {
			payload = word(".")
		}
		if len(payload) > 0 {
			words = append(words, string(payload[1:]))
		}
		if n >= 2 && len(payload) > 0 {
			require.EqualValues(s.t, 960*(n-1), head.GranulePosition, "each page ends where it should")
		}
	}
}

// onDisk tells whether anything under the recorder's folder has the words.
func (s *studio) onDisk(words string) bool {
	found := false
	require.NoError(s.t, filepath.WalkDir(s.dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		found = found || bytes.Contains(b, []byte(words))
		return err
	}))
	return found
}

func TestOnlyWhoAgreedIsRecorded(t *testing.T) {
	inStudio(t, Config{}, func(t *testing.T, s *studio) {
		t.Helper()
		a, b := &person{s: s, user: "a", seq: 1}, &person{s: s, user: "b", seq: 1}
		id := s.begins(a, b)
		a.says("before the yes")
		b.says("b never agrees")
		a.answers(id, protocol.VoiceConsent{Yes: true})
		a.says("one", "two")
		b.says("b still does not")
		b.answers(id, protocol.VoiceConsent{})
		b.says("b said no")
		require.True(t, s.onDisk("two"), "it is written at once")
		require.False(t, s.onDisk("before the yes"))
		require.False(t, s.onDisk("b "), "nothing of b is anywhere")
		state, ok := s.State(room)
		require.True(t, ok)
		require.Equal(t, []string{"a"}, state.Yes)
		require.Equal(t, []string{"b"}, state.No)
		got := s.ends(id)
		require.Len(t, got.Pieces, 1)
		require.Equal(t, []string{"one", "two"}, s.plays(got.Pieces[0]))
		require.Equal(t, "Name of a", got.Pieces[0].Name)
		require.EqualValues(t, 40, got.Pieces[0].OffsetMS)
		require.EqualValues(t, 40, got.Pieces[0].DurationMS)
		require.Contains(t, string(s.archive.files[got.Pieces[0].Asset]), "TITLE=Name of a")
		var states []protocol.RecordingState
		for _, r := range s.archive.told {
			states = append(states, r.State)
		}
		require.Equal(t, []protocol.RecordingState{"on", "on", "on", "saving", "ended"}, states, "as it begins, two answers, and its end")
		left, err := os.ReadDir(s.dir)
		require.NoError(t, err)
		require.Empty(t, left, "what is stored is not kept twice")
		_, ok = s.State(room)
		require.False(t, ok)
	})
}

func TestAFileKeepsItsTime(t *testing.T) {
	inStudio(t, Config{}, func(t *testing.T, s *studio) {
		t.Helper()
		a := &person{s: s, user: "a", seq: 65_534, time: 0xffff_f000}
		id := s.begins(a)
		a.answers(id, protocol.VoiceConsent{Yes: true})
		a.says("one", "two")
		a.skips(3) // lost
		time.Sleep(3 * frame)
		a.says("three")
		a.seq--
		a.time -= 960
		a.says("three") // twice: as late as it can be
		time.Sleep(9 * frame)
		a.time += 9 * 960 // its microphone was off: nothing was sent
		a.says("four")
		a.time -= 500_000 // a clock that is put back
		a.says("five")
		a.time += 48_000 * 3600 // one that runs ahead
		a.says("six")
		tap := a.tap
		tap.Said(&rtc.Packet{Seq: a.seq, Time: a.time, Payload: []byte{3}}, time.Now()) // nothing that could be played
		got := s.ends(id)
		require.Equal(t, []string{
			"one", "two", ".", ".", ".", "three", ".", ".", ".", ".", ".", ".", ".", ".", ".", "four", ".", "five", "six",
		}, s.plays(got.Pieces[0]))
		require.Equal(t, 2, got.Pieces[0].Lost, "they came and are not there")
		require.Equal(t, 2, s.archive.lost)
	})
}

func TestWhoTakesTheYesBackIsNotRecordedAnyMore(t *testing.T) {
	for _, discard := range []bool{false, true} {
		inStudio(t, Config{}, func(t *testing.T, s *studio) {
			t.Helper()
			a, b := &person{s: s, user: "a"}, &person{s: s, user: "b"}
			id := s.begins(a, b)
			a.answers(id, protocol.VoiceConsent{Yes: true})
			b.answers(id, protocol.VoiceConsent{Yes: true})
			a.says("first of a")
			b.says("first of b")
			a.leaves()
			a = s.enters("a") // who agreed is not asked again
			a.says("second of a")
			a.answers(id, protocol.VoiceConsent{Discard: discard})
			require.Equal(t, !discard, s.onDisk("first of a"), "deleted when it is answered, of an earlier stay too")
			require.Equal(t, !discard, s.onDisk("second of a"))
			a.says("after the no")
			require.False(t, s.onDisk("after the no"))
			a.answers(id, protocol.VoiceConsent{Yes: true})
			a.says("after another yes")
			got := s.ends(id)
			var all []string
			for _, p := range got.Pieces {
				all = append(all, fmt.Sprint(p.User, s.plays(p)))
			}
			want := []string{"b[first of b]", "a[after another yes]"}
			if !discard {
				want = []string{"a[first of a]", "b[first of b]", "a[second of a]", "a[after another yes]"}
			}
			require.ElementsMatch(t, want, all)
			require.Equal(t, map[bool]int{true: 2}[discard], s.archive.ends[PieceDiscarded])
		})
	}
}

func TestARecordingEndsWithTheCall(t *testing.T) {
	inStudio(t, Config{}, func(t *testing.T, s *studio) {
		t.Helper()
		a := &person{s: s, user: "a"}
		id := s.begins(a)
		a.answers(id, protocol.VoiceConsent{Yes: true})
		a.says("one")
		a.leaves()
		time.Sleep(9 * time.Second)
		a = s.enters("a")
		a.says("two")
		b := s.enters("b")
		a.leaves()
		time.Sleep(time.Hour)
		_, on := s.State(room)
		require.True(t, on, "somebody is there")
		b.leaves()
		time.Sleep(11 * time.Second)
		synctest.Wait()
		got := s.archive.listed[id]
		require.Len(t, got.Pieces, 2, "each stay is a piece, and who said nothing has none")
		require.EqualValues(t, 9020, got.Pieces[1].OffsetMS)
		require.False(t, got.Cut)
	})
}

func TestOneRecordingAtATime(t *testing.T) {
	inStudio(t, Config{}, func(t *testing.T, s *studio) {
		t.Helper()
		_, err := s.Begin(Wish{Room: room, Present: func() []Attendee { return nil }})
		require.Equal(t, protocol.CodeConflict, protocol.CodeOf(err), "nobody is there")
		a := &person{s: s, user: "a"}
		id := s.begins(a)
		wish := Wish{Room: room, Present: func() []Attendee { return []Attendee{a.attendee()} }}
		_, err = s.Begin(wish)
		require.Equal(t, protocol.CodeConflict, protocol.CodeOf(err))
		for _, wrong := range []string{"", "another", protocol.NewID()} {
			_, err = s.End(t.Context(), room, wrong)
			require.Equal(t, protocol.CodeNotFound, protocol.CodeOf(err))
			_, err = s.Consent(t.Context(), room, "a", protocol.VoiceConsent{Recording: wrong, Yes: true})
			require.Equal(t, protocol.CodeNotFound, protocol.CodeOf(err))
		}
		s.archive.gate = make(chan struct{})
		a.answers(id, protocol.VoiceConsent{Yes: true})
		a.says("one")
		_, err = s.End(t.Context(), room, id)
		require.NoError(t, err)
		synctest.Wait()
		_, err = s.Begin(wish)
		require.Equal(t, protocol.CodeConflict, protocol.CodeOf(err), "it is being saved")
		_, err = s.Consent(t.Context(), room, "a", protocol.VoiceConsent{Recording: id, Yes: true})
		require.Equal(t, protocol.CodeNotFound, protocol.CodeOf(err))
		close(s.archive.gate)
		synctest.Wait()
		require.NotEqual(t, id, s.begins(a))
		require.NoError(t, s.Close(t.Context()))
		require.Len(t, s.archive.listed, 2, "the end of the server completes it")
		_, err = s.Begin(wish)
		require.Equal(t, protocol.CodeUnavailable, protocol.CodeOf(err))
	})
}

func TestAFileIsNoLongerThanItTook(t *testing.T) {
	inStudio(t, Config{}, func(t *testing.T, s *studio) {
		t.Helper()
		a := &person{s: s, user: "a"}
		id := s.begins(a)
		a.answers(id, protocol.VoiceConsent{Yes: true})
		for range 1000 { // 20 s of sound in no time
			a.tap.Said(&rtc.Packet{Seq: a.seq, Time: a.time, Payload: word("flood")}, time.Now())
			a.skips(1)
			synctest.Wait()
		}
		got := s.ends(id).Pieces[0]
		require.InDelta(t, tolerance.Milliseconds(), got.DurationMS, 40)
		require.Equal(t, 1000, got.Lost+int(got.DurationMS/20))
	})
}

func TestWhatOutgrowsAFileGoesOnInAnother(t *testing.T) {
	inStudio(t, Config{PieceBytes: 500}, func(t *testing.T, s *studio) {
		t.Helper()
		a := &person{s: s, user: "a"}
		id := s.begins(a)
		a.answers(id, protocol.VoiceConsent{Yes: true})
		a.says("1", "2")
		time.Sleep(6 * time.Minute)
		a.time += 6 * 60 * 48_000
		a.says("3")
		got := s.ends(id)
		require.Len(t, got.Pieces, 2)
		require.Equal(t, []string{"1", "2"}, s.plays(got.Pieces[0]))
		require.Equal(t, []string{"3"}, s.plays(got.Pieces[1]), "so long a silence is not written")
		require.EqualValues(t, 360_040, got.Pieces[1].OffsetMS)

		id = s.begins(a)
		a.answers(id, protocol.VoiceConsent{Yes: true})
		for i := range 30 {
			a.says(fmt.Sprint("word ", i))
		}
		got = s.ends(id)
		require.Greater(t, len(got.Pieces), 1)
		var all []string
		for _, p := range got.Pieces {
			require.EqualValues(t, len(all)*20, p.OffsetMS, "no gap between them")
			all = append(all, s.plays(p)...)
		}
		require.Len(t, all, 30)
	})
}
