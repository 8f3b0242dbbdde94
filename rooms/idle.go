package rooms

import (
	"strconv"
	"time"

	"atelier/protocol"
)

// A branch that rests for archiveAfter is archived; looked for every archiveEvery, and when a room is loaded.
const (
	archiveAfter = 30 * 24 * time.Hour
	archiveEvery = time.Hour
)

// archiveIdle archives branches that nobody has worked on for long. It is a change like any other, and its id follows from
// what it does, so that it is made once whoever makes it.
func (r *Room) archiveIdle(now time.Time) {
	if now.Sub(r.archivedAt) < archiveEvery || r.closing != nil {
		return
	}
	r.archivedAt = now
	for _, b := range r.state.BranchInfos() {
		if !b.Open() || now.Sub(time.UnixMilli(b.ActiveAt)) < archiveAfter {
			continue
		}
		r.receive(&pending{
			author: Author{Session: "server", User: "server", Role: protocol.RoleOwner},
			change: protocol.Change{
				ID: protocol.DerivedID("archive", b.ID, strconv.FormatInt(b.ActiveAt, 10)), Base: r.state.rev,
				Writes: []protocol.Write{{Record: b.ID, Prop: "archived", Value: protocol.Bool(true)}},
			},
		})
	}
}
