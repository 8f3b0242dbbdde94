package storm

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
	"github.com/tinylib/msgp/msgp"
	"golang.org/x/sync/errgroup"

	"atelier/protocol"
)

const (
	sentRing = 1 << 10 // send times kept per sender: half a minute at 30 Hz
	joining  = 64      // joins at a time where the joins are not what is measured
)

// mover is one member of a cursor storm: it sends, and sees the others of its room.
type mover struct {
	seat
	wire *wire
	m    uint32
	at   int // index in room

	// Written by the sender, read by the receivers of the room.
	seq  atomic.Int64
	sent [sentRing]atomic.Int64 // when seq % sentRing was sent, in ns since the storm's start
	out  []byte

	// Owned by the receiver, read by the storm after gone.
	room      *arena
	seen      []atomic.Int64 // newest sequence number seen of each of the room
	delivered int64
	wrong     int64
	latency   *hdrhistogram.Histogram
	err       error
}

// arena is a room of the storm.
type arena struct {
	movers []*mover
	index  map[uint32]int // member number → index in movers
	start  time.Time
}

// Cursors runs a cursor storm.
func Cursors(ctx context.Context, o Options) (*Report, error) {
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
	deaf, err := deafen(ctx, o, places)
	defer func() {
		for _, w := range deaf {
			w.close()
		}
	}()
	if err != nil {
		return nil, err
	}
	var reading sync.WaitGroup
	for _, m := range movers {
		reading.Go(m.receive)
	}
	meter.idle()
	meter.start()
	start := time.Now()
	sent, err := pace(ctx, len(movers), o.Hz, o.Duration, func(i int) error { return movers[i].move() })
	took := time.Since(start)
	meter.stop()
	missing := settle(ctx, o.quiet(), movers)
	for _, m := range movers {
		m.wire.close()
	}
	reading.Wait()
	if err != nil {
		return nil, fmt.Errorf("cursor storm: %w", errors.Join(err, firstError(movers)))
	}
	if err := firstError(movers); err != nil {
		return nil, fmt.Errorf("cursor storm: %w", err)
	}
	r := sum(o, movers, took)
	r.Offered = float64(sent) * float64(o.Members-1) / took.Seconds()
	r.Missing = missing
	return r, meter.report(r)
}

// gather joins everybody and tells each room's members of each other.
func gather(ctx context.Context, o Options, places []seat) ([]*mover, error) {
	movers := make([]*mover, len(places))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(joining)
	for i, s := range places {
		group.Go(func() error {
			w, err := dial(ctx, o.URL, s.id, s.cookie)
			if err != nil {
				return err
			}
			m, err := w.join()
			movers[i] = &mover{seat: s, wire: w, m: m, latency: newHistogram()}
			return err
		})
	}
	if err := group.Wait(); err != nil {
		for _, m := range movers {
			if m != nil {
				m.wire.close()
			}
		}
		return nil, fmt.Errorf("gather: %w", err)
	}
	arenas := make([]*arena, o.Rooms)
	for i := range arenas {
		arenas[i] = &arena{index: make(map[uint32]int, o.Members), start: time.Now()}
	}
	for _, m := range movers {
		a := arenas[m.seat.room]
		m.room, m.at = a, len(a.movers)
		m.seen = make([]atomic.Int64, o.Members)
		a.index[m.m] = m.at
		a.movers = append(a.movers, m)
	}
	return movers, nil
}

// check is what y says of a position, so that a position of somebody else, or of nobody, is told from a true one.
func check(at int, seq int64) float32 { return float32((seq*7 + int64(at)*13) % 8191) }

// move sends the next position.
func (m *mover) move() error {
	seq := m.seq.Load() + 1
	m.sent[seq%sentRing].Store(int64(time.Since(m.room.start)))
	m.seq.Store(seq)
	m.out = protocol.AppendCursor(m.out[:0], float32(seq), check(m.at, seq))
	return m.wire.write(opBinary, m.out)
}

// receive reads until the socket is closed.
func (m *mover) receive() {
	for {
		b, err := m.wire.read()
		if err != nil {
			if !errors.Is(err, net.ErrClosed) {
				m.err = err
			}
			return
		}
		now := int64(time.Since(m.room.start))
		err = messages(b, func(t protocol.Type, n uint32, body []byte) error {
			if t == protocol.TypeCursors {
				return m.positions(body, n, now)
			}
			return nil
		})
		if err != nil {
			m.err = err
			return
		}
	}
}

func (m *mover) positions(b []byte, n uint32, now int64) error {
	for ; n >= 3; n -= 3 {
		who, rest, err := msgp.ReadUint32Bytes(b)
		if err != nil {
			return err
		}
		x, rest, err := msgp.ReadFloat32Bytes(rest)
		if err != nil {
			return err
		}
		y, rest, err := msgp.ReadFloat32Bytes(rest)
		if err != nil {
			return err
		}
		b = rest
		m.see(who, int64(x), y, now)
	}
	return nil
}

func (m *mover) see(who uint32, seq int64, y float32, now int64) {
	at, known := m.room.index[who]
	if !known {
		m.wrong++
		return
	}
	if at == m.at {
		return
	}
	from := m.room.movers[at]
	last := m.seen[at].Load()
	switch {
	case seq == last: // a keyframe repeats it
	case seq < last || seq > from.seq.Load() || y != check(at, seq):
		m.wrong++
	default:
		m.seen[at].Store(seq)
		m.delivered++
		observe(m.latency, time.Duration(now-from.sent[seq%sentRing].Load()))
	}
}

// settle waits until everybody has everybody's last position, and counts the pairs where that never comes.
func settle(ctx context.Context, quiet time.Duration, movers []*mover) int64 {
	ctx, cancel := context.WithTimeout(ctx, quiet)
	defer cancel()
	for {
		missing := unseen(movers)
		if missing == 0 {
			return 0
		}
		select {
		case <-ctx.Done():
			return missing
		case <-time.After(10 * time.Millisecond):
		}
	}
}

func unseen(movers []*mover) (missing int64) {
	for _, m := range movers {
		for at, from := range m.room.movers {
			if at != m.at && m.seen[at].Load() != from.seq.Load() {
				missing++
			}
		}
	}
	return missing
}

func firstError(movers []*mover) error {
	for _, m := range movers {
		if m.err != nil {
			return m.err
		}
	}
	return nil
}

func sum(o Options, movers []*mover, took time.Duration) *Report {
	r := &Report{Storm: "cursors", Rooms: o.Rooms, Members: o.Members, Hz: o.Hz, Seconds: took.Seconds()}
	all := newHistogram()
	for _, m := range movers {
		all.Merge(m.latency)
		r.Units += m.delivered
		r.Wrong += m.wrong
		r.Frames += float64(m.wire.frames)
		r.Bytes += float64(m.wire.bytes)
	}
	r.latencies(all)
	r.Delivered = float64(r.Units) / took.Seconds()
	r.Frames /= took.Seconds()
	r.Bytes /= took.Seconds()
	return r
}
