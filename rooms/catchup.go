package rooms

import (
	"context"

	"atelier/protocol"
)

// catchup yields a snapshot or the missed rows, then the extra frames, then the live mark. Used by one goroutine, the
// outbox's; what it reads is immutable or the store's.
type catchup struct {
	pages []framed          // snapshot pages still to send
	ready []*protocol.Frame // frames of the current page

	store  Store
	room   string
	rows   []Row // missed rows at hand
	rev    int64 // the last one sent
	head   int64 // where the live lane begins
	extra  Catchup
	marked bool
}

// framed is a part of a snapshot, encoded when it is asked for.
type framed interface{ encoded() []*protocol.Frame }

// framed is what a joiner gets of a snapshot: the pages, then the branches' overlays.
func (s Snapshot) framed() []framed {
	out := make([]framed, 0, len(s.pages)+len(s.overlays))
	for _, p := range s.pages {
		out = append(out, p)
	}
	for _, p := range s.overlays {
		out = append(out, p)
	}
	return out
}

// catchupRows is how many rows are read from the store, and sent in one message, at a time.
const catchupRows = 512

// Next implements [Catchup].
func (c *catchup) Next(ctx context.Context) (*protocol.Frame, error) {
	for len(c.ready) == 0 && len(c.pages) > 0 {
		c.ready, c.pages = c.pages[0].encoded(), c.pages[1:]
	}
	if len(c.ready) > 0 {
		f := c.ready[0]
		c.ready = c.ready[1:]
		return f, nil
	}
	if c.rev < c.head {
		return c.nextRows(ctx)
	}
	if c.extra != nil {
		f, err := c.extra.Next(ctx)
		if f != nil || err != nil {
			return f, err
		}
		c.extra = nil
	}
	if !c.marked {
		c.marked = true
		return protocol.Live(c.head), nil
	}
	return nil, nil //nolint:nilnil // nil is the end
}

func (c *catchup) nextRows(ctx context.Context) (*protocol.Frame, error) {
	if len(c.rows) == 0 {
		rows, err := c.store.Rows(ctx, c.room, c.rev, catchupRows)
		if err != nil {
			return nil, err
		}
		if len(rows) == 0 {
			return nil, ErrNoRoom
		}
		c.rows = rows
	}
	if int64(len(c.rows)) > c.head-c.rev {
		c.rows = c.rows[:c.head-c.rev]
	}
	chunk := firstChunk(c.rows)
	c.rev, c.rows = chunk[len(chunk)-1].Rev, c.rows[len(chunk):]
	return changesFrame(chunk), nil
}

// firstChunk is as many of rows, at least one, as go into one message.
func firstChunk(rows []Row) []Row {
	size := 0
	for i := range rows {
		size += rowBytes(&rows[i])
		if i > 0 && (size > protocol.SnapshotChunk || i == catchupRows) {
			return rows[:i]
		}
	}
	return rows
}

// changesFrame encodes rows once for everybody.
func changesFrame(rows []Row) *protocol.Frame {
	size := 16
	for i := range rows {
		size += rowBytes(&rows[i])
	}
	b := protocol.AppendChanges(protocol.NewBuffer(size), len(rows))
	for i := range rows {
		b = protocol.AppendCommitted(b, &rows[i].Committed)
	}
	return protocol.Seal(b)
}
