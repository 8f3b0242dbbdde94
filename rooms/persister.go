package rooms

import (
	"context"
	"errors"
	"time"
)

// Snapshots are taken when the log since the last one exceeds both, so that their cost per change stays flat.
const snapshotRows = 500

// commit stores a batch on a goroutine of its own and reports back through the inbox. One is in flight per room.
func (r *Room) commit(ctx context.Context, b *batch) {
	head := r.state.rev
	started := r.cfg.Now()
	locking, can := r.store.(LockingStore)
	r.workers.Go(func() {
		var err error
		if b.beaten && can {
			err = r.commitUnderLock(ctx, locking, b, head)
		} else {
			err = r.store.Commit(ctx, r.id, head, b.rows)
		}
		duplicate, isDuplicate := errors.AsType[*DuplicateError](err)
		switch {
		case err == nil:
			if r.failing.Swap(false) {
				r.cfg.Log.Info("changes are stored again", "room", r.id)
			}
			r.cfg.Metrics.Committed(len(b.rows), r.cfg.Now().Sub(started))
			r.report(func() { r.committed(b) })
		case isDuplicate:
			r.report(func() { r.duplicates(b, duplicate.Outcomes) })
		case errors.Is(err, ErrNoRoom):
			r.report(func() { r.inflight = nil; r.fail(err, b) })
		case errors.Is(err, ErrHeadMoved):
			r.readMissed(ctx, b, head, nil)
		default:
			if !r.failing.Swap(true) {
				r.cfg.Log.Warn("commit has an unknown outcome", "room", r.id, "head", head, "rows", len(b.rows), "err", err)
			}
			r.readMissed(ctx, b, head, err)
		}
	})
}

// commitUnderLock commits a batch whose rows the actor makes while nobody else can commit.
func (r *Room) commitUnderLock(ctx context.Context, store LockingStore, b *batch, head int64) error {
	return store.CommitUnderLock(ctx, r.id, head, func(missed []Row) ([]Row, error) { //nolint:wrapcheck // the store's own
		judged := make(chan error, 1)
		if !r.inbox.put(event{do: func() { judged <- r.judgeAgain(b, missed) }}) {
			return nil, ErrRoomClosed
		}
		if err := <-judged; err != nil {
			return nil, err
		}
		return b.rows, nil
	})
}

// Backoff of reads after a failed commit.
const (
	readBackoff    = 50 * time.Millisecond
	maxReadBackoff = 2 * time.Second
)

// readMissed reads the log after head until it answers, or the room's context ends.
func (r *Room) readMissed(ctx context.Context, b *batch, head int64, cause error) {
	wait := readBackoff
	for {
		rows, err := r.readAll(ctx, head)
		if err == nil {
			r.report(func() { r.missed(b, rows, cause) })
			return
		}
		if errors.Is(err, ErrNoRoom) || ctx.Err() != nil {
			r.report(func() { r.inflight = nil; r.fail(err, b) })
			return
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
		}
		wait = min(2*wait, maxReadBackoff)
	}
}

func (r *Room) readAll(ctx context.Context, after int64) ([]Row, error) {
	var all []Row
	for {
		rows, err := r.store.Rows(ctx, r.id, after, catchupRows)
		if err != nil {
			return nil, err
		}
		all = append(all, rows...)
		if len(rows) < catchupRows {
			return all, nil
		}
		after = rows[len(rows)-1].Rev
	}
}

// report gives the actor the outcome of a worker. The actor does not end while one is under way.
func (r *Room) report(f func()) { r.inbox.put(event{do: f}) }

// saveSnapshot stores a snapshot when the log has grown enough since the last one.
func (r *Room) saveSnapshot(ctx context.Context) {
	if r.saving || r.broken || r.sinceRows < snapshotRows || r.sinceBytes < r.savedBytes {
		return
	}
	r.saving = true
	r.sinceRows, r.sinceBytes = 0, 0
	s := r.state.share()
	r.workers.Go(func() {
		encoded := s.Encode()
		err := r.store.SaveSnapshot(ctx, r.id, s.Rev, encoded)
		if err != nil && ctx.Err() == nil {
			r.cfg.Log.Warn("snapshot not saved; the log has everything", "room", r.id, "rev", s.Rev, "err", err)
		}
		r.report(func() {
			r.saving = false
			r.savedBytes = len(encoded)
		})
	})
}
