package media

import (
	"encoding/binary"
	"fmt"
	"io"
	"time"
)

// wavDuration walks the chunks of a RIFF/WAVE file. The data of a stream that was never finished goes on to its end.
func wavDuration(r *io.SectionReader) (time.Duration, error) {
	const chunks, unfinished = 1000, 0xffffffff
	rate := 0.0
	for at, n := int64(12), 0; n < chunks; n++ {
		head, err := readAt(r, at, 8)
		if err != nil {
			return 0, err
		}
		at += 8
		length := int64(binary.LittleEndian.Uint32(head[4:]))
		switch kind := string(head[:4]); {
		case kind == "fmt ":
			format, err := readAt(r, at, 16)
			if err != nil {
				return 0, err
			}
			rate = float64(binary.LittleEndian.Uint32(format[8:])) // bytes a second
		case kind == "data" && rate == 0:
			return 0, fmt.Errorf("wav of no known format: %w", ErrBroken)
		case kind == "data" && length == unfinished:
			return lasting(float64(r.Size()-at), rate), nil
		case kind == "data" && at+length <= r.Size():
			return lasting(float64(length), rate), nil
		}
		at += length + length%2
	}
	return 0, fmt.Errorf("wav without data: %w", ErrBroken)
}
