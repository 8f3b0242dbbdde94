package protocol

import (
	"encoding/json"

	"github.com/tinylib/msgp/msgp"
	"github.com/vmihailenco/msgpack/v5"
)

// Write sets one cell. An absent Value ("") or nil removes the prop. Basis is the value the writer started from; [Nil]
// says that there was none, "" that it was not told.
//
// In a committed change, Basis is there in two cases: on main, when the value was merged; on a branch, with the first
// write of a cell, whose base value it is.
type Write struct {
	Record  string
	Prop    string
	Value   Value
	Basis   Value
	Before  Value // only in the log: the value that this one replaced
	Dropped bool  // only on a branch: the cell leaves the overlay, and main shows again; Basis is its base value
	Merged  bool  // only in the log: nobody's value, though Basis does not say so
}

// Target is what a change writes elsewhere than on its own branch. Branch "" is main.
type Target struct {
	Branch string
	Writes []Write
}

// EncodeMsgpack writes [record prop value basis?].
func (w Write) EncodeMsgpack(enc *msgpack.Encoder) error {
	n := 3
	if w.Basis != "" {
		n = 4
	}
	if err := enc.EncodeArrayLen(n); err != nil {
		return err
	}
	if err := enc.EncodeMulti(w.Record, w.Prop, w.Value); err != nil || n == 3 {
		return err
	}
	return w.Basis.EncodeMsgpack(enc)
}

// DecodeMsgpack reads [record prop value basis?].
func (w *Write) DecodeMsgpack(dec *msgpack.Decoder) error {
	n, err := dec.DecodeArrayLen()
	if err != nil || n < 3 || n > 4 {
		return Errorf(CodeInvalidInput, "a write is [record, prop, value, basis?]")
	}
	if err := dec.DecodeMulti(&w.Record, &w.Prop); err != nil {
		return Errorf(CodeInvalidInput, "a write names its record and prop by strings")
	}
	if err := w.Value.DecodeMsgpack(dec); err != nil {
		return err
	}
	if n == 4 {
		return w.Basis.DecodeMsgpack(dec)
	}
	return nil
}

// MarshalJSON writes [record, prop, value, basis?].
func (w Write) MarshalJSON() ([]byte, error) {
	parts := []any{w.Record, w.Prop, w.Value}
	if w.Basis != "" {
		parts = append(parts, w.Basis)
	}
	return json.Marshal(parts) //nolint:wrapcheck // strings and values
}

// AppendWrites appends writes as [TypeChanges] has them: each [record prop value basis?], or [record prop] for a cell that
// leaves the overlay.
func AppendWrites(b []byte, writes []Write) []byte {
	b = msgp.AppendArrayHeader(b, uint32(len(writes))) //nolint:gosec // writes of a change
	for i := range writes {
		w := &writes[i]
		n := uint32(3)
		switch {
		case w.Dropped:
			n = 2
		case w.Basis != "":
			n = 4
		}
		b = msgp.AppendArrayHeader(b, n)
		b = msgp.AppendString(msgp.AppendString(b, w.Record), w.Prop)
		if n > 2 {
			b = appendValue(b, w.Value)
		}
		if n > 3 {
			b = append(b, w.Basis...)
		}
	}
	return b
}

// AppendLogged appends writes as the log keeps them: each [record prop value before basis?], or
// [record prop value before basis true] for a cell that leaves the overlay; with false, or nil when it has no basis, for one
// that is nobody's.
func AppendLogged(b []byte, writes []Write) []byte {
	b = msgp.AppendArrayHeader(b, uint32(len(writes))) //nolint:gosec // writes of a change
	for i := range writes {
		w := &writes[i]
		n := uint32(4)
		switch {
		case w.Dropped, w.Merged:
			n = 6
		case w.Basis != "":
			n = 5
		}
		b = msgp.AppendArrayHeader(b, n)
		b = msgp.AppendString(msgp.AppendString(b, w.Record), w.Prop)
		b = appendValue(appendValue(b, w.Value), w.Before)
		if n > 4 {
			b = appendValue(b, w.Basis)
		}
		if n > 5 {
			b = appendLast(b, w)
		}
	}
	return b
}

func appendLast(b []byte, w *Write) []byte {
	if w.Merged && w.Basis == "" {
		return msgp.AppendNil(b)
	}
	return msgp.AppendBool(b, w.Dropped)
}

// ReadWrites reads what [AppendWrites] wrote.
func ReadWrites(b []byte) (writes []Write, rest []byte, err error) {
	return readWrites(b, func(w *Write, values []Value) bool {
		switch len(values) {
		case 0:
			w.Dropped = true
		case 1:
			w.Value = values[0]
		case 2:
			w.Value, w.Basis = values[0], values[1]
		default:
			return false
		}
		return true
	})
}

// ReadLogged reads what [AppendLogged] wrote, and the logs of before it, whose writes have no Before.
func ReadLogged(b []byte) (writes []Write, rest []byte, err error) {
	return readWrites(b, func(w *Write, values []Value) bool {
		if len(values) < 1 || len(values) > 4 {
			return false
		}
		w.Value = values[0]
		if len(values) > 1 && values[1] != Nil {
			w.Before = values[1]
		}
		if len(values) > 2 {
			w.Basis = values[2]
		}
		if len(values) > 3 {
			w.Dropped = values[3] == Bool(true)
			w.Merged = !w.Dropped
			if values[3] == Nil {
				w.Basis = ""
			}
			if w.Dropped {
				w.Value = ""
			}
		}
		return true
	})
}

// AppendAlso appends targets as the log keeps them: [[branch writes]…].
func AppendAlso(b []byte, also []Target) []byte {
	b = msgp.AppendArrayHeader(b, uint32(len(also))) //nolint:gosec // branches of a change
	for i := range also {
		b = msgp.AppendString(msgp.AppendArrayHeader(b, 2), also[i].Branch)
		b = AppendLogged(b, also[i].Writes)
	}
	return b
}

// ReadAlso reads the targets of a change with read, which is [ReadWrites] or [ReadLogged].
func ReadAlso(b []byte, read func([]byte) ([]Write, []byte, error)) (also []Target, rest []byte, err error) {
	n, b, err := msgp.ReadArrayHeaderBytes(b)
	if err != nil || int64(n) > int64(len(b)) {
		return nil, nil, ErrMalformed
	}
	also = make([]Target, n)
	for i := range also {
		var m uint32
		if m, b, err = msgp.ReadArrayHeaderBytes(b); err != nil || m != 2 {
			return nil, nil, ErrMalformed
		}
		if also[i].Branch, b, err = msgp.ReadStringBytes(b); err != nil {
			return nil, nil, ErrMalformed
		}
		if also[i].Writes, b, err = read(b); err != nil {
			return nil, nil, err
		}
	}
	return also, b, nil
}

// readWrites reads an array of writes; set takes what follows a write's record and prop.
func readWrites(b []byte, set func(w *Write, values []Value) bool) (writes []Write, rest []byte, err error) {
	n, b, err := msgp.ReadArrayHeaderBytes(b)
	if err != nil || int64(n) > int64(len(b)) {
		return nil, nil, ErrMalformed
	}
	writes = make([]Write, n)
	var values [4]Value
	for i := range writes {
		w := &writes[i]
		var m uint32
		if m, b, err = msgp.ReadArrayHeaderBytes(b); err != nil || m < 2 || m > 6 {
			return nil, nil, ErrMalformed
		}
		if w.Record, b, err = msgp.ReadStringBytes(b); err != nil {
			return nil, nil, ErrMalformed
		}
		if w.Prop, b, err = msgp.ReadStringBytes(b); err != nil {
			return nil, nil, ErrMalformed
		}
		for j := range m - 2 {
			if rest, err = msgp.Skip(b); err != nil {
				return nil, nil, ErrMalformed
			}
			values[j], b = Value(b[:len(b)-len(rest)]), rest
		}
		if !set(w, values[:m-2]) {
			return nil, nil, ErrMalformed
		}
	}
	return writes, b, nil
}

func appendValue(b []byte, v Value) []byte {
	if v == "" {
		return msgp.AppendNil(b)
	}
	return append(b, v...)
}
