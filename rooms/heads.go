package rooms

import (
	"context"
	"time"
)

// Extent is how far a room is in the store: the newest revision of its log, and its newest job sequence (0 before the first
// job).
type Extent struct{ Rev, Jobs int64 }

// HeadStore is a [Store] that tells the heads of many rooms at once. Rooms that there are not are left out.
type HeadStore interface {
	Heads(ctx context.Context, rooms []string) (map[string]Extent, error)
}

// How often the heads of loaded rooms are compared with the store: always, because an instance may die after a commit and
// before it tells of it; and while the bus carries nothing.
const (
	compareEvery    = 3 * time.Second
	compareDegraded = time.Second
)

// compare compares heads until the registry ends.
func (g *Registry) compare(heads HeadStore) {
	timer := time.NewTimer(compareEvery)
	defer timer.Stop()
	for failing := false; ; {
		select {
		case <-g.ctx.Done():
			return
		case <-timer.C:
		}
		err := g.compareAll(heads)
		if failed := err != nil && g.ctx.Err() == nil; failed != failing {
			failing = failed
			if failed {
				g.cfg.Log.Warn("heads cannot be compared", "err", err)
			}
		}
		if g.cfg.Bus.Degraded() {
			timer.Reset(compareDegraded)
		} else {
			timer.Reset(compareEvery)
		}
	}
}

func (g *Registry) compareAll(heads HeadStore) error {
	all := g.All()
	if len(all) == 0 {
		return nil
	}
	ids := make([]string, len(all))
	for i, r := range all {
		ids[i] = r.id
	}
	ctx, cancel := context.WithTimeout(g.ctx, compareEvery)
	defer cancel()
	found, err := heads.Heads(ctx, ids)
	if err != nil {
		return err //nolint:wrapcheck // says what it did
	}
	for _, r := range all {
		if head, ok := found[r.id]; ok {
			r.inbox.put(event{do: func() { r.heard(head) }})
		}
	}
	return nil
}
