package rooms

import (
	"fmt"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"atelier/protocol"
)

// TestARoomTakesAtMostThriceItsEncodedSize measures the heap of a loaded room of 10 000 records (notes, prompts, edges)
// against the size of its stored snapshot.
func TestARoomTakesAtMostThriceItsEncodedSize(t *testing.T) {
	c := newCanvas(t)
	row := Row{Committed: protocol.Committed{Session: "a", User: "user-a"}}
	for i := range 10_000 {
		name := fmt.Sprint("r", i)
		row.Rev = int64(i + 1)
		switch i % 3 {
		case 0:
			row.Writes = append(note(name), write(name, "y", num(float64(i))), write(name, "w", num(240)), write(name, "h", num(120.5)), write(name, "colour", str("#ffd43b")))
		case 1:
			row.Writes = append(prompt(name, "a lighthouse in a storm, oil on canvas, "+name), write(name, "y", num(float64(i))), write(name, "w", num(320)),
				write(name, "h", num(200)), write(name, "provider", str("sketch")), write(name, "model", str("sketch-1")), write(name, "seed", num(float64(i))))
		default:
			row.Writes = []protocol.Write{write(name, "kind", str("edge")), write(name, "from", str(id(fmt.Sprint("r", i-1)))), write(name, "to", str(id(fmt.Sprint("r", i-2)))), write(name, "role", str("derived"))}
		}
		require.NoError(t, c.state.commit(&row))
	}
	encoded := c.state.share().Encode()
	c.state = nil
	var rooms [8]*State // more than one, so that what the process does beside counts little
	before := heap()
	for i := range rooms {
		state, err := Restore(protocol.NewSchema(protocol.DefaultLimits()), Stored{SnapshotAt: row.Rev, Snapshot: encoded})
		require.NoError(t, err)
		rooms[i] = state
	}
	took := (heap() - before) / len(rooms)
	t.Logf("encoded %d bytes, in memory %d bytes: %.2f", len(encoded), took, float64(took)/float64(len(encoded)))
	require.LessOrEqual(t, took, 3*len(encoded))
	runtime.KeepAlive(rooms)
	runtime.KeepAlive(encoded)
}

func heap() int {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc)
}
