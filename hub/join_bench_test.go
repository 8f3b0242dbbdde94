package hub_test

import (
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

// BenchmarkJoin is a join from the dial to the live mark and its end, in rooms of few, the client's work included.
func BenchmarkJoin(b *testing.B) {
	h := build(b, plan{})
	people := make([]*person, 20)
	rooms := make([]string, len(people))
	for i := range people {
		people[i] = h.guest("Guest " + strconv.Itoa(i))
		rooms[i] = people[i].room(false)
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		conn := people[i%len(people)].bare(rooms[i/len(people)%len(rooms)])
		require.NoError(b, conn.Close())
	}
}
