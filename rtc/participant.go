package rtc

import (
	"sync"
	"sync/atomic"
	"time"

	"atelier/protocol"
)

// noSource is a source that no speaker is.
const noSource = 1

// Signals tell a participant's client, and through its room the others. They must not wait, nor call back.
type Signals interface {
	// Slots tells whose voice each slot carries.
	Slots(table []uint32)

	// State tells how the participant is in the call.
	State(v protocol.Voice)

	// Ended tells once that it is not in the call any more, and is the last that is told.
	Ended(why protocol.VoiceEnded)

	// Speaking tells how loud it speaks now, 0–9.
	Speaking(level uint8)
}

// Participant is a member in its room's call. Its methods may be called from any goroutine.
type Participant struct {
	call    *call
	id      uint64 // of sources: in the upper half
	link    Link
	signals Signals

	member atomic.Uint32
	muted  atomic.Bool
	deaf   atomic.Bool
	speak  atomic.Bool // its role lets it
	slot   atomic.Pointer[slot]
	tap    atomic.Pointer[Tap] // nil: nothing of it is kept
	stint  atomic.Uint32
	meter  meter

	reception reception // used by the link's goroutine only

	streams []rewriter // to it; each guarded by its slot
	level   uint8      // as told; guarded by the call

	negotiating sync.Mutex // held while descriptions are made and taken
	offer       int
	answered    bool
	early       []protocol.VoiceCandidate // before the answer

	mu       sync.Mutex
	flowing  bool
	ended    bool
	patience *time.Timer // ends who is away for too long
}

func (p *Participant) source() uint64 { return p.id<<32 | uint64(p.stint.Load()) }

// Offer makes an offer: the first, or a new one that restarts ICE when the client's network has changed. An offer before it
// is void.
func (p *Participant) Offer() (protocol.VoiceOffer, error) {
	p.negotiating.Lock()
	defer p.negotiating.Unlock()
	sdp, err := p.link.Offer()
	if err != nil {
		return protocol.VoiceOffer{}, err //nolint:wrapcheck // coded
	}
	p.offer++
	p.answered, p.early = false, nil
	return protocol.VoiceOffer{Offer: p.offer, SDP: sdp, Slots: len(p.streams)}, nil
}

// Answer takes the answer to the newest offer; CONFLICT when it is to an older one, or the second.
func (p *Participant) Answer(a protocol.VoiceAnswer) error {
	p.negotiating.Lock()
	defer p.negotiating.Unlock()
	if a.Offer != p.offer || p.answered {
		return protocol.Errorf(protocol.CodeConflict, "offer %d waits for no answer", a.Offer)
	}
	if err := p.link.Answer(a.SDP); err != nil {
		return err //nolint:wrapcheck // coded
	}
	p.answered = true
	for _, c := range p.early {
		_ = p.link.Candidate(c) // one of several; without any, nothing flows, and that is told
	}
	p.early = nil
	return nil
}

// mostEarly bounds the candidates that come before the answer.
const mostEarly = 64

// Candidate takes one of the client's candidates; of an older offer it is void.
func (p *Participant) Candidate(c protocol.VoiceCandidate) error {
	p.negotiating.Lock()
	defer p.negotiating.Unlock()
	switch {
	case c.Offer != p.offer:
		return nil
	case p.answered:
		return p.link.Candidate(c) //nolint:wrapcheck // coded
	case len(p.early) >= mostEarly:
		return protocol.Errorf(protocol.CodeInvalidInput, "more than %d candidates before the answer", mostEarly)
	}
	p.early = append(p.early, c)
	return nil
}

// Set changes how the participant is in the call. FORBIDDEN when it may not speak and would unmute.
func (p *Participant) Set(patch protocol.VoicePatch) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ended {
		return errEnded()
	}
	if patch.Muted != nil && !*patch.Muted && !p.speak.Load() {
		return protocol.Errorf(protocol.CodeForbidden, "your role listens only")
	}
	p.applyLocked(patch)
	p.stateLocked()
	return nil
}

func (p *Participant) applyLocked(patch protocol.VoicePatch) {
	switch {
	case patch.Muted == nil || *patch.Muted == p.muted.Load():
	case *patch.Muted:
		p.muteLocked()
	default:
		p.unmuteLocked()
	}
	if patch.Deaf != nil && *patch.Deaf != p.deaf.Load() {
		p.call.listen(p)
		p.deaf.Store(*patch.Deaf)
	}
}

func (p *Participant) muteLocked() {
	p.muted.Store(true)
	p.meter.hush()
}

func (p *Participant) unmuteLocked() {
	p.stint.Add(1) // what was dropped meanwhile is no loss
	p.muted.Store(false)
	p.call.spare(p)
}

// Mute mutes it, whoever asks; it can unmute again by itself.
func (p *Participant) Mute() { _ = p.Set(protocol.VoicePatch{Muted: new(true)}) }

// Allow says that its role lets it speak: it may unmute.
func (p *Participant) Allow() { p.speak.Store(true) }

// Forbid says that its role lets it listen only, from now on.
func (p *Participant) Forbid() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ended || !p.speak.Swap(false) || p.muted.Load() {
		return
	}
	p.muteLocked()
	p.stateLocked()
}

// Tap has what is said kept from now on, in place of what kept it before, and shows it. False when it has ended.
func (p *Participant) Tap(t Tap) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ended {
		return false
	}
	p.tap.Store(&t)
	p.stateLocked()
	return true
}

// Untap ends that.
func (p *Participant) Untap() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.tap.Swap(nil) != nil && !p.ended {
		p.stateLocked()
	}
}

// Back is for a session that has a new socket: its member's number may be another one, and it is told again how things are.
func (p *Participant) Back(m uint32) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ended {
		return
	}
	changed := p.member.Swap(m) != m
	p.stateLocked()
	p.call.mu.Lock()
	defer p.call.mu.Unlock()
	if changed {
		p.call.tellSlotsLocked()
		return
	}
	p.signals.Slots(p.call.tableLocked())
}

// Leave takes it out of the call.
func (p *Participant) Leave(why protocol.VoiceEnded) {
	p.mu.Lock()
	if p.ended {
		p.mu.Unlock()
		return
	}
	p.ended = true
	p.patience.Stop()
	p.call.remove(p)
	p.signals.Ended(why)
	p.mu.Unlock()
	p.link.Close()
	if p.flowing {
		p.call.relay.cfg.Metrics.Flowing(-1)
	}
	p.call.relay.cfg.Metrics.Ended(why)
}

func (p *Participant) stateLocked() {
	p.signals.State(protocol.Voice{
		Muted: p.muted.Load(), Deaf: p.deaf.Load(), Away: !p.flowing, Recorded: p.tap.Load() != nil,
	})
}

// Packet implements [Events].
func (p *Participant) Packet(pkt *Packet) {
	cfg := &p.call.relay.cfg
	now := cfg.Now()
	p.reception.take(pkt, now)
	if p.muted.Load() {
		p.reception.tally.muted++
	} else {
		p.reception.tally.out += p.forward(pkt, now)
		if t := p.tap.Load(); t != nil {
			(*t).Said(pkt, now)
		}
	}
	if t, due := p.reception.due(); due {
		cfg.Metrics.Heard(t.in, t.muted, t.out, t.lost, p.reception.shakes(), cfg.Now().Sub(now))
	}
}

// forward sends a packet to everybody else, when there is a slot for it.
func (p *Participant) forward(pkt *Packet, now time.Time) (sent int) {
	p.meter.hear(pkt, now)
	s := p.slot.Load()
	if p.meter.speaking.Load() {
		p.call.spoken()
		if s == nil {
			s = p.call.claim(p, now)
		}
	}
	if s == nil {
		return 0
	}
	return s.forward(p, pkt, now)
}

// Flowing implements [Events].
func (p *Participant) Flowing() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ended || p.flowing {
		return
	}
	p.flowing = true
	p.patience.Stop()
	p.call.relay.cfg.Metrics.Flowing(1)
	p.stateLocked()
}

// Interrupted implements [Events].
func (p *Participant) Interrupted() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ended || !p.flowing {
		return
	}
	p.flowing = false
	p.call.relay.cfg.Metrics.Flowing(-1)
	p.meter.hush()
	p.patience.Reset(p.call.relay.cfg.Patience)
	p.stateLocked()
}

func errEnded() error { return protocol.Errorf(protocol.CodeConflict, "not in the call") }
