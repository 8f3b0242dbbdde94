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

func TestTheLineIsInTheOrderInWhichJobsWillBeClaimed(t *testing.T) {
	w := func(workspace, user, id string, units float64) Waiting {
		return Waiting{Workspace: workspace, Room: workspace + "room", User: user, ID: id, Units: units, State: protocol.JobQueued}
	}
	paused := w("a", "zoe", "paused", 1)
	paused.Paused = true
	l := Line{
		Waiting: []Waiting{
			w("a", "ana", "film 1", 8), w("a", "ana", "film 2", 8), w("a", "ana", "film 3", 8), paused,
			w("a", "ben", "picture 1", 1), w("a", "ben", "picture 2", 1), w("b", "cleo", "song", 2),
		},
		Turns: []Turn{
			{Workspace: "a", Had: 10},
			{Workspace: "b", Had: 11},
			{Workspace: "a", Room: "aroom", User: "ben", Had: 3},
			{Workspace: "a", Room: "aroom", User: "zoe", Had: 99},
		},
	}
	var order []string
	for at := range inTurn(l) {
		order = append(order, at.ID)
	}
	require.Equal(t, []string{"film 1", "song", "picture 1", "picture 2", "film 2", "film 3", "paused"}, order)
	spots := lineUp(l, 1, time.Unix(1000, 0))
	require.Equal(t, []string{"film 1", "picture 1", "picture 2", "film 2", "film 3", "paused"}, spots.rooms["aroom"])
	require.Zero(t, spots.of[spotKey{"aroom", "paused"}].start)
}
