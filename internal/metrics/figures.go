package metrics

import "github.com/prometheus/client_golang/prometheus"

type roomMetrics struct {
	loaded     prometheus.Gauge
	loading    prometheus.Histogram
	records    prometheus.Histogram
	changes    prometheus.Counter
	committing prometheus.Histogram
	refused    *prometheus.CounterVec
	ticks      prometheus.Counter
	fanned     prometheus.Counter
}

func newRoomMetrics(r prometheus.Registerer) roomMetrics {
	f := figures{r, "room"}
	return roomMetrics{
		loaded:  f.gauge("loaded", "Rooms in memory."),
		loading: f.histogram("load_seconds", "Time to load a room.", .001, .005, .02, .1, .5, 2),
		records: f.histogram("load_records", "Records of a room when it was loaded.", 10, 100, 1000, 10_000, 50_000),
		changes: f.counter("changes_total", "Changes that are durable."),
		committing: f.histogram("commit_seconds", "Time of one commit, whatever number of changes it held.",
			.0005, .001, .002, .005, .01, .05, .2, 1, 5),
		refused: f.counters("changes_refused_total", "Changes that were refused.", "code"),
		ticks:   f.counter("ticks_total", "Frames of the latest-wins lane, each encoded once for a room."),
		fanned:  f.counter("tick_bytes_total", "Bytes of those frames, times the members they are for."),
	}
}

type socketMetrics struct {
	open   prometheus.Gauge
	opened prometheus.Counter
	cut    *prometheus.CounterVec
	writes prometheus.Counter
	frames prometheus.Counter
	bytes  prometheus.Counter
}

func newSocketMetrics(r prometheus.Registerer) socketMetrics {
	f := figures{r, "socket"}
	return socketMetrics{
		open:   f.gauge("open", "Open sockets."),
		opened: f.counter("opened_total", "Sockets that were opened."),
		cut:    f.counters("cut_total", "Sockets that were cut without a word.", "reason"),
		writes: f.counter("writes_total", "Writes to sockets."),
		frames: f.counter("frames_total", "Frames in those writes."),
		bytes:  f.counter("written_bytes_total", "Bytes of those writes."),
	}
}

type voiceMetrics struct {
	participants prometheus.Gauge
	flowing      prometheus.Gauge
	ice          *prometheus.CounterVec
	ended        *prometheus.CounterVec
	in           prometheus.Counter
	muted        prometheus.Counter
	out          prometheus.Counter
	lost         prometheus.Counter
	jitter       prometheus.Histogram
	forwarding   prometheus.Histogram
	switched     prometheus.Counter
}

func newVoiceMetrics(r prometheus.Registerer) voiceMetrics {
	f := figures{r, "voice"}
	return voiceMetrics{
		participants: f.gauge("participants", "Members in calls."),
		flowing:      f.gauge("connected", "Members in calls whose media connection stands."),
		ice:          f.counters("ice_total", "Media connections that came into a state of ICE (RFC 8445).", "state"),
		ended:        f.counters("ended_total", "Members who are not in a call any more.", "reason"),
		in:           f.counter("packets_in_total", "Packets of audio that came."),
		muted:        f.counter("packets_muted_total", "Of these, those of muted members, which go nowhere."),
		out:          f.counter("packets_out_total", "Packets of audio that were sent on."),
		lost:         f.counter("packets_lost_total", "Packets of audio that were lost on their way here."),
		jitter:       f.histogram("jitter_seconds", "Jitter of a member's packets (RFC 3550), once a second.", .001, .005, .01, .02, .05, .1, .3),
		forwarding: f.histogram("forward_seconds", "Time to send one packet to everybody who hears it, once a second for each who speaks.",
			.00005, .0001, .0002, .0005, .001, .002, .005, .02),
		switched: f.counter("slots_switched_total", "Slots that were given to a louder speaker."),
	}
}

// mostRoutes is how many routes have figures of their own.
const mostRoutes = 100

type queueMetrics struct {
	routes   *labels
	enqueued prometheus.Counter
	claims   prometheus.Histogram
	attempts *prometheus.CounterVec
	waited   prometheus.Histogram
	ran      *prometheus.HistogramVec
	workers  prometheus.Gauge
	placed   prometheus.Counter
	waiting  prometheus.Gauge
}

func newQueueMetrics(r prometheus.Registerer) queueMetrics {
	f := figures{r, "queue"}
	return queueMetrics{
		routes:   newLabels(mostRoutes),
		enqueued: f.counter("enqueued_total", "Jobs that were put in the queue, every step of a chain."),
		claims:   f.histogram("claim_seconds", "Time to find and lease a job.", .0005, .001, .002, .005, .02, .1, .5),
		attempts: f.counters("attempts_total", "Attempts that ended.", "route", "state"),
		waited: f.histogram("wait_seconds", "Time from a job's creation to the beginning of the attempt that ended it.",
			.02, .1, .5, 2, 10, 60, 300, 1800),
		ran:     f.histograms("run_seconds", "Time of an attempt.", "route", .1, .5, 2, 10, 30, 120, 600),
		workers: f.gauge("remote_workers", "Members of rooms who offer to work."),
		waiting: f.gauge("waiting", "Jobs that are queued."),
		placed:  f.counter("placed_total", "Results that were put on canvases."),
	}
}

// figures makes and registers the figures of one part.
type figures struct {
	registry prometheus.Registerer
	part     string
}

func (f figures) gauge(name, help string) prometheus.Gauge {
	g := prometheus.NewGauge(prometheus.GaugeOpts{Namespace: namespace, Subsystem: f.part, Name: name, Help: help})
	f.registry.MustRegister(g)
	return g
}

func (f figures) counter(name, help string) prometheus.Counter {
	c := prometheus.NewCounter(prometheus.CounterOpts{Namespace: namespace, Subsystem: f.part, Name: name, Help: help})
	f.registry.MustRegister(c)
	return c
}

func (f figures) counters(name, help string, labels ...string) *prometheus.CounterVec {
	c := prometheus.NewCounterVec(
		prometheus.CounterOpts{Namespace: namespace, Subsystem: f.part, Name: name, Help: help}, labels)
	f.registry.MustRegister(c)
	return c
}

func (f figures) histograms(name, help, label string, buckets ...float64) *prometheus.HistogramVec {
	h := prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Namespace: namespace, Subsystem: f.part, Name: name, Help: help, Buckets: buckets,
	}, []string{label})
	f.registry.MustRegister(h)
	return h
}

func (f figures) histogram(name, help string, buckets ...float64) prometheus.Histogram {
	h := prometheus.NewHistogram(prometheus.HistogramOpts{
		Namespace: namespace, Subsystem: f.part, Name: name, Help: help, Buckets: buckets,
	})
	f.registry.MustRegister(h)
	return h
}
