package media

import (
	"bytes"
	"encoding/binary"
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
		t.Duration, err = oggDuration(r)
	case "audio/mpeg":
		t.Duration = mp3Duration(r)
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

// wavDuration walks the chunks of a RIFF/WAVE file. The data of a stream that was never finished goes on to its end.
func wavDuration(r *io.SectionReader) (time.Duration, error) {
	const chunks, unfinished = 1000, 0xffffffff
	rate := 0.0
	for at, n := int64(12), 0; n < chunks; n++ {
		head, err := readAt(r, at, 8)
		if err != nil {
			return 0, err
		}
		at += 8
		length := int64(binary.LittleEndian.Uint32(head[4:]))
		switch {
		case string(head[:4]) == "fmt ":
			format, err := readAt(r, at, 16)
			if err != nil {
				return 0, err
			}
			rate = float64(binary.LittleEndian.Uint32(format[8:])) // bytes a second
		case string(head[:4]) == "data" && length == unfinished:
			return lasting(float64(r.Size()-at), rate), nil
		case string(head[:4]) == "data" && at+length <= r.Size():
			return lasting(float64(length), rate), nil
		}
		at += length + length%2
	}
	return 0, fmt.Errorf("wav without data: %w", ErrBroken)
}

// flacDuration reads STREAMINFO (RFC 9639 §8.2), which comes first.
func flacDuration(r *io.SectionReader) (time.Duration, error) {
	head, err := readAt(r, 0, 42)
	if err != nil {
		return 0, err
	}
	return streamInfo(head[8:]), nil
}

func streamInfo(b []byte) time.Duration {
	rate := binary.BigEndian.Uint32(b[10:]) >> 12
	samples := binary.BigEndian.Uint64(b[10:]) & (1<<36 - 1)
	return lasting(float64(samples), float64(rate))
}

// oggDuration compares the first page with the last one (RFC 3533 §6): a page says at which sample it ends.
func oggDuration(r *io.SectionReader) (time.Duration, error) {
	const header, largest = 27, 65307
	first, err := readAt(r, 0, int(min(r.Size(), header+255+64)))
	if err != nil || len(first) < header {
		return 0, fmt.Errorf("ogg: %w", errors.Join(err, ErrBroken))
	}
	packet := first[min(len(first), header+int(first[26])):]
	var rate, skip float64
	switch {
	case len(packet) >= 19 && bytes.HasPrefix(packet, []byte("OpusHead")): // RFC 7845 §5.1
		rate, skip = 48000, float64(binary.LittleEndian.Uint16(packet[10:]))
	case len(packet) >= 16 && bytes.HasPrefix(packet, []byte("\x01vorbis")):
		rate = float64(binary.LittleEndian.Uint32(packet[12:]))
	case len(packet) >= 51 && bytes.HasPrefix(packet, []byte("\x7fFLAC")):
		return streamInfo(packet[17:]), nil
	}
	tail, err := readAt(r, max(0, r.Size()-largest), int(min(r.Size(), largest)))
	if err != nil {
		return 0, err
	}
	for end := len(tail); ; {
		at := bytes.LastIndex(tail[:end], []byte("OggS"))
		if at < 0 {
			return 0, nil
		}
		page := tail[at:]
		if end = at; len(page) < header || !bytes.Equal(page[14:18], first[14:18]) { // of another stream
			continue
		}
		if sample := int64(binary.LittleEndian.Uint64(page[6:])); sample > 0 { //nolint:gosec // −1: nothing ends on this page
			return lasting(float64(sample)-skip, rate), nil
		}
	}
}
