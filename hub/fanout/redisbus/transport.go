package redisbus

import (
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"log/slog"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"atelier/hub/fanout"
	"atelier/protocol"
)

// Shards is how many shards topics are spread over. All instances must agree on it.
const Shards = 64

// Options of a [Transport]. The zero value of a field means its default.
type Options struct {
	URL     string        // redis://, rediss://, redis+sentinel:// or redis+cluster://; required
	Prefix  string        // of channels and keys; "atelier"
	Idle    time.Duration // silence after which a connection is probed; 5 s
	Probe   time.Duration // a probe has to be back within it; 3 s
	Backoff time.Duration // before a lost connection is replaced, at first; 100 ms
	Timeout time.Duration // of dialing, reading an answer and writing; 2 s
	Metrics Metrics       // nil counts nothing
	Log     *slog.Logger  // slog.Default
}

// Metrics hear of what is carried. Methods must not block.
type Metrics interface {
	Published(messages int)
	Dropped(messages int) // could not be sent
	Received(messages int)
	Degraded(is bool)
}

type noMetrics struct{}

func (noMetrics) Published(int) {}
func (noMetrics) Dropped(int)   {}
func (noMetrics) Received(int)  {}
func (noMetrics) Degraded(bool) {}

func (o Options) withDefaults() Options {
	for _, d := range []struct {
		field *time.Duration
		value time.Duration
	}{
		{&o.Idle, 5 * time.Second},
		{&o.Probe, 3 * time.Second},
		{&o.Backoff, 100 * time.Millisecond},
		{&o.Timeout, 2 * time.Second},
	} {
		if *d.field == 0 {
			*d.field = d.value
		}
	}
	if o.Prefix == "" {
		o.Prefix = "atelier"
	}
	if o.Metrics == nil {
		o.Metrics = noMetrics{}
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	return o
}

// Transport is a [fanout.Transport] through Redis. Make it with [Open].
type Transport struct {
	opts    Options
	client  redis.UniversalClient
	sharded bool
	self    string // names this transport in probes

	listeners []*listener // one, or one for each shard
	publisher *publisher
	ctx       context.Context //nolint:containedctx // the life of its goroutines
	stop      context.CancelFunc
	running   sync.WaitGroup

	mu       sync.Mutex
	ill      map[any]bool // parts that do not work
	degraded bool         // as it was told
	changed  chan struct{}
}

var _ fanout.Transport = (*Transport)(nil)

// Open begins to connect. It does not wait for Redis: without it the transport is degraded. An error says that the URL cannot
// be understood.
func Open(opts Options) (*Transport, error) {
	opts = opts.withDefaults()
	client, sharded, err := connect(opts)
	if err != nil {
		return nil, err
	}
	ctx, stop := context.WithCancel(context.Background())
	t := &Transport{
		opts: opts, client: client, sharded: sharded, self: protocol.NewID(), ctx: ctx, stop: stop,
		ill: make(map[any]bool), changed: make(chan struct{}),
	}
	n := 1
	if sharded {
		n = Shards
	}
	for i := range n {
		t.listeners = append(t.listeners, newListener(t, i))
	}
	t.publisher = newPublisher(t)
	for _, l := range t.listeners {
		t.running.Go(func() { l.run(ctx) })
	}
	t.running.Go(func() { t.publisher.run(ctx) })
	return t, nil
}

// Quieten keeps the remarks of the library, which has one logger for the whole process, for those who debug. Call it before the
// first Open.
func Quieten(log *slog.Logger) { redis.SetLogger(remarks{log}) }

type remarks struct{ log *slog.Logger }

// Printf implements the library's logger.
func (r remarks) Printf(ctx context.Context, format string, v ...any) {
	r.log.DebugContext(ctx, "go-redis", "says", fmt.Sprintf(format, v...))
}

// connect makes the client that a URL asks for.
func connect(o Options) (client redis.UniversalClient, sharded bool, err error) {
	u, err := url.Parse(o.URL)
	if err != nil {
		return nil, false, fmt.Errorf("the address of Redis: %w", redact(err))
	}
	scheme, kind, _ := strings.Cut(u.Scheme, "+")
	plain := strings.Replace(o.URL, u.Scheme, scheme, 1)
	switch kind {
	case "":
		c, err := redis.ParseURL(plain)
		if err != nil {
			return nil, false, fmt.Errorf("the address of Redis: %w", redact(err))
		}
		c.DialTimeout, c.ReadTimeout, c.WriteTimeout, c.MaxRetries = o.Timeout, o.Timeout, o.Timeout, -1
		return redis.NewClient(c), false, nil
	case "sentinel":
		c, err := redis.ParseFailoverURL(plain)
		if err != nil {
			return nil, false, fmt.Errorf("the address of Redis: %w", redact(err))
		}
		if c.MasterName == "" {
			return nil, false, errors.New("the address of Redis: ?master_name=… is missing")
		}
		c.DialTimeout, c.ReadTimeout, c.WriteTimeout, c.MaxRetries = o.Timeout, o.Timeout, o.Timeout, -1
		return redis.NewFailoverClient(c), false, nil
	case "cluster":
		c, err := redis.ParseClusterURL(plain)
		if err != nil {
			return nil, false, fmt.Errorf("the address of Redis: %w", redact(err))
		}
		c.DialTimeout, c.ReadTimeout, c.WriteTimeout = o.Timeout, o.Timeout, o.Timeout
		return redis.NewClusterClient(c), true, nil
	}
	return nil, false, fmt.Errorf("the address of Redis: scheme %q is not known", u.Scheme)
}

// redact keeps the address, which may hold a password, out of an error.
func redact(err error) error {
	if e, ok := err.(*url.Error); ok { //nolint:errorlint // as url.Parse returns it
		return e.Err
	}
	return err
}

func shardOf(topic string) int { return int(crc32.ChecksumIEEE([]byte(topic)) % Shards) }

// Channel is where a topic is published.
func Channel(prefix, topic string) string {
	return prefix + ":{" + strconv.Itoa(shardOf(topic)) + "}:" + topic
}

func (t *Transport) listenerOf(topic string) *listener {
	if t.sharded {
		return t.listeners[shardOf(topic)]
	}
	return t.listeners[0]
}

// Publish implements [fanout.Transport].
func (t *Transport) Publish(topic string, payload []byte) {
	t.publisher.put(message{Channel(t.opts.Prefix, topic), payload})
}

// Subscribe implements [fanout.Transport].
func (t *Transport) Subscribe(topic string, to fanout.Receiver) (cancel func()) {
	return t.listenerOf(topic).subscribe(Channel(t.opts.Prefix, topic), to)
}

// Health implements [fanout.Transport].
func (t *Transport) Health() (state fanout.Health, changed <-chan struct{}) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.ill) > 0 {
		state = fanout.Degraded
	}
	return state, t.changed
}

// works notes that a part of the transport does.
func (t *Transport) works(part any) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.ill, part)
	t.tellLocked()
}

// fails notes that it does not.
func (t *Transport) fails(part any) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.ill[part] = true
	t.tellLocked()
}

func (t *Transport) tellLocked() {
	if now := len(t.ill) > 0; now != t.degraded {
		t.degraded = now
		close(t.changed)
		t.changed = make(chan struct{})
		t.opts.Metrics.Degraded(now)
		if now {
			t.opts.Log.Warn("Redis does not carry messages; rooms are compared with the store")
		} else {
			t.opts.Log.Info("Redis carries messages")
		}
	}
}

// Close implements [fanout.Transport].
func (t *Transport) Close(ctx context.Context) error {
	t.publisher.drain(ctx)
	t.stop()
	for _, l := range t.listeners {
		l.wakeUp()
	}
	t.running.Wait()
	if err := t.client.Close(); err != nil {
		return fmt.Errorf("close Redis: %w", err)
	}
	return nil
}
