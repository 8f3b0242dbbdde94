package redisbus_test

import (
	"context"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"atelier/hub/fanout"
	"atelier/hub/fanout/fanouttest"
	"atelier/hub/fanout/redisbus"
	"atelier/internal/testservers"
)

func TestMain(m *testing.M) {
	redisbus.Quieten(slog.New(slog.DiscardHandler))
	goleak.VerifyTestMain(m)
}

// open is a transport whose patience is short, for faults not to take long.
func open(t testing.TB, url string) *redisbus.Transport {
	t.Helper()
	bus, err := redisbus.Open(redisbus.Options{
		URL: url, Idle: 300 * time.Millisecond, Probe: 500 * time.Millisecond, Backoff: 20 * time.Millisecond, Timeout: time.Second,
	})
	require.NoError(t, err)
	return bus
}

func closed(t testing.TB, buses ...*redisbus.Transport) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	for _, bus := range buses {
		require.NoError(t, bus.Close(ctx))
	}
}

func TestOneServer(t *testing.T) {
	server := testservers.Redis(t)
	fanouttest.Run(t, func(t *testing.T) fanout.Transport {
		t.Helper()
		return open(t, server.URL())
	})
}

func TestACluster(t *testing.T) {
	cluster := testservers.NewRedisCluster(t)
	fanouttest.Run(t, func(t *testing.T) fanout.Transport {
		t.Helper()
		return open(t, cluster.URL())
	})
}

func TestBehindSentinel(t *testing.T) {
	sentinel := testservers.NewRedisSentinel(t)
	fanouttest.Run(t, func(t *testing.T) fanout.Transport {
		t.Helper()
		return open(t, sentinel.URL())
	})
}

// becomes waits for a state.
func becomes(t *testing.T, bus *redisbus.Transport, want fanout.Health) {
	t.Helper()
	deadline := time.After(30 * time.Second)
	for {
		state, changed := bus.Health()
		if state == want {
			return
		}
		select {
		case <-changed:
		case <-deadline:
			t.Fatalf("is not %s", want)
		}
	}
}

// heals publishes until the other one hears it.
func heals(t *testing.T, from *redisbus.Transport, topic string, ear *fanouttest.Ear) {
	t.Helper()
	n := 0
	require.Eventually(t, func() bool {
		n++
		message := fmt.Sprint("after all ", n)
		from.Publish(topic, []byte(message))
		for _, b := range ear.Heard() {
			if len(b) > 9 && string(b[:9]) == "after all" {
				return true
			}
		}
		return false
	}, 30*time.Second, 50*time.Millisecond)
}

func TestFaultsOfOneServer(t *testing.T) {
	for name, fault := range map[string]func(t *testing.T, s *testservers.RedisServer, ill func()){
		"it hangs": func(_ *testing.T, s *testservers.RedisServer, ill func()) {
			s.Pause()
			ill()
			s.Resume()
		},
		"it is killed and started again": func(_ *testing.T, s *testservers.RedisServer, ill func()) {
			s.Kill()
			ill()
			s.Restart()
		},
		"connections are closed": func(_ *testing.T, s *testservers.RedisServer, _ func()) {
			s.Do("CLIENT", "KILL", "TYPE", "pubsub")
		},
	} {
		t.Run(name, func(t *testing.T) {
			server := testservers.Redis(t)
			a, b := open(t, server.URL()), open(t, server.URL())
			defer closed(t, a, b)
			ear := fanouttest.NewEar()
			defer b.Subscribe("x", ear)()
			ear.Listens(t, 1)
			a.Publish("x", []byte("before"))
			ear.Hears(t, "before")
			fault(t, server, func() { becomes(t, b, fanout.Degraded) })
			ear.Listens(t, 2)
			becomes(t, b, fanout.Healthy)
			heals(t, a, "x", ear)
			becomes(t, a, fanout.Healthy)
		})
	}
}

func TestWhatIsFlushedIsNotMissed(t *testing.T) {
	server := testservers.Redis(t)
	bus := open(t, server.URL())
	defer closed(t, bus)
	ear := fanouttest.NewEar()
	defer bus.Subscribe("x", ear)()
	ear.Listens(t, 1)
	server.Do("FLUSHALL")
	bus.Publish("x", []byte("after"))
	ear.Hears(t, "after")
}

// probed counts what a bus receives.
type probed chan struct{}

func (probed) Published(int)  {}
func (probed) Dropped(int)    {}
func (p probed) Received(int) { p <- struct{}{} }
func (probed) Degraded(bool)  {}

func TestAnIdleConnectionIsProbed(t *testing.T) {
	server := testservers.Redis(t)
	probes := make(probed, 100)
	bus, err := redisbus.Open(redisbus.Options{URL: server.URL(), Idle: 50 * time.Millisecond, Metrics: probes})
	require.NoError(t, err)
	defer closed(t, bus)
	ear := fanouttest.NewEar()
	defer bus.Subscribe("x", ear)()
	ear.Listens(t, 1)
	for range 3 {
		<-probes
	}
	state, _ := bus.Health()
	require.Equal(t, fanout.Healthy, state)
	require.Equal(t, 1, ear.Losses(), "the connection is the same")
}

func TestItBeginsWithoutRedis(t *testing.T) {
	server := testservers.Redis(t)
	server.Kill()
	bus := open(t, server.URL())
	defer closed(t, bus)
	ear := fanouttest.NewEar()
	defer bus.Subscribe("x", ear)()
	becomes(t, bus, fanout.Degraded)
	server.Restart()
	ear.Listens(t, 1)
	becomes(t, bus, fanout.Healthy)
}

func TestAMasterThatDies(t *testing.T) {
	sentinel := testservers.NewRedisSentinel(t)
	a, b := open(t, sentinel.URL()), open(t, sentinel.URL())
	defer closed(t, a, b)
	ear := fanouttest.NewEar()
	defer b.Subscribe("x", ear)()
	ear.Listens(t, 1)
	sentinel.Master.Kill()
	becomes(t, b, fanout.Degraded)
	ear.Listens(t, 2)
	heals(t, a, "x", ear)
}

func TestASlotThatMoves(t *testing.T) {
	cluster := testservers.NewRedisCluster(t)
	a, b := open(t, cluster.URL()), open(t, cluster.URL())
	defer closed(t, a, b)
	ear := fanouttest.NewEar()
	defer b.Subscribe("x", ear)()
	ear.Listens(t, 1)
	a.Publish("x", []byte("before"))
	ear.Hears(t, "before")
	cluster.Move(cluster.Slot(redisbus.Channel("atelier", "x")))
	ear.Listens(t, 2)
	heals(t, a, "x", ear)
}

func TestAddressesThatCannotBeUnderstood(t *testing.T) {
	for _, url := range []string{"", "redis", "http://secret@host", "redis+moon://host", "redis://host:port:x/secret", "redis+sentinel://host"} {
		_, err := redisbus.Open(redisbus.Options{URL: url})
		require.Error(t, err, url)
		require.NotContains(t, err.Error(), "secret")
	}
}

func BenchmarkPublish(b *testing.B) {
	server := testservers.Redis(b)
	bus := open(b, server.URL())
	defer closed(b, bus)
	ear := fanouttest.NewEar()
	defer bus.Subscribe("x", ear)()
	ear.Listens(b, 1)
	payload := make([]byte, 300)
	for b.Loop() {
		bus.Publish("x", payload)
	}
	ear.Until(b, "everything", func(heard [][]byte, _ int) bool { return len(heard) == b.N })
}
