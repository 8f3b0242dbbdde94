package redisbus

import (
	"context"
	"sync"

	"github.com/redis/go-redis/v9"
)

// What waits to be published is bounded: beyond it the oldest is dropped, which the receivers find out by themselves. One
// pipeline holds at most pipelineMessages.
const (
	mostWaiting      = 16 << 20 // bytes
	pipelineMessages = 1024
)

type message struct {
	channel string
	payload []byte
}

// publisher sends what was published, everything at hand in one round trip.
type publisher struct {
	t    *Transport
	wake chan struct{}

	mu    sync.Mutex
	queue []message
	bytes int
	idle  chan struct{} // closed when nothing waits or is under way
	busy  bool
}

func newPublisher(t *Transport) *publisher {
	p := &publisher{t: t, wake: make(chan struct{}, 1), idle: make(chan struct{})}
	close(p.idle)
	return p
}

func (p *publisher) put(m message) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.queue = append(p.queue, m)
	p.bytes += len(m.payload)
	dropped := 0
	for p.bytes > mostWaiting && dropped < len(p.queue)-1 {
		p.bytes -= len(p.queue[dropped].payload)
		p.queue[dropped] = message{}
		dropped++
	}
	if dropped > 0 {
		p.queue = p.queue[dropped:]
		p.t.opts.Metrics.Dropped(dropped)
	}
	if !p.busy {
		p.busy = true
		p.idle = make(chan struct{})
	}
	select {
	case p.wake <- struct{}{}:
	default:
	}
}

func (p *publisher) take() []message {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := min(len(p.queue), pipelineMessages)
	all := p.queue[:n:n]
	p.queue = p.queue[n:]
	for i := range all {
		p.bytes -= len(all[i].payload)
	}
	if n == 0 {
		p.queue = nil
		if p.busy {
			p.busy = false
			close(p.idle)
		}
	}
	return all
}

func (p *publisher) run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-p.wake:
		}
		for all := p.take(); len(all) > 0; all = p.take() {
			p.send(ctx, all)
		}
	}
}

func (p *publisher) send(ctx context.Context, all []message) {
	ctx, cancel := context.WithTimeout(ctx, p.t.opts.Timeout)
	defer cancel()
	_, err := p.t.client.Pipelined(ctx, func(pipe redis.Pipeliner) error {
		for i := range all {
			if p.t.sharded {
				pipe.SPublish(ctx, all[i].channel, all[i].payload)
			} else {
				pipe.Publish(ctx, all[i].channel, all[i].payload)
			}
		}
		return nil
	})
	if err != nil {
		p.t.opts.Metrics.Dropped(len(all))
		p.t.opts.Log.Debug("publish", "messages", len(all), "error", err)
		p.t.fails(p)
		return
	}
	p.t.opts.Metrics.Published(len(all))
	p.t.works(p)
}

// drain waits until everything was sent, or ctx ends.
func (p *publisher) drain(ctx context.Context) {
	p.mu.Lock()
	idle := p.idle
	p.mu.Unlock()
	select {
	case <-idle:
	case <-ctx.Done():
	}
}
