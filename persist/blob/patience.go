package blob

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync/atomic"
	"time"
)

// errStalled ends a request in which nothing moved for too long.
var errStalled = errors.New("the store does not answer")

// patience ends requests in which nothing moves for a time. How long a request takes as a whole is not bounded: that
// depends on the blob.
type patience struct {
	*http.Transport
	limit time.Duration
}

// RoundTrip implements [http.RoundTripper].
func (p patience) RoundTrip(r *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithCancelCause(r.Context())
	m := &movement{limit: p.limit, ctx: ctx, cancel: cancel, timer: time.AfterFunc(p.limit, func() { cancel(errStalled) })}
	r = r.Clone(ctx)
	if r.Body != nil && r.Body != http.NoBody {
		r.Body = sent{r.Body, m}
	}
	answer, err := p.Transport.RoundTrip(r)
	m.answered.Store(true)
	m.timer.Stop()
	if err != nil {
		err = m.explain(err)
		cancel(nil)
		return nil, err
	}
	answer.Body = received{answer.Body, m}
	return answer, nil
}

// movement is what moves in one request.
type movement struct {
	limit    time.Duration
	timer    *time.Timer
	ctx      context.Context //nolint:containedctx // of the request that it is part of
	cancel   context.CancelCauseFunc
	answered atomic.Bool
}

func (m *movement) explain(err error) error {
	if errors.Is(context.Cause(m.ctx), errStalled) {
		return fmt.Errorf("%w for %s: %w", errStalled, m.limit, err)
	}
	return err
}

// sent is the body of a request.
type sent struct {
	io.ReadCloser
	*movement
}

func (s sent) Read(p []byte) (int, error) {
	if !s.answered.Load() {
		s.timer.Reset(s.limit)
	}
	return s.ReadCloser.Read(p) //nolint:wrapcheck // io.Reader's contract
}

// received is the body of an answer. Time between reads is the reader's own.
type received struct {
	io.ReadCloser
	*movement
}

func (r received) Read(p []byte) (int, error) {
	r.timer.Reset(r.limit)
	n, err := r.ReadCloser.Read(p)
	r.timer.Stop()
	if err != nil && !errors.Is(err, io.EOF) {
		err = r.explain(err)
	}
	return n, err //nolint:wrapcheck // io.Reader's contract
}

func (r received) Close() error {
	r.timer.Stop()
	r.cancel(nil)
	return r.ReadCloser.Close() //nolint:wrapcheck // io.Closer's contract
}
