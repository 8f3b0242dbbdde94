package generation_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"atelier/generation"
	"atelier/persist/blob"
	"atelier/protocol"
)

// film is one of two seconds.
func film(t *testing.T) []byte {
	t.Helper()
	return recorded(t, "film.mp4", "testsrc=duration=2:size=640x360:rate=10")
}

// recorded is a file that ffmpeg makes of a source.
func recorded(t *testing.T, name, source string) []byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	said, err := exec.CommandContext(t.Context(), "ffmpeg", "-hide_banner", "-loglevel", "error",
		"-f", "lavfi", "-i", source, path).CombinedOutput()
	require.NoError(t, err, "%s", said)
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	return data
}

func TestAFilmsContainerWithoutAPictureIsASound(t *testing.T) {
	h := newHouse(t, nil)
	for name, mime := range map[string]string{"note.webm": "audio/webm", "note.mp4": "audio/mp4", "note.ogg": "audio/ogg"} {
		row, err := h.assets.Ingest(t.Context(), "team", "ana", bytes.NewReader(recorded(t, name, "sine=duration=1")))
		require.NoError(t, err, name)
		require.Equal(t, mime, row.Mime, name)
		require.InDelta(t, 1000, row.DurationMS, 60, name)
	}
}

func TestAFilmShowsAPicture(t *testing.T) {
	whole := film(t)
	h := newHouse(t, nil, answer(whole[:len(whole)/2]), answer(whole))
	source, err := h.assets.Ingest(t.Context(), "team", "ana", bytes.NewReader(picture(40, 30)))
	require.NoError(t, err)
	h.start()
	req := request()
	req.Kind, req.Transform, req.Inputs = "video", "animate", []string{source.ID}
	done := h.board.await(t, h.enqueue(t, req).ID, placed)
	require.Equal(t, 2, done.Attempt, "half a film is retried")

	made := done.Results[0]
	require.Equal(t, []int{640, 360}, []int{made.Width, made.Height})
	require.EqualValues(t, 2000, made.DurationMS)
	require.NotEmpty(t, made.Placeholder)
	thumb, shown, err := h.assets.Open(t.Context(), "team", made.Thumb)
	require.NoError(t, err)
	require.NoError(t, shown.Close())
	require.Equal(t, "image/jpeg", thumb.Mime)
	require.Equal(t, []int{512, 288}, []int{thumb.Width, thumb.Height})

	written := make(map[string]any)
	for _, w := range generation.PlacementChange(done).Writes {
		if w.Record == made.Record {
			written[w.Prop] = w.Value
		}
	}
	require.Equal(t, protocol.Int(2000), written["duration"])
	require.Equal(t, protocol.String(made.Thumb), written["thumb"])
}

// TestAFilmIsAsGoodWithoutAPicture holds that nothing which goes wrong in drawing costs a film, or much time.
func TestAFilmIsAsGoodWithoutAPicture(t *testing.T) {
	whole := film(t)
	script := func(text string) string {
		path := filepath.Join(t.TempDir(), "program")
		require.NoError(t, os.WriteFile(path, []byte("#!/bin/sh\n"+text), 0o700))
		return path
	}
	for name, program := range map[string]string{
		"not installed": "no-such-program",
		"fails":         script("exit 1"),
		"says nonsense": script("echo nonsense"),
		"half a JPEG":   script(`printf '\377\330\377\340'`),
		"never ends":    script("exec tail -f /dev/null"),
	} {
		h := newHouse(t, nil)
		blobs, err := blob.OpenDir(filepath.Join(h.dir, "films"))
		require.NoError(t, err)
		assets := generation.NewAssets(generation.AssetsConfig{
			Store: h.db, Blobs: blobs, TempDir: h.dir, FFmpeg: program, Drawing: 200 * time.Millisecond,
		})
		row, err := assets.Ingest(t.Context(), "team", "ana", bytes.NewReader(whole))
		require.NoError(t, err, name)
		require.Empty(t, row.Thumb, name)
		require.Empty(t, row.Placeholder, name)
		require.EqualValues(t, 2000, row.DurationMS, name)
	}
}
