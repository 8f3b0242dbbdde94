package rooms

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"atelier/protocol"
)

// errBeyond says that the rows which were read do not tell a value: whole states have to.
var errBeyond = errors.New("beyond the rows that were read")

// compare finds what differs between two points: from the rows between them and what branches have, or where these are
// too many or do not tell, from whole states.
func (a *Archive) compare(ctx context.Context, room string, from, to Point) (comparison, error) {
	g, err := a.look(ctx, room, nil)
	if err != nil {
		return comparison{}, err
	}
	c := comparison{a: from, b: to, head: g.rev}
	for name, p := range map[string]*Point{"a": &c.a, "b": &c.b} {
		if err := p.settle(name, g.rev); err != nil {
			return c, err
		}
	}
	err = a.compareRows(ctx, room, &c)
	if errors.Is(err, errBeyond) {
		err = a.compareStates(ctx, room, &c)
	}
	return c, err
}

// rowCompare compares by rows: the trail reaches from the earlier point to the later one, and on to the head when branches
// are looked at, whose cells are known there, or when a value is asked for that was written over after the later point.
type rowCompare struct {
	*comparison

	trail *trail
	now   glimpse
	vague bool
}

func (a *Archive) compareRows(ctx context.Context, room string, c *comparison) error {
	low, high := min(c.a.Rev, c.b.Rev), max(c.a.Rev, c.b.Rev)
	var branches []string
	for _, p := range []Point{c.a, c.b} {
		if p.Branch != "" && !slices.Contains(branches, p.Branch) {
			branches = append(branches, p.Branch)
			high = c.head
		}
	}
	d := rowCompare{comparison: c, trail: newTrail(low)}
	for {
		if high-low > mostSpan {
			return errBeyond
		}
		err := a.each(ctx, room, d.trail.to, high, func(row *Row) error { d.trail.add(row); return nil })
		if err != nil {
			return err
		}
		ids := d.trail.records(append(branches, "")...)
		if d.now, err = a.look(ctx, room, ids, branches...); err != nil {
			return err
		}
		for _, name := range branches {
			if d.now.overlays[name] == nil {
				return noBranch(name)
			}
		}
		if len(branches) == 0 || d.now.rev == high {
			if err = d.run(ids); !errors.Is(err, errBeyond) || d.now.rev == high {
				return err
			}
		}
		high = d.now.rev // the room has moved on since, and its branches with it
	}
}

func noBranch(name string) *protocol.Error {
	return protocol.Errorf(protocol.CodeNotFound, "no branch %.40s", name)
}

// run compares every record that may differ: those of the trail, and unless both points are on one branch, those that a
// branch has.
func (d *rowCompare) run(ids []string) error {
	candidates := make(map[string]struct{}, len(ids))
	for _, id := range ids {
		candidates[id] = struct{}{}
	}
	if d.a.Branch != d.b.Branch {
		for _, over := range d.now.overlays {
			for id := range over {
				candidates[id] = struct{}{}
			}
		}
	}
	if err := d.thereWere(); err != nil {
		return err
	}
	for id := range candidates {
		a, b := &rowFace{d, d.a, id}, &rowFace{d, d.b, id}
		r, differs := compareFaces(id, a, b, func(s scope) []string { return d.props(id, s) })
		if differs {
			d.records = append(d.records, r)
		}
	}
	if d.vague {
		d.records, d.vague = nil, false
		return errBeyond
	}
	slices.SortFunc(d.records, func(x, y recordChange) int { return cmp.Compare(x.id, y.id) })
	return nil
}

// thereWere refuses a point at which its branch was not made yet.
func (d *rowCompare) thereWere() error {
	for _, p := range []Point{d.a, d.b} {
		if p.Branch == "" {
			continue
		}
		if all, i, later := d.trail.after("", p.Branch, protocol.PropKind, p.Rev); later && all[i].before == "" {
			return noBranch(p.Branch)
		}
	}
	return nil
}

// props are the cells of a record within a scope.
func (d *rowCompare) props(id string, s scope) []string {
	names := make(map[string]struct{})
	targets := []string{"", d.a.Branch, d.b.Branch}
	for _, target := range targets {
		for prop := range d.trail.targets[target][id] {
			names[prop] = struct{}{}
		}
		if o := d.now.overlays[target][id]; o != nil {
			for i := range o.cells {
				names[o.cells[i].prop] = struct{}{}
			}
		}
	}
	if r := d.now.records[id]; s == everything && r != nil {
		for i := range r.cells {
			names[r.cells[i].name()] = struct{}{}
		}
	}
	out := make([]string, 0, len(names))
	for prop := range names {
		out = append(out, prop)
	}
	return out
}

// rowFace is a record at a point, told by rows.
type rowFace struct {
	*rowCompare

	at Point
	id string
}

func (f *rowFace) kind() protocol.Kind {
	v := f.onMain(protocol.PropKind)
	if over, _, ok := f.onBranch(protocol.PropKind); v == "" && ok {
		v = over
	}
	name, _ := v.AsString()
	return protocol.Kind(name)
}

func (f *rowFace) cell(prop string) (value, base protocol.Value) {
	if value, base, ok := f.onBranch(prop); ok {
		return value, base
	}
	return f.onMain(prop), ""
}

func (f *rowFace) wrote() bool {
	if f.at.Branch == "" {
		return false
	}
	for prop := range f.trail.targets[f.at.Branch][f.id] {
		if _, _, ok := f.onBranch(prop); ok {
			return true
		}
	}
	o := f.now.overlays[f.at.Branch][f.id]
	for i := 0; o != nil && i < len(o.cells); i++ {
		if _, _, ok := f.onBranch(o.cells[i].prop); ok {
			return true
		}
	}
	return false
}

func (f *rowFace) onMain(prop string) protocol.Value {
	all, i, later := f.trail.after("", f.id, prop, f.at.Rev)
	if later {
		f.vague = f.vague || all[i].vague
		return all[i].before
	}
	r := f.now.records[f.id]
	switch {
	case r == nil:
		return ""
	case prop == protocol.PropKind:
		return protocol.String(string(r.kind))
	}
	c := r.cell(prop)
	if c == nil {
		return ""
	}
	if c.rev > f.trail.to { // written after the rows that were read
		f.vague = true
	}
	return c.value
}

func (f *rowFace) onBranch(prop string) (value, base protocol.Value, ok bool) {
	if f.at.Branch == "" {
		return "", "", false
	}
	now := f.now.overlays[f.at.Branch][f.id].cell(prop)
	if all, i, later := f.trail.after(f.at.Branch, f.id, prop, f.at.Rev); later {
		return all[i].before, baseFrom(all, i, now), all[i].had
	}
	if now == nil {
		return "", "", false
	}
	return now.value, told(now.base), true
}
