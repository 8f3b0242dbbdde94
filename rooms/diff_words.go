package rooms

import (
	"atelier/protocol"
	"atelier/rooms/merge"
)

// Words is a run of words of a text that stayed, went or came.
type Words = merge.Op

// budget is how many bytes of text may still be compared by words for one answer.
type budget int

// wordBudget is that of an answer: a few milliseconds of comparing, some tens for texts made to be slow.
const wordBudget budget = 256 << 10

// spend tells the words of a cell that holds text at both points.
func (b *budget) spend(schema *protocol.Schema, kind protocol.Kind, d *PropDiff) {
	prop, ok := schema.Prop(kind, d.Prop)
	if !ok || prop.Form != protocol.FormText {
		return
	}
	before, _ := d.A.AsString()
	after, _ := d.B.AsString()
	if cost := budget(len(before) + len(after)); cost > 0 && cost <= *b {
		*b -= cost
		d.Words = merge.Words(before, after)
	}
}
