package sketch

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/image/draw"

	"atelier/generation"
	"atelier/generation/providers/sketch/internal/look"
	"atelier/generation/providers/sketch/internal/score"
	"atelier/protocol"
)

const (
	framesPerSecond = 24
	filmEdge        = 768 // pixels of a film's longer side
)

// film moves a camera slowly over a picture, the input or one painted from the words, with music, the second input or
// composed from both.
func (w *work) film() (generation.Result, error) {
	seconds, err := within(w.Job.Params, "seconds", 6, 2, 30)
	if err != nil {
		return generation.Result{}, err
	}
	program, err := exec.LookPath(w.ffmpeg)
	if err != nil {
		return generation.Result{}, protocol.Errorf(protocol.CodeProviderError, "films want ffmpeg, which is not installed on this machine")
	}
	pic, err := w.still()
	if err != nil {
		return generation.Result{}, err
	}
	folder, err := os.MkdirTemp("", "atelier-film-")
	if err != nil {
		return generation.Result{}, fmt.Errorf("make a folder: %w", err)
	}
	sound := filepath.Join(folder, "sound")
	if err = w.sound(pic, seconds, sound); err == nil {
		err = w.encodeFilm(program, pic, seconds, sound, filepath.Join(folder, "film.mp4"))
	}
	var file *os.File
	if err == nil {
		file, err = os.Open(filepath.Join(folder, "film.mp4")) //nolint:gosec // in our own folder
	}
	if err != nil {
		return generation.Result{}, errors.Join(err, os.RemoveAll(folder))
	}
	return generation.Result{Body: &filmBody{file, folder}, Mime: "video/mp4"}, nil
}

// filmBody takes its folder with it.
type filmBody struct {
	*os.File
	folder string
}

// Close implements [io.Closer].
func (b *filmBody) Close() error { return errors.Join(b.File.Close(), os.RemoveAll(b.folder)) }

func (w *work) still() (*image.RGBA, error) {
	if len(w.Job.Inputs) > 0 {
		return w.input()
	}
	s, err := readSize(w.Job.Params)
	if err != nil {
		return nil, err
	}
	return w.paint(s, w.layout(), w.part(0, 0.3))
}

// sound puts the film's music into a file.
func (w *work) sound(pic *image.RGBA, seconds float64, path string) error {
	if len(w.Job.Inputs) > 1 {
		blob, err := w.Inputs(w.ctx, 1)
		if err != nil {
			return fmt.Errorf("open the soundtrack: %w", err)
		}
		defer func() { _ = blob.Close() }()
		file, err := os.Create(path) //nolint:gosec // in our own folder
		if err != nil {
			return fmt.Errorf("keep the soundtrack: %w", err)
		}
		_, err = io.Copy(file, blob)
		return errors.Join(err, file.Close())
	}
	piece, err := w.compose(score.FromWords(w.scene).Seen(look.Measure(pic)), seconds, w.part(0.3, 0.4))
	if err != nil {
		return err
	}
	if err := os.WriteFile(path, piece.WAV(), 0o600); err != nil {
		return fmt.Errorf("keep the soundtrack: %w", err)
	}
	return nil
}

// encodeFilm pipes frames to ffmpeg. One thread and exact flags make the same bytes of the same request.
func (w *work) encodeFilm(program string, pic *image.RGBA, seconds float64, sound, path string) error {
	s := filmSize(pic)
	fades := fmt.Sprintf("afade=t=out:st=%.3f:d=0.8", max(0, seconds-0.8))
	ctx, cancel := context.WithCancel(w.ctx)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, "-hide_banner", "-loglevel", "error", "-nostdin", "-y", //nolint:gosec // the operator's ffmpeg
		"-f", "rawvideo", "-pix_fmt", "rgba", "-s", fmt.Sprintf("%dx%d", s.w, s.h), "-r", strconv.Itoa(framesPerSecond), "-i", "pipe:0",
		"-i", sound, "-map", "0:v:0", "-map", "1:a:0", "-map_metadata", "-1",
		"-c:v", "libx264", "-preset", "veryfast", "-crf", "21", "-pix_fmt", "yuv420p", "-threads", "1",
		"-c:a", "aac", "-b:a", "160k", "-af", fades, "-t", fmt.Sprintf("%.3f", seconds),
		"-fflags", "+bitexact", "-flags:v", "+bitexact", "-flags:a", "+bitexact", "-movflags", "+faststart", path)
	cmd.WaitDelay = time.Second
	var said bytes.Buffer
	cmd.Stderr = &said
	in, err := cmd.StdinPipe()
	if err != nil {
		return fmt.Errorf("pipe to ffmpeg: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return protocol.Errorf(protocol.CodeProviderError, "ffmpeg does not start: %v", err)
	}
	shown := w.frames(pic, s, seconds, in)
	if shown != nil && w.ctx.Err() != nil {
		cancel()
	}
	err = errors.Join(in.Close(), cmd.Wait())
	switch {
	case w.ctx.Err() != nil:
		return fmt.Errorf("encoding a film: %w", context.Cause(w.ctx))
	case err != nil:
		return protocol.Errorf(protocol.CodeProviderError, "ffmpeg could not encode the film: %s", lastLine(said.String()))
	}
	return shown
}

func lastLine(s string) string {
	lines := strings.Split(strings.TrimSpace(s), "\n")
	return lines[len(lines)-1]
}

// filmSize has the picture's proportions and even sides, as yuv420p wants.
func filmSize(pic *image.RGBA) size {
	w, h := float64(pic.Rect.Dx()), float64(pic.Rect.Dy())
	scale := filmEdge / max(w, h)
	return size{max(2, int(w*scale)&^1), max(2, int(h*scale)&^1)}
}

// frames writes a slow move from one view of the picture to another, eased at both ends.
func (w *work) frames(pic *image.RGBA, s size, seconds float64, to io.Writer) error {
	dice := rand.New(rand.NewPCG(w.layout(), 0xca3e7a))
	from, until := view(dice, 1.0+0.05*dice.Float64()), view(dice, 1.18+0.14*dice.Float64())
	if dice.IntN(2) == 0 {
		from, until = until, from
	}
	report, n := w.part(0.4, 1), int(seconds*framesPerSecond)
	frame := image.NewRGBA(image.Rect(0, 0, s.w, s.h))
	pw, ph := float64(pic.Rect.Dx()), float64(pic.Rect.Dy())
	for i := range n {
		t := float64(i) / float64(max(1, n-1))
		t = t * t * (3 - 2*t)
		zoom, x, y := from[0]+(until[0]-from[0])*t, from[1]+(until[1]-from[1])*t, from[2]+(until[2]-from[2])*t
		cw, ch := pw/zoom, ph/zoom
		left, top := (pw-cw)*x, (ph-ch)*y
		place := [6]float64{float64(s.w) / cw, 0, -left * float64(s.w) / cw, 0, float64(s.h) / ch, -top * float64(s.h) / ch}
		draw.BiLinear.Transform(frame, place, pic, pic.Rect, draw.Src, nil)
		if _, err := to.Write(frame.Pix); err != nil {
			return fmt.Errorf("pipe to ffmpeg: %w", err)
		}
		var small []byte
		if i%framesPerSecond == 0 {
			small = glance(frame)
		}
		if err := report(float64(i+1)/float64(n), small); err != nil {
			return err
		}
	}
	return nil
}

// view is a zoom and where it looks, 0–1 from the left and from the top.
func view(dice *rand.Rand, zoom float64) [3]float64 {
	return [3]float64{zoom, 0.2 + 0.6*dice.Float64(), 0.25 + 0.5*dice.Float64()}
}
