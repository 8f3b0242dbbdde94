package media

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

// ErrNoProgram says that films cannot be looked at on this machine.
var ErrNoProgram = errors.New("the program that draws films is not installed")

// posterPixels is how large a film may be to be drawn: a decoder may keep sixteen pictures of it at once.
const posterPixels = 4096 * 2304

// Poster has ffmpeg draw a picture of a film as a JPEG within ThumbEdge × ThumbEdge: the one at a tenth of its duration,
// since many begin in the dark. The film is not trusted, so ffmpeg is told what it is, opens nothing but this file, uses
// no decoders but those of films as people have them, and ends with ctx.
func Poster(ctx context.Context, program, mime, path string, film Track) ([]byte, error) {
	reader := map[string]string{"video/mp4": "mov", "video/webm": "matroska", "video/ogg": "ogg"}[mime]
	switch {
	case reader == "" || film.Width < 1 || film.Height < 1:
		return nil, fmt.Errorf("no film: %w", ErrType)
	case film.Width > posterPixels/film.Height:
		return nil, fmt.Errorf("%d×%d: %w", film.Width, film.Height, ErrPixels)
	}
	program, err := exec.LookPath(program)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoProgram, err)
	}
	edge := strconv.Itoa(ThumbEdge)
	cmd := exec.CommandContext(ctx, program, "-hide_banner", "-loglevel", "error", "-nostdin", //nolint:gosec // the operator's ffmpeg
		"-threads", "1", "-max_pixels", strconv.Itoa(posterPixels), "-protocol_whitelist", "file", "-f", reader,
		"-codec_whitelist", strings.Join(filmDecoders(), ","), "-an", "-sn", "-dn",
		"-ss", strconv.FormatFloat((film.Duration/10).Seconds(), 'f', 3, 64), "-i", "file:"+path,
		"-map", "0:v:0", "-frames:v", "1", "-threads", "1",
		"-vf", "scale=w='min("+edge+",iw)':h='min("+edge+",ih)':force_original_aspect_ratio=decrease",
		"-c:v", "mjpeg", "-q:v", "3", "-pix_fmt", "yuvj420p", "-f", "image2pipe", "pipe:1")
	cmd.Env = []string{} // what the server was told is not for a program that reads strangers' files
	cmd.WaitDelay = time.Second
	picture, err := cmd.Output()
	if err != nil {
		if exit := (*exec.ExitError)(nil); errors.As(err, &exit) && len(exit.Stderr) > 0 {
			err = fmt.Errorf("%w: %s", err, strings.TrimSpace(string(exit.Stderr)))
		}
		return nil, fmt.Errorf("draw a picture of a film: %w", err)
	}
	if Sniff(picture) != "image/jpeg" {
		return nil, fmt.Errorf("draw a picture of a film: %w", ErrBroken)
	}
	return picture, nil
}

func filmDecoders() []string {
	return []string{
		"h264", "hevc", "av1", "libdav1d", "libaom-av1", "vp8", "vp9", "libvpx", "libvpx-vp9", "mpeg4", "theora", "prores", "mjpeg",
	}
}
