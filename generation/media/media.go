// Package media looks at bytes before they are believed: what they are by content, whether a picture decodes within a
// pixel budget, how large it is, and what of its metadata may be kept. It makes thumbnails and placeholders and writes
// notes into PNG. Everything is a function of its input; nothing is kept.
package media

import (
	"errors"
	"slices"
	"strings"

	"github.com/gabriel-vasile/mimetype"
)

// Errors of this package; they are wrapped with what was found.
var (
	ErrType   = errors.New("not a type that is accepted")
	ErrBroken = errors.New("damaged or incomplete")
	ErrPixels = errors.New("too many pixels")
)

// HeadSize is how many bytes of a file [Sniff] wants to see.
const HeadSize = 3072

// Sniff tells what a file is by its first bytes, as one of the accepted types; "" when it is none of them.
func Sniff(head []byte) string {
	accepted := []string{
		"image/png", "image/jpeg", "image/webp", "image/gif",
		"video/mp4", "video/webm", "audio/wav", "audio/mpeg", "audio/ogg", "video/ogg", "audio/flac", "audio/mp4",
	}
	for m := mimetype.Detect(head); m != nil; m = m.Parent() {
		name, _, _ := strings.Cut(m.String(), ";")
		switch name {
		case "application/ogg":
			name = "audio/ogg"
		case "audio/x-m4a":
			name = "audio/mp4"
		}
		if slices.Contains(accepted, name) {
			return name
		}
	}
	return ""
}

// Picture tells whether a type is a picture.
func Picture(mime string) bool { return strings.HasPrefix(mime, "image/") }
