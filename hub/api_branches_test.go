package hub_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"atelier/protocol"
)

// branch is a branch as the API tells it.
type branch struct {
	ID, Name, Author, Session string
	AuthorName                string `json:"author_name"`
	At, Fork, Merged          int64
	ActiveAt                  int64 `json:"active_at"`
	Diverged, Archived        bool
	Records, Cells, Moved     int
	Rev                       int64
	Skipped                   []struct{ Record, Prop string }
}

func (p *person) branches(room string) []branch {
	p.house.t.Helper()
	var out struct{ Branches []branch }
	p.ok(http.MethodGet, "/v1/rooms/"+room+"/branches", nil, &out)
	return out.Branches
}

// records are what a room shows, by record and prop.
func (p *person) records(room, query string) map[string]map[string]any {
	p.house.t.Helper()
	var out struct {
		Records []struct {
			ID, Kind string
			Props    map[string]any
		}
	}
	p.ok(http.MethodGet, "/v1/rooms/"+room+"/records"+query, nil, &out)
	byID := make(map[string]map[string]any)
	for _, r := range out.Records {
		if r.Kind != "branch" && r.Kind != "version" {
			byID[r.ID] = r.Props
		}
	}
	return byID
}

func set(record, prop string, v protocol.Value) protocol.Write {
	return protocol.Write{Record: record, Prop: prop, Value: v}
}

func edit(base int64, branch string, writes ...protocol.Write) protocol.Change {
	return protocol.Change{ID: protocol.NewID(), Base: base, Branch: branch, Writes: writes}
}

func TestBranchesAreMadeWrittenAndMergedOverHTTP(t *testing.T) {
	h := build(t, plan{})
	ana, ben := h.guest("Ana"), h.guest("Ben")
	room := ana.room(false)
	path := "/v1/rooms/" + room
	c, _ := ana.join(room)
	made := note("first")
	r := c.change(1, made)
	n := made.Writes[0].Record

	id := protocol.NewID()
	var b branch
	ben.ok(http.MethodPost, path+"/branches", map[string]string{"id": id, "name": "Draft"}, &b)
	require.Equal(t, []string{id, "Draft"}, []string{b.ID, b.Name})
	var again branch
	ben.ok(http.MethodPost, path+"/branches", map[string]string{"id": id, "name": "Draft"}, &again)
	require.Equal(t, b, again, "the same id again gets the first answer")
	ben.refused(protocol.CodeInvalidInput, http.MethodPost, path+"/branches", map[string]string{"id": id, "name": "Other"})
	ana.ok(http.MethodPost, path+"/branches", map[string]string{}, &again)
	require.Regexp(t, `^Ana \d\d:\d\d$`, again.Name, "a branch without a name has its author's")

	c.change(2, edit(r.Rev, id, set(n, "x", protocol.Int(7)), set(n, "text", protocol.String("first draft"))))
	list := ana.branches(room)
	require.Len(t, list, 2)
	require.Equal(t, ben.id, list[0].Author)
	require.Equal(t, "Ben", list[0].AuthorName)
	require.Equal(t, []int{1, 2}, []int{list[0].Records, list[0].Cells})
	require.Equal(t, map[string]any{"text": "first draft", "x": 7.0}, ana.records(room, "?branch="+id)[n])
	require.Equal(t, map[string]any{"text": "first"}, ana.records(room, "?branch=main")[n])

	var patched branch
	ben.ok(http.MethodPatch, path+"/branches/"+id, map[string]any{"name": "Better", "archived": true}, &patched)
	require.Equal(t, "Better", patched.Name)
	require.True(t, patched.Archived)

	var merged struct{ Rev int64 }
	mergeID := protocol.NewID()
	ask := map[string]any{"id": mergeID, "branch": id}
	ben.ok(http.MethodPost, path+"/merges", ask, &merged)
	first := merged.Rev
	ben.ok(http.MethodPost, path+"/merges", ask, &merged)
	require.Equal(t, first, merged.Rev)
	require.Equal(t, map[string]any{"text": "first draft", "x": 7.0}, ana.records(room, "")[n])
	require.Equal(t, first, ana.branches(room)[0].Merged)

	ana.ok(http.MethodPost, path+"/history/"+mergeID+"/undo", nil, nil)
	require.Equal(t, map[string]any{"text": "first"}, ana.records(room, "")[n], "a merge is taken back like any change")
	require.Equal(t, 2, ana.branches(room)[0].Cells)
}

func TestAMergeTellsWhatItCannotDecide(t *testing.T) {
	h := build(t, plan{})
	ana, ben := h.guest("Ana"), h.guest("Ben")
	room := ana.room(false)
	a, _ := ana.join(room)
	b, _ := ben.join(room)
	p := protocol.NewID()
	made := a.change(1, edit(0, "", set(p, "kind", protocol.String("prompt")), set(p, "prompt", protocol.String("a fox"))))
	b.change(1, edit(made.Rev, "", set(p, "prompt", protocol.String("a red fox"))))
	theirs := set(p, "prompt", protocol.String("a blue fox"))
	theirs.Basis = protocol.String("a fox")
	diverged := a.change(2, edit(made.Rev, "", theirs))
	require.NotNil(t, diverged.Branched)
	id := diverged.Branched.Branch
	require.Regexp(t, `^Ana \d\d:\d\d$`, diverged.Branched.Name)

	var d struct {
		A, B    struct{ Branch string }
		Records []struct {
			Record, Kind string
			Props        []struct {
				Prop       string
				Base, A, B any
				Words      []struct{ Op, Text string }
			}
		}
	}
	ana.ok(http.MethodGet, "/v1/rooms/"+room+"/diff?a=main&b="+id, nil, &d)
	require.Equal(t, []string{"", id}, []string{d.A.Branch, d.B.Branch})
	require.Len(t, d.Records, 1)
	prop := d.Records[0].Props[0]
	require.Equal(t, []any{"prompt", "a fox", "a red fox", "a blue fox"}, []any{prop.Prop, prop.Base, prop.A, prop.B})
	require.NotEmpty(t, prop.Words)

	e := ben.refused(protocol.CodeConflict, http.MethodPost, "/v1/rooms/"+room+"/merges", map[string]any{"branch": id})
	require.Equal(t, map[string]any{"conflicts": []any{map[string]any{
		"record": p, "prop": "prompt", "rev": 2.0, "base": "a fox", "theirs": "a red fox", "mine": "a blue fox", "user": ben.id,
	}}}, e.Details)
	ben.ok(http.MethodPost, "/v1/rooms/"+room+"/merges", map[string]any{"branch": id, "resolve": [][]string{{p, "", "both"}}}, nil)
	prompts := map[any]bool{}
	for _, props := range ana.records(room, "") {
		prompts[props["prompt"]] = true
	}
	require.Equal(t, map[any]bool{"a red fox": true, "a blue fox": true}, prompts)
}

func TestASittingMovesToABranch(t *testing.T) {
	h := build(t, plan{})
	ana, ben := h.guest("Ana"), h.guest("Ben")
	room := ana.room(false)
	a, _ := ana.join(room)
	b, w := ben.join(room)
	made := note("first")
	n := made.Writes[0].Record
	r := a.change(1, made)
	b.change(1, edit(r.Rev, "", set(n, "x", protocol.Int(1)), set(n, "y", protocol.Int(1))))
	mine := note("second")
	r = b.change(2, mine)
	a.change(2, edit(r.Rev, "", set(n, "y", protocol.Int(2))))

	var moved branch
	id := protocol.NewID()
	body := map[string]any{"id": id, "name": "Mine", "move": map[string]string{"session": w.Self.Session}}
	ben.ok(http.MethodPost, "/v1/rooms/"+room+"/branches", body, &moved)
	require.Equal(t, 2, moved.Moved)
	require.Equal(t, []struct{ Record, Prop string }{{n, "y"}}, moved.Skipped)
	require.Equal(t, map[string]map[string]any{n: {"text": "first", "y": 2.0}}, ana.records(room, ""))
	require.Equal(t, map[string]map[string]any{
		n: {"text": "first", "x": 1.0, "y": 2.0}, mine.Writes[0].Record: {"text": "second"},
	}, ana.records(room, "?branch="+id))
	var again branch
	ben.ok(http.MethodPost, "/v1/rooms/"+room+"/branches", body, &again)
	require.Equal(t, moved, again)
	h.guest("Cy").refused(protocol.CodeNotFound, http.MethodPost, "/v1/rooms/"+room+"/branches", map[string]any{"move": map[string]any{}})
}

func TestBranchCallsAreStrictAndJudgedByTheRole(t *testing.T) {
	h := build(t, plan{})
	ana, viewer, commenter := h.guest("Ana"), h.as(protocol.RoleViewer), h.as(protocol.RoleCommenter)
	room := ana.room(false)
	path := "/v1/rooms/" + room
	var b branch
	ana.ok(http.MethodPost, path+"/branches", map[string]string{"name": "Draft"}, &b)
	res, _ := ana.do(ana.request(http.MethodPost, path+"/branches", map[string]string{}))
	require.Equal(t, http.StatusCreated, res.StatusCode)
	for _, call := range [][2]string{
		{http.MethodPost, "/branches"},
		{http.MethodPatch, "/branches/" + b.ID},
		{http.MethodPost, "/merges"},
		{http.MethodPost, "/restore"},
		{http.MethodPost, "/history/" + b.ID + "/undo"},
		{http.MethodPost, "/versions"},
	} {
		for _, who := range []*person{viewer, commenter} {
			who.refused(protocol.CodeForbidden, call[0], path+call[1], map[string]any{})
		}
	}
	viewer.ok(http.MethodGet, path+"/branches", nil, nil)

	long := strings.Repeat("x", 101)
	for name, tt := range map[string]struct {
		method, path string
		body         any
		code         protocol.Code
		field        string
	}{
		"an id that is none":            {http.MethodPost, "/branches", map[string]any{"id": "mine"}, protocol.CodeInvalidInput, "id:"},
		"a long name":                   {http.MethodPost, "/branches", map[string]any{"name": long}, protocol.CodeInvalidInput, "name:"},
		"a name that is none":           {http.MethodPost, "/branches", `{"name":5}`, protocol.CodeInvalidInput, "name"},
		"a field that is none":          {http.MethodPost, "/branches", `{"colour":"red"}`, protocol.CodeInvalidInput, "colour"},
		"no branch":                     {http.MethodPatch, "/branches/" + protocol.NewID(), map[string]any{"name": "x"}, protocol.CodeNotFound, "no branch"},
		"an empty new name":             {http.MethodPatch, "/branches/" + b.ID, map[string]any{"name": ""}, protocol.CodeInvalidInput, "name:"},
		"a long new name":               {http.MethodPatch, "/branches/" + b.ID, map[string]any{"name": long}, protocol.CodeInvalidInput, "name:"},
		"a merge of nothing":            {http.MethodPost, "/merges", map[string]any{}, protocol.CodeInvalidInput, "branch:"},
		"a merge of no branch":          {http.MethodPost, "/merges", map[string]any{"branch": protocol.NewID()}, protocol.CodeNotFound, "no branch"},
		"a record that is none":         {http.MethodPost, "/merges", map[string]any{"branch": b.ID, "records": []string{"x"}}, protocol.CodeInvalidInput, "records:"},
		"a resolution that is none":     {http.MethodPost, "/merges", map[string]any{"branch": b.ID, "resolve": [][]string{{"", ""}}}, protocol.CodeInvalidInput, "resolution"},
		"a choice that is none":         {http.MethodPost, "/merges", map[string]any{"branch": b.ID, "resolve": [][]string{{"", "", "mine"}}}, protocol.CodeInvalidInput, "choice"},
		"a branch in a query":           {http.MethodGet, "/records?branch=draft", nil, protocol.CodeInvalidInput, "branch:"},
		"a branch in a query not there": {http.MethodGet, "/records?branch=" + protocol.NewID(), nil, protocol.CodeNotFound, "no branch"},
	} {
		t.Run(name, func(t *testing.T) {
			e := ana.refused(tt.code, tt.method, path+tt.path, tt.body)
			require.Contains(t, e.Message, tt.field)
		})
	}
	stranger := h.guest("Eve")
	stranger.refused(protocol.CodeNotFound, http.MethodGet, "/v1/rooms/"+protocol.NewID()+"/branches", nil)
}
