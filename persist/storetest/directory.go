package storetest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"atelier/hub/auth"
	"atelier/protocol"
)

func directoryTests() map[string]func(t *testing.T, f *fixture) {
	return map[string]func(t *testing.T, f *fixture){
		"ARoomComesBackAsItWasMade":                       roomComesBack,
		"ARoomIDIsTakenOnce":                              roomTakenOnce,
		"ARoomNeedsItsWorkspace":                          roomNeedsWorkspace,
		"InAnOpenRoomTheHigherRoleCounts":                 openRoomAccess,
		"APrivateRoomIsForItsMembersAndOwners":            privateRoomAccess,
		"MakingARoomPrivateHidesItAtOnce":                 roomMadePrivate,
		"RoomsAreListedByNewestActivityForThoseWhoMaySee": roomsListed,
		"UnknownRoomsAreNotFound":                         roomNotFound,
		"RoomsOfAnotherWorkspaceCannotBeTouched":          roomElsewhere,
	}
}

func (f *fixture) requireAccess(t *testing.T, want protocol.Role, room, user string) {
	t.Helper()
	_, got, err := f.Access(t.Context(), room, user)
	require.NoError(t, err)
	require.Equal(t, want, got, "%s in %s", user, room)
}

func roomComesBack(t *testing.T, f *fixture) {
	f.user(t, "ana")
	for _, want := range []auth.Room{
		{ID: "a", Workspace: workspace, Name: "Ünï ☺", CreatedBy: "ana", CreatedAt: f.clock},
		{ID: "b", Workspace: workspace, Name: "Secret", Private: true, CreatedBy: "ana", CreatedAt: f.clock.Add(time.Millisecond)},
	} {
		require.NoError(t, f.CreateRoom(t.Context(), want, protocol.RoleEditor))
		got, _, err := f.Access(t.Context(), want.ID, "ana")
		require.NoError(t, err)
		require.Equal(t, want, got)
		want.Name, want.Private = "Renamed", !want.Private
		require.NoError(t, f.UpdateRoom(t.Context(), want))
		f.reopen(t)
		got, _, err = f.Access(t.Context(), want.ID, "ana")
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
}

func roomTakenOnce(t *testing.T, f *fixture) {
	f.room(t, "a")
	err := f.CreateRoom(t.Context(), auth.Room{ID: "a", Workspace: workspace}, protocol.RoleOwner)
	requireCode(t, protocol.CodeConflict, err)
}

func roomNeedsWorkspace(t *testing.T, f *fixture) {
	err := f.CreateRoom(t.Context(), auth.Room{ID: "a", Workspace: "nowhere"}, protocol.RoleOwner)
	requireCode(t, protocol.CodeNotFound, err)
	private := auth.Room{ID: "a", Workspace: workspace, Private: true, CreatedBy: "nobody"}
	requireCode(t, protocol.CodeNotFound, f.CreateRoom(t.Context(), private, protocol.RoleOwner))
	_, _, err = f.Access(t.Context(), "a", "nobody")
	requireCode(t, protocol.CodeNotFound, err)
}

func openRoomAccess(t *testing.T, f *fixture) {
	f.room(t, "a")
	f.user(t, "eve")
	f.requireAccess(t, "", "a", "eve")
	for _, c := range []struct{ workspace, room, want protocol.Role }{
		{protocol.RoleEditor, protocol.RoleViewer, protocol.RoleEditor},
		{protocol.RoleViewer, protocol.RoleEditor, protocol.RoleEditor},
		{protocol.RoleCommenter, "", protocol.RoleCommenter},
	} {
		u := f.member(t, "in-"+string(c.workspace), c.workspace)
		if c.room != "" {
			require.NoError(t, f.SetRole(t.Context(), auth.Membership{Workspace: workspace, Room: "a", User: u, Role: c.room}))
		}
		f.requireAccess(t, c.want, "a", u.ID)
	}
}

func (f *fixture) privateRoom(t *testing.T, id, creator string) auth.Room {
	t.Helper()
	r := auth.Room{ID: id, Workspace: workspace, Name: id, Private: true, CreatedBy: creator, CreatedAt: f.clock}
	require.NoError(t, f.CreateRoom(t.Context(), r, protocol.RoleEditor))
	return r
}

func privateRoomAccess(t *testing.T, f *fixture) {
	f.member(t, "ana", protocol.RoleEditor)
	f.member(t, "ben", protocol.RoleEditor)
	f.member(t, "own", protocol.RoleOwner)
	guest := f.user(t, "guest")
	f.privateRoom(t, "p", "ana")
	m := auth.Membership{Workspace: workspace, Room: "p", User: guest, Role: protocol.RoleViewer}
	require.NoError(t, f.SetRole(t.Context(), m))
	for user, want := range map[string]protocol.Role{
		"ana": protocol.RoleEditor, "own": protocol.RoleOwner, "guest": protocol.RoleViewer, "ben": "", "nobody": "",
	} {
		f.requireAccess(t, want, "p", user)
		if want == "" {
			require.Empty(t, f.visible(t, user))
		} else {
			require.Equal(t, []string{"p"}, f.visible(t, user))
		}
	}
}

func roomMadePrivate(t *testing.T, f *fixture) {
	f.member(t, "ben", protocol.RoleEditor)
	f.room(t, "a")
	f.requireAccess(t, protocol.RoleEditor, "a", "ben")
	require.NoError(t, f.UpdateRoom(t.Context(), auth.Room{ID: "a", Workspace: workspace, Name: "A", Private: true}))
	f.requireAccess(t, "", "a", "ben")
	require.Empty(t, f.visible(t, "ben"))
}

func roomsListed(t *testing.T, f *fixture) {
	f.member(t, "ana", protocol.RoleViewer)
	f.user(t, "eve")
	for _, id := range []string{"a", "b", "c"} {
		f.room(t, id)
		f.clock = f.clock.Add(time.Second)
	}
	require.Equal(t, []string{"c", "b", "a"}, f.visible(t, "ana"))
	require.Empty(t, f.visible(t, "eve"))
	require.NoError(t, f.DeleteRoom(t.Context(), workspace, "b"))
	require.Equal(t, []string{"c", "a"}, f.visible(t, "ana"))
}

func roomNotFound(t *testing.T, f *fixture) {
	_, _, err := f.Access(t.Context(), "no", "ana")
	requireCode(t, protocol.CodeNotFound, err)
	requireCode(t, protocol.CodeNotFound, f.UpdateRoom(t.Context(), auth.Room{ID: "no", Workspace: workspace}))
	requireCode(t, protocol.CodeNotFound, f.DeleteRoom(t.Context(), workspace, "no"))
}

func roomElsewhere(t *testing.T, f *fixture) {
	f.room(t, "a")
	_, err := f.EnsureWorkspace(t.Context(), "others", "Others")
	require.NoError(t, err)
	requireCode(t, protocol.CodeNotFound, f.UpdateRoom(t.Context(), auth.Room{ID: "a", Workspace: "others"}))
	requireCode(t, protocol.CodeNotFound, f.DeleteRoom(t.Context(), "others", "a"))
	_, _, err = f.Access(t.Context(), "a", "ana")
	require.NoError(t, err)
}
