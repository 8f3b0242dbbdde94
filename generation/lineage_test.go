package generation_test

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"atelier/generation"
	"atelier/generation/media"
	"atelier/protocol"
)

func (h *house) lineages() *generation.Lineages {
	return generation.NewLineages(generation.LineagesConfig{Store: h.db, Shares: h.db, Jobs: h.db, Rows: h.db, Assets: h.assets})
}

// family makes an upload, a variation of it and a variation of that, and returns their assets.
func (h *house) family(t *testing.T) (upload, child, grandchild string) {
	t.Helper()
	row, err := h.assets.Ingest(t.Context(), "team", "ana", bytes.NewReader(picture(50, 40)))
	require.NoError(t, err)
	vary := func(from string) string {
		req := request()
		req.Transform, req.Inputs = "variation", []string{from}
		return h.board.await(t, h.enqueue(t, req).ID, placed).Results[0].Asset
	}
	child = vary(row.ID)
	return row.ID, child, vary(child)
}

func TestAResultTellsWhatItCameFrom(t *testing.T) {
	h := newHouse(t, nil)
	h.start()
	upload, child, grandchild := h.family(t)
	l := h.lineages()
	g, err := l.Graph(t.Context(), "team", "r", grandchild, -1, -1)
	require.NoError(t, err)
	require.Len(t, g.Nodes, 3)
	require.Equal(t, []string{grandchild, upload, child}, []string{g.Nodes[0].Asset, g.Nodes[1].Asset, g.Nodes[2].Asset})
	require.True(t, g.Nodes[1].Uploaded)
	require.InDelta(t, 0.25, g.Nodes[1].Influence, 1e-9, "half of half: the words have the rest")
	require.Equal(t, "a harbour at dusk", g.Nodes[2].Prompt)
	require.NotEmpty(t, g.Nodes[2].Record)
	require.InDelta(t, 1, g.Sources[0].Share+g.Sources[1].Share+g.Sources[2].Share, 1e-9)

	down, err := l.Graph(t.Context(), "team", "r", upload, 0, 1)
	require.NoError(t, err)
	require.Len(t, down.Nodes, 2, "one step down")
	require.Equal(t, 1, down.Nodes[1].Depth)

	_, err = l.Graph(t.Context(), "others", "r", upload, 1, 1)
	require.Equal(t, protocol.CodeNotFound, protocol.CodeOf(err))
	_, err = l.Graph(t.Context(), "team", "elsewhere", upload, 1, 1)
	require.Equal(t, protocol.CodeNotFound, protocol.CodeOf(err), "another room knows nothing of it")
}

func TestALinkShowsTheLineageUntilItIsRevoked(t *testing.T) {
	h := newHouse(t, nil)
	h.start()
	upload, child, _ := h.family(t)
	other := h.board.await(t, h.enqueue(t, request()).ID, placed).Results[0].Asset
	l := h.lineages()
	share, token, err := l.Share(t.Context(), ana(), child, -1, 0)
	require.NoError(t, err)
	g, err := l.Shared(t.Context(), token)
	require.NoError(t, err)
	require.Len(t, g.Nodes, 2, "nothing of what was made from it")
	_, blob, err := l.OpenShared(t.Context(), token, upload)
	require.NoError(t, err)
	require.NoError(t, blob.Close())
	_, _, err = l.OpenShared(t.Context(), token, other)
	require.Equal(t, protocol.CodeNotFound, protocol.CodeOf(err), "only what the link shows")
	list, err := l.Shares(t.Context(), "r")
	require.NoError(t, err)
	require.Len(t, list, 1)
	require.Equal(t, protocol.CodeNotFound, protocol.CodeOf(l.Revoke(t.Context(), "elsewhere", share.ID)))
	require.NoError(t, l.Revoke(t.Context(), "r", share.ID))
	_, err = l.Shared(t.Context(), token)
	require.Equal(t, protocol.CodeNotFound, protocol.CodeOf(err))
}

func TestAPictureThatComesBackSaysHowItWasMade(t *testing.T) {
	h := newHouse(t, nil)
	h.start()
	req := request()
	req.Seed, req.Params = 7, map[string]any{"width": 640}
	done := h.board.await(t, h.enqueue(t, req).ID, placed)
	_, blob, err := h.assets.Open(t.Context(), "team", done.Results[0].Asset)
	require.NoError(t, err)
	data, err := io.ReadAll(blob)
	require.NoError(t, err)
	require.NoError(t, blob.Close())

	// Somebody cuts it and keeps what it says: another picture.
	notes, err := media.Notes(data)
	require.NoError(t, err)
	cut, err := media.Annotate(picture(20, 30), notes)
	require.NoError(t, err)
	back, err := h.assets.Ingest(t.Context(), "team", "ben", bytes.NewReader(cut))
	require.NoError(t, err)
	require.NotNil(t, back.Provenance)
	require.Equal(t, []any{done.ID, "a harbour at dusk", int64(7), 640.0},
		[]any{back.Provenance.Job, back.Provenance.Prompt, back.Provenance.Seed, back.Provenance.Params["width"]})
	read, err := h.db.Asset(t.Context(), "team", back.ID)
	require.NoError(t, err)
	require.Equal(t, back.Provenance, read.Provenance)
	l := h.lineages()
	require.NoError(t, l.LinkUpload(t.Context(), "team", "r", back))
	g, err := l.Graph(t.Context(), "team", "r", back.ID, -1, 0)
	require.NoError(t, err)
	require.Len(t, g.Nodes, 2)
	require.True(t, g.Nodes[0].Uploaded)
	require.Equal(t, done.Results[0].Asset, g.Nodes[1].Asset)

	again, err := h.assets.Ingest(t.Context(), "team", "ben", bytes.NewReader(data))
	require.NoError(t, err)
	require.Equal(t, done.Results[0].Asset, again.ID, "the same file is the same asset")
}

func TestWhatAFileSaysIsNotBelievedBlindly(t *testing.T) {
	h := newHouse(t, nil)
	for _, says := range []string{
		"", "{", "[]", `{"job":"x"}`, `{"job":"01920000-0000-7000-8000-000000000001","kind":"image","transform":"t","provider":"p","index":99}`,
		`{"job":"01920000-0000-7000-8000-000000000001","kind":"im age","transform":"t","provider":"p"}`,
		`{"job":"01920000-0000-7000-8000-000000000001","kind":"image","transform":"t","provider":"p","inputs":["../etc"]}`,
		strings.Repeat("{", 200_000),
	} {
		data, err := media.Annotate(picture(20, 30), []media.Note{{Key: "Atelier", Text: says}})
		require.NoError(t, err)
		row, err := h.assets.Ingest(t.Context(), "team", "ana", bytes.NewReader(data))
		require.NoError(t, err)
		require.Nil(t, row.Provenance, "%.60s", says)
		_, blob, err := h.assets.Open(t.Context(), "team", row.ID)
		require.NoError(t, err)
		kept, err := io.ReadAll(blob)
		require.NoError(t, err)
		require.NoError(t, blob.Close())
		require.NotContains(t, string(kept), "Atelier")
	}
}
