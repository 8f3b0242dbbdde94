package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"os/exec"
)

// chain is one remix and what is said of its steps.
type chain struct {
	strip                image.Image
	picture, sound, film string
}

const stills = 4

func remix(prompt string, seed int64) (chain, error) {
	var c chain
	picture, err := do("image", "generate", prompt, seed, map[string]any{"width": 1152, "height": 768})
	if err != nil {
		return c, err
	}
	sound, err := do("audio", "soundtrack", prompt, seed, map[string]any{"seconds": 8.0}, picture)
	if err != nil {
		return c, err
	}
	film, err := do("video", "animate", prompt, seed, map[string]any{"seconds": 8.0}, picture, sound)
	if err != nil {
		return c, err
	}
	for input, said := range map[*[]byte]*string{&picture: &c.picture, &sound: &c.sound, &film: &c.film} {
		text, err := do("text", "describe", prompt, seed, nil, *input)
		if err != nil {
			return c, err
		}
		*said = string(text)
	}
	strip := blank(3*cellW+2*cellW, 2*cellH)
	if err := put(strip, image.Rect(0, 0, 3*cellW, 2*cellH), picture); err != nil {
		return c, err
	}
	wave(strip, image.Rect(3*cellW, 0, 5*cellW, cellH), sound)
	for i := range stills {
		still, err := at(film, 0.5+float64(i)*2.2)
		if err != nil {
			return c, err
		}
		x := 3*cellW + i*cellW/2
		if err := put(strip, image.Rect(x, cellH, x+cellW/2, cellH+cellH), still); err != nil {
			return c, err
		}
	}
	c.strip = strip
	return c, nil
}

// at is a film's picture at a second, cut to half a cell.
func at(film []byte, second float64) ([]byte, error) {
	cmd := exec.CommandContext(context.Background(), "ffmpeg", "-hide_banner", "-loglevel", "error", "-i", "pipe:0", "-ss", fmt.Sprintf("%.2f", second), //nolint:gosec // numbers
		"-frames:v", "1", "-vf", "crop=ih*2/3:ih", "-f", "image2pipe", "-c:v", "png", "pipe:1")
	cmd.Stdin = bytes.NewReader(film)
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("take a still: %w", err)
	}
	return out, nil
}

// wave draws the loudness of a WAV's left channel.
func wave(sheet *image.RGBA, at image.Rectangle, wav []byte) {
	draw.Draw(sheet, at, image.NewUniform(color.RGBA{R: 24, G: 27, B: 34, A: 255}), image.Point{}, draw.Src)
	data := wav[44:]
	frames := len(data) / 4
	middle := (at.Min.Y + at.Max.Y) / 2
	for x := at.Min.X; x < at.Max.X; x++ {
		from, to := (x-at.Min.X)*frames/at.Dx(), (x-at.Min.X+1)*frames/at.Dx()
		top := 0
		for i := from; i < to; i++ {
			v := int(int16(binary.LittleEndian.Uint16(data[4*i:])))
			top = max(top, v, -v)
		}
		half := top * (at.Dy()/2 - 8) / 32768
		for y := middle - half; y <= middle+half; y++ {
			sheet.SetRGBA(x, y, color.RGBA{R: 242, G: 169, B: 80, A: 255})
		}
	}
}
