package client

import (
	"maps"
	"slices"

	"atelier/protocol"
)

// maxNesting bounds the walk up the parents, as the server does.
const maxNesting = 64

// composition is the canvas as one branch shows it. It costs by what the branch has, not by what main has.
type composition struct {
	canvas *canvas
	branch string
	laid   map[string]*Record // what the branch has, over main; nil for a record that it hides
}

func (c *canvas) compose(branch string) composition {
	on := c.overlays[branch]
	p := composition{canvas: c, branch: branch, laid: make(map[string]*Record, len(on))}
	for id, o := range on {
		p.laid[id] = lay(c.records[id], id, o)
	}
	for _, id := range slices.Sorted(maps.Keys(on)) { // in one order for everybody: a repair may make another needless
		if _, moved := on[id][protocol.PropParent]; moved && p.laid[id] != nil {
			p.repairParent(id)
		}
	}
	return p
}

// lay puts what a branch has of a record over main's. What main does not have stays hidden, unless the branch made it.
func lay(main *Record, id string, o overlay) *Record {
	r := &Record{ID: id, Props: make(map[string]protocol.Value, len(o))}
	kind, own := o.kind()
	switch {
	case main != nil:
		r.Kind = main.Kind
		maps.Copy(r.Props, main.Props)
	case own:
		r.Kind = kind
	default:
		return nil
	}
	for prop, cell := range o {
		switch {
		case prop == protocol.PropKind:
		case cell.value.Absent():
			delete(r.Props, prop)
		default:
			r.Props[prop] = cell.value
		}
	}
	if gone, _ := r.Props[protocol.PropDeleted].AsBool(); gone {
		return nil
	}
	delete(r.Props, protocol.PropDeleted)
	return r
}

// repairParent lets main's parent win when the branch's would be a cycle.
func (p composition) repairParent(id string) {
	if !p.cyclic(id) {
		return
	}
	r := p.laid[id]
	delete(r.Props, protocol.PropParent)
	if main := p.canvas.records[id]; main != nil && !main.Props[protocol.PropParent].Absent() {
		r.Props[protocol.PropParent] = main.Props[protocol.PropParent]
	}
}

func (p composition) cyclic(id string) bool {
	at := id
	for range maxNesting {
		r := p.unhidden(at)
		if r == nil {
			return false
		}
		parent, ok := r.Props[protocol.PropParent].AsString()
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

// unhidden is a record before edges to nothing are hidden.
func (p composition) unhidden(id string) *Record {
	if r, ours := p.laid[id]; ours {
		return r
	}
	return p.canvas.records[id]
}

// record is a record as the branch shows it, or nil.
func (p composition) record(id string) *Record {
	r := p.unhidden(id)
	if r == nil || p.branch == "" || r.Kind != protocol.KindEdge {
		return r
	}
	for _, end := range [...]string{"from", "to"} {
		if p.unhidden(r.Text(end)) == nil {
			return nil
		}
	}
	return r
}

// records copies all that the branch shows.
func (p composition) records() []Record {
	out := make([]Record, 0, len(p.canvas.records)+len(p.laid))
	take := func(id string) {
		if r := p.record(id); r != nil {
			out = append(out, r.clone())
		}
	}
	for id := range p.canvas.records {
		if _, twice := p.laid[id]; !twice {
			take(id)
		}
	}
	for id := range p.laid {
		take(id)
	}
	return out
}

// standing is what a branch shows in a cell, [protocol.Nil] being nothing, and the cell that holds it.
func (c *canvas) standing(branch, record, prop string) (protocol.Value, cell) {
	if on, ok := c.overlays[branch][record][prop]; ok {
		return on.value, cell{branch, record, prop}
	}
	at := cell{"", record, prop}
	if r := c.records[record]; r != nil {
		return present(r.Props[prop]), at
	}
	return protocol.Nil, at
}
