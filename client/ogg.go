package client

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"time"

	"atelier/rtc/opusfile"
)

// oggPackets reads the packets of the first stream of an Ogg file (RFC 3533). Whoever plays a file trusts it no further than
// its sizes: a packet is of at most mostPacket bytes.
type oggPackets struct {
	in     *bufio.Reader
	serial uint32
	begun  bool

	segments []byte // of the page, not read yet
	skip     bool   // the page is of another stream
}

const (
	oggHead    = 27     // bytes of a page's header before its segments
	mostPacket = 61_440 // bytes: 120 ms of Opus at the most that it knows (RFC 7845 §6)
	oggLacing  = 255    // a segment of this size goes on in the next
	oggCapture = "OggS" //
	opusHead   = "OpusHead"
	opusTags   = "OpusTags"
)

var errNoOpus = errors.New("not an Ogg file of Opus")

// next is the next packet; io.EOF at the end, also of a file that breaks off.
func (o *oggPackets) next() (packet []byte, err error) {
	for {
		for len(o.segments) == 0 {
			if err := o.page(); err != nil {
				return nil, err
			}
		}
		size := int(o.segments[0])
		o.segments = o.segments[1:]
		if o.skip {
			if _, err := o.in.Discard(size); err != nil {
				return nil, io.EOF
			}
			continue
		}
		at := len(packet)
		if at+size > mostPacket {
			return nil, fmt.Errorf("%w: a packet of more than %d bytes", errNoOpus, mostPacket)
		}
		packet = append(packet, make([]byte, size)...)
		if _, err := io.ReadFull(o.in, packet[at:]); err != nil {
			return nil, io.EOF
		}
		if size < oggLacing {
			return packet, nil
		}
	}
}

func (o *oggPackets) page() error {
	var head [oggHead]byte
	if _, err := io.ReadFull(o.in, head[:]); err != nil {
		return io.EOF
	}
	if string(head[:4]) != oggCapture {
		return errNoOpus
	}
	serial := binary.LittleEndian.Uint32(head[14:18])
	if !o.begun {
		o.begun, o.serial = true, serial
	}
	o.skip = serial != o.serial
	o.segments = make([]byte, head[26])
	if _, err := io.ReadFull(o.in, o.segments); err != nil {
		return io.EOF
	}
	return nil
}

// Play sends an Ogg file of Opus (RFC 7845) as fast as it sounds, and returns at its end. Levels are not told: nothing is
// decoded.
func (v *Voice) Play(ctx context.Context, file io.Reader) error {
	packets := &oggPackets{in: bufio.NewReader(file)}
	for _, magic := range []string{opusHead, opusTags} {
		if head, err := packets.next(); err != nil || !bytes.HasPrefix(head, []byte(magic)) {
			return fmt.Errorf("play: %w", errors.Join(errNoOpus, err))
		}
	}
	due := time.Now()
	for {
		packet, err := packets.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("play: %w", err)
		}
		lasts := opusfile.Lasts(packet)
		if lasts == 0 {
			continue
		}
		if err := sleep(ctx, time.Until(due)); err != nil {
			return err
		}
		if v.over() {
			return fmt.Errorf("play: %w", errHungUp)
		}
		if err := v.Send(VoicePacket{Lasts: lasts, Payload: packet}); err != nil {
			return err
		}
		due = due.Add(lasts)
	}
}

func (v *Voice) over() bool {
	select {
	case <-v.done:
		return true
	default:
		return false
	}
}
