package media

import (
	"encoding/binary"
	"fmt"
	"io"
	"math/bits"

	"github.com/abema/go-mp4"
)

// Bounds on what is looked at of an MP4 file (ISO/IEC 14496-12).
const (
	maxBoxes   = 100_000
	maxPayload = 1 << 20 // bytes of a box that is read whole
)

// measureMP4 reads the movie's header, or, where it says nothing of the duration, the fragments'.
func measureMP4(r *io.SectionReader) (Track, error) {
	m := movie{r: r, tracks: make(map[uint32]*mp4Track)}
	err := m.each(0, uint64(r.Size()), func(b *mp4.BoxInfo) error { //nolint:gosec // a size
		switch b.Type.String() {
		case "moov":
			m.there = true
			return m.inside(b, m.header)
		case "moof":
			return m.inside(b, m.fragment)
		}
		return nil
	})
	if err != nil {
		return Track{}, fmt.Errorf("mp4: %w: %w", err, ErrBroken)
	}
	if !m.there {
		return Track{}, fmt.Errorf("mp4 without a movie header: %w", ErrBroken)
	}
	return m.track(), nil
}

// movie is what was found of one.
type movie struct {
	r      *io.SectionReader
	boxes  int
	there  bool
	whole  Track
	scale  float64 // units a second
	tracks map[uint32]*mp4Track
	last   *mp4Track
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
	case "trak", "mdia", "mvex":
		if b.Type.String() == "trak" {
			m.last = new(mp4Track)
		}
		return m.inside(b, m.header)
	case "mvhd":
		var h mp4.Mvhd
		err = m.read(b, &h)
		m.scale = float64(h.Timescale)
		m.whole.Duration = lasting(float64(h.GetDuration()), m.scale)
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
	}
	return err
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
