package media_test

import (
	"bytes"
	"encoding/binary"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"atelier/generation/media"
)

// record lets ffmpeg make a file of two seconds.
func record(t testing.TB, name string, args ...string) []byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	said, err := exec.CommandContext(t.Context(), "ffmpeg", append(append([]string{"-hide_banner", "-loglevel", "error"}, args...), path)...).CombinedOutput()
	require.NoError(t, err, "%s", said)
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	return data
}

func sound(more ...string) []string {
	return append([]string{"-f", "lavfi", "-i", "sine=frequency=330:duration=2:sample_rate=48000"}, more...)
}

func film(more ...string) []string {
	return append([]string{"-f", "lavfi", "-i", "testsrc=duration=2:size=64x48:rate=10"}, more...)
}

// kept are files as people have them.
func kept(t testing.TB) map[string][]byte {
	t.Helper()
	return map[string][]byte{
		"audio/wav":                    record(t, "a.wav", sound()...),
		"audio/flac":                   record(t, "a.flac", sound()...),
		"audio/mpeg":                   record(t, "a.mp3", sound()...),
		"audio/ogg of Opus":            record(t, "o.ogg", sound("-c:a", "libopus")...),
		"audio/ogg of Vorbis":          record(t, "v.ogg", sound("-c:a", "libvorbis")...),
		"audio/mp4":                    record(t, "a.m4a", sound("-c:a", "aac")...),
		"video/mp4":                    record(t, "f.mp4", film()...),
		"video/mp4 with header first":  record(t, "h.mp4", film("-movflags", "faststart")...),
		"video/mp4 in fragments":       record(t, "g.mp4", film("-g", "5", "-movflags", "frag_keyframe+empty_moov")...),
		"video/mp4 in usual fragments": record(t, "d.mp4", film("-g", "5", "-movflags", "frag_keyframe+empty_moov+default_base_moof")...),
		"video/webm":                   record(t, "f.webm", film()...),
		"video/webm while live":        record(t, "l.webm", film("-live", "1", "-f", "webm")...),
	}
}

func typeOf(name string) string {
	mime, _, _ := strings.Cut(name, " ")
	return mime
}

func TestSoundsAndFilmsAreMeasured(t *testing.T) {
	for name, data := range kept(t) {
		mime := typeOf(name)
		require.Equal(t, mime, media.Sniff(data[:min(len(data), media.HeadSize)]), name)
		got, err := media.Measure(mime, bytes.NewReader(data), int64(len(data)))
		require.NoError(t, err, name)
		require.InDelta(t, 2, got.Duration.Seconds(), 0.12, name)
		if strings.HasPrefix(mime, "video/") {
			require.Equal(t, []int{64, 48}, []int{got.Width, got.Height}, name)
		}
	}
}

func TestHalfAFileIsBroken(t *testing.T) {
	for name, data := range kept(t) {
		half := data[:len(data)*6/10]
		_, err := media.Measure(typeOf(name), bytes.NewReader(half), int64(len(half)))
		switch name {
		case "audio/mpeg", "audio/flac", "audio/ogg of Opus", "audio/ogg of Vorbis", "video/webm while live":
			require.NoError(t, err, "%s: it can be played until there", name)
		default:
			require.ErrorIs(t, err, media.ErrBroken, name)
		}
	}
}

func TestARecordingThatWasNeverFinishedLastsUntilItsEnd(t *testing.T) {
	data := record(t, "a.wav", sound()...)
	_, after, _ := bytes.Cut(data, []byte("data"))
	copy(after, "\xff\xff\xff\xff")
	got, err := media.Measure("audio/wav", bytes.NewReader(data[:len(data)/2]), int64(len(data)/2))
	require.NoError(t, err)
	require.InDelta(t, 1, got.Duration.Seconds(), 0.01)
}

func TestAFilmOnItsSideIsMeasuredAsItIsShown(t *testing.T) {
	data := record(t, "f.mp4", film()...)
	matrix := data[bytes.Index(data, []byte("tkhd"))+44:]
	for i, n := range []uint32{0, 1 << 16, 0, 0xffff << 16, 0, 0} {
		binary.BigEndian.PutUint32(matrix[4*i:], n)
	}
	got, err := media.Measure("video/mp4", bytes.NewReader(data), int64(len(data)))
	require.NoError(t, err)
	require.Equal(t, []int{48, 64}, []int{got.Width, got.Height})
}

// FuzzMeasure holds that no file takes more than it weighs: no panic, no loop, no memory for what it only claims.
func FuzzMeasure(f *testing.F) {
	for name, data := range kept(f) {
		f.Add(typeOf(name), data[:min(len(data), 4096)])
	}
	f.Add("video/webm", []byte("\x1a\x45\xdf\xa3\x80\x18\x53\x80\x67\xff"+strings.Repeat("\x1f\x43\xb6\x75\xff", 200)))
	f.Fuzz(func(t *testing.T, mime string, data []byte) {
		got, err := media.Measure(mime, bytes.NewReader(data), int64(len(data)))
		if err != nil {
			require.ErrorIs(t, err, media.ErrBroken)
			return
		}
		require.GreaterOrEqual(t, got.Duration, time.Duration(0))
	})
}
