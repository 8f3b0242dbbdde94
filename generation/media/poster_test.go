package media_test

import (
	"bytes"
	"image/jpeg"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"atelier/generation/media"
)

// filed puts a file where programs find it.
func filed(t *testing.T, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "film")
	require.NoError(t, os.WriteFile(path, data, 0o600))
	return path
}

func TestAFilmHasAPicture(t *testing.T) {
	for name, data := range map[string][]byte{
		"video/mp4":             record(t, "b.mp4", both("-c:a", "aac")...),
		"video/mp4 of MPEG-4":   record(t, "m.mp4", film("-c:v", "mpeg4")...),
		"video/mp4 in pieces":   record(t, "g.mp4", film("-movflags", "frag_keyframe+empty_moov")...),
		"video/webm of VP8":     record(t, "8.webm", both("-c:v", "libvpx")...),
		"video/webm of VP9":     record(t, "9.webm", film("-c:v", "libvpx-vp9")...),
		"video/webm while live": record(t, "l.webm", film("-live", "1", "-f", "webm")...),
		"video/ogg with sound":  record(t, "u.ogv", both()...),
	} {
		mime := typeOf(name)
		picture, err := media.Poster(t.Context(), "ffmpeg", mime, filed(t, data), measured(t, name, data))
		require.NoError(t, err, name)
		drawn, err := jpeg.Decode(bytes.NewReader(picture))
		require.NoError(t, err, name)
		require.Equal(t, []int{64, 48}, []int{drawn.Bounds().Dx(), drawn.Bounds().Dy()}, name)
	}
}

func TestALargeFilmsPictureIsSmallAndNotItsDarkBeginning(t *testing.T) {
	const lightens = "color=black:d=0.1:s=1280x720:r=20[dark];color=white:d=1.9:s=1280x720:r=20[light];[dark][light]concat"
	data := record(t, "f.mp4", "-f", "lavfi", "-i", lightens)
	picture, err := media.Poster(t.Context(), "ffmpeg", "video/mp4", filed(t, data), measured(t, "video/mp4", data))
	require.NoError(t, err)
	drawn, err := jpeg.Decode(bytes.NewReader(picture))
	require.NoError(t, err)
	require.Equal(t, []int{512, 288}, []int{drawn.Bounds().Dx(), drawn.Bounds().Dy()})
	r, _, _, _ := drawn.At(100, 100).RGBA()
	require.Greater(t, r, uint32(0xf000))
}

func TestWhatCannotBeDrawnIsSaid(t *testing.T) {
	sized := media.Track{Width: 64, Height: 48, Duration: time.Second}
	path := filed(t, []byte("no film"))
	for name, c := range map[string]struct {
		program, mime string
		film          media.Track
		want          error
	}{
		"no program": {"no-such-program", "video/mp4", sized, media.ErrNoProgram},
		"a sound":    {"ffmpeg", "audio/wav", sized, media.ErrType},
		"no picture": {"ffmpeg", "video/mp4", media.Track{}, media.ErrType},
		"too large":  {"ffmpeg", "video/mp4", media.Track{Width: 20_000, Height: 20_000}, media.ErrPixels},
		"no answer":  {"true", "video/mp4", sized, media.ErrBroken},
	} {
		_, err := media.Poster(t.Context(), c.program, c.mime, path, c.film)
		require.ErrorIs(t, err, c.want, name)
	}
	_, err := media.Poster(t.Context(), "ffmpeg", "video/mp4", path, sized)
	require.ErrorContains(t, err, "Invalid data")
}

// TestAFilmIsNothingElse holds what ffmpeg would do by itself: look for what a file really is, which may be a list of other
// files; use whatever decoder it names; believe the size of its pictures.
func TestAFilmIsNothingElse(t *testing.T) {
	list := filed(t, []byte("ffconcat version 1.0\nfile other.mp4\n"))
	require.NoError(t, os.WriteFile(filepath.Join(filepath.Dir(list), "other.mp4"), record(t, "f.mp4", film()...), 0o600))
	for why, path := range map[string]string{
		"a list":                      list,
		"another kind of film":        filed(t, record(t, "f.avi", film("-c:v", "mpeg4")...)),
		"a decoder no film needs":     filed(t, record(t, "p.mp4", film("-c:v", "png")...)),
		"more pixels than it says of": filed(t, record(t, "l.mp4", "-f", "lavfi", "-i", "color=s=5120x2880:r=5:d=0.2", "-c:v", "mpeg4")),
	} {
		_, err := media.Poster(t.Context(), "ffmpeg", "video/mp4", path, media.Track{Width: 64, Height: 48})
		require.Error(t, err, why)
	}
}
