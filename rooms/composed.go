package rooms

import (
	"slices"

	"atelier/protocol"
)

// Composed lists the records that a branch shows, "" being main: the branch's cells over main's newest values, without
// what is deleted. It repairs what does not fit together: main's parent wins a cycle, edges to nothing are hidden. Nil for
// a branch that is not there.
func (s *State) Composed(branch string) []Record { return s.share().Composed(branch) }

// Composed is [State.Composed] of a snapshot.
func (s Snapshot) Composed(branch string) []Record {
	main := s.Records()
	if branch == "" {
		return main
	}
	i := slices.IndexFunc(s.overlays, func(p *overlayPage) bool { return p.id == branch })
	if i < 0 {
		return nil
	}
	v := view{shown: make(map[string]Record, len(main)), below: s.below(s.overlays[i])}
	for _, r := range main {
		v.shown[r.ID] = r
	}
	for _, o := range s.overlays[i].records {
		v.lay(o)
	}
	v.repair(s.overlays[i].records)
	out := make([]Record, 0, len(v.shown))
	take := func(id string) {
		if r, ok := v.shown[id]; ok {
			out = append(out, r)
			delete(v.shown, id)
		}
	}
	for _, r := range main { // main's order, then what only the branch has
		take(r.ID)
	}
	for _, o := range s.overlays[i].records {
		take(o.id)
	}
	return out
}

// below finds the records that a branch has cells of, the deleted ones included.
func (s Snapshot) below(p *overlayPage) map[string]*record {
	out := make(map[string]*record, len(p.records))
	for _, o := range p.records {
		out[o.id] = nil
	}
	for _, page := range s.pages {
		for _, r := range page.records {
			if _, wanted := out[r.id]; wanted {
				out[r.id] = r
			}
		}
	}
	return out
}

// view is what a branch shows, while it is put together.
type view struct {
	shown map[string]Record
	below map[string]*record // main's records under the branch's
}

// lay puts one record of the branch over main's. What main has deleted stays hidden, unless the branch brought it back, or
// made it: then it is what the branch has, for a merge of it may have been taken back.
func (v view) lay(o *overlay) {
	r := v.below[o.id]
	kind, own := o.kind()
	if own && r != nil && r.deleted() {
		r = nil
	}
	props := make(map[string]protocol.Value)
	if r != nil {
		kind = r.kind
		props = r.props()
	}
	delete(v.shown, o.id)
	if back := own || o.cell(protocol.PropDeleted) != nil; !back && (r == nil || r.deleted()) {
		return
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
		return
	}
	delete(props, protocol.PropDeleted)
	v.shown[o.id] = Record{ID: o.id, Kind: string(kind), Props: props}
}

func (v view) repair(laid []*overlay) {
	for _, o := range laid {
		r, ok := v.shown[o.id]
		if !ok || o.cell(protocol.PropParent) == nil || !cycles(v.shown, o.id) {
			continue
		}
		delete(r.Props, protocol.PropParent)
		if below := v.below[o.id]; below != nil && !below.value(protocol.PropParent).Absent() {
			r.Props[protocol.PropParent] = below.value(protocol.PropParent)
		}
	}
	for id, r := range v.shown {
		if r.Kind != string(protocol.KindEdge) {
			continue
		}
		for _, end := range [...]string{"from", "to"} {
			to, _ := r.Props[end].AsString()
			if _, there := v.shown[to]; !there {
				delete(v.shown, id)
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
