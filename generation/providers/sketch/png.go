package sketch

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"image/jpeg"
	"image/png"
	"io"

	"atelier/generation/providers/sketch/internal/paint"
)

// text is one entry of a PNG's metadata; both parts are Latin-1.
type text struct{ key, value string }

// headerEnd is where the first chunk (IHDR) of every PNG ends: 8 bytes signature, 4 length, 4 type, 13 data, 4 checksum.
const headerEnd = 8 + 4 + 4 + 13 + 4

// encode writes a PNG with tEXt chunks (PNG specification, 11.3.4.3) right after its header. The fastest compression is
// chosen since grain does not compress anyway.
func encode(w io.Writer, pic image.Image, texts []text) error {
	var raw bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&raw, pic); err != nil {
		return fmt.Errorf("png: %w", err)
	}
	head := append([]byte(nil), raw.Next(headerEnd)...)
	for _, t := range texts {
		body := append([]byte("tEXt"+t.key+"\x00"), t.value...)
		head = binary.BigEndian.AppendUint32(head, uint32(len(body)-4))
		head = append(head, body...)
		head = binary.BigEndian.AppendUint32(head, crc32.ChecksumIEEE(body))
	}
	if _, err := w.Write(head); err != nil {
		return fmt.Errorf("writing the metadata: %w", err)
	}
	if _, err := raw.WriteTo(w); err != nil {
		return fmt.Errorf("writing the picture: %w", err)
	}
	return nil
}

const previewSide = 320

// preview is the painting so far as a small JPEG; nil when it cannot be made, since a preview is a courtesy.
func preview(c *paint.Canvas, g paint.Grade) []byte {
	g.Bloom, g.Paper = 0, 0
	small := c.Reduce(previewSide).Develop(g, paint.Seeded(0, 0))
	var out bytes.Buffer
	if err := jpeg.Encode(&out, small, &jpeg.Options{Quality: 80}); err != nil {
		return nil
	}
	return out.Bytes()
}
