package chat_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"atelier/hub/spoken"
	"atelier/hub/spoken/chat"
	"atelier/protocol"
)

const (
	picture = "00000000-0000-7000-8000-000000000001"
	note    = "00000000-0000-7000-8000-000000000002"
	made    = "00000000-0000-7000-8000-000000000003"
	night   = "00000000-0000-7000-8000-00000000000a"
	harbour = "00000000-0000-7000-8000-00000000000c"
	file    = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
)

func room() spoken.Context {
	return spoken.Context{
		Selection: []spoken.Item{{ID: picture, Kind: "image", Asset: file}, {ID: note, Kind: "note"}},
		Last:      &spoken.Item{ID: made, Kind: "image", Asset: file},
		Members:   []spoken.Member{{M: 1, Name: "Zoë"}, {M: 3, Name: "Ana"}},
		Self:      1,
		Branches:  []spoken.Branch{{ID: night, Name: "Night"}},
		Jobs:      []spoken.Job{{ID: harbour, State: protocol.JobQueued, Prompt: "A harbour"}},
	}
}

// asked is a question as the endpoint gets it.
type asked struct {
	path, key string
	body      struct {
		Model    string
		Messages []struct{ Role, Content string }
		Format   struct {
			Type   string
			Schema struct {
				Strict bool
				Schema map[string]any
			} `json:"json_schema"`
		} `json:"response_format"`
	}
}

// endpoint serves a handler, and a client asks it.
func endpoint(t *testing.T, cfg chat.Config, serve http.HandlerFunc) *chat.Client {
	t.Helper()
	server := httptest.NewServer(serve)
	cfg.URL, cfg.Model = server.URL+"/v1/", "small"
	c, err := chat.New(cfg)
	require.NoError(t, err)
	t.Cleanup(func() { c.Close(); server.Close() })
	return c
}

// says answers as an assistant does.
func says(content string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(w).Encode(map[string]any{"choices": []any{map[string]any{"message": map[string]any{"role": "assistant", "content": content}}}})
	}
}

func TestTheEndpointIsAskedWithASchemaAndReferences(t *testing.T) {
	got := make(chan asked, 1)
	c := endpoint(t, chat.Config{Key: "secret"}, func(w http.ResponseWriter, r *http.Request) {
		a := asked{path: r.Method + " " + r.URL.Path, key: r.Header.Get("Authorization")}
		text, _ := io.ReadAll(r.Body)
		if err := json.Unmarshal(text, &a.body); err != nil {
			a.path = err.Error()
		}
		got <- a
		says(`{"do":"remix","of":["r1"],"transform":"edit","prompt":"dunkler","kind":null,"count":1}`)(w, r)
	})
	cmd, err := c.Interpret(t.Context(), "mach es dunkler", room())
	require.NoError(t, err)
	require.Equal(t, spoken.Command{
		Do: spoken.Remix, Of: []string{picture}, Transform: "edit", Prompt: "dunkler", Count: 1, Say: "Changing the image: dunkler.", Guessed: true,
	}, cmd)
	a := <-got
	require.Equal(t, []string{"POST /v1/chat/completions", "Bearer secret", "small"}, []string{a.path, a.key, a.body.Model})
	require.Equal(t, "system", a.body.Messages[0].Role)
	told := a.body.Messages[1].Content
	require.JSONEq(t, `{"said":"mach es dunkler","about":{
		"selection":[{"ref":"r1","kind":"image","file":true},{"ref":"r2","kind":"note","file":false}],"last_result":{"ref":"r3","kind":"image","file":true},
		"members":[{"ref":"m3","name":"Ana"}],"branches":[{"ref":"b1","name":"Night"}],"branch_shown":"main",
		"jobs":[{"ref":"j1","state":"queued","prompt":"A harbour"}],"in_call":false}}`, told)
	require.NotContains(t, told, picture, "no ids leave the server")
	require.Equal(t, "json_schema", a.body.Format.Type)
	require.True(t, a.body.Format.Schema.Strict)
	schema := a.body.Format.Schema.Schema
	properties, _ := schema["properties"].(map[string]any)
	require.Len(t, schema["required"], len(properties))
	require.Equal(t, false, schema["additionalProperties"])
	of, _ := properties["of"].(map[string]any)
	require.Equal(t, map[string]any{"type": "string", "enum": []any{"r1", "r2", "r3"}}, of["items"])
	do, _ := properties["do"].(map[string]any)
	require.Contains(t, do["enum"], "none")
	require.Contains(t, do["enum"], "generate")
	require.NotContains(t, do["enum"], "yes")
}

func TestWhatTheEndpointAnswersIsACommandOrNothing(t *testing.T) {
	for content, want := range map[string]spoken.Command{
		`{"do":"generate","kind":"image","prompt":"ein Leuchtturm"}`: {Do: spoken.Generate, Kind: "image", Prompt: "ein Leuchtturm", Count: 1},
		`{"do":"delete","of":["r1","r2"]}`:                           {Do: spoken.Delete, Of: []string{picture, note}, Confirm: true},
		`{"do":"zoom","to":"member","member":"m3","of":null}`:        {Do: spoken.Zoom, To: "member", Member: 3},
		`{"do":"go_branch","branch":"b1","kind":"image"}`:            {Do: spoken.GoBranch, Branch: night},
		`{"do":"go_branch","branch":"main"}`:                         {Do: spoken.GoBranch, Branch: "main"},
		`{"do":"cancel","job":"j1"}`:                                 {Do: spoken.Cancel, Job: harbour},
		`{"do":"undo"}`:                                              {Do: spoken.Undo, Times: 1},
	} {
		t.Run(content, func(t *testing.T) {
			cmd, err := endpoint(t, chat.Config{}, says(content)).Interpret(t.Context(), "x", room())
			require.NoError(t, err)
			require.NotEmpty(t, cmd.Say)
			want.Say, want.Guessed = cmd.Say, true
			require.Equal(t, want, cmd)
		})
	}
	for name, content := range map[string]string{
		"none":                  `{"do":"none"}`,
		"no such command":       `{"do":"format_disk"}`,
		"answers for somebody":  `{"do":"yes"}`,
		"a record of nobody":    `{"do":"delete","of":["r9"]}`,
		"an id":                 `{"do":"delete","of":["` + picture + `"]}`,
		"an empty reference":    `{"do":"delete","of":[""]}`,
		"twice the same":        `{"do":"delete","of":["r1","r1"]}`,
		"oneself":               `{"do":"follow","member":"m1"}`,
		"a member of nobody":    `{"do":"mute_member","member":"m7"}`,
		"a note is no picture":  `{"do":"remix","of":["r2"],"transform":"edit","prompt":"darker","count":1}`,
		"an edit of nothing":    `{"do":"remix","of":["r1"],"transform":"edit","count":1}`,
		"too many":              `{"do":"generate","kind":"image","prompt":"x","count":900}`,
		"no prompt":             `{"do":"generate","kind":"image","count":1}`,
		"a long prompt":         `{"do":"generate","kind":"image","count":1,"prompt":"` + strings.Repeat("x", 501) + `"}`,
		"another kind":          `{"do":"generate","kind":"note","prompt":"x","count":1}`,
		"a job of nobody":       `{"do":"cancel","job":"j2"}`,
		"muted without a call":  `{"do":"mute"}`,
		"zoom to nobody":        `{"do":"zoom","to":"member"}`,
		"select where one goes": `{"do":"select","to":"in"}`,
	} {
		t.Run(name, func(t *testing.T) {
			_, err := endpoint(t, chat.Config{}, says(content)).Interpret(t.Context(), "x", room())
			require.Equal(t, protocol.CodeInvalidInput, protocol.CodeOf(err), "%v", err)
		})
	}
}

func TestFaultsOfTheEndpointAreFaults(t *testing.T) {
	for name, serve := range map[string]http.HandlerFunc{
		"no JSON":       func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<html>") },
		"no choices":    func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `{"choices":[]}`) },
		"words":         says("Sure! I will undo that."),
		"other fields":  says(`{"do":"undo","times":1,"then":"delete"}`),
		"two commands":  says(`{"do":"undo","times":1}{"do":"redo","times":1}`),
		"status":        func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", http.StatusInternalServerError) },
		"without a key": func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", http.StatusUnauthorized) },
		"endless":       says(`{"do":"undo","times":1}` + strings.Repeat(" ", 70<<10)),
	} {
		t.Run(name, func(t *testing.T) {
			_, err := endpoint(t, chat.Config{}, serve).Interpret(t.Context(), "x", room())
			require.Equal(t, protocol.CodeInternal, protocol.CodeOf(err), "%v", err)
		})
	}
}

func TestTheKeyFollowsNoRedirect(t *testing.T) {
	elsewhere := make(chan string, 1)
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		elsewhere <- r.Header.Get("Authorization")
		says(`{"do":"undo","times":1}`)(w, r)
	}))
	t.Cleanup(other.Close)
	c := endpoint(t, chat.Config{Key: "secret"}, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, other.URL, http.StatusTemporaryRedirect)
	})
	_, err := c.Interpret(t.Context(), "x", room())
	require.ErrorContains(t, err, "307")
	require.Empty(t, elsewhere)
}

func TestAnEndpointThatDoesNotAnswerIsGivenUp(t *testing.T) {
	release := make(chan struct{})
	c := endpoint(t, chat.Config{Timeout: 50 * time.Millisecond}, func(http.ResponseWriter, *http.Request) { <-release })
	_, err := c.Interpret(t.Context(), "x", room())
	close(release)
	require.ErrorIs(t, err, context.DeadlineExceeded)
}

func TestBeyondAFewQuestionsNobodyWaits(t *testing.T) {
	came, release := make(chan struct{}), make(chan struct{})
	c := endpoint(t, chat.Config{AtOnce: 2}, func(w http.ResponseWriter, r *http.Request) {
		came <- struct{}{}
		<-release
		says(`{"do":"undo","times":1}`)(w, r)
	})
	answered := make(chan error, 2)
	for range 2 {
		go func() {
			_, err := c.Interpret(t.Context(), "x", room())
			answered <- err
		}()
		<-came
	}
	_, err := c.Interpret(t.Context(), "x", room())
	require.Equal(t, protocol.CodeUnavailable, protocol.CodeOf(err))
	close(release)
	require.NoError(t, errors.Join(<-answered, <-answered))
}

// What the model is told is bounded, whatever the room is like.
func TestALargeRoomIsToldInPart(t *testing.T) {
	about := spoken.Context{}
	for i := range 500 {
		about.Members = append(about.Members, spoken.Member{M: uint32(i + 1), Name: strings.Repeat("ü", 200)})
	}
	for i := range 256 {
		about.Selection = append(about.Selection, spoken.Item{ID: fmt.Sprintf("00000000-0000-7000-8000-%012d", i), Kind: "note"})
	}
	length := make(chan int64, 1)
	c := endpoint(t, chat.Config{}, func(w http.ResponseWriter, r *http.Request) {
		length <- r.ContentLength
		says(`{"do":"delete","of":["r32"]}`)(w, r)
	})
	cmd, err := c.Interpret(t.Context(), "x", about)
	require.NoError(t, err)
	require.Equal(t, []string{about.Selection[31].ID}, cmd.Of)
	require.Less(t, <-length, int64(64<<10))
}
