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
func (b *Bot) readAll(ctx context.Context) {
	_, records := b.room.Records()
	for _, r := range records {
		b.look(ctx, r.ID)
	}
}

// lookAll looks at what a change wrote, at each record once.
func (b *Bot) lookAll(ctx context.Context, writes []protocol.Write) {
	seen := make(map[string]bool, len(writes))
	for i := range writes {
		if id := writes[i].Record; !seen[id] {
			seen[id] = true
			b.look(ctx, id)
		}
	}
}

// look answers a comment, and lets a note rest that asks for a picture; every further write to it, and the merge of its
// draft, begins its rest anew.
func (b *Bot) look(ctx context.Context, id string) {
	if note, ours := b.drafts[id]; ours {
		id = note
	}
	r, ok := b.room.Record(id)
	if ok && r.Kind == protocol.KindComment {
		b.reply(ctx, r)
	}
	if _, asks := asked(r); !ok || !asks {
		delete(b.resting, id)
		delete(b.drafts, b.draftOf(id))
		return
	}
	b.drafts[b.draftOf(id)] = id
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

// answer drafts the note's prompt, or queues its picture.
func (b *Bot) answer(ctx context.Context, id string) error {
	note, ok := b.room.Record(id)
	if !ok {
		return nil
	}
	prompt, ok := asked(note)
	if !ok {
		return nil
	}
	if !b.opts.Draft {
		return b.paint(ctx, note, note, prompt)
	}
	if merged, ok := b.room.Record(b.draftOf(id)); ok {
		return b.paint(ctx, note, merged, merged.Text("prompt"))
	}
	return b.draft(ctx, note, prompt)
}

// right is where something goes beside a record.
func right(r client.Record) protocol.Place {
	width := r.Number("w")
	if width == 0 {
		width = noteWidth
	}
	return protocol.Place{X: r.Number("x") + width + gap, Y: r.Number("y"), W: pictureWidth, Source: r.ID}
}

// paint queues the picture beside a record, then names its job in the note. The job's id follows from the note, so that
// doing it again after a crash in between queues nothing twice.
func (b *Bot) paint(ctx context.Context, note, beside client.Record, prompt string) error {
	place := right(beside)
	b.room.MoveCursor(float32(place.X), float32(place.Y))
	job := protocol.DerivedID("imagine", b.room.Info().ID, note.ID)
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
		b.opts.Log.InfoContext(ctx, "queued", "note", note.ID, "job", job, "prompt", prompt)
	}
	_, err = b.room.Change(ctx, client.Set(note.ID, "job", protocol.String(job)))
	return err
}

func (b *Bot) known(job string) bool {
	_, ok := b.room.Job(job)
	return ok
}
