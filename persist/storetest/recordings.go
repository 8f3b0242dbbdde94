package storetest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"atelier/protocol"
	"atelier/rtc/recording"
)

// Recordings runs what every [recording.Store] must do; the opener's stores have to be one.
func Recordings(t *testing.T, open Opener) {
	t.Helper()
	for name, test := range map[string]func(t *testing.T, f *fixture, s func() recording.Store){
		"TheNewestIsListedFirstAndForItsRoomAlone": recordingsListed,
		"StoredAgainItIsReplaced":                  recordingAgain,
		"TheyGoWithTheirRoom":                      recordingsGo,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t, open)
			test(t, f, func() recording.Store {
				s, ok := f.Stores.(recording.Store)
				require.True(t, ok)
				return s
			})
		})
	}
}

func recorded(id string, since int64) protocol.Recording {
	return protocol.Recording{
		ID: id, State: protocol.RecordingEnded, By: "ana", ByName: "Ana", Since: since, Ended: since + 5000, Cut: true,
		Pieces: []protocol.Piece{{User: "ben", Name: "Ben", Asset: "a1", OffsetMS: 20, DurationMS: 4000, Bytes: 900, Lost: 3}},
	}
}

func recordingsListed(t *testing.T, f *fixture, s func() recording.Store) {
	f.room(t, "a")
	f.room(t, "b")
	first, second, other := recorded("r1", 1000), recorded("r2", 2000), recorded("r3", 3000)
	second.Cut, second.Pieces = false, []protocol.Piece{}
	for _, r := range []protocol.Recording{second, first} {
		require.NoError(t, s().PutRecording(t.Context(), "a", r))
	}
	require.NoError(t, s().PutRecording(t.Context(), "b", other))
	f.reopen(t)
	got, err := s().Recordings(t.Context(), "a", 10)
	require.NoError(t, err)
	require.Equal(t, []protocol.Recording{second, first}, got)
	got, err = s().Recordings(t.Context(), "a", 1)
	require.NoError(t, err)
	require.Equal(t, []protocol.Recording{second}, got)
	got, err = s().Recordings(t.Context(), "none", 10)
	require.NoError(t, err)
	require.Equal(t, []protocol.Recording{}, got)
}

func recordingAgain(t *testing.T, f *fixture, s func() recording.Store) {
	f.room(t, "a")
	r := recorded("r1", 1000)
	require.NoError(t, s().PutRecording(t.Context(), "a", r))
	r.Ended, r.Cut, r.Pieces = 9000, false, append(r.Pieces, protocol.Piece{User: "eve", Name: "Eve", Asset: "a2"})
	require.NoError(t, s().PutRecording(t.Context(), "a", r))
	got, err := s().Recordings(t.Context(), "a", 10)
	require.NoError(t, err)
	require.Equal(t, []protocol.Recording{r}, got)
}

func recordingsGo(t *testing.T, f *fixture, s func() recording.Store) {
	f.room(t, "a")
	require.NoError(t, s().PutRecording(t.Context(), "a", recorded("r1", 1000)))
	require.NoError(t, f.DeleteRoom(t.Context(), workspace, "a"))
	got, err := s().Recordings(t.Context(), "a", 10)
	require.NoError(t, err)
	require.Empty(t, got)
	requireCode(t, protocol.CodeNotFound, s().PutRecording(t.Context(), "a", recorded("r2", 2000)))
}
