package media

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"math/bits"
	"time"
)

// Elements of Matroska (RFC 9559) that are looked at.
const (
	ebmlSegment     = 0x18538067
	ebmlInfo        = 0x1549A966
	ebmlScale       = 0x2AD7B1
	ebmlDuration    = 0x4489
	ebmlTracks      = 0x1654AE6B
	ebmlTrackEntry  = 0xAE
	ebmlVideo       = 0xE0
	ebmlPixelWidth  = 0xB0
	ebmlPixelHeight = 0xBA
	ebmlCluster     = 0x1F43B675
	ebmlTimestamp   = 0xE7
	ebmlSimpleBlock = 0xA3
	ebmlBlockGroup  = 0xA0
	ebmlBlock       = 0xA1
)

// webM reads the elements of a file one after another, those that hold others opened rather than nested: a hostile file
// can be deep, but it is as long as it is.
type webM struct {
	r     *bufio.Reader
	at    int64
	size  int64
	live  bool // the segment's end is not known: it was sent while it was recorded
	scale float64
	told  float64 // duration in units of scale
	base  float64 // of the cluster
	seen  float64 // the newest block
	plays bool    // there are tracks
	track Track
	rest  [8]byte // of a number, while it is read
}

// measureWebM reads the header, and the clusters of a recording whose header was never finished.
func measureWebM(r *io.SectionReader) (Track, error) {
	const most = 4 << 20 // elements; a second of sound and film has about a hundred
	w := &webM{r: bufio.NewReaderSize(r, 1<<16), size: r.Size(), scale: float64(time.Millisecond)}
	for n := 0; ; n++ {
		again, err := w.element()
		switch {
		case n > most:
			return Track{}, fmt.Errorf("webm: more than %d elements: %w", most, ErrBroken)
		case w.live && (errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)):
			again = false // it was cut; what is there can be played
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return Track{}, fmt.Errorf("webm: it ends too early: %w", ErrBroken)
		case err != nil:
			return Track{}, err
		}
		if !again {
			break
		}
	}
	if !w.plays {
		return Track{}, fmt.Errorf("webm without tracks: %w", ErrBroken)
	}
	w.track.Duration = lasting(max(w.told, w.seen)*w.scale, float64(time.Second))
	return w.track, nil
}

// element reads one element, whole or, when it holds what is looked for, its head; false after the last one.
func (w *webM) element() (again bool, err error) {
	if w.at == w.size {
		return false, nil
	}
	id, _, err := w.vint(4)
	if err != nil {
		return false, err
	}
	length, open, err := w.vint(8)
	if err != nil {
		return false, err
	}
	if !open && length > uint64(w.size-w.at) { //nolint:gosec // at is within size
		return false, io.ErrUnexpectedEOF
	}
	switch id {
	case ebmlSegment:
		w.live = open
		return true, nil
	case ebmlCluster:
		return w.live || w.told == 0, nil // a whole file with a duration has told all
	case ebmlTrackEntry:
		w.plays = true
		return true, nil
	case ebmlInfo, ebmlTracks, ebmlVideo, ebmlBlockGroup:
		return true, nil
	}
	if open {
		return false, fmt.Errorf("webm: element %x has no end: %w", id, ErrBroken)
	}
	return true, w.leaf(id, int64(length)) //nolint:gosec // within the file
}

// leaf reads an element that holds a value.
func (w *webM) leaf(id uint64, length int64) error {
	switch id {
	case ebmlScale, ebmlPixelWidth, ebmlPixelHeight, ebmlTimestamp, ebmlDuration:
		if length > 8 {
			return fmt.Errorf("webm: a number of %d bytes: %w", length, ErrBroken)
		}
		w.rest = [8]byte{}
		if err := w.full(w.rest[8-length:]); err != nil {
			return err
		}
		w.value(id, binary.BigEndian.Uint64(w.rest[:]), length)
		return nil
	case ebmlSimpleBlock, ebmlBlock:
		start := w.at
		if _, _, err := w.vint(8); err != nil { // the track's number
			return err
		}
		offset := w.rest[:2] // of the time, signed
		if err := w.full(offset); err != nil {
			return err
		}
		w.seen = max(w.seen, w.base+float64(int16(binary.BigEndian.Uint16(offset)))) //nolint:gosec // as it is written
		length -= w.at - start
	}
	return w.skip(length)
}

func (w *webM) value(id, n uint64, length int64) {
	switch {
	case id == ebmlScale && n > 0:
		w.scale = float64(n)
	case id == ebmlDuration && length == 4:
		w.told = float64(math.Float32frombits(uint32(n))) //nolint:gosec // its four bytes
	case id == ebmlDuration:
		w.told = math.Float64frombits(n)
	case id == ebmlTimestamp:
		w.base = float64(n)
	case id == ebmlPixelWidth && n <= math.MaxUint16 && w.track.Width == 0:
		w.track.Width = int(n)
	case id == ebmlPixelHeight && n <= math.MaxUint16 && w.track.Height == 0:
		w.track.Height = int(n)
	}
}

// vint reads a number of variable length (RFC 8794 §4): an id with its marker, of up to four bytes, or a size without it, of
// up to eight; open when all its bits are set.
func (w *webM) vint(most int) (n uint64, open bool, err error) {
	first, err := w.r.ReadByte()
	if err != nil {
		return 0, false, err //nolint:wrapcheck // io.EOF is looked for
	}
	w.at++
	more := bits.LeadingZeros8(first)
	if more >= most {
		return 0, false, fmt.Errorf("webm: no number at %d: %w", w.at, ErrBroken)
	}
	rest := w.rest[:more]
	if err := w.full(rest); err != nil {
		return 0, false, err
	}
	n = uint64(first)
	if most == 8 {
		n &= 1<<(7-more) - 1
	}
	for _, b := range rest {
		n = n<<8 | uint64(b)
	}
	return n, most == 8 && n == 1<<(7*(more+1))-1, nil
}

func (w *webM) full(into []byte) error {
	n, err := io.ReadFull(w.r, into)
	w.at += int64(n)
	return err //nolint:wrapcheck // io.EOF is looked for
}

func (w *webM) skip(n int64) error {
	if n < 0 {
		return fmt.Errorf("webm: an element smaller than its head: %w", ErrBroken)
	}
	done, err := w.r.Discard(int(n))
	w.at += int64(done)
	return err //nolint:wrapcheck // io.EOF is looked for
}
