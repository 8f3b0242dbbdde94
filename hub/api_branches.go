package hub

import (
	"net/http"
	"slices"

	"atelier/protocol"
	"atelier/rooms"
)

type branchJSON struct {
	ID         string `json:"id"`
	Name       string `json:"name"`
	Author     string `json:"author"`
	AuthorName string `json:"author_name"`
	Session    string `json:"session"`
	At         int64  `json:"at"`
	Fork       int64  `json:"fork"`
	Diverged   bool   `json:"diverged"`
	Merged     int64  `json:"merged"`
	Archived   bool   `json:"archived"`
	ActiveAt   int64  `json:"active_at"`
	Records    int    `json:"records"`
	Cells      int    `json:"cells"`
}

func (x *exchange) branchOf(b *rooms.BranchInfo, n names) (branchJSON, error) {
	name, err := n.of(x.r.Context(), b.Author)
	return branchJSON{
		ID: b.ID, Name: b.Name, Author: b.Author, AuthorName: name, Session: b.Session, At: b.At, Fork: b.Fork,
		Diverged: b.Diverged, Merged: b.Merged, Archived: b.Archived, ActiveAt: b.ActiveAt, Records: b.Records, Cells: b.Cells,
	}, err
}

func (x *exchange) branches() (rev int64, list []rooms.BranchInfo, err error) {
	err = x.inRoom(func(r *rooms.Room) (err error) {
		rev, list, err = r.Branches(x.r.Context())
		return err
	})
	return rev, list, err
}

// branch finds one of the room's branches.
func (x *exchange) branch(id string) (rev int64, b rooms.BranchInfo, err error) {
	rev, list, err := x.branches()
	if err != nil {
		return 0, b, err
	}
	i := slices.IndexFunc(list, func(b rooms.BranchInfo) bool { return b.ID == id })
	if i < 0 {
		return 0, b, protocol.Errorf(protocol.CodeNotFound, "no branch %.40s", id)
	}
	return rev, list[i], nil
}

func (h *Hub) getBranches(x *exchange) error {
	rev, list, err := x.branches()
	if err != nil {
		return err
	}
	out, n := make([]branchJSON, len(list)), h.names()
	for i := range list {
		if out[i], err = x.branchOf(&list[i], n); err != nil {
			return err
		}
	}
	return x.reply(struct {
		Rev      int64        `json:"rev"`
		Branches []branchJSON `json:"branches"`
	}{rev, out})
}

func (h *Hub) postBranch(x *exchange) error {
	var in struct {
		ID   string `json:"id"`
		Name string `json:"name"`
		Move *struct {
			Session string `json:"session"`
		} `json:"move"`
	}
	if err := x.read(&in); err != nil {
		return err
	}
	id, err := idOr(in.ID)
	if err != nil {
		return err
	}
	if err := h.checkProp("name", protocol.KindBranch, "name", protocol.String(in.Name)); err != nil {
		return err
	}
	var moved rooms.Moved
	if in.Move != nil {
		moved, err = h.archive.Move(x.r.Context(), x.room.ID, x.author(), rooms.Move{Branch: id, Name: in.Name, Session: in.Move.Session})
	} else {
		moved.Rev, err = x.newBranch(id, in.Name)
	}
	if err != nil {
		return ofRooms(err)
	}
	_, made, err := x.branch(id)
	if err != nil {
		return err
	}
	return x.send(http.StatusCreated, struct {
		ID      string                  `json:"id"`
		Name    string                  `json:"name"`
		Rev     int64                   `json:"rev"`
		Moved   int                     `json:"moved,omitempty"`
		Skipped []protocol.CellConflict `json:"skipped,omitempty"`
	}{id, made.Name, moved.Rev, moved.Records, moved.Skipped})
}

// newBranch makes an empty branch. The change's id follows from the branch's, so that a retry is the same change.
func (x *exchange) newBranch(id, name string) (int64, error) {
	rev, _, err := x.branches()
	if err != nil {
		return 0, err
	}
	result, err := x.apply(protocol.Change{ID: protocol.DerivedID("branch by hand", id), Base: rev, Writes: rooms.BranchWrites(id, name)})
	return result.Rev, err
}

func (h *Hub) patchBranch(x *exchange) error {
	var in struct {
		Name     *string `json:"name"`
		Archived *bool   `json:"archived"`
	}
	if err := x.read(&in); err != nil {
		return err
	}
	rev, b, err := x.branch(x.params.ByName("branch"))
	if err != nil {
		return err
	}
	change := protocol.Change{ID: protocol.NewID(), Base: rev}
	if in.Name != nil {
		v := protocol.String(*in.Name)
		if *in.Name == "" {
			return protocol.Errorf(protocol.CodeInvalidInput, "name: empty")
		}
		if err := h.checkProp("name", protocol.KindBranch, "name", v); err != nil {
			return err
		}
		change.Writes = append(change.Writes, protocol.Write{Record: b.ID, Prop: "name", Value: v})
	}
	if in.Archived != nil {
		change.Writes = append(change.Writes, protocol.Write{Record: b.ID, Prop: "archived", Value: protocol.Bool(*in.Archived)})
	}
	if len(change.Writes) > 0 {
		if _, err := x.apply(change); err != nil {
			return err
		}
	}
	if _, b, err = x.branch(b.ID); err != nil {
		return err
	}
	out, err := x.branchOf(&b, h.names())
	if err != nil {
		return err
	}
	return x.reply(out)
}

func (h *Hub) postMerge(x *exchange) error {
	var in struct {
		ID      string                `json:"id"`
		Branch  string                `json:"branch"`
		Records []string              `json:"records"`
		Resolve []protocol.Resolution `json:"resolve"`
	}
	if err := x.read(&in); err != nil {
		return err
	}
	id, err := idOr(in.ID)
	if err != nil {
		return err
	}
	if err := validID("branch", in.Branch); err != nil {
		return err
	}
	if err := validIDs("records", in.Records); err != nil {
		return err
	}
	rev, _, err := x.branch(in.Branch)
	if err != nil {
		return err
	}
	result, err := x.apply(protocol.Change{
		ID: id, Base: rev, Merge: &protocol.Merge{Branch: in.Branch, Records: in.Records, Resolve: in.Resolve},
	})
	if err != nil {
		return err
	}
	return x.reply(&result)
}

// checkProp refuses what cannot be the value of a prop, naming the field of the request.
func (h *Hub) checkProp(field string, kind protocol.Kind, name string, v protocol.Value) error {
	prop, _ := h.schema.Prop(kind, name)
	if err := h.schema.Check(prop, v); err != nil {
		err.Message = field + ": " + err.Message
		return err
	}
	return nil
}
