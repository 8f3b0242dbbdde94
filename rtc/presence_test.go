package rtc

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"atelier/protocol"
)

// TestLoudnessIsToldAtMostFiveTimesASecond has somebody's voice jump with every packet.
func TestLoudnessIsToldAtMostFiveTimesASecond(t *testing.T) {
	inStudio(t, Config{}, func(t *testing.T, s *studio) {
		t.Helper()
		a := s.speaker(1)
		var told []time.Time
		var levels []uint8
		a.tell = func(level uint8) { told, levels = append(told, time.Now()), append(levels, level) }
		for i := range 500 {
			a.says([]uint8{5, 45, 25, 50}[i/3%4], 1)
		}
		time.Sleep(2 * time.Second)
		require.Greater(t, len(told), 20)
		for i := 1; i < len(told); i++ {
			require.GreaterOrEqual(t, told[i].Sub(told[i-1]), 200*time.Millisecond)
			require.NotEqual(t, levels[i-1], levels[i], "only what changes is told")
		}
		require.Zero(t, levels[len(levels)-1], "who says nothing more does not speak")
		require.Positive(t, levels[0])
	})
}

func TestWhoIsWithoutMediaForTooLongIsTakenOut(t *testing.T) {
	inStudio(t, Config{Patience: 30 * time.Second}, func(t *testing.T, s *studio) {
		t.Helper()
		a, b := s.speaker(1), s.speaker(2)
		a.Interrupted()
		require.True(t, a.state.Away)
		time.Sleep(29 * time.Second)
		a.Flowing()
		require.False(t, a.state.Away)
		time.Sleep(time.Minute)
		require.Empty(t, a.ends)
		a.Interrupted()
		time.Sleep(31 * time.Second)
		require.Equal(t, []protocol.VoiceEnded{protocol.VoiceAway}, a.ends)
		require.True(t, a.link.closed)
		require.Empty(t, b.ends)
	})
}
