package client

import (
	"context"
	"errors"
	"fmt"

	"atelier/protocol"
)

// MergeOptions say what of a branch is merged, and what becomes of cells that both sides changed. Nil is all of it, and
// nothing decided.
type MergeOptions struct {
	ID      string                // of the change; "" is a new one. The same again returns the first result
	Records []string              // only these: cherry-pick
	Resolve []protocol.Resolution // empty records and props speak for all
}

// ConflictError is a change that was refused because it met what its author had not seen or not decided on: a merge that
// needs resolutions, an undo of which nothing is left. It unwraps to the *[protocol.Error].
type ConflictError struct {
	Conflicts []protocol.CellConflict
	Refusal   *protocol.Error
}

// Error implements error.
func (e *ConflictError) Error() string {
	if len(e.Conflicts) == 0 {
		return e.Refusal.Error()
	}
	c := e.Conflicts[0]
	return fmt.Sprintf("%s (record %s, prop %s)", e.Refusal.Error(), c.Record, c.Prop)
}

// Unwrap gives the refusal.
func (e *ConflictError) Unwrap() error { return e.Refusal }

// conflicting makes a *[ConflictError] of a refusal that names cells.
func conflicting(err error) error {
	refusal, ok := errors.AsType[*protocol.Error](err)
	if !ok || refusal.Code != protocol.CodeConflict {
		return err
	}
	if d, ok := refusal.Details.(protocol.ConflictDetails); ok {
		return &ConflictError{Conflicts: d.Conflicts, Refusal: refusal}
	}
	return err
}

// Merge merges a branch into main, or some of its records, and returns when it is durable and the replica has it. Cells
// that both sides changed, do not merge by themselves and are not resolved refuse it with a *[ConflictError] that names
// them all; nothing is merged then. Merging again changes nothing. It is retried like [Room.Change].
func (r *Room) Merge(ctx context.Context, branch string, o *MergeOptions) (protocol.ChangeResult, error) {
	if o == nil {
		o = &MergeOptions{}
	}
	res, err := r.Submit(ctx, r.Prepare(protocol.Change{
		ID: o.ID, Merge: &protocol.Merge{Branch: branch, Records: o.Records, Resolve: o.Resolve},
	}))
	if err != nil {
		return res, fmt.Errorf("merge branch %s: %w", branch, err)
	}
	return res, nil
}

// Undo takes a merge back where nobody has written since, and gives the branch its cells again; what was left alone is in
// the result's Skipped. Other changes are taken back over HTTP: [API.Undo]. It is retried like [Room.Change].
func (r *Room) Undo(ctx context.Context, merge string) (protocol.ChangeResult, error) {
	return r.Submit(ctx, protocol.Change{Undo: merge})
}
