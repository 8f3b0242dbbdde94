package client

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"time"

	"atelier/protocol"
)

const (
	reportEvery = 250 * time.Millisecond // progress is told at most this often
	tellEnd     = time.Minute            // for an ending to be answered, over lost connections
	maxPreview  = 48 << 10               // bytes of a preview in base64
)

// Task is one attempt of a job that this worker has. It renews its lease by itself.
type Task struct {
	Job protocol.Job

	room   *Room
	work   protocol.Work
	cancel context.CancelCauseFunc
	ended  chan struct{}

	mu       sync.Mutex
	fraction float64
	preview  []byte
	cost     float64
	moved    chan struct{} // one slot
	assets   map[int]string
}

func newTask(room *Room, work protocol.Work, cancel context.CancelCauseFunc) *Task {
	return &Task{
		Job: work.Job, room: room, work: work, cancel: cancel, ended: make(chan struct{}), moved: make(chan struct{}, 1),
		assets: make(map[int]string),
	}
}

func (t *Task) close() { close(t.ended) }

// Wanted is how many results the job asks for.
func (t *Task) Wanted() int {
	if t.Job.Sweep != nil {
		return len(t.Job.Sweep.Values)
	}
	return max(1, t.Job.Count)
}

// Params are those of the i-th result: the job's, with its value of a sweep.
func (t *Task) Params(i int) map[string]any {
	if t.Job.Sweep == nil || i < 0 || i >= len(t.Job.Sweep.Values) {
		return t.Job.Params
	}
	params := make(map[string]any, len(t.Job.Params)+1)
	maps.Copy(params, t.Job.Params)
	params[t.Job.Sweep.Param] = t.Job.Sweep.Values[i]
	return params
}

// Seed is that of the i-th result, as its lineage tells it: the one asked for plus i, or one that follows from the job's id. It is
// never 0, within ±2^53, and the same for all results of a sweep.
func (t *Task) Seed(i int) int64 {
	if t.Job.Sweep != nil {
		i = 0
	}
	seed := t.Job.Seed + int64(i)
	if t.Job.Seed == 0 {
		sum := sha256.Sum256(fmt.Appendf(nil, "%s/%d", t.Job.ID, i))
		seed = int64(binary.BigEndian.Uint64(sum[:8]) >> 11)
	}
	switch {
	case seed == 0:
		return t.Job.Seed - 1
	case seed > protocol.MaxSafeInteger:
		return seed - 2*protocol.MaxSafeInteger
	}
	return seed
}

// Spend adds to what the attempt has cost, in US dollars; it is told with the ending.
func (t *Task) Spend(usd float64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.cost += usd
}

func (t *Task) spent() float64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.cost
}

// Input opens the i-th input; the caller closes it.
func (t *Task) Input(ctx context.Context, i int) (io.ReadCloser, error) {
	if i < 0 || i >= len(t.Job.Inputs) {
		return nil, protocol.Errorf(protocol.CodeNotFound, "the job has no input %d", i)
	}
	body, _, err := t.room.api.Asset(ctx, t.Job.Inputs[i])
	return body, err
}

// Mask opens the mask; the caller closes it. NOT_FOUND when there is none.
func (t *Task) Mask(ctx context.Context) (io.ReadCloser, error) {
	if t.Job.Mask == "" {
		return nil, protocol.Errorf(protocol.CodeNotFound, "the job has no mask")
	}
	body, _, err := t.room.api.Asset(ctx, t.Job.Mask)
	return body, err
}

// Report tells how far the work is, 0–1, with an optional preview (a small PNG or JPEG). It does not wait: the newest is
// told a few times a second.
func (t *Task) Report(fraction float64, preview []byte) {
	t.mu.Lock()
	t.fraction = max(t.fraction, fraction)
	if len(preview) > 0 && base64.StdEncoding.EncodedLen(len(preview)) <= maxPreview {
		t.preview = preview
	}
	t.mu.Unlock()
	select {
	case t.moved <- struct{}{}:
	default:
	}
}

// keep tells progress and renews the lease until the task ends.
func (t *Task) keep(ctx context.Context) {
	renew := time.Duration(t.work.LeaseMS) * time.Millisecond / 3
	timer := time.NewTimer(0) // the first report says that the job runs
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.ended:
			return
		case <-t.moved:
		case <-timer.C:
		}
		if err := t.tell(ctx); err != nil {
			coded, ok := errors.AsType[*protocol.Error](err)
			if ok && coded.Code == protocol.CodeConflict {
				t.cancel(errNotWanted)
				return
			}
		}
		if sleep(ctx, min(reportEvery, renew)) != nil {
			return
		}
		timer.Reset(renew - min(reportEvery, renew))
	}
}

func (t *Task) tell(ctx context.Context) error {
	t.mu.Lock()
	r := protocol.WorkReport{Job: t.Job.ID, Token: t.work.Token, Fraction: t.fraction}
	if len(t.preview) > 0 {
		r.Preview = base64.StdEncoding.EncodeToString(t.preview)
		t.preview = nil
	}
	t.mu.Unlock()
	return t.room.do(ctx, protocol.TypeWorkReport, &r, &struct{}{})
}

// Put uploads one result, from where r stands to its end; it is read twice, for its SHA-256 goes ahead. It is tried again until it
// is answered or ctx ends. Put again it replaces what was put before.
func (t *Task) Put(ctx context.Context, index int, r io.ReadSeeker) error {
	begin, err := r.Seek(0, io.SeekCurrent)
	if err != nil {
		return fmt.Errorf("put result %d: %w", index, err)
	}
	sum := sha256.New()
	size, err := io.Copy(sum, r)
	if err != nil {
		return fmt.Errorf("put result %d: %w", index, err)
	}
	wait := backoff{jitter: t.room.opts.Jitter}
	for {
		if _, err := r.Seek(begin, io.SeekStart); err != nil {
			return fmt.Errorf("put result %d: %w", index, err)
		}
		asset, err := t.put(ctx, index, r, size, hex.EncodeToString(sum.Sum(nil)))
		coded, answered := errors.AsType[*protocol.Error](err)
		switch {
		case err == nil:
			t.mu.Lock()
			t.assets[index] = asset.ID
			t.mu.Unlock()
			return nil
		case answered && coded.Code == protocol.CodeConflict:
			t.cancel(errNotWanted)
			return err
		case answered && !coded.Retryable && coded.Code != protocol.CodeUnavailable:
			return err
		}
		after := time.Duration(0)
		if answered {
			after = time.Duration(coded.RetryAfterMS) * time.Millisecond
		}
		if sleep(ctx, wait.next(after)) != nil {
			return fmt.Errorf("put result %d: %w", index, context.Cause(ctx))
		}
	}
}

func (t *Task) put(ctx context.Context, index int, r io.Reader, size int64, sum string) (Asset, error) {
	var out Asset
	path := "/v1/rooms/" + url.PathEscape(t.room.opts.Room) + "/jobs/" + t.Job.ID + "/results/" + strconv.Itoa(index) +
		"?token=" + strconv.FormatInt(t.work.Token, 10)
	req, err := t.room.api.request(ctx, http.MethodPut, path, io.NopCloser(r))
	if err != nil {
		return out, err
	}
	req.ContentLength = size
	req.Header.Set("Content-Type", "application/octet-stream")
	req.Header.Set("X-Content-SHA256", sum)
	err = t.room.api.send(req, &out)
	return out, err
}

// results are the assets that were put, when they are all there.
func (t *Task) results() ([]string, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	out := make([]string, t.Wanted())
	for i := range out {
		if out[i] = t.assets[i]; out[i] == "" {
			return nil, protocol.Errorf(protocol.CodeProviderError, "the worker made no result %d", i+1)
		}
	}
	return out, nil
}
