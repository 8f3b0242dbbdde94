package media

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"time"
)

// streamInfo is what a FLAC stream says of itself in its first block (RFC 9639 §8.2).
type streamInfo struct {
	block   uint64 // samples in each frame, when all have the same
	largest int64  // bytes of a frame; 0 when it is not known
	rate    float64
	samples uint64 // 0 when it is not known
}

const streamInfoSize = 34

func streamInfoOf(b []byte) streamInfo {
	rate := binary.BigEndian.Uint64(b[10:])
	return streamInfo{
		block:   uint64(binary.BigEndian.Uint16(b)),
		largest: int64(b[7])<<16 | int64(b[8])<<8 | int64(b[9]),
		rate:    float64(rate >> 44),
		samples: rate & (1<<36 - 1),
	}
}

// flacDuration compares what the stream says with the frame it ends with: a frame tells at which sample it begins.
func flacDuration(r *io.SectionReader) (time.Duration, error) {
	const magic, tags, enough = 8, 64 << 10, 2 << 20 // enough: 65535 samples of eight channels, not compressed
	head, err := readAt(r, 0, magic+streamInfoSize)
	if err != nil {
		return 0, err
	}
	info := streamInfoOf(head[magic:])
	look := info.largest + tags
	if info.largest == 0 || look > enough {
		look = enough
	}
	look = min(look, r.Size())
	tail, err := readAt(r, r.Size()-look, int(look))
	if err != nil {
		return 0, err
	}
	var end uint64
	for {
		at := bytes.IndexByte(tail, 0xff)
		if at < 0 {
			break
		}
		if until := info.frameEnd(tail[at:]); until > end && (until <= info.samples || info.samples == 0) {
			end = until
		}
		tail = tail[at+1:]
	}
	if end < info.samples {
		return 0, fmt.Errorf("flac of %d samples ends after %d: %w", info.samples, end, ErrBroken)
	}
	return lasting(float64(end), info.rate), nil
}

// frameEnd is the sample with which the frame that begins here ends; 0 when none begins here (RFC 9639 §9.1).
func (s streamInfo) frameEnd(b []byte) uint64 {
	const sync, variable = 0xfff8, 1
	if len(b) < 6 || binary.BigEndian.Uint16(b)&^variable != sync || b[3]&1 != 0 {
		return 0
	}
	number, at := codedNumber(b, 4)
	if at == 0 || at+5 > len(b) {
		return 0
	}
	var samples uint64
	switch code := b[2] >> 4; {
	case code == 0:
		return 0
	case code == 1:
		samples = 192
	case code <= 5:
		samples = 144 << code
	case code == 6:
		samples = uint64(b[at]) + 1
		at++
	case code == 7:
		samples = uint64(binary.BigEndian.Uint16(b[at:])) + 1
		at += 2
	default:
		samples = 1 << code
	}
	switch b[2] & 15 { // an uncommon rate
	case 12:
		at++
	case 13, 14:
		at += 2
	}
	if at >= len(b) || crc8(b[:at]) != b[at] {
		return 0
	}
	if b[1]&variable == 0 {
		number *= s.block
	}
	return number + samples
}

// codedNumber reads a number that is written as UTF-8 writes characters, in up to seven bytes; next is 0 when it is not.
func codedNumber(b []byte, at int) (n uint64, next int) {
	more := 0
	for first := b[at]; first&0x80 != 0; first <<= 1 {
		more++
	}
	if more == 1 || more > 7 || at+max(more, 1) > len(b) {
		return 0, 0
	}
	n = uint64(b[at])
	if more > 0 {
		n &= 1<<(7-more) - 1
	}
	for _, c := range b[at+1 : at+max(more, 1)] {
		if c&0xc0 != 0x80 {
			return 0, 0
		}
		n = n<<6 | uint64(c&0x3f)
	}
	return n, at + max(more, 1)
}

// crc8 is that of frame headers: polynomial x⁸ + x² + x + 1, from 0.
func crc8(b []byte) (sum byte) {
	for _, c := range b {
		sum ^= c
		for range 8 {
			carry := sum >> 7
			sum = sum<<1 ^ carry*7
		}
	}
	return sum
}
