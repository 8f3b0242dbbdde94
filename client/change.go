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

// Change commits writes as one change and returns when it is durable and the replica has it. It is retried with the same
// id over reconnects and refusals that pass, until ctx ends. CONFLICT means that somebody else wrote there unseen.
func (r *Room) Change(ctx context.Context, writes ...protocol.Write) (protocol.ChangeResult, error) {
	return r.Submit(ctx, protocol.Change{Writes: writes})
}

// Submit is [Room.Change] for a whole change: to repeat one whose outcome is unknown, to undo, to name a gesture. An
// empty ID gets a new one, a zero Base the replica's revision of now.
func (r *Room) Submit(ctx context.Context, c protocol.Change) (protocol.ChangeResult, error) {
	if c.ID == "" {
		c.ID = protocol.NewID()
	}
	if c.Base == 0 {
		c.Base = r.Rev()
	}
	var res protocol.ChangeResult
	if err := r.do(ctx, protocol.TypeChange, &c, &res); err != nil {
		return res, fmt.Errorf("change %s: %w", c.ID, err)
	}
	return res, nil
}
