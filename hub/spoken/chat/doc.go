// Package chat asks an endpoint with the chat-completions API (OpenAI's, which many servers have) what somebody meant whom
// the grammar of package spoken did not understand.
//
// The endpoint is not trusted. It is given references in place of ids, and what it answers is read strictly, is resolved
// to ids of the context and passes [spoken.Context.Complete] like the grammar's own: so names and words in a room that
// speak to the model can lead to a valid command at worst, which the page shows as guessed, and asks about when it
// destroys. An answer has at most 64 KiB and 5 s, redirects are not followed, and beyond a few questions at a time nobody
// waits.
package chat
