package client

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

func drain(t *testing.T, s *Subscription) []Event {
	t.Helper()
	var out []Event
	for {
		e, err := s.take()
		require.NoError(t, err)
		if e == nil {
			return out
		}
		out = append(out, e)
	}
}

func newTestSubscription(limit int) *Subscription {
	return newSubscription(limit, func(*Subscription) {})
}

func TestCursorsReplaceTheirPendingPredecessorAndOthersKeepTheirOrder(t *testing.T) {
	s := newTestSubscription(10)
	s.push(Cursor{M: 1, X: 1})
	s.push(Connected{})
	s.push(Cursor{M: 2, X: 1})
	s.push(Cursor{M: 1, X: 2})
	require.Equal(t, []Event{Cursor{M: 1, X: 2}, Connected{}, Cursor{M: 2, X: 1}}, drain(t, s))
	s.push(Cursor{M: 1, X: 3})
	require.Equal(t, []Event{Cursor{M: 1, X: 3}}, drain(t, s), "a cursor that was taken is not replaced")
}

func TestABranchReplacesItsOwnPendingStateAlone(t *testing.T) {
	s := newTestSubscription(10)
	for _, b := range []Branch{{ID: "a", Cells: 1}, {ID: "b", Cells: 1}, {ID: "a", Cells: 2}} {
		s.push(BranchChanged{Branch: b})
	}
	require.Equal(t, []Event{BranchChanged{Branch{ID: "a", Cells: 2}}, BranchChanged{Branch{ID: "b", Cells: 1}}}, drain(t, s))
}

func TestASlowReaderLosesWhatIsPendingAndIsToldOnce(t *testing.T) {
	s := newTestSubscription(3)
	for range 4 {
		s.push(Connected{})
	}
	s.push(Cursor{M: 1})
	require.Equal(t, []Event{Lagged{}, Connected{}, Cursor{M: 1}}, drain(t, s))
}

func TestASubscriptionGivesWhatIsQueuedBeforeItsError(t *testing.T) {
	s := newTestSubscription(3)
	s.push(Connected{})
	s.Close()
	s.push(Connected{})
	e, err := s.Next(context.Background())
	require.NoError(t, err)
	require.Equal(t, Connected{}, e)
	_, err = s.Next(context.Background())
	require.ErrorIs(t, err, ErrUnsubscribed)
}

func TestWaitsAreUniformBelowACapThatDoubles(t *testing.T) {
	b := backoff{jitter: func() float64 { return 0.5 }}
	var got []time.Duration
	for range 8 {
		got = append(got, b.next(0))
	}
	ms := time.Millisecond
	require.Equal(t, []time.Duration{125 * ms, 250 * ms, 500 * ms, 1000 * ms, 2000 * ms, 4000 * ms, 5000 * ms, 5000 * ms}, got, "[P80] a bound that doubles")
	require.Equal(t, 7*time.Second, b.next(2*time.Second), "what the server asked for is the least wait")
	b.reset()
	require.Equal(t, 125*ms, b.next(0))
}

func TestASilentServerIsGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		barked := make(chan struct{})
		w := newWatchdog(func() { close(barked) })
		time.Sleep(silence - time.Second)
		w.kick()
		time.Sleep(silence - time.Second)
		select {
		case <-barked:
			require.Fail(t, "kicked in time")
		default:
		}
		time.Sleep(2 * time.Second)
		<-barked
	})
}
