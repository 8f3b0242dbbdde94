package rooms

import (
	"crypto/sha256"
	"encoding/binary"
	"maps"

	"github.com/vmihailenco/msgpack/v5"

	"atelier/protocol"
)

// Author is who makes a change: a session of a user, with the role it has at the moment of judging.
type Author struct {
	Session string
	User    string
	Role    protocol.Role
}

// scratch is the committed state with the rows of a batch on top that are judged but not yet durable. Dropping it undoes
// them, so there is nothing to roll back.
type scratch struct {
	base    *State
	records map[string]*record // those the batch has touched, as copies
	rev     int64
	added   int               // live records that the batch adds or removes
	author  map[uint32]author // authors that the base does not know yet
}

// newAuthor marks cells written within a batch by an author whom the state has not numbered yet.
const newAuthor = 1 << 31

func (s *State) scratch() *scratch {
	return &scratch{base: s, records: make(map[string]*record), rev: s.rev, author: make(map[uint32]author)}
}

func (s *scratch) record(id string) *record {
	if r, ok := s.records[id]; ok {
		return r
	}
	return s.base.records[id]
}

func (s *scratch) authorOf(by uint32) author {
	if a, ok := s.author[by]; ok {
		return a
	}
	return s.base.authors[by]
}

func (s *scratch) number(a author) uint32 {
	if i, ok := s.base.authorOf[a]; ok {
		return i
	}
	for i, known := range s.author {
		if known == a {
			return i
		}
	}
	i := uint32(newAuthor + len(s.author)) //nolint:gosec // authors of one batch
	s.author[i] = a
	return i
}

// judge decides on a change against the scratch: the row that it becomes at the next revision, or a coded error that
// names the record and prop. It changes the scratch only when there is no error.
func (s *scratch) judge(by Author, c *protocol.Change, at int64) (Row, *protocol.Error) {
	if err := s.wellFormed(c); err != nil {
		return Row{}, err
	}
	j := judgement{scratch: s, by: by, number: s.number(author{by.Session, by.User}), change: c, touched: make(map[string]*record, 4)}
	for i := range c.Writes {
		if err := j.write(&c.Writes[i]); err != nil {
			return Row{}, err
		}
	}
	if err := j.finish(); err != nil {
		return Row{}, err
	}
	maps.Copy(s.records, j.touched)
	s.rev++
	s.added += j.added
	return j.row(at), nil
}

func (s *scratch) wellFormed(c *protocol.Change) *protocol.Error {
	switch {
	case !protocol.ValidID(c.ID):
		return protocol.Errorf(protocol.CodeInvalidInput, "change id is not a UUID")
	case len(c.Writes) == 0:
		return protocol.Errorf(protocol.CodeInvalidInput, "a change needs a write")
	case len(c.Writes) > s.base.limits.WritesPerChange:
		return protocol.Errorf(protocol.CodePayloadTooLarge, "%d writes, at most %d", len(c.Writes), s.base.limits.WritesPerChange)
	case c.Base < 0 || c.Base > s.base.rev:
		return protocol.Errorf(protocol.CodeInvalidInput, "base %d is not a revision up to %d", c.Base, s.base.rev)
	case c.Branch != "":
		return protocol.Errorf(protocol.CodeNotFound, "no such branch")
	case c.Undo != "" && !protocol.ValidID(c.Undo):
		return protocol.Errorf(protocol.CodeInvalidInput, "undo is not a change id")
	case c.Gesture != "" && !protocol.ValidName(c.Gesture), c.Episode != "" && !protocol.ValidName(c.Episode):
		return protocol.Errorf(protocol.CodeInvalidInput, "gesture and episode are names of at most %d characters", protocol.MaxIDLength)
	}
	return nil
}

// Digest is the content of a change without its base: a retry has the same, another change with the same id has not.
func Digest(c *protocol.Change) [32]byte {
	h := sha256.New()
	for _, s := range []string{c.Branch, c.Gesture, c.Episode, c.Undo} {
		var n [4]byte
		binary.BigEndian.PutUint32(n[:], uint32(len(s))) //nolint:gosec // within one message
		h.Write(n[:])
		h.Write([]byte(s))
	}
	h.Write(protocol.AppendWrites(nil, c.Writes))
	return [32]byte(h.Sum(nil))
}

// judgement is one change being judged.
type judgement struct {
	scratch *scratch
	by      Author
	number  uint32 // the author's
	change  *protocol.Change

	touched   map[string]*record // copies with this change's writes
	stored    []protocol.Write
	differs   bool // stored is not what was sent
	conflicts []protocol.CellConflict
	linked    []*record // records whose links are to be checked when all writes are in
	added     int
}

func (j *judgement) record(id string) *record {
	if r, ok := j.touched[id]; ok {
		return r
	}
	return j.scratch.record(id)
}

// touch is the record as this change may write it.
func (j *judgement) touch(r *record) *record {
	if c, ok := j.touched[r.id]; ok {
		return c
	}
	c := r.clone(0)
	j.touched[r.id] = c
	return c
}

func (j *judgement) write(w *protocol.Write) *protocol.Error {
	if !protocol.ValidID(w.Record) {
		return protocol.Errorf(protocol.CodeInvalidInput, "record id %.40q is not a UUID", w.Record)
	}
	if w.Prop == protocol.PropKind {
		return j.create(w)
	}
	r := j.record(w.Record)
	if r == nil {
		return protocol.Errorf(protocol.CodeNotFound, "no record %s", w.Record)
	}
	prop, ok := j.scratch.base.schema.Prop(r.kind, w.Prop)
	if !ok {
		return protocol.Errorf(protocol.CodeInvalidInput, "record %s: kind %s has no prop %.40q", w.Record, r.kind, w.Prop)
	}
	if err := j.scratch.base.schema.Check(prop, w.Value); err != nil {
		err.Message = "record " + w.Record + ": " + err.Message
		return err
	}
	if err := j.allowed(r.kind); err != nil {
		return err
	}
	if surprise := j.surprise(r, prop, w.Value); surprise != nil {
		j.conflicts = append(j.conflicts, *surprise)
		return nil
	}
	if prop.Name == protocol.PropDeleted {
		j.setLife(r, w)
		return nil
	}
	r = j.touch(r)
	r.set(w.Prop, w.Value, j.scratch.rev+1, j.number)
	j.stored = append(j.stored, protocol.Write{Record: w.Record, Prop: w.Prop, Value: w.Value})
	if prop.Form == protocol.FormRecord && !w.Value.Absent() {
		j.linked = append(j.linked, r)
	}
	if r.bytes > j.scratch.base.limits.RecordBytes {
		return protocol.Errorf(protocol.CodePayloadTooLarge, "record %s: more than %d bytes", r.id, j.scratch.base.limits.RecordBytes)
	}
	return nil
}

func (j *judgement) create(w *protocol.Write) *protocol.Error {
	name, ok := w.Value.AsString()
	kind := protocol.Kind(name)
	if !ok || !j.scratch.base.schema.Known(kind) {
		return protocol.Errorf(protocol.CodeInvalidInput, "record %s: unknown kind %.40q", w.Record, name)
	}
	if err := j.allowed(kind); err != nil {
		return err
	}
	if r := j.record(w.Record); r != nil {
		if r.kind != kind {
			return protocol.Errorf(protocol.CodeInvalidInput, "record %s: is a %s and stays one", w.Record, r.kind)
		}
		return nil
	}
	if limit := j.scratch.base.limits.RecordsPerRoom; j.scratch.base.live+j.scratch.added+j.added >= limit {
		return protocol.Errorf(protocol.CodePayloadTooLarge, "the room is full: %d records", limit)
	}
	j.touched[w.Record] = &record{id: w.Record, kind: kind}
	j.added++
	j.stored = append(j.stored, protocol.Write{Record: w.Record, Prop: w.Prop, Value: w.Value})
	return nil
}

func (j *judgement) allowed(kind protocol.Kind) *protocol.Error {
	action := protocol.ActionCanvasEdit
	if kind == protocol.KindComment {
		action = protocol.ActionCanvasComment
	}
	if !j.by.Role.May(action) {
		return protocol.Errorf(protocol.CodeForbidden, "a %s may not write %s records", j.by.Role, kind)
	}
	return nil
}

// setLife deletes or restores. A restored record brings all its props, because members who came after the deletion do
// not have them.
func (j *judgement) setLife(r *record, w *protocol.Write) {
	value := protocol.Nil
	if gone, _ := w.Value.AsBool(); gone {
		value = w.Value
	}
	was := r.deleted()
	r = j.touch(r)
	r.set(w.Prop, value, j.scratch.rev+1, j.number)
	switch now := r.deleted(); {
	case now:
		if !was {
			j.added--
		}
		j.stored = append(j.stored, protocol.Write{Record: w.Record, Prop: w.Prop, Value: value})
	case was:
		j.added++
		j.differs = true
		j.stored = append(j.stored,
			protocol.Write{Record: r.id, Prop: protocol.PropKind, Value: protocol.String(string(r.kind))},
			protocol.Write{Record: r.id, Prop: protocol.PropDeleted, Value: value})
		for i := range r.cells {
			if c := &r.cells[i]; !c.value.Absent() && c.prop != protocol.PropDeleted {
				j.stored = append(j.stored, protocol.Write{Record: r.id, Prop: c.prop, Value: c.value})
			}
		}
	}
}

// finish judges the change as a whole.
func (j *judgement) finish() *protocol.Error {
	undo := j.change.Undo != ""
	if len(j.conflicts) > 0 && (!undo || len(j.stored) == 0) {
		return protocol.Errorf(protocol.CodeConflict, "somebody else wrote there since revision %d", j.change.Base).
			With(protocol.ConflictDetails{Conflicts: j.conflicts})
	}
	for _, r := range j.linked {
		if err := j.links(r); err != nil {
			return err
		}
	}
	return nil
}

func (j *judgement) row(at int64) Row {
	result := protocol.ChangeResult{Rev: j.scratch.rev, Skipped: j.conflicts}
	if j.differs {
		result.Writes = j.stored
	}
	encoded, err := msgpack.Marshal(&result)
	if err != nil {
		panic("rooms: encode a result: " + err.Error())
	}
	return Row{
		Committed: protocol.Committed{
			Rev: j.scratch.rev, Session: j.by.Session, User: j.by.User, At: at, ID: j.change.ID, Writes: j.stored,
		},
		Episode: j.change.Episode,
		Undo:    j.change.Undo,
		Digest:  Digest(j.change),
		Result:  encoded,
	}
}
