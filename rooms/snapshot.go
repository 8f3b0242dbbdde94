package rooms

import (
	"github.com/tinylib/msgp/msgp"

	"atelier/protocol"
)

// snapshotVersion is the first element of a stored snapshot. Version 1 had no branches.
const snapshotVersion = 2

// Encode writes a snapshot for the store:
//
//	[version rev last_change [[session user]…] n-records n-branches n-merges] then
//	n times [id kind [prop value rev author]…]
//	n times [id session episode active_at [gesture…] [[record [prop value base rev base_rev author]…]…]]
//	n times [id rev branch base [write…] [[branch [write…]]…]]
//
// It holds what the wire's snapshot has not: revisions and authors of cells, and deleted records, so that nothing deleted
// comes back by accident and a deletion can be undone; by which stay a branch is written; the newest merges.
func (s Snapshot) Encode() []byte {
	size, n := 64, 0
	for _, p := range s.pages {
		size += p.bytes() + len(p.records)*256
		n += len(p.records)
	}
	b := msgp.AppendArrayHeader(make([]byte, 0, size), 7)
	b = msgp.AppendInt(b, snapshotVersion)
	b = msgp.AppendInt64(b, s.Rev)
	b = msgp.AppendString(b, s.LastChange)
	b = msgp.AppendArrayHeader(b, uint32(len(s.authors))) //nolint:gosec // sessions of one room
	for _, a := range s.authors {
		b = msgp.AppendString(msgp.AppendString(msgp.AppendArrayHeader(b, 2), a.session), a.user)
	}
	b = msgp.AppendInt(b, n)
	b = msgp.AppendInt(b, len(s.overlays))
	b = msgp.AppendInt(b, len(s.merges))
	for _, p := range s.pages {
		for _, r := range p.records {
			b = appendStored(b, r)
		}
	}
	for _, p := range s.overlays {
		b = appendOverlay(b, p)
	}
	for _, m := range s.merges {
		b = appendMerge(b, m)
	}
	return b
}

func appendStored(b []byte, r *record) []byte {
	b = msgp.AppendArrayHeader(b, uint32(2+len(r.cells))) //nolint:gosec // props of a record
	b = msgp.AppendString(b, r.id)
	b = msgp.AppendString(b, string(r.kind))
	for i := range r.cells {
		c := &r.cells[i]
		b = msgp.AppendArrayHeader(b, 4)
		b = msgp.AppendString(b, c.name())
		b = appendAbsent(b, c.value)
		b = msgp.AppendUint32(msgp.AppendInt64(b, c.rev), c.session)
	}
	return b
}

func appendOverlay(b []byte, p *overlayPage) []byte {
	b = msgp.AppendArrayHeader(b, 6)
	b = msgp.AppendString(msgp.AppendString(msgp.AppendString(b, p.id), p.stay.session), p.stay.episode)
	b = msgp.AppendInt64(b, p.activeAt)
	b = msgp.AppendArrayHeader(b, uint32(len(p.gestures))) //nolint:gosec // bounded
	for _, g := range p.gestures {
		b = msgp.AppendString(b, g)
	}
	b = msgp.AppendArrayHeader(b, uint32(len(p.records))) //nolint:gosec // records of a branch
	for _, o := range p.records {
		b = msgp.AppendArrayHeader(b, uint32(1+len(o.cells))) //nolint:gosec // props of a record
		b = msgp.AppendString(b, o.id)
		for i := range o.cells {
			c := &o.cells[i]
			b = msgp.AppendString(msgp.AppendArrayHeader(b, 6), c.prop)
			b = appendAbsent(appendAbsent(b, c.value), c.base)
			b = msgp.AppendUint32(msgp.AppendInt64(msgp.AppendInt64(b, c.rev), c.baseRev), c.author)
		}
	}
	return b
}

func appendMerge(b []byte, m *Row) []byte {
	b = msgp.AppendString(msgp.AppendArrayHeader(b, 6), m.ID)
	b = msgp.AppendInt64(b, m.Rev)
	b = msgp.AppendString(b, m.Merged)
	b = msgp.AppendInt64(b, m.Base)
	return protocol.AppendAlso(protocol.AppendLogged(b, m.Writes), m.Also)
}

func appendAbsent(b []byte, v protocol.Value) []byte {
	if v == "" {
		return msgp.AppendNil(b)
	}
	return append(b, v...)
}
