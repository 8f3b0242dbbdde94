package media

import (
	"bytes"
	"fmt"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"

	"github.com/bbrks/go-blurhash"
	"golang.org/x/image/draw"
	"golang.org/x/image/webp"
)

// Sizes of what is made of a picture.
const (
	ThumbEdge = 512 // longer edge of a thumbnail, pixels
	hashEdge  = 32  // what the placeholder is computed from
)

// Look is what a picture is found to be.
type Look struct {
	Width, Height int // as shown: after its orientation
	Placeholder   string
	Thumb         []byte // nil when the picture is small enough to be its own
	ThumbMime     string
	ThumbWidth    int
	ThumbHeight   int
}

// small is the size in bytes up to which a picture within ThumbEdge is its own thumbnail.
const small = 256 << 10

// Examine decodes a whole picture, of at most maxPixels over all frames. ErrBroken, ErrPixels, ErrType.
func Examine(mime string, data []byte, maxPixels int) (Look, error) {
	img, err := decode(mime, data, maxPixels)
	if err != nil {
		return Look{}, err
	}
	turn := Upright
	if mime == "image/jpeg" {
		turn = jpegOrientation(data)
	}
	b := img.Bounds()
	thumb := turn.apply(scale(img, ThumbEdge))
	look := Look{Width: b.Dx(), Height: b.Dy(), ThumbWidth: thumb.Rect.Dx(), ThumbHeight: thumb.Rect.Dy()}
	if turn.swaps() {
		look.Width, look.Height = look.Height, look.Width
	}
	if look.Placeholder, err = blurhash.Encode(4, 3, scale(thumb, hashEdge)); err != nil {
		return Look{}, fmt.Errorf("make a placeholder: %w", err)
	}
	if max(look.Width, look.Height) > ThumbEdge || len(data) > small {
		look.Thumb, look.ThumbMime, err = encodeThumb(thumb)
	}
	return look, err
}

func decode(mime string, data []byte, maxPixels int) (img image.Image, err error) {
	var size image.Config
	switch mime {
	case "image/png":
		size, err = png.DecodeConfig(bytes.NewReader(data))
	case "image/jpeg":
		size, err = jpeg.DecodeConfig(bytes.NewReader(data))
	case "image/webp":
		size, err = webp.DecodeConfig(bytes.NewReader(data))
	case "image/gif":
		size, err = gif.DecodeConfig(bytes.NewReader(data))
	default:
		return nil, fmt.Errorf("%s: %w", mime, ErrType)
	}
	switch {
	case err != nil:
		return nil, fmt.Errorf("%s: %w: %w", mime, ErrBroken, err)
	case size.Width < 1 || size.Height < 1:
		return nil, fmt.Errorf("%s without pixels: %w", mime, ErrBroken)
	case size.Width > maxPixels/size.Height:
		return nil, fmt.Errorf("%d×%d: %w", size.Width, size.Height, ErrPixels)
	}
	switch mime {
	case "image/png":
		img, err = png.Decode(bytes.NewReader(data))
	case "image/jpeg":
		img, err = jpeg.Decode(bytes.NewReader(data))
	case "image/webp":
		img, err = webp.Decode(bytes.NewReader(data))
	case "image/gif":
		img, err = decodeGIF(data, maxPixels)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w: %w", mime, ErrBroken, err)
	}
	return img, nil
}

// decodeGIF decodes all frames, whose number and sizes are counted first, and returns the first.
func decodeGIF(data []byte, maxPixels int) (image.Image, error) {
	pixels, err := gifPixels(data)
	if err != nil {
		return nil, err
	}
	if pixels > 4*maxPixels { // a byte a pixel, where others have four
		return nil, fmt.Errorf("%d pixels over all frames: %w", pixels, ErrPixels)
	}
	all, err := gif.DecodeAll(bytes.NewReader(data))
	if err != nil {
		return nil, err //nolint:wrapcheck // the caller wraps
	}
	return all.Image[0], nil
}

// scale returns the picture within edge × edge.
func scale(img image.Image, edge int) *image.NRGBA {
	b := img.Bounds()
	w, h := b.Dx(), b.Dy()
	if longer := max(w, h); longer > edge {
		w, h = max(1, w*edge/longer), max(1, h*edge/longer)
	}
	out := image.NewNRGBA(image.Rect(0, 0, w, h))
	if w == b.Dx() && h == b.Dy() {
		draw.Draw(out, out.Rect, img, b.Min, draw.Src)
	} else {
		draw.BiLinear.Scale(out, out.Rect, img, b, draw.Src, nil)
	}
	return out
}

func encodeThumb(img *image.NRGBA) (data []byte, mime string, err error) {
	var out bytes.Buffer
	if img.Opaque() {
		mime, err = "image/jpeg", jpeg.Encode(&out, img, &jpeg.Options{Quality: 82})
	} else {
		mime, err = "image/png", png.Encode(&out, img)
	}
	if err != nil {
		return nil, "", fmt.Errorf("encode a thumbnail: %w", err)
	}
	return out.Bytes(), mime, nil
}

// Turn is an orientation of EXIF (tag 0x0112).
type Turn int

// Upright needs no turning.
const Upright Turn = 1

func (t Turn) swaps() bool { return t >= 5 && t <= 8 }

// apply turns a picture as its metadata says it is to be shown.
func (t Turn) apply(img *image.NRGBA) *image.NRGBA {
	if t <= Upright || t > 8 {
		return img
	}
	w, h := img.Rect.Dx(), img.Rect.Dy()
	size := image.Rect(0, 0, w, h)
	if t.swaps() {
		size = image.Rect(0, 0, h, w)
	}
	out := image.NewNRGBA(size)
	for y := range h {
		for x := range w {
			dx, dy := t.move(x, y, w, h)
			out.SetNRGBA(dx, dy, img.NRGBAAt(x, y))
		}
	}
	return out
}

func (t Turn) move(x, y, w, h int) (dx, dy int) {
	switch t {
	case Upright:
	case 2:
		return w - 1 - x, y
	case 3:
		return w - 1 - x, h - 1 - y
	case 4:
		return x, h - 1 - y
	case 5:
		return y, x
	case 6:
		return h - 1 - y, x
	case 7:
		return h - 1 - y, w - 1 - x
	case 8:
		return y, w - 1 - x
	}
	return x, y
}
