// Package opusfile writes Opus as it comes over RTP to Ogg files (RFC 7845), for whoever records: the server and bots.
package opusfile

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4/pkg/media/oggwriter"
)

// Frame is one usual packet, and one of silence.
const Frame = 20 * time.Millisecond

// preSkip is what players leave out at the beginning of a file, for the decoder to settle (RFC 7845 §4.2).
const preSkip = 80 * time.Millisecond

// longest is what a packet may hold (RFC 6716 §3.2.5).
const longest = 120 * time.Millisecond

// silentFrame is silence: CELT, full band, one channel, nothing in it.
func silentFrame() []byte { return []byte{0xf8, 0xff, 0xfe} }

// ErrNoOpus says that a packet is none of Opus. Nothing was written.
var ErrNoOpus = errors.New("not a packet of Opus")

// Tag says something of a file, as "TITLE" does (RFC 7845 §5.2).
type Tag struct{ Name, Value string }

// Writer writes one file. Each call leaves whole pages in what it writes to. Not for use by several goroutines at once.
type Writer struct {
	out    *bufio.Writer
	ogg    *oggwriter.Writer
	track  *oggwriter.Track
	length time.Duration
}

// NewWriter begins a file.
func NewWriter(out io.Writer, tags ...Tag) (*Writer, error) {
	comments := make([]oggwriter.UserComment, len(tags))
	for i, t := range tags {
		comments[i] = oggwriter.UserComment{Comment: t.Name, Value: t.Value}
	}
	w := &Writer{out: bufio.NewWriter(out)}
	var err error
	if w.ogg, err = oggwriter.NewWriter(struct{ io.Writer }{w.out}); err != nil {
		return nil, fmt.Errorf("begin an Ogg file: %w", err)
	}
	w.track, err = w.ogg.NewTrack(0, oggwriter.WithChannelCount(2), oggwriter.WithVendor("Atelier"), oggwriter.WithUserComments(comments...))
	if err != nil {
		return nil, fmt.Errorf("begin an Ogg file: %w", err)
	}
	for range preSkip / Frame {
		if err := w.put(silentFrame()); err != nil {
			return nil, err
		}
	}
	if err := w.flush(); err != nil {
		return nil, err
	}
	return w, nil
}

// Write adds a packet; ErrNoOpus when it is none.
func (w *Writer) Write(packet []byte) error {
	lasts := Lasts(packet)
	if lasts == 0 {
		return ErrNoOpus
	}
	if err := w.put(packet); err != nil {
		return err
	}
	w.length += lasts
	return w.flush()
}

// Silence makes the file as long as d, to the nearest frame. One that is longer already stays as it is.
func (w *Writer) Silence(d time.Duration) error {
	for ; d-w.length >= Frame/2; w.length += Frame {
		if err := w.put(silentFrame()); err != nil {
			return err
		}
	}
	return w.flush()
}

// Length is how long the file plays.
func (w *Writer) Length() time.Duration { return w.length }

// Close ends the file; what it was written to is the caller's to close.
func (w *Writer) Close() error {
	if err := w.ogg.Close(); err != nil {
		return fmt.Errorf("end an Ogg file: %w", err)
	}
	return w.flush()
}

func (w *Writer) put(packet []byte) error {
	if err := w.track.WriteRTP(&rtp.Packet{Payload: packet}); err != nil {
		return fmt.Errorf("write an Ogg page: %w", err)
	}
	return nil
}

func (w *Writer) flush() error {
	if err := w.out.Flush(); err != nil {
		return fmt.Errorf("write an Ogg page: %w", err)
	}
	return nil
}

// Lasts is what a packet of Opus holds, by its first bytes (RFC 6716 §3.1, §3.2); 0 when it is none.
func Lasts(packet []byte) time.Duration {
	if len(packet) == 0 {
		return 0
	}
	lasts := time.Duration(frames(packet)) * frameOf(packet[0])
	if lasts > longest {
		return 0
	}
	return lasts
}

func frameOf(toc byte) time.Duration {
	config := toc >> 3
	var micros int
	switch {
	case config < 12: // SILK
		micros = []int{10_000, 20_000, 40_000, 60_000}[config%4]
	case config < 16: // both
		micros = []int{10_000, 20_000}[config%2]
	default: // CELT
		micros = []int{2500, 5000, 10_000, 20_000}[config%4]
	}
	return time.Duration(micros) * time.Microsecond
}

func frames(packet []byte) int {
	switch packet[0] & 3 {
	case 0:
		return 1
	case 3:
		if len(packet) < 2 {
			return 0
		}
		return int(packet[1] & 0x3f)
	default:
		return 2
	}
}
