package storm

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/tinylib/msgp/msgp"

	"atelier/protocol"
)

// talker is one member of a voice storm.
type talker struct {
	seat
	wire *wire
	hall *hall
	at   int // index in hall
	ear  *ear
	line atomic.Pointer[line] // nil before it is up

	// Owned by talk.
	seq  uint32
	said int64 // while it was measured
	out  [spoken]byte
}

// call joins the call and brings the line up. Who does not talk comes muted, as most do in a large room.
func (t *talker) call(ctx context.Context, o Options, who *identity) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	var offer protocol.VoiceOffer
	if err := t.wire.ask(protocol.TypeVoiceJoin, 1, &protocol.VoicePatch{Muted: new(t.at >= o.Talk)}, &offer); err != nil {
		return err
	}
	server, err := readOffer(offer.SDP)
	if err != nil {
		return err
	}
	t.hall.slots = offer.Slots
	l, err := newLine(server, t.ear.hear)
	if err != nil {
		return err
	}
	defer func() {
		if t.line.Load() != l {
			l.close()
		}
	}()
	ssrc := uint32(t.at + 1) //nolint:gosec // a few
	local, err := netip.ParseAddrPort(l.conn.LocalAddr().String())
	if err != nil {
		return fmt.Errorf("our address: %w", err)
	}
	ufrag := "storm" + strconv.Itoa(t.room*o.Members+t.at)
	told := protocol.VoiceAnswer{Offer: offer.Offer, SDP: server.answer(who, ufrag, local, ssrc)}
	if err := t.wire.ask(protocol.TypeVoiceAnswer, 2, &told, &struct{}{}); err != nil {
		return err
	}
	if err := l.connect(ctx, who, ufrag); err != nil {
		return err
	}
	if err := l.speaker(ssrc, loudness); err != nil {
		return err
	}
	t.line.Store(l)
	go t.wire.discard()
	return nil
}

// ask sends a command and waits for its answer; what else comes meanwhile is passed over.
func (w *wire) ask(t protocol.Type, req uint64, body, out any) error {
	if err := w.write(opBinary, protocol.AppendCommand(nil, t, req, body)); err != nil {
		return err
	}
	for {
		b, err := w.read()
		if err != nil {
			return err
		}
		answered := false
		err = messages(b, func(t protocol.Type, _ uint32, body []byte) error {
			if t != protocol.TypeOK && t != protocol.TypeError {
				return nil
			}
			answered = true
			_, body, err := msgp.ReadUint64Bytes(body)
			if err != nil {
				return err
			}
			if t == protocol.TypeOK {
				return protocol.DecodeBody(body, out)
			}
			refused := new(protocol.Error)
			return errors.Join(protocol.DecodeBody(body, refused), refused)
		})
		if answered || err != nil {
			return err
		}
	}
}

// discard reads until the socket is closed.
func (w *wire) discard() {
	for {
		if _, err := w.read(); err != nil {
			return
		}
	}
}

// Places in what is said: a flag, the hall, the talker, its number, the time, and filling that follows from these.
const (
	atHall = 1
	atWho  = atHall + 2
	atSeq  = atWho + 2
	atTime = atSeq + 4
	atFill = atTime + 8
)

// phase tells what is said before it counts from what is measured.
type phase byte

const (
	warming phase = iota
	measured
)

// talk has everybody whose line is up and who is to talk do so, evenly spread.
func talk(ctx context.Context, halls []*hall, d time.Duration, as phase) error {
	var all []*talker
	for i := range halls[0].talk {
		for _, h := range halls {
			all = append(all, h.talkers[i])
		}
	}
	_, err := pace(ctx, len(all), frames, d, func(i int) error { return all[i].say(as) })
	return err
}

func (t *talker) say(as phase) error {
	l := t.line.Load()
	if l == nil {
		return nil
	}
	t.seq++
	b := t.out[:]
	b[0] = byte(as)
	if as == measured {
		t.said++
	}
	binary.BigEndian.PutUint16(b[atHall:], uint16(t.room)) //nolint:gosec // a few
	binary.BigEndian.PutUint16(b[atWho:], uint16(t.at))    //nolint:gosec // a few
	binary.BigEndian.PutUint32(b[atSeq:], t.seq)
	fill(b, t.seq)
	binary.BigEndian.PutUint64(b[atTime:], uint64(time.Now().UnixNano()))
	if err := l.send(uint16(t.seq), t.seq*frameTime, b); err != nil && !errors.Is(err, net.ErrClosed) { //nolint:gosec // wraps
		return fmt.Errorf("say: %w", err)
	}
	return nil
}

// fill fills what follows the header of b with what only this packet has.
func fill(b []byte, seq uint32) {
	for i := atFill; i < len(b); i++ {
		b[i] = filling(b[atWho+1], seq, i)
	}
}

func filling(who byte, seq uint32, i int) byte { return byte(seq*7 + uint32(who)*13 + uint32(i)) } //nolint:gosec // any byte will do
