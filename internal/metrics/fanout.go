package metrics

import "github.com/prometheus/client_golang/prometheus"

// Fanout are the figures of messages between instances.
type Fanout struct{ m *fanoutMetrics }

// Fanout gives the figures of messages between instances to those who count them.
func (m *Metrics) Fanout() *Fanout { return &Fanout{&m.fanout} }

type fanoutMetrics struct {
	published, dropped, received prometheus.Counter
	degraded                     prometheus.Gauge
}

func newFanoutMetrics(r prometheus.Registerer) fanoutMetrics {
	f := figures{r, "fanout"}
	return fanoutMetrics{
		published: f.counter("published_total", "Messages that were given to Redis for other instances."),
		dropped:   f.counter("dropped_total", "Messages that could not be."),
		received:  f.counter("received_total", "Messages that came from Redis, one's own among them."),
		degraded:  f.gauge("degraded", "1 while Redis does not carry messages, or not all."),
	}
}

// Published counts messages that were given to Redis.
func (f *Fanout) Published(messages int) { f.m.published.Add(float64(messages)) }

// Dropped counts messages that could not be.
func (f *Fanout) Dropped(messages int) { f.m.dropped.Add(float64(messages)) }

// Received counts messages that came.
func (f *Fanout) Received(messages int) { f.m.received.Add(float64(messages)) }

// Degraded tells whether messages are carried.
func (f *Fanout) Degraded(is bool) { //nolint:revive // it is what is measured
	value := 0.0
	if is {
		value = 1
	}
	f.m.degraded.Set(value)
}
