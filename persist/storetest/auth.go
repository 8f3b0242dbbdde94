package storetest

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// Auth runs what every implementation of the stores of hub/auth must do.
func Auth(t *testing.T, open Opener) {
	t.Helper()
	for _, suite := range []map[string]func(t *testing.T, f *fixture){
		userTests(), keyTests(), inviteTests(), peopleTests(), directoryTests(),
	} {
		for name, test := range suite {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				test(t, newFixture(t, open))
			})
		}
	}
}

// visible lists the ids of the rooms that a user may see, in their order.
func (f *fixture) visible(t *testing.T, user string) (ids []string) {
	t.Helper()
	list, err := f.Rooms(t.Context(), workspace, user)
	require.NoError(t, err)
	for _, r := range list {
		ids = append(ids, r.ID)
	}
	return ids
}
