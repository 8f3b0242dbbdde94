package fanout

import (
	"context"
	"slices"
	"sync"
)

// mostQueued is how many messages wait for the receivers of one transport of an [Exchange]; what comes beyond is lost.
const mostQueued = 1 << 16

// Exchange joins transports within one process.
type Exchange struct {
	mu    sync.Mutex
	lines []*Line
}

// NewExchange makes an exchange without transports.
func NewExchange() *Exchange { return &Exchange{} }

// Transport makes a transport that reaches all others of the exchange.
func (x *Exchange) Transport() *Line {
	l := &Line{
		exchange: x, topics: make(map[string][]*subscription), wake: make(chan struct{}, 1), ended: make(chan struct{}),
		changed: make(chan struct{}),
	}
	x.mu.Lock()
	x.lines = append(x.lines, l)
	x.mu.Unlock()
	go l.run()
	return l
}

var _ Transport = (*Line)(nil)

// Line is a transport of an [Exchange]. It can be cut.
type Line struct {
	exchange *Exchange
	wake     chan struct{}
	ended    chan struct{}

	mu      sync.Mutex
	topics  map[string][]*subscription
	queue   []delivery
	cut     bool
	closed  bool
	changed chan struct{}
}

type subscription struct {
	to   Receiver
	over bool // guarded by Line.mu
}

// delivery is a message for a subscription; without a payload it says that some were lost.
type delivery struct {
	to      *subscription
	payload []byte
}

// Publish implements [Transport].
func (l *Line) Publish(topic string, payload []byte) {
	l.exchange.mu.Lock() // held over all lines, so that everybody gets one publisher's messages in order
	defer l.exchange.mu.Unlock()
	if l.isCut() {
		return
	}
	for _, other := range l.exchange.lines {
		other.deliver(topic, payload)
	}
}

func (l *Line) isCut() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.cut || l.closed
}

func (l *Line) deliver(topic string, payload []byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.cut || l.closed {
		return
	}
	for _, s := range l.topics[topic] {
		if len(l.queue) >= mostQueued {
			l.queue = slices.DeleteFunc(l.queue, func(d delivery) bool { return d.to == s })
			payload = nil
		}
		l.putLocked(delivery{s, payload})
	}
}

func (l *Line) putLocked(d delivery) {
	l.queue = append(l.queue, d)
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

// Subscribe implements [Transport].
func (l *Line) Subscribe(topic string, to Receiver) (cancel func()) {
	s := &subscription{to: to}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.topics[topic] = append(l.topics[topic], s)
	if !l.cut {
		l.putLocked(delivery{to: s})
	}
	return sync.OnceFunc(func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		s.over = true
		left := slices.DeleteFunc(slices.Clone(l.topics[topic]), func(other *subscription) bool { return other == s })
		if len(left) == 0 {
			delete(l.topics, topic)
		} else {
			l.topics[topic] = left
		}
	})
}

func (l *Line) run() {
	defer close(l.ended)
	for {
		<-l.wake
		l.mu.Lock()
		queue, closed := l.queue, l.closed
		l.queue = nil
		l.mu.Unlock()
		for _, d := range queue {
			l.mu.Lock()
			over := d.to.over
			l.mu.Unlock()
			switch {
			case over:
			case d.payload == nil:
				d.to.to.Lost()
			default:
				d.to.to.Receive(d.payload)
			}
		}
		if closed {
			return
		}
	}
}

// Health implements [Transport].
func (l *Line) Health() (state Health, changed <-chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.cut {
		state = Degraded
	}
	return state, l.changed
}

// Cut lets nothing through any more.
func (l *Line) Cut() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.cut {
		l.turnLocked()
	}
}

// Mend ends that.
func (l *Line) Mend() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.cut {
		return
	}
	l.turnLocked()
	for _, subscriptions := range l.topics {
		for _, s := range subscriptions {
			l.putLocked(delivery{to: s})
		}
	}
}

func (l *Line) turnLocked() {
	l.cut = !l.cut
	close(l.changed)
	l.changed = make(chan struct{})
}

// Close implements [Transport].
func (l *Line) Close(ctx context.Context) error {
	l.exchange.mu.Lock()
	l.exchange.lines = slices.DeleteFunc(l.exchange.lines, func(other *Line) bool { return other == l })
	l.exchange.mu.Unlock()
	l.mu.Lock()
	l.closed = true
	clear(l.topics)
	select {
	case l.wake <- struct{}{}:
	default:
	}
	l.mu.Unlock()
	select {
	case <-l.ended:
		return nil
	case <-ctx.Done():
		return ctx.Err() //nolint:wrapcheck // says all
	}
}
