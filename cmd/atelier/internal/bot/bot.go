// Package bot is the demo bot: it greets who comes, answers comments that mention it, and answers notes that begin with
// "/imagine" by queueing a picture beside the note. What it does it says in its presence, under "status".
//
// When it drafts, it first writes the prompt on a branch of its own and says so in a comment on the note. People may change
// the prompt there; when it is merged, the bot paints what main has then. All that it has to know for that is on the
// canvas, so that it goes on after a restart where it was.
//
// A note is answered once: the job's id is derived from the note, and the note's prop "job" names it. A bot that is
// killed between the two enqueues the same id again when it is back, which queues nothing twice; a second bot in the
// room is told that the job is there already.
package bot

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"atelier/client"
	"atelier/protocol"
)

// Options of a bot. The zero value of a field means its default.
type Options struct {
	Model  string        // that paints; the server's default
	Draft  bool          // prompts are drafted on a branch, and painted when they are merged
	Settle time.Duration // a note must rest so long before it is answered, so that nobody is cut short; 1.5 s
	Log    *slog.Logger
}

// Bot serves one room. Its fields are used by Run's goroutine only.
type Bot struct {
	room    *client.Room
	opts    Options
	resting map[string]time.Time // notes that ask for a picture, and when they may be answered
	drafts  map[string]string    // draft's id → note, of notes that ask for a picture
	working map[string]string    // our unfinished jobs: id → what they paint
	status  string
}

// New makes a bot of a member. The caller closes the room after Run.
func New(room *client.Room, o Options) *Bot {
	if o.Settle == 0 {
		o.Settle = 1500 * time.Millisecond
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Bot{
		room: room, opts: o, resting: make(map[string]time.Time), drafts: make(map[string]string), working: make(map[string]string),
	}
}

// Run serves until ctx or the room ends, and returns why. What it cannot do for one note it says in its presence and the
// log, and goes on.
func (b *Bot) Run(ctx context.Context) error {
	events := b.room.Subscribe()
	defer events.Close()
	b.readAll(ctx)
	b.say(ctx, "watching for notes that begin with /imagine")
	for {
		e, err := b.next(ctx, events)
		if err != nil {
			return err
		}
		b.handle(ctx, e)
		b.answerRested(ctx)
	}
}

// next waits for an event, or until a note has rested: the event is nil then.
func (b *Bot) next(ctx context.Context, events *client.Subscription) (client.Event, error) {
	first := time.Time{}
	for _, at := range b.resting {
		if first.IsZero() || at.Before(first) {
			first = at
		}
	}
	if first.IsZero() {
		return events.Next(ctx)
	}
	until, cancel := context.WithDeadline(ctx, first)
	defer cancel()
	e, err := events.Next(until)
	if err != nil && until.Err() != nil && ctx.Err() == nil {
		return nil, nil //nolint:nilnil // nothing happened, a note has rested
	}
	return e, err
}

func (b *Bot) handle(ctx context.Context, e client.Event) {
	switch e := e.(type) {
	case client.Joined:
		b.greet(ctx, e.Member)
	case client.Changed:
		b.lookAll(ctx, e.On(""))
	case client.Connected:
		if !e.Resumed {
			b.readAll(ctx)
		}
	case client.Lagged:
		b.readAll(ctx)
	case client.JobChanged:
		b.follow(ctx, e.Job)
	case client.JobProgress:
		if what, ours := b.working[e.Progress.Job]; ours {
			b.say(ctx, fmt.Sprintf("painting %q: %d %%", what, int(e.Progress.Fraction*10)*10))
		}
	}
}

// greet says hello to a person who came: an event to that member alone.
func (b *Bot) greet(ctx context.Context, m client.Member) {
	if m.Bot || m.M == b.room.Self().M {
		return
	}
	text := fmt.Sprintf("Hello %s. %s", m.Name, b.offer())
	if err := b.room.Send(ctx, "greeting", map[string]any{"text": text}, m.M); err != nil {
		b.opts.Log.WarnContext(ctx, "greeting failed", "member", m.M, "error", err)
		return
	}
	b.say(ctx, "greeted "+m.Name)
}

// offer is what the bot does for people, in its words.
func (b *Bot) offer() string {
	if b.opts.Draft {
		return "Write a note that begins with /imagine, and I draft its prompt on a branch. When you merge it, I paint it."
	}
	return "Write a note that begins with /imagine, and I paint it."
}

// follow says how our jobs end.
func (b *Bot) follow(ctx context.Context, job protocol.Job) {
	what, ours := b.working[job.ID]
	if !ours {
		return
	}
	switch job.State {
	case protocol.JobSucceeded:
		b.say(ctx, fmt.Sprintf("painted %q", what))
	case protocol.JobFailed:
		b.say(ctx, fmt.Sprintf("could not paint %q: %s", what, reason(job)))
	case protocol.JobCancelled:
		b.say(ctx, fmt.Sprintf("%q was cancelled", what))
	case protocol.JobRunning:
		b.say(ctx, fmt.Sprintf("painting %q", what))
		return
	default:
		return
	}
	delete(b.working, job.ID)
}

func reason(job protocol.Job) string {
	if job.Error == nil {
		return "no reason given"
	}
	return job.Error.Message
}

// say shows a status, when it is another than the one shown.
func (b *Bot) say(ctx context.Context, status string) {
	if status == b.status {
		return
	}
	if err := b.room.SetPresence(ctx, map[string]any{"status": status}); err != nil {
		b.opts.Log.WarnContext(ctx, "presence failed", "error", err)
		return
	}
	b.status = status
}
