package rtc

import (
	"testing"
	"testing/synctest"
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
		a.locked(func() {
			a.tell = func(level uint8) { told, levels = append(told, time.Now()), append(levels, level) }
		})
		for i := range 500 {
			a.says([]uint8{5, 45, 25, 50}[i/3%4], 1)
		}
		time.Sleep(2 * time.Second)
		a.mu.Lock()
		defer a.mu.Unlock()
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
		a.locked(func() { require.True(t, a.state.Away) })
		time.Sleep(29 * time.Second)
		a.Flowing()
		a.locked(func() { require.False(t, a.state.Away) })
		time.Sleep(time.Minute)
		a.locked(func() { require.Empty(t, a.ends) })
		a.Interrupted()
		time.Sleep(31 * time.Second)
		a.locked(func() { require.Equal(t, []protocol.VoiceEnded{protocol.VoiceAway}, a.ends) })
		b.locked(func() { require.Empty(t, b.ends) })
		synctest.Wait()
		require.True(t, a.link.closed)
	})
}

// locked looks at what a voice was told.
func (v *voice) locked(look func()) {
	v.mu.Lock()
	defer v.mu.Unlock()
	look()
}
