package media_test

import (
	"bytes"
	"encoding/binary"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
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

func both(more ...string) []string { return film(append(sound(), more...)...) }

// kept are files as people have them.
func kept(t testing.TB) map[string][]byte {
	t.Helper()
	kept := map[string][]byte{
		"audio/wav":                    record(t, "a.wav", sound()...),
		"audio/flac":                   record(t, "a.flac", sound()...),
		"audio/mpeg":                   record(t, "a.mp3", sound()...),
		"audio/mpeg in stereo":         record(t, "s.mp3", sound("-ac", "2", "-q:a", "2")...),
		"audio/mpeg at a low rate":     record(t, "l.mp3", sound("-ar", "22050")...),
		"audio/mpeg low, in stereo":    record(t, "t.mp3", sound("-ar", "16000", "-ac", "2")...),
		"audio/mpeg without a summary": record(t, "n.mp3", sound("-write_xing", "0")...),
		"audio/ogg of Opus":            record(t, "o.ogg", sound("-c:a", "libopus")...),
		"audio/ogg of Vorbis":          record(t, "v.ogg", sound("-c:a", "libvorbis")...),
		"audio/ogg of FLAC":            record(t, "f.ogg", sound("-c:a", "flac")...),
		"audio/mp4":                    record(t, "a.m4a", sound("-c:a", "aac")...),
		"video/ogg":                    record(t, "t.ogv", film()...),
		"video/ogg with sound":         record(t, "u.ogv", both()...),
		"video/mp4":                    record(t, "f.mp4", film()...),
		"video/mp4 with sound":         record(t, "b.mp4", both("-c:a", "aac")...),
		"video/mp4 with header first":  record(t, "h.mp4", film("-movflags", "faststart")...),
		"video/mp4 in fragments":       record(t, "g.mp4", film("-g", "5", "-movflags", "frag_keyframe+empty_moov")...),
		"video/mp4 in usual fragments": record(t, "d.mp4", film("-g", "5", "-movflags", "frag_keyframe+empty_moov+default_base_moof")...),
		"video/webm":                   record(t, "f.webm", film()...),
		"video/webm with sound":        record(t, "b.webm", both()...),
		"video/webm while live":        record(t, "l.webm", film("-live", "1", "-f", "webm")...),
	}
	open := bytes.Clone(kept["video/mp4 with header first"]) // its samples go on to the end of the file
	copy(open[bytes.Index(open, []byte("mdat"))-4:], "\x00\x00\x00\x00")
	kept["video/mp4 with an open end"] = open
	return kept
}

// probed is the duration in seconds that ffprobe tells; 0 when it tells none.
func probed(t *testing.T, data []byte) float64 {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(path, data, 0o600))
	out, err := exec.CommandContext(t.Context(), "ffprobe", "-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0", path).Output()
	require.NoError(t, err)
	said := strings.TrimSpace(string(out))
	if said == "N/A" {
		return 0
	}
	seconds, err := strconv.ParseFloat(said, 64)
	require.NoError(t, err)
	return seconds
}

func typeOf(name string) string {
	mime, _, _ := strings.Cut(name, " ")
	return mime
}

func measured(t *testing.T, name string, data []byte) media.Track {
	t.Helper()
	got, err := media.Measure(typeOf(name), bytes.NewReader(data), int64(len(data)))
	require.NoError(t, err, name)
	return got
}

func TestSoundsAndFilms(t *testing.T) {
	files := kept(t)
	t.Run("are measured", func(t *testing.T) { measure(t, files) })
	t.Run("are broken when they are cut", func(t *testing.T) { halve(t, files) })
}

func measure(t *testing.T, files map[string][]byte) {
	t.Helper()
	for name, data := range files {
		mime := typeOf(name)
		require.Equal(t, mime, media.Sniff(data[:min(len(data), media.HeadSize)]), name)
		got := measured(t, name, data)
		if seconds := probed(t, data); seconds > 0 {
			require.InDelta(t, seconds, got.Duration.Seconds(), 0.01, "%s: ffprobe", name)
		} else { // the beginning of the last picture is the last that is told
			require.InDelta(t, 2, got.Duration.Seconds(), 0.11, name)
		}
		if strings.HasPrefix(mime, "video/") {
			require.Equal(t, []int{64, 48}, []int{got.Width, got.Height}, name)
		}
	}
}

func halve(t *testing.T, files map[string][]byte) {
	t.Helper()
	for name, data := range files {
		for _, tenths := range []int{3, 6, 9} {
			half := data[:len(data)*tenths/10]
			got, err := media.Measure(typeOf(name), bytes.NewReader(half), int64(len(half)))
			switch name {
			case "audio/mpeg without a summary", "video/webm while live":
				require.NoError(t, err, "%s: nothing says that there was more", name)
				require.Less(t, got.Duration.Seconds(), 2.0, name)
			default:
				require.ErrorIs(t, err, media.ErrBroken, "%s, %d tenths", name, tenths)
			}
		}
	}
}

func TestAnOggMayEndAtAnyPage(t *testing.T) {
	data := record(t, "o.ogg", sound("-c:a", "libopus", "-page_duration", "100000")...)
	last := bytes.LastIndex(data, []byte("OggS"))
	got := measured(t, "audio/ogg", data[:last])
	require.InDelta(t, 1.9, got.Duration.Seconds(), 0.12)
	got = measured(t, "audio/ogg", append(bytes.Clone(data), "what a tool left behind"...))
	require.InDelta(t, 2, got.Duration.Seconds(), 0.01)
}

func TestOneSoundBehindAnotherLastsAsLongAsBoth(t *testing.T) {
	one, two := record(t, "v.ogg", sound("-c:a", "libvorbis")...), record(t, "o.ogg", sound("-c:a", "libopus")...)
	require.InDelta(t, 4, measured(t, "audio/ogg", append(one, two...)).Duration.Seconds(), 0.01)
	frames := record(t, "n.mp3", sound("-write_xing", "0")...)
	require.InDelta(t, 4.08, measured(t, "audio/mpeg", append(bytes.Clone(frames), frames...)).Duration.Seconds(), 0.05)
}

func TestAFLACOfUnknownLengthIsMeasuredByItsLastFrame(t *testing.T) {
	data := record(t, "a.flac", sound()...)
	copy(data[8+13:], []byte{data[8+13] & 0xf0, 0, 0, 0, 0})
	require.InDelta(t, 2, measured(t, "audio/flac", data).Duration.Seconds(), 0.01)
	half := measured(t, "audio/flac", data[:len(data)/2]).Duration.Seconds()
	require.Greater(t, half, 0.5)
	require.Less(t, half, 1.5)
}

func TestAFLACIsNotWholeByAFrameWithAWrongSum(t *testing.T) {
	data := record(t, "a.flac", sound()...)
	last := bytes.Clone(data[bytes.LastIndex(data, []byte{0xff, 0xf8}):])
	half := data[:len(data)/2]
	measured(t, "audio/flac", slices.Concat(half, last))
	last[7] ^= 1 // the sum over a header of eight bytes
	wrong := slices.Concat(half, last)
	_, err := media.Measure("audio/flac", bytes.NewReader(wrong), int64(len(wrong)))
	require.ErrorIs(t, err, media.ErrBroken)
}

func TestWhatHasNoHeaderThatPlaysIsBroken(t *testing.T) {
	nested := []byte("\x00\x00\x00\x00moov")
	for range 50_000 {
		nested = append(nested, "\x00\x00\x00\x00trak"...)
	}
	for at := 0; at < len(nested); at += 8 {
		binary.BigEndian.PutUint32(nested[at:], uint32(len(nested)-at))
	}
	nested = append(nested, "\x00\x00\x00\x08mdat"...)
	header := record(t, "h.mp4", film("-movflags", "faststart")...)
	header = header[:bytes.Index(header, []byte("mdat"))-4]
	for name, data := range map[string]string{
		"audio/mpeg of a tag":          "ID3\x04\x00\x00\x00\x00\x00\x23" + strings.Repeat("\x00", 100),
		"audio/mpeg of noise":          "\xff\xfb" + strings.Repeat("noise", 100),
		"audio/wav of no format":       "RIFF\x24\x00\x00\x00WAVEdata\x04\x00\x00\x00abcd",
		"audio/wav without data":       "RIFF\x24\x00\x00\x00WAVE",
		"audio/ogg without a page":     "OggS",
		"audio/flac without a stream":  "fLaC",
		"video/webm of a head":         "\x1a\x45\xdf\xa3\x80",
		"video/mp4 of a type":          "\x00\x00\x00\x10ftypisom\x00\x00\x00\x00",
		"video/mp4 of a header":        string(header),
		"video/mp4 of nothing but box": string(nested),
	} {
		_, err := media.Measure(typeOf(name), strings.NewReader(data), int64(len(data)))
		require.ErrorIs(t, err, media.ErrBroken, name)
	}
}

func TestADiskThatFailsIsNotTheFilesFault(t *testing.T) {
	for _, mime := range []string{"audio/wav", "audio/flac", "audio/mpeg", "audio/ogg", "video/mp4", "video/webm"} {
		_, err := media.Measure(mime, failing{}, 1000)
		require.ErrorIs(t, err, os.ErrDeadlineExceeded, mime)
		require.NotErrorIs(t, err, media.ErrBroken, mime)
	}
}

type failing struct{}

func (failing) ReadAt([]byte, int64) (int, error) { return 0, os.ErrDeadlineExceeded }

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
