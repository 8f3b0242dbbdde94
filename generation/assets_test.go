package generation_test

import (
	"bytes"
	"context"
	"io"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"atelier/generation"
	"atelier/protocol"
)

func TestAnUploadIsStoredWithItsThumbnail(t *testing.T) {
	h := newHouse(t, nil)
	row, err := h.assets.Ingest(t.Context(), "team", "ana", bytes.NewReader(picture(900, 300)))
	require.NoError(t, err)
	require.Equal(t, []int{900, 300}, []int{row.Width, row.Height})
	require.NotEqual(t, row.ID, row.Thumb)
	thumb, blob, err := h.assets.Open(t.Context(), "team", row.Thumb)
	require.NoError(t, err)
	require.NoError(t, blob.Close())
	require.Equal(t, []int{512, 170}, []int{thumb.Width, thumb.Height})

	again, err := h.assets.Ingest(t.Context(), "team", "ben", bytes.NewReader(picture(900, 300)))
	require.NoError(t, err)
	require.Equal(t, row.ID, again.ID)

	req := request()
	req.Transform, req.Inputs = "variation", []string{row.ID}
	h.enqueue(t, req)
}

func TestAnUploadedSoundIsMeasured(t *testing.T) {
	h := newHouse(t, nil)
	row, err := h.assets.Ingest(t.Context(), "team", "ana", bytes.NewReader(tone(1234)))
	require.NoError(t, err)
	require.EqualValues(t, 1234, row.DurationMS)
	again, err := h.db.Asset(t.Context(), "team", row.ID)
	require.NoError(t, err)
	require.EqualValues(t, 1234, again.DurationMS)
}

func TestBadUploadsLeaveNothingBehind(t *testing.T) {
	h := newHouse(t, nil)
	for name, c := range map[string]struct {
		body io.Reader
		code protocol.Code
	}{
		"empty":        {bytes.NewReader(nil), protocol.CodeInvalidInput},
		"script":       {bytes.NewReader([]byte("<svg onload='x'/>")), protocol.CodeInvalidInput},
		"cut off":      {bytes.NewReader(picture(40, 30)[:100]), protocol.CodeInvalidInput},
		"half a sound": {bytes.NewReader(tone(1000)[:600]), protocol.CodeInvalidInput},
		"too large":    {io.LimitReader(zeroes{}, 51<<20), protocol.CodePayloadTooLarge},
	} {
		_, err := h.assets.Ingest(t.Context(), "team", "ana", c.body)
		require.Equal(t, c.code, protocol.CodeOf(err), "%s: %v", name, err)
	}
	entries, err := os.ReadDir(h.dir)
	require.NoError(t, err)
	for _, e := range entries {
		require.NotContains(t, e.Name(), ".part")
	}
}

type zeroes struct{}

func (zeroes) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func TestPreviewsAreBoundedAndBelongToAWorkspace(t *testing.T) {
	first := picture(30, 30)
	assets := generation.NewAssets(generation.AssetsConfig{Store: newHouse(t, nil).db, Previews: int64(len(first)) + 10})
	id := assets.Preview("team", first)
	require.NotEmpty(t, id)
	_, blob, err := assets.Open(t.Context(), "team", id)
	require.NoError(t, err)
	data, err := io.ReadAll(blob)
	require.NoError(t, err)
	require.Equal(t, first, data)
	_, _, err = assets.Open(t.Context(), "others", id)
	require.Equal(t, protocol.CodeNotFound, protocol.CodeOf(err))
	require.Empty(t, assets.Preview("team", []byte("no picture")))
	require.NotEmpty(t, assets.Preview("team", picture(31, 30)))
	_, _, err = assets.Open(t.Context(), "team", id)
	require.Equal(t, protocol.CodeNotFound, protocol.CodeOf(err), "older ones make room")
}

func TestATextIsAResultToo(t *testing.T) {
	words := func(context.Context, generation.Request, generation.Report) (generation.Result, error) {
		return generation.Result{Text: "a harbour, mostly grey"}, nil
	}
	h := newHouse(t, nil, words)
	picture, err := h.assets.Ingest(t.Context(), "team", "ana", bytes.NewReader(picture(40, 30)))
	require.NoError(t, err)
	h.start()
	req := request()
	req.Kind, req.Transform, req.Inputs = "text", "describe", []string{picture.ID}
	done := h.board.await(t, h.enqueue(t, req).ID, placed)
	require.Equal(t, "a harbour, mostly grey", done.Results[0].Text)
	row, blob, err := h.assets.Open(t.Context(), "team", done.Results[0].Asset)
	require.NoError(t, err)
	require.NoError(t, blob.Close())
	require.Equal(t, "text/plain; charset=utf-8", row.Mime)
}

func TestSeveralResultsArePlacedTogether(t *testing.T) {
	h := newHouse(t, nil)
	h.start()
	req := request()
	req.Count = 4
	done := h.board.await(t, h.enqueue(t, req).ID, placed)
	require.Len(t, done.Results, 4)
	require.InDelta(t, 2.0, done.Cost, 1e-9)
}
