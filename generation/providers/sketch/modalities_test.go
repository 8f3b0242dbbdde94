package sketch_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"image"
	"image/color"
	"image/png"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"atelier/generation"
	"atelier/generation/providers/sketch"
	"atelier/protocol"
)

type blob struct{ *bytes.Reader }

func (blob) Close() error { return nil }

// made does a request over inputs and returns its bytes, or its text.
func made(tb testing.TB, kind, transform, prompt string, params map[string]any, inputs ...[]byte) []byte {
	tb.Helper()
	out, err := try(tb.Context(), kind, transform, prompt, params, nil, inputs...)
	require.NoError(tb, err)
	return out
}

func try(ctx context.Context, kind, transform, prompt string, params map[string]any, mask []byte, inputs ...[]byte) ([]byte, error) {
	job := protocol.JobRequest{Kind: kind, Transform: transform, Prompt: prompt, Params: params}
	for range inputs {
		job.Inputs = append(job.Inputs, "x")
	}
	if mask != nil {
		job.Mask = "x"
	}
	res, err := sketch.New().Generate(ctx, generation.Request{
		Seed: 7, Job: protocol.Job{JobRequest: job},
		Inputs: func(_ context.Context, i int) (generation.Blob, error) { return blob{bytes.NewReader(inputs[i])}, nil },
		Mask:   func(context.Context) (generation.Blob, error) { return blob{bytes.NewReader(mask)}, nil },
	}, quiet)
	if err != nil || res.Body == nil {
		return []byte(res.Text), err
	}
	raw, err := io.ReadAll(res.Body)
	if e := res.Body.Close(); err == nil {
		err = e
	}
	return raw, err
}

// probed is what ffprobe says of a file.
type probed struct {
	Streams []struct {
		CodecName string `json:"codec_name"`
		CodecType string `json:"codec_type"`
		Width     int
		Height    int
		PixFmt    string `json:"pix_fmt"`
	}
	Format struct{ Duration string }
}

func probe(t *testing.T, data []byte) (p probed, seconds float64) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(path, data, 0o600))
	out, err := exec.CommandContext(t.Context(), "ffprobe", "-v", "error", "-show_streams", "-show_format", "-of", "json", path).Output()
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(out, &p))
	seconds, err = strconv.ParseFloat(p.Format.Duration, 64)
	require.NoError(t, err)
	return p, seconds
}

func samples(wav []byte) []float64 {
	var out []float64
	for b := wav[44:]; len(b) >= 4; b = b[4:] {
		out = append(out, float64(int16(binary.LittleEndian.Uint16(b)))/32768)
	}
	return out
}

func TestASoundtrackIsRealAudio(t *testing.T) {
	picture := paint(t, request("a storm over the sea at night", 3, small()))
	wav := made(t, "audio", "soundtrack", "a storm over the sea at night", map[string]any{"seconds": 5.0}, picture)
	p, seconds := probe(t, wav)
	require.Equal(t, "pcm_s16le", p.Streams[0].CodecName)
	require.InDelta(t, 5, seconds, 0.01)
	var top, sum, click float64
	s := samples(wav)
	for i, v := range s {
		top, sum = max(top, math.Abs(v)), sum+v*v
		if i > 0 {
			click = max(click, math.Abs(v-s[i-1]))
		}
	}
	require.InDelta(t, math.Pow(10, -1.5/20), top, 0.01, "as loud as it may be, and not louder")
	require.Greater(t, math.Sqrt(sum/float64(len(s))), 0.05, "it is to be heard")
	require.Less(t, click, 0.35, "no clicks")
	require.InDelta(t, 0, s[0], 0.001)
	require.InDelta(t, 0, s[len(s)-1], 0.001)
	require.Equal(t, wav, made(t, "audio", "soundtrack", "a storm over the sea at night", map[string]any{"seconds": 5.0}, picture), "the same request, the same bytes")
	require.NotEqual(t, wav, made(t, "audio", "generate", "a calm meadow at noon", map[string]any{"seconds": 5.0}))
}

func TestAFilmHasThePictureAndItsSound(t *testing.T) {
	picture := paint(t, request("a harbour at dawn", 3, map[string]any{"width": 320, "height": 180}))
	sound := made(t, "audio", "soundtrack", "a harbour at dawn", map[string]any{"seconds": 3.0}, picture)
	film := made(t, "video", "animate", "a harbour at dawn", map[string]any{"seconds": 2.0}, picture, sound)
	p, seconds := probe(t, film)
	require.Len(t, p.Streams, 2)
	require.Equal(t, []any{"h264", "yuv420p", 768, 432}, []any{p.Streams[0].CodecName, p.Streams[0].PixFmt, p.Streams[0].Width, p.Streams[0].Height})
	require.Equal(t, "aac", p.Streams[1].CodecName)
	require.InDelta(t, 2, seconds, 0.1)
	require.Equal(t, film, made(t, "video", "animate", "a harbour at dawn", map[string]any{"seconds": 2.0}, picture, sound))
	require.Contains(t, string(made(t, "text", "describe", "", nil, film)), "film opens")
}

func TestAFilmWithoutFfmpegIsRefusedByName(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	_, err := try(t.Context(), "video", "animate", "x", nil, nil, paint(t, request("a hill", 3, small())))
	require.Equal(t, protocol.CodeProviderError, protocol.CodeOf(err))
	require.ErrorContains(t, err, "ffmpeg")
}

func TestAnUpscaleIsLargerAndTheSame(t *testing.T) {
	raw := paint(t, request("a lighthouse at noon", 3, small()))
	large := decode(t, made(t, "image", "upscale", "", map[string]any{"scale": 2.0}, raw))
	require.Equal(t, image.Rect(0, 0, 320, 240), large.Bounds())
	r1, g1, b1 := mean(decode(t, raw), 0, 1)
	r2, g2, b2 := mean(large, 0, 1)
	require.InDeltaSlice(t, []float64{r1, g1, b1}, []float64{r2, g2, b2}, 3)
	_, err := try(t.Context(), "image", "upscale", "", map[string]any{"scale": 9.0}, nil, raw)
	require.Equal(t, protocol.CodeInvalidInput, protocol.CodeOf(err))
}

func TestAnEditLeavesWhatTheMaskLeaves(t *testing.T) {
	raw := paint(t, request("a meadow at noon", 3, small()))
	mask := image.NewGray(image.Rect(0, 0, 160, 120))
	for y := range 120 {
		for x := 80; x < 160; x++ {
			mask.SetGray(x, y, color.Gray{Y: 255})
		}
	}
	var m bytes.Buffer
	require.NoError(t, png.Encode(&m, mask))
	out, err := try(t.Context(), "image", "edit", "a city at night, neon", nil, m.Bytes(), raw)
	require.NoError(t, err)
	before, after := decode(t, raw), decode(t, out)
	changed := 0
	for y := range 120 {
		for x := range 160 {
			if x < 80 {
				require.Equal(t, color.RGBAModel.Convert(before.At(x, y)), color.RGBAModel.Convert(after.At(x, y)), "%d,%d", x, y)
			} else if color.RGBAModel.Convert(before.At(x, y)) != color.RGBAModel.Convert(after.At(x, y)) {
				changed++
			}
		}
	}
	require.Greater(t, changed, 80*120/2)
}

func TestAVariationTakesTheInputsColours(t *testing.T) {
	red := image.NewRGBA(image.Rect(0, 0, 64, 64))
	for i := range 64 * 64 {
		red.SetRGBA(i%64, i/64, color.RGBA{R: byte(150 + i%60), G: 30, B: 20, A: 255})
	}
	var in bytes.Buffer
	require.NoError(t, png.Encode(&in, red))
	r, g, _ := mean(decode(t, made(t, "image", "variation", "a meadow at noon", small(), in.Bytes())), 0, 1)
	require.Greater(t, r, 2*g)
}

func TestADescriptionTellsWhatIsSeen(t *testing.T) {
	dark := string(made(t, "text", "describe", "", nil, paint(t, request("a forest at night", 3, small()))))
	bright := string(made(t, "text", "describe", "", nil, paint(t, request("snow at noon", 3, small()))))
	require.NotEqual(t, dark, bright)
	require.Regexp(t, "dark|dim", dark)
	require.Contains(t, string(made(t, "text", "describe", "", nil, made(t, "audio", "generate", "sea", map[string]any{"seconds": 3.0}))), "3 seconds")
}

func TestEveryModalityStopsWhenItIsNotWanted(t *testing.T) {
	picture := paint(t, request("a hill", 3, small()))
	for _, c := range [][2]string{{"audio", "soundtrack"}, {"video", "animate"}, {"image", "upscale"}, {"text", "describe"}} {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err := try(ctx, c[0], c[1], "x", nil, nil, picture)
		require.ErrorIs(t, err, context.Canceled, c[1])
	}
}
