package hub_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"atelier/protocol"
)

// historyPage is a page of history as the API tells it.
type historyPage struct {
	Changes []struct {
		Rev                                     int64
		ID, Branch, Session, User, Undo, Merged string
		Gesture, Episode                        string
		UserName                                string `json:"user_name"`
		At, Restored                            int64
		Writes                                  []struct {
			Branch, Record, Kind, Prop string
			Before, After              any
			Words                      []struct{ Op, Text string }
		}
	}
	Next int64
}

func (p *person) history(room, query string) historyPage {
	p.house.t.Helper()
	var out historyPage
	p.ok(http.MethodGet, "/v1/rooms/"+room+"/history"+query, nil, &out)
	return out
}

func TestHistoryTellsWhoWroteWhat(t *testing.T) {
	h := build(t, plan{})
	ana, ben := h.guest("Ana"), h.guest("Ben")
	room := ana.room(false)
	a, w := ana.join(room)
	b, _ := ben.join(room)
	made := note("first fox")
	n := made.Writes[0].Record
	r := a.change(1, made)
	second := edit(r.Rev, "", set(n, "text", protocol.String("second fox")), set(n, "x", protocol.Number(1.5)))
	second.Gesture, second.Episode = "drag", "stay"
	r = b.change(1, second)
	for i := range 10 {
		r = a.change(uint64(2+i), edit(r.Rev, "", set(n, "y", protocol.Int(int64(i)))))
	}
	page := ana.history(room, "?limit=4")
	require.Len(t, page.Changes, 4)
	require.Equal(t, r.Rev, page.Changes[0].Rev)
	require.Equal(t, page.Changes[3].Rev, page.Next)
	seen := 4
	for page.Next > 0 {
		page = ana.history(room, fmt.Sprint("?limit=4&before=", page.Next))
		seen += len(page.Changes)
	}
	require.Equal(t, 12, seen)

	first := page.Changes[len(page.Changes)-1]
	require.Equal(t, []string{made.ID, "", w.Self.Session, ana.id, "Ana"}, []string{first.ID, first.Branch, first.Session, first.User, first.UserName})
	require.InDelta(t, w.ServerTime, first.At, 60_000)
	require.Equal(t, []any{"kind", nil, "note"}, []any{first.Writes[0].Prop, first.Writes[0].Before, first.Writes[0].After})

	ofBen := ana.history(room, "?user="+ben.id+"&record="+n+"&branch=main")
	require.Len(t, ofBen.Changes, 1)
	require.Zero(t, ofBen.Next)
	change := ofBen.Changes[0]
	require.Equal(t, []string{"Ben", "drag", "stay"}, []string{change.UserName, change.Gesture, change.Episode})
	text := change.Writes[0]
	require.Equal(t, []any{"note", "text", "first fox", "second fox"}, []any{text.Kind, text.Prop, text.Before, text.After})
	require.NotEmpty(t, text.Words)
	require.Equal(t, []any{nil, 1.5}, []any{change.Writes[1].Before, change.Writes[1].After})
	require.Empty(t, ana.history(room, "?record="+protocol.NewID()).Changes)
	require.Empty(t, ana.history(room, "?user=nobody").Changes)
}

func TestThePastIsShownComparedAndBroughtBack(t *testing.T) {
	h := build(t, plan{})
	ana, ben := h.guest("Ana"), h.guest("Ben")
	room := ana.room(false)
	path := "/v1/rooms/" + room
	a, _ := ana.join(room)
	made, other := note("first"), note("other")
	n, o := made.Writes[0].Record, other.Writes[0].Record
	r1 := a.change(1, made)
	r2 := a.change(2, edit(r1.Rev, "", set(n, "text", protocol.String("second")), set(n, "x", protocol.Int(5))))
	r3 := a.change(3, other)
	r4 := a.change(4, edit(r3.Rev, "", set(n, "deleted", protocol.Bool(true))))

	require.Empty(t, ana.records(room, "?rev=0"))
	require.Equal(t, map[string]map[string]any{n: {"text": "first"}}, ana.records(room, fmt.Sprint("?rev=", r1.Rev)))
	require.Equal(t, map[string]map[string]any{n: {"text": "second", "x": 5.0}, o: {"text": "other"}}, ana.records(room, fmt.Sprint("?rev=", r3.Rev)))

	var d struct {
		A, B    struct{ Rev int64 }
		Records []struct {
			Record string
			Props  []map[string]any
		}
	}
	ana.ok(http.MethodGet, fmt.Sprintf("%s/diff?a=main@%d&b=main", path, r2.Rev), nil, &d)
	require.Equal(t, []int64{r2.Rev, r4.Rev}, []int64{d.A.Rev, d.B.Rev})
	require.Len(t, d.Records, 2)
	byID := map[string][]map[string]any{}
	for _, r := range d.Records {
		byID[r.Record] = r.Props
	}
	require.Equal(t, map[string]any{"prop": "deleted", "a": nil, "b": true}, byID[n][0])
	require.Equal(t, map[string]any{"prop": "x", "a": 5.0, "b": nil}, byID[n][2])
	require.Equal(t, map[string]any{"prop": "kind", "a": nil, "b": "note"}, byID[o][0])

	var restored struct{ Rev, Restored int64 }
	id := protocol.NewID()
	ask := map[string]any{"id": id, "rev": r1.Rev}
	ben.ok(http.MethodPost, path+"/restore", ask, &restored)
	require.Equal(t, map[string]map[string]any{n: {"text": "first"}}, ana.records(room, ""))
	require.EqualValues(t, 2, restored.Restored)
	first := restored
	ben.ok(http.MethodPost, path+"/restore", ask, &restored)
	require.Equal(t, first, restored)
	ana.refused(protocol.CodeInvalidInput, http.MethodPost, path+"/restore", ask)
	require.Equal(t, r1.Rev, ana.history(room, "?limit=1").Changes[0].Restored)

	var undone struct{ Rev int64 }
	ana.ok(http.MethodPost, path+"/history/"+id+"/undo", map[string]string{"id": protocol.NewID()}, &undone)
	require.Greater(t, undone.Rev, first.Rev)
	require.Equal(t, map[string]map[string]any{o: {"text": "other"}}, ana.records(room, ""), "a restore is taken back like anything else")
	require.Equal(t, id, ana.history(room, "?limit=1").Changes[0].Undo)
}

func TestVersionsNameRevisions(t *testing.T) {
	h := build(t, plan{})
	ana, ben := h.guest("Ana"), h.guest("Ben")
	room := ana.room(false)
	path := "/v1/rooms/" + room + "/versions"
	type version struct {
		ID, Name, Author string
		AuthorName       string `json:"author_name"`
		Rev, At          int64
	}
	ana.refused(protocol.CodeInvalidInput, http.MethodPost, path, map[string]any{"name": "Nothing yet"})
	a, _ := ana.join(room)
	r1 := a.change(1, note("first"))
	r2 := a.change(2, note("second"))
	var newest, first version
	id := protocol.NewID()
	ana.ok(http.MethodPost, path, map[string]any{"id": id, "name": "Second"}, &newest)
	require.Equal(t, version{ID: id, Name: "Second", Author: ana.id, AuthorName: "Ana", Rev: r2.Rev, At: newest.At}, newest)
	require.Positive(t, newest.At)
	ben.ok(http.MethodPost, path, map[string]any{"name": "First", "rev": r1.Rev}, &first)
	var again version
	ana.ok(http.MethodPost, path, map[string]any{"id": id, "name": "Second"}, &again)
	require.Equal(t, newest, again, "the same id again is the same version, whatever is the newest revision by now")
	var list struct{ Versions []version }
	ben.ok(http.MethodGet, path, nil, &list)
	require.Equal(t, []version{newest, first}, list.Versions)
	res, _ := ana.do(ana.request(http.MethodPost, path, map[string]any{"name": "Third"}))
	require.Equal(t, http.StatusCreated, res.StatusCode)

	for name, body := range map[string]any{
		"another version has the id":  map[string]any{"id": id, "name": "Other"},
		"a record has the id":         map[string]any{"id": first.ID, "name": "First"},
		"no name":                     map[string]any{"rev": 1},
		"a long name":                 map[string]any{"name": strings.Repeat("x", 101)},
		"revision 0":                  map[string]any{"name": "x", "rev": 0},
		"a revision that is not made": map[string]any{"name": "x", "rev": 1000},
	} {
		t.Run(name, func(*testing.T) { ana.refused(protocol.CodeInvalidInput, http.MethodPost, path, body) })
	}
}

func TestHistoryCallsAreStrict(t *testing.T) {
	h := build(t, plan{})
	ana := h.guest("Ana")
	room := ana.room(false)
	path := "/v1/rooms/" + room
	a, _ := ana.join(room)
	a.change(1, note("first"))
	some := protocol.NewID()
	for name, tt := range map[string]struct {
		method, path string
		body         any
		code         protocol.Code
		field        string
	}{
		"a page of nothing":          {http.MethodGet, "/history?limit=0", nil, protocol.CodeInvalidInput, "limit:"},
		"a large page":               {http.MethodGet, "/history?limit=201", nil, protocol.CodeInvalidInput, "limit:"},
		"before nothing":             {http.MethodGet, "/history?before=x", nil, protocol.CodeInvalidInput, "before:"},
		"history of no record":       {http.MethodGet, "/history?record=x", nil, protocol.CodeInvalidInput, "record:"},
		"history of no branch":       {http.MethodGet, "/history?branch=x", nil, protocol.CodeInvalidInput, "branch:"},
		"no points":                  {http.MethodGet, "/diff", nil, protocol.CodeInvalidInput, "a:"},
		"one point":                  {http.MethodGet, "/diff?a=main", nil, protocol.CodeInvalidInput, "b:"},
		"a point without a revision": {http.MethodGet, "/diff?a=main&b=main@", nil, protocol.CodeInvalidInput, "b:"},
		"a point before the first":   {http.MethodGet, "/diff?a=main&b=main@-1", nil, protocol.CodeInvalidInput, "b:"},
		"a point beyond the head":    {http.MethodGet, "/diff?a=main&b=main@99", nil, protocol.CodeInvalidInput, "b:"},
		"a point on no branch":       {http.MethodGet, "/diff?a=main&b=" + some, nil, protocol.CodeNotFound, "no branch"},
		"a revision beyond the head": {http.MethodGet, "/records?rev=99", nil, protocol.CodeInvalidInput, "rev:"},
		"a revision that is none":    {http.MethodGet, "/records?rev=-1", nil, protocol.CodeInvalidInput, "rev:"},
		"undo of no change":          {http.MethodPost, "/history/" + some + "/undo", nil, protocol.CodeNotFound, "no change"},
		"undo of no id":              {http.MethodPost, "/history/x/undo", nil, protocol.CodeInvalidInput, "change:"},
		"undo as no id":              {http.MethodPost, "/history/" + some + "/undo", map[string]string{"id": "x"}, protocol.CodeInvalidInput, "id:"},
		"restoring nothing":          {http.MethodPost, "/restore", map[string]any{}, protocol.CodeInvalidInput, "rev:"},
		"restoring what is to come":  {http.MethodPost, "/restore", map[string]any{"rev": 99}, protocol.CodeInvalidInput, "99"},
		"restoring no records":       {http.MethodPost, "/restore", map[string]any{"rev": 1, "records": []string{"x"}}, protocol.CodeInvalidInput, "records:"},
		"a body that is too large":   {http.MethodPost, "/restore", `{"id":"` + strings.Repeat("x", 1<<20) + `"}`, protocol.CodePayloadTooLarge, ""},
	} {
		t.Run(name, func(t *testing.T) {
			e := ana.refused(tt.code, tt.method, path+tt.path, tt.body)
			require.Contains(t, e.Message, tt.field)
		})
	}
}
