package storm

import (
	"fmt"
	"io"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// Report is what a storm found. A unit is a delivered position (cursors), a connection (herd), a join (joins), an
// acknowledged change (edits) or a packet that somebody heard (voice).
type Report struct {
	Storm   string  `json:"storm"`
	Rooms   int     `json:"rooms"`
	Members int     `json:"members"`
	Hz      float64 `json:"hz,omitempty"`
	Seconds float64 `json:"seconds"`

	Offered   float64 `json:"offered_per_s"`   // units that the load asked for
	Delivered float64 `json:"delivered_per_s"` // units that came
	Units     int64   `json:"units"`
	P50       float64 `json:"p50_ms"`
	P95       float64 `json:"p95_ms"`
	P99       float64 `json:"p99_ms"`
	Max       float64 `json:"max_ms"`
	Missing   int64   `json:"missing"` // must be 0
	Wrong     int64   `json:"wrong"`   // must be 0
	Frames    float64 `json:"frames_per_s"`
	Bytes     float64 `json:"bytes_per_s"`

	GeneratorCPU float64 `json:"generator_cpu_s"`
	Server       *Cost   `json:"server,omitempty"`
	Voice        *Call   `json:"voice,omitempty"` // of voice storms
}

// Cost is what the server spent.
type Cost struct {
	PID             int     `json:"pid"`
	CPU             float64 `json:"cpu_s"`
	MicrosPerUnit   float64 `json:"us_per_unit"`
	UnitsPerCPU     float64 `json:"units_per_cpu_s"`
	RSSBefore       int64   `json:"rss_before_kb"`
	RSSIdle         int64   `json:"rss_idle_kb"` // everybody joined, nobody moves
	RSSLoad         int64   `json:"rss_load_kb"`
	KBPerConnection float64 `json:"kb_per_connection"` // (idle − before) / connections
}

// OK tells whether nothing was missing or wrong; of voice, which the network may lose, hardly anything.
func (r *Report) OK() bool {
	if r.Voice != nil {
		return r.Voice.ok(r)
	}
	return r.Missing == 0 && r.Wrong == 0
}

// Print writes the report for people.
func (r *Report) Print(w io.Writer) error {
	_, err := fmt.Fprintf(w, "%s: %d rooms × %d members, %.1f s\n"+
		"  offered %.0f/s, delivered %.0f/s (%d), missing %d, wrong %d\n"+
		"  p50 %.1f  p95 %.1f  p99 %.1f  max %.1f ms; %.0f frames/s, %.0f kB/s; generator %.2f CPU s\n",
		r.Storm, r.Rooms, r.Members, r.Seconds, r.Offered, r.Delivered, r.Units, r.Missing, r.Wrong,
		r.P50, r.P95, r.P99, r.Max, r.Frames, r.Bytes/1000, r.GeneratorCPU)
	if v := r.Voice; v != nil && err == nil {
		_, err = fmt.Fprintf(w, "  %d talk, %d slots; %.3f %% lost, %d doubled; first packet p50 %.0f  p99 %.0f ms; %.1f goroutines a member\n",
			v.Talk, v.Slots, v.Loss, v.Doubled, v.FirstP50, v.FirstP99, v.Goroutines)
	}
	if err != nil || r.Server == nil {
		return err
	}
	s := r.Server
	_, err = fmt.Fprintf(w, "  server: %.2f CPU s, %.2f µs a unit, %.0f units a CPU s; RSS %d → %d → %d kB, %.1f KB a connection\n",
		s.CPU, s.MicrosPerUnit, s.UnitsPerCPU, s.RSSBefore, s.RSSIdle, s.RSSLoad, s.KBPerConnection)
	return err
}

// newHistogram holds microseconds up to a minute with two digits: about 20 KB.
func newHistogram() *hdrhistogram.Histogram {
	return hdrhistogram.New(1, time.Minute.Microseconds(), 2)
}

func observe(h *hdrhistogram.Histogram, d time.Duration) {
	_ = h.RecordValue(min(max(d.Microseconds(), 1), time.Minute.Microseconds())) // within its range
}

func (r *Report) latencies(h *hdrhistogram.Histogram) {
	r.P50, r.P95, r.P99 = millis(h.ValueAtQuantile(50)), millis(h.ValueAtQuantile(95)), millis(h.ValueAtQuantile(99))
	r.Max = millis(h.Max())
}

func millis(us int64) float64 { return float64(us) / 1000 }
