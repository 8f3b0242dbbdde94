package client_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"atelier/client"
	"atelier/protocol"
)

// asked is a request as an HTTP server got it.
type asked struct {
	line string // method, path and query
	body map[string]any
}

// answering is an API of a server that gives answers in order, and the requests that it got; a 4xx status comes before
// its answer.
func answering(t *testing.T, status int, answers ...string) (*client.API, *[]asked) {
	t.Helper()
	var got []asked
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a := asked{line: r.Method + " " + r.URL.RequestURI()}
		if r.Method != http.MethodGet {
			_ = json.NewDecoder(r.Body).Decode(&a.body)
		}
		got = append(got, a)
		answer := "null"
		if len(got) <= len(answers) {
			answer = answers[len(got)-1]
		}
		w.WriteHeader(status)
		_, _ = w.Write([]byte(answer))
	}))
	t.Cleanup(s.Close)
	api, err := client.NewAPI(s.URL, client.Identity{Key: "atl_key"}, nil)
	require.NoError(t, err)
	return api, &got
}

func TestHistoryReadsPageByPageAndNoFurtherThanAsked(t *testing.T) {
	t.Parallel()
	pages := []string{
		`{"changes":[{"rev":9,"id":"i","branch":"b","user_name":"Ana","merged":"m","omitted":2,"writes":[
		  {"branch":"b","record":"r","kind":"note","prop":"text","before":null,"after":"a","words":[{"op":"new","text":"a"}]}]},{"rev":8}],"next":8}`,
		`{"changes":[],"next":5}`, `{"changes":[{"rev":2}]}`,
	}
	api, got := answering(t, http.StatusOK, pages...)
	var revs []int64
	for e, err := range api.History(soon(t), "ro om", client.HistoryQuery{Branch: client.Main, Limit: 2, User: "u", Record: "r"}) {
		require.NoError(t, err)
		revs = append(revs, e.Rev)
		if e.Rev == 9 {
			require.Equal(t, client.HistoryEntry{
				Rev: 9, ID: "i", Branch: "b", UserName: "Ana", Merged: "m", Omitted: 2, Writes: []client.HistoryWrite{{
					Branch: "b", Record: "r", Kind: protocol.KindNote, Prop: "text", Before: protocol.Nil, After: text("a"),
					Words: []client.Words{{Op: "new", Text: "a"}},
				}},
			}, e)
		}
	}
	require.Equal(t, []int64{9, 8, 2}, revs, "an empty page is not the end")
	require.Equal(t, []asked{
		{line: "GET /v1/rooms/ro%20om/history?branch=main&limit=2&record=r&user=u"},
		{line: "GET /v1/rooms/ro%20om/history?before=8&branch=main&limit=2&record=r&user=u"},
		{line: "GET /v1/rooms/ro%20om/history?before=5&branch=main&limit=2&record=r&user=u"},
	}, *got)

	api, got = answering(t, http.StatusOK, pages...)
	for _, err := range api.History(soon(t), "room", client.HistoryQuery{}) {
		require.NoError(t, err)
		break
	}
	require.Len(t, *got, 1)
}

func TestAnErrorIsTheLastThingThatHistoryGives(t *testing.T) {
	t.Parallel()
	api, got := answering(t, http.StatusForbidden, `{"code":"FORBIDDEN","message":"no"}`)
	n := 0
	for e, err := range api.History(soon(t), "room", client.HistoryQuery{}) {
		n++
		require.Zero(t, e.Rev)
		require.Equal(t, protocol.CodeForbidden, protocol.CodeOf(err))
	}
	require.Equal(t, 1, n)
	require.Len(t, *got, 1)
}

func TestCallsThatWriteSayTheirIDAndWhatTheyAreAskedFor(t *testing.T) {
	t.Parallel()
	api, got := answering(t, http.StatusOK)
	ctx, no := soon(t), false
	resolve := []protocol.Resolution{{Record: "r", Choice: protocol.ChooseBoth}}
	_, errs := api.CreateBranch(ctx, "room", client.NewBranch{ID: "b", Name: "n"})
	_, err := api.MoveSession(ctx, "room", "s", client.NewBranch{ID: "b"})
	errs = errors.Join(errs, err)
	_, err = api.UpdateBranch(ctx, "room", "b", client.BranchPatch{Archived: &no})
	errs = errors.Join(errs, err)
	_, err = api.Merge(ctx, "room", "b", &client.MergeOptions{ID: "i", Records: []string{"r"}, Resolve: resolve})
	errs = errors.Join(errs, err)
	_, err = api.Undo(ctx, "room", "c", "i")
	errs = errors.Join(errs, err)
	_, err = api.Restore(ctx, "room", 7, "i", "r")
	errs = errors.Join(errs, err)
	_, err = api.NameVersion(ctx, "room", client.Version{ID: "i", Name: "n", Rev: 3})
	require.NoError(t, errors.Join(errs, err))
	require.Equal(t, []asked{
		{"POST /v1/rooms/room/branches", map[string]any{"id": "b", "name": "n"}},
		{"POST /v1/rooms/room/branches", map[string]any{"id": "b", "move": map[string]any{"session": "s"}}},
		{"PATCH /v1/rooms/room/branches/b", map[string]any{"archived": false}},
		{"POST /v1/rooms/room/merges", map[string]any{
			"id": "i", "branch": "b", "records": []any{"r"}, "resolve": []any{[]any{"r", "", "both"}},
		}},
		{"POST /v1/rooms/room/history/c/undo", map[string]any{"id": "i"}},
		{"POST /v1/rooms/room/restore", map[string]any{"id": "i", "rev": 7.0, "records": []any{"r"}}},
		{"POST /v1/rooms/room/versions", map[string]any{"id": "i", "name": "n", "rev": 3.0}},
	}, *got)

	_, err = api.Undo(ctx, "room", "c", "")
	require.NoError(t, err)
	require.True(t, protocol.ValidID((*got)[7].body["id"].(string)))
}

func TestPointsAreSaidAsTheServerReadsThem(t *testing.T) {
	t.Parallel()
	api, got := answering(t, http.StatusOK)
	_, err := api.Diff(soon(t), "room", client.Point{}, client.Point{Branch: "b", Rev: 4})
	require.NoError(t, err)
	_, _, err = api.RecordsAt(soon(t), "room", client.Point{Branch: "b", Rev: 4})
	require.NoError(t, err)
	require.Equal(t, []asked{
		{line: "GET /v1/rooms/room/diff?a=main&b=b%404"}, {line: "GET /v1/rooms/room/records?branch=b&rev=4"},
	}, *got)
	require.Equal(t, "main@3", client.Point{Rev: 3}.String())
}

func TestADiffTellsNoValueFromNoBase(t *testing.T) {
	t.Parallel()
	api, _ := answering(t, http.StatusOK, `{"a":{"branch":"","rev":3},"b":{"branch":"b","rev":4},"records":[{"record":"r","kind":"note",
		"props":[{"prop":"text","base":null,"a":null,"b":"x"},{"prop":"x","a":1,"b":2.5}]}]}`)
	diff, err := api.Diff(soon(t), "room", client.Point{}, client.Point{Branch: "b"})
	require.NoError(t, err)
	require.Equal(t, client.Diff{
		A: client.Point{Rev: 3}, B: client.Point{Branch: "b", Rev: 4},
		Records: []client.RecordDiff{{Record: "r", Kind: protocol.KindNote, Props: []client.PropDiff{
			{Prop: "text", Base: protocol.Nil, A: protocol.Nil, B: text("x")},
			{Prop: "x", A: protocol.Int(1), B: protocol.Number(2.5)},
		}}},
	}, diff)
}

func TestConflictsOverHTTPAreTyped(t *testing.T) {
	t.Parallel()
	const refusal = `{"code":"CONFLICT","message":"no","details":{"conflicts":[{"record":"r","prop":"seed","rev":4,"theirs":3,"user":"ben"}]}}`
	api, _ := answering(t, http.StatusConflict, refusal, refusal, refusal)
	_, merge := api.Merge(soon(t), "room", "b", nil)
	_, undo := api.Undo(soon(t), "room", "c", "")
	_, restore := api.Restore(soon(t), "room", 3, "")
	for _, err := range []error{merge, undo, restore} {
		conflict, ok := errors.AsType[*client.ConflictError](err)
		require.True(t, ok, "%v", err)
		require.Equal(t, []protocol.CellConflict{{Record: "r", Prop: "seed", Rev: 4, Theirs: protocol.Int(3), User: "ben"}}, conflict.Conflicts)
		require.Equal(t, protocol.CodeConflict, protocol.CodeOf(err))
	}
}
