package e2e

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"atelier/client"
	"atelier/protocol"
)

// work does what people do, some of it offline. Everything is submitted until it is answered.
func (p *person) work(ctx context.Context) error {
	for range deeds {
		var err error
		switch n := p.dice.IntN(12); {
		case n == 0:
			err = p.spell(ctx)
		case n == 1:
			err = p.draft(ctx)
		case n == 2:
			err = p.mergeOne(ctx)
		case n == 3 && len(p.merge) > 0:
			err = p.takeBack(ctx)
		case n < 7:
			err = p.stay(ctx)
		default:
			err = p.submit(ctx, p.room.Prepare(p.deed(p.somewhere(), nil)))
		}
		if err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
	}
	return nil
}

func (p *person) next(what string) string {
	p.n++
	return fmt.Sprintf("%s-%s%d", p.name, what, p.n)
}

// word is one that nobody else has.
func (p *person) word() string {
	letters := make([]byte, 12)
	for i := range letters {
		letters[i] = 'a' + byte(p.dice.IntN(26))
	}
	return string(letters)
}

// somewhere is main or one of the open branches.
func (p *person) somewhere() string {
	open := slices.DeleteFunc(p.room.Branches(), func(b client.Branch) bool { return !b.Open() })
	if len(open) == 0 || p.dice.IntN(3) > 0 {
		return ""
	}
	return open[p.dice.IntN(len(open))].ID
}

// pick is some record that a branch shows; false when there are too few yet.
func (p *person) pick(branch string, kinds ...protocol.Kind) (client.Record, bool) {
	_, records := p.room.On(branch).Records()
	records = slices.DeleteFunc(records, func(r client.Record) bool { return !slices.Contains(kinds, r.Kind) })
	if len(records) < 2 {
		return client.Record{}, false
	}
	return records[p.dice.IntN(len(records))], true
}

// own is what a person has written and not submitted yet, by record and prop.
type own map[[2]string]protocol.Value

// deed is one change: a record, a word in a text, a seed, a move or a deletion.
func (p *person) deed(branch string, queued own) protocol.Change {
	rec, ok := p.pick(branch, protocol.KindNote, protocol.KindPrompt)
	c := protocol.Change{Branch: branch}
	n := p.dice.IntN(10)
	switch {
	case !ok || n == 0:
		kind, prop := protocol.KindNote, "text"
		if p.dice.IntN(2) == 0 {
			kind, prop = protocol.KindPrompt, "prompt"
		}
		_, c.Writes = client.Create(kind, map[string]protocol.Value{prop: protocol.String("alpha beta gamma"), "x": protocol.Int(1)})
	case n == 1 && p.dice.IntN(3) == 0:
		c.Writes = []protocol.Write{client.Delete(rec.ID)}
	case n < 5 && rec.Kind == protocol.KindPrompt:
		c.Writes = []protocol.Write{p.based(rec, "seed", protocol.Int(int64(p.dice.IntN(9))), queued)}
	case n < 8:
		c.Writes = []protocol.Write{p.insert(rec, queued)}
	default:
		c.Writes = []protocol.Write{client.Set(rec.ID, "x", protocol.Int(int64(p.dice.IntN(1000))))}
	}
	return c
}

// based is a write made from what its author sees, its own queued writes included.
func (p *person) based(rec client.Record, prop string, v protocol.Value, queued own) protocol.Write {
	from, mine := queued[[2]string{rec.ID, prop}]
	if !mine {
		from = rec.Props[prop]
	}
	if queued != nil {
		queued[[2]string{rec.ID, prop}] = v
	}
	return client.Based(client.Set(rec.ID, prop, v), from)
}

func (p *person) insert(rec client.Record, queued own) protocol.Write {
	prop := "text"
	if rec.Kind == protocol.KindPrompt {
		prop = "prompt"
	}
	shown := rec.Text(prop)
	if mine, ok := queued[[2]string{rec.ID, prop}].AsString(); ok {
		shown = mine
	}
	words := strings.Fields(shown)
	words = slices.Insert(words, p.dice.IntN(len(words)+1), p.word())
	return p.based(rec, prop, protocol.String(strings.Join(words, " ")), queued)
}

// spell works offline: what is done is kept, and submitted in order when the line is back.
func (p *person) spell(ctx context.Context) error {
	p.line.set(true)
	branch, episode, queued := p.somewhere(), p.next("offline"), make(own)
	var queue []protocol.Change
	for range 1 + p.dice.IntN(queueMost) {
		c := p.deed(branch, queued)
		c.Episode = episode
		queue = append(queue, p.room.Prepare(c))
	}
	p.line.set(false)
	for _, c := range queue {
		if err := p.submit(ctx, c); err != nil {
			return err
		}
	}
	return nil
}

// stay types into one field, whatever comes in meanwhile.
func (p *person) stay(ctx context.Context) error {
	branch := p.somewhere()
	rec, ok := p.pick(branch, protocol.KindNote, protocol.KindPrompt)
	if !ok {
		return nil
	}
	episode, typed := p.next("stay"), make(own)
	for range 1 + p.dice.IntN(4) {
		c := protocol.Change{Branch: branch, Episode: episode, Writes: []protocol.Write{p.insert(rec, typed)}}
		if err := p.submit(ctx, p.room.Prepare(c)); err != nil {
			return err
		}
	}
	return nil
}

func (p *person) draft(ctx context.Context) error {
	id, writes := client.Create(protocol.KindBranch, map[string]protocol.Value{"name": protocol.String(p.next("draft"))})
	c := protocol.Change{Branch: id, Writes: writes}
	if rec, ok := p.pick("", protocol.KindPrompt, protocol.KindNote); ok {
		c.Writes = append(c.Writes, p.insert(rec, nil))
	}
	return p.submit(ctx, p.room.Prepare(c))
}

// mergeOne merges a branch; what both changed is kept twice.
func (p *person) mergeOne(ctx context.Context) error {
	branch := p.somewhere()
	if branch == "" {
		return nil
	}
	c := protocol.Change{ID: protocol.NewID(), Merge: &protocol.Merge{
		Branch: branch, Resolve: []protocol.Resolution{{Choice: protocol.ChooseBoth}},
	}}
	if err := p.submit(ctx, c); err != nil {
		return err
	}
	p.merge = append(p.merge, c.ID)
	return nil
}

func (p *person) takeBack(ctx context.Context) error {
	c := protocol.Change{ID: protocol.NewID(), Undo: p.merge[len(p.merge)-1]}
	p.merge = p.merge[:len(p.merge)-1]
	return p.submit(ctx, c)
}

// submit enters what is acknowledged in the book. A merge that links refuse, or is taken back already, is nothing.
func (p *person) submit(ctx context.Context, c protocol.Change) error {
	res, err := p.room.Submit(ctx, c)
	var conflict *client.ConflictError
	switch {
	case err == nil:
	case len(c.Writes) == 0 && (errors.As(err, &conflict) || protocol.CodeOf(err) == protocol.CodeNotFound):
		return nil
	default:
		return err
	}
	for _, w := range c.Writes {
		text, _ := w.Value.AsString()
		from, _ := w.Basis.AsString()
		if w.Prop == "text" || w.Prop == "prompt" {
			p.words = append(p.words, added(from, text)...)
		}
	}
	p.book.enter(func() { p.book.changes[c.ID] = res.Rev })
	return nil
}

func added(from, to string) []string {
	had := strings.Fields(from)
	return slices.DeleteFunc(strings.Fields(to), func(w string) bool { return slices.Contains(had, w) })
}
