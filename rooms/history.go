package rooms

import (
	"context"
	"errors"
	"slices"

	"github.com/vmihailenco/msgpack/v5"

	"atelier/protocol"
)

// Archive reads rooms' pasts from their logs and brings parts of them back: history pages, diffs, time travel, undo,
// restore. It holds nothing of a room but what a call needs, and never writes but by [Room.Apply]. Its methods are safe
// for concurrent use.
type Archive struct {
	registry *Registry
	heavy    chan struct{} // bounds the calls that build a whole state of the past
}

// heavyCalls is how many states of the past are built at a time on this instance: each may take the memory of a room.
const heavyCalls = 2

// NewArchive makes an archive of the rooms of a registry.
func NewArchive(registry *Registry) *Archive {
	return &Archive{registry: registry, heavy: make(chan struct{}, heavyCalls)}
}

// Finder is what a store may offer beside [Store]: the revision of a change by its id, 0 when the log has none. Without
// it the log is read backwards.
type Finder interface {
	Revision(ctx context.Context, room, change string) (int64, error)
}

// Most rows of the log that one call reads one by one. Beyond it whole states are built and compared, or the caller goes
// on with another call.
const (
	mostSpan = 16384
	spanRows = 256 // read at a time
)

// Head as the revision of a [Point] is the newest one.
const Head = -1

// Point is a branch, "" being main, at a revision or at [Head].
type Point struct {
	Branch string
	Rev    int64
}

// settle makes the head a revision, and refuses what is none; name is the caller's for the point.
func (p *Point) settle(name string, head int64) error {
	if p.Rev == Head {
		p.Rev = head
	}
	if p.Rev < 0 || p.Rev > head {
		return protocol.Errorf(protocol.CodeInvalidInput, "%s: %d is not a revision up to %d", name, p.Rev, head)
	}
	return nil
}

// glimpse is what a call sees of a loaded room at one revision. What it points to is immutable.
type glimpse struct {
	rev      int64
	records  map[string]*record             // of main, those asked for
	overlays map[string]map[string]*overlay // by branch and record, whole; nil for a branch that is not there
}

// glimpse looks at some records of main and at whole branches. With a branch come main's records of the same ids.
func (s *State) glimpse(ids []string, branches ...string) glimpse {
	s.gen++ // what is handed out is copied before it is written, as after [State.share]
	g := glimpse{rev: s.rev, records: make(map[string]*record, len(ids)), overlays: make(map[string]map[string]*overlay)}
	take := func(id string) {
		if r := s.records[id]; r != nil {
			g.records[id] = r
		}
	}
	for _, id := range ids {
		take(id)
	}
	for _, name := range branches {
		b := s.branches[name]
		if b == nil {
			continue
		}
		g.overlays[name] = make(map[string]*overlay, len(b.records))
		for id, o := range b.records {
			g.overlays[name][id] = o
			take(id)
		}
	}
	return g
}

// in runs do with the loaded room, again when the room ended meanwhile.
func (a *Archive) in(ctx context.Context, id string, do func(*Room) error) error {
	for {
		r, err := a.registry.Room(ctx, id)
		if err != nil {
			return err
		}
		if err = do(r); !errors.Is(err, ErrRoomClosed) {
			return err
		}
	}
}

func (a *Archive) look(ctx context.Context, room string, ids []string, branches ...string) (g glimpse, err error) {
	err = a.in(ctx, room, func(r *Room) (err error) {
		g, err = ask(ctx, r, func() glimpse { return r.state.glimpse(ids, branches...) })
		return err
	})
	return g, err
}

func (a *Archive) apply(ctx context.Context, room string, by Author, c protocol.Change) (result protocol.ChangeResult, err error) {
	err = a.in(ctx, room, func(r *Room) (err error) {
		result, err = r.Apply(ctx, by, c)
		return err
	})
	return result, err
}

// each reads the rows after and up to two revisions, oldest first.
func (a *Archive) each(ctx context.Context, room string, after, to int64, do func(*Row) error) error {
	for after < to {
		rows, err := a.registry.store.Rows(ctx, room, after, int(min(spanRows, to-after)))
		if err != nil {
			return err //nolint:wrapcheck // says what it did
		}
		if len(rows) == 0 {
			return ErrNoRoom // its log ends before a revision that it had
		}
		for i := range rows {
			if err := do(&rows[i]); err != nil {
				return err
			}
		}
		after = rows[len(rows)-1].Rev
	}
	return nil
}

// errEnough ends a reading early.
var errEnough = errors.New("enough")

// back reads at most n of the rows before a revision, newest first, until do says [errEnough].
func (a *Archive) back(ctx context.Context, room string, before, n int64, do func(*Row) error) error {
	for least := max(0, before-1-n); before > least+1; {
		after := max(least, before-1-spanRows)
		rows, err := a.registry.store.Rows(ctx, room, after, int(before-1-after))
		if err != nil {
			return err //nolint:wrapcheck // says what it did
		}
		if len(rows) == 0 {
			return ErrNoRoom
		}
		for i := range slices.Backward(rows) {
			if err := do(&rows[i]); errors.Is(err, errEnough) {
				return nil
			} else if err != nil {
				return err
			}
		}
		before = rows[0].Rev
	}
	return nil
}

// find looks up a change by its id; nil when the log has none.
func (a *Archive) find(ctx context.Context, room, change string) (found *Row, err error) {
	if finder, ok := a.registry.store.(Finder); ok {
		rev, err := finder.Revision(ctx, room, change)
		if err != nil || rev == 0 {
			return nil, err //nolint:wrapcheck // says what it did
		}
		err = a.each(ctx, room, rev-1, rev, func(row *Row) error { found = row; return nil })
		return found, err
	}
	g, err := a.look(ctx, room, nil)
	if err != nil {
		return nil, err
	}
	err = a.back(ctx, room, g.rev+1, g.rev, func(row *Row) error {
		if row.ID != change {
			return nil
		}
		found = row
		return errEnough
	})
	return found, err
}

// answered is the first answer to a change that the log has already, which is what makes a retry safe whose writes would
// come out otherwise by now. INVALID_INPUT when the id was another's, or of a change that fits does not know again.
func (a *Archive) answered(ctx context.Context, room string, by Author, id string, fits func(*Row) bool) (*Row, *protocol.ChangeResult, error) {
	row, err := a.find(ctx, room, id)
	if err != nil || row == nil {
		return nil, nil, err
	}
	if row.User != by.User || !fits(row) {
		return nil, nil, errReused
	}
	var result protocol.ChangeResult
	if err := msgpack.Unmarshal(row.Result, &result); err != nil {
		return nil, nil, err //nolint:wrapcheck // what the room itself encoded
	}
	return row, &result, nil
}
