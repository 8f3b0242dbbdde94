package client

import (
	"fmt"
	"slices"

	"github.com/tinylib/msgp/msgp"

	"atelier/protocol"
)

// receive takes one WebSocket message in, whole and under the lock. An error drops the socket; the next one resumes.
// The server is trusted: what it sends does not pass [protocol.Validate], whose depth is that of client messages.
func (r *Room) receive(b []byte) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	for len(b) > 0 {
		rest, err := msgp.Skip(b)
		if err != nil {
			return fmt.Errorf("receive: %w", protocol.ErrMalformed)
		}
		if err := r.messageLocked(b[:len(b)-len(rest)]); err != nil {
			return fmt.Errorf("receive: %w", err)
		}
		b = rest
	}
	r.changedLocked()
	return nil
}

func (r *Room) messageLocked(b []byte) error {
	n, b, err := msgp.ReadArrayHeaderBytes(b)
	if err != nil || n == 0 {
		return protocol.ErrMalformed
	}
	code, b, err := msgp.ReadUint8Bytes(b)
	if err != nil {
		return protocol.ErrMalformed
	}
	n--
	switch protocol.Type(code) {
	case protocol.TypeCursors:
		return r.cursorsLocked(b, n)
	case protocol.TypeStates:
		return r.statesLocked(b, n)
	case protocol.TypeProgress:
		return r.progressLocked(b, n)
	case protocol.TypeSpeaking:
		return r.speakingLocked(b, n)
	case protocol.TypeChanges:
		return r.changesLocked(b, n)
	case protocol.TypeOK:
		req, body, err := msgp.ReadUint64Bytes(b)
		if err != nil {
			return protocol.ErrMalformed
		}
		r.calls.settle(req, reply{body: slices.Clone(body)})
		return nil
	case protocol.TypeError:
		return r.refusedLocked(b)
	case protocol.TypeWelcome:
		return r.welcomeLocked(b)
	case protocol.TypeSnapshot:
		return r.arriving.page(b, n)
	case protocol.TypeOverlay:
		return r.arriving.cells(b, n)
	case protocol.TypeLive:
		return r.liveLocked(b)
	case protocol.TypeMembers:
		return r.membersLocked(b)
	case protocol.TypeJob:
		return r.jobLocked(b)
	case protocol.TypeNotice:
		return r.noticeLocked(b)
	case protocol.TypeRoom:
		return r.roomLocked(b)
	default:
		return r.queuesLocked(protocol.Type(code), b)
	}
}

// queuesLocked takes what is about the queue as a whole, and what is for a worker or who is in the call.
func (r *Room) queuesLocked(t protocol.Type, b []byte) error {
	switch t {
	case protocol.TypeQueue:
		return r.queueLocked(b)
	case protocol.TypeWork:
		return r.workLocked(b)
	case protocol.TypeWorkStop:
		return r.workStopLocked(b)
	case protocol.TypeSlots:
		return r.slotsLocked(b)
	case protocol.TypeRecording:
		return r.recordingLocked(b)
	default:
		return nil // from a newer server
	}
}

// refusedLocked gives an error to the call it answers. An error that answers none says why a close follows.
func (r *Room) refusedLocked(b []byte) error {
	coded := &protocol.Error{}
	if msgp.IsNil(b) {
		body, err := msgp.ReadNilBytes(b)
		if err != nil {
			return protocol.ErrMalformed
		}
		if err := protocol.DecodeBody(body, coded); err != nil {
			return err
		}
		r.refusal = coded
		return nil
	}
	req, body, err := msgp.ReadUint64Bytes(b)
	if err != nil {
		return protocol.ErrMalformed
	}
	if err := protocol.DecodeBody(body, coded); err != nil {
		return err
	}
	if coded.Code == protocol.CodeConflict {
		var of struct {
			Details protocol.ConflictDetails `msgpack:"details"`
		}
		if protocol.DecodeBody(body, &of) == nil && len(of.Details.Conflicts) > 0 {
			coded.Details = of.Details
		}
	}
	r.calls.settle(req, reply{err: coded})
	return nil
}

func (r *Room) welcomeLocked(b []byte) error {
	was := r.welcome.Self.M
	var w protocol.Welcome
	if err := protocol.DecodeBody(b, &w); err != nil {
		return err
	}
	first := r.canvas == nil
	r.welcome, r.token, r.refusal = w, w.Session, nil
	r.recording = nil // one that is on is told after this
	if w.Resumed {
		if first {
			return fmt.Errorf("resumed a session that has nothing: %w", protocol.ErrMalformed)
		}
		r.arriving = r.canvas
	} else {
		r.arriving = newCanvas(w.Epoch, r.schema)
		r.jobs = newJobs()
	}
	members := make(map[uint32]*Member, len(w.Members))
	for _, m := range w.Members {
		members[m.M] = newMember(m)
		if old := r.members[m.M]; old != nil {
			members[m.M].X, members[m.M].Y, members[m.M].HasCursor = old.X, old.Y, old.HasCursor
		} else if !first {
			r.emitLocked(Joined{Member: *members[m.M]})
		}
	}
	for m, old := range r.members {
		if members[m] == nil {
			r.emitLocked(Left{Member: *old})
		}
	}
	r.members = members
	if !first && was != w.Self.M {
		r.sayAgainLocked()
	}
	return nil
}

// liveLocked ends the catch-up: a snapshot that has arrived replaces the replica in one step.
func (r *Room) liveLocked(b []byte) error {
	rev, _, err := msgp.ReadInt64Bytes(b)
	if err != nil || r.arriving == nil {
		return protocol.ErrMalformed
	}
	c := r.arriving
	if c.rev < 0 {
		c.rev, c.written.since = rev, rev
	}
	if c.rev != rev {
		return fmt.Errorf("live at %d with revision %d: the stream has a gap", rev, c.rev)
	}
	if rev == r.welcome.Rev {
		c.lastChange = r.welcome.LastChange
	}
	r.canvas, r.live = c, true
	r.emitLocked(Connected{Resumed: r.welcome.Resumed})
	if r.inbox != nil {
		r.inbox.put() // a server that started anew knows of no worker
	}
	r.signal()
	return nil
}

func (r *Room) changesLocked(b []byte, n uint32) error {
	for ; n > 0; n-- {
		c, rest, err := readCommitted(b)
		if err != nil {
			return err
		}
		b = rest
		if r.arriving == nil {
			return protocol.ErrMalformed
		}
		applied, err := r.arriving.apply(&c)
		if err != nil {
			return err
		}
		if applied && r.arriving == r.canvas {
			r.emitLocked(Changed{Change: c})
			for _, id := range r.canvas.branchesOf(&c) {
				r.emitLocked(BranchChanged{Branch: r.canvas.branch(id)})
			}
		}
	}
	return nil
}

// readCommitted reads what [protocol.AppendCommitted] wrote; further elements of a newer server are skipped.
func readCommitted(b []byte) (c protocol.Committed, rest []byte, err error) {
	n, b, err := msgp.ReadArrayHeaderBytes(b)
	if err != nil || n < 7 {
		return c, nil, protocol.ErrMalformed
	}
	if c.Rev, b, err = msgp.ReadInt64Bytes(b); err != nil {
		return c, nil, protocol.ErrMalformed
	}
	for _, s := range []*string{&c.Branch, &c.Session, &c.User} {
		if *s, b, err = msgp.ReadStringBytes(b); err != nil {
			return c, nil, protocol.ErrMalformed
		}
	}
	if c.At, b, err = msgp.ReadInt64Bytes(b); err != nil {
		return c, nil, protocol.ErrMalformed
	}
	if c.ID, b, err = msgp.ReadStringBytes(b); err != nil {
		return c, nil, protocol.ErrMalformed
	}
	if c.Writes, b, err = protocol.ReadWrites(b); err != nil {
		return c, nil, err
	}
	if n > 7 {
		if c.Also, b, err = protocol.ReadAlso(b, protocol.ReadWrites); err != nil {
			return c, nil, err
		}
	}
	for ; n > 8; n-- {
		if b, err = msgp.Skip(b); err != nil {
			return c, nil, protocol.ErrMalformed
		}
	}
	return c, b, nil
}

func (r *Room) membersLocked(b []byte) error {
	var m protocol.Members
	if err := protocol.DecodeBody(b, &m); err != nil {
		return err
	}
	for _, j := range m.Joined {
		if _, known := r.members[j.M]; known { // of a welcome, and may have changed since
			m.Changed = append(m.Changed, j)
			continue
		}
		r.members[j.M] = newMember(j)
		r.emitLocked(Joined{Member: *r.members[j.M]})
	}
	for _, c := range m.Changed {
		if old := r.members[c.M]; old != nil {
			old.Member = c
			if c.M == r.welcome.Self.M {
				r.welcome.Self = c
			}
			r.emitLocked(MemberChanged{Member: *old})
		}
	}
	for _, id := range m.Left {
		if old := r.members[id]; old != nil {
			delete(r.members, id)
			r.emitLocked(Left{Member: *old})
		}
	}
	return nil
}

func (r *Room) jobLocked(b []byte) error {
	var job protocol.Job
	if err := protocol.DecodeBody(b, &job); err != nil {
		return err
	}
	if r.jobs.put(job) {
		r.emitLocked(JobChanged{Job: job})
	}
	return nil
}

func (r *Room) noticeLocked(b []byte) error {
	var n protocol.Notice
	if err := protocol.DecodeBody(b, &n); err != nil {
		return err
	}
	r.emitLocked(Notice{Notice: n})
	return nil
}

func (r *Room) roomLocked(b []byte) error {
	var info protocol.RoomInfo
	if err := protocol.DecodeBody(b, &info); err != nil {
		return err
	}
	r.welcome.Room = info
	r.emitLocked(RoomChanged{Room: info})
	return nil
}
