package protocol

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/tinylib/msgp/msgp"
	"github.com/vmihailenco/msgpack/v5"
)

// Value is what a cell holds: canonical msgpack bytes in an immutable string. Canonical means shortest forms, integral
// numbers within ±2^53 as integers, other numbers as float64, map keys sorted and distinct, no binary and no extension
// types. So two values are equal when their bytes are. The empty Value is the absent one, as is nil.
type Value string

// Nil is the canonical nil, which removes a prop.
const Nil Value = "\xc0"

// Absent tells whether v is no value: empty or nil.
func (v Value) Absent() bool { return v == "" || v == Nil }

// String makes a value of a string.
func String(s string) Value { return Value(msgp.AppendString(nil, s)) }

// Bool makes a value of a bool.
func Bool(b bool) Value { return Value(msgp.AppendBool(nil, b)) }

// Number makes a value of a finite number.
func Number(f float64) Value { return Value(appendNumber(nil, f)) }

// Int makes a value of an integer within ±2^53.
func Int(i int64) Value { return Value(msgp.AppendInt64(nil, i)) }

// ValueOf makes a value of nil, bool, string, any number, []any, []string or map[string]any made of these.
func ValueOf(x any) (Value, error) {
	raw, err := msgpack.Marshal(x)
	if err != nil {
		return "", fmt.Errorf("encode value: %w", err)
	}
	return Canonical(raw)
}

// AsString is the string a value holds.
func (v Value) AsString() (string, bool) {
	if msgp.NextType([]byte(v)) != msgp.StrType {
		return "", false
	}
	s, _, err := msgp.ReadStringBytes([]byte(v))
	return s, err == nil
}

// AsNumber is the number a value holds.
func (v Value) AsNumber() (float64, bool) {
	f, _, err := readNumber([]byte(v))
	return f, err == nil
}

// AsBool is the bool a value holds.
func (v Value) AsBool() (value, ok bool) {
	if msgp.NextType([]byte(v)) != msgp.BoolType {
		return false, false
	}
	b, _, err := msgp.ReadBoolBytes([]byte(v))
	return b, err == nil
}

// AsStrings is the strings of an array that a value holds; nil when it holds something else.
func (v Value) AsStrings() []string {
	n, b, err := msgp.ReadArrayHeaderBytes([]byte(v))
	if err != nil {
		return nil
	}
	out := make([]string, 0, min(int(n), len(b)))
	for range n {
		var s string
		if s, b, err = msgp.ReadStringBytes(b); err != nil {
			return nil
		}
		out = append(out, s)
	}
	return out
}

// Strings is the value of an array of strings.
func Strings(list []string) Value {
	b := msgp.AppendArrayHeader(nil, uint32(len(list))) //nolint:gosec // elements of a set
	for _, s := range list {
		b = msgp.AppendString(b, s)
	}
	return Value(b)
}

// Any decodes a value to nil, bool, string, int64, float64, []any or map[string]any.
func (v Value) Any() (any, error) {
	if v.Absent() {
		return nil, nil //nolint:nilnil // nil is the value
	}
	var out any
	if err := msgpack.Unmarshal([]byte(v), &out); err != nil {
		return nil, fmt.Errorf("decode value: %w", err)
	}
	return out, nil
}

// MarshalJSON writes the value as JSON.
func (v Value) MarshalJSON() ([]byte, error) {
	x, err := v.Any()
	if err != nil {
		return nil, err
	}
	return json.Marshal(x) //nolint:wrapcheck // of what Any makes, which is JSON
}

// EncodeMsgpack writes the bytes as they are.
func (v Value) EncodeMsgpack(enc *msgpack.Encoder) error {
	if v == "" {
		return enc.EncodeNil()
	}
	return enc.Encode(msgpack.RawMessage(v))
}

// DecodeMsgpack reads one value and makes it canonical.
func (v *Value) DecodeMsgpack(dec *msgpack.Decoder) error {
	raw, err := dec.DecodeRaw()
	if err != nil {
		return fmt.Errorf("decode value: %w", err)
	}
	*v, err = Canonical(raw)
	return err
}

// Canonical makes a value of one encoded msgpack value that [Validate] has passed. INVALID_INPUT for what a cell cannot
// hold: binary, extension types, numbers that are not finite, integers beyond ±2^53, map keys that are not strings or
// come twice.
func Canonical(raw []byte) (Value, error) {
	out, rest, err := appendCanonical(make([]byte, 0, len(raw)), raw, MaxDepth)
	if err != nil {
		return "", err
	}
	if len(rest) > 0 {
		return "", Errorf(CodeInvalidInput, "%d bytes after the value", len(rest))
	}
	return Value(out), nil
}

func appendCanonical(out, b []byte, depth int) (canonical, rest []byte, err error) {
	if depth == 0 {
		return nil, nil, Errorf(CodeInvalidInput, "value nested deeper than %d", MaxDepth)
	}
	switch t := msgp.NextType(b); t {
	case msgp.NilType:
		rest, err = msgp.ReadNilBytes(b)
		return msgp.AppendNil(out), rest, malformed(err)
	case msgp.BoolType:
		v, rest, err := msgp.ReadBoolBytes(b)
		return msgp.AppendBool(out, v), rest, malformed(err)
	case msgp.IntType, msgp.UintType, msgp.Float32Type, msgp.Float64Type:
		f, rest, err := readNumber(b)
		if err != nil {
			return nil, nil, err
		}
		return appendNumber(out, f), rest, nil
	case msgp.StrType:
		s, rest, err := msgp.ReadStringZC(b)
		return msgp.AppendStringFromBytes(out, s), rest, malformed(err)
	case msgp.ArrayType:
		n, rest, err := msgp.ReadArrayHeaderBytes(b)
		out = msgp.AppendArrayHeader(out, n)
		for ; err == nil && n > 0; n-- {
			out, rest, err = appendCanonical(out, rest, depth-1)
		}
		return out, rest, malformed(err)
	case msgp.MapType:
		return appendCanonicalMap(out, b, depth)
	default:
		return nil, nil, Errorf(CodeInvalidInput, "a value cannot hold msgpack type %s", t)
	}
}

func appendCanonicalMap(out, b []byte, depth int) (canonical, rest []byte, err error) {
	type entry struct {
		key   string
		value []byte
	}
	n, rest, err := msgp.ReadMapHeaderBytes(b)
	if err != nil {
		return nil, nil, malformed(err)
	}
	entries := make([]entry, 0, min(int(n), len(rest)/2))
	for range n {
		var e entry
		if e.key, rest, err = msgp.ReadStringBytes(rest); err != nil {
			return nil, nil, Errorf(CodeInvalidInput, "map keys must be strings")
		}
		if e.value, rest, err = appendCanonical(nil, rest, depth-1); err != nil {
			return nil, nil, err
		}
		entries = append(entries, e)
	}
	slices.SortFunc(entries, func(a, b entry) int { return strings.Compare(a.key, b.key) })
	out = msgp.AppendMapHeader(out, n)
	for i, e := range entries {
		if i > 0 && entries[i-1].key == e.key {
			return nil, nil, Errorf(CodeInvalidInput, "map key %q comes twice", e.key)
		}
		out = msgp.AppendString(out, e.key)
		out = append(out, e.value...)
	}
	return out, rest, nil
}

func malformed(err error) error {
	if err == nil || CodeOf(err) == CodeInvalidInput {
		return err
	}
	return Errorf(CodeInvalidInput, "malformed value: %v", err)
}

// readNumber accepts every msgpack form of a number: JavaScript sends 100.0 as an integer and 100.5 as float64.
func readNumber(b []byte) (f float64, rest []byte, err error) {
	switch msgp.NextType(b) {
	case msgp.IntType, msgp.UintType:
		i, rest, err := msgp.ReadInt64Bytes(b)
		if err != nil || i > MaxSafeInteger || i < -MaxSafeInteger {
			return 0, nil, Errorf(CodeInvalidInput, "integer beyond ±2^53")
		}
		return float64(i), rest, nil
	case msgp.Float32Type:
		var v float32
		v, rest, err = msgp.ReadFloat32Bytes(b)
		f = float64(v)
	case msgp.Float64Type:
		f, rest, err = msgp.ReadFloat64Bytes(b)
	default:
		return 0, nil, Errorf(CodeInvalidInput, "not a number")
	}
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return 0, nil, Errorf(CodeInvalidInput, "not a finite number")
	}
	return f, rest, malformed(err)
}

func appendNumber(out []byte, f float64) []byte {
	if f == math.Trunc(f) && math.Abs(f) <= MaxSafeInteger {
		return msgp.AppendInt64(out, int64(f))
	}
	return msgp.AppendFloat64(out, f)
}
