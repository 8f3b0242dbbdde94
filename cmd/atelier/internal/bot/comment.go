package bot

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"atelier/client"
	"atelier/protocol"
)

// mentions tells whether a comment is to a member: by its list of mentions, or by @name in its text.
func mentions(comment client.Record, who protocol.Member) bool {
	if slices.Contains(comment.Props["mentions"].AsStrings(), who.User) {
		return true
	}
	text, name := strings.ToLower(comment.Text("text")), "@"+strings.ToLower(who.Name)
	for {
		_, after, found := strings.Cut(text, name)
		if !found {
			return false
		}
		if next, _ := utf8.DecodeRuneInString(after); !unicode.IsLetter(next) && !unicode.IsDigit(next) {
			return true
		}
		text = after
	}
}

// reply answers a comment that mentions the bot, once: the answer's id follows from the comment.
func (b *Bot) reply(ctx context.Context, comment client.Record) {
	self := b.room.Self()
	if comment.Text("author") == self.User || !mentions(comment, self) {
		return
	}
	id := protocol.DerivedID("reply", b.room.Info().ID, comment.ID, self.User)
	if _, answered := b.room.Record(id); answered {
		return
	}
	thread := cmp.Or(comment.Text("thread"), comment.ID)
	writes := []protocol.Write{
		create(id, protocol.KindComment), client.Set(id, "thread", protocol.String(thread)),
		client.Set(id, "text", protocol.String(b.offer())),
	}
	if target := comment.Text("target"); target != "" {
		writes = append(writes, client.Set(id, "target", protocol.String(target)))
	}
	if _, err := b.room.Change(ctx, writes...); err != nil {
		b.opts.Log.WarnContext(ctx, "a comment was not answered", "comment", comment.ID, "error", err)
	}
}
