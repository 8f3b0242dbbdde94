package rooms

import (
	"crypto/sha256"
	"encoding/binary"

	"github.com/vmihailenco/msgpack/v5"

	"atelier/protocol"
)

// Author is who makes a change: a session of a user, with the role it has at the moment of judging. Name and Zone (minutes
// ahead of UTC) name the branches that it makes.
type Author struct {
	Session string
	User    string
	Name    string
	Zone    int
	Role    protocol.Role
}

// judge decides on a change against the scratch (docs/canvas.md): the row that it becomes at the next revision, or a coded
// error that names the record and prop. It changes the scratch only when there is no error.
func (s *scratch) judge(by Author, c *protocol.Change, at int64) (Row, *protocol.Error) {
	if err := s.wellFormed(c); err != nil {
		return Row{}, err
	}
	j := s.judgement(by, c, at, s.route(by, c))
	if j.branch != c.Branch {
		j.inherit(c.Branch)
	}
	if err := j.run(); err != nil {
		return Row{}, err
	}
	if len(j.met) > 0 && !skips(c) && c.Merge == nil {
		var err *protocol.Error
		if j, err = s.diverge(j); err != nil {
			return Row{}, err
		}
	}
	if err := j.finish(); err != nil {
		return Row{}, err
	}
	row := j.row()
	s.take(j, &row)
	return row, nil
}

// skips tells whether what would conflict is left out rather than kept on a branch.
func skips(c *protocol.Change) bool { return c.Undo != "" || c.Restored != 0 }

func (s *scratch) wellFormed(c *protocol.Change) *protocol.Error {
	invalid := func(format string, args ...any) *protocol.Error {
		return protocol.Errorf(protocol.CodeInvalidInput, format, args...)
	}
	switch {
	case !protocol.ValidID(c.ID):
		return invalid("change id is not a UUID")
	case c.Merge != nil:
		if len(c.Writes) > 0 || c.Branch != "" || skips(c) {
			return invalid("a merge has no writes, is made on main, and takes nothing back")
		}
	case len(c.Writes) == 0 && c.Undo == "":
		return invalid("a change needs a write")
	}
	switch {
	case c.Base < 0 || c.Base > s.base.rev:
		return invalid("base %d is not a revision up to %d", c.Base, s.base.rev)
	case c.Restored < 0 || c.Restored > s.base.rev:
		return invalid("restored %d is not a revision up to %d", c.Restored, s.base.rev)
	case c.Branch != "" && !protocol.ValidID(c.Branch):
		return invalid("branch is not a UUID")
	case c.Undo != "" && !protocol.ValidID(c.Undo):
		return invalid("undo is not a change id")
	case c.Gesture != "" && !protocol.ValidName(c.Gesture), c.Episode != "" && !protocol.ValidName(c.Episode):
		return invalid("gesture and episode are names of at most %d characters", protocol.MaxIDLength)
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
	if c.Restored != 0 || c.Merge != nil {
		more, err := msgpack.Marshal(&protocol.Change{Restored: c.Restored, Merge: c.Merge})
		if err != nil {
			panic("rooms: encode a change: " + err.Error())
		}
		h.Write(more)
	}
	return [32]byte(h.Sum(nil))
}

// judgement is one change being judged on one target.
type judgement struct {
	scratch *scratch
	by      Author
	number  uint32 // the author's
	change  *protocol.Change
	at      int64  // unix ms
	branch  string // where it is placed; "" is main

	touched map[string]*record      // copies with this change's writes
	over    map[overlayKey]*overlay // likewise, of branches
	cells   map[string]int          // cells that branches gain or lose

	main    []protocol.Write  // as they will be stored
	overlay []protocol.Write  // on branch
	also    []protocol.Target // what it writes on other branches
	differs bool              // what is stored on main is not what was sent
	met     []protocol.CellConflict
	because []protocol.CellConflict // of a diverged change: what it met
	linked  []string                // records whose links are to be checked when all writes are in
	made    []string                // records above branches that this change creates
	added   int
}

func (s *scratch) judgement(by Author, c *protocol.Change, at int64, branch string) *judgement {
	return &judgement{
		scratch: s, by: by, number: s.number(author{by.Session, by.User}), change: c, at: at, branch: branch,
		touched: make(map[string]*record, 4),
	}
}

func (j *judgement) run() *protocol.Error {
	switch {
	case j.change.Merge != nil:
		return j.merge(j.change.Merge)
	case len(j.change.Writes) == 0:
		return j.unmerge(j.change.Undo)
	}
	for i := range j.change.Writes {
		if err := j.write(&j.change.Writes[i]); err != nil {
			return err
		}
	}
	return nil
}

func (j *judgement) rev() int64 { return j.scratch.rev + 1 }

func (j *judgement) schema() *protocol.Schema { return j.scratch.base.schema }

// write places one write: on main, or on the branch unless its record is above branches.
func (j *judgement) write(w *protocol.Write) *protocol.Error {
	if !protocol.ValidID(w.Record) {
		return protocol.Errorf(protocol.CodeInvalidInput, "record id %.40q is not a UUID", w.Record)
	}
	if w.Prop == protocol.PropKind {
		return j.create(w)
	}
	if r := j.record(w.Record); j.branch == "" || (r != nil && r.kind.Above()) {
		return j.writeMain(r, w)
	}
	return j.writeBranch(w)
}

// checked finds the schema of a write and refuses what does not fit it or the author may not do.
func (j *judgement) checked(kind protocol.Kind, w *protocol.Write) (protocol.Prop, *protocol.Error) {
	prop, ok := j.schema().Prop(kind, w.Prop)
	if !ok {
		return prop, protocol.Errorf(protocol.CodeInvalidInput, "record %s: kind %s has no prop %.40q", w.Record, kind, w.Prop)
	}
	if prop.Server {
		return prop, protocol.Errorf(protocol.CodeInvalidInput, "record %s: prop %s is written by the server", w.Record, prop.Name)
	}
	if err := j.schema().Check(prop, w.Value); err != nil {
		err.Message = "record " + w.Record + ": " + err.Message
		return prop, err
	}
	return prop, j.allowed(kind, w)
}

// allowed judges by the role, and keeps what somebody said theirs.
func (j *judgement) allowed(kind protocol.Kind, w *protocol.Write) *protocol.Error {
	action := protocol.ActionCanvasEdit
	if kind == protocol.KindComment {
		action = protocol.ActionCanvasComment
	}
	if !j.by.Role.May(action) {
		return protocol.Errorf(protocol.CodeForbidden, "a %s may not write %s records", j.by.Role, kind)
	}
	if kind != protocol.KindComment || (w.Prop != "text" && w.Prop != "mentions" && w.Prop != protocol.PropDeleted) {
		return nil
	}
	said, told := "", false
	if r := j.record(w.Record); r != nil {
		said, told = r.value("author").AsString()
	}
	if told && said != j.by.User && (w.Prop != protocol.PropDeleted || j.by.Role != protocol.RoleOwner) {
		return protocol.Errorf(protocol.CodeForbidden, "record %s: somebody else's comment", w.Record)
	}
	return nil
}

func (j *judgement) create(w *protocol.Write) *protocol.Error {
	name, ok := w.Value.AsString()
	kind := protocol.Kind(name)
	if !ok || !j.schema().Known(kind) {
		return protocol.Errorf(protocol.CodeInvalidInput, "record %s: unknown kind %.40q", w.Record, name)
	}
	if err := j.allowed(kind, w); err != nil {
		return err
	}
	r := j.record(w.Record)
	have, there := protocol.Kind(""), r != nil
	if there {
		have = r.kind
	} else if j.branch != "" {
		have, there = j.overlayOf(j.branch, w.Record).kind()
	}
	if there {
		if have != kind {
			return protocol.Errorf(protocol.CodeInvalidInput, "record %s: is a %s and stays one", w.Record, have)
		}
		return nil
	}
	base := j.scratch.base
	if limit := base.limits.RecordsPerRoom; base.live+base.aside+j.scratch.added+j.added >= limit {
		return protocol.Errorf(protocol.CodePayloadTooLarge, "the room is full: %d records", limit)
	}
	j.added++
	if j.branch != "" && !kind.Above() {
		if err := j.onBranch(); err != nil {
			return err
		}
		j.setBranch(w.Record, protocol.Write{Record: w.Record, Prop: w.Prop, Value: w.Value, Basis: protocol.Nil})
		return nil
	}
	j.touched[w.Record] = &record{id: w.Record, kind: kind}
	j.main = append(j.main, protocol.Write{Record: w.Record, Prop: w.Prop, Value: w.Value})
	if kind.Above() {
		j.made = append(j.made, w.Record)
	}
	return nil
}

// finish judges the change as a whole.
func (j *judgement) finish() *protocol.Error {
	if len(j.met) > 0 && len(j.main)+len(j.overlay)+len(j.also) == 0 {
		return j.refused("somebody else wrote there since revision %d", j.change.Base)
	}
	for _, id := range j.made {
		j.sign(id)
	}
	for _, id := range j.linked {
		if err := j.links(j.touched[id]); err != nil {
			return err
		}
	}
	if len(j.overlay) > 0 {
		j.reopen()
	}
	j.closeEqual()
	return nil
}

func (j *judgement) refused(format string, args ...any) *protocol.Error {
	return protocol.Errorf(protocol.CodeConflict, format, args...).With(protocol.ConflictDetails{Conflicts: j.met})
}

// row is what the change becomes.
func (j *judgement) row() Row {
	c := j.change
	result := protocol.ChangeResult{Rev: j.rev()}
	if skips(c) {
		result.Skipped = j.met
	}
	if j.differs {
		result.Writes = j.main
	}
	row := Row{
		Committed: protocol.Committed{
			Rev: j.rev(), Session: j.by.Session, User: j.by.User, At: j.at, ID: c.ID, Writes: j.main, Also: j.also,
		},
		Base: c.Base, Gesture: c.Gesture, Episode: c.Episode, Undo: c.Undo, Restored: c.Restored, Digest: Digest(c),
	}
	if c.Merge != nil {
		row.Merged = c.Merge.Branch
	}
	if len(j.overlay) > 0 {
		row.Branch, row.Writes = j.branch, j.overlay
		if len(j.main) > 0 {
			row.Also = append([]protocol.Target{{Writes: j.main}}, row.Also...)
		}
		if c.Branch != j.branch {
			name, _ := j.record(j.branch).value("name").AsString()
			result.Branched = &protocol.Branched{Branch: j.branch, Name: name, Cells: j.because}
		}
	}
	encoded, err := msgpack.Marshal(&result)
	if err != nil {
		panic("rooms: encode a result: " + err.Error())
	}
	row.Result = encoded
	return row
}
