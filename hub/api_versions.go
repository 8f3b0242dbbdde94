package hub

import (
	"cmp"
	"context"
	"net/http"
	"slices"

	"atelier/protocol"
	"atelier/rooms"
)

type versionJSON struct {
	ID         string `json:"id"`
	Name       string `json:"name"`
	Rev        int64  `json:"rev"`
	Author     string `json:"author"`
	AuthorName string `json:"author_name"`
	At         int64  `json:"at"`
}

func versionOf(ctx context.Context, r *rooms.Record, n names) (versionJSON, error) {
	text := func(prop string) string { s, _ := r.Props[prop].AsString(); return s }
	number := func(prop string) int64 { f, _ := r.Props[prop].AsNumber(); return int64(f) }
	name, err := n.of(ctx, text("author"))
	return versionJSON{
		ID: r.ID, Name: text("name"), Rev: number("rev"), Author: text("author"), AuthorName: name, At: number("at"),
	}, err
}

// versions lists the named revisions, newest first.
func (x *exchange) versions() (rev int64, list []versionJSON, err error) {
	rev, records, err := x.hub.archive.OfKind(x.r.Context(), x.room.ID, protocol.KindVersion)
	if err != nil {
		return 0, nil, ofRooms(err)
	}
	list = make([]versionJSON, len(records))
	n := x.hub.names()
	for i := range records {
		if list[i], err = versionOf(x.r.Context(), &records[i], n); err != nil {
			return 0, nil, err
		}
	}
	slices.SortFunc(list, func(a, b versionJSON) int {
		return cmp.Or(-cmp.Compare(a.Rev, b.Rev), -cmp.Compare(a.At, b.At), cmp.Compare(a.ID, b.ID))
	})
	return rev, list, nil
}

func (h *Hub) getVersions(x *exchange) error {
	_, list, err := x.versions()
	if err != nil {
		return err
	}
	return x.reply(map[string][]versionJSON{"versions": list})
}

func (h *Hub) postVersion(x *exchange) error {
	var in struct {
		ID   string `json:"id"`
		Name string `json:"name"`
		Rev  *int64 `json:"rev"`
	}
	if err := x.read(&in); err != nil {
		return err
	}
	id, err := idOr(in.ID)
	if err != nil {
		return err
	}
	if in.Name == "" {
		return protocol.Errorf(protocol.CodeInvalidInput, "name: empty")
	}
	if err := h.checkProp("name", protocol.KindVersion, "name", protocol.String(in.Name)); err != nil {
		return err
	}
	head, list, err := x.versions()
	if err != nil {
		return err
	}
	if i := slices.IndexFunc(list, func(v versionJSON) bool { return v.ID == id }); i >= 0 {
		if v := list[i]; v.Author != x.who.User.ID || v.Name != in.Name || (in.Rev != nil && v.Rev != *in.Rev) {
			return protocol.Errorf(protocol.CodeInvalidInput, "id: another version has it")
		}
		return x.send(http.StatusCreated, list[i])
	}
	rev := head
	if in.Rev != nil {
		rev = *in.Rev
	}
	if rev < 1 || rev > head {
		return protocol.Errorf(protocol.CodeInvalidInput, "rev: %d is not a revision within 1–%d", rev, head)
	}
	_, err = x.apply(protocol.Change{ID: protocol.DerivedID("version", id), Base: head, Writes: []protocol.Write{
		{Record: id, Prop: protocol.PropKind, Value: protocol.String(string(protocol.KindVersion))},
		{Record: id, Prop: "name", Value: protocol.String(in.Name)},
		{Record: id, Prop: "rev", Value: protocol.Int(rev)},
	}})
	if err != nil {
		return err
	}
	return x.sendVersion(id)
}

func (x *exchange) sendVersion(id string) error {
	_, list, err := x.versions()
	if err != nil {
		return err
	}
	i := slices.IndexFunc(list, func(v versionJSON) bool { return v.ID == id })
	if i < 0 {
		return protocol.Errorf(protocol.CodeConflict, "the version was deleted again")
	}
	return x.send(http.StatusCreated, list[i])
}
