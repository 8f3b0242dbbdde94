package storm

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Call is what a voice storm found besides.
type Call struct {
	Talk       int     `json:"talk"`                  // members of each room who talk
	Slots      int     `json:"slots"`                 // who are heard at once
	Loss       float64 `json:"loss_percent"`          // of what was to be heard; less than 0.1
	Doubled    int64   `json:"doubled"`               // must be 0
	FirstP50   float64 `json:"first_packet_p50_ms"`   // from voice.join to the first packet that is heard
	FirstP99   float64 `json:"first_packet_p99_ms"`   //
	Goroutines float64 `json:"goroutines_per_member"` // of the server, by --server-admin
}

// mostLoss is the percentage of packets that may be missing.
const mostLoss = 0.1

func (v *Call) ok(r *Report) bool {
	return r.Wrong == 0 && v.Doubled == 0 && r.Units > 0 && v.Loss < mostLoss
}

// sum makes the report when everybody has left.
func (v *Call) sum(o Options, halls []*hall, took time.Duration, m *meter) (*Report, error) {
	r := &Report{Storm: "voice", Rooms: o.Rooms, Members: o.Members, Hz: frames, Seconds: took.Seconds(), Voice: v}
	all := newHistogram()
	for _, h := range halls {
		r.Missing += h.missing()
		for _, t := range h.talkers {
			all.Merge(t.ear.latency)
			r.Units += t.ear.heard.Load()
			r.Wrong += t.ear.wrong
			v.Doubled += t.ear.doubled
		}
	}
	r.latencies(all)
	if expected := r.Units + r.Missing; expected > 0 {
		v.Loss = 100 * float64(r.Missing) / float64(expected)
	}
	r.Offered = float64(r.Units+r.Missing) / took.Seconds()
	r.Delivered = float64(r.Units) / took.Seconds()
	return r, m.report(r)
}

// goroutines asks a server's admin listener how many it runs; 0 without one.
func goroutines(ctx context.Context, admin string) (int, error) {
	if admin == "" {
		return 0, nil
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(admin, "/")+"/metrics", http.NoBody)
	if err != nil {
		return 0, fmt.Errorf("ask for goroutines: %w", err)
	}
	res, err := (&http.Client{Timeout: patience}).Do(req)
	if err != nil {
		return 0, fmt.Errorf("ask for goroutines: %w", err)
	}
	defer res.Body.Close() //nolint:errcheck // read
	lines := bufio.NewScanner(res.Body)
	for lines.Scan() {
		if n, ok := strings.CutPrefix(lines.Text(), "go_goroutines "); ok {
			return strconv.Atoi(n)
		}
	}
	return 0, fmt.Errorf("%s tells no go_goroutines", admin)
}
