package hub_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"atelier/hub"
	"atelier/hub/spoken"
	"atelier/protocol"
)

func said(text string) map[string]any { return map[string]any{"text": text} }

// tally counts by what commands were understood.
type tally struct {
	counts

	mu sync.Mutex
	by map[string]int
}

func (c *tally) Understood(by string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.by[by]++
}

// interpreter answers as it is told to, and remembers what it was asked.
type interpreter struct {
	cmd   spoken.Command
	err   error
	mu    sync.Mutex
	asked []string
}

func (i *interpreter) Interpret(_ context.Context, text string, _ spoken.Context) (spoken.Command, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.asked = append(i.asked, text)
	return i.cmd, i.err
}

func TestWhatIsSaidBecomesACommand(t *testing.T) {
	h := build(t, plan{})
	ana := h.guest("Ana")
	room := ana.room(false)
	record, asset := protocol.NewID(), strings.Repeat("a", 64)
	var cmd spoken.Command
	ana.ok(http.MethodPost, "/v1/rooms/"+room+"/commands", map[string]any{
		"text":    "Could you make it darker, please?",
		"context": map[string]any{"selection": []any{map[string]any{"id": record, "kind": "image", "asset": asset}}},
	}, &cmd)
	require.Equal(t, spoken.Command{
		Do: spoken.Remix, Of: []string{record}, Transform: "edit", Prompt: "darker", Count: 1, Say: "Changing the image: darker.",
	}, cmd)

	e := ana.refused(protocol.CodeInvalidInput, http.MethodPost, "/v1/rooms/"+room+"/commands", said("make it darker"))
	details, err := json.Marshal(e.Details)
	require.NoError(t, err)
	require.JSONEq(t, `{"reason":"nothing_meant"}`, string(details))
	require.Contains(t, e.Message, "select")
}

func TestWhoMaySeeARoomMaySpeakInIt(t *testing.T) {
	h := build(t, plan{})
	owner := h.as(protocol.RoleOwner)
	room, private := owner.room(false), owner.room(true)
	for _, role := range []protocol.Role{protocol.RoleViewer, protocol.RoleCommenter, protocol.RoleEditor} {
		somebody := h.as(role)
		somebody.ok(http.MethodPost, "/v1/rooms/"+room+"/commands", said("zoom out"), nil)
		somebody.refused(protocol.CodeNotFound, http.MethodPost, "/v1/rooms/"+private+"/commands", said("zoom out"))
		somebody.refused(protocol.CodeNotFound, http.MethodPost, "/v1/rooms/none/commands", said("zoom out"))
	}
	nobody := &person{house: h}
	nobody.refused(protocol.CodeAuthRequired, http.MethodPost, "/v1/rooms/"+room+"/commands", said("zoom out"))
}

func TestWhatIsSaidIsStrictlyRead(t *testing.T) {
	h := build(t, plan{})
	room := h.guest("Ana").room(false)
	id, long := protocol.NewID(), strings.Repeat("x", 201)
	many := make([]any, 501)
	for i := range many {
		many[i] = map[string]any{"m": i + 1, "name": "Ben"}
	}
	within := func(c any) map[string]any { return map[string]any{"text": "zoom out", "context": c} }
	list := func(field string, of ...any) any { return within(map[string]any{field: of}) }
	for name, body := range map[string]any{
		"no JSON":            `zoom out`,
		"empty":              ``,
		"another field":      `{"text":"zoom out","voice":true}`,
		"another of context": within(map[string]any{"mood": "good"}),
		"text is a number":   `{"text":1}`,
		"two values":         `{"text":"zoom out"} {}`,
		"no text":            `{}`,
		"silence":            said(" …\n"),
		"too long":           said(strings.Repeat("x ", 251)),
		"record without id":  list("selection", map[string]any{"kind": "note"}),
		"record of no kind":  list("selection", map[string]any{"id": id}),
		"odd asset":          list("selection", map[string]any{"id": id, "kind": "image", "asset": "file"}),
		"last without id":    within(map[string]any{"last": map[string]any{"kind": "image"}}),
		"member 0":           list("members", map[string]any{"m": 0, "name": "Ben"}),
		"long name":          list("members", map[string]any{"m": 1, "name": long}),
		"too many members":   list("members", many...),
		"odd branch":         list("branches", map[string]any{"id": "main", "name": "Main"}),
		"odd branch shown":   within(map[string]any{"branch": "night"}),
		"odd job":            list("jobs", map[string]any{"id": "1", "state": "queued"}),
		"odd state":          list("jobs", map[string]any{"id": id, "state": "lost"}),
	} {
		// Everybody speaks once: this is not about how often.
		t.Run(name, func(*testing.T) {
			h.guest(name).refused(protocol.CodeInvalidInput, http.MethodPost, "/v1/rooms/"+room+"/commands", body)
		})
	}
	h.guest("Long").refused(protocol.CodePayloadTooLarge, http.MethodPost, "/v1/rooms/"+room+"/commands", `{"text":"`+strings.Repeat("x", 1<<20)+`"}`)
}

func TestNobodySpeaksTooOften(t *testing.T) {
	now := time.Now()
	h := build(t, plan{hub: func(c *hub.Config) { c.Now = func() time.Time { return now } }})
	ana, ben := h.guest("Ana"), h.guest("Ben")
	room := ana.room(false)
	for range 20 {
		ana.ok(http.MethodPost, "/v1/rooms/"+room+"/commands", said("zoom out"), nil)
	}
	e := ana.refused(protocol.CodeRateLimited, http.MethodPost, "/v1/rooms/"+room+"/commands", said("zoom out"))
	require.EqualValues(t, 200, e.RetryAfterMS)
	ben.ok(http.MethodPost, "/v1/rooms/"+room+"/commands", said("zoom out"), nil)
}

func TestTheEndpointIsAskedForWhatTheGrammarDoesNotKnow(t *testing.T) {
	counted := &tally{by: map[string]int{}}
	guess := &interpreter{cmd: spoken.Command{Do: spoken.Undo, Times: 2, Say: "Undoing 2 times.", Guessed: true}}
	h := build(t, plan{hub: func(c *hub.Config) { c.Interpreter, c.Metrics = guess, counted }})
	ana := h.guest("Ana")
	path := "/v1/rooms/" + ana.room(false) + "/commands"

	var cmd spoken.Command
	ana.ok(http.MethodPost, path, said("zoom out"), &cmd)
	require.Equal(t, spoken.Zoom, cmd.Do)
	cmd = spoken.Command{}
	require.Empty(t, guess.asked, "the grammar knows")
	ana.refused(protocol.CodeInvalidInput, http.MethodPost, path, said("make it darker"))
	require.Empty(t, guess.asked, "understood, but nothing is meant")
	ana.ok(http.MethodPost, path, said("that was nonsense, both of it"), &cmd)
	require.Equal(t, guess.cmd, cmd)
	require.Equal(t, []string{"that was nonsense, both of it"}, guess.asked)

	for _, err := range []error{errors.New("no route to host"), protocol.Errorf(protocol.CodeUnavailable, "busy")} {
		guess.err = err
		e := ana.refused(protocol.CodeInvalidInput, http.MethodPost, path, said("that was nonsense"))
		require.Contains(t, e.Message, "I did not understand")
		require.NotContains(t, e.Message, "host")
	}
	require.Equal(t, map[string]int{"grammar": 1, "endpoint": 1, "nobody": 3}, counted.by)
}

func TestTheEndpointIsForThoseWhoMaySpend(t *testing.T) {
	guess := &interpreter{cmd: spoken.Command{Do: spoken.Undo, Times: 1, Say: "Undoing."}}
	h := build(t, plan{hub: func(c *hub.Config) { c.Interpreter = guess }})
	room := h.as(protocol.RoleOwner).room(false)
	for _, role := range []protocol.Role{protocol.RoleViewer, protocol.RoleCommenter} {
		h.as(role).refused(protocol.CodeInvalidInput, http.MethodPost, "/v1/rooms/"+room+"/commands", said("that was nonsense"))
	}
	require.Empty(t, guess.asked)
	h.as(protocol.RoleEditor).ok(http.MethodPost, "/v1/rooms/"+room+"/commands", said("that was nonsense"), nil)
	require.Len(t, guess.asked, 1)
}
