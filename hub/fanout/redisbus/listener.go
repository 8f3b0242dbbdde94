package redisbus

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"

	"atelier/hub/fanout"
)

// listener has one connection that listens to the topics of one shard, or of all.
type listener struct {
	t     *Transport
	shard int
	probe string // channel on which it hears itself
	wake  chan struct{}

	mu       sync.Mutex
	channels map[string]*channel
	dirty    map[string]bool // what is wanted and what the connection has may differ
	open     int             // subscriptions that are not confirmed
}

// channel is one topic. It is there as long as it has receivers, or the connection has it.
type channel struct {
	receivers []*reception
	on        bool // subscribed on this connection
	ending    int  // UNSUBSCRIBEs without an answer
	confirmed bool
}

type reception struct {
	to   fanout.Receiver
	over atomic.Bool
}

func newListener(t *Transport, shard int) *listener {
	l := &listener{
		t: t, shard: shard, wake: make(chan struct{}, 1), channels: make(map[string]*channel), dirty: make(map[string]bool),
		probe: t.opts.Prefix + ":{" + strconv.Itoa(shard) + "}:probe/" + t.self,
	}
	if !t.sharded { // it always listens, so that health is known
		l.channels[l.probe] = &channel{receivers: []*reception{{to: deaf{}}}}
	}
	return l
}

// deaf hears its own probes, which the connection's silence ends with.
type deaf struct{}

func (deaf) Receive([]byte) {}
func (deaf) Lost()          {}

func (l *listener) subscribe(name string, to fanout.Receiver) (cancel func()) {
	r := &reception{to: to}
	l.mu.Lock()
	c := l.channels[name]
	if c == nil {
		c = &channel{}
		l.channels[name] = c
	}
	if l.t.sharded && l.channels[l.probe] == nil {
		l.channels[l.probe] = &channel{receivers: []*reception{{to: deaf{}}}}
		l.dirty[l.probe] = true
	}
	c.receivers = append(c.receivers, r)
	l.dirty[name] = true
	l.mu.Unlock()
	l.wakeUp()
	return sync.OnceFunc(func() {
		r.over.Store(true)
		l.mu.Lock()
		c.receivers = slices.DeleteFunc(slices.Clone(c.receivers), func(other *reception) bool { return other == r })
		if len(c.receivers) == 0 {
			l.dirty[name] = true
		}
		l.mu.Unlock()
		l.wakeUp()
	})
}

func (l *listener) wakeUp() {
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

// run has one connection after another for as long as there is something to listen to.
func (l *listener) run(ctx context.Context) {
	backoff := l.t.opts.Backoff
	for ctx.Err() == nil {
		if !l.wanted() {
			l.t.works(l)
			select {
			case <-ctx.Done():
			case <-l.wake:
			}
			continue
		}
		begun := time.Now()
		err := l.listen(ctx)
		if ctx.Err() != nil {
			return
		}
		if err == nil { // nothing is wanted any more
			continue
		}
		l.t.fails(l)
		if cluster, ok := l.t.client.(*redis.ClusterClient); ok {
			cluster.ReloadState(ctx) // the slot may have moved
		}
		if time.Since(begun) > time.Minute {
			backoff = l.t.opts.Backoff
		}
		l.t.opts.Log.Warn("listening to Redis", "shard", l.shard, "error", err)
		wait := backoff/2 + rand.N(backoff) //nolint:gosec // spreads load, keeps no secret
		backoff = min(2*backoff, 20*l.t.opts.Backoff)
		select {
		case <-ctx.Done():
		case <-time.After(wait):
		}
	}
}

// wanted tells whether anybody listens, the probe apart.
func (l *listener) wanted() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.t.sharded {
		return true
	}
	for name, c := range l.channels {
		if name != l.probe && len(c.receivers) > 0 {
			return true
		}
	}
	return false
}

// listen is one connection's life.
func (l *listener) listen(ctx context.Context) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	l.begin()
	ps := l.connection(ctx)
	defer func() { _ = ps.Close() }()
	ended := make(chan error, 1)
	if err := l.steer(ctx, ps); err != nil {
		return err
	}
	var reading sync.WaitGroup
	reading.Go(func() { ended <- l.read(ctx, ps) })
	defer reading.Wait()
	defer func() { _ = ps.Close() }() // ends the read
	for {
		select {
		case <-ctx.Done():
			return nil
		case err := <-ended:
			return err
		case <-l.wake:
			if err := l.steer(ctx, ps); err != nil {
				return err
			}
			if !l.wanted() {
				return nil
			}
		}
	}
}

func (l *listener) connection(ctx context.Context) *redis.PubSub {
	if l.t.sharded {
		return l.t.client.SSubscribe(ctx)
	}
	return l.t.client.Subscribe(ctx)
}

// begin forgets what the connection before had.
func (l *listener) begin() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.open = 0
	maps.DeleteFunc(l.channels, func(_ string, c *channel) bool { return len(c.receivers) == 0 })
	for name, c := range l.channels {
		c.on, c.confirmed, c.ending = false, false, 0
		l.dirty[name] = true
	}
}

// together is how many channels one command names.
const together = 256

// steer brings the connection's subscriptions in line with what is wanted.
func (l *listener) steer(ctx context.Context, ps *redis.PubSub) error {
	on, off, again := l.differences()
	for _, r := range again {
		r.lost()
	}
	if len(off) > 0 {
		if err := l.command(ctx, off, ps.Unsubscribe, ps.SUnsubscribe); err != nil {
			return err
		}
	}
	return l.command(ctx, on, ps.Subscribe, ps.SSubscribe)
}

// differences are the channels to begin and to end listening to, and receivers that came to one that is listened to.
func (l *listener) differences() (on, off []string, again []*reception) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for name := range l.dirty {
		c := l.channels[name]
		if c == nil {
			continue
		}
		switch wanted := len(c.receivers) > 0; {
		case wanted && !c.on:
			c.on = true
			l.open++
			on = append(on, name)
		case wanted && c.confirmed: // one more: the others do not mind to be told once too often
			again = append(again, c.receivers...)
		case !wanted && c.on:
			if !c.confirmed {
				l.open--
			}
			c.on, c.confirmed = false, false
			c.ending++
			off = append(off, name)
		case !wanted && c.ending == 0:
			delete(l.channels, name)
		}
	}
	clear(l.dirty)
	return on, off, again
}

type subscriber func(ctx context.Context, channels ...string) error

func (l *listener) command(ctx context.Context, names []string, plain, sharded subscriber) error {
	do := plain
	if l.t.sharded {
		do = sharded
	}
	for chunk := range slices.Chunk(names, together) {
		if err := do(ctx, chunk...); err != nil {
			return fmt.Errorf("subscribe: %w", err)
		}
	}
	return nil
}

var (
	errSilent = errors.New("a probe did not come back")
	errMoved  = errors.New("a subscription ended unasked")
)

// read reads until the connection is of no use any more. When it was silent, it is probed.
func (l *listener) read(ctx context.Context, ps *redis.PubSub) error {
	patience, awaited := l.t.opts.Probe, true // a new connection has subscriptions to confirm
	for {
		got, err := ps.ReceiveTimeout(ctx, patience)
		if timeout, ok := errors.AsType[net.Error](err); ok && timeout.Timeout() {
			if awaited {
				return errSilent
			}
			l.t.publisher.put(message{l.probe, []byte{0}})
			patience, awaited = l.t.opts.Probe, true
			continue
		}
		if err != nil {
			return err //nolint:wrapcheck // says what it did
		}
		patience, awaited = l.t.opts.Idle, false
		switch got := got.(type) {
		case *redis.Message:
			l.t.opts.Metrics.Received(1)
			l.deliver(got.Channel, []byte(got.Payload))
		case *redis.Subscription:
			if err := l.confirm(got); err != nil {
				return err
			}
		}
	}
}

func (l *listener) receivers(name string) []*reception {
	l.mu.Lock()
	defer l.mu.Unlock()
	if c := l.channels[name]; c != nil {
		return c.receivers
	}
	return nil
}

func (l *listener) deliver(name string, payload []byte) {
	for _, r := range l.receivers(name) {
		if !r.over.Load() {
			r.to.Receive(payload)
		}
	}
}

func (r *reception) lost() {
	if !r.over.Load() {
		r.to.Lost()
	}
}

// confirm takes Redis's answer to a subscription or its end.
func (l *listener) confirm(s *redis.Subscription) error {
	l.mu.Lock()
	c := l.channels[s.Channel]
	if strings.HasSuffix(s.Kind, "unsubscribe") {
		defer l.mu.Unlock()
		switch {
		case c == nil:
		case c.ending > 0:
			c.ending--
			if c.ending == 0 && !c.on && len(c.receivers) == 0 {
				delete(l.channels, s.Channel)
			}
		default:
			return errMoved
		}
		return nil
	}
	var told []*reception
	if c != nil && c.on && !c.confirmed {
		c.confirmed = true
		l.open--
		told = c.receivers
	}
	well := l.open == 0
	l.mu.Unlock()
	for _, r := range told {
		r.lost()
	}
	if well {
		l.t.works(l)
	}
	return nil
}
