package rtc

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestLossAndJitterAreCounted(t *testing.T) {
	var r reception
	now := time.Unix(1000, 0)
	seq := uint16(65_500)
	for i := range tallyEvery - 1 {
		now = now.Add(20 * time.Millisecond)
		if i%2 == 0 {
			now = now.Add(4 * time.Millisecond)
		} else {
			now = now.Add(-4 * time.Millisecond)
		}
		seq++
		switch i {
		case 10:
			seq += 3 // three are lost
		case 12:
			r.take(&Packet{Seq: seq - 4, Time: uint32(i) * frameTime}, now) // and one of them was late
			continue
		}
		r.take(&Packet{Seq: seq, Time: uint32(i) * frameTime}, now)
	}
	_, due := r.due()
	require.False(t, due)
	seq++
	r.take(&Packet{Seq: seq, Time: uint32(tallyEvery-1) * frameTime}, now.Add(16*time.Millisecond))
	got, due := r.due()
	require.True(t, due)
	require.Equal(t, tally{in: tallyEvery, lost: 3}, got, "three, less the late one, and the one that was skipped for it")
	require.InDelta(t, 4*time.Millisecond, r.shakes(), float64(time.Millisecond))
	_, due = r.due()
	require.False(t, due)
}
