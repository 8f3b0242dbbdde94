package storm

import (
	"context"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
)

// Herd joins everybody, then nobody moves: what an idle connection costs. Missing counts the sockets that were lost.
func Herd(ctx context.Context, o Options) (*Report, error) {
	if err := o.Validate(); err != nil {
		return nil, err
	}
	meter := newMeter(o.ServerPID)
	places, err := seats(ctx, o)
	if err != nil {
		return nil, err
	}
	meter.before()
	movers, err := gather(ctx, o, places)
	if err != nil {
		return nil, err
	}
	var reading sync.WaitGroup
	for _, m := range movers {
		reading.Go(m.receive)
	}
	meter.start()
	start := time.Now()
	select {
	case <-ctx.Done():
		err = context.Cause(ctx)
	case <-time.After(o.Duration):
	}
	took := time.Since(start)
	meter.idle()
	meter.stop()
	for _, m := range movers {
		m.wire.close()
	}
	reading.Wait()
	if err != nil {
		return nil, fmt.Errorf("herd: %w", err)
	}
	r := sum(o, movers, took)
	r.Storm, r.Hz, r.Units, r.Delivered = "herd", 0, int64(len(movers)), 0
	for _, m := range movers {
		if m.err != nil {
			r.Missing++
		}
	}
	return r, meter.report(r)
}

// Joins joins everybody at once; the latency of a join is from the dial to the end of the catch-up. Missing counts the
// joins that failed.
func Joins(ctx context.Context, o Options) (*Report, error) {
	if err := o.Validate(); err != nil {
		return nil, err
	}
	meter := newMeter(o.ServerPID)
	places, err := seats(ctx, o)
	if err != nil {
		return nil, err
	}
	meter.before()
	var (
		group errgroup.Group
		mu    sync.Mutex
		all   = newHistogram()
		wires []*wire
		first error
	)
	meter.start()
	start := time.Now()
	for _, s := range places {
		group.Go(func() error {
			began := time.Now()
			w, err := joinOne(ctx, o, s)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				first = err
				return nil
			}
			observe(all, time.Since(began))
			wires = append(wires, w)
			return nil
		})
	}
	_ = group.Wait() // failures are counted
	took := time.Since(start)
	meter.stop()
	meter.idle()
	r := &Report{
		Storm: "joins", Rooms: o.Rooms, Members: o.Members, Seconds: took.Seconds(), Units: int64(len(wires)),
		Offered: float64(len(places)) / took.Seconds(), Delivered: float64(len(wires)) / took.Seconds(),
		Missing: int64(len(places) - len(wires)),
	}
	for _, w := range wires {
		r.Frames += float64(w.frames) / took.Seconds()
		r.Bytes += float64(w.bytes) / took.Seconds()
		w.close()
	}
	r.latencies(all)
	if len(wires) == 0 {
		return nil, fmt.Errorf("join storm: nobody joined: %w", first)
	}
	if first != nil && o.Log != nil {
		o.Log.Warn("joins failed", "failed", r.Missing, "one of them", first)
	}
	return r, meter.report(r)
}

func joinOne(ctx context.Context, o Options, s seat) (*wire, error) {
	w, err := dial(ctx, o.URL, s.id, s.cookie)
	if err != nil {
		return nil, err
	}
	if _, err := w.join(); err != nil {
		w.close()
		return nil, err
	}
	return w, nil
}
