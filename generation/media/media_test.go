package media

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"testing"

	"github.com/stretchr/testify/require"
)

const secret = "48.8584N 2.2945E"

func painted(w, h int) *image.NRGBA {
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	for i := range w * h {
		img.SetNRGBA(i%w, i/w, color.NRGBA{R: byte(255 * (i % w) / w), G: byte(255 * (i / w) / h), A: 255})
	}
	return img
}

func pngOf(t *testing.T, img image.Image) []byte {
	t.Helper()
	var out bytes.Buffer
	require.NoError(t, png.Encode(&out, img))
	return out.Bytes()
}

func jpegOf(t *testing.T, img image.Image) []byte {
	t.Helper()
	var out bytes.Buffer
	require.NoError(t, jpeg.Encode(&out, img, nil))
	return out.Bytes()
}

func gifOf(t *testing.T, frames int) []byte {
	t.Helper()
	all := &gif.GIF{LoopCount: 0}
	for range frames {
		all.Image = append(all.Image, image.NewPaletted(image.Rect(0, 0, 100, 100), color.Palette{color.Black, color.White}))
		all.Delay = append(all.Delay, 4)
	}
	var out bytes.Buffer
	require.NoError(t, gif.EncodeAll(&out, all))
	return out.Bytes()
}

// withSegment puts a segment behind a JPEG's first marker.
func withSegment(data []byte, marker byte, content string) []byte {
	segment := binary.BigEndian.AppendUint16([]byte{0xff, marker}, uint16(len(content)+2))
	return append(append(bytes.Clone(data[:2]), append(segment, content...)...), data[2:]...)
}

// exif is a directory with an orientation and, behind it, a position.
func exif(turn byte) string {
	return "Exif\x00\x00II\x2a\x00\x08\x00\x00\x00\x01\x00\x12\x01\x03\x00\x01\x00\x00\x00" + string(turn) + "\x00\x00\x00\x00\x00\x00\x00" + secret
}

func TestPicturesAreMeasuredAndMadeSmall(t *testing.T) {
	look, err := Examine("image/png", pngOf(t, painted(1024, 256)), 1e6)
	require.NoError(t, err)
	require.Equal(t, []int{1024, 256, 512, 128}, []int{look.Width, look.Height, look.ThumbWidth, look.ThumbHeight})
	require.Equal(t, "image/jpeg", look.ThumbMime)
	thumb, err := jpeg.Decode(bytes.NewReader(look.Thumb))
	require.NoError(t, err)
	require.Equal(t, image.Rect(0, 0, 512, 128), thumb.Bounds())
	require.Len(t, look.Placeholder, 28)

	sheer := painted(600, 600)
	sheer.SetNRGBA(0, 0, color.NRGBA{})
	look, err = Examine("image/png", pngOf(t, sheer), 1e6)
	require.NoError(t, err)
	require.Equal(t, "image/png", look.ThumbMime, "what shows through stays so")

	look, err = Examine("image/png", pngOf(t, painted(40, 30)), 1e6)
	require.NoError(t, err)
	require.Nil(t, look.Thumb, "small enough to be its own")
}

func TestBombsAreRefusedBeforeTheyAreDecoded(t *testing.T) {
	bomb := pngOf(t, painted(8, 8))
	binary.BigEndian.PutUint32(bomb[16:], 60_000)
	binary.BigEndian.PutUint32(bomb[20:], 60_000)
	fixed := appendChunk([]byte(pngSignature), "IHDR", bomb[16:29])
	_, err := Examine("image/png", append(fixed, bomb[33:]...), 40e6)
	require.ErrorIs(t, err, ErrPixels)
	_, err = Examine("image/gif", gifOf(t, 50), 100_000)
	require.ErrorIs(t, err, ErrPixels, "all frames count")
	_, err = Examine("image/gif", gifOf(t, 30), 100_000)
	require.NoError(t, err)
}

func TestDamagedPicturesAreNotBelieved(t *testing.T) {
	for mime, data := range map[string][]byte{
		"image/png": pngOf(t, painted(64, 64)), "image/jpeg": jpegOf(t, painted(64, 64)), "image/gif": gifOf(t, 3),
	} {
		_, err := Examine(mime, data, 1e6)
		require.NoError(t, err)
		_, err = Examine(mime, data[:len(data)*2/3], 1e6)
		require.ErrorIs(t, err, ErrBroken, mime)
	}
	_, err := Examine("image/webp", []byte("RIFF\x04\x00\x00\x00WEBP"), 1e6)
	require.ErrorIs(t, err, ErrBroken)
}

func TestAJPEGLosesItsPositionAndKeepsItsTurn(t *testing.T) {
	plain := jpegOf(t, painted(64, 32))
	data := withSegment(plain, 0xe1, exif(6))
	data = withSegment(data, 0xfe, secret)
	data = withSegment(data, 0xe1, "http://ns.adobe.com/xap/1.0/\x00"+secret)
	data = append(data, secret...)
	look, err := Examine("image/jpeg", data, 1e6)
	require.NoError(t, err)
	require.Equal(t, []int{32, 64}, []int{look.Width, look.Height}, "as it is shown")
	out, err := Strip("image/jpeg", data)
	require.NoError(t, err)
	require.NotContains(t, string(out), secret)
	require.Equal(t, Turn(6), jpegOrientation(out))
	require.True(t, bytes.HasSuffix(out, plain[2:]), "the picture itself is as it was")
	again, err := Strip("image/jpeg", plain)
	require.NoError(t, err)
	require.Equal(t, plain, again)
}

func TestPNGAndGIFAndWebPLoseWhatTheyTell(t *testing.T) {
	plain := pngOf(t, painted(8, 8))
	noted, err := Annotate(plain, []Note{{"Prompt", "ein Schloß"}, {"Where", secret}})
	require.NoError(t, err)
	noted = append(noted, secret...)
	out, err := Strip("image/png", noted)
	require.NoError(t, err)
	require.NotContains(t, string(out), secret)
	notes, err := Notes(out)
	require.NoError(t, err)
	require.Equal(t, []Note{{"Prompt", "ein Schloß"}}, notes)
	_, err = png.Decode(bytes.NewReader(out))
	require.NoError(t, err)

	anim := gifOf(t, 2)
	told := append(bytes.Clone(anim[:len(anim)-1]), append([]byte{0x21, 0xfe, byte(len(secret))}, secret+"\x00;"...)...)
	out, err = Strip("image/gif", told)
	require.NoError(t, err)
	require.Equal(t, anim, out)

	webp := []byte("RIFF\x00\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x1c\x00\x00\x00\x00\x00\x00\x00\x00\x00" + "EXIF\x10\x00\x00\x00" + secret + "XMP \x03\x00\x00\x00abc\x00")
	binary.LittleEndian.PutUint32(webp[4:], uint32(len(webp)-8))
	out, err = Strip("image/webp", webp)
	require.NoError(t, err)
	require.Equal(t, webp[12:20], out[12:20])
	require.Equal(t, byte(0x10), out[20], "the flags of EXIF and XMP are gone, that of alpha is not")
	require.Len(t, out, 30)
	require.EqualValues(t, 22, binary.LittleEndian.Uint32(out[4:]))
}

func TestANoteIsReplacedAndThePictureStays(t *testing.T) {
	plain := pngOf(t, painted(8, 8))
	once, err := Annotate(plain, []Note{{"Seed", "1"}})
	require.NoError(t, err)
	twice, err := Annotate(once, []Note{{"Seed", "2"}})
	require.NoError(t, err)
	notes, err := Notes(twice)
	require.NoError(t, err)
	require.Equal(t, []Note{{"Seed", "2"}}, notes)
	require.True(t, bytes.HasSuffix(twice, plain[33:]))
}

func TestOnlyAcceptedTypesAreKnown(t *testing.T) {
	for want, head := range map[string]string{
		"audio/flac": "fLaC\x00\x00\x00\x22", "audio/mpeg": "ID3\x04\x00\x00\x00\x00\x00\x23TSSE\x00\x00\x00\x0f\x00\x00\x03Lavf",
		"audio/wav": "RIFF\x24\x00\x00\x00WAVEfmt ", "video/mp4": "\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2",
		"video/webm": "\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x84webm", "image/gif": "GIF89a",
	} {
		require.Equal(t, want, Sniff([]byte(head)))
	}
	for _, head := range []string{"<svg xmlns='http://www.w3.org/2000/svg'/>", "<html>", "%PDF-1.7", "MZ", "", "plain words"} {
		require.Empty(t, Sniff([]byte(head)), head)
	}
}

func FuzzStripNeverPanics(f *testing.F) {
	f.Add([]byte(pngSignature))
	f.Add([]byte("\xff\xd8\xff\xe1\x00\x10" + exif(6)))
	f.Add([]byte("GIF89a\x01\x00\x01\x00\x80\x00\x00"))
	f.Add([]byte("RIFF\xff\xff\xff\xffWEBPEXIF\xff\xff\xff\xff"))
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, mime := range []string{"image/png", "image/jpeg", "image/gif", "image/webp"} {
			out, err := Strip(mime, data)
			if err == nil && len(out) > len(data)+64 {
				t.Fatalf("%s grew from %d to %d", mime, len(data), len(out))
			}
		}
		jpegOrientation(data)
		_, _ = gifPixels(data)
	})
}
