package storetest

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"atelier/hub/auth"
	"atelier/protocol"
)

func peopleTests() map[string]func(t *testing.T, f *fixture) {
	return map[string]func(t *testing.T, f *fixture){
		"AWorkspaceIsMadeOnce":                      workspaceOnce,
		"ARoleIsSetAndChanged":                      roleSet,
		"ARoleNeedsItsWorkspaceRoomAndUser":         roleNeeds,
		"PeopleAreListedWithTheirRoles":             peopleListed,
		"ARemovedMemberIsOutOfTheWorkspaceAndRooms": memberRemoved,
		"TheLastOwnerStays":                         lastOwner,
		"OfTwoOwnersWhoDemoteEachOtherOneStays":     ownersRace,
	}
}

func workspaceOnce(t *testing.T, f *fixture) {
	created, err := f.EnsureWorkspace(t.Context(), workspace, "Another name")
	require.NoError(t, err)
	require.False(t, created)
	f.reopen(t)
	created, err = f.EnsureWorkspace(t.Context(), workspace, "Another name")
	require.NoError(t, err)
	require.False(t, created)
}

func roleSet(t *testing.T, f *fixture) {
	ben := f.user(t, "ben")
	f.requireRole(t, "", "ben")
	for _, role := range []protocol.Role{protocol.RoleViewer, protocol.RoleEditor, protocol.RoleCommenter} {
		require.NoError(t, f.SetRole(t.Context(), auth.Membership{Workspace: workspace, User: ben, Role: role}))
		f.requireRole(t, role, "ben")
	}
	f.reopen(t)
	f.requireRole(t, protocol.RoleCommenter, "ben")
}

func roleNeeds(t *testing.T, f *fixture) {
	ben := f.user(t, "ben")
	f.room(t, "a")
	_, err := f.EnsureWorkspace(t.Context(), "others", "Others")
	require.NoError(t, err)
	for _, m := range []auth.Membership{
		{Workspace: "nowhere", User: ben},
		{Workspace: workspace, User: auth.User{ID: "nobody"}},
		{Workspace: workspace, Room: "nowhere", User: ben},
		{Workspace: workspace, Room: "a", User: auth.User{ID: "nobody"}},
		{Workspace: "others", Room: "a", User: ben},
	} {
		m.Role = protocol.RoleViewer
		requireCode(t, protocol.CodeNotFound, f.SetRole(t.Context(), m))
	}
}

func peopleListed(t *testing.T, f *fixture) {
	f.room(t, "a")
	ana, ben := f.member(t, "ana", protocol.RoleOwner), f.user(t, "ben")
	want := []auth.Membership{
		{Workspace: workspace, User: ana, Role: protocol.RoleOwner},
		{Workspace: workspace, Room: "a", User: ben, Role: protocol.RoleViewer},
	}
	require.NoError(t, f.SetRole(t.Context(), want[1]))
	got, err := f.People(t.Context(), workspace)
	require.NoError(t, err)
	require.Equal(t, want, got)
	got, err = f.People(t.Context(), "others")
	require.NoError(t, err)
	require.Empty(t, got)
}

func memberRemoved(t *testing.T, f *fixture) {
	f.room(t, "a")
	ben := f.member(t, "ben", protocol.RoleEditor)
	require.NoError(t, f.SetRole(t.Context(), auth.Membership{Workspace: workspace, Room: "a", User: ben, Role: protocol.RoleViewer}))
	require.NoError(t, f.RemoveMember(t.Context(), workspace, "ben"))
	f.requireRole(t, "", "ben")
	require.Empty(t, f.visible(t, "ben"))
	requireCode(t, protocol.CodeNotFound, f.RemoveMember(t.Context(), workspace, "ben"))
	_, err := f.User(t.Context(), "ben")
	require.NoError(t, err)
}

func lastOwner(t *testing.T, f *fixture) {
	ana := f.member(t, "ana", protocol.RoleOwner)
	k := auth.Key{ID: "k", Hash: hash("k"), Workspace: workspace, User: "bot", Role: protocol.RoleOwner}
	require.NoError(t, f.CreateKey(t.Context(), k, bot(k, f.clock)))
	demoted := auth.Membership{Workspace: workspace, User: ana, Role: protocol.RoleEditor}
	requireCode(t, protocol.CodeConflict, f.SetRole(t.Context(), demoted))
	requireCode(t, protocol.CodeConflict, f.RemoveMember(t.Context(), workspace, "ana"))
	f.requireRole(t, protocol.RoleOwner, "ana")

	f.member(t, "ben", protocol.RoleOwner)
	require.NoError(t, f.SetRole(t.Context(), demoted))
	requireCode(t, protocol.CodeConflict, f.RemoveMember(t.Context(), workspace, "ben"))
}

func ownersRace(t *testing.T, f *fixture) {
	names := []string{"ana", "ben"}
	for _, name := range names {
		f.member(t, name, protocol.RoleOwner)
	}
	errs := make([]error, len(names))
	var wg sync.WaitGroup
	for i, name := range names {
		wg.Go(func() { errs[i] = f.RemoveMember(t.Context(), workspace, name) })
	}
	wg.Wait()
	if errs[0] == nil {
		errs[0], errs[1] = errs[1], errs[0]
	}
	requireCode(t, protocol.CodeConflict, errs[0])
	require.NoError(t, errs[1])
}
