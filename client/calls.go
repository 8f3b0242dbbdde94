package client

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"atelier/protocol"
)

// ErrDisconnected is returned for what is not repeated over a reconnect: whether the server saw it is unknown.
var ErrDisconnected = errors.New("connection lost before the reply")

// call is one command that waits for its reply. It is encoded once and sent as the same bytes over every socket.
type call struct {
	req   uint64
	wire  []byte
	once  bool // not to be sent over a second socket
	sent  bool // over the socket of now
	reply chan reply
}

// reply is the body of an ok, or why there is none.
type reply struct {
	body []byte
	err  error
}

// calls are the commands without a reply. Owned by the room's mu.
type calls struct {
	last    uint64
	pending map[uint64]*call
	unsent  []*call
}

func (c *calls) add(t protocol.Type, body any, once bool) *call {
	c.last++
	added := &call{
		req: c.last, wire: protocol.AppendCommand(nil, t, c.last, body), once: once, reply: make(chan reply, 1),
	}
	c.queue(added)
	return added
}

func (c *calls) queue(call *call) {
	call.sent = false
	c.pending[call.req] = call
	c.unsent = append(c.unsent, call)
}

func (c *calls) drop(gone *call) {
	delete(c.pending, gone.req)
	if !gone.sent {
		c.unsent = slices.DeleteFunc(c.unsent, func(o *call) bool { return o == gone })
	}
}

// settle gives the reply of req to its caller.
func (c *calls) settle(req uint64, r reply) {
	if call := c.pending[req]; call != nil {
		delete(c.pending, req)
		call.reply <- r
	}
}

// cut prepares for the next socket: what may be repeated is to be sent again, in order.
func (c *calls) cut() {
	c.unsent = c.unsent[:0]
	for _, call := range c.pending {
		switch {
		case call.once && call.sent:
			c.settle(call.req, reply{err: ErrDisconnected})
		default:
			call.sent = false
			c.unsent = append(c.unsent, call)
		}
	}
	slices.SortFunc(c.unsent, func(a, b *call) int { return cmp.Compare(a.req, b.req) })
}

// fail ends every call with err.
func (c *calls) fail(err error) {
	for req := range c.pending {
		c.settle(req, reply{err: err})
	}
	c.unsent = nil
}

// take appends unsent commands to b, at most limit bytes of them but at least one.
func (c *calls) take(b []byte, limit int) []byte {
	n := 0
	for _, call := range c.unsent {
		if len(b) > 0 && len(b)+len(call.wire) > limit {
			break
		}
		b = append(b, call.wire...)
		call.sent = true
		n++
	}
	c.unsent = slices.Delete(c.unsent, 0, n)
	return b
}

// once tells what would be something else the second time: a notice, a pick that takes itself back, another run of a job that
// has failed again, a clearing of jobs that were asked for meanwhile, an answer to an offer that is old by then.
func once(t protocol.Type, body any) bool {
	switch t {
	case protocol.TypeEvent, protocol.TypeJobRetry, protocol.TypeJobApprove, protocol.TypeQueueClear,
		protocol.TypeVoiceAnswer, protocol.TypeVoiceCandidate, protocol.TypeVoiceRestart,
		protocol.TypeVoiceRecord:
		return true
	case protocol.TypeJobRate:
		rating, ok := body.(protocol.JobRating)
		return ok && rating.Pick
	default:
		return false
	}
}

// do sends a command until it has an answer that another try would not change, and decodes it into out.
func (r *Room) do(ctx context.Context, t protocol.Type, body, out any) error {
	r.mu.Lock()
	if r.err != nil {
		defer r.mu.Unlock()
		return r.err
	}
	c := r.calls.add(t, body, once(t, body))
	r.mu.Unlock()
	r.signal()

	wait := backoff{jitter: r.opts.Jitter}
	for {
		rep, err := r.await(ctx, c)
		if err != nil {
			return err
		}
		if rep.err == nil {
			if err := protocol.DecodeBody(rep.body, out); err != nil {
				return fmt.Errorf("decode the reply: %w", err)
			}
			return nil
		}
		coded, ok := errors.AsType[*protocol.Error](rep.err)
		if !ok || !coded.Retryable {
			return rep.err
		}
		if err := sleep(ctx, wait.next(time.Duration(coded.RetryAfterMS)*time.Millisecond)); err != nil {
			return fmt.Errorf("%w (last answer: %w)", err, rep.err)
		}
		r.again(c)
	}
}

// await waits for the reply; a call whose context ends is forgotten, its outcome unknown.
func (r *Room) await(ctx context.Context, c *call) (reply, error) {
	select {
	case rep := <-c.reply:
		return rep, nil
	case <-ctx.Done():
		r.mu.Lock()
		defer r.mu.Unlock()
		r.calls.drop(c)
		return reply{}, fmt.Errorf("wait for the reply: %w", context.Cause(ctx))
	}
}

func (r *Room) again(c *call) {
	r.mu.Lock()
	if r.err != nil {
		c.reply <- reply{err: r.err}
	} else {
		r.calls.queue(c)
	}
	r.mu.Unlock()
	r.signal()
}
