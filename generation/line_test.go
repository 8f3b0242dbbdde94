package generation

import (
	"context"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"atelier/protocol"
)

func TestExpectedStartsFollowFromTheWorkAhead(t *testing.T) {
	now := time.Unix(1000, 0)
	busy := []Waiting{
		{Room: "r", ID: "busy", State: protocol.JobRunning, Started: now.Add(-4 * time.Second), Pace: 10 * time.Second},
	}
	waiting := []Waiting{
		{Room: "r", ID: "a", Units: 1, State: protocol.JobQueued, Pace: 20 * time.Second},
		{Room: "s", ID: "b", State: protocol.JobQueued, Pace: 6 * time.Second},
		{Room: "r", ID: "c", State: protocol.JobQueued},
	}
	got := lineUp(Line{Busy: busy, Waiting: waiting}, 2, now)
	require.Equal(t, spot{1, now}, got.of[spotKey{"r", "a"}], "a slot is free")
	require.Equal(t, spot{1, now.Add(6 * time.Second)}, got.of[spotKey{"s", "b"}], "when the running one ends")
	require.Equal(t, spot{2, now.Add(12 * time.Second)}, got.of[spotKey{"r", "c"}], "behind the other room's")
}

func TestNothingIsExpectedWhileNoPaceIsKnown(t *testing.T) {
	now := time.Unix(1000, 0)
	waiting := []Waiting{{ID: "a", State: protocol.JobQueued}, {ID: "b", State: protocol.JobQueued}}
	got := lineUp(Line{Waiting: waiting}, 1, now)
	require.Equal(t, now, got.of[spotKey{"", "a"}].start)
	require.Zero(t, got.of[spotKey{"", "b"}].start)
}

// countedLine is a line of so many jobs that counts who reads it.
type countedLine struct {
	LineStore
	waiting int
	looks   int
}

func (c *countedLine) Line(context.Context, int) (Line, error) {
	c.looks++
	l := Line{Waiting: make([]Waiting, c.waiting)}
	for i := range l.Waiting {
		l.Waiting[i] = Waiting{Room: "r", ID: strconv.Itoa(i), Units: 1, State: protocol.JobQueued}
	}
	return l, nil
}

func TestALookAtTheLineIsSharedOnlyWhileManyWait(t *testing.T) {
	now := time.Unix(1000, 0)
	for waiting, looks := range map[int]int{manyWait: 3, manyWait + 1: 2} {
		store := &countedLine{waiting: waiting}
		l := &line{store: store, slots: func() int { return 1 }, now: func() time.Time { return now }}
		for _, after := range []time.Duration{0, lookShared - 1, 1} {
			now = now.Add(after)
			_, err := l.spots(t.Context())
			require.NoError(t, err)
		}
		require.Equal(t, looks, store.looks, "%d wait", waiting)
	}
}
