package rooms

import (
	"strconv"

	"atelier/protocol"
)

// A change that takes much back is one change. These bound it: what everybody in the room is sent at once.
const (
	mostWrites      = 20_000
	mostWritesBytes = 3 << 20
)

// fitting refuses writes that are too many or too large for one change. Expanded is what bringing records back adds.
func fitting(writes []protocol.Write, expanded int) *protocol.Error {
	size := expanded
	for i := range writes {
		w := &writes[i]
		size += len(w.Record) + len(w.Prop) + len(w.Value) + len(w.Basis) + writeOverhead
	}
	switch {
	case len(writes) > mostWrites:
		return protocol.Errorf(protocol.CodePayloadTooLarge, "%d writes in one change, at most %d: name fewer records", len(writes), mostWrites)
	case size > mostWritesBytes:
		return protocol.Errorf(protocol.CodePayloadTooLarge, "%d bytes of writes in one change, at most %d: name fewer records", size, mostWritesBytes)
	}
	return nil
}

// writeOverhead is what a write takes on the wire beside its strings and values, rounded up.
const writeOverhead = 8

// inverse are the writes that take back what a row wrote on its own branch, each with the value it expects there as its
// basis. What the row created is deleted whole. Lives come first where they come back and last where they end, so that no
// write meets a deleted record. Writes that changed nothing are left out.
func inverse(row *Row) []protocol.Write {
	var back, cells, ends []protocol.Write
	made := make(map[string]bool)
	for _, net := range netWrites(row.Writes) {
		w := protocol.Write{Record: net.Record, Prop: net.Prop, Value: told(net.before(row.Branch)), Basis: told(stored(net.Value))}
		switch {
		case net.Prop == protocol.PropKind:
			if net.Before == "" && !net.Dropped {
				made[net.Record] = true
				ends = append(ends, protocol.Write{
					Record: net.Record, Prop: protocol.PropDeleted, Value: protocol.Bool(true), Basis: protocol.Nil,
				})
			}
		case made[net.Record] || w.Value == w.Basis:
		case net.Prop != protocol.PropDeleted:
			cells = append(cells, w)
		case w.Value == protocol.Nil:
			back = append(back, w)
		default:
			ends = append(ends, w)
		}
	}
	return append(append(back, cells...), ends...)
}

// netWrite is what a change did to a cell in all: from the first Before to the last Value.
type netWrite struct{ protocol.Write }

// before is the value to go back to: of a cell that was new on a branch, what it started from.
func (n *netWrite) before(branch string) protocol.Value {
	if branch != "" && n.Basis != "" && !n.Dropped {
		return stored(n.Basis)
	}
	return stored(n.Before)
}

func netWrites(writes []protocol.Write) []netWrite {
	out := make([]netWrite, 0, len(writes))
	at := make(map[[2]string]int, len(writes))
	for i := range writes {
		w := writes[i]
		key := [2]string{w.Record, w.Prop}
		if k, ok := at[key]; ok {
			out[k].Value = w.Value
			continue
		}
		at[key] = len(out)
		out = append(out, netWrite{w})
	}
	return out
}

// derived names a change that a call makes on its way to what it was asked for.
func derived(call, id string, step int) string {
	return protocol.DerivedID(call, id, strconv.Itoa(step))
}

// recordsOf are the records that writes are about.
func recordsOf(writes []protocol.Write) map[string]struct{} {
	ids := make(map[string]struct{})
	for i := range writes {
		ids[writes[i].Record] = struct{}{}
	}
	return ids
}
