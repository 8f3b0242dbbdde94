package rooms

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/vmihailenco/msgpack/v5"

	"atelier/protocol"
)

// pending is a change on its way: waiting to be judged, or in flight.
type pending struct {
	author  Author
	member  *member // nil for the server's own actors; else its role counts when the change is judged
	change  protocol.Change
	bytes   int
	since   time.Time
	answers []answer // one for each time it was sent
	refusal *protocol.Error
}

// answer gives the encoded [protocol.ChangeResult], or the error. It runs on the actor and must not block.
type answer func(result []byte, err *protocol.Error)

// batch is what one commit holds: all its changes in order, with a row for each that was not refused.
type batch struct {
	changes []*pending
	rows    []Row
	beaten  bool // another instance was faster before
}

// Change asks for a change on behalf of a member. The reply goes to the outbox that the member has now: after the change
// is durable, or with why it is not.
func (r *Room) Change(m uint32, req uint64, c protocol.Change) {
	r.inbox.put(event{do: func() {
		who := r.members[m]
		if who == nil {
			return
		}
		out := who.outbox
		if most := r.cfg.Limits.WritesPerChange; len(c.Writes) > most {
			who.reply(req, nil, protocol.Errorf(protocol.CodePayloadTooLarge, "%d writes, at most %d", len(c.Writes), most))
			return
		}
		r.receive(&pending{
			author: Author{Session: who.info.Session, User: who.info.User, Name: who.info.Name, Zone: who.zone},
			member: who, change: c,
			answers: []answer{func(result []byte, err *protocol.Error) {
				if who.outbox == out { // a stream that was detached or replaced gets nothing more
					who.reply(req, result, err)
				}
			}},
		})
	}})
}

func (m *member) reply(req uint64, result []byte, err *protocol.Error) {
	if err != nil {
		m.send(protocol.ErrorReply(req, err))
		return
	}
	m.send(protocol.Reply(req, msgpack.RawMessage(result)))
}

// Apply makes a change of the server's own, of any number of writes, and waits until it is durable. A retry with the same
// id is safe.
func (r *Room) Apply(ctx context.Context, by Author, c protocol.Change) (protocol.ChangeResult, error) {
	type outcome struct {
		result []byte
		err    *protocol.Error
	}
	done := make(chan outcome, 1)
	p := &pending{author: by, change: c, answers: []answer{
		func(result []byte, err *protocol.Error) { done <- outcome{result, err} },
	}}
	if !r.inbox.put(event{do: func() { r.receive(p) }}) {
		return protocol.ChangeResult{}, ErrRoomClosed
	}
	o, err := await(ctx, r, done)
	if err != nil {
		return protocol.ChangeResult{}, err
	}
	if o.err != nil {
		return protocol.ChangeResult{}, o.err
	}
	var result protocol.ChangeResult
	err = protocol.DecodeBody(o.result, &result)
	return result, err
}

// receive takes a change in, unless it is known already or the budget is used up.
func (r *Room) receive(p *pending) {
	id := p.change.ID
	if row, ok := r.tail.byChange(id); ok {
		r.answerKnown(p, Outcome{Rev: row.Rev, User: row.User, Digest: row.Digest, Result: row.Result})
		return
	}
	if first, ok := r.byID[id]; ok {
		if first.author.User != p.author.User || Digest(&first.change) != Digest(&p.change) {
			r.answer(p, nil, errReused)
			return
		}
		if r.budget+answerBytes > r.cfg.PendingBytes {
			r.answer(p, nil, errBusy)
			return
		}
		r.budget += answerBytes
		first.bytes += answerBytes
		first.answers = append(first.answers, p.answers...)
		return
	}
	p.bytes = changeBytes(&p.change)
	if r.broken || r.closing != nil || r.budget+p.bytes > r.cfg.PendingBytes {
		r.answer(p, nil, errBusy)
		return
	}
	p.since = r.cfg.Now()
	r.budget += p.bytes
	r.byID[id] = p
	r.waiting = append(r.waiting, p)
}

var (
	errReused = protocol.Errorf(protocol.CodeInvalidInput, "the change id was used for another change")
	errBusy   = protocol.Errorf(protocol.CodeUnavailable, "changes cannot be stored right now").After(time.Second)
)

// answerBytes is what one more answer to a waiting change takes of the budget.
const answerBytes = 128

func changeBytes(c *protocol.Change) int {
	n := 256
	for i := range c.Writes {
		n += 128 + len(c.Writes[i].Value) + len(c.Writes[i].Basis)
	}
	return n
}

// answerKnown answers a change whose id is in the log already with its first result.
func (r *Room) answerKnown(p *pending, o Outcome) {
	if o.User != p.author.User || o.Digest != Digest(&p.change) {
		r.answer(p, nil, errReused)
		return
	}
	r.answer(p, o.Result, nil)
}

func (r *Room) answer(p *pending, result []byte, err *protocol.Error) {
	if r.byID[p.change.ID] == p {
		delete(r.byID, p.change.ID)
		r.budget -= p.bytes
	}
	if err != nil {
		r.cfg.Metrics.Refused(err.Code)
	}
	for _, a := range p.answers {
		a(result, err)
	}
}

// judgeWaiting judges what waits and gives it to the store, unless a commit is in flight. Refusals are answered with the
// batch, because they may rest on rows of it that are not durable yet.
func (r *Room) judgeWaiting(ctx context.Context, now time.Time) {
	for r.inflight == nil && len(r.waiting) > 0 && !r.broken {
		b := &batch{changes: r.waiting[:min(len(r.waiting), batchRows)], beaten: r.beaten}
		r.waiting = r.waiting[len(b.changes):]
		r.beaten = false
		r.judge(b, now)
		if len(b.rows) == 0 {
			r.answerBatch(b)
			continue
		}
		r.inflight = b
		r.commit(ctx, b)
	}
}

// judge makes a batch's rows of its changes.
func (r *Room) judge(b *batch, now time.Time) {
	b.rows = b.rows[:0]
	s := r.state.scratch()
	for _, p := range b.changes {
		if p.member != nil {
			p.author.Role = p.member.info.Role
		}
		row, err := s.judge(p.author, &p.change, now.UnixMilli())
		p.refusal = err
		if err == nil {
			b.rows = append(b.rows, row)
		}
	}
}

// committed applies a batch that is durable, shows it to everybody and answers it.
func (r *Room) committed(b *batch) {
	r.inflight = nil
	if err := r.advance(b.rows); err != nil {
		r.fail(err, b)
		return
	}
	r.tellRows(b.rows)
	r.answerBatch(b)
}

func (r *Room) answerBatch(b *batch) {
	next := 0
	for _, p := range b.changes {
		if p.refusal != nil {
			r.answer(p, nil, p.refusal)
			continue
		}
		r.answer(p, b.rows[next].Result, nil)
		next++
	}
}

// advance applies durable rows and shows them, but for those that are applied already.
func (r *Room) advance(rows []Row) error {
	for len(rows) > 0 && rows[0].Rev <= r.state.rev {
		rows = rows[1:]
	}
	for i := range rows {
		if err := r.state.commit(&rows[i]); err != nil {
			return err
		}
		r.tail.push(rows[i])
		r.sinceRows++
		r.sinceBytes += rowBytes(&rows[i])
	}
	for len(rows) > 0 {
		chunk := firstChunk(rows)
		r.everybody(changesFrame(chunk))
		rows = rows[len(chunk):]
	}
	return nil
}

// duplicates answers those of a batch that the log has, and judges the others again.
func (r *Room) duplicates(b *batch, known map[string]Outcome) {
	r.inflight = nil
	var again []*pending
	for _, p := range b.changes {
		if o, ok := known[p.change.ID]; ok {
			r.answerKnown(p, o)
		} else {
			again = append(again, p)
		}
	}
	r.waiting = slices.Concat(again, r.waiting)
}

// missed applies rows that the log has beyond our head, after a batch met another head (cause nil) or had an unknown
// outcome (cause). What of the batch is in them is answered; the rest is judged again, or may be tried again.
func (r *Room) missed(b *batch, rows []Row, cause error) {
	r.inflight = nil
	if err := r.advance(rows); err != nil {
		r.fail(err, b)
		return
	}
	if cause != nil {
		r.tell(kindBeat, nil) // what of it was stored was not told
	}
	again := r.answerStored(b)
	if cause != nil {
		for _, p := range again {
			r.answer(p, nil, errBusy)
		}
		return
	}
	r.beaten = true
	r.waiting = slices.Concat(again, r.waiting)
}

// answerStored answers what of a batch the newest part of the log has, and returns the rest.
func (r *Room) answerStored(b *batch) (rest []*pending) {
	for _, p := range b.changes {
		if row, ok := r.tail.byChange(p.change.ID); ok {
			r.answerKnown(p, Outcome{Rev: row.Rev, User: row.User, Digest: row.Digest, Result: row.Result})
		} else {
			rest = append(rest, p)
		}
	}
	return rest
}

// judgeAgain judges a batch while its room is locked in the store, after what was missed.
func (r *Room) judgeAgain(b *batch, missed []Row) error {
	if err := r.advance(missed); err != nil {
		return err
	}
	b.changes = r.answerStored(b)
	r.judge(b, r.cfg.Now())
	return nil
}

// fail ends a room whose log and state do not fit, or that is no more: everybody reconnects, to a room loaded anew.
func (r *Room) fail(err error, b *batch) {
	r.broken = true
	level := r.cfg.Log.Error
	if errors.Is(err, ErrNoRoom) {
		level = r.cfg.Log.Info
	}
	level("room ends", "room", r.id, "err", err)
	for _, p := range slices.Concat(b.changes, r.waiting) {
		r.answer(p, nil, errBusy)
	}
	r.waiting = nil
}

// refuseOverdue answers changes that have waited too long behind a commit.
func (r *Room) refuseOverdue(now time.Time) {
	for len(r.waiting) > 0 && now.Sub(r.waiting[0].since) >= r.cfg.CommitWait {
		r.answer(r.waiting[0], nil, errBusy)
		r.waiting = r.waiting[1:]
	}
}
