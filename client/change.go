package client

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"atelier/protocol"
)

// Create gives a new record's id and the writes that make it, the kind first.
func Create(kind protocol.Kind, props map[string]protocol.Value) (id string, writes []protocol.Write) {
	id = protocol.NewID()
	writes = append(writes, protocol.Write{Record: id, Prop: protocol.PropKind, Value: protocol.String(string(kind))})
	for _, name := range slices.Sorted(maps.Keys(props)) {
		writes = append(writes, protocol.Write{Record: id, Prop: name, Value: props[name]})
	}
	return id, writes
}

// Set is the write of one cell.
func Set(record, prop string, v protocol.Value) protocol.Write {
	return protocol.Write{Record: record, Prop: prop, Value: v}
}

// Delete is the write that deletes a record.
func Delete(record string) protocol.Write {
	return Set(record, protocol.PropDeleted, protocol.Bool(true))
}

// Based is a write with what its author started from, [protocol.Nil] being nothing. A write without takes what the branch
// shows when the change is made, which is wrong for who has thought about an older value in the meantime.
func Based(w protocol.Write, basis protocol.Value) protocol.Write {
	w.Basis = present(basis)
	return w
}

// Change commits writes to main as one change and returns when it is durable and the replica has it. It is retried with
// the same id over reconnects and refusals that pass, until ctx ends.
//
// Each write of a prop of policy merge or branch says what it was made from: what the replica shows, or what [Based] gave.
// Where somebody else wrote unseen, the server merges, or keeps the whole change on a branch that the result's Branched
// names; see docs/canvas.md. A *[ConflictError] means that it does neither: a cycle of parents, a link to nothing.
func (r *Room) Change(ctx context.Context, writes ...protocol.Write) (protocol.ChangeResult, error) {
	return r.Submit(ctx, protocol.Change{Writes: writes})
}

// Submit is [Room.Change] for a whole change: on a branch, in an episode, one that undoes. Without an ID it is prepared
// first. With one it is sent as it is, a zero Base too, because its outcome may be unknown: the same again gets the first
// result, and another change with a used ID is INVALID_INPUT. Who gives a new change an ID prepares it.
func (r *Room) Submit(ctx context.Context, c protocol.Change) (protocol.ChangeResult, error) {
	if c.ID == "" {
		c = r.Prepare(c)
	}
	var res protocol.ChangeResult
	if err := r.do(ctx, protocol.TypeChange, &c, &res); err != nil {
		return res, fmt.Errorf("change %s: %w", c.ID, conflicting(err))
	}
	return res, nil
}

// Prepare gives a change what it lacks: an ID, and from the replica of now its Base and the basis of each write that needs
// one. What it returns can be kept and submitted again, over restarts of the program too.
//
// A Base that is given holds for the whole change: a write gets a basis only where its cell has not changed since. A basis
// that is given and does not stand any more takes the Base back to before it was replaced.
func (r *Room) Prepare(c protocol.Change) protocol.Change {
	if c.ID == "" {
		c.ID = protocol.NewID()
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.canvas != nil {
		r.canvas.base(&c)
	}
	return c
}
