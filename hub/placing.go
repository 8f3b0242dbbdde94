package hub

import (
	"context"
	"errors"

	"atelier/generation"
	"atelier/protocol"
	"atelier/rooms"
)

var (
	_ generation.Placer    = (*Placer)(nil)
	_ generation.Announcer = (*Announcer)(nil)
)

// generator is the actor that puts results on the canvas.
const generator = "generation"

// Placer puts results on the canvas.
type Placer struct{ rooms *rooms.Registry }

// NewPlacer makes a placer over a registry.
func NewPlacer(registry *rooms.Registry) *Placer { return &Placer{rooms: registry} }

// Place implements [generation.Placer].
func (p *Placer) Place(ctx context.Context, job protocol.Job) error {
	var err error
	for _, change := range generation.Placements(job) {
		if err = p.apply(ctx, job.Room, change); protocol.CodeOf(err) != protocol.CodeConflict {
			return err
		}
	}
	return err
}

func (p *Placer) apply(ctx context.Context, room string, c protocol.Change) error {
	for {
		r, err := p.rooms.Room(ctx, room)
		if errors.Is(err, rooms.ErrNoRoom) {
			return protocol.Errorf(protocol.CodeNotFound, "no such room")
		}
		if err != nil {
			return err //nolint:wrapcheck // says what it did
		}
		_, err = r.Apply(ctx, rooms.Author{Session: generator, User: generator, Role: protocol.RoleEditor}, c)
		if !errors.Is(err, rooms.ErrRoomClosed) {
			return err //nolint:wrapcheck // coded, or ctx's
		}
	}
}

// Announcer shows rooms what the queue stored, on all instances. A room that nobody has loaded has nobody to be shown it: who
// joins later reads it from the store.
type Announcer struct{ rooms *rooms.Registry }

// NewAnnouncer makes an announcer over a registry.
func NewAnnouncer(registry *rooms.Registry) *Announcer { return &Announcer{rooms: registry} }

// Job implements [generation.Announcer].
func (a *Announcer) Job(job protocol.Job) {
	a.rooms.Job(job.Room, job.Seq, jobFrame(&job))
}

// Progress implements [generation.Announcer].
func (a *Announcer) Progress(room string, p protocol.Progress) {
	a.rooms.Progress(room, p)
}

// Queue implements [generation.Announcer].
func (a *Announcer) Queue(room string, info protocol.QueueInfo) {
	a.rooms.Show(room, protocol.Message(protocol.TypeQueue, &info))
}
