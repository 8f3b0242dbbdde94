package hub

import (
	"context"
	"errors"

	"atelier/hub/auth"
	"atelier/protocol"
	"atelier/rooms"
)

// roomJSON is a room as the API tells it.
type roomJSON struct {
	ID        string        `json:"id"`
	Name      string        `json:"name"`
	Private   bool          `json:"private"`
	Role      protocol.Role `json:"role"`
	Members   int           `json:"members"`
	CreatedAt int64         `json:"created_at"`
}

func (h *Hub) roomOf(ctx context.Context, r auth.Room, role protocol.Role) roomJSON {
	out := roomJSON{ID: r.ID, Name: r.Name, Private: r.Private, Role: role, CreatedAt: millis(r.CreatedAt)}
	if loaded := h.cfg.Rooms.Loaded(r.ID); loaded != nil {
		out.Members = loaded.Members(ctx)
	}
	return out
}

func (h *Hub) getRooms(x *exchange) error {
	ctx := x.r.Context()
	list, err := h.cfg.Auth.Rooms(ctx, x.who.User.ID)
	if err != nil {
		return err //nolint:wrapcheck // says what it did
	}
	out := make([]roomJSON, 0, len(list))
	for _, r := range list {
		_, role, err := h.cfg.Auth.Access(ctx, r.ID, x.who.User.ID)
		if protocol.CodeOf(err) == protocol.CodeNotFound {
			continue // it went away meanwhile
		}
		if err != nil {
			return err //nolint:wrapcheck // says what it did
		}
		out = append(out, h.roomOf(ctx, r, role))
	}
	return x.reply(map[string][]roomJSON{"rooms": out})
}

func (h *Hub) postRoom(x *exchange) error {
	var in struct {
		Name    string `json:"name"`
		Private bool   `json:"private"`
	}
	if err := x.read(&in); err != nil {
		return err
	}
	made, err := h.cfg.Auth.CreateRoom(x.r.Context(), x.who.User.ID, auth.NewRoom{Name: in.Name, Private: in.Private})
	if err != nil {
		return err //nolint:wrapcheck // coded
	}
	r, role, err := h.cfg.Auth.Access(x.r.Context(), made.ID, x.who.User.ID)
	if err != nil {
		return err //nolint:wrapcheck // says what it did
	}
	return x.reply(h.roomOf(x.r.Context(), r, role))
}

func (h *Hub) getRoom(x *exchange) error {
	return x.reply(h.roomOf(x.r.Context(), x.room, x.role))
}

func (h *Hub) patchRoom(x *exchange) error {
	var in struct {
		Name    *string `json:"name"`
		Private *bool   `json:"private"`
	}
	if err := x.read(&in); err != nil {
		return err
	}
	r := x.room
	if in.Name != nil {
		r.Name = *in.Name
	}
	if in.Private != nil {
		r.Private = *in.Private
	}
	r, err := h.cfg.Auth.UpdateRoom(x.r.Context(), r)
	if err != nil {
		return err //nolint:wrapcheck // coded
	}
	if loaded := h.cfg.Rooms.Loaded(r.ID); loaded != nil {
		loaded.Rename(roomInfo(r))
	}
	if r.Private != x.room.Private {
		if err := h.refresh(x.r.Context(), concern{Room: r.ID}); err != nil {
			return err
		}
	}
	return x.reply(h.roomOf(x.r.Context(), r, x.role))
}

func (h *Hub) deleteRoom(x *exchange) error {
	if err := h.cfg.Auth.DeleteRoom(x.r.Context(), x.room.ID); err != nil {
		return err //nolint:wrapcheck // coded
	}
	if h.cfg.Others != nil {
		h.cfg.Others.deleted(x.room.ID)
	}
	h.deletedHere(x.room.ID)
	return x.done()
}

// loaded returns a room, loading it when needed.
func (h *Hub) loaded(ctx context.Context, id string) (*rooms.Room, error) {
	r, err := h.cfg.Rooms.Room(ctx, id)
	if errors.Is(err, rooms.ErrNoRoom) {
		return nil, protocol.Errorf(protocol.CodeNotFound, "no such room")
	}
	return r, err //nolint:wrapcheck // says what it did
}

// recordJSON is a record as the API tells it.
type recordJSON struct {
	ID    string                    `json:"id"`
	Kind  string                    `json:"kind"`
	Props map[string]protocol.Value `json:"props"`
}

func (h *Hub) getRecords(x *exchange) error {
	rev, records, err := h.records(x)
	if err != nil {
		return ofRooms(err)
	}
	out := make([]recordJSON, len(records))
	for i, r := range records {
		out[i] = recordJSON(r)
	}
	return x.reply(struct {
		Rev     int64        `json:"rev"`
		Records []recordJSON `json:"records"`
	}{rev, out})
}

// records reads what main or a branch shows, or showed at a revision.
func (h *Hub) records(x *exchange) (rev int64, records []rooms.Record, err error) {
	branch, _, err := branchOf("branch", x.r.URL.Query().Get("branch"))
	if err != nil {
		return 0, nil, err
	}
	if rev, err = x.number("rev", rooms.Head, 0, protocol.MaxSafeInteger); err != nil {
		return 0, nil, err
	}
	if rev != rooms.Head {
		return h.archive.At(x.r.Context(), x.room.ID, rooms.Point{Branch: branch, Rev: rev}) //nolint:wrapcheck // coded
	}
	err = x.inRoom(func(r *rooms.Room) (err error) {
		rev, records, err = r.View(x.r.Context(), branch)
		return err
	})
	return rev, records, err
}
