package client

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"atelier/protocol"
)

// View is the canvas as one branch shows it, and where changes go that are made by it. Its readers see the replica of the
// moment they are called; a branch that is not there shows main. The zero View is of no use: get one from [Room.On].
type View struct {
	room *Room

	branch, episode, gesture string
}

// On is the canvas on a branch, "" being main.
func (r *Room) On(branch string) View { return View{room: r, branch: branch} }

// Branch is the view's branch, "" being main.
func (v View) Branch() string { return v.branch }

// In is the view whose changes belong to an episode: one stay at a text, or one piece of work. When one of them diverges,
// the later ones of the episode that touch the same records follow it to its branch.
func (v View) In(episode string) View {
	v.episode = episode
	return v
}

// Gesture is the view whose changes belong together in history and are undone together: one drag, one stroke.
func (v View) Gesture(name string) View {
	v.gesture = name
	return v
}

// Change is [Room.Change] on the view's branch, in its episode and gesture.
func (v View) Change(ctx context.Context, writes ...protocol.Write) (protocol.ChangeResult, error) {
	return v.room.Submit(ctx, protocol.Change{Branch: v.branch, Episode: v.episode, Gesture: v.gesture, Writes: writes})
}

// Record copies a record as the branch shows it: its cells over main's newest. What main deleted stays hidden.
func (v View) Record(id string) (Record, bool) {
	v.room.mu.Lock()
	defer v.room.mu.Unlock()
	if v.room.canvas == nil {
		return Record{}, false
	}
	rec := v.room.canvas.compose(v.branch).record(id)
	if rec == nil {
		return Record{}, false
	}
	return rec.clone(), true
}

// Records copies all that the branch shows, ordered by id, with the replica's revision. Where branch and main do not fit
// together it is repaired as everywhere: main's parent wins a cycle, edges to nothing are hidden.
func (v View) Records() (rev int64, records []Record) {
	v.room.mu.Lock()
	defer v.room.mu.Unlock()
	c := v.room.canvas
	if c == nil {
		return 0, nil
	}
	records = c.compose(v.branch).records()
	slices.SortFunc(records, func(a, b Record) int { return strings.Compare(a.ID, b.ID) })
	return c.rev, records
}

// Cell is a cell that a branch has of its own. A value that is none is [protocol.Nil].
type Cell struct {
	Record, Prop string

	Value protocol.Value // the branch's
	Base  protocol.Value // what its author started from
	Main  protocol.Value // what main has now
}

// Cells copies the cells that the branch has of its own, by record and prop; none for main. A cell of the prop kind says
// that its record is only there.
func (v View) Cells() []Cell {
	v.room.mu.Lock()
	defer v.room.mu.Unlock()
	c := v.room.canvas
	if c == nil {
		return nil
	}
	var out []Cell
	for id, o := range c.overlays[v.branch] {
		for prop, on := range o {
			main, _ := c.standing("", id, prop)
			if r := c.records[id]; prop == protocol.PropKind && r != nil {
				main = protocol.String(string(r.Kind))
			}
			out = append(out, Cell{Record: id, Prop: prop, Value: on.value, Base: on.base, Main: main})
		}
	}
	slices.SortFunc(out, func(a, b Cell) int {
		return cmp.Or(strings.Compare(a.Record, b.Record), strings.Compare(a.Prop, b.Prop))
	})
	return out
}
