// Package logrows is how rows of rooms' logs are kept, in whatever database: what their blobs are, and that no revision is
// missing.
package logrows

import (
	"fmt"

	"atelier/protocol"
	"atelier/rooms"
)

// InTurn makes sure that rows follow head without a gap.
func InTurn(room string, head int64, rows []rooms.Row) error {
	for i := range rows {
		if rows[i].Rev != head+1+int64(i) {
			return fmt.Errorf("commit to %s: row %d has revision %d on head %d", room, i, rows[i].Rev, head)
		}
	}
	return nil
}

// Unbroken makes sure that rows are the n after a revision. They are known to be there, so fewer are an error too.
func Unbroken(after, n int64, rows []rooms.Row) error {
	for i := range rows {
		if rows[i].Rev != after+1+int64(i) {
			return fmt.Errorf("the log has a gap: revision %d follows %d", rows[i].Rev, after+int64(i))
		}
	}
	if int64(len(rows)) < n {
		return fmt.Errorf("the log ends at revision %d, before its head", after+int64(len(rows)))
	}
	return nil
}

// Writes are those of each row, encoded into one buffer.
func Writes(rows []rooms.Row) [][]byte {
	out := make([][]byte, len(rows))
	var buf []byte
	for i := range rows {
		from := len(buf)
		buf = protocol.AppendLogged(buf, rows[i].Writes)
		out[i] = buf[from:len(buf):len(buf)]
	}
	return out
}

// Also is what a row writes on other branches; nil, which is kept as NULL, for the many that write on one.
func Also(r *rooms.Row) []byte {
	if len(r.Also) == 0 {
		return nil
	}
	return protocol.AppendAlso(nil, r.Also)
}

// Blob is b for a column that is NOT NULL: no bytes rather than none.
func Blob(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}

// Read gives a row what its blobs are. They are not kept.
func Read(r *rooms.Row, digest, writes, also []byte) (err error) {
	copy(r.Digest[:], digest)
	if r.Writes, _, err = protocol.ReadLogged(writes); err == nil && len(also) > 0 {
		r.Also, _, err = protocol.ReadAlso(also, protocol.ReadLogged)
	}
	if err != nil {
		return fmt.Errorf("decode the writes of revision %d: %w", r.Rev, err)
	}
	return nil
}
