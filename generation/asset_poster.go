package generation

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"atelier/generation/media"
)

// posters gives films their pictures, one at a time.
type posters struct {
	program string
	limit   time.Duration // for waiting and drawing
	turn    chan struct{}
}

func newPosters(program string, limit time.Duration) *posters {
	return &posters{program: program, limit: limit, turn: make(chan struct{}, 1)}
}

// draw makes a film's picture; nil when there is none, for whatever reason: a film is as good without.
func (p *posters) draw(ctx context.Context, mime string, file *os.File, film media.Track) []byte {
	ctx, cancel := context.WithTimeout(ctx, p.limit)
	defer cancel()
	select {
	case p.turn <- struct{}{}:
		defer func() { <-p.turn }()
	case <-ctx.Done():
		return nil
	}
	picture, err := media.Poster(ctx, p.program, mime, file.Name(), film)
	if err != nil {
		return nil
	}
	return picture
}

// takeTrack stores a sound or a film, with a picture of the film where one can be made.
func (a *Assets) takeTrack(ctx context.Context, mime string, file *os.File, size int64) ([]Asset, error) {
	track, err := media.Measure(mime, file, size)
	if err != nil {
		return nil, refuse(err)
	}
	if track.Width == 0 { // the containers of films hold sounds, too
		mime = strings.Replace(mime, "video/", "audio/", 1)
	}
	row := Asset{
		Mime: mime, Bytes: size, Width: track.Width, Height: track.Height, DurationMS: track.Duration.Milliseconds(),
	}
	if row.ID, err = a.putFile(ctx, file, size); err != nil {
		return nil, err
	}
	if !strings.HasPrefix(mime, "video/") {
		return []Asset{row}, nil
	}
	poster := a.posters.draw(ctx, mime, file, track)
	look, err := media.Examine("image/jpeg", poster, a.cfg.MaxPixels)
	if err != nil {
		return []Asset{row}, nil //nolint:nilerr // a film is as good without a picture
	}
	thumb := Asset{Mime: "image/jpeg", Width: look.Width, Height: look.Height, Placeholder: look.Placeholder}
	if thumb.ID, thumb.Bytes, err = a.cfg.Blobs.Put(ctx, bytes.NewReader(poster), a.cfg.MaxBytes); err != nil {
		return nil, fmt.Errorf("store a film's picture: %w", err)
	}
	thumb.Thumb = thumb.ID
	row.Thumb, row.Placeholder = thumb.ID, look.Placeholder
	return []Asset{row, thumb}, nil
}
