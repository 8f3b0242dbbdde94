package client

import (
	"context"
	"net/http"
	"net/url"

	"atelier/protocol"
)

// Calls that write take an ID, so that they can be made again when their outcome is unknown: the same ID with the same
// content gets the first result. "" is a new one.
type (
	// NewBranch asks for a branch. One without a name is named by the server.
	NewBranch struct {
		ID   string `json:"id"`
		Name string `json:"name,omitempty"`
	}
	// BranchPatch changes what is not nil.
	BranchPatch struct {
		Name     *string `json:"name,omitempty"`
		Archived *bool   `json:"archived,omitempty"`
	}
	// Moved is what became of moving a session's work to a branch.
	Moved struct {
		ID      string                  `json:"id"` // of the branch
		Name    string                  `json:"name"`
		Rev     int64                   `json:"rev"`
		Moved   int                     `json:"moved"`   // records
		Skipped []protocol.CellConflict `json:"skipped"` // where others had written since: it stays on main
	}
)

func roomPath(room, rest string) string { return "/v1/rooms/" + url.PathEscape(room) + rest }

// idOr is id, or a new one for "".
func idOr(id string) string {
	if id == "" {
		return protocol.NewID()
	}
	return id
}

// Branches lists a room's branches, oldest first, the merged and archived ones included, at a revision.
func (a *API) Branches(ctx context.Context, room string) (rev int64, branches []Branch, err error) {
	var out struct {
		Rev      int64    `json:"rev"`
		Branches []Branch `json:"branches"`
	}
	err = a.call(ctx, http.MethodGet, roomPath(room, "/branches"), nil, &out)
	return out.Rev, out.Branches, err
}

// CreateBranch makes an empty branch and returns its id, name and the revision.
func (a *API) CreateBranch(ctx context.Context, room string, n NewBranch) (Moved, error) {
	n.ID = idOr(n.ID)
	var out Moved
	err := a.call(ctx, http.MethodPost, roomPath(room, "/branches"), n, &out)
	return out, err
}

// MoveSession moves what one of our sessions wrote on main in its last sitting to a new branch. The session is a public
// id, as changes name it; "" is our newest one.
func (a *API) MoveSession(ctx context.Context, room, session string, n NewBranch) (Moved, error) {
	type move struct {
		Session string `json:"session,omitempty"`
	}
	n.ID = idOr(n.ID)
	body := struct {
		NewBranch

		Move move `json:"move"`
	}{n, move{session}}
	var out Moved
	err := a.call(ctx, http.MethodPost, roomPath(room, "/branches"), body, &out)
	return out, err
}

// UpdateBranch renames a branch, archives it or takes it out of the archive.
func (a *API) UpdateBranch(ctx context.Context, room, branch string, p BranchPatch) (Branch, error) {
	var out Branch
	err := a.call(ctx, http.MethodPatch, roomPath(room, "/branches/"+url.PathEscape(branch)), p, &out)
	return out, err
}

// Merge is [Room.Merge] without joining.
func (a *API) Merge(ctx context.Context, room, branch string, o *MergeOptions) (protocol.ChangeResult, error) {
	if o == nil {
		o = &MergeOptions{}
	}
	body := struct {
		ID string `json:"id"`
		protocol.Merge
	}{idOr(o.ID), protocol.Merge{Branch: branch, Records: o.Records, Resolve: o.Resolve}}
	var out protocol.ChangeResult
	err := a.call(ctx, http.MethodPost, roomPath(room, "/merges"), body, &out)
	return out, conflicting(err)
}

// Versions lists a room's named revisions, the newest revision first.
func (a *API) Versions(ctx context.Context, room string) ([]Version, error) {
	var out struct {
		Versions []Version `json:"versions"`
	}
	err := a.call(ctx, http.MethodGet, roomPath(room, "/versions"), nil, &out)
	return out.Versions, err
}

// NameVersion gives a revision a name; the zero Rev is the newest.
func (a *API) NameVersion(ctx context.Context, room string, v Version) (Version, error) {
	body := map[string]any{"id": idOr(v.ID), "name": v.Name}
	setIf(body, "rev", v.Rev)
	var out Version
	err := a.call(ctx, http.MethodPost, roomPath(room, "/versions"), body, &out)
	return out, err
}
