package redisbus_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"atelier/internal/testservers"
)

func TestLimitsHoldOverAllInstances(t *testing.T) {
	for name, url := range map[string]string{
		"one server": testservers.Redis(t).URL(), "a cluster": testservers.NewRedisCluster(t).URL(),
	} {
		t.Run(name, func(t *testing.T) {
			a, b := open(t, url), open(t, url)
			defer closed(t, a, b)
			here, there := a.Limiter(), b.Limiter()
			for range 3 {
				wait, err := here.Take(t.Context(), "ana", 0.5, 6)
				require.NoError(t, err)
				require.Zero(t, wait)
				wait, err = there.Take(t.Context(), "ana", 0.5, 6)
				require.NoError(t, err)
				require.Zero(t, wait)
			}
			wait, err := there.Take(t.Context(), "ana", 0.5, 6)
			require.NoError(t, err)
			require.Greater(t, wait, time.Second)
			require.LessOrEqual(t, wait, 2*time.Second)
			wait, err = here.Take(t.Context(), "ben", 0.5, 6)
			require.NoError(t, err)
			require.Zero(t, wait, "each has their own")
		})
	}
}

func TestALimitTakesInAtItsRate(t *testing.T) {
	bus := open(t, testservers.Redis(t).URL())
	defer closed(t, bus)
	limiter := bus.Limiter()
	taken, begun := 0, time.Now()
	for time.Since(begun) < time.Second {
		wait, err := limiter.Take(t.Context(), "ana", 100, 10)
		require.NoError(t, err)
		if wait == 0 {
			taken++
		}
	}
	most := 10 + int(time.Since(begun).Seconds()*100) + 1
	require.LessOrEqual(t, taken, most)
	require.Greater(t, taken, most/2)
}

func TestALimitWithoutRedisIsAnError(t *testing.T) {
	server := testservers.Redis(t)
	bus := open(t, server.URL())
	defer closed(t, bus)
	server.Kill()
	_, err := bus.Limiter().Take(t.Context(), "ana", 1, 1)
	require.Error(t, err)
}
