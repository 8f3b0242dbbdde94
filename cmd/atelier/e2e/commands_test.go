package e2e

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"atelier/client"
)

// The flags reach the endpoint: what the grammar does not understand is asked there, with the key.
func TestCommandsBeyondTheGrammarGoToTheEndpoint(t *testing.T) {
	asked := make(chan string, 10)
	endpoint := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		asked <- r.Header.Get("Authorization") + " " + string(body)
		_, _ = io.WriteString(w, `{"choices":[{"message":{"content":"{\"do\":\"zoom\",\"to\":\"out\"}"}}]}`)
	}))
	t.Cleanup(endpoint.Close)
	t.Setenv("ATELIER_COMMANDS_KEY", "secret")
	_, addr := serve(t, t.TempDir(), "--commands-url="+endpoint.URL, "--commands-model=small")
	ana, err := client.NewAPI("http://"+addr, client.Identity{}, nil)
	require.NoError(t, err)
	_, err = ana.Guest(soon(t), "Ana")
	require.NoError(t, err)
	room, err := ana.CreateRoom(soon(t), "Room")
	require.NoError(t, err)

	require.JSONEq(t, `{"do":"undo","times":2,"say":"Undoing 2 times."}`, say(t, addr, ana, room.ID, "undo twice"))
	require.Empty(t, asked)
	require.JSONEq(t, `{"do":"zoom","to":"out","say":"Zooming out.","guessed":true}`, say(t, addr, ana, room.ID, "weiter weg bitte"))
	got := <-asked
	require.True(t, strings.HasPrefix(got, "Bearer secret {"), got)
	require.Contains(t, got, "weiter weg bitte")
	require.Contains(t, got, `"model":"small"`)
}

func say(t *testing.T, addr string, who *client.API, room, text string) string {
	t.Helper()
	body, err := json.Marshal(map[string]string{"text": text})
	require.NoError(t, err)
	req, err := http.NewRequestWithContext(soon(t), http.MethodPost, "http://"+addr+"/v1/rooms/"+room+"/commands", strings.NewReader(string(body)))
	require.NoError(t, err)
	req.Header.Set("Cookie", "atelier="+who.Cookie())
	res, err := http.DefaultTransport.RoundTrip(req)
	require.NoError(t, err)
	defer func() { _ = res.Body.Close() }()
	answer, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, res.StatusCode, "%s", answer)
	return strings.TrimSpace(string(answer))
}
