package rooms

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/tinylib/msgp/msgp"

	"atelier/protocol"
)

// replica is what a client makes of a stream: the canvas, replies and members.
type replica struct {
	t       *testing.T
	read    int // frames of the stream taken in
	welcome protocol.Welcome
	rev     int64
	last    string
	live    bool
	records map[string]map[string]protocol.Value
	kinds   map[string]string
	aside   map[string]map[[2]string]protocol.Write // branch → cell, Basis being its base value
	wrote   map[[3]string]int64                     // (branch, record, prop) → revision that changed it, when it is known
	gone    map[string]bool                         // records that were deleted
	members map[uint32]protocol.Member
	oks     map[uint64]protocol.ChangeResult
	errs    map[uint64]*protocol.Error
	revs    []int64 // of all changes taken in
	ids     []string
	cursors map[uint32][2]float32
	notices []protocol.Notice
	jobs    []int64 // sequences, as they came
}

func newReplica(t *testing.T) *replica {
	t.Helper()
	return &replica{
		t: t, records: make(map[string]map[string]protocol.Value), kinds: make(map[string]string),
		aside: make(map[string]map[[2]string]protocol.Write), wrote: make(map[[3]string]int64), gone: make(map[string]bool), members: make(map[uint32]protocol.Member),
		oks: make(map[uint64]protocol.ChangeResult), errs: make(map[uint64]*protocol.Error), cursors: make(map[uint32][2]float32),
	}
}

// take reads everything new of a stream, the catch-up where it stands.
func (r *replica) take(o *stream) {
	r.t.Helper()
	o.mu.Lock()
	frames, latest := o.frames, o.latest
	c := o.catchup
	o.latest = nil
	o.mu.Unlock()
	for _, f := range frames[r.read:] {
		r.message(f)
		r.read++
		if r.read == 1 && c != nil {
			for {
				f, err := c.Next(context.Background())
				require.NoError(r.t, err)
				if f == nil {
					break
				}
				r.message(f.Payload())
			}
		}
	}
	for _, f := range latest {
		r.message(f)
	}
}

func (r *replica) message(b []byte) {
	r.t.Helper()
	require.NoError(r.t, protocol.Validate(b))
	for len(b) > 0 {
		rest, err := msgp.Skip(b)
		require.NoError(r.t, err)
		r.value(b[:len(b)-len(rest)])
		b = rest
	}
}

func (r *replica) value(b []byte) {
	n, b, err := msgp.ReadArrayHeaderBytes(b)
	require.NoError(r.t, err)
	code, b, err := msgp.ReadUint8Bytes(b)
	require.NoError(r.t, err)
	switch protocol.Type(code) {
	case protocol.TypeWelcome:
		r.welcome = protocol.Welcome{}
		require.NoError(r.t, protocol.DecodeBody(b, &r.welcome))
		clear(r.members)
		for _, m := range r.welcome.Members {
			r.members[m.M] = m
		}
		if !r.welcome.Resumed {
			clear(r.records)
			clear(r.kinds)
			clear(r.aside)
			clear(r.wrote)
			r.rev, r.last = r.welcome.Rev, r.welcome.LastChange
		}
	case protocol.TypeSnapshot:
		for range n - 1 {
			b = r.record(b)
		}
	case protocol.TypeOverlay:
		branch, b, err := msgp.ReadStringBytes(b)
		require.NoError(r.t, err)
		cells, _, err := protocol.ReadWrites(append(msgp.AppendArrayHeader(nil, n-2), b...))
		require.NoError(r.t, err)
		for _, w := range cells {
			r.writeAside(branch, w)
		}
	case protocol.TypeChanges:
		for range n - 1 {
			b = r.change(b)
		}
	case protocol.TypeLive:
		rev, _, err := msgp.ReadInt64Bytes(b)
		require.NoError(r.t, err)
		require.Equal(r.t, r.rev, rev, "live at the revision that was caught up to")
		r.live = true
	case protocol.TypeMembers:
		var m protocol.Members
		require.NoError(r.t, protocol.DecodeBody(b, &m))
		for _, j := range append(m.Joined, m.Changed...) {
			r.members[j.M] = j
		}
		for _, l := range m.Left {
			delete(r.members, l)
		}
	case protocol.TypeOK:
		req, b, err := msgp.ReadUint64Bytes(b)
		require.NoError(r.t, err)
		var result protocol.ChangeResult
		require.NoError(r.t, protocol.DecodeBody(b, &result))
		_, twice := r.oks[req]
		require.False(r.t, twice, "one reply")
		require.LessOrEqual(r.t, result.Rev, r.rev, "a change is seen before it is acknowledged")
		r.oks[req] = result
	case protocol.TypeError:
		req, b, err := msgp.ReadUint64Bytes(b)
		require.NoError(r.t, err)
		var e protocol.Error
		require.NoError(r.t, protocol.DecodeBody(b, &e))
		r.errs[req] = &e
	case protocol.TypeCursors:
		for range (n - 1) / 3 {
			var m uint32
			var x, y float32
			m, b, _ = msgp.ReadUint32Bytes(b)
			x, b, _ = msgp.ReadFloat32Bytes(b)
			y, b, err = msgp.ReadFloat32Bytes(b)
			require.NoError(r.t, err)
			r.cursors[m] = [2]float32{x, y}
		}
	case protocol.TypeJob:
		var job protocol.Job
		require.NoError(r.t, protocol.DecodeBody(b, &job))
		r.jobs = append(r.jobs, job.Seq)
	case protocol.TypeNotice:
		var notice protocol.Notice
		require.NoError(r.t, protocol.DecodeBody(b, &notice))
		r.notices = append(r.notices, notice)
	default:
	}
}

func (r *replica) record(b []byte) []byte {
	_, b, err := msgp.ReadArrayHeaderBytes(b)
	require.NoError(r.t, err)
	id, b, err := msgp.ReadStringBytes(b)
	require.NoError(r.t, err)
	kind, b, err := msgp.ReadStringBytes(b)
	require.NoError(r.t, err)
	n, b, err := msgp.ReadMapHeaderBytes(b)
	require.NoError(r.t, err)
	r.kinds[id], r.records[id] = kind, make(map[string]protocol.Value)
	for range n {
		var prop string
		prop, b, err = msgp.ReadStringBytes(b)
		require.NoError(r.t, err)
		rest, err := msgp.Skip(b)
		require.NoError(r.t, err)
		r.records[id][prop], b = protocol.Value(b[:len(b)-len(rest)]), rest
	}
	return b
}

func (r *replica) change(b []byte) []byte {
	n, b, err := msgp.ReadArrayHeaderBytes(b)
	require.NoError(r.t, err)
	rev, b, err := msgp.ReadInt64Bytes(b)
	require.NoError(r.t, err)
	branch, b, err := msgp.ReadStringBytes(b)
	require.NoError(r.t, err)
	for range 2 {
		_, b, err = msgp.ReadStringBytes(b)
		require.NoError(r.t, err)
	}
	_, b, err = msgp.ReadInt64Bytes(b)
	require.NoError(r.t, err)
	id, b, err := msgp.ReadStringBytes(b)
	require.NoError(r.t, err)
	writes, b, err := protocol.ReadWrites(b)
	require.NoError(r.t, err)
	require.Equal(r.t, r.rev+1, rev, "changes come in order and without gaps")
	r.rev, r.last = rev, id
	r.revs, r.ids = append(r.revs, rev), append(r.ids, id)
	var also []protocol.Target
	if n > 7 {
		also, b, err = protocol.ReadAlso(b, protocol.ReadWrites)
		require.NoError(r.t, err)
	}
	for _, t := range append(also, protocol.Target{Branch: branch, Writes: writes}) {
		for _, w := range t.Writes {
			if t.Branch == "" {
				r.write(w)
			} else {
				r.writeAside(t.Branch, w)
			}
		}
	}
	return b
}

// writeAside applies one write on a branch.
func (r *replica) writeAside(branch string, w protocol.Write) {
	cells := r.aside[branch]
	if cells == nil {
		cells = make(map[[2]string]protocol.Write)
		r.aside[branch] = cells
	}
	key := [2]string{w.Record, w.Prop}
	have, there := cells[key]
	switch {
	case w.Dropped:
		require.True(r.t, there, "what leaves a branch was on it")
		delete(cells, key)
		r.wrote[[3]string{branch, w.Record, w.Prop}] = r.rev
	case there:
		if w.Basis != "" { // it begins anew
			have.Basis = stored(w.Basis)
		}
		if have.Value != stored(w.Value) {
			r.wrote[[3]string{branch, w.Record, w.Prop}] = r.rev
		}
		have.Value = stored(w.Value)
		cells[key] = have
	default:
		require.NotEmpty(r.t, w.Basis, "a new cell of a branch brings its base value")
		w.Value, w.Basis = stored(w.Value), stored(w.Basis)
		cells[key] = w
		r.wrote[[3]string{branch, w.Record, w.Prop}] = r.rev
	}
	if len(cells) == 0 {
		delete(r.aside, branch)
	}
}

// asideOf is a state's branches in the form of a replica's.
func asideOf(s *State) map[string]map[[2]string]protocol.Write {
	out := make(map[string]map[[2]string]protocol.Write)
	for _, b := range s.branches {
		for _, o := range b.records {
			for _, c := range o.cells {
				if out[b.id] == nil {
					out[b.id] = make(map[[2]string]protocol.Write)
				}
				out[b.id][[2]string{o.id, c.prop}] = protocol.Write{Record: o.id, Prop: c.prop, Value: c.value, Basis: c.base}
			}
		}
	}
	return out
}

// write applies one write as the protocol asks of every client.
func (r *replica) write(w protocol.Write) {
	key := [3]string{"", w.Record, w.Prop}
	switch {
	case w.Prop == protocol.PropKind:
		if r.records[w.Record] == nil {
			kind, _ := w.Value.AsString()
			r.kinds[w.Record], r.records[w.Record] = kind, make(map[string]protocol.Value)
		}
	case r.records[w.Record] == nil: // deleted: hidden
	case w.Prop == protocol.PropDeleted:
		if gone, _ := w.Value.AsBool(); gone {
			delete(r.records, w.Record)
			delete(r.kinds, w.Record)
			r.gone[w.Record] = true
		}
	case w.Value.Absent():
		if _, had := r.records[w.Record][w.Prop]; had {
			r.wrote[key] = r.rev
		}
		delete(r.records[w.Record], w.Prop)
	default:
		if r.gone[w.Record] { // it is back; who wrote its cells meanwhile is not known
			delete(r.wrote, key)
		} else if r.records[w.Record][w.Prop] != w.Value {
			r.wrote[key] = r.rev
		}
		r.records[w.Record][w.Prop] = w.Value
	}
}

// canvas is the replica's records in a form that can be compared with a state's.
func (r *replica) canvas() map[string]Record {
	out := make(map[string]Record)
	for id, props := range r.records {
		out[id] = Record{ID: id, Kind: r.kinds[id], Props: props}
	}
	return out
}

func canvasOf(s *State) map[string]Record {
	out := make(map[string]Record)
	for _, r := range s.share().Records() {
		out[r.ID] = r
	}
	return out
}

func resumeOf(r *replica) *protocol.Resume {
	return &protocol.Resume{Epoch: r.welcome.Epoch, Rev: r.rev, LastChange: r.last}
}

func describe(e *protocol.Error) string { return fmt.Sprint(e.Code, " ", e.Message) }
