package sketch_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"image"
	"image/color"
	_ "image/jpeg" // previews
	"image/png"
	"io"
	"os"
	"os/exec"
	"testing"

	"github.com/stretchr/testify/require"

	"atelier/generation"
	"atelier/generation/providers/sketch"
	"atelier/protocol"
)

func request(prompt string, seed int64, params map[string]any) generation.Request {
	return generation.Request{Seed: seed, Job: protocol.Job{JobRequest: protocol.JobRequest{Kind: "image", Prompt: prompt, Params: params}}}
}

func small() map[string]any { return map[string]any{"width": 160, "height": 120} }

func quiet(float64, []byte) error { return nil }

func paint(tb testing.TB, r generation.Request) []byte {
	tb.Helper()
	res, err := sketch.New().Generate(tb.Context(), r, quiet)
	require.NoError(tb, err)
	require.Equal(tb, "image/png", res.Mime)
	raw, err := io.ReadAll(res.Body)
	require.NoError(tb, err)
	require.NoError(tb, res.Body.Close())
	return raw
}

func decode(tb testing.TB, raw []byte) image.Image {
	tb.Helper()
	pic, err := png.Decode(bytes.NewReader(raw))
	require.NoError(tb, err)
	return pic
}

// mean is the mean colour of the rows from top to bottom, which are shares of the height.
func mean(pic image.Image, top, bottom float64) (r, g, b float64) {
	n := 0.0
	h := float64(pic.Bounds().Dy())
	for y := int(top * h); y < int(bottom*h); y++ {
		for x := range pic.Bounds().Dx() {
			c, _ := color.RGBAModel.Convert(pic.At(x, y)).(color.RGBA)
			r, g, b, n = r+float64(c.R), g+float64(c.G), b+float64(c.B), n+1
		}
	}
	return r / n, g / n, b / n
}

func brightness(t *testing.T, prompt string, top, bottom float64) float64 {
	t.Helper()
	sum := 0.0
	for seed := range int64(3) {
		r, g, b := mean(decode(t, paint(t, request(prompt, seed+1, small()))), top, bottom)
		sum += (r + g + b) / 9
	}
	return sum
}

func TestTheSameRequestGivesTheSameBytes(t *testing.T) {
	t.Parallel()
	for _, prompt := range []string{"ship in a storm", "cat in a cosy room, evening", "coral reef", "galaxy", "autumn village by a river"} {
		first := paint(t, request(prompt, 4, small()))
		require.Equal(t, first, paint(t, request(prompt, 4, small())), prompt)
	}
}

const childEnv = "SKETCH_TEST_CHILD"

func TestAnotherProcessGivesTheSameBytes(t *testing.T) {
	t.Parallel()
	sum := sha256.Sum256(paint(t, request("castle over a misty forest, dawn, two dragons", 9, small())))
	if os.Getenv(childEnv) != "" {
		_, err := os.Stdout.WriteString("sum " + hex.EncodeToString(sum[:]) + "\n")
		require.NoError(t, err)
		return
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestAnotherProcessGivesTheSameBytes$")
	cmd.Env = append(os.Environ(), childEnv+"=1")
	out, err := cmd.Output()
	require.NoError(t, err)
	require.Contains(t, string(out), "sum "+hex.EncodeToString(sum[:]))
}

func TestSeedsMoveTheComposition(t *testing.T) {
	t.Parallel()
	for _, prompt := range []string{"mountains at sunset", "city at night", "boat on the sea", "forest"} {
		a, b := decode(t, paint(t, request(prompt, 1, small()))), decode(t, paint(t, request(prompt, 2, small())))
		differing := 0
		for y := range 120 {
			for x := range 160 {
				ra, ga, ba, _ := a.At(x, y).RGBA()
				rb, gb, bb, _ := b.At(x, y).RGBA()
				if max(ra, rb)-min(ra, rb)+max(ga, gb)-min(ga, gb)+max(ba, bb)-min(ba, bb) > 24<<8 {
					differing++
				}
			}
		}
		require.Greater(t, differing, 160*120/6, prompt)
	}
}

func TestAVariationIsAnotherPictureOfTheSameColours(t *testing.T) {
	t.Parallel()
	plain := request("sailboat at golden hour", 3, small())
	other := plain
	other.Job.Transform = "variation"
	a, b := paint(t, plain), paint(t, other)
	require.NotEqual(t, a, b)
	ra, ga, ba := mean(decode(t, a), 0, 0.3)
	rb, gb, bb := mean(decode(t, b), 0, 0.3)
	for _, pair := range [][2]float64{{ra, rb}, {ga, gb}, {ba, bb}} {
		require.InDelta(t, pair[0], pair[1], 40)
	}
}

func TestNightIsDarkerThanNoon(t *testing.T) {
	t.Parallel()
	for _, place := range []string{"mountains", "sea", "city", "desert", "fields"} {
		require.Less(t, brightness(t, place+" at night", 0, 1)+40, brightness(t, place+" at noon", 0, 1), place)
	}
}

func TestSnowWhitensTheGround(t *testing.T) {
	t.Parallel()
	require.Greater(t, brightness(t, "hills in winter, clear, noon", 0.65, 1), brightness(t, "hills in summer, clear, noon", 0.65, 1)+15)
}

func TestColourWordsColourThePicture(t *testing.T) {
	t.Parallel()
	redness := func(prompt string) float64 {
		r, g, b := mean(decode(t, paint(t, request(prompt, 5, small()))), 0, 1)
		return r - (g+b)/2
	}
	require.Greater(t, redness("mountains at noon, red"), redness("mountains at noon")+30)
	require.Less(t, redness("mountains at sunset, blue"), redness("mountains at sunset")-20)
	r, g, b := mean(decode(t, paint(t, request("sunset, black and white", 5, small()))), 0, 1)
	require.InDelta(t, r, g, 1)
	require.InDelta(t, g, b, 1)
}

func TestReportsRiseAndShowPreviews(t *testing.T) {
	t.Parallel()
	last, previews := 0.0, 0
	r := request("lake at dawn", 1, map[string]any{"size": "800x600"})
	_, err := sketch.New().Generate(t.Context(), r, func(f float64, preview []byte) error {
		require.Greater(t, f, last)
		require.LessOrEqual(t, f, 1.0)
		last = f
		if preview != nil {
			previews++
			c, _, err := image.DecodeConfig(bytes.NewReader(preview))
			require.NoError(t, err)
			require.LessOrEqual(t, max(c.Width, c.Height), 320)
			require.Greater(t, c.Width, 100)
		}
		return nil
	})
	require.NoError(t, err)
	require.GreaterOrEqual(t, previews, 2)
}

func TestAWorkNoLongerWantedStopsEarly(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	calls := 0
	_, err := sketch.New().Generate(ctx, request("forest", 1, small()), func(float64, []byte) error {
		calls++
		cancel()
		return nil
	})
	require.ErrorIs(t, err, context.Canceled)
	require.Equal(t, 1, calls)
	_, err = sketch.New().Generate(t.Context(), request("forest", 1, small()), func(float64, []byte) error { return generation.ErrStaleLease })
	require.ErrorIs(t, err, generation.ErrStaleLease)
}

func TestThePictureSaysWhatItIs(t *testing.T) {
	t.Parallel()
	raw := paint(t, request("forest", 1, small()))
	require.Contains(t, string(raw), "tEXtSoftware\x00Atelier sketch (Built-in sketch renderer, not an AI model)")
	require.Contains(t, string(raw), "tEXtScene\x00time ")
	p := sketch.New()
	require.Contains(t, p.Title(), "not an AI model")
	for _, m := range p.Models() {
		require.Contains(t, m.Title, "not an AI model")
	}
}
