package rooms

import (
	"encoding/binary"

	"github.com/tinylib/msgp/msgp"

	"atelier/protocol"
)

// Bus carries messages between the rooms of one id on all instances. It may lose any: what is durable is read from the
// store, the rest is said again. Its methods never block.
type Bus interface {
	// Publish gives a message to all who subscribed to the room, the sender included. The message is read only from then on.
	Publish(room string, message []byte)

	// Subscribe listens until cancel is called. Lost is called when listening has begun.
	Subscribe(room string, to Receiver) (cancel func())

	// Degraded tells that nothing is carried at present, or not all.
	Degraded() bool
}

// Receiver hears of a room, from any goroutine, one call at a time. Its methods do not block.
type Receiver interface {
	Receive(message []byte) // read only
	Lost()                  // something may have been missed; what is said from now on comes
}

// kind is what an envelope holds.
type kind uint8

const (
	kindHello   kind = iota + 1 // a roster; wants the others'
	kindRoster                  // a roster
	kindMembers                 // protocol.Members: who joined, left and changed
	kindLatest                  // messages of the latest-wins lane
	kindRows                    // rows of the log
	kindJob                     // a job's message, by its sequence
	kindFrame                   // a message for everybody's ordered lane
	kindInfo                    // the room's new name or settings
	kindNotice                  // a message for members by their numbers
	kindBeat                    // nothing: the sender lives
)

// envelope is one message between rooms of one id. Each tells how far its sender is, so that whatever comes shows what was
// missed.
type envelope struct {
	kind kind
	from uint64 // the sending room: random for each that is loaded; 0 is somebody who has not loaded it
	seq  uint64 // counts the messages of a sender, from 1
	head Extent
	body []byte
}

const (
	envelopeVersion = 1
	envelopeBytes   = 2 + 4*8
)

// seal writes an envelope: version and kind, a byte each, then from, seq, revision and jobs in 8 bytes each, big endian, then
// the body.
func (e *envelope) seal() []byte {
	b := append(make([]byte, 0, envelopeBytes+len(e.body)), envelopeVersion, byte(e.kind))
	b = binary.BigEndian.AppendUint64(b, e.from)
	b = binary.BigEndian.AppendUint64(b, e.seq)
	b = binary.BigEndian.AppendUint64(b, uint64(e.head.Rev))  //nolint:gosec // not negative
	b = binary.BigEndian.AppendUint64(b, uint64(e.head.Jobs)) //nolint:gosec // not negative
	return append(b, e.body...)
}

// open reads an envelope; false when it is of another version: then the store tells what it said.
func open(b []byte) (e envelope, ok bool) {
	if len(b) < envelopeBytes || b[0] != envelopeVersion {
		return e, false
	}
	at := func(i int) uint64 { return binary.BigEndian.Uint64(b[2+8*i:]) }
	return envelope{
		kind: kind(b[1]), from: at(0), seq: at(1),
		head: Extent{Rev: int64(at(2)), Jobs: int64(at(3))}, //nolint:gosec // as written
		body: b[envelopeBytes:],
	}, true
}

// sender reads who sent a message; 0 when it is nobody's.
func sender(b []byte) uint64 {
	if len(b) < envelopeBytes {
		return 0
	}
	return binary.BigEndian.Uint64(b[2:])
}

// mostRows is how many bytes of rows are told; of more, the others read in the store.
const mostRows = 256 << 10

// appendRows writes rows as they are told to other instances: [row…], each
// [rev id session user branch at base gesture episode undo merged restored digest result writes also].
func appendRows(b []byte, rows []Row) []byte {
	b = msgp.AppendArrayHeader(b, uint32(len(rows))) //nolint:gosec // at most batchRows
	for i := range rows {
		r := &rows[i]
		b = msgp.AppendArrayHeader(b, rowParts)
		b = msgp.AppendInt64(b, r.Rev)
		for _, s := range []string{r.ID, r.Session, r.User, r.Branch} {
			b = msgp.AppendString(b, s)
		}
		b = msgp.AppendInt64(msgp.AppendInt64(b, r.At), r.Base)
		for _, s := range []string{r.Gesture, r.Episode, r.Undo, r.Merged} {
			b = msgp.AppendString(b, s)
		}
		b = msgp.AppendInt64(b, r.Restored)
		b = msgp.AppendBytes(msgp.AppendBytes(b, r.Digest[:]), r.Result)
		b = protocol.AppendAlso(protocol.AppendLogged(b, r.Writes), r.Also)
	}
	return b
}

const rowParts = 16

// readRows reads what [appendRows] wrote.
func readRows(b []byte) ([]Row, error) {
	d := decoder{b: b}
	n := read(&d, msgp.ReadArrayHeaderBytes)
	if int64(n) > int64(len(b)) {
		return nil, protocol.ErrMalformed
	}
	rows := make([]Row, n)
	for i := range rows {
		d.row(&rows[i])
	}
	return rows, d.err
}

func (d *decoder) row(r *Row) {
	if read(d, msgp.ReadArrayHeaderBytes) != rowParts {
		d.fail()
	}
	r.Rev = read(d, msgp.ReadInt64Bytes)
	for _, s := range []*string{&r.ID, &r.Session, &r.User, &r.Branch} {
		*s = read(d, msgp.ReadStringBytes)
	}
	r.At, r.Base = read(d, msgp.ReadInt64Bytes), read(d, msgp.ReadInt64Bytes)
	for _, s := range []*string{&r.Gesture, &r.Episode, &r.Undo, &r.Merged} {
		*s = read(d, msgp.ReadStringBytes)
	}
	r.Restored = read(d, msgp.ReadInt64Bytes)
	copy(r.Digest[:], read(d, msgp.ReadBytesZC))
	if result := read(d, msgp.ReadBytesZC); len(result) > 0 {
		r.Result = append([]byte(nil), result...)
	}
	r.Writes, r.Also = d.logged()
}

// logged reads a change's writes, and those on other branches.
func (d *decoder) logged() (writes []protocol.Write, also []protocol.Target) {
	if d.err == nil {
		writes, d.b, d.err = protocol.ReadLogged(d.b)
	}
	if d.err == nil {
		also, d.b, d.err = protocol.ReadAlso(d.b, protocol.ReadLogged)
	}
	return writes, also
}
