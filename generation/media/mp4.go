package media

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/bits"

	"github.com/abema/go-mp4"
)

// Bounds on what is looked at of an MP4 file (ISO/IEC 14496-12).
const (
	maxBoxes   = 200_000 // as of twenty minutes in fragments of one picture each
	maxDepth   = 8
	maxPayload = 1 << 20 // bytes of a box that is read whole
	unknown    = 1<<32 - 1
)

// measureMP4 reads the movie's header, or, where it says nothing of the duration, the fragments'.
func measureMP4(r *io.SectionReader) (Track, error) {
	disk := &watched{SectionReader: r}
	m := movie{r: disk, tracks: make(map[uint32]*mp4Track)}
	err := m.each(0, uint64(r.Size()), func(b *mp4.BoxInfo) error { //nolint:gosec // a size
		switch b.Type.String() {
		case "moov":
			m.there = true
			return m.inside(b, m.header)
		case "moof":
			return m.inside(b, m.fragment)
		case "mdat":
			m.samples = true
			m.data, m.open = m.data+b.Size-b.HeaderSize, b.ExtendToEOF
		}
		return nil
	})
	switch {
	case disk.err != nil:
		return Track{}, fmt.Errorf("read a film: %w", disk.err)
	case err != nil:
		return Track{}, fmt.Errorf("mp4: %w: %w", err, ErrBroken)
	case !m.there:
		return Track{}, fmt.Errorf("mp4 without a movie header: %w", ErrBroken)
	case !m.samples:
		return Track{}, fmt.Errorf("mp4 without samples: %w", ErrBroken)
	case m.open && m.wanted > m.data:
		return Track{}, fmt.Errorf("mp4 of %d bytes of samples has %d: %w", m.wanted, m.data, ErrBroken)
	}
	return m.track(), nil
}

// watched remembers why a file could not be read, which is not the fault of what is in it.
type watched struct {
	*io.SectionReader
	err error
}

func (w *watched) Read(p []byte) (int, error) {
	n, err := w.SectionReader.Read(p)
	return n, w.saw(err)
}

// ReadAt implements [io.ReaderAt].
func (w *watched) ReadAt(p []byte, at int64) (int, error) {
	n, err := w.SectionReader.ReadAt(p, at)
	return n, w.saw(err)
}

func (w *watched) saw(err error) error {
	if err != nil && !errors.Is(err, io.EOF) {
		w.err = err
	}
	return err
}

// movie is what was found of one.
type movie struct {
	r       *watched
	boxes   int
	depth   int
	there   bool   // its header
	samples bool   // and what it is the header of
	open    bool   // the samples go on to the end of the file, wherever that is
	data    uint64 // bytes of samples that are there
	wanted  uint64 // and that there should be, fragments apart
	whole   Track
	scale   float64 // units a second
	tracks  map[uint32]*mp4Track
	last    *mp4Track
}

type mp4Track struct {
	scale  float64
	sample uint32 // usual duration of a sample
	end    uint64 // of its last fragment
}

func (m *movie) track() Track {
	if m.whole.Duration > 0 {
		return m.whole
	}
	for _, t := range m.tracks {
		m.whole.Duration = max(m.whole.Duration, lasting(float64(t.end), t.scale))
	}
	return m.whole
}

// each visits the boxes that lie side by side in a range.
func (m *movie) each(from, to uint64, visit func(*mp4.BoxInfo) error) error {
	for at := from; at+mp4.SmallHeaderSize <= to; {
		m.boxes++
		if m.boxes > maxBoxes {
			return fmt.Errorf("more than %d boxes", maxBoxes)
		}
		if _, err := m.r.Seek(int64(at), io.SeekStart); err != nil { //nolint:gosec // within the file
			return fmt.Errorf("seek: %w", err)
		}
		b, err := mp4.ReadBoxInfo(m.r)
		if err != nil {
			return fmt.Errorf("read a box: %w", err)
		}
		if b.Size < b.HeaderSize || b.Size > to-at {
			return fmt.Errorf("box %s of %d bytes where %d are left", b.Type, b.Size, to-at)
		}
		if err := visit(b); err != nil {
			return err
		}
		at += b.Size
	}
	return nil
}

func (m *movie) inside(b *mp4.BoxInfo, visit func(*mp4.BoxInfo) error) error {
	m.depth++
	defer func() { m.depth-- }()
	if m.depth > maxDepth {
		return fmt.Errorf("boxes within boxes within %s", b.Type)
	}
	return m.each(b.Offset+b.HeaderSize, b.Offset+b.Size, visit)
}

// read reads a box whole, unless it is larger than any of its kind.
func (m *movie) read(b *mp4.BoxInfo, into mp4.IBox) error {
	length := b.Size - b.HeaderSize
	if length > maxPayload {
		return fmt.Errorf("box %s of %d bytes", b.Type, b.Size)
	}
	if _, err := b.SeekToPayload(m.r); err != nil {
		return fmt.Errorf("seek: %w", err)
	}
	if _, err := mp4.Unmarshal(m.r, length, into, b.Context); err != nil {
		return fmt.Errorf("read box %s: %w", b.Type, err)
	}
	return nil
}

// header visits the boxes of moov and what they hold.
func (m *movie) header(b *mp4.BoxInfo) (err error) {
	switch b.Type.String() {
	case "trak", "mdia", "minf", "stbl", "mvex":
		if b.Type.String() == "trak" {
			m.last = new(mp4Track)
		}
		return m.inside(b, m.header)
	case "mvhd":
		var h mp4.Mvhd
		err = m.read(b, &h)
		m.scale = float64(h.Timescale)
		if h.GetVersion() > 0 || h.DurationV0 != unknown {
			m.whole.Duration = lasting(float64(h.GetDuration()), m.scale)
		}
	case "mehd":
		var h mp4.Mehd
		err = m.read(b, &h)
		m.whole.Duration = max(m.whole.Duration, lasting(float64(h.GetFragmentDuration()), m.scale))
	case "tkhd":
		var h mp4.Tkhd
		err = m.read(b, &h)
		m.size(h)
		if m.last != nil {
			m.tracks[h.TrackID] = m.last
		}
	case "mdhd":
		var h mp4.Mdhd
		if err = m.read(b, &h); m.last != nil {
			m.last.scale = float64(h.Timescale)
		}
	case "trex":
		var h mp4.Trex
		err = m.read(b, &h)
		if t := m.tracks[h.TrackID]; t != nil {
			t.sample = h.DefaultSampleDuration
		}
	case "stsz":
		err = m.sizes(b)
	}
	return err
}

// sizes adds up how large a track's samples are. The table can be long, so it is read piece by piece.
func (m *movie) sizes(b *mp4.BoxInfo) error {
	at := b.Offset + b.HeaderSize
	head, err := readAt(m.r, int64(at), 12) //nolint:gosec // within the file
	if err != nil {
		return err
	}
	each, count := uint64(binary.BigEndian.Uint32(head[4:])), uint64(binary.BigEndian.Uint32(head[8:]))
	if each > 0 {
		m.wanted += each * count
		return nil
	}
	if 12+4*count > b.Size-b.HeaderSize {
		return fmt.Errorf("box %s of %d bytes has %d entries", b.Type, b.Size, count)
	}
	table := bufio.NewReader(io.NewSectionReader(m.r, int64(at+12), int64(4*count))) //nolint:gosec // within the box
	for range count {
		raw, err := table.Peek(4)
		if err != nil {
			return fmt.Errorf("read box %s: %w", b.Type, err)
		}
		m.wanted += uint64(binary.BigEndian.Uint32(raw))
		_, _ = table.Discard(4) // it was there
	}
	return nil
}

// size takes a picture track's size as it is to be shown: a quarter turn in its matrix exchanges the sides.
func (m *movie) size(h mp4.Tkhd) {
	w, height := int(h.GetWidthInt()), int(h.GetHeightInt())
	if w == 0 || height == 0 || m.whole.Width > 0 {
		return
	}
	if h.Matrix[0] == 0 && h.Matrix[1] != 0 {
		w, height = height, w
	}
	m.whole.Width, m.whole.Height = w, height
}

// fragment visits the boxes of moof and what they hold.
func (m *movie) fragment(b *mp4.BoxInfo) (err error) {
	switch b.Type.String() {
	case "traf":
		m.last = nil
		return m.inside(b, m.fragment)
	case "tfhd":
		var h mp4.Tfhd
		err = m.read(b, &h)
		m.last = m.tracks[h.TrackID]
		if m.last != nil && h.CheckFlag(0x8) {
			m.last.sample = h.DefaultSampleDuration
		}
	case "tfdt":
		var h mp4.Tfdt
		if err = m.read(b, &h); m.last != nil {
			m.last.end = h.GetBaseMediaDecodeTime()
		}
	case "trun":
		if m.last != nil {
			err = m.run(b)
		}
	}
	return err
}

// run adds a run of samples to its track. How many there are is not believed before there is room for them.
func (m *movie) run(b *mp4.BoxInfo) error {
	const durations = 0x100
	head, err := readAt(m.r, int64(b.Offset+b.HeaderSize), 8) //nolint:gosec // within the file
	if err != nil {
		return err
	}
	flags, count := binary.BigEndian.Uint32(head)&0xffffff, uint64(binary.BigEndian.Uint32(head[4:]))
	if flags&durations == 0 {
		m.last.end += count * uint64(m.last.sample)
		return nil
	}
	if each := uint64(bits.OnesCount32(flags&0xf00)) * 4; count*each > b.Size { //nolint:gosec // at most 16
		return fmt.Errorf("a run of %d samples in %d bytes", count, b.Size)
	}
	var h mp4.Trun
	err = m.read(b, &h)
	for _, e := range h.Entries {
		m.last.end += uint64(e.SampleDuration)
	}
	return err
}
