package generation

import (
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
