package media

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"time"
)

const (
	oggHeader  = 27 // bytes of a page before the lengths of its segments
	oggStreams = 32 // that are looked at beside each other
)

// oggFile walks the pages of a file (RFC 3533 §6). Those of several streams take turns; streams after one another, as
// radio sends them, are played after one another.
type oggFile struct {
	streams map[uint32]*oggStream
	begun   bool // pages that are no beginnings have come
	before  time.Duration
	track   Track
}

// oggStream is one of a file's; a page says at which of its units it ends.
type oggStream struct {
	rate, skip float64 // units a second, and those that are not played
	shift      uint    // of a film: low bits that count from the last whole picture
	end        uint64
}

// measureOgg finds how far the pages reach. A file may end at any page, as what is recorded does, but not within one.
func measureOgg(r *io.SectionReader) (Track, error) {
	in := bufio.NewReaderSize(r, 1<<17)
	f := oggFile{streams: make(map[uint32]*oggStream)}
	for pages := 0; ; pages++ {
		page, err := oggPage(in)
		switch {
		case errors.Is(err, io.EOF) && pages > 0:
			f.track.Duration = f.before + f.playing()
			return f.track, nil
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return Track{}, fmt.Errorf("ogg: it ends too early: %w", ErrBroken)
		case err != nil:
			return Track{}, err
		}
		f.take(page)
		if _, err := in.Discard(len(page)); err != nil {
			return Track{}, fmt.Errorf("read a page: %w", err)
		}
	}
}

// oggPage looks at the next page; io.EOF when there is none, which what is behind the last one is not.
func oggPage(in *bufio.Reader) ([]byte, error) {
	head, err := in.Peek(oggHeader)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("read a page: %w", err)
	}
	if !bytes.HasPrefix(head, []byte("OggS")) {
		return nil, io.EOF
	}
	if len(head) < oggHeader {
		return nil, io.ErrUnexpectedEOF
	}
	length := oggHeader + int(head[26])
	head, err = in.Peek(length)
	if err == nil {
		for _, n := range head[oggHeader:] {
			length += int(n)
		}
		head, err = in.Peek(length)
	}
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return head, err //nolint:wrapcheck // io.EOF is looked for
}

func (f *oggFile) take(page []byte) {
	const first = 2
	serial := binary.LittleEndian.Uint32(page[14:])
	if page[5]&first == 0 {
		f.begun = true
		if s := f.streams[serial]; s != nil {
			if at := binary.LittleEndian.Uint64(page[6:]); int64(at) > 0 { //nolint:gosec // −1: nothing ends on this page
				s.end = max(s.end, at)
			}
		}
		return
	}
	if f.begun { // the next part of a chain
		f.before += f.playing()
		clear(f.streams)
		f.begun = false
	}
	if len(f.streams) < oggStreams {
		f.streams[serial] = f.open(page[oggHeader+int(page[26]):])
	}
}

// open reads the packet with which a stream begins.
func (f *oggFile) open(packet []byte) *oggStream {
	s := new(oggStream)
	switch {
	case len(packet) >= 19 && bytes.HasPrefix(packet, []byte("OpusHead")): // RFC 7845 §5.1
		s.rate, s.skip = 48000, float64(binary.LittleEndian.Uint16(packet[10:]))
	case len(packet) >= 16 && bytes.HasPrefix(packet, []byte("\x01vorbis")): // Vorbis I §4.2.2
		s.rate = float64(binary.LittleEndian.Uint32(packet[12:]))
	case len(packet) >= 17+streamInfoSize && bytes.HasPrefix(packet, []byte("\x7fFLAC")): // RFC 9639 §10.1
		s.rate = streamInfoOf(packet[17:]).rate
	case len(packet) >= 42 && bytes.HasPrefix(packet, []byte("\x80theora")): // Theora §6.2
		frames, seconds := binary.BigEndian.Uint32(packet[22:]), binary.BigEndian.Uint32(packet[26:])
		s.rate = float64(frames) / float64(max(seconds, 1))
		s.shift = uint(packet[40]&3)<<3 | uint(packet[41]>>5)
		if f.track.Width == 0 {
			f.track.Width = int(binary.BigEndian.Uint32(packet[13:]) & 0xffffff)
			f.track.Height = int(binary.BigEndian.Uint32(packet[16:]) & 0xffffff)
		}
	}
	return s
}

// playing is how long the streams play that are beside each other now.
func (f *oggFile) playing() (longer time.Duration) {
	for _, s := range f.streams {
		units := s.end>>s.shift + s.end&(1<<s.shift-1)
		longer = max(longer, lasting(float64(units)-s.skip, s.rate))
	}
	return longer
}
