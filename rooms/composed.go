package rooms

import (
	"maps"

	"atelier/protocol"
)

// Composed lists the records that a branch shows, "" being main: the branch's cells over main's newest values, without
// what is deleted. It repairs what does not fit together: main's parent wins a cycle, edges to nothing are hidden. Nil for
// a branch that is not there.
func (s *State) Composed(id string) []Record {
	main := Snapshot{pages: s.pages}.Records()
	if id == "" {
		return main
	}
	b := s.branches[id]
	if b == nil {
		return nil
	}
	shown := make(map[string]Record, len(main))
	for _, r := range main {
		shown[r.ID] = r
	}
	for _, o := range b.records {
		if r, ok := s.compose(o); ok {
			shown[o.id] = r
		} else {
			delete(shown, o.id)
		}
	}
	s.repair(shown, b)
	out := make([]Record, 0, len(shown))
	for _, r := range main { // main's order, then what only the branch has
		if r, ok := shown[r.ID]; ok {
			out = append(out, r)
			delete(shown, r.ID)
		}
	}
	for _, o := range b.list() {
		if r, ok := shown[o.id]; ok {
			out = append(out, r)
		}
	}
	return out
}

// compose is one record as its branch shows it; false when it shows none: what main has deleted stays hidden.
func (s *State) compose(o *overlay) (Record, bool) {
	r := s.records[o.id]
	kind, own := o.kind()
	if r != nil {
		kind = r.kind
	}
	switch {
	case r == nil && !own, r != nil && r.deleted() && !own:
		return Record{}, false
	}
	props := make(map[string]protocol.Value)
	if r != nil {
		maps.Copy(props, r.props())
	}
	for i := range o.cells {
		switch c := &o.cells[i]; {
		case c.prop == protocol.PropKind:
		case c.value.Absent():
			delete(props, c.prop)
		default:
			props[c.prop] = c.value
		}
	}
	if gone, _ := props[protocol.PropDeleted].AsBool(); gone {
		return Record{}, false
	}
	delete(props, protocol.PropDeleted)
	return Record{ID: o.id, Kind: string(kind), Props: props}, true
}

func (s *State) repair(shown map[string]Record, b *branch) {
	for id, o := range b.records {
		if r, ok := shown[id]; ok && o.cell(protocol.PropParent) != nil && cycles(shown, id) {
			if main := s.records[id]; main != nil && !main.value(protocol.PropParent).Absent() {
				r.Props[protocol.PropParent] = main.value(protocol.PropParent)
			} else {
				delete(r.Props, protocol.PropParent)
			}
		}
	}
	for id, r := range shown {
		if r.Kind != string(protocol.KindEdge) {
			continue
		}
		for _, end := range [...]string{"from", "to"} {
			to, _ := r.Props[end].AsString()
			if _, there := shown[to]; !there {
				delete(shown, id)
			}
		}
	}
}

func cycles(shown map[string]Record, id string) bool {
	at := id
	for range maxNesting {
		parent, ok := shown[at].Props[protocol.PropParent].AsString()
		if !ok {
			return false
		}
		if parent == id {
			return true
		}
		at = parent
	}
	return true
}
