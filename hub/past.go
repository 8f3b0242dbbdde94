package hub

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strconv"
	"strings"

	"atelier/protocol"
	"atelier/rooms"
)

// author is who writes by this request. There is no socket, so there is no session of one: all requests of a user in a
// room write as one session.
func (x *exchange) author() rooms.Author {
	sum := sha256.Sum256([]byte(x.room.ID + "\x00" + x.who.User.ID))
	return rooms.Author{
		Session: rooms.HTTPSession + hex.EncodeToString(sum[:12]), User: x.who.User.ID, Name: x.who.User.Name, Role: x.role,
	}
}

// ofRooms makes the errors of rooms those of the API.
func ofRooms(err error) error {
	if errors.Is(err, rooms.ErrNoRoom) {
		return protocol.Errorf(protocol.CodeNotFound, "no such room")
	}
	return err
}

// apply makes a change in the request's room.
func (x *exchange) apply(c protocol.Change) (result protocol.ChangeResult, err error) {
	err = x.inRoom(func(r *rooms.Room) (err error) {
		result, err = r.Apply(x.r.Context(), x.author(), c)
		return err
	})
	return result, err
}

// inRoom runs do with the request's room, again when the room ended meanwhile.
func (x *exchange) inRoom(do func(*rooms.Room) error) error {
	for {
		r, err := x.hub.loaded(x.r.Context(), x.room.ID)
		if err != nil {
			return err
		}
		if err = do(r); !errors.Is(err, rooms.ErrRoomClosed) {
			return err
		}
	}
}

// readOr decodes the JSON body, which may be missing.
func (x *exchange) readOr(into any) error {
	if x.r.ContentLength == 0 {
		return nil
	}
	return x.read(into)
}

// idOr checks an id that the caller may have chosen, and chooses one otherwise.
func idOr(id string) (string, error) {
	switch {
	case id == "":
		return protocol.NewID(), nil
	case !protocol.ValidID(id):
		return "", protocol.Errorf(protocol.CodeInvalidInput, "id: not a UUID")
	}
	return id, nil
}

func validID(field, id string) error {
	if !protocol.ValidID(id) {
		return protocol.Errorf(protocol.CodeInvalidInput, "%s: %.40q is not a UUID", field, id)
	}
	return nil
}

func validIDs(field string, ids []string) error {
	for _, id := range ids {
		if err := validID(field, id); err != nil {
			return err
		}
	}
	return nil
}

// mainBranch is what requests call main, which has no id.
const mainBranch = "main"

// branchOf reads a branch's id or [mainBranch]; ok is false when the parameter is not there.
func branchOf(field, text string) (id string, ok bool, err error) {
	switch text {
	case "":
		return "", false, nil
	case mainBranch:
		return "", true, nil
	}
	return text, true, validID(field, text)
}

// point reads "main", "main@12", a branch's id, or that with a revision.
func (x *exchange) point(name string) (rooms.Point, error) {
	text := x.r.URL.Query().Get(name)
	branch, rev, has := strings.Cut(text, "@")
	id, ok, err := branchOf(name, branch)
	if err != nil {
		return rooms.Point{}, err
	}
	p := rooms.Point{Branch: id, Rev: rooms.Head}
	if has {
		p.Rev, err = strconv.ParseInt(rev, 10, 64)
	}
	if !ok || err != nil || (has && p.Rev < 0) {
		return p, protocol.Errorf(protocol.CodeInvalidInput, "%s: %.80q is no point: main or a branch's id, and @ with a revision or not", name, text)
	}
	return p, nil
}

// names looks up what users are called, each once.
type names struct {
	hub   *Hub
	known map[string]string
}

func (h *Hub) names() names { return names{h, make(map[string]string)} }

func (n names) of(ctx context.Context, user string) (string, error) {
	name, ok := n.known[user]
	if ok || user == "" {
		return name, nil
	}
	name, err := n.hub.cfg.Auth.Name(ctx, user)
	if err != nil {
		return "", err //nolint:wrapcheck // says what it did
	}
	n.known[user] = name
	return name, nil
}
