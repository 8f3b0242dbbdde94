package opusfile

import (
	"bufio"
	"errors"
	"fmt"
	"io"
)

// Sizes of an Ogg page (RFC 3533 §6).
const (
	pageHead  = 27 // before its segments
	headPages = 2  // of every file, before anything is heard
	largest   = pageHead + 255 + 255*255
)

// ErrNothing says that a file broke off before anything was written in it.
var ErrNothing = errors.New("nothing is in the file")

// Whole is how many bytes of a file that broke off are whole pages; ErrNothing when there is no sound in them.
func Whole(file io.Reader) (size int64, err error) {
	in := bufio.NewReaderSize(file, largest)
	for pages := 0; ; pages++ {
		n, err := page(in)
		switch {
		case errors.Is(err, io.EOF) && pages <= headPages+int(preSkip/Frame):
			return 0, ErrNothing
		case errors.Is(err, io.EOF):
			return size, nil
		case err != nil:
			return 0, fmt.Errorf("read an Ogg file: %w", err)
		}
		size += int64(n)
	}
}

// page passes a page; io.EOF when there is no whole one.
func page(in *bufio.Reader) (int, error) {
	head, err := in.Peek(pageHead)
	if err != nil {
		return 0, err //nolint:wrapcheck // io.EOF is looked for
	}
	if string(head[:4]) != "OggS" {
		return 0, io.EOF
	}
	size := pageHead + int(head[26])
	if head, err = in.Peek(size); err != nil {
		return 0, err //nolint:wrapcheck // io.EOF is looked for
	}
	for _, n := range head[pageHead:] {
		size += int(n)
	}
	if _, err := in.Peek(size); err != nil {
		return 0, err //nolint:wrapcheck // io.EOF is looked for
	}
	return in.Discard(size) //nolint:wrapcheck // it was looked at
}
