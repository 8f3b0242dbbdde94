package media

import (
	"bufio"
	"encoding/binary"
	"io"
	"time"
)

// mp3Duration adds up the frames. MP3 has no header of its own, so what is not a row of frames has no duration.
func mp3Duration(r *io.SectionReader) time.Duration {
	in := bufio.NewReaderSize(r, 1<<16)
	if tag, err := in.Peek(10); err == nil && string(tag[:3]) == "ID3" { // ID3v2 §3.1: seven bits to a byte of the length
		length := int(tag[6])<<21 | int(tag[7])<<14 | int(tag[8])<<7 | int(tag[9])
		if _, err := in.Discard(10 + length); err != nil {
			return 0
		}
	}
	var whole time.Duration
	for {
		head, err := in.Peek(4)
		if err != nil {
			return whole
		}
		length, samples, rate := mp3Frame(binary.BigEndian.Uint32(head))
		if length == 0 { // tags at the end
			return whole
		}
		if _, err := in.Discard(length); err != nil {
			return whole
		}
		whole += lasting(float64(samples), float64(rate))
	}
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
