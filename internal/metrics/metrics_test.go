package metrics_test

import (
	"fmt"
	"io"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"atelier/generation"
	"atelier/hub"
	"atelier/internal/metrics"
	"atelier/protocol"
	"atelier/rooms"
	"atelier/rtc"
	"atelier/rtc/recording"
)

var (
	_ hub.Metrics   = (*metrics.Metrics)(nil)
	_ rooms.Metrics = (*metrics.Rooms)(nil)

	_ generation.Metrics = (*metrics.Queue)(nil)
	_ rtc.Metrics        = (*metrics.Voice)(nil)
	_ recording.Metrics  = (*metrics.Recording)(nil)
)

func TestWhatIsCountedIsScraped(t *testing.T) {
	m := metrics.New("v1")
	m.SocketOpened()
	m.SocketOpened()
	m.SocketClosed()
	m.SocketCut("overflow")
	m.Wrote(3, 100)
	m.Understood("grammar")
	m.Served("GET /v1/rooms", 200, time.Millisecond)
	m.Rooms().RoomLoaded(time.Millisecond, 10)
	m.Rooms().Committed(5, time.Millisecond)
	m.Rooms().Refused(protocol.CodeConflict)
	m.Rooms().Ticked(10, 50)
	m.Queue().Enqueued(3)
	m.Queue().Claimed(time.Millisecond)
	m.Queue().Ended("sketch/landscape", protocol.JobDelayed, time.Second, time.Second)
	m.Queue().Ended("sketch/landscape", protocol.JobSucceeded, 2*time.Second, time.Second)
	m.Queue().Workers(2)
	m.Queue().Placed(4)
	m.Queue().Waiting(7)
	m.Voice().Joined()
	m.Voice().Joined()
	m.Voice().Flowing(1)
	m.Voice().Ended(protocol.VoiceRemoved)
	m.Voice().Heard(50, 10, 80, 3, time.Millisecond, time.Millisecond)
	m.Voice().Heard(50, 0, 100, -1, time.Millisecond, time.Millisecond)
	m.Voice().Switched()
	m.Voice().ICE("connected")
	m.Recording().Recording(2)
	m.Recording().Recording(-1)
	m.Recording().Kept(50)
	m.Recording().Lost(2)
	m.Recording().Piece(recording.PieceSaved)

	text := scraped(t, m)
	for _, line := range []string{
		`atelier_build_info{version="v1"} 1`,
		"atelier_voice_participants 1",
		"atelier_voice_connected 1",
		`atelier_voice_ended_total{reason="removed"} 1`,
		"atelier_voice_packets_in_total 100",
		"atelier_voice_packets_muted_total 10",
		"atelier_voice_packets_out_total 180",
		"atelier_voice_packets_lost_total 3",
		"atelier_voice_jitter_seconds_count 2",
		"atelier_voice_forward_seconds_count 2",
		"atelier_voice_slots_switched_total 1",
		`atelier_voice_ice_total{state="connected"} 1`,
		"atelier_recording_active 1",
		"atelier_recording_packets_total 50",
		"atelier_recording_packets_lost_total 2",
		`atelier_recording_pieces_total{end="saved"} 1`,
		"atelier_socket_open 1",
		"atelier_socket_opened_total 2",
		`atelier_socket_cut_total{reason="overflow"} 1`,
		"atelier_socket_frames_total 3",
		"atelier_socket_written_bytes_total 100",
		`atelier_http_request_seconds_count{route="GET /v1/rooms",status="200"} 1`,
		`atelier_command_understood_total{by="grammar"} 1`,
		"atelier_room_loaded 1",
		"atelier_room_changes_total 5",
		`atelier_room_changes_refused_total{code="CONFLICT"} 1`,
		"atelier_room_tick_bytes_total 500",
		"atelier_queue_enqueued_total 3",
		"atelier_queue_claim_seconds_count 1",
		`atelier_queue_attempts_total{route="sketch/landscape",state="succeeded"} 1`,
		`atelier_queue_attempts_total{route="sketch/landscape",state="delayed"} 1`,
		"atelier_queue_wait_seconds_count 1",
		"atelier_queue_wait_seconds_sum 2",
		`atelier_queue_run_seconds_count{route="sketch/landscape"} 2`,
		`atelier_queue_run_seconds_sum{route="sketch/landscape"} 2`,
		"atelier_queue_remote_workers 2",
		"atelier_queue_placed_total 4",
		"atelier_queue_waiting 7",
		"go_goroutines ",
	} {
		require.Contains(t, text, line)
	}
}

func TestTwoServersShareNothing(t *testing.T) {
	one, two := metrics.New("v1"), metrics.New("v1")
	one.SocketOpened()
	require.Contains(t, scraped(t, two), "atelier_socket_open 0")
}

func scraped(t *testing.T, m *metrics.Metrics) string {
	t.Helper()
	answer := httptest.NewRecorder()
	m.Handler().ServeHTTP(answer, httptest.NewRequestWithContext(t.Context(), "GET", "/metrics", nil))
	text, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	return string(text)
}

func TestRoutesBeyondTheBoundShareOneSeries(t *testing.T) {
	m := metrics.New("v1")
	for range 2 {
		for i := range 1000 {
			m.Queue().Ended(fmt.Sprintf("box/model-%d", i), protocol.JobFailed, -time.Second, -time.Second)
		}
	}
	text := scraped(t, m)
	require.Equal(t, 101, strings.Count(text, "atelier_queue_run_seconds_count{"))
	require.Contains(t, text, `atelier_queue_attempts_total{route="box/model-99",state="failed"} 2`)
	require.Contains(t, text, `atelier_queue_attempts_total{route="other",state="failed"} 1800`)
	require.Contains(t, text, "atelier_queue_wait_seconds_sum 0", "a clock that was set back")
}

func TestAttemptsAreCountedFromManyWorkers(t *testing.T) {
	m := metrics.New("v1")
	var workers sync.WaitGroup
	for i := range 8 {
		workers.Go(func() {
			for range 100 {
				m.Queue().Ended(fmt.Sprintf("box/%d", i%2), protocol.JobSucceeded, time.Second, time.Second)
			}
		})
	}
	workers.Wait()
	require.Contains(t, scraped(t, m), `atelier_queue_attempts_total{route="box/1",state="succeeded"} 400`)
}

func TestOperatorsAreToldWhatEveryFigureMeans(t *testing.T) {
	page, err := os.ReadFile("../../docs/operations.md")
	require.NoError(t, err)
	var told []string
	for _, row := range regexp.MustCompile("(?m)^\\| `(atelier_[a-z_]+)` ").FindAllSubmatch(page, -1) {
		told = append(told, string(row[1]))
	}
	described := make(chan *prometheus.Desc, 1000) // all that are registered, counted or not yet
	metrics.New("v1").Registry().Describe(described)
	close(described)
	var ours []string
	for d := range described {
		if m := regexp.MustCompile(`"(atelier_[a-z_]+)"`).FindStringSubmatch(d.String()); m != nil {
			ours = append(ours, m[1])
		}
	}
	require.NotEmpty(t, ours)
	slices.Sort(ours)
	slices.Sort(told)
	require.Equal(t, ours, told, "docs/operations.md")
	for _, named := range regexp.MustCompile(`atelier_[a-z_]+`).FindAllString(string(page), -1) { // in rules for alarms too
		base := regexp.MustCompile(`_(bucket|sum|count)$`).ReplaceAllString(named, "")
		require.Contains(t, ours, base, "docs/operations.md names %s", named)
	}
}
