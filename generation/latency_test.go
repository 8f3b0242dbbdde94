package generation_test

import (
	"slices"
	"testing"
	"time"

	"atelier/protocol"
)

// BenchmarkEnqueueToRunning measures from the call of Enqueue to the moment at which the room is shown the running job,
// with idle workers.
func BenchmarkEnqueueToRunning(b *testing.B) {
	h := newHouse(b, nil)
	h.start()
	var took []time.Duration
	for b.Loop() {
		req := request()
		began := time.Now()
		job, err := h.queue.Enqueue(b.Context(), ana(), req)
		if err != nil {
			b.Fatal(err)
		}
		h.board.await(b, job.ID, in(protocol.JobRunning))
		took = append(took, time.Since(began))
		h.board.await(b, job.ID, placed)
		h.board.forget()
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
}
