package storm

import (
	"context"
	"time"
)

// grain is the shortest sleep of pace: what falls due within it is done together, so that a storm of thousands of
// members is not thousands of timers.
const grain = time.Millisecond

// pace calls do for each of n in turn, each hz times a second, evenly spread, for a duration. A do that is late is done
// at once; none is skipped. It returns how often it called.
func pace(ctx context.Context, n int, hz float64, d time.Duration, do func(i int) error) (calls int64, err error) {
	every := time.Duration(float64(time.Second) / hz / float64(n))
	total := int64(float64(n) * hz * d.Seconds())
	start := time.Now()
	for calls < total {
		due := start.Add(time.Duration(calls) * every)
		if wait := time.Until(due); wait > 0 {
			select {
			case <-ctx.Done():
				return calls, context.Cause(ctx)
			case <-time.After(max(wait, grain)):
			}
		}
		if err := do(int(calls % int64(n))); err != nil {
			return calls, err
		}
		calls++
	}
	return calls, nil
}
