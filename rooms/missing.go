package rooms

import (
	"context"
	"maps"
	"time"

	"atelier/protocol"
)

// What another instance tells may come in another order than it was stored. A gap is waited for as long as gapPatience
// before it is read in the store; a read that failed is tried again after readPatience.
const (
	gapPatience  = 50 * time.Millisecond
	readPatience = time.Second
	mostEarly    = 4096 // rows and job messages that wait for those before them
)

// Feed reads job messages, so that none is missed that another instance told in vain.
type Feed interface {
	// Since reads the messages of a room's jobs whose sequence is higher than after, in their order.
	Since(ctx context.Context, room string, after int64) ([]JobMessage, error)
}

// JobMessage is a job's message with the sequence that it tells.
type JobMessage struct {
	Seq   int64
	Frame *protocol.Frame
}

// missing is what other instances have stored and this one does not have yet. Owned by the actor.
type missing struct {
	head    Extent // the newest that was heard of
	rows    map[int64]Row
	jobs    map[int64]*protocol.Frame
	look    bool      // something may have been missed that was not heard of
	due     time.Time // when to read; zero while nothing is missing
	reading bool
}

// suspect has the room compared with the store at once.
func (r *Room) suspect() { r.missing.look, r.missing.due = true, r.cfg.Now() }

// heard tells that the room is known to be so far.
func (r *Room) heard(h Extent) {
	r.missing.head.Rev = max(r.missing.head.Rev, h.Rev)
	r.missing.head.Jobs = max(r.missing.head.Jobs, h.Jobs)
}

// takeRows takes rows that another instance has stored: those that are next at once, others in their turn.
func (r *Room) takeRows(body []byte) error {
	rows, err := readRows(body)
	if err != nil {
		return err
	}
	for i := range rows {
		if rows[i].Rev > r.state.rev && len(r.missing.rows) < mostEarly {
			r.missing.rows[rows[i].Rev] = rows[i]
		}
	}
	return nil
}

// takeJob shows a job's message in its turn: whoever has seen a sequence has seen those before it. One whose turn has been
// tells where the job stands in the line, or nothing new. Without other instances the queue tells in turn by itself.
func (r *Room) takeJob(seq int64, f *protocol.Frame) {
	if r.peers.bus == nil || seq <= r.jobSeq {
		r.everybody(f)
		return
	}
	r.heard(Extent{Jobs: seq})
	if len(r.missing.jobs) < mostEarly {
		r.missing.jobs[seq] = f
	}
}

// mend applies what came early and is next now, and has what is missing read in the store.
func (r *Room) mend(ctx context.Context, now time.Time) {
	m := &r.missing
	if err := r.advance(r.inTurn()); err != nil {
		r.fail(err, &batch{})
		return
	}
	for f := m.jobs[r.jobSeq+1]; f != nil; f = m.jobs[r.jobSeq+1] {
		r.showJob(JobMessage{r.jobSeq + 1, f})
	}
	behind := m.head.Rev > r.state.rev || (r.cfg.Feed != nil && m.head.Jobs > r.jobSeq)
	switch {
	case !behind && !m.look:
		m.due = time.Time{}
	case m.due.IsZero():
		m.due = now.Add(gapPatience)
	}
	if m.reading || r.broken || m.due.IsZero() || now.Before(m.due) {
		return
	}
	m.look, m.reading = false, true
	r.readMissing(ctx)
}

// inTurn takes the early rows that are next.
func (r *Room) inTurn() []Row {
	var rows []Row
	for next := r.state.rev + 1; ; next++ {
		row, ok := r.missing.rows[next]
		if !ok {
			return rows
		}
		delete(r.missing.rows, next)
		rows = append(rows, row)
	}
}

func (r *Room) showJob(t JobMessage) {
	delete(r.missing.jobs, t.Seq)
	if t.Seq > r.jobSeq {
		r.jobSeq = t.Seq
		r.everybody(t.Frame)
	}
}

// readMissing reads what follows in the log and in the queue.
func (r *Room) readMissing(ctx context.Context) {
	rev, seq := r.state.rev, max(r.jobSeq, 0)
	r.workers.Go(func() {
		rows, err := r.readAll(ctx, rev)
		var jobs []JobMessage
		if err == nil && r.cfg.Feed != nil {
			jobs, err = r.cfg.Feed.Since(ctx, r.id, seq)
		}
		r.report(func() { r.found(rows, jobs, err) })
	})
}

// found applies what the store had.
func (r *Room) found(rows []Row, jobs []JobMessage, err error) {
	m := &r.missing
	m.reading = false
	if err != nil {
		r.cfg.Log.Warn("what other instances stored cannot be read", "room", r.id, "err", err)
		m.look, m.due = true, r.cfg.Now().Add(readPatience)
		return
	}
	if err := r.advance(rows); err != nil {
		r.fail(err, &batch{})
		return
	}
	for _, t := range jobs {
		r.showJob(t)
	}
	maps.DeleteFunc(m.rows, func(rev int64, _ Row) bool { return rev <= r.state.rev })
	maps.DeleteFunc(m.jobs, func(seq int64, _ *protocol.Frame) bool { return seq <= r.jobSeq })
	m.due = time.Time{}
	if m.look {
		m.due = r.cfg.Now()
	}
}

// readOn brings the room up to the store before it answers somebody who has seen more.
func (r *Room) readOn(ctx context.Context) error {
	rev, err := ask(ctx, r, func() int64 { return r.state.rev })
	if err != nil {
		return err
	}
	rows, err := r.readAll(ctx, rev)
	if err != nil {
		return err
	}
	failed, err := ask(ctx, r, func() error {
		err := r.advance(rows)
		if err != nil {
			r.fail(err, &batch{})
		}
		return err
	})
	if err != nil {
		return err
	}
	return failed
}

// tellRows tells the other instances what was stored here, or that there is something to be read.
func (r *Room) tellRows(rows []Row) {
	if len(r.peers.byID) == 0 {
		return
	}
	size := 0
	for i := range rows {
		size += rowBytes(&rows[i])
	}
	if size > mostRows {
		r.tell(kindBeat, nil)
		return
	}
	r.tell(kindRows, appendRows(make([]byte, 0, size), rows))
}
