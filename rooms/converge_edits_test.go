package rooms

import (
	"cmp"
	"slices"

	"atelier/protocol"
)

// edit does one thing that people do.
func (c *client) edit() {
	if c.stay != nil && c.rng.IntN(5) > 0 {
		c.keystroke()
		return
	}
	edits := []struct {
		weight int
		do     func()
	}{
		{4, c.createRecord},
		{6, c.move},
		{12, c.enterField},
		{4, c.setAside},
		{4, c.tag},
		{3, c.deleteOrRestore},
		{2, c.connect},
		{3, c.nest},
		{1, c.comment},
		{3, c.several},
		{2, c.draft},
		{3, c.look},
		{2, c.tellBranch},
		{3, c.merge},
		{4, c.undo},
	}
	total := 0
	for _, e := range edits {
		total += e.weight
	}
	at := c.rng.IntN(total)
	for _, e := range edits {
		if at -= e.weight; at < 0 {
			e.do()
			return
		}
	}
}

// write makes one change. Later writes of a cell replace earlier ones.
func (c *client) write(all ...protocol.Write) {
	var writes []protocol.Write
	for _, w := range all {
		writes = append(slices.DeleteFunc(writes, func(e protocol.Write) bool { return e.Record == w.Record && e.Prop == w.Prop }), w)
	}
	change := protocol.Change{Branch: c.looks, Writes: writes}
	if c.rng.IntN(4) == 0 {
		change.Gesture = c.name1("gesture")
	}
	c.make(change)
}

func cellOf(record, prop string, v protocol.Value) protocol.Write {
	return protocol.Write{Record: record, Prop: prop, Value: v}
}

// newRecord makes the writes of one; texts begin with shared words, so that edits meet between them.
func (c *client) newRecord() []protocol.Write {
	rec := id(c.name1("record"))
	kinds := []protocol.Kind{protocol.KindNote, protocol.KindPrompt, protocol.KindFrame}
	kind := kinds[c.rng.IntN(len(kinds))]
	writes := []protocol.Write{cellOf(rec, "kind", str(string(kind))), cellOf(rec, "x", num(float64(c.rng.IntN(100))))}
	if kind != protocol.KindFrame {
		writes = append(writes, cellOf(rec, textOf(kind), str("alpha beta gamma delta")))
	}
	return writes
}

func textOf(kind protocol.Kind) string {
	if kind == protocol.KindPrompt {
		return "prompt"
	}
	return "text"
}

func (c *client) createRecord() { c.write(c.newRecord()...) }

var shapes = []protocol.Kind{protocol.KindNote, protocol.KindPrompt, protocol.KindFrame}

func (c *client) move() {
	if rec, ok := c.one(c.visible(c.looks, shapes...)); ok {
		c.write(cellOf(rec, "x", num(float64(c.rng.IntN(1000)))), cellOf(rec, "y", num(float64(c.rng.IntN(1000)))))
	}
}

// enterField begins a stay in some text field.
func (c *client) enterField() {
	c.enter(c.one(c.visible(c.looks, protocol.KindNote, protocol.KindPrompt)))
}

func (c *client) enter(rec string, ok bool) {
	if !ok {
		return
	}
	prop := textOf(c.kindOf(c.looks, rec))
	text, _ := c.shown(c.looks, rec, prop).AsString()
	w := protocol.Write{Record: rec, Prop: prop, Basis: cmp.Or(c.shown(c.looks, rec, prop), protocol.Nil)}
	c.stay = &typing{
		episode: c.name1("stay"), branch: c.looks, record: rec, prop: prop, text: text, base: c.baseOf(c.looks, &w),
		left: 1 + c.rng.IntN(6), fixed: c.rng.IntN(2) == 0,
	}
	c.keystroke()
}

func (c *client) keystroke() {
	s := c.stay
	next := insertWord(c.rng, s.text, c.word())
	if c.rng.IntN(8) == 0 {
		next = dropWord(c.rng, s.text)
	}
	w := protocol.Write{Record: s.record, Prop: s.prop, Value: str(next), Basis: str(s.text)}
	change := protocol.Change{Branch: s.branch, Episode: s.episode, Writes: []protocol.Write{w}}
	if s.fixed && s.base > 0 {
		change.Base = s.base
	}
	c.make(change)
	s.text = next
	s.left--
	if s.left == 0 {
		c.stay = nil
	}
}

// setAside writes cells that do not merge.
func (c *client) setAside() {
	if rec, ok := c.one(c.visible(c.looks, protocol.KindPrompt)); ok {
		c.write(c.request(rec))
	}
}

func (c *client) request(rec string) protocol.Write {
	if c.rng.IntN(2) == 0 {
		return cellOf(rec, "model", str(c.name1("model")))
	}
	return cellOf(rec, "seed", num(float64(c.rng.IntN(5))))
}

func (c *client) tag() {
	rec, ok := c.one(c.visible(c.looks, shapes...))
	if !ok {
		return
	}
	tags := c.shown(c.looks, rec, "tags").AsStrings()
	if len(tags) > 0 && c.rng.IntN(3) == 0 {
		at := c.rng.IntN(len(tags))
		tags = slices.Delete(slices.Clone(tags), at, at+1)
	} else {
		tags = append(slices.Clone(tags), c.name1("t"))
	}
	c.write(cellOf(rec, "tags", protocol.Strings(tags)))
}

func (c *client) deleteOrRestore() {
	gone := slices.Sorted(func(yield func(string) bool) {
		for id := range c.gone {
			if c.records[id] == nil && !yield(id) {
				return
			}
		}
	})
	if rec, ok := c.one(gone); ok && c.rng.IntN(2) == 0 && c.looks == "" {
		c.write(protocol.Write{Record: rec, Prop: protocol.PropDeleted, Value: protocol.Nil, Basis: protocol.Bool(true)})
		return
	}
	if rec, ok := c.one(c.visible(c.looks, append(shapes, protocol.KindEdge)...)); ok {
		c.write(cellOf(rec, protocol.PropDeleted, protocol.Bool(true)))
	}
}

func (c *client) connect() {
	from, ok := c.one(c.visible(c.looks, shapes...))
	to, _ := c.one(c.visible(c.looks, shapes...))
	if ok {
		edge := id(c.name1("edge"))
		c.write(cellOf(edge, "kind", str("edge")), cellOf(edge, "from", str(from)), cellOf(edge, "to", str(to)))
	}
}

func (c *client) nest() {
	rec, ok := c.one(c.visible(c.looks, shapes...))
	if frame, there := c.one(c.visible(c.looks, protocol.KindFrame)); ok && there {
		c.write(cellOf(rec, protocol.PropParent, str(frame)))
	}
}

func (c *client) comment() {
	if rec, ok := c.one(c.visible(c.looks, shapes...)); ok {
		said := id(c.name1("comment"))
		c.write(cellOf(said, "kind", str("comment")), cellOf(said, "target", str(rec)), cellOf(said, "text", str("nice")))
	}
}

// several writes records, new ones among them, in one change: they stay together wherever they go.
func (c *client) several() {
	var writes []protocol.Write
	if c.rng.IntN(2) == 0 {
		writes = c.newRecord()
	}
	for range 2 {
		if rec, ok := c.one(c.visible(c.looks, shapes...)); ok {
			writes = append(writes, cellOf(rec, "x", num(float64(c.rng.IntN(1000)))))
			if c.kindOf(c.looks, rec) == protocol.KindPrompt {
				writes = append(writes, c.request(rec))
			}
		}
	}
	if len(writes) > 0 {
		c.write(writes...)
	}
}

// ---- branches

func (c *client) branches() (open []string) {
	for _, rec := range c.visible("", protocol.KindBranch) {
		if c.shown("", rec, "archived").Absent() && c.records[rec] != nil {
			open = append(open, rec)
		}
	}
	return open
}

// draft makes a branch by hand, mostly with something on it.
func (c *client) draft() {
	branch := id(c.name1("draft"))
	writes := []protocol.Write{cellOf(branch, "kind", str("branch")), cellOf(branch, "name", str("Draft"))}
	if rec, ok := c.one(c.visible("", protocol.KindPrompt)); ok && c.rng.IntN(3) > 0 {
		writes = append(writes, c.request(rec), cellOf(rec, "x", num(float64(c.rng.IntN(1000)))))
	}
	c.make(protocol.Change{Branch: branch, Writes: writes})
	if c.rng.IntN(2) == 0 {
		c.looks, c.stay = branch, nil
	}
}

func (c *client) look() {
	c.looks, c.stay = "", nil
	if b, ok := c.one(c.branches()); ok && c.rng.IntN(3) > 0 {
		c.looks = b
	}
}

func (c *client) tellBranch() {
	if b, ok := c.one(c.branches()); ok {
		w := cellOf(b, "name", str(c.name1("name")))
		if c.rng.IntN(3) == 0 {
			w = cellOf(b, "archived", protocol.Bool(true))
		}
		c.make(protocol.Change{Writes: []protocol.Write{w}})
	}
}

func (c *client) merge() {
	b, ok := c.one(slices.DeleteFunc(c.branches(), func(b string) bool { return len(c.aside[b]) == 0 }))
	if !ok {
		return
	}
	m := &protocol.Merge{Branch: b}
	choices := []protocol.Choice{protocol.ChooseMain, protocol.ChooseBranch, protocol.ChooseBoth}
	choice := func() protocol.Choice { return choices[c.rng.IntN(len(choices))] }
	records := c.recordsOn(b)
	switch c.rng.IntN(5) {
	case 0:
	case 1:
		m.Resolve = []protocol.Resolution{{Choice: choice()}}
	case 2:
		rec := records[c.rng.IntN(len(records))]
		m.Records = []string{rec}
		m.Resolve = []protocol.Resolution{{Record: rec, Choice: choice()}}
	default:
		for _, rec := range records {
			m.Resolve = append(m.Resolve, protocol.Resolution{Record: rec, Choice: choice()})
			if textCell := (protocol.Resolution{Record: rec, Prop: "seed", Choice: choice()}); c.rng.IntN(2) == 0 {
				m.Resolve = append(m.Resolve, textCell)
			}
		}
	}
	c.make(protocol.Change{Merge: m})
}

func (c *client) recordsOn(branch string) []string {
	var out []string
	for key := range c.aside[branch] {
		out = append(out, key[0])
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// undo takes back own work that is acknowledged.
func (c *client) undo() {
	if len(c.own) == 0 {
		return
	}
	at := len(c.own) - 1 - c.rng.IntN(min(3, len(c.own)))
	p := c.own[at]
	if _, ok := c.acked[p.change]; !ok {
		return
	}
	c.own = slices.Delete(c.own, at, at+1)
	if p.merge {
		c.make(protocol.Change{Base: c.rev, Undo: p.change})
		return
	}
	c.make(protocol.Change{Base: c.rev, Branch: p.branch, Undo: p.change, Writes: p.back})
}
