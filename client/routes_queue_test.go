package client_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"atelier/client"
	"atelier/protocol"
)

func TestTheQueueOverHTTPSaysWhatItIsAskedFor(t *testing.T) {
	t.Parallel()
	api, got := answering(t, http.StatusOK)
	ctx, paused := soon(t), true
	_, errs := api.CancelJob(ctx, "room", "j")
	_, err := api.RetryJob(ctx, "room", "j")
	errs = errors.Join(errs, err)
	_, err = api.ApproveJob(ctx, "room", "j")
	errs = errors.Join(errs, err)
	_, err = api.MoveJob(ctx, "room", "j", "k")
	errs = errors.Join(errs, err)
	_, err = api.RateJob(ctx, "room", "j", 1, 0)
	errs = errors.Join(errs, err)
	_, err = api.PickResult(ctx, "room", "j", 2)
	errs = errors.Join(errs, err)
	_, err = api.SetQueue(ctx, "room", protocol.QueuePatch{Paused: &paused})
	errs = errors.Join(errs, err)
	_, err = api.ClearQueue(ctx, "room", "ana")
	errs = errors.Join(errs, err)
	_, _, err = api.Jobs(ctx, "room", 50)
	errs = errors.Join(errs, err)
	_, err = api.JobsAfter(ctx, "room", 7, 50)
	require.NoError(t, errors.Join(errs, err))
	require.Equal(t, []asked{
		{line: "POST /v1/rooms/room/jobs/j/cancel"},
		{line: "POST /v1/rooms/room/jobs/j/retry"},
		{line: "POST /v1/rooms/room/jobs/j/approve"},
		{"POST /v1/rooms/room/jobs/j/move", map[string]any{"before": "k"}},
		{"POST /v1/rooms/room/jobs/j/rate", map[string]any{"index": 1.0, "stars": 0.0}},
		{"POST /v1/rooms/room/jobs/j/rate", map[string]any{"index": 2.0, "pick": true}},
		{"PATCH /v1/rooms/room/queue", map[string]any{"paused": true}},
		{"POST /v1/rooms/room/queue/clear", map[string]any{"user": "ana"}},
		{line: "GET /v1/rooms/room/jobs?limit=50"},
		{line: "GET /v1/rooms/room/jobs?after=7&limit=50"},
	}, *got)
}

func TestARequestOverHTTPKeepsItsIDAndIsGivenOne(t *testing.T) {
	t.Parallel()
	api, got := answering(t, http.StatusOK)
	_, err := api.Enqueue(soon(t), "room", protocol.JobRequest{ID: "mine", Kind: "image", Weights: []float64{1, 2}, Mask: "m"})
	require.NoError(t, err)
	_, err = api.Enqueue(soon(t), "room", protocol.JobRequest{Kind: "image", Sweep: &protocol.Sweep{Param: "steps", Values: []any{1, 2}}})
	require.NoError(t, err)
	require.Equal(t, map[string]any{"id": "mine", "kind": "image", "prompt": "", "weights": []any{1.0, 2.0}, "mask": "m"}, (*got)[0].body)
	require.True(t, protocol.ValidID((*got)[1].body["id"].(string)))
	require.Equal(t, map[string]any{"param": "steps", "values": []any{1.0, 2.0}}, (*got)[1].body["sweep"])
}

func TestLineageAndLinksOverHTTP(t *testing.T) {
	t.Parallel()
	const graph = `{"room":"room","asset":"a","nodes":[{"asset":"a","kind":"image","prompt":"a fox","seed":5,"job":"j"}],
		"edges":[{"from":"b","to":"a","weight":2,"share":0.5}],"sources":[{"prompt":"a fox","job":"j","share":1}],"newer":1}`
	api, got := answering(t, http.StatusOK, graph, graph, graph, `{"share":{"id":"s","up":1,"down":2},"url":"http://x/shared/t"}`,
		`{"shares":[{"id":"s","up":1,"down":2}]}`, "null", "bytes")
	tree, err := api.Lineage(soon(t), "room", "a", nil)
	require.NoError(t, err)
	require.Equal(t, "a fox", tree.Nodes[0].Prompt)
	require.InDelta(t, 0.5, tree.Edges[0].Share, 0)
	file, err := api.ExportLineage(soon(t), "room", "a", &client.Reach{Up: 3})
	require.NoError(t, err)
	require.JSONEq(t, graph, string(file), "as the server tells it, what the client does not know as well")
	public, err := api.Shared(soon(t), "t/../x")
	require.NoError(t, err)
	require.Equal(t, tree, public)
	share, link, err := api.Share(soon(t), "room", "a", &client.Reach{Up: 1, Down: 2})
	require.NoError(t, err)
	require.Equal(t, "http://x/shared/t", link)
	list, err := api.Shares(soon(t), "room")
	require.NoError(t, err)
	require.Equal(t, []client.Share{share}, list)
	require.NoError(t, api.Revoke(soon(t), "room", "s"))
	body, _, err := api.SharedAsset(soon(t), "t", "a")
	require.NoError(t, err)
	defer body.Close() //nolint:errcheck // read
	raw, err := io.ReadAll(body)
	require.NoError(t, err)
	require.Equal(t, "bytes", string(raw))
	require.Equal(t, []asked{
		{line: "GET /v1/rooms/room/lineage/a"},
		{line: "GET /v1/rooms/room/lineage/a?down=0&up=3"},
		{line: "GET /v1/shared/t%2F..%2Fx"},
		{"POST /v1/rooms/room/shares", map[string]any{"asset": "a", "up": 1.0, "down": 2.0}},
		{line: "GET /v1/rooms/room/shares"},
		{line: "DELETE /v1/rooms/room/shares/s"},
		{line: "GET /v1/shared/t/assets/a"},
	}, *got)
}

func TestALinkThatWasRevokedIsNotFound(t *testing.T) {
	t.Parallel()
	api, _ := answering(t, http.StatusNotFound, `{"code":"NOT_FOUND","message":"no such link"}`, `{"code":"NOT_FOUND","message":"no such link"}`)
	_, err := api.Shared(soon(t), "t")
	require.Equal(t, protocol.CodeNotFound, protocol.CodeOf(err))
	_, _, err = api.SharedAsset(soon(t), "t", "a")
	require.Equal(t, protocol.CodeNotFound, protocol.CodeOf(err))
}

func TestAnUploadNamesTheRoomInWhichACopyIsLinked(t *testing.T) {
	t.Parallel()
	api, got := answering(t, http.StatusOK, `{"id":"a","provenance":{"job":"j","seed":4}}`, `{"id":"a"}`)
	asset, err := api.PutAssetIn(soon(t), "room", strings.NewReader("png"), 3)
	require.NoError(t, err)
	require.Equal(t, &client.Provenance{Job: "j", Seed: 4}, asset.Provenance)
	_, err = api.PutAsset(soon(t), strings.NewReader("png"), 3)
	require.NoError(t, err)
	require.Equal(t, []asked{{line: "PUT /v1/assets?room=room"}, {line: "PUT /v1/assets"}}, *got)
}

func TestProvidersTellWhatCanBeAskedFor(t *testing.T) {
	t.Parallel()
	api, _ := answering(t, http.StatusOK, `{"providers":[{"name":"sketch","models":[{"name":"film","kind":"video","units":12,"inputs":{"kinds":["image","audio"],"least":1}}]}]}`)
	providers, err := api.Providers(soon(t))
	require.NoError(t, err)
	model := providers[0].Models[0]
	require.InDelta(t, 12, model.Units, 0)
	require.Equal(t, []string{"image", "audio"}, model.Inputs.Kinds)
}
