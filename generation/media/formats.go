package media

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
)

func appendChunk(out []byte, kind string, content []byte) []byte {
	out = binary.BigEndian.AppendUint32(out, uint32(len(content))) //nolint:gosec // a note
	start := len(out)
	out = append(append(out, kind...), content...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(out[start:]))
}

// jpegOrientation is how a JPEG is to be turned.
func jpegOrientation(data []byte) Turn {
	turn := Upright
	_ = jpegSegments(data, func(marker byte, content, _ []byte) { // whole or not: it was decoded already
		if marker == 0xe1 && len(content) > 6 && string(content[:6]) == "Exif\x00\x00" {
			turn = exifOrientation(content[6:])
		}
	})
	return turn
}

// exifOrientation reads tag 0x0112 of the first directory (TIFF 6.0 §2).
func exifOrientation(tiff []byte) Turn {
	if len(tiff) < 8 {
		return Upright
	}
	var order binary.ByteOrder = binary.BigEndian
	if string(tiff[:2]) == "II" {
		order = binary.LittleEndian
	}
	at := uint64(order.Uint32(tiff[4:]))
	if at+2 > uint64(len(tiff)) {
		return Upright
	}
	entries := tiff[at+2:]
	for range order.Uint16(tiff[at:]) {
		if len(entries) < 12 {
			break
		}
		if order.Uint16(entries) == 0x0112 {
			if turn := Turn(order.Uint16(entries[8:])); turn >= 1 && turn <= 8 {
				return turn
			}
		}
		entries = entries[12:]
	}
	return Upright
}

// exifOf is an APP1 segment that says nothing but the orientation.
func exifOf(t Turn) []byte {
	tiff := []byte("MM\x00\x2a\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00")
	binary.BigEndian.PutUint16(tiff[18:], uint16(t))                             //nolint:gosec // 1–8
	out := append([]byte{0xff, 0xe1}, binary.BigEndian.AppendUint16(nil, 34)...) // with its own two bytes
	return append(append(out, "Exif\x00\x00"...), tiff...)
}

// gifBlocks walks a GIF (89a) and calls each block: the header with the global colours, images, extensions, the trailer.
func gifBlocks(data []byte, each func(kind gifBlock, whole []byte)) error {
	broken := fmt.Errorf("gif blocks: %w", ErrBroken)
	if len(data) < 13 {
		return broken
	}
	at := 13 + gifColours(data[10])
	if at > len(data) {
		return broken
	}
	each(gifHeader, data[:at])
	for at < len(data) {
		start := at
		kind := gifBlock(data[at])
		switch kind {
		case gifTrailer:
			each(kind, data[at:at+1])
			return nil
		case gifImage:
			if at+10 > len(data) {
				return broken
			}
			at += 10 + gifColours(data[at+9]) + 1 // and the code size
		case gifExtension:
			at += 2
		default:
			return broken
		}
		for { // sub-blocks, up to an empty one
			if at >= len(data) {
				return broken
			}
			n := int(data[at])
			at += 1 + n
			if n == 0 {
				break
			}
		}
		each(kind, data[start:at])
	}
	return broken
}

type gifBlock byte

const (
	gifHeader    gifBlock = 0
	gifExtension gifBlock = 0x21
	gifImage     gifBlock = 0x2c
	gifTrailer   gifBlock = 0x3b
)

func gifColours(flags byte) int {
	if flags&0x80 == 0 {
		return 0
	}
	return 3 << (flags&7 + 1)
}

// gifPixels counts the pixels of all frames.
func gifPixels(data []byte) (int, error) {
	pixels := 0
	err := gifBlocks(data, func(kind gifBlock, whole []byte) {
		if kind == gifImage {
			pixels += int(binary.LittleEndian.Uint16(whole[5:])) * int(binary.LittleEndian.Uint16(whole[7:]))
		}
	})
	return pixels, err
}

// stripGIF drops comments, plain texts and application data other than the loop count.
func stripGIF(data []byte) ([]byte, error) {
	out := make([]byte, 0, len(data))
	err := gifBlocks(data, func(kind gifBlock, whole []byte) {
		if kind == gifExtension {
			loop := whole[1] == 0xff && len(whole) > 14 && string(whole[3:14]) == "NETSCAPE2.0"
			if whole[1] != 0xf9 && !loop {
				return
			}
		}
		out = append(out, whole...)
	})
	return out, err
}
