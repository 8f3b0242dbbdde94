// Command gallery shows what the provider makes: a contact sheet of prompts and a page of remix chains, for people to look
// at. It writes gallery.md and the folder gallery beside it.
package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"io"
	"os"
	"path/filepath"
	"strings"

	xdraw "golang.org/x/image/draw"
	"golang.org/x/image/font"
	"golang.org/x/image/font/basicfont"
	"golang.org/x/image/math/fixed"

	"atelier/generation"
	"atelier/generation/providers/sketch"
	"atelier/protocol"
)

const (
	cellW, cellH = 288, 216
	columns      = 6
	label        = 18
)

func main() {
	docs := flag.String("docs", "docs", "folder in which gallery.md and gallery/ are written")
	flag.Parse()
	if err := run(*docs); err != nil {
		fmt.Fprintln(os.Stderr, "gallery:", err)
		os.Exit(1)
	}
}

func run(docs string) error {
	folder := filepath.Join(docs, "gallery")
	if err := os.MkdirAll(folder, 0o755); err != nil { //nolint:gosec // documentation
		return fmt.Errorf("make the folder: %w", err)
	}
	sheet, err := contactSheet()
	if err != nil {
		return err
	}
	if err := save(filepath.Join(folder, "sheet.jpg"), sheet); err != nil {
		return err
	}
	var page strings.Builder
	page.WriteString(head)
	for i, prompt := range chains() {
		c, err := remix(prompt, int64(i+1))
		if err != nil {
			return fmt.Errorf("chain %q: %w", prompt, err)
		}
		name := fmt.Sprintf("chain-%d.jpg", i+1)
		if err := save(filepath.Join(folder, name), c.strip); err != nil {
			return err
		}
		fmt.Fprintf(&page, "## %s\n\n![The picture, its soundtrack and four stills of the film](gallery/%s)\n\n", prompt, name)
		fmt.Fprintf(&page, "The picture: %s\n\nThe soundtrack: %s\n\nThe film: %s\n\n", c.picture, c.sound, c.film)
	}
	text := strings.TrimRight(page.String(), "\n") + "\n"
	return os.WriteFile(filepath.Join(docs, "gallery.md"), []byte(text), 0o644) //nolint:gosec,wrapcheck // documentation
}

const head = `# Gallery

What the built-in provider makes of words, without a key or a network: a renderer and a player piece, not AI models. ` + "`make gallery`" + `
makes this page and its pictures anew.

![24 prompts, one picture each](gallery/sheet.jpg)

Below are remix chains, each one request: a picture from words, a soundtrack from the picture, a film from both, and what is
measured of each, in words.

`

func chains() []string {
	return []string{
		"a quiet harbour at dawn, fog over the water", "a storm over the pier at night, epic", "cherry blossom garden with a pagoda temple, spring",
		"desert dunes with camels under a crescent moon", "cyberpunk city skyline at night, neon, rain",
	}
}

// do makes a result of a request over inputs.
func do(kind, transform, prompt string, seed int64, params map[string]any, inputs ...[]byte) ([]byte, error) {
	job := protocol.JobRequest{Kind: kind, Transform: transform, Prompt: prompt, Params: params}
	for range inputs {
		job.Inputs = append(job.Inputs, "input")
	}
	res, err := sketch.New().Generate(context.Background(), generation.Request{
		Job: protocol.Job{JobRequest: job}, Seed: seed,
		Inputs: func(_ context.Context, i int) (generation.Blob, error) { return held{bytes.NewReader(inputs[i])}, nil },
	}, func(float64, []byte) error { return nil })
	if err != nil || res.Body == nil {
		return []byte(res.Text), err //nolint:wrapcheck // says what it did
	}
	data, err := io.ReadAll(res.Body)
	return data, errors.Join(err, res.Body.Close())
}

type held struct{ *bytes.Reader }

func (held) Close() error { return nil }

func contactSheet() (image.Image, error) {
	prompts := builtin()
	rows := (len(prompts) + columns - 1) / columns
	sheet := blank(columns*cellW, rows*(cellH+label))
	for i, prompt := range prompts {
		data, err := do("image", "generate", prompt, 1, map[string]any{"width": 2 * cellW, "height": 2 * cellH})
		if err != nil {
			return nil, fmt.Errorf("painting %q: %w", prompt, err)
		}
		x, y := i%columns*cellW, i/columns*(cellH+label)
		if err := put(sheet, image.Rect(x, y, x+cellW, y+cellH), data); err != nil {
			return nil, err
		}
		write(sheet, x+4, y+cellH+13, prompt)
	}
	return sheet, nil
}

func blank(w, h int) *image.RGBA {
	sheet := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(sheet, sheet.Rect, image.White, image.Point{}, draw.Src)
	return sheet
}

func put(sheet *image.RGBA, at image.Rectangle, data []byte) error {
	pic, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		return fmt.Errorf("decode a picture: %w", err)
	}
	xdraw.CatmullRom.Scale(sheet, at, pic, pic.Bounds(), draw.Src, nil)
	return nil
}

func write(sheet *image.RGBA, x, y int, words string) {
	words = words[:min(len(words), cellW/7-1)]
	pen := font.Drawer{Dst: sheet, Src: image.NewUniform(color.Black), Face: basicfont.Face7x13, Dot: fixed.P(x, y)}
	pen.DrawString(words)
}

func save(path string, pic image.Image) error {
	var out bytes.Buffer
	if err := jpeg.Encode(&out, pic, &jpeg.Options{Quality: 82}); err != nil {
		return fmt.Errorf("encode %s: %w", path, err)
	}
	return os.WriteFile(path, out.Bytes(), 0o644) //nolint:gosec,wrapcheck // documentation
}

func builtin() []string {
	return []string{
		"sunset over misty mountains", "a lighthouse on a rocky coast in a storm", "small cabin in a snowy pine forest at night", "sailboat on a calm sea at golden hour",
		"cyberpunk city skyline at night, neon", "desert dunes with camels under a crescent moon", "lavender fields with a windmill, morning", "deer in an autumn forest, fog, dawn",
		"northern lights over a frozen lake", "hot air balloons over canyon at sunrise", "astronaut on an alien planet, ringed planet", "whale in the ocean at dusk, dreamy",
		"cherry blossom garden with a pagoda temple, spring", "castle on a hill, epic, sunset", "tropical beach with palm trees, noon", "city in the rain, melancholy",
		"a cat on the window of a cozy room, evening", "coral reef with fish underwater", "red car on a road through the mountains", "waterfall in the jungle, morning light",
		"volcano erupting at night", "minimal poster: lone tree on a hill", "steam train crossing the valley, autumn, vintage", "fox in a meadow with flowers, pastel",
	}
}
