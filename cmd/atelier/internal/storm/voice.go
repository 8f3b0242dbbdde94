package storm

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// What a talker says: an Opus packet of 20 ms, fifty times a second, loud enough to be heard as speech.
const (
	frames    = 50 // packets a second
	frameTime = 48_000 / frames
	spoken    = 80 // bytes
	loudness  = 30 // −dBov
	warmUp    = 2 * time.Second
	patience  = 10 * time.Second // for one line to come up
)

// hall is a room of a voice storm.
type hall struct {
	talkers []*talker // all members
	talk    int       // how many of them talk: the first
	slots   int       // how many the server lets be heard
}

// Voice runs a voice storm: everybody is in the call of their room, Talk of each talk, all hear all as far as the server's
// slots go.
func Voice(ctx context.Context, o Options) (*Report, error) {
	if err := o.Validate(); err != nil {
		return nil, err
	}
	if o.Talk < 1 || o.Talk > o.Members || o.Members < 2 {
		return nil, fmt.Errorf("storm: %d of %d members talk", o.Talk, o.Members)
	}
	meter := newMeter(o.ServerPID)
	places, err := seats(ctx, o)
	if err != nil {
		return nil, err
	}
	halls, err := enter(ctx, o, places)
	defer leave(halls)
	if err != nil {
		return nil, fmt.Errorf("voice storm: %w", err)
	}
	before, err := goroutines(ctx, o.Admin)
	if err != nil {
		return nil, err
	}
	meter.before()
	v := &Call{Talk: o.Talk}
	if err := callAll(ctx, o, halls, v); err != nil {
		return nil, fmt.Errorf("voice storm: %w", err)
	}
	if err := talk(ctx, halls, warmUp, warming); err != nil {
		return nil, fmt.Errorf("voice storm: %w", err)
	}
	after, err := goroutines(ctx, o.Admin)
	if err != nil {
		return nil, err
	}
	v.Goroutines = float64(after-before) / float64(o.sockets())
	meter.idle()
	meter.start()
	start := time.Now()
	if err := talk(ctx, halls, o.Duration, measured); err != nil {
		return nil, fmt.Errorf("voice storm: %w", err)
	}
	took := time.Since(start)
	meter.stop()
	settled(ctx, o.quiet(), halls)
	leave(halls)
	return v.sum(o, halls, took, meter)
}

// enter brings everybody into their rooms' sockets, which are read from now on.
func enter(ctx context.Context, o Options, places []seat) ([]*hall, error) {
	movers, err := gather(ctx, o, places)
	if err != nil {
		return nil, err
	}
	halls := make([]*hall, o.Rooms)
	for i := range halls {
		halls[i] = &hall{talk: o.Talk}
	}
	for _, m := range movers {
		h := halls[m.seat.room]
		h.talkers = append(h.talkers, &talker{seat: m.seat, wire: m.wire, hall: h, at: m.at})
	}
	for _, h := range halls {
		for _, t := range h.talkers {
			t.ear = newEar(h, t.at)
		}
	}
	return halls, nil
}

// callAll joins the calls one member after the other, as people do, while those who are there talk already.
func callAll(ctx context.Context, o Options, halls []*hall, v *Call) error {
	who, err := newIdentity()
	if err != nil {
		return err
	}
	talking, stop := context.WithCancel(ctx)
	var (
		running sync.WaitGroup
		spoke   error
	)
	running.Go(func() {
		spoke = talk(talking, halls, time.Hour, warming)
	})
	err = joinCalls(ctx, o, halls, who, v)
	stop()
	running.Wait()
	if err == nil && !errors.Is(spoke, context.Canceled) {
		err = spoke
	}
	return err
}

func joinCalls(ctx context.Context, o Options, halls []*hall, who *identity, v *Call) error {
	first := newHistogram()
	for i := range o.Members {
		for _, h := range halls {
			t := h.talkers[i]
			began := time.Now()
			if err := t.call(ctx, o, who); err != nil {
				return fmt.Errorf("member %d: %w", i+1, err)
			}
			if i == 0 {
				continue // nobody is there to be heard
			}
			select {
			case <-t.ear.first:
				observe(first, t.ear.since.Sub(began))
			case <-time.After(patience):
				return fmt.Errorf("member %d hears nobody", i+1)
			}
		}
	}
	v.Slots = halls[0].slots
	v.FirstP50, v.FirstP99 = millis(first.ValueAtQuantile(50)), millis(first.ValueAtQuantile(99))
	return nil
}

// settled waits until everything that was said was heard; what never comes is missing.
func settled(ctx context.Context, quiet time.Duration, halls []*hall) {
	ctx, cancel := context.WithTimeout(ctx, min(quiet, time.Second))
	defer cancel()
	for {
		missing := int64(0)
		for _, h := range halls {
			missing += h.missing()
		}
		if missing == 0 {
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// leave hangs up and closes the sockets; a second time it does nothing.
func leave(halls []*hall) {
	for _, h := range halls {
		for _, t := range h.talkers {
			if l := t.line.Swap(nil); l != nil {
				l.close()
			}
			t.wire.close()
		}
	}
}

// missing counts what was said and not heard. With fewer slots than talkers the server chooses who is heard: then it counts
// the gaps in what came.
func (h *hall) missing() (n int64) {
	for _, t := range h.talkers {
		if h.slots < h.talk {
			n += t.ear.gaps.Load()
		} else {
			n += t.said*int64(len(h.talkers)-1) - t.ear.heard.Load()
		}
	}
	return n
}
