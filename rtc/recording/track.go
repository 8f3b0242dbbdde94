package recording

import (
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"atelier/protocol"
	"atelier/rtc"
	"atelier/rtc/opusfile"
)

// queueMost is how many packets of one track wait for the disk: five seconds.
const queueMost = 250

// longPause is how much silence is not written: what comes after it begins another piece.
const longPause = 5 * time.Minute

// track keeps what one speaker says from a yes, or from coming in, to its end.
type track struct {
	cfg    *Config
	folder *folder
	begun  time.Time // the recording
	of     protocol.Piece
	about  protocol.Recording

	lost atomic.Int64 // packets, not counted in a piece yet
	done chan struct{}

	mu     sync.Mutex
	closed bool
	queue  chan said

	// Used by run, and after its end by anybody.
	pieces []*piece
	line   timeline
	broken bool // nothing can be written any more
}

// said is a packet with when it came.
type said struct {
	packet rtc.Packet
	at     time.Time
}

var _ rtc.Tap = (*track)(nil)

func newTrack(cfg *Config, f *folder, begun time.Time, of protocol.Piece, about protocol.Recording) *track {
	t := &track{
		cfg: cfg, folder: f, begun: begun, of: of, about: about, done: make(chan struct{}), queue: make(chan said, queueMost),
	}
	go t.run()
	return t
}

// Said implements [rtc.Tap]: the packet is queued, or lost.
func (t *track) Said(p *rtc.Packet, at time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed {
		return
	}
	s := said{*p, at}
	s.packet.Payload = append([]byte(nil), p.Payload...)
	select {
	case t.queue <- s:
	default:
		t.lose()
	}
}

func (t *track) lose() {
	t.lost.Add(1)
	t.cfg.Metrics.Lost(1)
}

// close ends the track and waits until what was said before is written.
func (t *track) close() {
	t.mu.Lock()
	if !t.closed {
		t.closed = true
		close(t.queue)
	}
	t.mu.Unlock()
	<-t.done
}

func (t *track) run() {
	defer close(t.done)
	for s := range t.queue {
		if err := t.write(&s); err != nil {
			t.lose()
			if !t.broken {
				t.broken = true
				t.cfg.Log.Error("record a call", "recording", t.about.ID, "user", t.of.User, "error", err)
			}
		}
	}
	t.endPiece()
}

// write puts a packet in its place. After an error the next packet begins another piece.
func (t *track) write(s *said) error {
	if opusfile.Lasts(s.packet.Payload) == 0 {
		t.lose()
		return nil
	}
	at, ok := t.line.place(&s.packet, s.at)
	if !ok {
		t.lose()
		return nil
	}
	p := t.open()
	if p == nil || p.size >= t.cfg.PieceBytes || at-p.out.Length() > longPause {
		t.endPiece()
		if err := t.beginPiece(s.at); err != nil {
			return err
		}
		p = t.open()
		at, _ = t.line.place(&s.packet, s.at)
	}
	if p.out.Length() > s.at.Sub(t.line.first)+tolerance {
		t.lose() // somebody sends more than time has passed
		return nil
	}
	if err := errors.Join(p.out.Silence(at), p.out.Write(s.packet.Payload)); err != nil {
		t.endPiece()
		return err
	}
	t.broken = false
	t.cfg.Metrics.Kept(1)
	return nil
}

// open is the piece that is being written.
func (t *track) open() *piece {
	if len(t.pieces) == 0 {
		return nil
	}
	if p := t.pieces[len(t.pieces)-1]; p.out != nil {
		return p
	}
	return nil
}

func (t *track) beginPiece(at time.Time) error {
	about := t.of
	about.OffsetMS = max(at.Sub(t.begun), 0).Milliseconds()
	p, err := t.folder.begin(about, t.about)
	if err != nil {
		return err
	}
	t.line = timeline{}
	t.pieces = append(t.pieces, p)
	return nil
}

func (t *track) endPiece() {
	p := t.open()
	if p == nil {
		return
	}
	p.about.Lost += int(t.lost.Swap(0))
	if err := p.end(); err != nil {
		t.cfg.Log.Error("end a piece of a recording", "recording", t.about.ID, "user", t.of.User, "error", err)
	}
}
