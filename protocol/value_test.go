package protocol_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"atelier/protocol"
)

func TestEqualValuesAreEqualBytesWhateverTheirForm(t *testing.T) {
	for name, forms := range map[string][]string{
		"100":         {"64", "cc64", "cd0064", "ce00000064", "cf0000000000000064", "d064", "d10064", "d200000064", "ca42c80000", "cb4059000000000000"},
		"-1":          {"ff", "d0ff", "d1ffff", "d3ffffffffffffffff", "cabf800000"},
		"0":           {"00", "cb8000000000000000", "ca80000000"},
		"0.5":         {"cb3fe0000000000000", "ca3f000000"},
		"a":           {"a161", "d90161", "da000161", "db0000000161"},
		"[true]":      {"91c3", "dc0001c3", "dd00000001c3"},
		"{a: 1, b:2}": {"82a16101a16202", "82a16202a16101", "de0002a16202a161cc01"},
	} {
		want, err := protocol.Canonical(unhex(t, forms[0]))
		require.NoError(t, err)
		require.Equal(t, unhex(t, forms[0]), []byte(want), "%s: the first form is the canonical one", name)
		for _, form := range forms {
			got, err := protocol.Canonical(unhex(t, form))
			require.NoError(t, err, form)
			require.Equal(t, want, got, "%s as %s", name, form)
		}
	}
}

func TestWhatACellCannotHoldIsRefused(t *testing.T) {
	for name, wire := range map[string]string{
		"nothing": "", "two values": "0102", "binary": "c40100", "extension": "d40100", "date": "d6ff00000000",
		"2^53": "cf0020000000000000", "2^64-1": "cfffffffffffffffff", "NaN": "cb7ff8000000000001", "infinity": "ca7f800000",
		"number for a key": "8101c0", "key twice": "82a161c0a161c0", "cut short": "92c0", "nine lists": "919191919191919191c0",
	} {
		_, err := protocol.Canonical(unhex(t, wire))
		require.Equal(t, protocol.CodeInvalidInput, protocol.CodeOf(err), name)
	}
}

func TestValuesGiveBackWhatTheyWereMadeOf(t *testing.T) {
	s, ok := protocol.String("Grüße").AsString()
	require.True(t, ok)
	require.Equal(t, "Grüße", s)
	for _, f := range []float64{0, -1, 0.1, 100, 1e300, protocol.MaxSafeInteger, -protocol.MaxSafeInteger} {
		got, ok := protocol.Number(f).AsNumber()
		require.True(t, ok)
		require.Equal(t, f, got) //nolint:testifylint // the same bits, not about the same
	}
	require.Equal(t, protocol.Int(7), protocol.Number(7))
	b, ok := protocol.Bool(true).AsBool()
	require.True(t, ok)
	require.True(t, b)
	for _, v := range []protocol.Value{"", protocol.Nil} {
		require.True(t, v.Absent())
		got, err := v.Any()
		require.NoError(t, err)
		require.Nil(t, got)
	}
}

func TestValuesOfAnotherFormAreNotTaken(t *testing.T) {
	_, ok := protocol.Number(1).AsString()
	require.False(t, ok)
	_, ok = text("1").AsNumber()
	require.False(t, ok)
	_, ok = protocol.Nil.AsBool()
	require.False(t, ok)
	_, ok = protocol.Value("").AsNumber()
	require.False(t, ok)
}

func TestNumbersThatAreNotFiniteAreNoValues(t *testing.T) {
	for _, f := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		_, err := protocol.ValueOf(f)
		require.Equal(t, protocol.CodeInvalidInput, protocol.CodeOf(err))
	}
}
