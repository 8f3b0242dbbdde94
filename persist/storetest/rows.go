package storetest

import (
	"crypto/sha256"
	"fmt"

	"atelier/protocol"
	"atelier/rooms"
)

// Row makes a row of the log as a client's change leaves it: three writes to one record. All of it follows from the
// change id and rev, so that what is read can be compared with what was written.
func Row(change string, rev int64) rooms.Row {
	return rooms.Row{
		Committed: protocol.Committed{
			Rev: rev, Session: "session-" + change[:1], User: "user-" + change[:1], At: 1_700_000_000_000 + rev, ID: change,
			Writes: []protocol.Write{
				{Record: protocol.DerivedID(change), Prop: "x", Value: protocol.Number(float64(rev) + 0.5)},
				{Record: protocol.DerivedID(change), Prop: "y", Value: protocol.Int(-rev)},
				{
					Record: protocol.DerivedID(change), Prop: "text", Value: protocol.String("what change " + change + " says"),
					Before: protocol.String("what was there"), Basis: protocol.Nil,
				},
			},
			Also: []protocol.Target{{Branch: "branch of " + change, Writes: []protocol.Write{
				{Record: protocol.DerivedID(change), Prop: "seed", Before: protocol.Int(rev), Basis: protocol.Nil, Dropped: true},
			}}},
		},
		Base:     rev - 1,
		Gesture:  "gesture of " + change,
		Merged:   "branch of " + change,
		Restored: rev / 2,
		Episode:  "episode of " + change,
		Undo:     "undone by " + change,
		Digest:   sha256.Sum256([]byte(change)),
		Result:   []byte("result of " + change),
	}
}

// Rows makes n rows on top of head, whose change ids begin with prefix.
func Rows(prefix string, head int64, n int) []rooms.Row {
	rows := make([]rooms.Row, n)
	for i := range rows {
		rev := head + 1 + int64(i)
		rows[i] = Row(fmt.Sprintf("%s-%d", prefix, rev), rev)
	}
	return rows
}
