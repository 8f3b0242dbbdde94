package rooms

import (
	"cmp"
	"context"
	"slices"

	"atelier/protocol"
	"atelier/rooms/merge"
)

// Diff tells how two points of a room differ, record by record in the order of their ids.
type Diff struct {
	A, B    Point // with their revisions
	Records []RecordDiff
}

// RecordDiff is a record that is not the same at both points. When it is at one of them only, all its props are told, and
// [protocol.PropKind] or [protocol.PropDeleted] says whether it was not made yet or was deleted at the other.
type RecordDiff struct {
	ID    string
	Kind  protocol.Kind
	Props []PropDiff // in the order of their names
}

// PropDiff is a cell's value at either point, "" being none. Base is what a branch started from, [protocol.Nil] being
// none, and "" when neither point has the cell on a branch.
type PropDiff struct {
	Prop       string
	Base, A, B protocol.Value
	Words      []merge.Op // of a text, as long as the budget of one answer lasts
}

// Diff compares two points. Its cost follows what was written between them and what the branches have, never the size of
// the room, up to [mostSpan] changes; from there on it follows the size of the room and not that of the log.
// NOT_FOUND for a branch, INVALID_INPUT for a revision that is not there.
func (a *Archive) Diff(ctx context.Context, room string, from, to Point) (Diff, error) {
	raw, err := a.compare(ctx, room, from, to)
	if err != nil {
		return Diff{}, err
	}
	out := Diff{A: raw.a, B: raw.b, Records: make([]RecordDiff, 0, len(raw.records))}
	words := wordBudget
	for i := range raw.records {
		r := raw.records[i].shown()
		for k := range r.Props {
			words.spend(a.registry.schema, r.Kind, &r.Props[k])
		}
		out.Records = append(out.Records, r)
	}
	return out, nil
}

// comparison is two points' differences as they are written in cells: what makes b of a.
type comparison struct {
	a, b    Point
	head    int64
	records []recordChange
}

// recordChange is one record of a comparison.
type recordChange struct {
	id           string
	kind         protocol.Kind
	a, b         life
	keptA, keptB bool       // nobody shows the record any more, but this side has written it on its branch
	cells        []PropDiff // where the cells differ; all that there are where the lives do
}

// life is what a point has of a record.
type life int

const (
	unmade life = iota
	living
	gone
)

// face is a record as a point shows it: the branch's cells over main's.
type face interface {
	// kind is "" when the point has no such record.
	kind() protocol.Kind
	// cell is a value, "" when there is none; base is that of the branch's cell, and "" when the branch has none.
	cell(prop string) (value, base protocol.Value)
	// wrote tells whether the branch itself has cells of the record.
	wrote() bool
}

func lifeOf(f face) life {
	if f.kind() == "" {
		return unmade
	}
	v, _ := f.cell(protocol.PropDeleted)
	if is, _ := v.AsBool(); is {
		return gone
	}
	return living
}

// scope is which cells of a record are wanted: those that may differ, or all that either point may have.
type scope int

const (
	differing scope = iota
	everything
)

// compareFaces tells how a record differs; false when it does not. Props lists its cells.
func compareFaces(id string, a, b face, props func(scope) []string) (recordChange, bool) {
	c := recordChange{id: id, kind: cmp.Or(a.kind(), b.kind()), a: lifeOf(a), b: lifeOf(b)}
	neither := c.a != living && c.b != living
	if neither {
		if c.keptA, c.keptB = a.wrote(), b.wrote(); !c.kept() {
			return c, false
		}
	}
	wanted := differing
	if c.a != c.b && !neither {
		wanted = everything
	}
	for _, prop := range props(wanted) {
		va, baseA := a.cell(prop)
		vb, baseB := b.cell(prop)
		d := PropDiff{Prop: prop, Base: cmp.Or(baseB, baseA), A: va, B: vb}
		switch {
		case prop == protocol.PropKind, neither && (d.Base == "" || prop == protocol.PropDeleted):
		case va != vb, va != "" && wanted == everything:
			c.cells = append(c.cells, d)
		}
	}
	slices.SortFunc(c.cells, byProp)
	return c, len(c.cells) > 0 || (c.a != c.b && !neither)
}

func (c *recordChange) kept() bool { return c.keptA || c.keptB }

func byProp(x, y PropDiff) int { return cmp.Compare(x.Prop, y.Prop) }

// shown is the change as people are told it: a side that has no such record shows no value of it. What a branch wrote on
// a record that main has deleted is told as if the branch kept it, which is what merging asks about.
func (c *recordChange) shown() RecordDiff {
	r := RecordDiff{ID: c.id, Kind: c.kind, Props: make([]PropDiff, 0, len(c.cells)+2)}
	for _, d := range c.cells {
		switch {
		case d.Prop == protocol.PropDeleted || c.kept():
		case c.a != living:
			d.A = ""
		case c.b != living:
			d.B = ""
		}
		if d.A != d.B {
			r.Props = append(r.Props, d)
		}
	}
	mark := func(prop string, v protocol.Value, a, b bool) {
		d := PropDiff{Prop: prop}
		if a {
			d.A = v
		}
		if b {
			d.B = v
		}
		r.Props = append(r.Props, d)
	}
	switch {
	case c.keptA != c.keptB:
		mark(protocol.PropDeleted, protocol.Bool(true), c.keptB, c.keptA)
	case (c.a == unmade) != (c.b == unmade):
		mark(protocol.PropKind, protocol.String(string(c.kind)), c.a != unmade, c.b != unmade)
	}
	slices.SortFunc(r.Props, byProp)
	return r
}
