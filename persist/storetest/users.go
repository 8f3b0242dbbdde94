package storetest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"atelier/hub/auth"
	"atelier/protocol"
)

func userTests() map[string]func(t *testing.T, f *fixture) {
	return map[string]func(t *testing.T, f *fixture){
		"AUserComesBackAsItWasMade":            userComesBack,
		"AUserIDIsTakenOnce":                   userTakenOnce,
		"ALoginIsFoundUntilItExpires":          loginExpires,
		"ADeletedLoginIsNotFound":              loginDeleted,
		"ALoginNeedsItsUser":                   loginNeedsUser,
		"UsersAndLoginsAreThereAfterReopening": usersReopened,
	}
}

func userComesBack(t *testing.T, f *fixture) {
	for _, kind := range []auth.UserKind{auth.UserGuest, auth.UserPerson, auth.UserBot} {
		want := auth.User{ID: string(kind), Name: "Ünï ☺", Kind: kind, CreatedAt: f.clock.Add(3 * time.Millisecond)}
		require.NoError(t, f.CreateUser(t.Context(), want))
		got, err := f.User(t.Context(), want.ID)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	_, err := f.User(t.Context(), "nobody")
	requireCode(t, protocol.CodeNotFound, err)
}

func userTakenOnce(t *testing.T, f *fixture) {
	u := f.user(t, "ana")
	u.Name = "Another"
	requireCode(t, protocol.CodeConflict, f.CreateUser(t.Context(), u))
	got, err := f.User(t.Context(), "ana")
	require.NoError(t, err)
	require.Equal(t, "Name of ana", got.Name)
}

func loginExpires(t *testing.T, f *fixture) {
	f.user(t, "ana")
	want := auth.Login{Hash: hash("a"), User: "ana", Expires: f.clock.Add(time.Hour)}
	require.NoError(t, f.CreateLogin(t.Context(), want))
	f.clock = want.Expires.Add(-time.Millisecond)
	got, err := f.Login(t.Context(), want.Hash)
	require.NoError(t, err)
	require.Equal(t, want, got)
	_, err = f.Login(t.Context(), hash("b"))
	requireCode(t, protocol.CodeNotFound, err)

	f.clock = want.Expires
	_, err = f.Login(t.Context(), want.Hash)
	requireCode(t, protocol.CodeNotFound, err)
}

func loginDeleted(t *testing.T, f *fixture) {
	f.user(t, "ana")
	for _, secret := range []string{"a", "b"} {
		require.NoError(t, f.CreateLogin(t.Context(), auth.Login{Hash: hash(secret), User: "ana", Expires: f.clock.Add(time.Hour)}))
	}
	require.NoError(t, f.DeleteLogin(t.Context(), hash("a")))
	require.NoError(t, f.DeleteLogin(t.Context(), hash("a")), "again")
	_, err := f.Login(t.Context(), hash("a"))
	requireCode(t, protocol.CodeNotFound, err)
	_, err = f.Login(t.Context(), hash("b"))
	require.NoError(t, err)
}

func loginNeedsUser(t *testing.T, f *fixture) {
	err := f.CreateLogin(t.Context(), auth.Login{Hash: hash("a"), User: "nobody", Expires: f.clock.Add(time.Hour)})
	requireCode(t, protocol.CodeNotFound, err)
}

func usersReopened(t *testing.T, f *fixture) {
	want := f.user(t, "ana")
	require.NoError(t, f.CreateLogin(t.Context(), auth.Login{Hash: hash("a"), User: "ana", Expires: f.clock.Add(time.Hour)}))
	f.reopen(t)
	got, err := f.User(t.Context(), "ana")
	require.NoError(t, err)
	require.Equal(t, want, got)
	_, err = f.Login(t.Context(), hash("a"))
	require.NoError(t, err)
}
