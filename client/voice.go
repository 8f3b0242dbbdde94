package client

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/pion/webrtc/v4"

	"atelier/protocol"
)

// VoiceOptions say how a bot is in a call. The zero value listens and speaks.
type VoiceOptions struct {
	Muted bool
	Deaf  bool

	// Heard gets what others say, in a goroutine for each slot of the call; it must not wait. Nil hears nothing.
	Heard func(VoicePacket)

	Consent bool // agrees to every recording of the call, unasked

	RelayOnly bool // media goes through a TURN server of the offer, whatever else can be reached

	Settings *webrtc.SettingEngine // of the connection, for networks of tests; nil is the usual
	Log      *slog.Logger          // nil is slog.Default
}

// VoicePacket is one packet of Opus (RFC 7587).
type VoicePacket struct {
	M       uint32        // who speaks; 0 when that is not known yet
	Slot    int           // through which it came
	Seq     uint16        // goes on without a seam when a slot changes hands
	Time    uint32        // at 48 kHz
	Lasts   time.Duration // to send: what the packet holds; 0 is 20 ms
	Loud    uint8         // to send: dB above silence, 1–127 (127 − the level of RFC 6464); 0 is not known
	Payload []byte        // holds until Heard returns
}

// Voice is our place in the call of a room. It joins again by itself when the server was started anew, and finds a new way
// when the network has changed; it ends with [Voice.Close] or with the room.
type Voice struct {
	room *Room
	opts VoiceOptions
	mic  *microphone
	done chan struct{}
	stop context.CancelCauseFunc

	mu  sync.Mutex
	set protocol.VoicePatch // as it is to be
}

// Times of a call.
const (
	voicePatience = 10 * time.Second // for media to flow after an answer
	voiceCommand  = 10 * time.Second // for the server to answer
	voiceAgain    = 500 * time.Millisecond
)

var (
	errHungUp   = errors.New("the call was left")
	errNoMedia  = errors.New("no media flows: neither voice port can be reached")
	errTakenOut = errors.New("taken out of the call")
)

// Voice joins the room's call and returns when media flows. FORBIDDEN and the like are final; what passes is tried again until
// ctx ends.
func (r *Room) Voice(ctx context.Context, o VoiceOptions) (*Voice, error) {
	if o.Log == nil {
		o.Log = slog.Default()
	}
	life, stop := context.WithCancelCause(context.WithoutCancel(ctx))
	v := &Voice{
		room: r, opts: o, mic: newMicrophone(), done: make(chan struct{}), stop: stop,
		set: protocol.VoicePatch{Muted: &o.Muted, Deaf: &o.Deaf},
	}
	flowing := make(chan error, 1)
	go v.run(life, flowing)
	select {
	case err := <-flowing:
		if err != nil {
			<-v.done
			return nil, err
		}
		return v, nil
	case <-ctx.Done():
		stop(context.Cause(ctx))
		<-v.done
		return nil, fmt.Errorf("join the call: %w", context.Cause(ctx))
	}
}

// Close leaves the call and waits for its goroutines.
func (v *Voice) Close() error {
	v.stop(errHungUp)
	<-v.done
	return nil
}

// Done is closed when the call is over for us.
func (v *Voice) Done() <-chan struct{} { return v.done }

// Send sends one packet of Opus; it is lost while nothing flows. Times are counted from what the packets hold, and from the
// clock after a pause.
func (v *Voice) Send(p VoicePacket) error { return v.mic.send(p, time.Now()) }

// Mute mutes us, or ends that.
func (v *Voice) Mute(ctx context.Context, muted bool) error {
	return v.change(ctx, protocol.VoicePatch{Muted: &muted})
}

// Deafen has us sent nothing, or ends that.
func (v *Voice) Deafen(ctx context.Context, deaf bool) error {
	return v.change(ctx, protocol.VoicePatch{Deaf: &deaf})
}

func (v *Voice) change(ctx context.Context, patch protocol.VoicePatch) error {
	if err := v.room.do(ctx, protocol.TypeVoiceSet, &patch, &struct{}{}); err != nil {
		return fmt.Errorf("change how we are in the call: %w", err)
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if patch.Muted != nil {
		v.set.Muted = patch.Muted
	}
	if patch.Deaf != nil {
		v.set.Deaf = patch.Deaf
	}
	return nil
}

// MuteMember mutes somebody else in the call, who can unmute again; owners may.
func (r *Room) MuteMember(ctx context.Context, m uint32) error {
	return r.moderate(ctx, protocol.VoiceModeration{M: m})
}

// TakeOutOfCall takes somebody out of the call; owners may.
func (r *Room) TakeOutOfCall(ctx context.Context, m uint32) error {
	return r.moderate(ctx, protocol.VoiceModeration{M: m, Remove: true})
}

func (r *Room) moderate(ctx context.Context, c protocol.VoiceModeration) error {
	if err := r.do(ctx, protocol.TypeVoiceModerate, &c, &struct{}{}); err != nil {
		return fmt.Errorf("moderate the call: %w", err)
	}
	return nil
}

// run is in the call until the life ends: connection after connection.
func (v *Voice) run(life context.Context, flowing chan<- error) {
	defer close(v.done)
	defer v.stop(errHungUp)
	for {
		err := v.connect(life, flowing)
		switch {
		case life.Err() != nil:
			v.leave(context.WithoutCancel(life))
			return
		case v.room.Err() != nil:
			flowingErr(flowing, v.room.Err())
			return
		case final(err):
			v.opts.Log.Warn("the call is over", "room", v.room.opts.Room, "error", err)
			flowingErr(flowing, err)
			return
		}
		v.opts.Log.Info("joining the call again", "room", v.room.opts.Room, "after", err)
		if sleep(life, voiceAgain) != nil {
			v.leave(context.WithoutCancel(life))
			return
		}
	}
}

func flowingErr(flowing chan<- error, err error) {
	select {
	case flowing <- err:
	default: // it has been told
	}
}

// final tells what trying again does not mend.
func final(err error) bool {
	coded, ok := errors.AsType[*protocol.Error](err)
	return errors.Is(err, errTakenOut) || (ok && !coded.Retryable && coded.Code != protocol.CodeConflict)
}

func (v *Voice) leave(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, voiceCommand)
	defer cancel()
	if v.room.Live() {
		_ = v.room.do(ctx, protocol.TypeVoiceLeave, &struct{}{}, &struct{}{})
	}
}
