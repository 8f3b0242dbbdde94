package protocol_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"atelier/protocol"
)

func TestLoggedWritesComeBackAsTheyWere(t *testing.T) {
	value, basis, before := protocol.String("v"), protocol.String("b"), protocol.String("was")
	writes := []protocol.Write{
		{Record: "r", Prop: "p", Value: value},
		{Record: "r", Prop: "p", Value: value, Before: before},
		{Record: "r", Prop: "p", Value: value, Before: before, Basis: basis},
		{Record: "r", Prop: "p", Value: value, Basis: protocol.Nil},
		{Record: "r", Prop: "p", Before: before, Basis: basis, Dropped: true},
		{Record: "r", Prop: "p", Before: before, Basis: protocol.Nil, Dropped: true},
		{Record: "r", Prop: "p", Value: value, Before: before, Merged: true},
		{Record: "r", Prop: "p", Value: value, Before: before, Basis: basis, Merged: true},
		{Record: "r", Prop: "p", Value: value, Basis: protocol.Nil, Merged: true},
	}
	again, rest, err := protocol.ReadLogged(protocol.AppendLogged(nil, writes))
	require.NoError(t, err)
	require.Empty(t, rest)
	require.Equal(t, writes, again)
}
