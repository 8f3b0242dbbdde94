package rooms

import (
	"fmt"
	"slices"
	"testing"

	"atelier/protocol"
)

// benchPast is a log of some changes over a room of some records, with a branch of ten cells, and snapshots of it every so
// many revisions.
func benchPast(b testing.TB, records, changes, every int) *Archive {
	b.Helper()
	store := &checkpointed{memStore: newMemStore(), at: make(map[int64][]byte)}
	s := NewState(protocol.NewSchema(protocol.DefaultLimits()))
	add := func(branch string, base int64, writes []protocol.Write) {
		row := Row{Committed: protocol.Committed{
			Rev: s.rev + 1, Branch: branch, Session: "ana", User: "user-ana", ID: id(fmt.Sprint(s.rev)), At: 1_000_000, Writes: writes,
		}, Base: base}
		if err := s.commit(&row); err != nil {
			b.Fatal(err)
		}
		store.rows = append(store.rows, row)
		if every > 0 && s.rev%int64(every) == 0 {
			store.at[s.rev] = s.share().Encode()
		}
	}
	ids := make([]string, records)
	for i := range ids {
		ids[i] = id(fmt.Sprint("r", i))
	}
	for chunk := range slices.Chunk(ids, 1000) {
		var writes []protocol.Write
		for _, id := range chunk {
			writes = append(writes, protocol.Write{Record: id, Prop: "kind", Value: str("prompt")})
			for prop, v := range map[string]protocol.Value{"prompt": str("a fox at night"), "x": num(-1), "y": num(0), "w": num(100), "h": num(100)} {
				writes = append(writes, protocol.Write{Record: id, Prop: prop, Value: v})
			}
		}
		add("", 0, writes)
	}
	branch := id("branch")
	add("", 1, []protocol.Write{{Record: branch, Prop: "kind", Value: str("branch")}, {Record: branch, Prop: "at", Value: num(1_000_000)}})
	var over []protocol.Write
	for i := range 10 {
		over = append(over, protocol.Write{Record: ids[i*len(ids)/10], Prop: "prompt", Value: str("a blue fox"), Basis: str("a fox at night")})
	}
	add(branch, 1, over)
	for i := range changes {
		r := ids[i*7919%len(ids)]
		add("", s.rev, []protocol.Write{{Record: r, Prop: "x", Value: num(float64(i)), Before: s.records[r].value("x")}})
	}
	store.snapRev, store.snapshot = s.rev, s.share().Encode()
	a := archiveOver(b, store)
	if _, err := a.look(b.Context(), pastRoom, nil); err != nil { // load the room
		b.Fatal(err)
	}
	return a
}

// BenchmarkDiff compares points between which ten cells were written, in rooms of very different sizes.
func BenchmarkDiff(b *testing.B) {
	for _, records := range []int{100, 10_000, 50_000} {
		a := benchPast(b, records, 10, 0)
		g, err := a.look(b.Context(), pastRoom, nil)
		if err != nil {
			b.Fatal(err)
		}
		for name, points := range map[string][2]Point{
			"main":   {{Rev: g.rev - 10}, {Rev: Head}},
			"branch": {{Rev: Head}, {Branch: id("branch"), Rev: Head}},
		} {
			b.Run(fmt.Sprint(name, "/", records), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					d, err := a.Diff(b.Context(), pastRoom, points[0], points[1])
					if err != nil || len(d.Records) != 10 {
						b.Fatal(err, len(d.Records))
					}
				}
			})
		}
	}
}

// BenchmarkLongLog reads a log of 100 000 changes: its pages, and what the room was at some revision of it.
func BenchmarkLongLog(b *testing.B) {
	const changes = 100_000
	a := benchPast(b, 10_000, changes, 4096)
	b.Run("newest page", func(b *testing.B) {
		for b.Loop() {
			if _, err := a.Changes(b.Context(), pastRoom, Query{Limit: 50}); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("page of a record", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			q := Query{Limit: 50, Record: id(fmt.Sprint("r", i%10_000)), Before: changes}
			if _, err := a.Changes(b.Context(), pastRoom, q); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("time travel", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			if _, _, err := a.At(b.Context(), pastRoom, Point{Rev: int64(1 + i*9973%changes)}); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("diff of states", func(b *testing.B) {
		for b.Loop() {
			if _, err := a.Diff(b.Context(), pastRoom, Point{Rev: 10_000}, Point{Rev: changes}); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("diff of 10 000 rows", func(b *testing.B) {
		for b.Loop() {
			if _, err := a.Diff(b.Context(), pastRoom, Point{Rev: changes - 10_000}, Point{Rev: changes}); err != nil {
				b.Fatal(err)
			}
		}
	})
}
