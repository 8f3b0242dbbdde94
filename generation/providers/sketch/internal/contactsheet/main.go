// Command contactsheet paints many prompts into one picture with labels, for people to look at.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"os"
	"strings"

	xdraw "golang.org/x/image/draw"
	"golang.org/x/image/font"
	"golang.org/x/image/font/basicfont"
	"golang.org/x/image/math/fixed"

	"atelier/generation"
	"atelier/generation/providers/sketch"
	"atelier/protocol"
)

func main() {
	out := flag.String("o", "sheet.png", "file to write")
	list := flag.String("prompts", "", "file with one prompt a line; without it a built-in list")
	size := flag.String("size", "512x384", "size of each picture")
	columns := flag.Int("columns", 4, "pictures in a row")
	seed := flag.Int64("seed", 1, "seed of all pictures")
	flag.Parse()
	if err := run(*out, *list, *size, *columns, *seed); err != nil {
		fmt.Fprintln(os.Stderr, "contactsheet:", err)
		os.Exit(1)
	}
}

func run(out, list, size string, columns int, seed int64) error {
	prompts := builtin()
	if list != "" {
		var err error
		if prompts, err = lines(list); err != nil {
			return fmt.Errorf("reading prompts: %w", err)
		}
	}
	var w, h int
	if _, err := fmt.Sscanf(size, "%dx%d", &w, &h); err != nil {
		return fmt.Errorf("size %q: %w", size, err)
	}
	const label = 18
	rows := (len(prompts) + columns - 1) / columns
	sheet := image.NewRGBA(image.Rect(0, 0, columns*w, rows*(h+label)))
	draw.Draw(sheet, sheet.Rect, image.White, image.Point{}, draw.Src)
	for i, prompt := range prompts {
		pic, err := paint(prompt, size, seed)
		if err != nil {
			return fmt.Errorf("painting %q: %w", prompt, err)
		}
		x, y := i%columns*w, i/columns*(h+label)
		xdraw.Copy(sheet, image.Pt(x, y), pic, pic.Bounds(), draw.Src, nil)
		pen := font.Drawer{Dst: sheet, Src: image.NewUniform(color.Black), Face: basicfont.Face7x13, Dot: fixed.P(x+4, y+h+13)}
		pen.DrawString(prompt)
	}
	f, err := os.Create(out) //nolint:gosec // the file that the caller names
	if err != nil {
		return fmt.Errorf("creating the sheet: %w", err)
	}
	if err := png.Encode(f, sheet); err != nil {
		return fmt.Errorf("encoding the sheet: %w", errors.Join(err, f.Close()))
	}
	return f.Close()
}

func paint(prompt, size string, seed int64) (image.Image, error) {
	job := protocol.Job{JobRequest: protocol.JobRequest{Kind: "image", Prompt: prompt, Params: map[string]any{"size": size}}}
	res, err := sketch.New().Generate(context.Background(), generation.Request{Job: job, Seed: seed}, func(float64, []byte) error { return nil })
	if err != nil {
		return nil, err
	}
	pic, err := png.Decode(res.Body)
	return pic, errors.Join(err, res.Body.Close())
}

// lines are the lines of a file that are not empty.
func lines(name string) ([]string, error) {
	raw, err := os.ReadFile(name) //nolint:gosec // the file that the caller names
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", name, err)
	}
	var out []string
	for line := range strings.Lines(string(raw)) {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, line)
		}
	}
	return out, nil
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
