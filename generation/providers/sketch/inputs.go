package sketch

import (
	"bytes"
	"fmt"
	"image"
	_ "image/gif" // inputs
	"image/jpeg"  // inputs, and previews

	"golang.org/x/image/draw"
	_ "golang.org/x/image/webp" // inputs

	"atelier/generation"
	"atelier/protocol"
)

// input decodes the first input, a picture.
func (w *work) input() (*image.RGBA, error) {
	blob, err := w.Inputs(w.ctx, 0)
	if err != nil {
		return nil, fmt.Errorf("open the input: %w", err)
	}
	return decodePicture(blob)
}

func decodePicture(blob generation.Blob) (*image.RGBA, error) {
	defer func() { _ = blob.Close() }()
	pic, _, err := image.Decode(blob)
	if err != nil {
		return nil, protocol.Errorf(protocol.CodeInvalidInput, "the input is no picture that can be read: %v", err)
	}
	b := pic.Bounds()
	out := image.NewRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	draw.Draw(out, out.Bounds(), pic, b.Min, draw.Src)
	return out, nil
}

// scaled is a picture of another size.
func scaled(pic image.Image, s size) *image.RGBA {
	out := image.NewRGBA(image.Rect(0, 0, s.w, s.h))
	draw.CatmullRom.Scale(out, out.Bounds(), pic, pic.Bounds(), draw.Src, nil)
	return out
}

// glance is a small JPEG of a picture, for a preview; nil when it cannot be made, since a preview is a courtesy.
func glance(pic image.Image) []byte {
	b := pic.Bounds()
	scale := min(1, previewSide/float64(max(b.Dx(), b.Dy())))
	small := image.NewRGBA(image.Rect(0, 0, max(1, int(float64(b.Dx())*scale)), max(1, int(float64(b.Dy())*scale))))
	draw.ApproxBiLinear.Scale(small, small.Bounds(), pic, b, draw.Src, nil)
	var out bytes.Buffer
	if err := jpeg.Encode(&out, small, &jpeg.Options{Quality: 80}); err != nil {
		return nil
	}
	return out.Bytes()
}
