package storetest

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"atelier/generation"
	"atelier/hub/auth"
	"atelier/protocol"
)

// benchWorkers claim or enqueue at the same time.
const benchWorkers = 32

// BenchQueue measures what a queue does per second, by 32 callers at once: claims out of a line of the length waiting, and
// requests of one job. Each is on the disk. A line that was claimed to its end waits again, so that the database does not
// grow with the number of claims. When the line is full, settle lets the database do what it otherwise does now and then.
func BenchQueue(b *testing.B, s Stores, waiting int, settle func()) {
	jobs, ok := s.(JobStores)
	require.True(b, ok, "%T keeps no jobs", s)
	q := benchQueue{JobStores: jobs}
	_, err := s.EnsureWorkspace(b.Context(), workspace, "Team")
	require.NoError(b, err)
	require.NoError(b, s.CreateRoom(b.Context(), auth.Room{ID: "r", Workspace: workspace, Name: "R"}, protocol.RoleOwner))
	q.fill(b, waiting)
	settle()
	b.Run(fmt.Sprint("claim/waiting=", waiting), func(b *testing.B) {
		for left := b.N; left > 0; left -= waiting {
			q.each(b, min(left, waiting), q.claim)
			b.StopTimer()
			_, err := q.Lapse(b.Context(), "w")
			require.NoError(b, err)
			b.StartTimer()
		}
		b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "claims/s")
	})
	b.Run(fmt.Sprint("enqueue/waiting=", waiting), func(b *testing.B) {
		q.each(b, b.N, q.enqueue)
		b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "requests/s")
	})
}

type benchQueue struct {
	JobStores

	serial atomic.Int64
}

// fill puts n waiting jobs of 50 people in one room.
func (q *benchQueue) fill(b *testing.B, n int) {
	b.Helper()
	for n > 0 {
		request := make([]protocol.Job, min(n, 500))
		for i := range request {
			request[i] = q.job()
		}
		_, _, err := q.Enqueue(b.Context(), workspace, request, generation.Caps{})
		require.NoError(b, err)
		n -= len(request)
	}
}

func (q *benchQueue) job() protocol.Job {
	n := q.serial.Add(1)
	return protocol.Job{
		JobRequest: protocol.JobRequest{
			ID: protocol.DerivedID("bench", strconv.FormatInt(n, 10)), Kind: "image", Transform: "generate", Provider: "sketch",
			Model: "m", Prompt: strings.Repeat("a long prompt about a harbour ", 8), Count: 1,
		},
		Room: "r", User: fmt.Sprint("user", n%50), UserName: "Somebody", MaxAttempts: 1 << 30, Units: 1,
	}
}

// each does something n times, by [benchWorkers] at once.
func (q *benchQueue) each(b *testing.B, n int, do func(b *testing.B) error) {
	b.Helper()
	var left atomic.Int64
	left.Store(int64(n))
	var workers sync.WaitGroup
	for range benchWorkers {
		workers.Go(func() {
			for left.Add(-1) >= 0 {
				if err := do(b); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	workers.Wait()
}

func (q *benchQueue) claim(b *testing.B) error {
	b.Helper()
	able := generation.Capabilities{Worker: "w", Routes: []string{"sketch/m"}}
	l, err := q.Claim(b.Context(), able, time.Hour, generation.Caps{})
	if err == nil && l == nil {
		err = errors.New("nothing to claim")
	}
	return err
}

func (q *benchQueue) enqueue(b *testing.B) error {
	b.Helper()
	_, _, err := q.Enqueue(b.Context(), workspace, []protocol.Job{q.job()}, generation.Caps{})
	return err
}
