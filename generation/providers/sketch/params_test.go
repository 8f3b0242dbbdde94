package sketch_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"atelier/generation"
	"atelier/generation/providers/sketch"
	"atelier/protocol"
)

func TestSizesAreHonoured(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		params map[string]any
		w, h   int
	}{
		{map[string]any{"width": int8(64), "height": 64.0}, 64, 64},
		{map[string]any{"size": "200x90"}, 200, 90},
		{map[string]any{"size": "200x90", "height": uint16(300)}, 200, 300},
		{map[string]any{"size": " 64 X 400 "}, 64, 400},
		{nil, 1024, 768},
	} {
		b := decode(t, paint(t, request("sea", 1, c.params))).Bounds()
		require.Equal(t, [2]int{c.w, c.h}, [2]int{b.Dx(), b.Dy()})
	}
}

func TestWhatCannotBePaintedIsInvalidInput(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(r *generation.Request){
		"too small":      func(r *generation.Request) { r.Job.Params = map[string]any{"width": 63} },
		"too large":      func(r *generation.Request) { r.Job.Params = map[string]any{"height": 2049} },
		"not whole":      func(r *generation.Request) { r.Job.Params = map[string]any{"width": 100.5} },
		"not a number":   func(r *generation.Request) { r.Job.Params = map[string]any{"width": "wide"} },
		"no size":        func(r *generation.Request) { r.Job.Params = map[string]any{"size": "large"} },
		"size of digits": func(r *generation.Request) { r.Job.Params = map[string]any{"size": 512} },
		"overflow":       func(r *generation.Request) { r.Job.Params = map[string]any{"width": uint64(1) << 63} },
		"a translation":  func(r *generation.Request) { r.Job.Transform = "translate" },
		"another model":  func(r *generation.Request) { r.Job.Model = "oil" },
	} {
		r := request("sea", 1, nil)
		change(&r)
		_, err := sketch.New().Generate(t.Context(), r, quiet)
		require.ErrorIs(t, err, &protocol.Error{Code: protocol.CodeInvalidInput}, name)
		require.False(t, protocol.AsError(err).Retryable, name)
	}
}

func FuzzAnyPromptGivesAPicture(f *testing.F) {
	f.Add("sunset over misty mountains", "people", int64(1), uint8(10), uint8(200))
	f.Add("no no no without a", "", int64(-1), uint8(0), uint8(0))
	f.Add("bear by a river, autumn, rainbow\x00\xff ünïcode 龍", "bear", int64(7), uint8(255), uint8(3))
	f.Add("underwater city on mars in space in a room", "sky", int64(9), uint8(90), uint8(90))
	f.Fuzz(func(t *testing.T, prompt, negative string, seed int64, w, h uint8) {
		r := request(prompt, seed, map[string]any{"width": 64 + int(w)/4, "height": 64 + int(h)/4})
		r.Job.Negative = negative
		b := decode(t, paint(t, r)).Bounds()
		require.Equal(t, 64+int(w)/4, b.Dx())
	})
}

func BenchmarkGenerate(b *testing.B) {
	for _, size := range []string{"512x384", "1024x768"} {
		for _, prompt := range []string{"mountains at sunset", "sailboat on the sea", "city at night", "storm over the sea", "aurora over a lake", "forest, golden hour"} {
			b.Run(size+"/"+prompt, func(b *testing.B) {
				for b.Loop() {
					paint(b, request(prompt, 3, map[string]any{"size": size}))
				}
			})
		}
	}
}
