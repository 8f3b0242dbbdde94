package hub_test

import (
	"fmt"
	"net/http"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"atelier/protocol"
	"atelier/rooms"
)

// BenchmarkLongLog asks over HTTP for the past of a room with 2 000 records and 100 000 changes in SQLite.
func BenchmarkLongLog(b *testing.B) {
	const changes, records = 100_000, 2_000
	h := build(b, plan{})
	ana := h.guest("Ana")
	room := ana.room(false)
	r, err := h.registry.Room(b.Context(), room)
	require.NoError(b, err)
	ids := make([]string, records)
	for i := range ids {
		ids[i] = protocol.DerivedID("record", fmt.Sprint(i))
	}
	apply := func(i int) error {
		c := protocol.Change{ID: protocol.NewID(), Base: 1, Writes: []protocol.Write{
			{Record: ids[i%records], Prop: "kind", Value: protocol.String("note")},
			{Record: ids[i%records], Prop: "x", Value: protocol.Int(int64(i))},
		}}
		c.Base = min(c.Base, int64(i))
		_, err := r.Apply(b.Context(), rooms.Author{Session: "s", User: ana.id, Role: protocol.RoleEditor}, c)
		return err
	}
	require.NoError(b, apply(0))
	const writers = 250
	var wg sync.WaitGroup
	errs := make([]error, writers)
	for w := range writers {
		wg.Go(func() {
			for i := w + 1; i < changes && errs[w] == nil; i += writers {
				errs[w] = apply(i)
			}
		})
	}
	wg.Wait()
	for _, err := range errs {
		require.NoError(b, err)
	}

	path := "/v1/rooms/" + room
	for name, call := range map[string]func(i int) string{
		"newest page":      func(int) string { return "/history" },
		"page of a record": func(i int) string { return "/history?record=" + ids[i%records] },
		"time travel":      func(i int) string { return fmt.Sprint("/records?rev=", 1+i*9973%changes) },
		"diff of 10":       func(int) string { return fmt.Sprintf("/diff?a=main@%d&b=main", changes-10) },
		"diff of 1 000":    func(int) string { return fmt.Sprintf("/diff?a=main@%d&b=main", changes-1000) },
		"diff of 90 000":   func(int) string { return "/diff?a=main@10000&b=main" },
	} {
		b.Run(name, func(b *testing.B) {
			for i := 0; b.Loop(); i++ {
				ana.ok(http.MethodGet, path+call(i), nil, nil)
			}
		})
	}
}
