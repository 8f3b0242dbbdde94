package media

import (
	"errors"
	"fmt"
	"io"
	"time"
)

// Track is what a sound or a film says of itself.
type Track struct {
	Duration      time.Duration // 0 when the file does not tell
	Width, Height int           // pixels; of films
}

// Measure finds out how long a sound or film of an accepted type is and how large, from its headers: nothing is decoded,
// and the work is bounded whatever the file claims. ErrBroken when it ends before what it announces, or when it has no
// headers that could be played.
func Measure(mime string, file io.ReaderAt, size int64) (t Track, err error) {
	defer func() {
		if v := recover(); v != nil { // a parser that did not expect this file
			t, err = Track{}, fmt.Errorf("%s: %w", mime, ErrBroken)
		}
		if t.Duration < 0 || t.Duration > longest {
			t.Duration = 0
		}
	}()
	r := io.NewSectionReader(file, 0, size)
	switch mime {
	case "audio/wav":
		t.Duration, err = wavDuration(r)
	case "audio/flac":
		t.Duration, err = flacDuration(r)
	case "audio/ogg", "video/ogg":
		t, err = measureOgg(r)
	case "audio/mpeg":
		t.Duration, err = mp3Duration(r)
	case "audio/mp4", "video/mp4":
		t, err = measureMP4(r)
	case "video/webm":
		t, err = measureWebM(r)
	}
	return t, err
}

const longest = 1000 * time.Hour

// lasting is how long so many units of a rate a second last.
func lasting(units, rate float64) time.Duration {
	if rate <= 0 || !(units > 0) || units/rate > longest.Seconds() {
		return 0
	}
	return time.Duration(units / rate * float64(time.Second))
}

// readAt reads n bytes or says that the file is broken.
func readAt(r io.ReaderAt, at int64, n int) ([]byte, error) {
	out := make([]byte, n)
	if _, err := r.ReadAt(out, at); errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("it ends too early: %w", ErrBroken)
	} else if err != nil {
		return nil, fmt.Errorf("read a file: %w", err)
	}
	return out, nil
}
