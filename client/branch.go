package client

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"atelier/protocol"
)

// Branch is what is known of a branch; its cells are in [View.Cells]. Times are unix milliseconds.
type Branch struct {
	ID         string `json:"id"`
	Name       string `json:"name"`
	Author     string `json:"author"`      // user
	AuthorName string `json:"author_name"` // told by the API alone
	Session    string `json:"session"`     // public id of the session that made it
	At         int64  `json:"at"`          // made
	Fork       int64  `json:"fork"`        // revision of main where it began
	Diverged   bool   `json:"diverged"`    // made by the server, for edits that met
	Merged     int64  `json:"merged"`      // revision at which all of it was in main; 0 when it was not
	Archived   bool   `json:"archived"`    //
	ActiveAt   int64  `json:"active_at"`   // newest change on it; told by the API alone
	Records    int    `json:"records"`     // that it has cells of
	Cells      int    `json:"cells"`
}

// Open tells whether the branch is neither merged nor archived. Writing on it opens it again.
func (b Branch) Open() bool { return b.Merged == 0 && !b.Archived }

// Version is a name for a revision. Times are unix milliseconds.
type Version struct {
	ID         string `json:"id"`
	Name       string `json:"name"`
	Rev        int64  `json:"rev"`
	Author     string `json:"author"`      // user
	AuthorName string `json:"author_name"` // told by the API alone
	At         int64  `json:"at"`          // named
}

func (c *canvas) branch(id string) Branch {
	b := Branch{ID: id, Records: len(c.overlays[id])}
	for _, o := range c.overlays[id] {
		b.Cells += len(o)
	}
	if r := c.records[id]; r != nil {
		b.Name, b.Author, b.Session = r.Text("name"), r.Text("author"), r.Text("session")
		b.At, b.Fork, b.Merged = int64(r.Number("at")), int64(r.Number("fork")), int64(r.Number("merged"))
		b.Diverged, _ = r.Props["diverged"].AsBool()
		b.Archived, _ = r.Props["archived"].AsBool()
	}
	return b
}

func versionOf(r *Record) Version {
	return Version{
		ID: r.ID, Name: r.Text("name"), Rev: int64(r.Number("rev")), Author: r.Text("author"), At: int64(r.Number("at")),
	}
}

// ofKind calls do with main's records of a kind.
func (r *Room) ofKind(kind protocol.Kind, do func(c *canvas, rec *Record)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.canvas == nil {
		return
	}
	for _, rec := range r.canvas.records {
		if rec.Kind == kind {
			do(r.canvas, rec)
		}
	}
}

// Branches lists the room's branches, oldest first, the merged and archived ones included.
func (r *Room) Branches() []Branch {
	var out []Branch
	r.ofKind(protocol.KindBranch, func(c *canvas, rec *Record) { out = append(out, c.branch(rec.ID)) })
	slices.SortFunc(out, func(a, b Branch) int { return cmp.Or(cmp.Compare(a.At, b.At), strings.Compare(a.ID, b.ID)) })
	return out
}

// Branch is one of the room's branches.
func (r *Room) Branch(id string) (Branch, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.canvas == nil || r.canvas.records[id] == nil || r.canvas.records[id].Kind != protocol.KindBranch {
		return Branch{}, false
	}
	return r.canvas.branch(id), true
}

// Versions lists the room's named revisions, oldest first.
func (r *Room) Versions() []Version {
	var out []Version
	r.ofKind(protocol.KindVersion, func(_ *canvas, rec *Record) { out = append(out, versionOf(rec)) })
	slices.SortFunc(out, func(a, b Version) int {
		return cmp.Or(cmp.Compare(a.Rev, b.Rev), cmp.Compare(a.At, b.At), strings.Compare(a.ID, b.ID))
	})
	return out
}

// CreateBranch makes an empty branch; the server names one without a name. The ID is there also with an error, for asking
// [Room.Branch] about it when the outcome is unknown. To make one by a known id, or to write on it at once, write it like
// any record: [Create] and [Room.Submit].
func (r *Room) CreateBranch(ctx context.Context, name string) (Branch, error) {
	props := map[string]protocol.Value{}
	if name != "" {
		props["name"] = protocol.String(name)
	}
	id, writes := Create(protocol.KindBranch, props)
	if _, err := r.Change(ctx, writes...); err != nil {
		return Branch{ID: id, Name: name}, fmt.Errorf("create branch %s: %w", id, err)
	}
	b, _ := r.Branch(id)
	return b, nil
}

// RenameBranch gives a branch another name.
func (r *Room) RenameBranch(ctx context.Context, id, name string) error {
	return r.tell(ctx, id, "name", protocol.String(name))
}

// ArchiveBranch puts a branch away. It keeps its cells, and writing on it opens it again.
func (r *Room) ArchiveBranch(ctx context.Context, id string) error {
	return r.tell(ctx, id, "archived", protocol.Bool(true))
}

// ReopenBranch takes a branch out of the archive.
func (r *Room) ReopenBranch(ctx context.Context, id string) error {
	return r.tell(ctx, id, "archived", protocol.Nil)
}

func (r *Room) tell(ctx context.Context, id, prop string, v protocol.Value) error {
	if _, ok := r.Branch(id); !ok {
		return protocol.Errorf(protocol.CodeNotFound, "no branch %.40s", id)
	}
	_, err := r.Change(ctx, Set(id, prop, v))
	return err
}

// NameVersion gives a revision a name; 0 is the replica's revision of now. What is said of the ID of [Room.CreateBranch]
// holds here too.
func (r *Room) NameVersion(ctx context.Context, name string, rev int64) (Version, error) {
	if rev == 0 {
		rev = r.Rev()
	}
	id, writes := Create(protocol.KindVersion, map[string]protocol.Value{
		"name": protocol.String(name), "rev": protocol.Int(rev),
	})
	if _, err := r.Change(ctx, writes...); err != nil {
		return Version{ID: id, Name: name, Rev: rev}, fmt.Errorf("name version %s: %w", id, err)
	}
	if rec, ok := r.Record(id); ok {
		return versionOf(&rec), nil
	}
	return Version{ID: id, Name: name, Rev: rev}, nil // deleted again
}
