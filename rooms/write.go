package rooms

import "atelier/protocol"

// writeMain judges a write on main.
func (j *judgement) writeMain(r *record, w *protocol.Write) *protocol.Error {
	if r == nil {
		return protocol.Errorf(protocol.CodeNotFound, "no record %s", w.Record)
	}
	prop, err := j.checked(r.kind, w)
	if err != nil {
		return err
	}
	value, basis, surprise := j.meetMain(r, prop, w)
	if surprise != nil {
		j.met = append(j.met, *surprise)
		return nil
	}
	if prop.Name == protocol.PropDeleted {
		j.setLife(r, value)
		return nil
	}
	j.setMain(r, protocol.Write{Record: w.Record, Prop: w.Prop, Value: value, Basis: basis})
	if basis != "" {
		j.differs = true
	}
	if prop.Form == protocol.FormRecord && !value.Absent() {
		j.linked = append(j.linked, r.id)
	}
	if j.touched[r.id].size() > j.schema().Limits().RecordBytes {
		return protocol.Errorf(protocol.CodePayloadTooLarge, "record %s: more than %d bytes", r.id, j.schema().Limits().RecordBytes)
	}
	return nil
}

// setMain writes a cell on main. A value that is merged, or that a merge brings or takes back, is nobody's.
func (j *judgement) setMain(r *record, w protocol.Write) {
	r = j.touch(r)
	w.Before = r.value(w.Prop)
	w.Merged = j.brings()
	by := j.number
	if w.Basis != "" || w.Merged {
		by = j.nobody()
	}
	r.set(w.Prop, w.Value, j.rev(), by)
	j.main = append(j.main, w)
}

// nobody is who wrote a merged value.
func (j *judgement) nobody() uint32 { return j.scratch.number(author{user: j.by.User}) }

// brings tells whether the change says what others wrote: it is a merge, or takes one back.
func (j *judgement) brings() bool {
	return j.change.Merge != nil || (j.change.Undo != "" && len(j.change.Writes) == 0)
}

// setLife deletes or restores. A restored record brings all its props, because members who came after the deletion do
// not have them.
func (j *judgement) setLife(r *record, value protocol.Value) {
	if gone, _ := value.AsBool(); !gone {
		value = protocol.Nil
	}
	was := r.deleted()
	life := protocol.Write{Record: r.id, Prop: protocol.PropDeleted, Value: value}
	if value != protocol.Nil || !was {
		if !was && value != protocol.Nil {
			j.added--
		}
		j.setMain(r, life)
		return
	}
	j.added++
	j.differs = true
	kind := protocol.String(string(r.kind))
	j.main = append(j.main, protocol.Write{Record: r.id, Prop: protocol.PropKind, Value: kind, Before: kind})
	j.setMain(r, life)
	for i := range r.cells {
		if c := &r.cells[i]; !c.value.Absent() && c.name() != protocol.PropDeleted {
			j.main = append(j.main, protocol.Write{Record: r.id, Prop: c.name(), Value: c.value, Before: c.value})
		}
	}
}

// writeBranch judges a write on the branch.
func (j *judgement) writeBranch(w *protocol.Write) *protocol.Error {
	if err := j.onBranch(); err != nil {
		return err
	}
	r, o := j.record(w.Record), j.overlayOf(j.branch, w.Record)
	kind, there := o.kind()
	if r != nil {
		kind, there = r.kind, true
	}
	if !there {
		return protocol.Errorf(protocol.CodeNotFound, "no record %s", w.Record)
	}
	prop, err := j.checked(kind, w)
	if err != nil {
		return err
	}
	value, merged, surprise := j.meetBranch(r, o, prop, w)
	if surprise != nil {
		j.met = append(j.met, *surprise)
		return nil
	}
	on := protocol.Write{Record: w.Record, Prop: w.Prop, Value: value, Merged: merged}
	if o.cell(w.Prop) == nil {
		on.Basis = j.baseValue(r, prop, w)
	}
	if gone, _ := value.AsBool(); prop.Name == protocol.PropDeleted && !gone && r != nil && r.deleted() {
		j.bringBack(r)
	}
	j.setBranch(w.Record, on)
	if limit := j.schema().Limits().RecordBytes; j.overlayOf(j.branch, w.Record).bytes() > 2*limit {
		return protocol.Errorf(protocol.CodePayloadTooLarge, "record %s: more than %d bytes", w.Record, limit)
	}
	return nil
}

// bringBack puts a record that main has deleted on the branch with all its props: members who came after the deletion do
// not have them.
func (j *judgement) bringBack(r *record) {
	set := func(prop string, value, base protocol.Value) {
		if j.overlayOf(j.branch, r.id).cell(prop) == nil {
			j.setBranch(r.id, protocol.Write{Record: r.id, Prop: prop, Value: value, Basis: base})
		}
	}
	set(protocol.PropKind, protocol.String(string(r.kind)), protocol.Nil)
	for i := range r.cells {
		if c := &r.cells[i]; !c.value.Absent() && c.name() != protocol.PropDeleted {
			set(c.name(), c.value, c.value)
		}
	}
}

// baseValue is what the author of a new cell of a branch started from: main's value, or when that was not seen, what the
// write says.
func (j *judgement) baseValue(r *record, prop protocol.Prop, w *protocol.Write) protocol.Value {
	var c *cell
	if r != nil {
		c = r.cell(prop.Name)
	}
	switch {
	case j.unseen(c) && w.Basis != "":
		return w.Basis
	case c == nil || c.value.Absent(), j.unseen(c) && prop.Policy != protocol.PolicyLWW:
		return protocol.Nil
	}
	return c.value
}

func (j *judgement) setBranch(record string, w protocol.Write) {
	o := j.touchOverlay(j.branch, record)
	if c := o.cell(w.Prop); c != nil {
		w.Before, w.Basis = c.value, ""
	} else {
		j.count(j.branch, 1)
	}
	by := j.number
	if w.Merged {
		by = j.nobody()
	}
	o.set(&w, j.rev(), j.change.Base, by)
	j.overlay = append(j.overlay, w)
}

// onBranch makes sure that the branch is there.
func (j *judgement) onBranch() *protocol.Error {
	if r := j.record(j.branch); r == nil || r.kind != protocol.KindBranch {
		return protocol.Errorf(protocol.CodeNotFound, "no branch %s", j.branch)
	}
	return nil
}

// sign says of a record above branches who made it and when.
func (j *judgement) sign(id string) {
	r := j.touched[id]
	set := func(prop string, v protocol.Value) {
		j.setMain(r, protocol.Write{Record: id, Prop: prop, Value: v})
	}
	set("author", protocol.String(j.by.User))
	set("at", protocol.Int(j.at))
	if r.kind == protocol.KindBranch {
		set("session", protocol.String(j.by.Session))
		if r.value("fork") == "" {
			set("fork", protocol.Int(j.scratch.rev))
		}
		if r.value("name") == "" {
			set("name", protocol.String(j.branchName()))
		}
	}
	j.differs = true
}

// reopen takes back that a branch was merged or archived: somebody works on it again.
func (j *judgement) reopen() {
	r := j.record(j.branch)
	for _, prop := range [...]string{"merged", "archived"} {
		if !r.value(prop).Absent() {
			j.setMain(r, protocol.Write{Record: r.id, Prop: prop, Value: protocol.Nil})
		}
	}
}
