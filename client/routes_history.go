package client

import (
	"context"
	"iter"
	"net/http"
	"net/url"
	"strconv"

	"atelier/protocol"
)

// Main names main where the API asks for a branch.
const Main = "main"

type (
	// HistoryQuery asks for a part of a room's history. The zero one is all of it.
	HistoryQuery struct {
		Before int64  // only what came before this revision
		Limit  int    // changes of a page; 0 is 50, at most 200
		Record string // only changes that wrote it
		User   string // only changes of a user
		Branch string // only changes that wrote on it; [Main] for main
	}
	// HistoryPage is a part of a room's history, newest first. Next is the Before of the next page, 0 after the last; a page
	// with few changes may have one.
	HistoryPage struct {
		Changes []HistoryEntry `json:"changes"`
		Next    int64          `json:"next"`
	}
	// HistoryEntry is a change as history tells it.
	HistoryEntry struct {
		Rev      int64          `json:"rev"`
		ID       string         `json:"id"`
		Branch   string         `json:"branch"` // "" is main
		Session  string         `json:"session"`
		User     string         `json:"user"`
		UserName string         `json:"user_name"`
		At       int64          `json:"at"` // unix ms
		Gesture  string         `json:"gesture"`
		Episode  string         `json:"episode"`
		Undo     string         `json:"undo"`     // the change that it took back
		Merged   string         `json:"merged"`   // the branch that it merged
		Restored int64          `json:"restored"` // the revision that it brought back
		Writes   []HistoryWrite `json:"writes"`
		Omitted  int            `json:"omitted"` // writes that are not told, because the page would be too large
	}
	// HistoryWrite is a write with what it replaced; [protocol.Nil] is no value.
	HistoryWrite struct {
		Branch string         `json:"branch"` // "" is main
		Record string         `json:"record"`
		Kind   protocol.Kind  `json:"kind"`
		Prop   string         `json:"prop"`
		Before protocol.Value `json:"before"`
		After  protocol.Value `json:"after"`
		Words  []Words        `json:"words"` // of a text
	}
	// Words are what of a text stayed ("same"), went ("gone") or came ("new").
	Words struct {
		Op   string `json:"op"`
		Text string `json:"text"`
	}
	// Point is main (Branch "") or a branch at a revision; the zero Rev is the newest.
	Point struct {
		Branch string `json:"branch"`
		Rev    int64  `json:"rev"`
	}
	// Diff tells how two points differ, by record.
	Diff struct {
		A       Point        `json:"a"`
		B       Point        `json:"b"`
		Records []RecordDiff `json:"records"`
	}
	// RecordDiff is a record that is not the same at both points.
	RecordDiff struct {
		Record string        `json:"record"`
		Kind   protocol.Kind `json:"kind"`
		Props  []PropDiff    `json:"props"`
	}
	// PropDiff is a cell at either point, [protocol.Nil] being no value. Base is what a branch started from, "" when neither
	// point has the cell on a branch.
	PropDiff struct {
		Prop  string         `json:"prop"`
		Base  protocol.Value `json:"base"`
		A     protocol.Value `json:"a"`
		B     protocol.Value `json:"b"`
		Words []Words        `json:"words"`
	}
	// Restored is what a restore brought back.
	Restored struct {
		Rev      int64                   `json:"rev"`
		Restored int                     `json:"restored"` // records
		Skipped  []protocol.CellConflict `json:"skipped"`  // what somebody wrote meanwhile
	}
)

// String is the point as the API takes it.
func (p Point) String() string {
	branch := p.Branch
	if branch == "" {
		branch = Main
	}
	if p.Rev == 0 {
		return branch
	}
	return branch + "@" + strconv.FormatInt(p.Rev, 10)
}

// HistoryPage reads one page of a room's history.
func (a *API) HistoryPage(ctx context.Context, room string, q HistoryQuery) (HistoryPage, error) {
	ask := url.Values{}
	for name, v := range map[string]string{"record": q.Record, "user": q.User, "branch": q.Branch} {
		if v != "" {
			ask.Set(name, v)
		}
	}
	for name, v := range map[string]int64{"before": q.Before, "limit": int64(q.Limit)} {
		if v != 0 {
			ask.Set(name, strconv.FormatInt(v, 10))
		}
	}
	var out HistoryPage
	err := a.call(ctx, http.MethodGet, roomPath(room, "/history?"+ask.Encode()), nil, &out)
	return out, err
}

// History ranges over a room's history, newest first, and reads page by page. An error is the last thing that it gives.
func (a *API) History(ctx context.Context, room string, q HistoryQuery) iter.Seq2[HistoryEntry, error] {
	return func(yield func(HistoryEntry, error) bool) {
		for {
			page, err := a.HistoryPage(ctx, room, q)
			if err != nil {
				yield(HistoryEntry{}, err)
				return
			}
			for _, e := range page.Changes {
				if !yield(e, nil) {
					return
				}
			}
			if page.Next == 0 {
				return
			}
			q.Before = page.Next
		}
	}
}

// Undo takes any change back, a merge too, where nobody has written since. The id is that of the new change, "" is a new
// one; nothing left is a *[ConflictError].
func (a *API) Undo(ctx context.Context, room, change, id string) (protocol.ChangeResult, error) {
	var out protocol.ChangeResult
	path := roomPath(room, "/history/"+url.PathEscape(change)+"/undo")
	err := a.call(ctx, http.MethodPost, path, map[string]string{"id": idOr(id)}, &out)
	return out, conflicting(err)
}

// Diff tells how two points differ: what makes to of from.
func (a *API) Diff(ctx context.Context, room string, from, to Point) (Diff, error) {
	ask := url.Values{"a": {from.String()}, "b": {to.String()}}
	var out Diff
	err := a.call(ctx, http.MethodGet, roomPath(room, "/diff?"+ask.Encode()), nil, &out)
	return out, err
}

// Records reads a room's canvas without joining.
func (a *API) Records(ctx context.Context, room string) (rev int64, records []Record, err error) {
	return a.RecordsAt(ctx, room, Point{})
}

// RecordsAt is [API.Records] of a branch, or as it was at a revision.
func (a *API) RecordsAt(ctx context.Context, room string, at Point) (rev int64, records []Record, err error) {
	ask := url.Values{}
	if at.Rev != 0 {
		ask.Set("rev", strconv.FormatInt(at.Rev, 10))
	}
	if at.Branch != "" {
		ask.Set("branch", at.Branch)
	}
	var out struct {
		Rev     int64    `json:"rev"`
		Records []Record `json:"records"`
	}
	err = a.call(ctx, http.MethodGet, roomPath(room, "/records?"+ask.Encode()), nil, &out)
	return out.Rev, out.Records, err
}

// Restore makes main what it was at a revision, or only some records of it. The id is that of the new change, "" is a new
// one.
func (a *API) Restore(ctx context.Context, room string, rev int64, id string, records ...string) (Restored, error) {
	body := map[string]any{"id": idOr(id), "rev": rev}
	if len(records) > 0 {
		body["records"] = records
	}
	var out Restored
	err := a.call(ctx, http.MethodPost, roomPath(room, "/restore"), body, &out)
	return out, conflicting(err)
}
