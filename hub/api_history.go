package hub

import (
	"atelier/protocol"
	"atelier/rooms"
)

type changeJSON struct {
	Rev      int64       `json:"rev"`
	ID       string      `json:"id"`
	Branch   string      `json:"branch"`
	Session  string      `json:"session"`
	User     string      `json:"user"`
	UserName string      `json:"user_name"`
	At       int64       `json:"at"`
	Gesture  string      `json:"gesture,omitempty"`
	Episode  string      `json:"episode,omitempty"`
	Undo     string      `json:"undo,omitempty"`
	Merged   string      `json:"merged,omitempty"`
	Restored int64       `json:"restored,omitempty"`
	Writes   []writeJSON `json:"writes"`
	Omitted  int         `json:"omitted,omitempty"`
}

type writeJSON struct {
	Branch string         `json:"branch"`
	Record string         `json:"record"`
	Kind   string         `json:"kind"`
	Prop   string         `json:"prop"`
	Before protocol.Value `json:"before"`
	After  protocol.Value `json:"after"`
	Words  []rooms.Words  `json:"words,omitempty"`
}

func (x *exchange) changeOf(e *rooms.Entry, n names) (changeJSON, error) {
	r := &e.Row
	name, err := n.of(x.r.Context(), r.User)
	out := changeJSON{
		Rev: r.Rev, ID: r.ID, Branch: r.Branch, Session: r.Session, User: r.User, UserName: name, At: r.At, Gesture: r.Gesture,
		Episode: r.Episode, Undo: r.Undo, Merged: r.Merged, Restored: r.Restored, Writes: make([]writeJSON, len(e.Writes)),
		Omitted: e.Omitted,
	}
	for i := range e.Writes {
		w := &e.Writes[i]
		out.Writes[i] = writeJSON{w.Branch, w.Record, string(w.Kind), w.Prop, w.A, w.B, w.Words}
	}
	return out, err
}

const (
	historyPage = 50 // changes, unless the request says otherwise
	historyMost = 200
)

func (h *Hub) getHistory(x *exchange) error {
	ask := x.r.URL.Query()
	q := rooms.Query{Record: ask.Get("record"), User: ask.Get("user")}
	var err error
	if q.Before, err = x.number("before", 0, 1, protocol.MaxSafeInteger); err != nil {
		return err
	}
	limit, err := x.number("limit", historyPage, 1, historyMost)
	if err != nil {
		return err
	}
	q.Limit = int(limit)
	if q.Record != "" {
		if err := validID("record", q.Record); err != nil {
			return err
		}
	}
	branch, ok, err := branchOf("branch", ask.Get("branch"))
	if err != nil {
		return err
	}
	if ok {
		q.Branch = &branch
	}
	page, err := h.archive.Changes(x.r.Context(), x.room.ID, q)
	if err != nil {
		return ofRooms(err)
	}
	out, n := make([]changeJSON, len(page.Changes)), h.names()
	for i := range page.Changes {
		if out[i], err = x.changeOf(&page.Changes[i], n); err != nil {
			return err
		}
	}
	return x.reply(struct {
		Changes []changeJSON `json:"changes"`
		Next    int64        `json:"next,omitempty"`
	}{out, page.Next})
}

func (h *Hub) postUndo(x *exchange) error {
	var in struct {
		ID string `json:"id"`
	}
	if err := x.readOr(&in); err != nil {
		return err
	}
	id, err := idOr(in.ID)
	if err != nil {
		return err
	}
	change := x.params.ByName("change")
	if err := validID("change", change); err != nil {
		return err
	}
	result, err := h.archive.Undo(x.r.Context(), x.room.ID, x.author(), change, id)
	if err != nil {
		return ofRooms(err)
	}
	return x.reply(struct {
		Rev     int64                   `json:"rev"`
		Skipped []protocol.CellConflict `json:"skipped,omitempty"`
	}{result.Rev, result.Skipped})
}

type pointJSON struct {
	Branch string `json:"branch"`
	Rev    int64  `json:"rev"`
}

type recordDiffJSON struct {
	Record string         `json:"record"`
	Kind   string         `json:"kind"`
	Props  []propDiffJSON `json:"props"`
}

type propDiffJSON struct {
	Prop  string          `json:"prop"`
	Base  *protocol.Value `json:"base,omitempty"`
	A     protocol.Value  `json:"a"`
	B     protocol.Value  `json:"b"`
	Words []rooms.Words   `json:"words,omitempty"`
}

func (h *Hub) getDiff(x *exchange) error {
	a, err := x.point("a")
	if err != nil {
		return err
	}
	b, err := x.point("b")
	if err != nil {
		return err
	}
	diff, err := h.archive.Diff(x.r.Context(), x.room.ID, a, b)
	if err != nil {
		return ofRooms(err)
	}
	out := make([]recordDiffJSON, len(diff.Records))
	for i, r := range diff.Records {
		out[i] = recordDiffJSON{Record: r.ID, Kind: string(r.Kind), Props: make([]propDiffJSON, len(r.Props))}
		for k := range r.Props {
			p := &r.Props[k]
			out[i].Props[k] = propDiffJSON{Prop: p.Prop, A: p.A, B: p.B, Words: p.Words}
			if p.Base != "" {
				out[i].Props[k].Base = &p.Base
			}
		}
	}
	return x.reply(struct {
		A       pointJSON        `json:"a"`
		B       pointJSON        `json:"b"`
		Records []recordDiffJSON `json:"records"`
	}{pointJSON(diff.A), pointJSON(diff.B), out})
}

func (h *Hub) postRestore(x *exchange) error {
	var in struct {
		ID      string   `json:"id"`
		Rev     int64    `json:"rev"`
		Records []string `json:"records"`
	}
	if err := x.read(&in); err != nil {
		return err
	}
	id, err := idOr(in.ID)
	if err != nil {
		return err
	}
	if in.Rev < 1 {
		return protocol.Errorf(protocol.CodeInvalidInput, "rev: a revision from 1 on is wanted")
	}
	if err := validIDs("records", in.Records); err != nil {
		return err
	}
	got, err := h.archive.Restore(x.r.Context(), x.room.ID, x.author(), in.Rev, in.Records, id)
	if err != nil {
		return ofRooms(err)
	}
	return x.reply(struct {
		Rev      int64                   `json:"rev"`
		Restored int                     `json:"restored"`
		Skipped  []protocol.CellConflict `json:"skipped,omitempty"`
	}{got.Rev, got.Records, got.Skipped})
}
