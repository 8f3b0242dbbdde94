package recording

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"atelier/protocol"
	"atelier/rtc"
)

// killed is what a server finds that starts where one was killed: the folder as it is now.
func (s *studio) killed() *studio {
	s.t.Helper()
	next := &studio{t: s.t, dir: filepath.Join(s.t.TempDir(), "recordings"), archive: newArchive()}
	require.NoError(s.t, os.CopyFS(next.dir, os.DirFS(s.dir)))
	var err error
	next.Recorder, err = New(Config{Dir: next.dir, Store: next.archive, Assets: next.archive, Tell: next.archive.tell, Metrics: next.archive})
	require.NoError(s.t, err)
	return next
}

// only is the one recording that was listed.
func (s *studio) only() protocol.Recording {
	s.t.Helper()
	require.Len(s.t, s.archive.listed, 1)
	for _, r := range s.archive.listed {
		return r
	}
	return protocol.Recording{}
}

func TestWhatAKilledServerRecordedIsStoredAtTheNextStart(t *testing.T) {
	inStudio(t, Config{}, func(t *testing.T, s *studio) {
		t.Helper()
		a, b := &person{s: s, user: "a"}, &person{s: s, user: "b"}
		id := s.begins(a, b)
		a.answers(id, protocol.VoiceConsent{Yes: true})
		b.answers(id, protocol.VoiceConsent{Yes: true})
		a.says("one", "two")
		b.says("b takes this back")
		b.answers(id, protocol.VoiceConsent{Discard: true})
		next := s.killed()
		files, err := filepath.Glob(filepath.Join(next.dir, id, "*.ogg"))
		require.NoError(t, err)
		require.Len(t, files, 1)
		half, err := os.OpenFile(files[0], os.O_APPEND|os.O_WRONLY, 0)
		require.NoError(t, err)
		_, err = half.WriteString("OggS\x00\x00 half of a page")
		require.NoError(t, err)
		require.NoError(t, half.Close())
		require.NoError(t, os.MkdirAll(filepath.Join(next.dir, "something else"), 0o700))

		require.NoError(t, next.Recover(t.Context()))
		got := next.only()
		require.Equal(t, id, got.ID)
		require.True(t, got.Cut)
		require.GreaterOrEqual(t, got.Ended, got.Since)
		require.Len(t, got.Pieces, 1)
		require.Equal(t, []string{"one", "two"}, next.plays(got.Pieces[0]))
		require.Equal(t, "a", got.Pieces[0].User)
		require.NoDirExists(t, filepath.Join(next.dir, id))
		next.archive.listed = map[string]protocol.Recording{}
		require.NoError(t, next.Recover(t.Context()))
		require.Empty(t, next.archive.listed)
		s.ends(id)
	})
}

func TestWhatCannotBeStoredIsStoredAtTheNextStart(t *testing.T) {
	inStudio(t, Config{}, func(t *testing.T, s *studio) {
		t.Helper()
		a := &person{s: s, user: "a"}
		id := s.begins(a)
		a.answers(id, protocol.VoiceConsent{Yes: true})
		a.says("one")
		s.archive.broken = errors.New("the disk is full")
		require.Empty(t, s.ends(id).Pieces)
		require.Equal(t, map[string]int{PieceFailed: 1}, s.archive.ends)
		next := s.killed()
		require.NoError(t, next.Recover(t.Context()))
		got := next.only()
		require.False(t, got.Cut, "it had ended as it should")
		require.Equal(t, []string{"one"}, next.plays(got.Pieces[0]))
	})
}

func TestTheRelayNeverWaitsForADisk(t *testing.T) {
	a := newArchive()
	stuck := &track{cfg: &Config{Metrics: a}, queue: make(chan said, queueMost)} // nothing is ever written
	for range queueMost + 7 {
		stuck.Said(&rtc.Packet{Payload: word("one")}, time.Now())
	}
	require.EqualValues(t, 7, stuck.lost.Load())
	require.Equal(t, 7, a.lost)
}

func TestAFolderThatCannotBeWrittenLosesWhatIsSaidAndTellsIt(t *testing.T) {
	inStudio(t, Config{}, func(t *testing.T, s *studio) {
		t.Helper()
		a := &person{s: s, user: "a"}
		id := s.begins(a)
		require.NoError(t, os.RemoveAll(filepath.Join(s.dir, id)))
		a.answers(id, protocol.VoiceConsent{Yes: true})
		a.says("one", "two")
		require.Equal(t, 2, s.archive.lost)
		require.NoError(t, os.Mkdir(filepath.Join(s.dir, id), 0o700))
		a.says("three")
		got := s.ends(id)
		require.Equal(t, []string{"three"}, s.plays(got.Pieces[0]))
		require.Equal(t, 2, got.Pieces[0].Lost)
	})
}

func TestWhoLeavesWhileItAgreesIsNotRecorded(t *testing.T) {
	inStudio(t, Config{}, func(t *testing.T, s *studio) {
		t.Helper()
		a, b := &person{s: s, user: "a"}, &person{s: s, user: "b"}
		id := s.begins(a, b)
		a.gone = true // and that is not told yet
		a.answers(id, protocol.VoiceConsent{Yes: true})
		a.leaves()
		require.Empty(t, s.ends(id).Pieces)
		synctest.Wait()
	})
}
