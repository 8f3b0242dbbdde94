package rooms

import (
	"cmp"
	"slices"
	"sync"

	"atelier/protocol"
)

// overlayPage is a branch at one revision, immutable, and encoded once by whoever needs it first.
type overlayPage struct {
	id       string
	stay     stay
	gestures []string
	activeAt int64
	records  []*overlay
	bytes    int

	once   sync.Once
	frames []*protocol.Frame
}

// shareOverlays takes the branches as they are, in the order of their ids. Those that have not changed since the last
// time are the same pages.
func (s *State) shareOverlays() []*overlayPage {
	out := make([]*overlayPage, 0, len(s.branches))
	for _, b := range s.branches {
		if b.shared == nil {
			b.shared = &overlayPage{
				id: b.id, stay: b.stay, gestures: slices.Clone(b.gestures), activeAt: b.activeAt, records: b.list(), bytes: b.bytes,
			}
		}
		out = append(out, b.shared)
	}
	slices.SortFunc(out, func(x, y *overlayPage) int { return cmp.Compare(x.id, y.id) })
	return out
}

// cellOverhead is what a cell takes beside its values, rounded up: a record's id and a prop's name.
const cellOverhead = 2 + 38 + 66

// encoded is the branch as overlay messages of at most [protocol.SnapshotChunk] bytes; none when it has no cells.
func (p *overlayPage) encoded() []*protocol.Frame {
	p.once.Do(func() {
		type entry struct {
			record string
			cell   *overlayCell
		}
		var chunk []entry
		size := 0
		flush := func() {
			b := protocol.AppendOverlay(protocol.NewBuffer(size), p.id, len(chunk))
			for _, e := range chunk {
				b = protocol.AppendCell(b, e.record, e.cell.prop, e.cell.value, e.cell.base)
			}
			p.frames = append(p.frames, protocol.Seal(b))
			chunk, size = chunk[:0], 0
		}
		for _, o := range p.records {
			for i := range o.cells {
				c := &o.cells[i]
				n := len(c.value) + len(c.base) + cellOverhead
				if len(chunk) > 0 && size+n > protocol.SnapshotChunk {
					flush()
				}
				chunk = append(chunk, entry{o.id, c})
				size += n
			}
		}
		if len(chunk) > 0 {
			flush()
		}
	})
	return p.frames
}
