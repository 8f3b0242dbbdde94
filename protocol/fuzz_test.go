package protocol_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/tinylib/msgp/msgp"
	"github.com/vmihailenco/msgpack/v5"

	"atelier/protocol"
)

// maxGrowth bounds what decoding a frame may allocate: so many bytes for each byte of the frame, and a fixed part for
// the decoder itself. A write of five bytes becomes a struct of 64, a JSON-like element of one byte an interface of 16;
// growing slices doubles both.
const (
	maxGrowth = 256
	fixedPart = 64 << 10
)

func seed(f *testing.F) {
	f.Helper()
	for _, file := range readVectors(f) {
		for _, v := range append(file.Valid, file.Reject...) {
			f.Add(v.wire(f))
		}
	}
}

func FuzzValidateAgreesWithTheDecoders(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, b []byte) {
		if protocol.Validate(b) != nil {
			return
		}
		require.NoError(t, skipAll(b), "a frame that passes is whole values for every decoder")
		for len(b) > 0 {
			var value any
			rest, err := msgp.Skip(b)
			require.NoError(t, err)
			require.NoError(t, msgpack.Unmarshal(b[:len(b)-len(rest)], new(msgpack.RawMessage)))
			value, err = decodeAny(b[:len(b)-len(rest)])
			if err == nil {
				require.LessOrEqual(t, depthOf(value), protocol.MaxDepth)
			}
			b = rest
		}
	})
}

func FuzzFramesNeverPanicNorSwallowMemory(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, b []byte) {
		used := allocated(func() { answerTo(b) })
		require.LessOrEqual(t, used, int64(fixedPart+maxGrowth*len(b)))
	})
}

func FuzzReadCommandConsumesWhatItReturns(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, b []byte) {
		cmd, rest, err := protocol.ReadCommand(b) // even of bytes that Validate would refuse
		if err != nil {
			require.ErrorIs(t, err, protocol.ErrMalformed)
			return
		}
		require.Less(t, len(rest), len(b))
		require.LessOrEqual(t, len(cmd.Body)+len(rest), len(b))
		if cmd.Type != protocol.TypeCursor && cmd.Type != protocol.TypeHello {
			require.Positive(t, cmd.Req)
			require.LessOrEqual(t, cmd.Req, uint64(protocol.MaxSafeInteger))
		}
	})
}

func FuzzCanonicalIsStable(f *testing.F) {
	for _, x := range []any{
		nil, true, -1, 0.5, 1 << 40, "Grüße", []any{1, "a", []any{}}, map[string]any{"b": 1, "a": map[string]any{"z": nil}},
	} {
		b, err := msgpack.Marshal(x)
		require.NoError(f, err)
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		v, err := protocol.Canonical(b) // even of bytes that Validate would refuse
		if err != nil {
			require.Equal(t, protocol.CodeInvalidInput, protocol.CodeOf(err))
			return
		}
		require.LessOrEqual(t, len(v), 2*len(b)+9, "shortest forms; an integral float32 may become an integer of 9 bytes")
		again, err := protocol.Canonical([]byte(v))
		require.NoError(t, err)
		require.Equal(t, v, again, "canonical of canonical")
		decoded, err := v.Any()
		require.NoError(t, err)
		back, err := protocol.ValueOf(decoded)
		require.NoError(t, err)
		require.Equal(t, v, back, "decoded and encoded again")
	})
}

func FuzzReadWritesReadsWhatAppendWritesWrites(f *testing.F) {
	rows := committed()
	f.Add(protocol.AppendWrites(nil, rows[0].Writes))
	f.Add([]byte{0xdd, 0x04, 0, 0, 0})
	f.Fuzz(func(t *testing.T, b []byte) {
		var writes []protocol.Write
		var rest []byte
		var err error
		used := allocated(func() { writes, rest, err = protocol.ReadWrites(b) })
		require.LessOrEqual(t, used, int64(fixedPart+maxGrowth*len(b)))
		if err != nil {
			return
		}
		again, none, err := protocol.ReadWrites(protocol.AppendWrites(nil, writes))
		require.NoError(t, err)
		require.Empty(t, none)
		require.Equal(t, writes, again)
		require.LessOrEqual(t, len(rest), len(b))
	})
}
