package bot

import (
	"context"
	"fmt"

	"atelier/client"
	"atelier/protocol"
)

// draftOf is the id of the prompt that is drafted for a note: the same after a restart.
func (b *Bot) draftOf(note string) string {
	return protocol.DerivedID("draft", b.room.Info().ID, note)
}

// draft writes the note's prompt on the bot's branch, which it makes first, and offers it by a comment. All of it is one
// change. A note that has its draft already waits for somebody to merge it.
func (b *Bot) draft(ctx context.Context, note client.Record, prompt string) error {
	self := b.room.Self()
	branch := protocol.DerivedID("drafts", b.room.Info().ID, self.User)
	id := b.draftOf(note.ID)
	if _, ok := b.room.On(branch).Record(id); ok {
		return nil
	}
	name := self.Name + "'s drafts"
	var writes []protocol.Write
	if known, ok := b.room.Branch(branch); ok {
		name = known.Name
	} else {
		writes = append(writes, create(branch, protocol.KindBranch), client.Set(branch, "name", protocol.String(name)))
	}
	place := right(note)
	offer := protocol.DerivedID("offer", b.room.Info().ID, note.ID)
	writes = append(writes,
		create(id, protocol.KindPrompt), client.Set(id, "prompt", protocol.String(prompt)),
		client.Set(id, "x", protocol.Number(place.X)), client.Set(id, "y", protocol.Number(place.Y)),
		client.Set(id, "w", protocol.Int(noteWidth)),
		create(offer, protocol.KindComment), client.Set(offer, "target", protocol.String(note.ID)),
		client.Set(offer, "text", protocol.String(fmt.Sprintf("I drafted a prompt for this on the branch “%s”. When it is merged, I paint it.", name))))
	if _, err := b.room.On(branch).Change(ctx, writes...); err != nil {
		return err
	}
	b.opts.Log.InfoContext(ctx, "drafted", "note", note.ID, "branch", branch, "prompt", prompt)
	b.say(ctx, fmt.Sprintf("drafted %q", prompt))
	return b.room.Look(ctx, branch)
}

func create(id string, kind protocol.Kind) protocol.Write {
	return client.Set(id, protocol.PropKind, protocol.String(string(kind)))
}
