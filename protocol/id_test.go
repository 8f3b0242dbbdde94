package protocol_test

import (
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"atelier/protocol"
)

func TestDerivedIDsArePinned(t *testing.T) {
	// What is placed twice after a crash must get the same ids, also from a newer version of the program.
	require.Equal(t, "35ae987a-a1ea-8257-9248-abac06b6a71b", protocol.DerivedID("job", jobID, "0"))
	require.Equal(t, "e3b0c442-98fc-8c14-9afb-f4c8996fb924", protocol.DerivedID())
}

func TestDerivedIDsDifferWithTheirParts(t *testing.T) {
	seen := make(map[string]bool)
	for _, parts := range [][]string{{}, {""}, {"", ""}, {"ab", "c"}, {"a", "bc"}, {"abc"}} {
		id := protocol.DerivedID(parts...)
		require.False(t, seen[id], "%q", parts)
		require.True(t, protocol.ValidID(id))
		require.Equal(t, uuid.Version(8), uuid.MustParse(id).Version())
		require.Equal(t, uuid.RFC4122, uuid.MustParse(id).Variant())
		seen[id] = true
	}
}

func TestNewIDsAreOrderedInTime(t *testing.T) {
	last := protocol.NewID()
	require.True(t, protocol.ValidID(last))
	for range 100 {
		id := protocol.NewID()
		require.Greater(t, id, last)
		last = id
	}
}

func TestNamesAndIDsHaveOneForm(t *testing.T) {
	require.True(t, protocol.ValidID(noteID))
	for _, bad := range []string{"", noteID[1:], strings.ToUpper("a" + noteID[1:]), "{" + noteID[2:] + "}", strings.ReplaceAll(noteID, "-", "0")} {
		require.False(t, protocol.ValidID(bad), bad)
	}
	require.True(t, protocol.ValidAsset(asset))
	for _, bad := range []string{"", asset[1:], strings.ToUpper(asset), asset + "0"} {
		require.False(t, protocol.ValidAsset(bad), bad)
	}
	for _, good := range []string{"a", "A-b_9", strings.Repeat("x", 64)} {
		require.True(t, protocol.ValidName(good), good)
	}
	for _, bad := range []string{"", "a b", "ä", "a/b", strings.Repeat("x", 65)} {
		require.False(t, protocol.ValidName(bad), bad)
	}
	require.True(t, protocol.ValidTopic("laser:red/1"))
	for _, bad := range []string{"", "a b", "é", "a\n", strings.Repeat("x", 65)} {
		require.False(t, protocol.ValidTopic(bad), bad)
	}
}
