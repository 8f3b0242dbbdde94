package protocol

import (
	"bytes"
	"fmt"
	"math"

	"github.com/tinylib/msgp/msgp"
	"github.com/vmihailenco/msgpack/v5"
)

// Command is one client message, split but not yet decoded. Body is the encoded map of every command but cursor.
type Command struct {
	Type Type
	Req  uint64  // request id, 1 to [MaxSafeInteger]; 0 for hello and cursor
	X, Y float32 // cursor only: canvas coordinates
	Body []byte  // aliases the message
}

// ReadCommand splits the first command off b, which [Validate] has passed. An unknown type is returned as it is, for
// the caller to answer. ErrMalformed when the array has not the form of its type.
func ReadCommand(b []byte) (cmd Command, rest []byte, err error) {
	n, b, err := msgp.ReadArrayHeaderBytes(b)
	if err != nil || n < 2 {
		return Command{}, nil, ErrMalformed
	}
	t, b, err := msgp.ReadUint8Bytes(b)
	if err != nil {
		return Command{}, nil, ErrMalformed
	}
	cmd.Type = Type(t)
	n--
	switch cmd.Type {
	case TypeHello:
	case TypeCursor:
		if n < 2 {
			return Command{}, nil, ErrMalformed
		}
		x, b1, errX := readNumber(b)
		y, b2, errY := readNumber(b1)
		if errX != nil || errY != nil || math.Abs(x) > math.MaxFloat32 || math.Abs(y) > math.MaxFloat32 {
			return Command{}, nil, ErrMalformed
		}
		cmd.X, cmd.Y = float32(x), float32(y)
		b, n = b2, n-2
	default:
		if cmd.Req, b, err = msgp.ReadUint64Bytes(b); err != nil || cmd.Req == 0 || cmd.Req > MaxSafeInteger {
			return Command{}, nil, ErrMalformed
		}
		n--
	}
	body := b
	for ; n > 0; n-- {
		if b, err = msgp.Skip(b); err != nil {
			return Command{}, nil, ErrMalformed
		}
	}
	cmd.Body = body[:len(body)-len(b)]
	if cmd.Type != TypeCursor && msgp.NextType(cmd.Body) != msgp.MapType {
		return Command{}, nil, ErrMalformed
	}
	return cmd, b, nil
}

// DecodeBody decodes the map of a command or a server message into a struct of this package; unknown keys are ignored.
// INVALID_INPUT when a known key has the wrong type.
func DecodeBody(body []byte, into any) error {
	if err := msgpack.Unmarshal(body, into); err != nil {
		if e := AsError(err); e.Code != CodeInternal {
			return e
		}
		return Errorf(CodeInvalidInput, "malformed body: %v", err)
	}
	return nil
}

// Message encodes [type {body}] as a frame. Body is a struct of this package or a map; a nil body is an empty map.
// Encoding these cannot fail; a failure is a programming error and panics.
func Message(t Type, body any) *Frame {
	buf := msgp.AppendArrayHeader(NewBuffer(256), 2)
	buf = msgp.AppendUint8(buf, uint8(t))
	return Seal(appendBody(buf, body))
}

// Reply encodes [ok req {body}] as a frame.
func Reply(req uint64, body any) *Frame {
	buf := msgp.AppendArrayHeader(NewBuffer(64), 3)
	buf = msgp.AppendUint8(buf, uint8(TypeOK))
	buf = msgp.AppendUint64(buf, req)
	return Seal(appendBody(buf, body))
}

// ErrorReply encodes [error req {error}] as a frame. Req 0 is sent as nil: the error answers no command.
func ErrorReply(req uint64, e *Error) *Frame {
	buf := msgp.AppendArrayHeader(NewBuffer(128), 3)
	buf = msgp.AppendUint8(buf, uint8(TypeError))
	if req == 0 {
		buf = msgp.AppendNil(buf)
	} else {
		buf = msgp.AppendUint64(buf, req)
	}
	return Seal(appendBody(buf, e))
}

// AppendCommand appends [type req {body}], or [hello {body}], as a client sends it.
func AppendCommand(b []byte, t Type, req uint64, body any) []byte {
	if t == TypeHello {
		b = msgp.AppendUint8(msgp.AppendArrayHeader(b, 2), uint8(t))
		return appendBody(b, body)
	}
	b = msgp.AppendUint8(msgp.AppendArrayHeader(b, 3), uint8(t))
	return appendBody(msgp.AppendUint64(b, req), body)
}

// AppendCursor appends [cursor x y], as a client sends it.
func AppendCursor(b []byte, x, y float32) []byte {
	b = msgp.AppendUint8(msgp.AppendArrayHeader(b, 3), uint8(TypeCursor))
	return msgp.AppendFloat32(msgp.AppendFloat32(b, x), y)
}

func appendBody(buf []byte, body any) []byte {
	if body == nil {
		return msgp.AppendMapHeader(buf, 0)
	}
	w := bytes.NewBuffer(buf)
	enc := msgpack.GetEncoder()
	defer msgpack.PutEncoder(enc)
	enc.Reset(w)
	enc.UseCompactInts(true)
	enc.SetSortMapKeys(true)
	if err := enc.Encode(body); err != nil {
		panic(fmt.Sprintf("protocol: encode %T: %v", body, err))
	}
	return w.Bytes()
}

// DecodeMsgpack reads an array of members' numbers. What is no uint32 is refused: the decoder alone would cut it down to
// the number of somebody else.
func (n *Numbers) DecodeMsgpack(dec *msgpack.Decoder) error {
	length, err := dec.DecodeArrayLen()
	if err != nil {
		return Errorf(CodeInvalidInput, "members are named by an array of numbers")
	}
	*n = make(Numbers, 0, max(length, 0)) // Validate has seen as many elements; nil has −1
	for range length {
		var v Value
		if err := v.DecodeMsgpack(dec); err != nil {
			return err
		}
		f, ok := v.AsNumber()
		if !ok || f < 0 || f > math.MaxUint32 || f != math.Trunc(f) {
			return Errorf(CodeInvalidInput, "a member's number is a whole number within 0–%d", uint32(math.MaxUint32))
		}
		*n = append(*n, uint32(f))
	}
	return nil
}

// AppendChanges begins a [TypeChanges] message of n changes; append each with [AppendCommitted].
func AppendChanges(b []byte, n int) []byte {
	b = msgp.AppendArrayHeader(b, uint32(n)+1) //nolint:gosec // a batch
	return msgp.AppendUint8(b, uint8(TypeChanges))
}

// AppendCommitted appends [rev branch session user at id writes also?].
func AppendCommitted(b []byte, c *Committed) []byte {
	if len(c.Also) == 0 {
		b = msgp.AppendArrayHeader(b, 7)
	} else {
		b = msgp.AppendArrayHeader(b, 8)
	}
	b = msgp.AppendInt64(b, c.Rev)
	b = msgp.AppendString(b, c.Branch)
	b = msgp.AppendString(b, c.Session)
	b = msgp.AppendString(b, c.User)
	b = msgp.AppendInt64(b, c.At)
	b = msgp.AppendString(b, c.ID)
	b = AppendWrites(b, c.Writes)
	if len(c.Also) == 0 {
		return b
	}
	b = msgp.AppendArrayHeader(b, uint32(len(c.Also))) //nolint:gosec // branches of a change
	for i := range c.Also {
		b = msgp.AppendString(msgp.AppendArrayHeader(b, 2), c.Also[i].Branch)
		b = AppendWrites(b, c.Also[i].Writes)
	}
	return b
}

// AppendOverlay begins a [TypeOverlay] message of n cells of a branch; append each with [AppendCell].
func AppendOverlay(b []byte, branch string, n int) []byte {
	b = msgp.AppendArrayHeader(b, uint32(n)+2) //nolint:gosec // a chunk
	return msgp.AppendString(msgp.AppendUint8(b, uint8(TypeOverlay)), branch)
}

// AppendCell appends [record prop value base].
func AppendCell(b []byte, record, prop string, value, base Value) []byte {
	b = msgp.AppendArrayHeader(b, 4)
	b = msgp.AppendString(msgp.AppendString(b, record), prop)
	return appendValue(appendValue(b, value), base)
}

// AppendCursors begins a [TypeCursors] message of n positions; append each with [AppendPosition].
func AppendCursors(b []byte, n int) []byte {
	b = msgp.AppendArrayHeader(b, uint32(3*n)+1) //nolint:gosec // at most Limits.MembersPerRoom
	return msgp.AppendUint8(b, uint8(TypeCursors))
}

// AppendPosition appends m x y: a member's number and canvas coordinates.
func AppendPosition(b []byte, m uint32, x, y float32) []byte {
	b = msgp.AppendUint32(b, m)
	return msgp.AppendFloat32(msgp.AppendFloat32(b, x), y)
}

// AppendStates begins a [TypeStates] message of n members; append each with [AppendState].
func AppendStates(b []byte, n int) []byte {
	b = msgp.AppendArrayHeader(b, uint32(2*n)+1) //nolint:gosec // at most Limits.MembersPerRoom
	return msgp.AppendUint8(b, uint8(TypeStates))
}

// AppendState appends m {state}; state is an encoded map.
func AppendState(b []byte, m uint32, state []byte) []byte {
	return append(msgp.AppendUint32(b, m), state...)
}

// AppendProgressHead begins a [TypeProgress] message of n entries; append each with [AppendProgress].
func AppendProgressHead(b []byte, n int) []byte {
	b = msgp.AppendArrayHeader(b, uint32(n)+1) //nolint:gosec // running jobs of a room
	return msgp.AppendUint8(b, uint8(TypeProgress))
}

// AppendProgress appends [job attempt fraction preview|nil].
func AppendProgress(b []byte, p Progress) []byte {
	b = msgp.AppendArrayHeader(b, 4)
	b = msgp.AppendString(b, p.Job)
	b = msgp.AppendInt(b, p.Attempt)
	b = msgp.AppendFloat32(b, float32(p.Fraction))
	if p.Preview == "" {
		return msgp.AppendNil(b)
	}
	return msgp.AppendString(b, p.Preview)
}

// AppendSpeaking begins a [TypeSpeaking] message of n members; append each with [AppendLoudness].
func AppendSpeaking(b []byte, n int) []byte {
	b = msgp.AppendArrayHeader(b, uint32(2*n)+1) //nolint:gosec // at most Limits.MembersPerRoom
	return msgp.AppendUint8(b, uint8(TypeSpeaking))
}

// AppendLoudness appends m level.
func AppendLoudness(b []byte, l Loudness) []byte {
	return msgp.AppendUint8(msgp.AppendUint32(b, l.M), l.Level)
}

// Live encodes [live rev].
func Live(rev int64) *Frame {
	b := msgp.AppendUint8(msgp.AppendArrayHeader(NewBuffer(12), 2), uint8(TypeLive))
	return Seal(msgp.AppendInt64(b, rev))
}

// AppendSnapshot begins a [TypeSnapshot] message of n records; append each with [AppendRecord].
func AppendSnapshot(b []byte, n int) []byte {
	b = msgp.AppendArrayHeader(b, uint32(n)+1) //nolint:gosec // a page
	return msgp.AppendUint8(b, uint8(TypeSnapshot))
}

// AppendRecord begins [id kind {n props}]; append n times a prop's name (string) and its Value after it.
func AppendRecord(b []byte, id, kind string, n int) []byte {
	b = msgp.AppendArrayHeader(b, 3)
	b = msgp.AppendString(b, id)
	b = msgp.AppendString(b, kind)
	return msgp.AppendMapHeader(b, uint32(n)) //nolint:gosec // props of a record
}
