// Package metrics counts what a server does, for Prometheus. It is one injected struct with a registry of its own: two
// servers in one process do not share a counter. It implements the metric ports of the packages that count, by their
// shape, and so imports none of them.
package metrics

import (
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"atelier/protocol"
)

const namespace = "atelier"

// Metrics are all figures of a server. Its methods do not block.
type Metrics struct {
	registry  *prometheus.Registry
	rooms     roomMetrics
	sockets   socketMetrics
	queue     queueMetrics
	voice     voiceMetrics
	fanout    fanoutMetrics
	recording recordingMetrics
	requests  *prometheus.HistogramVec
	commands  *prometheus.CounterVec
}

// New makes the metrics of one server, those of the Go runtime and the process among them.
func New(version string) *Metrics {
	r := prometheus.NewRegistry()
	r.MustRegister(
		collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	)
	m := &Metrics{
		registry:  r,
		rooms:     newRoomMetrics(r),
		sockets:   newSocketMetrics(r),
		queue:     newQueueMetrics(r),
		voice:     newVoiceMetrics(r),
		fanout:    newFanoutMetrics(r),
		recording: newRecordingMetrics(r),
		requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Namespace: namespace, Subsystem: "http", Name: "request_seconds", Help: "Time to answer an HTTP request.",
			Buckets: []float64{.001, .005, .02, .1, .5, 2, 10},
		}, []string{"route", "status"}),
		commands: figures{r, "command"}.counters("understood_total", "Voice commands, by what understood them.", "by"),
	}
	build := prometheus.NewGauge(prometheus.GaugeOpts{
		Namespace: namespace, Name: "build_info", Help: "Always 1; the label is the version.",
		ConstLabels: prometheus.Labels{"version": version},
	})
	build.Set(1)
	r.MustRegister(m.requests, build)
	return m
}

// Registry is where other parts may register their own figures.
func (m *Metrics) Registry() *prometheus.Registry { return m.registry }

// Handler serves /metrics.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{Registry: m.registry})
}

// Rooms implements the metrics port of rooms.
func (m *Metrics) Rooms() *Rooms { return &Rooms{&m.rooms} }

// SocketOpened implements the metrics port of the hub.
func (m *Metrics) SocketOpened() { m.sockets.open.Inc(); m.sockets.opened.Inc() }

// SocketClosed implements the metrics port of the hub.
func (m *Metrics) SocketClosed() { m.sockets.open.Dec() }

// SocketCut implements the metrics port of the hub.
func (m *Metrics) SocketCut(why string) { m.sockets.cut.WithLabelValues(why).Inc() }

// Wrote implements the metrics port of the hub.
func (m *Metrics) Wrote(frames, bytes int) {
	m.sockets.writes.Inc()
	m.sockets.frames.Add(float64(frames))
	m.sockets.bytes.Add(float64(bytes))
}

// Understood implements the metrics port of the hub.
func (m *Metrics) Understood(by string) { m.commands.WithLabelValues(by).Inc() }

// Served implements the metrics port of the hub. Routes are those of the route table, so they are few.
func (m *Metrics) Served(route string, status int, took time.Duration) {
	m.requests.WithLabelValues(route, strconv.Itoa(status)).Observe(took.Seconds())
}

// Rooms counts what rooms do.
type Rooms struct{ m *roomMetrics }

// RoomLoaded implements the metrics port of rooms.
func (r *Rooms) RoomLoaded(took time.Duration, records int) {
	r.m.loaded.Inc()
	r.m.loading.Observe(took.Seconds())
	r.m.records.Observe(float64(records))
}

// RoomUnloaded implements the metrics port of rooms.
func (r *Rooms) RoomUnloaded() { r.m.loaded.Dec() }

// Committed implements the metrics port of rooms.
func (r *Rooms) Committed(changes int, took time.Duration) {
	r.m.changes.Add(float64(changes))
	r.m.committing.Observe(took.Seconds())
}

// Refused implements the metrics port of rooms.
func (r *Rooms) Refused(code protocol.Code) { r.m.refused.WithLabelValues(string(code)).Inc() }

// Ticked implements the metrics port of rooms.
func (r *Rooms) Ticked(members, bytes int) {
	r.m.ticks.Inc()
	r.m.fanned.Add(float64(members) * float64(bytes))
}

// Queue implements the metrics port of generation.
func (m *Metrics) Queue() *Queue { return &Queue{&m.queue} }

// Queue counts what the generation queue does.
type Queue struct{ m *queueMetrics }

// Enqueued implements the metrics port of generation.
func (q *Queue) Enqueued(jobs int) { q.m.enqueued.Add(float64(jobs)) }

// Claimed implements the metrics port of generation.
func (q *Queue) Claimed(took time.Duration) { q.m.claims.Observe(took.Seconds()) }

// Ended implements the metrics port of generation. A clock that was set back makes no time negative.
func (q *Queue) Ended(route string, state protocol.JobState, waited, ran time.Duration) {
	route = q.m.routes.of(route)
	q.m.attempts.WithLabelValues(route, string(state)).Inc()
	if state.Final() {
		q.m.waited.Observe(max(0, waited).Seconds())
	}
	q.m.ran.WithLabelValues(route).Observe(max(0, ran).Seconds())
}

// Workers implements the metrics port of generation.
func (q *Queue) Workers(remote int) { q.m.workers.Set(float64(remote)) }

// Placed implements the metrics port of generation.
func (q *Queue) Placed(results int) { q.m.placed.Add(float64(results)) }

// Waiting implements the metrics port of generation.
func (q *Queue) Waiting(jobs int) { q.m.waiting.Set(float64(jobs)) }
