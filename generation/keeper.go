package generation

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// keeper shows rooms their positions: at once when a room was quiet, then at most once per interval.
type keeper struct {
	feed  *feed
	every time.Duration
	log   *slog.Logger

	mu    sync.Mutex
	dirty map[string]bool

	wake chan struct{} // one slot
	stop context.CancelFunc
	done chan struct{}
}

func newKeeper(f *feed, every time.Duration, log *slog.Logger) *keeper {
	ctx, stop := context.WithCancel(context.Background())
	k := &keeper{
		feed: f, every: every, log: log, dirty: make(map[string]bool),
		wake: make(chan struct{}, 1), stop: stop, done: make(chan struct{}),
	}
	go k.run(ctx)
	return k
}

func (k *keeper) close() {
	k.stop()
	<-k.done
}

// touch says that a room's line may have changed.
func (k *keeper) touch(room string) {
	k.mu.Lock()
	k.dirty[room] = true
	k.mu.Unlock()
	select {
	case k.wake <- struct{}{}:
	default:
	}
}

// run serves one batch of rooms per interval: a touched room waits for the interval that an earlier one began.
func (k *keeper) run(ctx context.Context) {
	defer close(k.done)
	for {
		select {
		case <-ctx.Done():
			return
		case <-k.wake:
		}
		k.mu.Lock()
		batch := k.dirty
		k.dirty = make(map[string]bool)
		k.mu.Unlock()
		for room := range batch {
			if err := k.feed.positions(ctx, room); err != nil && ctx.Err() == nil {
				k.log.Warn("show positions", "room", room, "error", err)
				k.touch(room)
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(k.every):
		}
	}
}
