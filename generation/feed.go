package generation

import (
	"context"
	"fmt"
	"sync"

	"atelier/protocol"
)

// feed shows rooms their jobs in sequence order. Whoever stored a transition hands it over; one that comes out of turn
// makes the feed read what is missing, and the late one is dropped because it was shown already.
type feed struct {
	jobs QueueStore
	line *line
	out  Announcer

	mu    sync.Mutex
	rooms map[string]*roomFeed // entries stay: a few words a room
}

// roomFeed is what a room has been shown.
type roomFeed struct {
	mu    sync.Mutex // held while showing, so that order holds
	shown int64      // newest sequence shown
	told  map[string]int
}

const (
	feedRepeat    = 32 // transitions repeated at a room's first, when an earlier one may have been overtaken
	feedBatch     = 1000
	toldPositions = 32 // waiting jobs of a room that are told when their position changes
)

func (f *feed) room(id string) *roomFeed {
	f.mu.Lock()
	defer f.mu.Unlock()
	r := f.rooms[id]
	if r == nil {
		r = &roomFeed{shown: -1, told: make(map[string]int)}
		f.rooms[id] = r
	}
	return r
}

// show shows a stored transition and whatever of the room's was stored before it. An error means that the room has to be
// caught up later.
func (f *feed) show(ctx context.Context, job protocol.Job) error {
	r := f.room(job.Room)
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case r.shown >= 0 && job.Seq <= r.shown:
		return nil
	case job.Seq == r.shown+1, job.Seq == 1:
		f.showLocked(r, job)
		return nil
	case r.shown < 0:
		r.shown = max(0, job.Seq-1-feedRepeat)
	}
	return f.catchUpLocked(ctx, r, job.Room)
}

func (f *feed) catchUpLocked(ctx context.Context, r *roomFeed, room string) error {
	missed, err := f.jobs.Jobs(ctx, room, r.shown, feedBatch)
	if err != nil {
		return fmt.Errorf("read what room %s was not shown: %w", room, err)
	}
	for _, j := range missed {
		f.showLocked(r, j)
	}
	return nil
}

func (f *feed) showLocked(r *roomFeed, job protocol.Job) {
	f.out.Job(job)
	r.shown = max(r.shown, job.Seq)
}

// positions shows a room those of its first waiting jobs whose position has changed, and what it missed, if anything. A
// job that moved on since it was read is left to its own transition, which waits for the lock.
func (f *feed) positions(ctx context.Context, room string) error {
	r := f.room(room)
	r.mu.Lock()
	defer r.mu.Unlock()
	spots, err := f.line.spots(ctx)
	if err != nil {
		return err
	}
	if r.shown >= 0 {
		if err := f.catchUpLocked(ctx, r, room); err != nil {
			return err
		}
	}
	told := make(map[string]int)
	for _, id := range spots.rooms[room] {
		if len(told) == toldPositions {
			break
		}
		told[id] = len(told) + 1
		if r.told[id] == told[id] {
			continue
		}
		job, err := f.jobs.Job(ctx, room, id)
		if err != nil {
			return fmt.Errorf("read waiting job %s: %w", id, err)
		}
		if job.State == protocol.JobQueued && job.Seq <= r.shown {
			f.out.Job(spots.fill(job))
		}
	}
	r.told = told
	return nil
}
