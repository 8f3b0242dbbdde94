package e2e

import (
	"bytes"
	"encoding/json"
	"image"
	"image/color"
	"image/png"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"atelier/client"
	"atelier/generation"
	"atelier/protocol"
)

// sunset is a picture of somebody's own.
func sunset(t *testing.T) []byte {
	t.Helper()
	pic := image.NewNRGBA(image.Rect(0, 0, 96, 64))
	for y := range 64 {
		for x := range 96 {
			pic.SetNRGBA(x, y, color.NRGBA{R: uint8(250 - y), G: uint8(120 + x/2), B: uint8(60 + 2*y), A: 255})
		}
	}
	var out bytes.Buffer
	require.NoError(t, png.Encode(&out, pic))
	return out.Bytes()
}

// One request turns a photo into music, both into a film, and the film into words; all of it tells what it came from, to
// whoever has the link, until it is revoked.
func TestAPhotoBecomesAFilmWithMusicAndWordsInOneRequest(t *testing.T) {
	_, addr := serve(t, t.TempDir())
	url := "http://" + addr
	ana := guest(t, url, "Ana")
	id := newRoom(t, ana)
	room := enter(t, url, id, ana)
	data := sunset(t)
	photo, err := ana.PutAsset(soon(t), bytes.NewReader(data), int64(len(data)))
	require.NoError(t, err)

	req := protocol.JobRequest{
		ID: protocol.NewID(), Kind: "audio", Transform: "soundtrack", Prompt: "a calm evening", Inputs: []string{photo.ID},
		Params: map[string]any{"seconds": 4},
		Then: []protocol.Step{
			{Kind: "video", Transform: "animate", From: []int{-1, 0}, Params: map[string]any{"seconds": 4}},
			{Kind: "text", Transform: "describe"},
		},
	}
	first, err := ana.Enqueue(soon(t), id, req)
	require.NoError(t, err)
	again, err := ana.Enqueue(soon(t), id, req)
	require.NoError(t, err)
	require.Equal(t, first.ID, again.ID, "asked once")
	var made []protocol.Job
	for step := range 3 {
		job, err := room.AwaitJob(soon(t), generation.StepID(req.ID, step))
		require.NoError(t, err)
		require.Equal(t, protocol.JobSucceeded, job.State, "%v", job.Error)
		made = append(made, job)
	}
	music, film, words := made[0].Results[0], made[1].Results[0], made[2].Results[0]
	require.Equal(t, []string{photo.ID, music.Asset}, made[1].Inputs)
	require.EqualValues(t, 4000, music.DurationMS)
	require.InDelta(t, 4000, film.DurationMS, 150)
	require.Positive(t, film.Width)
	require.NotEmpty(t, words.Text)

	tree, err := ana.Lineage(soon(t), id, words.Asset, &client.Reach{Up: 8})
	require.NoError(t, err)
	var family []string
	for _, n := range tree.Nodes {
		family = append(family, n.Asset)
	}
	require.ElementsMatch(t, []string{words.Asset, film.Asset, music.Asset, photo.ID}, family)
	whole := 0.0
	for _, s := range tree.Sources {
		whole += s.Share
	}
	require.InDelta(t, 1, whole, 1e-9)

	share, link, err := ana.Share(soon(t), id, words.Asset, nil)
	require.NoError(t, err)
	list, err := ana.Shares(soon(t), id)
	require.NoError(t, err)
	require.Equal(t, []client.Share{share}, list)
	require.Equal(t, client.Reach{Up: 16, Down: 16}, share.Reach)
	var public client.Lineage
	require.Equal(t, http.StatusOK, visit(t, link, &public))
	require.Len(t, public.Nodes, 4)
	require.NoError(t, ana.Revoke(soon(t), id, share.ID))
	require.Equal(t, http.StatusNotFound, visit(t, link, nil))
}

// visit opens the data behind a link as anybody.
func visit(t *testing.T, link string, into any) int {
	t.Helper()
	address := strings.Replace(link, "/shared/", "/v1/shared/", 1)
	req, err := http.NewRequestWithContext(soon(t), http.MethodGet, address, http.NoBody)
	require.NoError(t, err)
	res, err := (&http.Client{Timeout: patience}).Do(req)
	require.NoError(t, err)
	defer res.Body.Close() //nolint:errcheck // read
	if into != nil {
		require.NoError(t, json.NewDecoder(res.Body).Decode(into))
	}
	return res.StatusCode
}
