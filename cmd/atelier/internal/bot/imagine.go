package bot

import (
	"context"
	"errors"
	"strings"
	"time"

	"atelier/client"
	"atelier/protocol"
)

// command is what a note begins with that asks for a picture.
const command = "/imagine"

// Where a picture goes beside its note, in canvas units.
const (
	noteWidth    = 240
	gap          = 40
	pictureWidth = 360
)

// asked is what a note asks to be painted; ok is false when it asks for nothing, or was answered.
func asked(r client.Record) (prompt string, ok bool) {
	if r.Kind != protocol.KindNote || r.Text("job") != "" {
		return "", false
	}
	rest, ok := strings.CutPrefix(strings.TrimSpace(r.Text("text")), command)
	prompt = strings.TrimSpace(rest)
	return prompt, ok && prompt != "" && strings.TrimLeft(rest, " \t\n") != rest
}

// readAll looks at the whole canvas: at the start, and after events were missed.
func (b *Bot) readAll() {
	_, records := b.room.Records()
	for _, r := range records {
		b.look(r.ID)
	}
}

// look lets a note rest that asks for a picture; every further write to it begins its rest anew.
func (b *Bot) look(id string) {
	r, ok := b.room.Record(id)
	if !ok {
		delete(b.resting, id)
		return
	}
	if _, ok := asked(r); !ok {
		delete(b.resting, id)
		return
	}
	b.resting[id] = time.Now().Add(b.opts.Settle)
}

// answerRested answers the notes that have rested and that nobody is editing.
func (b *Bot) answerRested(ctx context.Context) {
	now := time.Now()
	for id, at := range b.resting {
		switch {
		case now.Before(at):
		case b.edited(id):
			b.resting[id] = now.Add(b.opts.Settle)
		default:
			delete(b.resting, id)
			if err := b.answer(ctx, id); err != nil {
				b.opts.Log.WarnContext(ctx, "a note was not answered", "note", id, "error", err)
				b.say(ctx, "could not queue: "+protocol.AsError(err).Message)
			}
		}
	}
}

// edited tells whether somebody's presence says that they are in the note's text: editing is [record, prop].
func (b *Bot) edited(id string) bool {
	for _, m := range b.room.Members() {
		if at, ok := m.Presence["editing"].([]any); ok && len(at) > 0 && at[0] == id {
			return true
		}
	}
	return false
}

// answer queues the picture, then names its job in the note. The job's id follows from the note, so that doing it again
// after a crash in between queues nothing twice.
func (b *Bot) answer(ctx context.Context, id string) error {
	note, ok := b.room.Record(id)
	if !ok {
		return nil
	}
	prompt, ok := asked(note)
	if !ok {
		return nil
	}
	width := note.Number("w")
	if width == 0 {
		width = noteWidth
	}
	place := protocol.Place{X: note.Number("x") + width + gap, Y: note.Number("y"), W: pictureWidth, Source: id}
	b.room.MoveCursor(float32(place.X), float32(place.Y))
	job := protocol.DerivedID("imagine", b.room.Info().ID, id)
	b.working[job] = prompt
	_, err := b.room.Enqueue(ctx, protocol.JobRequest{
		ID: job, Kind: "image", Model: b.opts.Model, Prompt: prompt, Place: place,
	})
	switch {
	case errors.Is(err, &protocol.Error{Code: protocol.CodeInvalidInput}) && b.known(job):
		delete(b.working, job) // another bot was first
	case err != nil:
		delete(b.working, job)
		return err
	default:
		b.opts.Log.InfoContext(ctx, "queued", "note", id, "job", job, "prompt", prompt)
	}
	_, err = b.room.Change(ctx, client.Set(id, "job", protocol.String(job)))
	return err
}

func (b *Bot) known(job string) bool {
	_, ok := b.room.Job(job)
	return ok
}
