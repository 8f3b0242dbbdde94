package client

import (
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"atelier/rtc/opusfile"
)

// Recorder writes what is heard in a call, one Ogg file of Opus for each member from when it was first heard. Pauses and what the
// network lost become silence, so that a file is as long as what it holds. Give its Hear to [VoiceOptions.Heard].
type Recorder struct {
	open func(m uint32) (io.WriteCloser, error)

	mu     sync.Mutex
	tracks map[uint32]*recording
	err    error
	closed bool
}

// recording is one member's file.
type recording struct {
	file io.Closer
	out  *opusfile.Writer

	slot int
	seq  uint16    // of the newest packet
	next uint32    // time that the next packet has, when nothing is missing
	at   time.Time // when the newest came
}

// NewRecorder makes a recorder that opens a file for each member that is heard.
func NewRecorder(open func(m uint32) (io.WriteCloser, error)) *Recorder {
	return &Recorder{open: open, tracks: make(map[uint32]*recording)}
}

// mostSilence bounds what a jump of the clock can add to a file.
const mostSilence = 10 * time.Minute

// Hear takes a packet. The first error ends the recording; [Recorder.Close] tells it.
func (r *Recorder) Hear(p VoicePacket) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed || r.err != nil || p.M == 0 || opusfile.Lasts(p.Payload) == 0 {
		return
	}
	if err := r.writeLocked(p, time.Now()); err != nil {
		r.err = fmt.Errorf("record member %d: %w", p.M, err)
	}
}

func (r *Recorder) writeLocked(p VoicePacket, now time.Time) error {
	t := r.tracks[p.M]
	if t == nil {
		file, err := r.open(p.M)
		if err != nil {
			return err
		}
		out, err := opusfile.NewWriter(file)
		if err != nil {
			return errors.Join(err, file.Close())
		}
		t = &recording{file: file, out: out, slot: p.Slot, seq: p.Seq - 1, next: p.Time, at: now}
		r.tracks[p.M] = t
	}
	missing, ok := t.missing(p, now)
	if !ok {
		return nil // late: silence stands in its place
	}
	if err := t.out.Silence(t.out.Length() + missing); err != nil {
		return err //nolint:wrapcheck // the caller says what was done
	}
	t.slot, t.seq, t.at = p.Slot, p.Seq, now
	t.next = p.Time + samples(opusfile.Lasts(p.Payload))
	return t.out.Write(p.Payload) //nolint:wrapcheck // the caller says what was done
}

// missing is what lies between the newest packet and p: by their times in one slot, by the clock when p came through another.
func (t *recording) missing(p VoicePacket, now time.Time) (d time.Duration, ok bool) {
	if p.Slot != t.slot {
		return min(max(now.Sub(t.at)-opusFrame, 0), mostSilence), true
	}
	if int16(p.Seq-t.seq) <= 0 { //nolint:gosec // serial number arithmetic (RFC 1982)
		return 0, false
	}
	gap := int32(p.Time - t.next) //nolint:gosec // timestamps wrap
	return min(time.Duration(max(gap, 0))*time.Second/opusClock, mostSilence), true
}

// Close ends the files, and tells what went wrong.
func (r *Recorder) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	err := r.err
	if !r.closed {
		r.closed = true
		for m, t := range r.tracks {
			if e := errors.Join(t.out.Close(), t.file.Close()); e != nil {
				err = errors.Join(err, fmt.Errorf("record member %d: %w", m, e))
			}
		}
	}
	return err
}
