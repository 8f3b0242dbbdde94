package rooms

import (
	"slices"

	"atelier/protocol"
)

// tail is the newest part of the log in memory: it answers retries of recent changes and resumes of members that were
// away for a moment. Rows are immutable and may be read by any goroutine; the tail is owned by the actor.
type tail struct {
	rows  []Row // contiguous, oldest first
	bytes int
	byID  map[string]int64 // change id → rev, of rows
}

func newTail() *tail { return &tail{byID: make(map[string]int64)} }

func (t *tail) push(row Row) {
	t.rows = append(t.rows, row)
	t.byID[row.ID] = row.Rev
	t.bytes += rowBytes(&row)
	drop := 0
	for len(t.rows)-drop > tailRows || (t.bytes > tailBytes && len(t.rows)-drop > 1) {
		old := &t.rows[drop]
		delete(t.byID, old.ID)
		t.bytes -= rowBytes(old)
		drop++
	}
	t.rows = t.rows[drop:]
}

func rowBytes(r *Row) int {
	n := 256 + writesBytes(r.Writes)
	for i := range r.Also {
		n += writesBytes(r.Also[i].Writes)
	}
	return n
}

func writesBytes(writes []protocol.Write) int {
	n := 0
	for i := range writes {
		w := &writes[i]
		n += 64 + len(w.Value) + len(w.Basis) + len(w.Before)
	}
	return n
}

func (t *tail) byChange(id string) (Row, bool) {
	rev, ok := t.byID[id]
	if !ok {
		return Row{}, false
	}
	return t.rows[rev-t.rows[0].Rev], true
}

// after is the rows with revisions above rev, up to head; ok is false when the tail does not reach back so far.
func (t *tail) after(rev, head int64) (rows []Row, ok bool) {
	if rev == head {
		return nil, true
	}
	if len(t.rows) == 0 || t.rows[0].Rev > rev+1 {
		return nil, false
	}
	rows = t.rows[rev+1-t.rows[0].Rev:]
	return slices.Clip(rows), true
}

// idAt is the change id at rev, when the tail has it.
func (t *tail) idAt(rev int64) (string, bool) {
	if len(t.rows) == 0 || rev < t.rows[0].Rev || rev > t.rows[len(t.rows)-1].Rev {
		return "", false
	}
	return t.rows[rev-t.rows[0].Rev].ID, true
}
