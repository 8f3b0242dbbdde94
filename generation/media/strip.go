package media

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
)

// Strip returns a picture without the metadata that tells about its maker: position, camera, owner, comments, other
// pictures behind its end. Its compressed pixels and colour profile are copied as they are; a JPEG keeps its orientation,
// a PNG the notes that [Annotate] writes.
func Strip(mime string, data []byte) ([]byte, error) {
	switch mime {
	case "image/png":
		return stripPNG(data)
	case "image/jpeg":
		return stripJPEG(data)
	case "image/webp":
		return stripWebP(data)
	case "image/gif":
		return stripGIF(data)
	}
	return nil, fmt.Errorf("%s: %w", mime, ErrType)
}

const pngSignature = "\x89PNG\r\n\x1a\n"

// pngChunks calls each chunk of a PNG (its type, its content, all its bytes) up to the end chunk.
func pngChunks(data []byte, each func(kind string, content, whole []byte)) error {
	rest, ok := bytes.CutPrefix(data, []byte(pngSignature))
	for ok {
		if len(rest) < 12 {
			break
		}
		n := binary.BigEndian.Uint32(rest)
		if uint64(n)+12 > uint64(len(rest)) {
			break
		}
		kind := string(rest[4:8])
		each(kind, rest[8:8+n], rest[:12+n])
		if kind == "IEND" {
			return nil
		}
		rest = rest[12+n:]
	}
	return fmt.Errorf("png chunks: %w", ErrBroken)
}

func stripPNG(data []byte) ([]byte, error) {
	out := append(make([]byte, 0, len(data)), pngSignature...)
	err := pngChunks(data, func(kind string, content, whole []byte) {
		switch kind {
		case "eXIf", "tIME":
			return
		case "tEXt", "zTXt", "iTXt":
			if key, _, _ := bytes.Cut(content, []byte{0}); !slices.Contains(noteKeys(), string(key)) {
				return
			}
		}
		out = append(out, whole...)
	})
	return out, err
}

// stripJPEG copies the segments (ITU T.81 B.1.1) that say how to show the picture, up to its end.
func stripJPEG(data []byte) ([]byte, error) {
	out := make([]byte, 0, len(data))
	err := jpegSegments(data, func(marker byte, content, whole []byte) {
		switch {
		case marker == 0xe1 && bytes.HasPrefix(content, []byte("Exif\x00\x00")):
			if turn := exifOrientation(content[6:]); turn != Upright {
				out = append(out, exifOf(turn)...)
			}
		case marker == 0xe0, marker == 0xee: // JFIF; Adobe's colour transform
			out = append(out, whole...)
		case marker == 0xe2 && bytes.HasPrefix(content, []byte("ICC_PROFILE\x00")):
			out = append(out, whole...)
		case marker >= 0xe0 && marker <= 0xef, marker == 0xfe:
		default:
			out = append(out, whole...)
		}
	})
	return out, err
}

// jpegSegments calls each segment, entropy-coded data with the scan header before it, up to the end of the image.
func jpegSegments(data []byte, each func(marker byte, content, whole []byte)) error {
	rest, broken := data, fmt.Errorf("jpeg segments: %w", ErrBroken)
	for len(rest) >= 2 && rest[0] == 0xff {
		marker := rest[1]
		switch {
		case marker == 0xff: // fill
			rest = rest[1:]
			continue
		case marker == 0xd8 || marker == 0x01 || marker >= 0xd0 && marker <= 0xd7:
			each(marker, nil, rest[:2])
			rest = rest[2:]
			continue
		case marker == 0xd9:
			each(marker, nil, rest[:2])
			return nil
		}
		if len(rest) < 4 {
			return broken
		}
		end := 2 + int(binary.BigEndian.Uint16(rest[2:]))
		if end < 4 || end > len(rest) {
			return broken
		}
		content := rest[4:end]
		if marker == 0xda {
			end = scanEnd(rest, end)
		}
		each(marker, content, rest[:end])
		rest = rest[end:]
	}
	return broken
}

// scanEnd is where the entropy-coded data from at ends: before a marker that is neither a stuffed byte nor a restart.
func scanEnd(b []byte, at int) int {
	for ; at+1 < len(b); at++ {
		if next := b[at+1]; b[at] == 0xff && next != 0 && next != 0xff && (next < 0xd0 || next > 0xd7) {
			return at
		}
	}
	return len(b)
}

// stripWebP copies the chunks (RFC 9649 §2.7) but EXIF and XMP, and clears their flags.
func stripWebP(data []byte) ([]byte, error) {
	if len(data) < 12 || string(data[:4]) != "RIFF" || string(data[8:12]) != "WEBP" {
		return nil, fmt.Errorf("webp header: %w", ErrBroken)
	}
	out := append(make([]byte, 0, len(data)), data[:12]...)
	total := uint64(binary.LittleEndian.Uint32(data[4:])) + 8
	rest := data[12:min(total, uint64(len(data)))]
	for len(rest) >= 8 {
		n := uint64(binary.LittleEndian.Uint32(rest[4:]))
		end := 8 + n + n%2
		if 8+n > uint64(len(rest)) {
			return nil, fmt.Errorf("webp chunk: %w", ErrBroken)
		}
		end = min(end, uint64(len(rest)))
		switch kind := string(rest[:4]); kind {
		case "EXIF", "XMP ":
		default:
			at := len(out)
			out = append(out, rest[:end]...)
			if kind == "VP8X" && n > 0 {
				out[at+8] &^= 0x08 | 0x04
			}
			if n%2 == 1 && end == 8+n {
				out = append(out, 0)
			}
		}
		rest = rest[end:]
	}
	binary.LittleEndian.PutUint32(out[4:], uint32(len(out)-8)) //nolint:gosec // no longer than the input
	return out, nil
}

// Note is a keyword and a text in a PNG.
type Note struct{ Key, Text string }

// noteKeys are the keywords that survive Strip.
func noteKeys() []string { return []string{"Prompt", "Provider", "Model", "Seed", "Job", "Software"} }

// Annotate writes notes into a PNG behind its header, in place of those with the same keywords. Nothing else changes.
func Annotate(data []byte, notes []Note) ([]byte, error) {
	out := append(make([]byte, 0, len(data)+1024), pngSignature...)
	err := pngChunks(data, func(kind string, content, whole []byte) {
		if kind == "tEXt" || kind == "zTXt" || kind == "iTXt" {
			key, _, _ := bytes.Cut(content, []byte{0})
			if slices.ContainsFunc(notes, func(n Note) bool { return n.Key == string(key) }) {
				return
			}
		}
		out = append(out, whole...)
		if kind == "IHDR" {
			for _, n := range notes {
				out = appendNote(out, n)
			}
		}
	})
	return out, err
}

// Notes reads the international texts of a PNG (PNG 1.2 §4.2.3) that are not compressed.
func Notes(data []byte) ([]Note, error) {
	var notes []Note
	err := pngChunks(data, func(kind string, content, _ []byte) {
		parts := bytes.SplitN(content, []byte{0}, 6) // flag and method are zeros, too
		if kind == "iTXt" && len(parts) == 6 {
			notes = append(notes, Note{string(parts[0]), string(parts[5])})
		}
	})
	return notes, err
}

func appendNote(out []byte, n Note) []byte {
	// keyword, 0, not compressed, method 0, no language, no translated keyword, text
	text := strings.ReplaceAll(n.Text, "\x00", "")
	return appendChunk(out, "iTXt", []byte(n.Key+"\x00\x00\x00\x00\x00"+text))
}
