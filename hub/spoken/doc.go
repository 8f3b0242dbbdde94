// Package spoken understands what people say to the studio: a line of text, from speech recognition or a text box, and
// what they may mean by “this” and by a name become one [Command]. It is pure: it carries nothing out, and so needs to
// know nothing of roles.
//
// Whatever it returns was completed against the context ([Context.Complete]): ids are ids of the context, fields are
// those of the command, and the sentence to say is made from these alone. Commands that come from elsewhere, such as an
// endpoint that was asked, pass the same way.
//
// The grammar, with an example of every command, is docs/commands.md; tests read it there.
package spoken
