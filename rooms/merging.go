package rooms

import (
	"cmp"
	"slices"

	"atelier/protocol"
)

// choices are the resolutions of a merge.
type choices map[[2]string]protocol.Choice

// of finds what was decided on a cell: for itself, for its record, or for all.
func (c choices) of(record, prop string) protocol.Choice {
	return cmp.Or(c[[2]string{record, prop}], c[[2]string{record, ""}], c[[2]string{"", ""}])
}

// keepsMain tells whether main's value was chosen for just this cell: then it stays, also where nothing conflicts.
func (c choices) keepsMain(record, prop string) bool {
	return c[[2]string{record, prop}] == protocol.ChooseMain
}

func choicesOf(list []protocol.Resolution) (choices, *protocol.Error) {
	out := make(choices, len(list))
	for _, r := range list {
		switch r.Choice {
		case protocol.ChooseMain, protocol.ChooseBranch, protocol.ChooseBoth:
		default:
			return nil, protocol.Errorf(protocol.CodeInvalidInput, "choice %.20q is not main, branch or both", string(r.Choice))
		}
		if r.Record == "" && r.Prop != "" {
			return nil, protocol.Errorf(protocol.CodeInvalidInput, "a resolution of prop %.40q names no record", r.Prop)
		}
		out[[2]string{r.Record, r.Prop}] = r.Choice
	}
	return out, nil
}

// merging is one merge being judged.
type merging struct {
	*judgement

	chosen choices
}

// merge judges the merge of a branch, or of some of its records, into main: three-way by cell. What both sides changed and
// nobody decided on refuses it.
func (j *judgement) merge(m *protocol.Merge) *protocol.Error {
	if !j.by.Role.May(protocol.ActionCanvasEdit) {
		return protocol.Errorf(protocol.CodeForbidden, "a %s may not merge", j.by.Role)
	}
	r := j.record(m.Branch)
	if r == nil || r.kind != protocol.KindBranch {
		return protocol.Errorf(protocol.CodeNotFound, "no branch %.40s", m.Branch)
	}
	chosen, err := choicesOf(m.Resolve)
	if err != nil {
		return err
	}
	scope := slices.DeleteFunc(j.overlays(m.Branch), func(o *overlay) bool {
		return len(m.Records) > 0 && !slices.Contains(m.Records, o.id)
	})
	mg := merging{j, chosen}
	for _, o := range scope {
		if err := mg.record(o); err != nil {
			return err
		}
	}
	if len(j.met) > 0 {
		return j.refused("%d cells were changed on both sides", len(j.met))
	}
	j.drop(m.Branch, scope)
	if j.size(m.Branch) == 0 && r.value("merged").Absent() {
		j.setMain(r, protocol.Write{Record: r.id, Prop: "merged", Value: protocol.Int(j.rev())})
	}
	return nil
}

func (m merging) record(o *overlay) *protocol.Error {
	r := m.judgement.record(o.id)
	if life := o.cell(protocol.PropDeleted); life != nil {
		if gone, _ := life.value.AsBool(); gone && r == nil {
			return m.bury(o)
		} else if gone {
			m.delete(r, o, life)
			return nil
		}
	}
	if r == nil {
		return m.create(o.id, o, nil)
	}
	if r.deleted() {
		return m.deletedOnMain(r, o)
	}
	return m.cellsOf(r, o)
}

// create makes a record of what the branch shows: one that only the branch has, or a sibling of r.
func (m merging) create(id string, o *overlay, r *record) *protocol.Error {
	kind, own := o.kind()
	if r != nil {
		kind, own = r.kind, true
	}
	if !own || (kind == protocol.KindEdge && (m.chosen.keepsMain(o.id, "from") || m.chosen.keepsMain(o.id, "to"))) {
		return nil
	}
	base := m.scratch.base
	if limit := base.limits.RecordsPerRoom; base.live+m.scratch.added+m.added >= limit {
		return protocol.Errorf(protocol.CodePayloadTooLarge, "the room is full: %d records", limit)
	}
	n := &record{id: id, kind: kind}
	m.touched[id] = n
	m.added++
	m.main = append(m.main, protocol.Write{Record: id, Prop: protocol.PropKind, Value: protocol.String(string(kind))})
	set := func(prop string, v protocol.Value) {
		if prop != protocol.PropKind && prop != protocol.PropDeleted && !v.Absent() {
			m.put(n, prop, v, "")
		}
	}
	if r != nil {
		for i := range r.cells {
			if c := &r.cells[i]; o.cell(c.name()) == nil {
				set(c.name(), c.value)
			}
		}
	}
	for i := range o.cells {
		if c := &o.cells[i]; !m.chosen.keepsMain(o.id, c.prop) {
			set(c.prop, c.value)
		}
	}
	if r != nil {
		m.aside(n)
	}
	return nil
}

// bury makes a record that the branch made and deleted: deleted, so that whoever still writes to it finds it.
func (m merging) bury(o *overlay) *protocol.Error {
	linked := len(m.linked)
	if err := m.create(o.id, o, nil); err != nil {
		return err
	}
	m.linked = m.linked[:linked] // what is deleted leads nowhere
	if r := m.judgement.record(o.id); r != nil {
		m.setLife(r, protocol.Bool(true))
	}
	return nil
}

// besideBy is how far beside its original a sibling record appears, in canvas units.
const besideBy = 32

func (m merging) aside(n *record) {
	x, hasX := n.value("x").AsNumber()
	if !hasX {
		return
	}
	w, _ := n.value("w").AsNumber()
	n.set("x", protocol.Number(x+w+besideBy), m.rev(), m.number)
	for i := range m.main {
		if m.main[i].Record == n.id && m.main[i].Prop == "x" {
			m.main[i].Value = n.value("x")
		}
	}
}

// put writes a cell on main, with a basis when the value is merged.
func (m merging) put(r *record, prop string, v, basis protocol.Value) {
	m.setMain(r, protocol.Write{Record: r.id, Prop: prop, Value: cmp.Or(v, protocol.Nil), Basis: basis})
	if p, ok := m.schema().Prop(r.kind, prop); ok && p.Form == protocol.FormRecord && !v.Absent() {
		m.linked = append(m.linked, r.id)
	}
}

// delete merges a deletion. It asks when main's record was worked on since the branch looked at it.
func (m merging) delete(r *record, o *overlay, life *overlayCell) {
	if r.deleted() {
		return
	}
	by := m.scratch.authorOf(life.author).session
	for i := range r.cells {
		c := &r.cells[i]
		if !m.guarded(r.kind, c.name()) || c.rev <= life.baseRev || m.scratch.authorOf(c.session).session == by {
			continue
		}
		switch m.chosen.of(o.id, protocol.PropDeleted) {
		case protocol.ChooseBranch:
		case protocol.ChooseMain, protocol.ChooseBoth:
			return
		default:
			met := conflict(r.id, m.standing(c))
			met.Prop, met.Theirs, met.Mine = protocol.PropDeleted, "", life.value
			m.met = append(m.met, *met)
			return
		}
		break
	}
	m.setLife(r, life.value)
}

// deletedOnMain merges cells of a record that main has deleted: it comes back when the branch made it or brought it back;
// edits ask.
func (m merging) deletedOnMain(r *record, o *overlay) *protocol.Error {
	back := o.cell(protocol.PropKind) != nil || o.cell(protocol.PropDeleted) != nil
	asks := slices.ContainsFunc(o.cells, func(c overlayCell) bool { return m.guarded(r.kind, c.prop) })
	if !back && asks {
		switch m.chosen.of(o.id, protocol.PropDeleted) {
		case protocol.ChooseMain:
			return nil
		case protocol.ChooseBoth:
			return m.create(m.siblingOf(o.id), o, r)
		case protocol.ChooseBranch:
			back = true
		default:
			met := conflict(r.id, m.standing(r.cell(protocol.PropDeleted)))
			m.met = append(m.met, *met)
			return nil
		}
	}
	if back {
		m.setLife(r, protocol.Nil)
	}
	return m.cellsOf(r, o)
}

func (m merging) siblingOf(id string) string { return protocol.DerivedID("both", m.change.ID, id) }

// cellsOf merges the cells of a record that both have.
func (m merging) cellsOf(r *record, o *overlay) *protocol.Error {
	r = m.judgement.record(r.id)
	type decided struct {
		prop         string
		value, basis protocol.Value
	}
	var writes []decided
	for i := range o.cells {
		c := &o.cells[i]
		prop, ok := m.schema().Prop(r.kind, c.prop)
		if !ok || c.prop == protocol.PropDeleted || same(r.value(c.prop), c.value) || same(c.value, c.base) ||
			m.chosen.keepsMain(o.id, c.prop) {
			continue
		}
		main := r.value(c.prop)
		if same(main, c.base) || prop.Policy == protocol.PolicyLWW {
			writes = append(writes, decided{c.prop, c.value, ""})
			continue
		}
		base := cmp.Or(c.base, protocol.Nil)
		if merged, ok := m.combine(prop, base, main, c.value); ok {
			writes = append(writes, decided{c.prop, merged, base})
			continue
		}
		switch m.chosen.of(o.id, c.prop) {
		case protocol.ChooseMain:
		case protocol.ChooseBranch:
			writes = append(writes, decided{c.prop, c.value, ""})
		case protocol.ChooseBoth:
			return m.create(m.siblingOf(o.id), o, r)
		default:
			met := protocol.CellConflict{Record: r.id, Prop: c.prop}
			if st := m.standing(r.cell(c.prop)); st != nil {
				met = *conflict(r.id, st)
			}
			met.Base, met.Mine = c.base, c.value
			m.met = append(m.met, met)
		}
	}
	for _, w := range writes {
		m.put(r, w.prop, w.value, w.basis)
	}
	return nil
}
