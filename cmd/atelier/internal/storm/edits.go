package storm

import (
	"context"
	"fmt"
	"maps"
	"sync"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
	"golang.org/x/sync/errgroup"

	"atelier/client"
	"atelier/protocol"
)

// editor is one member of an edit storm: it moves a note of its own, three cells a change.
type editor struct {
	seat
	room *client.Room
	note string

	// Owned by mu: many changes are in flight.
	mu      sync.Mutex
	acked   int64
	newest  float64 // largest value acknowledged
	latency *hdrhistogram.Histogram
}

// Edits runs an edit storm: everybody changes Hz times a second, three writes each. Then all replicas of a room must
// agree with each other and with the server, and hold what was acknowledged: members that do not count as wrong.
func Edits(ctx context.Context, o Options) (*Report, error) {
	if err := o.Validate(); err != nil {
		return nil, err
	}
	meter := newMeter(o.ServerPID)
	places, err := seats(ctx, o)
	if err != nil {
		return nil, err
	}
	meter.before()
	editors, err := openEditors(ctx, o, places)
	defer func() {
		for _, e := range editors {
			if e != nil && e.room != nil {
				_ = e.room.Close()
			}
		}
	}()
	if err != nil {
		return nil, err
	}
	meter.idle()
	meter.start()
	start := time.Now()
	sent, err := storm(ctx, o, editors)
	took := time.Since(start)
	meter.stop()
	if err != nil {
		return nil, fmt.Errorf("edit storm: %w", err)
	}
	r := &Report{
		Storm: "edits", Rooms: o.Rooms, Members: o.Members, Hz: o.Hz, Seconds: took.Seconds(),
		Offered: float64(sent) / took.Seconds(),
	}
	all := newHistogram()
	for _, e := range editors {
		all.Merge(e.latency)
		r.Units += e.acked
	}
	r.latencies(all)
	r.Delivered, r.Missing = float64(r.Units)/took.Seconds(), sent-r.Units
	if r.Wrong, err = disagreeing(ctx, o.quiet(), editors); err != nil {
		return nil, fmt.Errorf("edit storm: %w", err)
	}
	return r, meter.report(r)
}

func openEditors(ctx context.Context, o Options, places []seat) ([]*editor, error) {
	editors := make([]*editor, len(places))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(joining)
	for i, s := range places {
		group.Go(func() error {
			room, err := client.Join(ctx, client.Options{URL: o.URL, Room: s.id, Cookie: s.cookie, Client: "atelier storm"})
			if err != nil {
				return err
			}
			e := &editor{seat: s, room: room, latency: newHistogram()}
			editors[i] = e
			note, writes := client.Create(protocol.KindNote, map[string]protocol.Value{
				"x": protocol.Int(0), "y": protocol.Int(0), "w": protocol.Int(200),
			})
			e.note = note
			_, err = room.Change(ctx, writes...)
			return err
		})
	}
	return editors, group.Wait()
}

// storm sends every change at its time, whether or not the one before was acknowledged, and waits for all.
func storm(ctx context.Context, o Options, editors []*editor) (sent int64, err error) {
	changes, ctx := errgroup.WithContext(ctx)
	steps := make([]int64, len(editors))
	sent, err = pace(ctx, len(editors), o.Hz, o.Duration, func(i int) error {
		steps[i]++
		step := float64(steps[i])
		changes.Go(func() error { return editors[i].change(ctx, step) })
		return nil
	})
	if failed := changes.Wait(); failed != nil {
		err = failed
	}
	return sent, err
}

func (e *editor) change(ctx context.Context, step float64) error {
	began := time.Now()
	_, err := e.room.Change(ctx,
		client.Set(e.note, "x", protocol.Number(step)),
		client.Set(e.note, "y", protocol.Number(2*step)),
		client.Set(e.note, "w", protocol.Number(200+step)))
	if err != nil {
		return err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.acked++
	e.newest = max(e.newest, step)
	observe(e.latency, time.Since(began))
	return nil
}

// disagreeing counts the members whose replica is not the server's canvas, or lacks their own last change.
func disagreeing(ctx context.Context, quiet time.Duration, editors []*editor) (wrong int64, err error) {
	truth := make(map[string]map[string]client.Record)
	for _, e := range editors {
		if truth[e.id] == nil {
			_, records, err := e.room.API().Records(ctx, e.id)
			if err != nil {
				return 0, err
			}
			truth[e.id] = make(map[string]client.Record, len(records))
			for _, rec := range records {
				truth[e.id][rec.ID] = rec
			}
		}
		want := truth[e.id]
		ctx, cancel := context.WithTimeout(ctx, quiet)
		same := e.room.Until(ctx, func() bool { return agrees(e.room, want) })
		cancel()
		own := want[e.note]
		// Changes in flight at the same time may commit in any order, but each whole.
		x := own.Number("x")
		if same != nil || own.Number("y") != 2*x || own.Number("w") != 200+x || (x == 0 && e.newest > 0) {
			wrong++
		}
	}
	return wrong, nil
}

func agrees(room *client.Room, want map[string]client.Record) bool {
	_, records := room.Records()
	if len(records) != len(want) {
		return false
	}
	for _, rec := range records {
		other, ok := want[rec.ID]
		if !ok || rec.Kind != other.Kind || !maps.Equal(rec.Props, other.Props) {
			return false
		}
	}
	return true
}
