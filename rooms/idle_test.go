package rooms

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"atelier/protocol"
)

func TestABranchThatRestsForThirtyDaysIsArchived(t *testing.T) {
	inHouse(t, Config{}, func(h *house) {
		ana := h.join("ana")
		for _, name := range []string{"old", "busy"} {
			ana.send(name, write(name, "kind", str("branch")), write(name, "name", str(name)))
		}
		ana.sync()
		time.Sleep(archiveAfter - time.Hour)
		ana.req++
		h.room().Change(ana.m, ana.req, protocol.Change{ID: id("work"), Base: 2, Branch: id("busy"), Writes: note("n")})
		ana.sync()
		time.Sleep(3 * time.Hour)
		ana.sync()
		_, branches, err := h.room().Branches(h.t.Context())
		require.NoError(h.t, err)
		archived := make(map[string]bool)
		for _, b := range branches {
			archived[b.Name] = b.Archived
		}
		require.Equal(h.t, map[string]bool{"old": true, "busy": false}, archived, "[P45]")
		require.Equal(h.t, protocol.Bool(true), ana.records[id("old")]["archived"], "everybody is told")
	})
}
