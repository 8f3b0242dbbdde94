package client

import (
	"context"
	"fmt"
	"slices"

	"atelier/protocol"
)

// RecordingChanged says how the recording of the room's call is now.
type RecordingChanged struct{ protocol.Recording }

func (RecordingChanged) event() {}

// Recording is the recording of the room's call, as far as one has not ended; false without one.
func (r *Room) Recording() (protocol.Recording, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.recording == nil {
		return protocol.Recording{}, false
	}
	return *r.recording, true
}

// RecordCall begins to record the room's call; owners may. Each person in it is asked and recorded from its yes on. CONFLICT when
// it is recorded already.
func (r *Room) RecordCall(ctx context.Context) (protocol.Recording, error) {
	return r.record(ctx, protocol.RecordingPatch{On: true})
}

// StopRecording ends a recording; owners may, whoever began it. [RecordingChanged] tells when its pieces are there. NOT_FOUND
// when it is not on.
func (r *Room) StopRecording(ctx context.Context, recording string) error {
	_, err := r.record(ctx, protocol.RecordingPatch{Recording: recording})
	return err
}

func (r *Room) record(ctx context.Context, patch protocol.RecordingPatch) (now protocol.Recording, err error) {
	if err := r.do(ctx, protocol.TypeVoiceRecord, &patch, &now); err != nil {
		return now, fmt.Errorf("record the call: %w", err)
	}
	return now, nil
}

// Consent agrees to be recorded, in this recording. NOT_FOUND when it is not on.
func (r *Room) Consent(ctx context.Context, recording string) error {
	return r.answer(ctx, protocol.VoiceConsent{Recording: recording, Yes: true})
}

// Refuse says that we are not to be recorded, or not any more: nothing is kept from then on.
func (r *Room) Refuse(ctx context.Context, recording string) error {
	return r.answer(ctx, protocol.VoiceConsent{Recording: recording})
}

// RefuseAndDiscard is [Room.Refuse], and what was recorded of us so far is deleted when it returns.
func (r *Room) RefuseAndDiscard(ctx context.Context, recording string) error {
	return r.answer(ctx, protocol.VoiceConsent{Recording: recording, Discard: true})
}

func (r *Room) answer(ctx context.Context, c protocol.VoiceConsent) error {
	if err := r.do(ctx, protocol.TypeVoiceConsent, &c, &protocol.Recording{}); err != nil {
		return fmt.Errorf("answer whether we are recorded: %w", err)
	}
	return nil
}

func (r *Room) recordingLocked(b []byte) error {
	var now protocol.Recording
	if err := protocol.DecodeBody(b, &now); err != nil {
		return err
	}
	r.recording = &now
	if now.State == protocol.RecordingEnded {
		r.recording = nil
	}
	r.emitLocked(RecordingChanged{Recording: now})
	return nil
}

// agree answers a recording with yes, where the bot was told to and has not yet.
func (v *Voice) agree(ctx context.Context) {
	now, ok := v.room.Recording()
	if !v.opts.Consent || !ok || now.State != protocol.RecordingOn || slices.Contains(now.Yes, v.room.Self().User) {
		return
	}
	if err := v.room.Consent(ctx, now.ID); err != nil {
		v.opts.Log.Warn("agree to be recorded", "room", v.room.opts.Room, "error", err)
	}
}
