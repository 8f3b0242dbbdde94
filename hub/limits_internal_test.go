package hub

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"atelier/protocol"
)

func TestWhoWaitsAsToldIsNeverTakenForAbusive(t *testing.T) {
	c := newCommandRate(protocol.DefaultLimits())
	now := time.Unix(0, 0)
	refused := 0
	for end := now.Add(time.Minute); now.Before(end); {
		refusal, ending := c.take(now)
		require.NoError(t, ending)
		if refusal != nil {
			refused++
			now = now.Add(time.Duration(refusal.RetryAfterMS) * time.Millisecond)
		}
	}
	require.Greater(t, refused, 1000)
}

func TestWhoIsDeafToTheWaitEndsAfterTenSeconds(t *testing.T) {
	c := newCommandRate(protocol.DefaultLimits())
	began := time.Unix(0, 0)
	for now := began; ; now = now.Add(time.Millisecond) {
		require.Less(t, now.Sub(began), 15*time.Second)
		if _, ending := c.take(now); ending != nil {
			require.Greater(t, now.Sub(began), abuse)
			return
		}
	}
}

func TestAPauseForgivesAbuse(t *testing.T) {
	c := newCommandRate(protocol.DefaultLimits())
	now := time.Unix(0, 0)
	for range 20 {
		for range 5000 { // five seconds
			_, ending := c.take(now)
			require.NoError(t, ending)
			now = now.Add(time.Millisecond)
		}
		now = now.Add(2 * time.Second)
	}
}

type point struct{ x, y float32 }

func TestOfTooManyPositionsTheNewestArrives(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var got []point
		g := newCursorGate(protocol.DefaultLimits(), func(x, y float32) { got = append(got, point{x, y}) })
		for i := range 1000 { // a second of one each millisecond
			g.put(float32(i), 0, time.Now())
			time.Sleep(time.Millisecond)
		}
		time.Sleep(time.Second)
		g.close()
		synctest.Wait()
		require.InDelta(t, 60, len(got), float64(cursorBurst)+2)
		require.Equal(t, point{999, 0}, got[len(got)-1], "[P51] the newest is kept")
		for i := 1; i < len(got); i++ {
			require.Greater(t, got[i].x, got[i-1].x, "never back to an older one")
		}
	})
}

func TestNoPositionPassesAClosedGate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		passed := 0
		g := newCursorGate(protocol.DefaultLimits(), func(float32, float32) { passed++ })
		for range cursorBurst + 1 {
			g.put(1, 1, time.Now())
		}
		g.close()
		time.Sleep(time.Second)
		require.Equal(t, cursorBurst, passed)
	})
}

func TestALaneKeepsOrderAndItsBound(t *testing.T) {
	var l lane
	hold := make(chan struct{})
	started := make(chan struct{})
	require.True(t, l.do(func(context.Context) { close(started); <-hold }))
	<-started
	var done []int
	for i := range laneLength {
		require.True(t, l.do(func(context.Context) { done = append(done, i) }))
	}
	require.False(t, l.do(func(context.Context) {}), "a full lane takes nothing")
	last := make(chan struct{})
	close(hold)
	require.Eventually(t, func() bool { return l.do(func(context.Context) { close(last) }) }, time.Second, time.Millisecond)
	<-last
	require.Len(t, done, laneLength)
	require.IsIncreasing(t, done)
	l.close()
	require.False(t, l.do(func(context.Context) {}))
}

func TestAClosedLaneDropsWhatWaitsAndEndsWhatRuns(t *testing.T) {
	var l lane
	started := make(chan struct{})
	ended := false
	l.do(func(ctx context.Context) { close(started); <-ctx.Done(); ended = true })
	l.do(func(context.Context) { panic("was to be dropped") })
	<-started
	l.close()
	require.True(t, ended)
	require.False(t, l.do(func(context.Context) {}))
}
