package rooms

import (
	"maps"
	"slices"
	"sort"

	"atelier/protocol"
)

// trail is what the rows of a span of revisions wrote, cell by cell. With what stands after them it tells what stood at
// any revision of the span: the value at r is what the first write after r replaced.
type trail struct {
	from, to int64 // the rows from+1 … to
	targets  map[string]steps
}

// steps are the writes of one target ("" is main), by record and prop, oldest first.
type steps map[string]map[string][]step

// step is one write, as far as it tells what was before it.
type step struct {
	rev    int64
	before protocol.Value // "" is absent
	vague  bool           // before is not known: the row is older than what keeps it

	// Only on a branch.
	had  bool           // the cell was on the branch
	base protocol.Value // its base value where this write tells it; [protocol.Nil] is an absent one
}

func newTrail(from int64) *trail {
	return &trail{from: from, to: from, targets: make(map[string]steps)}
}

// add takes the row after the last one.
func (t *trail) add(row *Row) {
	t.note(row.Branch, row.Writes, row)
	for i := range row.Also {
		t.note(row.Also[i].Branch, row.Also[i].Writes, row)
	}
	t.to = row.Rev
}

// keepsNoBefore tells a row of a log that did not keep what writes replaced, nor what their author had seen.
func keepsNoBefore(row *Row) bool { return row.Base < 0 }

func (t *trail) note(target string, writes []protocol.Write, row *Row) {
	if len(writes) == 0 {
		return
	}
	cells := t.targets[target]
	if cells == nil {
		cells = make(steps)
		t.targets[target] = cells
	}
	var made map[string]bool
	older := keepsNoBefore(row)
	if older {
		made = creations(writes)
	}
	for i := range writes {
		w := &writes[i]
		s := step{rev: row.Rev, before: stored(w.Before), vague: older && !made[w.Record]}
		if target != "" {
			s.had = w.Dropped || w.Basis == ""
			if w.Dropped {
				s.base = w.Basis
			}
		}
		props := cells[w.Record]
		if props == nil {
			props = make(map[string][]step, 4)
			cells[w.Record] = props
		}
		props[w.Prop] = append(props[w.Prop], s)
	}
}

// creations are the records that writes of an older log create. There a restored record came with its kind as well.
func creations(writes []protocol.Write) map[string]bool {
	made := make(map[string]bool)
	for i := range writes {
		switch w := &writes[i]; w.Prop {
		case protocol.PropKind:
			made[w.Record] = true
		case protocol.PropDeleted:
			delete(made, w.Record)
		}
	}
	return made
}

// after is the index of the first write of a cell after a revision; its steps are all those of the cell.
func (t *trail) after(target, record, prop string, rev int64) (all []step, i int, ok bool) {
	all = t.targets[target][record][prop]
	i = sort.Search(len(all), func(i int) bool { return all[i].rev > rev })
	return all, i, i < len(all)
}

// baseFrom is the base value that a cell of a branch had before its step i: that of the next write which tells it, or at
// last of the cell as it stands now.
func baseFrom(all []step, i int, now *overlayCell) protocol.Value {
	for ; i < len(all); i++ {
		if all[i].base != "" {
			return all[i].base
		}
	}
	if now != nil {
		return told(now.base)
	}
	return protocol.Nil
}

// told is a value that is known to be absent, or the value.
func told(v protocol.Value) protocol.Value {
	if v == "" {
		return protocol.Nil
	}
	return v
}

// records are those that the rows wrote on some targets.
func (t *trail) records(targets ...string) []string {
	seen := make(map[string]struct{})
	for _, target := range targets {
		for id := range t.targets[target] {
			seen[id] = struct{}{}
		}
	}
	return slices.Collect(maps.Keys(seen))
}
