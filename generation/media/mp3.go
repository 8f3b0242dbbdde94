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

// mp3File walks the frames of a file, which has no header of its own.
type mp3File struct {
	in     *bufio.Reader
	junk   int // bytes that may still be passed over
	frames int
	told   int // frames that an encoder says there are; 0 when it says nothing
	whole  time.Duration
}

// mp3Duration adds up the frames.
func mp3Duration(r *io.SectionReader) (time.Duration, error) {
	f := mp3File{in: bufio.NewReaderSize(r, 1<<16), junk: 1 << 17}
	for {
		err := f.sync()
		if err == nil {
			err = f.row()
		}
		switch {
		case err == nil:
			continue
		case !errors.Is(err, io.EOF):
			return 0, fmt.Errorf("read a frame: %w", err)
		case f.frames == 0:
			return 0, fmt.Errorf("mpeg audio without frames: %w", ErrBroken)
		case f.frames < f.told-1: // it may count the frame in which it says so
			return 0, fmt.Errorf("mpeg audio of %d frames ends after %d: %w", f.told, f.frames, ErrBroken)
		}
		return f.whole, nil
	}
}

// sync goes to the next frame that another one or the end follows, past tags and, within bounds, past what is neither.
func (f *mp3File) sync() error {
	for f.junk > 0 {
		head, err := f.in.Peek(10)
		if len(head) < 4 {
			return err //nolint:wrapcheck // io.EOF is looked for
		}
		if len(head) == 10 && string(head[:3]) == "ID3" { // ID3v2 §3.1: seven bits to a byte of the length
			length := int(head[6]&127)<<21 | int(head[7]&127)<<14 | int(head[8]&127)<<7 | int(head[9]&127)
			if err := f.skip(10 + length); err != nil {
				return err
			}
			f.junk -= 10
			continue
		}
		if length, _, _ := mp3Frame(binary.BigEndian.Uint32(head)); length > 0 {
			both, _ := f.in.Peek(length + 4)
			if len(both) == length {
				return nil
			}
			if len(both) == length+4 {
				if next, _, _ := mp3Frame(binary.BigEndian.Uint32(both[length:])); next > 0 || string(both[length:length+3]) == "TAG" {
					return nil
				}
			}
		}
		if err := f.skip(1); err != nil {
			return err
		}
		f.junk--
	}
	return io.EOF
}

// row counts frames until something else comes.
func (f *mp3File) row() error {
	for {
		head, err := f.in.Peek(4)
		if err != nil {
			return err //nolint:wrapcheck // io.EOF is looked for
		}
		length, samples, rate := mp3Frame(binary.BigEndian.Uint32(head))
		if length == 0 {
			return nil
		}
		if f.frames == 0 && f.told == 0 {
			if frame, _ := f.in.Peek(length); f.summary(frame) {
				samples = 0
			}
		}
		if err := f.skip(length); err != nil {
			return err
		}
		if samples > 0 {
			f.frames++
			f.whole += lasting(float64(samples), float64(rate))
		}
	}
}

// summary tells whether a first frame holds, instead of sound, what the encoder says of the file: behind the room of the
// side information (ISO/IEC 11172-3 §2.4.1.7) a name, flags, and with the first flag the number of frames.
func (f *mp3File) summary(frame []byte) bool {
	const mono = 3
	if len(frame) < 4 {
		return false
	}
	side := 17
	switch first, single := frame[1]>>3&3 == 3, frame[3]>>6 == mono; {
	case first && !single:
		side = 32
	case !first && single:
		side = 9
	}
	if len(frame) < 4+side+12 {
		return false
	}
	said := frame[4+side:]
	if !bytes.HasPrefix(said, []byte("Xing")) && !bytes.HasPrefix(said, []byte("Info")) {
		return false
	}
	if said[7]&1 != 0 {
		f.told = int(binary.BigEndian.Uint32(said[8:]))
	}
	return true
}

func (f *mp3File) skip(n int) error {
	_, err := f.in.Discard(n)
	return err //nolint:wrapcheck // io.EOF is looked for
}

// mp3Frame reads the header of a frame of MPEG audio, layer III (ISO/IEC 11172-3 §2.4.2.3, 13818-3 §2.4.2.3): its bytes,
// the samples in it, and their rate. All are 0 for what is none.
func mp3Frame(head uint32) (length, samples, rate int) {
	const layer3, version1 = 1, 3
	sampling := [4][4]int{{11025, 12000, 8000}, {}, {22050, 24000, 16000}, {44100, 48000, 32000}} // Hz, by version
	kilobits := [16]int{0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320}
	halved := [16]int{0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160} // of the lower sampling rates
	version := head >> 19 & 3
	if head>>21 != 1<<11-1 || head>>17&3 != layer3 {
		return 0, 0, 0
	}
	rate, samples = sampling[version][head>>10&3], 1152
	if version != version1 {
		kilobits, samples = halved, 576
	}
	bitrate := kilobits[head>>12&15] * 1000
	if rate == 0 || bitrate == 0 {
		return 0, 0, 0
	}
	return samples/8*bitrate/rate + int(head>>9&1), samples, rate
}
