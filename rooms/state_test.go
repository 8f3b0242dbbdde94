package rooms

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/tinylib/msgp/msgp"

	"atelier/protocol"
)

// randomEdits makes n changes of creates, moves, texts and deletions.
func randomEdits(c *canvas, rng *rand.Rand, n int) {
	var names []string
	for i := range n {
		switch {
		case len(names) == 0 || rng.IntN(3) == 0:
			names = append(names, fmt.Sprint("rec", len(names)))
			c.must(editor("a"), note(names[len(names)-1])...)
		case rng.IntN(10) == 0:
			c.must(editor("b"), write(names[rng.IntN(len(names))], "deleted", protocol.Bool(rng.IntN(2) == 0)))
		default:
			c.must(editor("c"), write(names[rng.IntN(len(names))], "x", num(float64(i))))
		}
	}
}

func TestSnapshotRestoresTheSameState(t *testing.T) {
	c := newCanvas(t)
	randomEdits(c, rand.New(rand.NewPCG(1, 2)), 500)
	encoded := c.state.share().Encode()
	restored, err := Restore(protocol.NewSchema(protocol.DefaultLimits()), Stored{SnapshotAt: c.state.rev, Snapshot: encoded})
	require.NoError(t, err)
	require.Equal(t, encoded, restored.share().Encode())
	require.Equal(t, c.state.live, restored.live)
	require.Equal(t, c.state.bytes, restored.bytes)
}

func TestSharedSnapshotStaysAtItsRevision(t *testing.T) {
	c := newCanvas(t)
	rng := rand.New(rand.NewPCG(3, 4))
	randomEdits(c, rng, 200)
	s := c.state.share()
	before := s.Encode()
	c.n += 1000
	for i := range c.state.pages {
		for _, r := range c.state.pages[i].records {
			c.n++
			row, err := c.apply(editor("d"), protocol.Change{ID: id(fmt.Sprint("more", c.n)), Base: c.state.rev, Writes: []protocol.Write{
				{Record: r.id, Prop: "x", Value: num(-1)},
			}})
			require.Nil(t, err)
			require.Len(t, row.Writes, 1)
		}
	}
	require.Equal(t, before, s.Encode())
}

func TestOnlyDirtyPagesAreEncodedAgain(t *testing.T) {
	c := newCanvas(t)
	for i := range 10 * pageRecords {
		c.must(editor("a"), note(fmt.Sprint("r", i))...)
	}
	first := c.state.share()
	c.must(editor("a"), write("r0", "x", num(1)))
	second := c.state.share()
	same := 0
	for i := range first.pages {
		if first.pages[i] == second.pages[i] {
			same++
		}
	}
	require.Len(t, first.pages, 10)
	require.Equal(t, 9, same)
}

func TestPagesAreSentInMessagesOfAtMostAMebibyte(t *testing.T) {
	c := newCanvas(t)
	big := func(i int) protocol.Value { return str(string(make([]byte, 15<<10)) + fmt.Sprint(i)) }
	for i := range pageRecords {
		c.must(editor("a"), note(fmt.Sprint("r", i))...)
	}
	for i := range pageRecords {
		for _, prop := range []string{"text"} {
			c.must(editor("a"), write(fmt.Sprint("r", i), prop, big(i)))
		}
	}
	for i := range pageRecords {
		c.must(editor("a"), write(fmt.Sprint("r", i), "title", str("t")))
	}
	records := 0
	for _, f := range c.state.share().pages[0].encoded() {
		require.LessOrEqual(t, f.Len(), protocol.SnapshotChunk)
		require.NoError(t, protocol.Validate(f.Payload()))
		n, _, err := msgp.ReadArrayHeaderBytes(f.Payload())
		require.NoError(t, err)
		records += int(n) - 1
	}
	require.Equal(t, pageRecords, records)
}

func TestRestoreRefusesDamagedSnapshots(t *testing.T) {
	c := newCanvas(t)
	randomEdits(c, rand.New(rand.NewPCG(5, 6)), 50)
	good := c.state.share().Encode()
	for n := range good {
		_, err := Restore(protocol.NewSchema(protocol.DefaultLimits()), Stored{SnapshotAt: c.state.rev, Snapshot: good[:n]})
		require.Error(t, err, "cut at %d", n)
	}
}

func FuzzJudge(f *testing.F) {
	f.Add([]byte{0x85, 0xa2, 'i', 'd', 0xa1, 'x'})
	f.Fuzz(func(t *testing.T, body []byte) {
		if protocol.Validate(body) != nil {
			return
		}
		var change protocol.Change
		if protocol.DecodeBody(body, &change) != nil {
			return
		}
		c := newCanvas(t)
		c.must(editor("a"), note("r")...)
		before := c.state.share().Encode()
		if _, err := c.apply(editor("b"), change); err != nil {
			require.Equal(t, before, c.state.share().Encode())
		}
	})
}

func BenchmarkJudgeAndCommit(b *testing.B) {
	for _, records := range []int{100, 10_000, 50_000} {
		b.Run(fmt.Sprint(records), func(b *testing.B) {
			s := NewState(protocol.NewSchema(protocol.DefaultLimits()))
			by := editor("a")
			row := Row{Committed: protocol.Committed{Session: by.Session, User: by.User}}
			for i := range records - 1 {
				row.Rev = int64(i + 1)
				row.Writes = note(fmt.Sprint("r", i))
				if err := s.commit(&row); err != nil {
					b.Fatal(err)
				}
			}
			ids := make([]string, records-1)
			for i := range ids {
				ids[i] = id(fmt.Sprint("r", i))
			}
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				r := ids[i*7919%len(ids)]
				change := protocol.Change{ID: id("x"), Base: s.rev, Writes: []protocol.Write{
					{Record: r, Prop: "x", Value: num(float64(i))}, {Record: r, Prop: "y", Value: num(2)}, {Record: r, Prop: "w", Value: num(3)},
				}}
				row, err := s.scratch().judge(by, &change, 1)
				if err != nil {
					b.Fatal(err)
				}
				if err := s.commit(&row); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
