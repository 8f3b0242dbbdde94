package client

import (
	"maps"
	"slices"

	"github.com/tinylib/msgp/msgp"

	"atelier/protocol"
)

// overlay is what a branch has of one record, by prop. A cell of [protocol.PropKind] means that main does not have it.
type overlay map[string]overlaid

// overlaid keeps, beside a value, what its author started from. Either may be [protocol.Nil].
type overlaid struct{ value, base protocol.Value }

func (o overlay) kind() (protocol.Kind, bool) {
	name, ok := o[protocol.PropKind].value.AsString()
	return protocol.Kind(name), ok
}

// overlay takes a write on a branch: with a basis the cell is new there, dropped ones leave it.
func (c *canvas) overlay(branch string, w *protocol.Write) {
	if w.Dropped {
		c.uncover(branch, w)
		return
	}
	on := c.overlays[branch]
	if on == nil {
		on = make(map[string]overlay)
		c.overlays[branch] = on
	}
	o := on[w.Record]
	if o == nil {
		o = make(overlay)
		on[w.Record] = o
	}
	base := w.Basis
	if base == "" {
		base = o[w.Prop].base
	}
	o[w.Prop] = overlaid{value: present(w.Value), base: present(base)}
}

func (c *canvas) uncover(branch string, w *protocol.Write) {
	on := c.overlays[branch]
	delete(on[w.Record], w.Prop)
	if len(on[w.Record]) == 0 {
		delete(on, w.Record)
	}
	if len(on) == 0 {
		delete(c.overlays, branch)
	}
}

// present is a value as cells of a branch hold it: none is [protocol.Nil].
func present(v protocol.Value) protocol.Value {
	if v == "" {
		return protocol.Nil
	}
	return v
}

// cells reads an overlay message of n elements, the first of which is the branch.
func (c *canvas) cells(b []byte, n uint32) error {
	branch, b, err := msgp.ReadStringBytes(b)
	if err != nil || branch == "" || !c.awaits() {
		return protocol.ErrMalformed
	}
	for ; n > 1; n-- {
		w := protocol.Write{}
		parts, rest, err := msgp.ReadArrayHeaderBytes(b)
		if err != nil || parts < 4 {
			return protocol.ErrMalformed
		}
		for _, s := range []*string{&w.Record, &w.Prop} {
			if *s, rest, err = msgp.ReadStringBytes(rest); err != nil {
				return protocol.ErrMalformed
			}
		}
		values := [...]*protocol.Value{&w.Value, &w.Basis}
		for i := range parts - 2 {
			after, err := msgp.Skip(rest)
			if err != nil {
				return protocol.ErrMalformed
			}
			if int(i) < len(values) { // more is from a newer server
				*values[i] = protocol.Value(rest[:len(rest)-len(after)])
			}
			rest = after
		}
		c.overlay(branch, &w)
		b = rest
	}
	return nil
}

// branchesOf are the branches that a change has changed, or whose record it has.
func (c *canvas) branchesOf(ch *protocol.Committed) []string {
	ids := make(map[string]struct{})
	look := func(branch string, writes []protocol.Write) {
		if branch != "" {
			ids[branch] = struct{}{}
			return
		}
		for i := range writes {
			if r := c.records[writes[i].Record]; r != nil && r.Kind == protocol.KindBranch {
				ids[r.ID] = struct{}{}
			}
		}
	}
	look(ch.Branch, ch.Writes)
	for i := range ch.Also {
		look(ch.Also[i].Branch, ch.Also[i].Writes)
	}
	return slices.Sorted(maps.Keys(ids))
}
