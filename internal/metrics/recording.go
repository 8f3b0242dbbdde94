package metrics

import "github.com/prometheus/client_golang/prometheus"

// Recording are the figures of recordings of calls.
type Recording struct{ m *recordingMetrics }

// Recording gives the figures of recordings to those who count them.
func (m *Metrics) Recording() *Recording { return &Recording{&m.recording} }

type recordingMetrics struct {
	active prometheus.Gauge
	kept   prometheus.Counter
	lost   prometheus.Counter
	pieces *prometheus.CounterVec
}

func newRecordingMetrics(r prometheus.Registerer) recordingMetrics {
	f := figures{r, "recording"}
	return recordingMetrics{
		active: f.gauge("active", "Calls that are recorded, or being saved."),
		kept:   f.counter("packets_total", "Packets of audio that were written to recordings."),
		lost:   f.counter("packets_lost_total", "Packets of audio that should have been."),
		pieces: f.counters("pieces_total", "Pieces of recordings, by what became of them.", "end"),
	}
}

// Recording counts calls that are recorded.
func (r *Recording) Recording(more int) { r.m.active.Add(float64(more)) }

// Kept counts packets that were written.
func (r *Recording) Kept(packets int) { r.m.kept.Add(float64(packets)) }

// Lost counts packets that should have been.
func (r *Recording) Lost(packets int) { r.m.lost.Add(float64(packets)) }

// Piece counts what became of a piece.
func (r *Recording) Piece(end string) { r.m.pieces.WithLabelValues(end).Inc() }
