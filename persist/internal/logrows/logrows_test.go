package logrows

import (
	"testing"

	"github.com/stretchr/testify/require"

	"atelier/persist/storetest"
	"atelier/protocol"
	"atelier/rooms"
)

func TestWhatIsKeptIsReadAsItWas(t *testing.T) {
	t.Parallel()
	rows := append(storetest.Rows("a", 3, 2), rooms.Row{Committed: protocol.Committed{Writes: []protocol.Write{}}})
	writes := Writes(rows)
	for i := range rows {
		read := rows[i]
		read.Digest, read.Writes, read.Also = [32]byte{}, nil, nil
		require.NoError(t, Read(&read, rows[i].Digest[:], writes[i], Also(&rows[i])))
		require.Equal(t, rows[i], read)
	}
	require.Nil(t, Also(&rows[2]), "NULL")
	require.NotNil(t, Blob(nil), "not NULL")
	require.ErrorContains(t, Read(&rows[0], nil, writes[0][:len(writes[0])-1], nil), "revision 4")
	require.ErrorContains(t, Read(&rows[0], nil, writes[0], []byte{0xc1}), "revision 4")
}

func TestAGapIsAnError(t *testing.T) {
	t.Parallel()
	rows := storetest.Rows("a", 3, 4)
	require.NoError(t, InTurn("r", 3, rows))
	require.ErrorContains(t, InTurn("r", 2, rows), "row 0 has revision 4 on head 2")
	require.NoError(t, Unbroken(3, 4, rows))
	require.ErrorContains(t, Unbroken(3, 5, rows), "ends at revision 7")
	rows = append(rows[:1], rows[2:]...)
	require.ErrorContains(t, InTurn("r", 3, rows), "row 1")
	require.ErrorContains(t, Unbroken(3, 3, rows), "revision 6 follows 4")
}
