package storetest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"atelier/hub/auth"
	"atelier/protocol"
)

func keyTests() map[string]func(t *testing.T, f *fixture) {
	return map[string]func(t *testing.T, f *fixture){
		"AKeyComesBackWithItsBotAndMembership":  keyComesBack,
		"AKeyForSomeRoomsOpensNoOthers":         keyForRooms,
		"AKeyForAnUnknownRoomLeavesNothing":     keyForUnknownRoom,
		"AnExpiredKeyIsNotFound":                keyExpires,
		"LastUseIsTouchedAtMostOnceAMinute":     keyTouched,
		"ADeletedKeyTakesItsMembershipsWithIt":  keyDeleted,
		"KeysOfAnotherWorkspaceCannotBeDeleted": keyElsewhere,
	}
}

func (f *fixture) key(t *testing.T, id string, inRooms ...string) auth.Key {
	t.Helper()
	k := auth.Key{
		ID: id, Hash: hash(id), Workspace: workspace, User: "bot-" + id, Name: "Key " + id, Role: protocol.RoleEditor,
		Rooms: inRooms, CreatedBy: "ana", CreatedAt: f.clock,
	}
	require.NoError(t, f.CreateKey(t.Context(), k, bot(k, f.clock)))
	return k
}

func bot(k auth.Key, at time.Time) auth.User {
	return auth.User{ID: k.User, Name: k.Name, Kind: auth.UserBot, CreatedAt: at}
}

func keyComesBack(t *testing.T, f *fixture) {
	want := f.key(t, "k")
	got, err := f.KeyByHash(t.Context(), want.Hash)
	require.NoError(t, err)
	require.Equal(t, f.clock, got.LastUsed)
	list, err := f.Keys(t.Context(), workspace)
	require.NoError(t, err)
	require.Equal(t, []auth.Key{got}, list)
	require.Empty(t, got.Rooms)
	want.LastUsed, want.Rooms = got.LastUsed, got.Rooms
	require.Equal(t, want, got)

	user, err := f.User(t.Context(), want.User)
	require.NoError(t, err)
	require.Equal(t, bot(want, f.clock), user)
	role, err := f.Role(t.Context(), workspace, want.User)
	require.NoError(t, err)
	require.Equal(t, protocol.RoleEditor, role)
	_, err = f.KeyByHash(t.Context(), hash("other"))
	requireCode(t, protocol.CodeNotFound, err)
}

func keyForRooms(t *testing.T, f *fixture) {
	for _, room := range []string{"a", "b", "c"} {
		f.room(t, room)
	}
	k := f.key(t, "k", "a", "c")
	got, err := f.KeyByHash(t.Context(), k.Hash)
	require.NoError(t, err)
	require.Equal(t, []string{"a", "c"}, got.Rooms)
	require.ElementsMatch(t, []string{"a", "c"}, f.visible(t, k.User))
	_, role, err := f.Access(t.Context(), "b", k.User)
	require.NoError(t, err)
	require.Empty(t, role)
}

func keyForUnknownRoom(t *testing.T, f *fixture) {
	k := auth.Key{ID: "k", Hash: hash("k"), Workspace: workspace, User: "bot", Role: protocol.RoleEditor, Rooms: []string{"no"}}
	requireCode(t, protocol.CodeNotFound, f.CreateKey(t.Context(), k, bot(k, f.clock)))
	_, err := f.User(t.Context(), "bot")
	requireCode(t, protocol.CodeNotFound, err)
	_, err = f.KeyByHash(t.Context(), k.Hash)
	requireCode(t, protocol.CodeNotFound, err)
}

func keyExpires(t *testing.T, f *fixture) {
	k := auth.Key{
		ID: "k", Hash: hash("k"), Workspace: workspace, User: "bot", Role: protocol.RoleViewer, Expires: f.clock.Add(time.Hour),
	}
	require.NoError(t, f.CreateKey(t.Context(), k, bot(k, f.clock)))
	f.clock = k.Expires.Add(-time.Millisecond)
	got, err := f.KeyByHash(t.Context(), k.Hash)
	require.NoError(t, err)
	require.Equal(t, k.Expires, got.Expires)
	f.clock = k.Expires
	_, err = f.KeyByHash(t.Context(), k.Hash)
	requireCode(t, protocol.CodeNotFound, err)
}

func keyTouched(t *testing.T, f *fixture) {
	k := f.key(t, "k")
	first := f.clock
	for _, c := range []struct {
		at   time.Duration
		want time.Duration
	}{{0, 0}, {59 * time.Second, 0}, {time.Minute, time.Minute}, {90 * time.Second, time.Minute}, {time.Hour, time.Hour}} {
		f.clock = first.Add(c.at)
		_, err := f.KeyByHash(t.Context(), k.Hash)
		require.NoError(t, err)
		list, err := f.Keys(t.Context(), workspace)
		require.NoError(t, err)
		require.Equal(t, first.Add(c.want), list[0].LastUsed)
	}
}

func keyDeleted(t *testing.T, f *fixture) {
	f.room(t, "a")
	everywhere, inRoom := f.key(t, "k"), f.key(t, "l", "a")
	for _, k := range []auth.Key{everywhere, inRoom} {
		require.NoError(t, f.DeleteKey(t.Context(), workspace, k.ID))
		_, err := f.KeyByHash(t.Context(), k.Hash)
		requireCode(t, protocol.CodeNotFound, err)
		require.Empty(t, f.visible(t, k.User))
		_, err = f.User(t.Context(), k.User)
		require.NoError(t, err, "the log still names the bot")
		requireCode(t, protocol.CodeNotFound, f.DeleteKey(t.Context(), workspace, k.ID))
	}
	people, err := f.People(t.Context(), workspace)
	require.NoError(t, err)
	require.Empty(t, people)
}

func keyElsewhere(t *testing.T, f *fixture) {
	k := f.key(t, "k")
	_, err := f.EnsureWorkspace(t.Context(), "others", "Others")
	require.NoError(t, err)
	requireCode(t, protocol.CodeNotFound, f.DeleteKey(t.Context(), "others", k.ID))
	_, err = f.KeyByHash(t.Context(), k.Hash)
	require.NoError(t, err)
	list, err := f.Keys(t.Context(), "others")
	require.NoError(t, err)
	require.Empty(t, list)
}
