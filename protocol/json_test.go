package protocol_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"atelier/protocol"
)

func TestValuesAndWritesSurviveJSON(t *testing.T) {
	for _, x := range []any{nil, true, -3, 0.25, 1 << 50, "Grüße <b>", []any{1, "a", []any{}}, map[string]any{"b": nil, "a": 2.5}} {
		v, err := protocol.ValueOf(x)
		require.NoError(t, err)
		for _, w := range []protocol.Write{
			{Record: "r", Prop: "p", Value: v},
			{Record: "r", Prop: "p", Value: protocol.Nil, Basis: v},
		} {
			b, err := json.Marshal(w)
			require.NoError(t, err)
			var back protocol.Write
			require.NoError(t, json.Unmarshal(b, &back))
			require.Equal(t, w, back, "%s", b)
		}
	}
}

func TestWhatIsNoWriteIsRefusedInJSON(t *testing.T) {
	for _, bad := range []string{`{}`, `[]`, `["r","p"]`, `["r","p",1,2,3]`, `[1,"p",2]`, `["r",{},2]`, `null`} {
		var w protocol.Write
		require.Equal(t, protocol.CodeInvalidInput, protocol.CodeOf(json.Unmarshal([]byte(bad), &w)), bad)
	}
	var v protocol.Value
	require.Error(t, json.Unmarshal([]byte(`1e999`), &v))
}
