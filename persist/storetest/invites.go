package storetest

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"atelier/hub/auth"
	"atelier/protocol"
)

func inviteTests() map[string]func(t *testing.T, f *fixture) {
	return map[string]func(t *testing.T, f *fixture){
		"AnInviteGivesItsRoleInTheWorkspace":           inviteWorkspace,
		"AnInviteToARoomGivesItsRoleThereOnly":         inviteRoom,
		"AnInviteIsUsedUp":                             inviteUsedUp,
		"UnderConcurrencyAnInviteGivesExactlyItsUses":  inviteRace,
		"AcceptingAgainTakesNoUseAndChangesNothing":    inviteAgain,
		"AcceptingAgainAtTheSameTimeTakesOneUse":       inviteAgainRace,
		"AcceptingNeverLowersARole":                    inviteNeverLowers,
		"AcceptingRaisesALowerRole":                    inviteRaises,
		"WhoWasRemovedCannotComeBackByTheSameInvite":   inviteAfterRemoval,
		"UnknownExpiredAndDeletedInvitesAreNotFound":   inviteNotFound,
		"AnInviteByNobodyKnownTakesNoUse":              inviteUnknownUser,
		"AnInviteNeedsARoomOfItsWorkspace":             inviteNeedsRoom,
		"InvitesAreListedByWorkspaceAndComeBackAsMade": inviteList,
		"DeletingARoomTakesItsInvites":                 inviteRoomDeleted,
	}
}

func (f *fixture) invite(t *testing.T, id, room string, role protocol.Role, uses int) auth.Invite {
	t.Helper()
	i := auth.Invite{
		ID: id, Hash: hash(id), Workspace: workspace, Room: room, Role: role, UsesLeft: uses,
		Expires: f.clock.Add(24 * time.Hour), CreatedBy: "ana", CreatedAt: f.clock,
	}
	require.NoError(t, f.CreateInvite(t.Context(), i))
	return i
}

func (f *fixture) requireRole(t *testing.T, want protocol.Role, user string) {
	t.Helper()
	got, err := f.Role(t.Context(), workspace, user)
	require.NoError(t, err)
	require.Equal(t, want, got)
}

func (f *fixture) usesLeft(t *testing.T) int {
	t.Helper()
	list, err := f.Invites(t.Context(), workspace)
	require.NoError(t, err)
	require.Len(t, list, 1)
	return list[0].UsesLeft
}

func inviteWorkspace(t *testing.T, f *fixture) {
	want := f.invite(t, "i", "", protocol.RoleEditor, 3)
	f.user(t, "ben")
	got, err := f.AcceptInvite(t.Context(), want.Hash, "ben", f.clock)
	require.NoError(t, err)
	want.UsesLeft = 2
	require.Equal(t, want, got)
	f.requireRole(t, protocol.RoleEditor, "ben")
	require.Equal(t, 2, f.usesLeft(t))
}

func inviteRoom(t *testing.T, f *fixture) {
	f.room(t, "a")
	f.room(t, "b")
	i := f.invite(t, "i", "a", protocol.RoleCommenter, 1)
	f.user(t, "ben")
	got, err := f.AcceptInvite(t.Context(), i.Hash, "ben", f.clock)
	require.NoError(t, err)
	require.Equal(t, "a", got.Room)
	f.requireRole(t, "", "ben")
	require.Equal(t, []string{"a"}, f.visible(t, "ben"))
	_, role, err := f.Access(t.Context(), "a", "ben")
	require.NoError(t, err)
	require.Equal(t, protocol.RoleCommenter, role)
}

func inviteUsedUp(t *testing.T, f *fixture) {
	i := f.invite(t, "i", "", protocol.RoleViewer, 1)
	f.user(t, "ben")
	f.user(t, "eve")
	_, err := f.AcceptInvite(t.Context(), i.Hash, "ben", f.clock)
	require.NoError(t, err)
	_, err = f.AcceptInvite(t.Context(), i.Hash, "eve", f.clock)
	requireCode(t, protocol.CodeNotFound, err)
	f.requireRole(t, "", "eve")
}

func inviteRace(t *testing.T, f *fixture) {
	const people, uses = 20, 7
	i := f.invite(t, "i", "", protocol.RoleEditor, uses)
	errs := make([]error, people)
	for n := range people {
		f.user(t, fmt.Sprint("u", n))
	}
	var wg sync.WaitGroup
	for n := range people {
		wg.Go(func() { _, errs[n] = f.AcceptInvite(t.Context(), i.Hash, fmt.Sprint("u", n), f.clock) })
	}
	wg.Wait()
	accepted := 0
	for n, err := range errs {
		if err == nil {
			accepted++
			f.requireRole(t, protocol.RoleEditor, fmt.Sprint("u", n))
			continue
		}
		requireCode(t, protocol.CodeNotFound, err)
		f.requireRole(t, "", fmt.Sprint("u", n))
	}
	require.Equal(t, uses, accepted)
	require.Zero(t, f.usesLeft(t))
}

func inviteAgain(t *testing.T, f *fixture) {
	i := f.invite(t, "i", "", protocol.RoleEditor, 1)
	f.member(t, "ana", protocol.RoleOwner)
	ben := f.user(t, "ben")
	_, err := f.AcceptInvite(t.Context(), i.Hash, "ben", f.clock)
	require.NoError(t, err)
	require.NoError(t, f.SetRole(t.Context(), auth.Membership{Workspace: workspace, User: ben, Role: protocol.RoleViewer}))
	_, err = f.AcceptInvite(t.Context(), i.Hash, "ben", f.clock)
	require.NoError(t, err)
	require.Zero(t, f.usesLeft(t))
	f.requireRole(t, protocol.RoleViewer, "ben")
}

func inviteAgainRace(t *testing.T, f *fixture) {
	i := f.invite(t, "i", "", protocol.RoleEditor, 5)
	f.user(t, "ben")
	errs := make([]error, 10)
	var wg sync.WaitGroup
	for n := range errs {
		wg.Go(func() { _, errs[n] = f.AcceptInvite(t.Context(), i.Hash, "ben", f.clock) })
	}
	wg.Wait()
	for _, err := range errs {
		require.NoError(t, err)
	}
	require.Equal(t, 4, f.usesLeft(t))
}

func inviteNeverLowers(t *testing.T, f *fixture) {
	f.room(t, "a")
	for _, room := range []string{"", "a"} {
		i := f.invite(t, "i"+room, room, protocol.RoleViewer, 5)
		u := f.user(t, "ben"+room)
		m := auth.Membership{Workspace: workspace, Room: room, User: u, Role: protocol.RoleEditor}
		require.NoError(t, f.SetRole(t.Context(), m))
		_, err := f.AcceptInvite(t.Context(), i.Hash, u.ID, f.clock)
		require.NoError(t, err)
		_, role, err := f.Access(t.Context(), "a", u.ID)
		require.NoError(t, err)
		require.Equal(t, protocol.RoleEditor, role)
	}
}

func inviteRaises(t *testing.T, f *fixture) {
	f.member(t, "ben", protocol.RoleViewer)
	i := f.invite(t, "i", "", protocol.RoleEditor, 1)
	_, err := f.AcceptInvite(t.Context(), i.Hash, "ben", f.clock)
	require.NoError(t, err)
	f.requireRole(t, protocol.RoleEditor, "ben")
}

func inviteAfterRemoval(t *testing.T, f *fixture) {
	i := f.invite(t, "i", "", protocol.RoleEditor, 5)
	f.user(t, "ben")
	_, err := f.AcceptInvite(t.Context(), i.Hash, "ben", f.clock)
	require.NoError(t, err)
	require.NoError(t, f.RemoveMember(t.Context(), workspace, "ben"))
	_, err = f.AcceptInvite(t.Context(), i.Hash, "ben", f.clock)
	requireCode(t, protocol.CodeNotFound, err)
	f.requireRole(t, "", "ben")
	again := f.invite(t, "j", "", protocol.RoleViewer, 1)
	_, err = f.AcceptInvite(t.Context(), again.Hash, "ben", f.clock)
	require.NoError(t, err)
}

func inviteNotFound(t *testing.T, f *fixture) {
	f.user(t, "ben")
	i := f.invite(t, "i", "", protocol.RoleEditor, 5)
	_, err := f.AcceptInvite(t.Context(), hash("unknown"), "ben", f.clock)
	requireCode(t, protocol.CodeNotFound, err)
	_, err = f.AcceptInvite(t.Context(), i.Hash, "ben", i.Expires)
	requireCode(t, protocol.CodeNotFound, err)
	require.Equal(t, 5, f.usesLeft(t))
	requireCode(t, protocol.CodeNotFound, f.DeleteInvite(t.Context(), "others", i.ID))
	require.NoError(t, f.DeleteInvite(t.Context(), workspace, i.ID))
	requireCode(t, protocol.CodeNotFound, f.DeleteInvite(t.Context(), workspace, i.ID))
	_, err = f.AcceptInvite(t.Context(), i.Hash, "ben", f.clock)
	requireCode(t, protocol.CodeNotFound, err)
	f.requireRole(t, "", "ben")
}

func inviteUnknownUser(t *testing.T, f *fixture) {
	i := f.invite(t, "i", "", protocol.RoleEditor, 5)
	_, err := f.AcceptInvite(t.Context(), i.Hash, "nobody", f.clock)
	requireCode(t, protocol.CodeNotFound, err)
	require.Equal(t, 5, f.usesLeft(t))
}

func inviteNeedsRoom(t *testing.T, f *fixture) {
	_, err := f.EnsureWorkspace(t.Context(), "others", "Others")
	require.NoError(t, err)
	f.room(t, "a")
	for _, i := range []auth.Invite{
		{ID: "i", Hash: hash("i"), Workspace: workspace, Room: "unknown"},
		{ID: "j", Hash: hash("j"), Workspace: "others", Room: "a"},
	} {
		i.Role, i.UsesLeft, i.Expires = protocol.RoleOwner, 1, f.clock.Add(time.Hour)
		requireCode(t, protocol.CodeNotFound, f.CreateInvite(t.Context(), i))
	}
}

func inviteList(t *testing.T, f *fixture) {
	f.room(t, "a")
	want := []auth.Invite{f.invite(t, "i", "", protocol.RoleEditor, 1), f.invite(t, "j", "a", protocol.RoleViewer, 9)}
	got, err := f.Invites(t.Context(), workspace)
	require.NoError(t, err)
	require.Equal(t, want, got)
	got, err = f.Invites(t.Context(), "others")
	require.NoError(t, err)
	require.Empty(t, got)
}

func inviteRoomDeleted(t *testing.T, f *fixture) {
	f.room(t, "a")
	f.user(t, "ben")
	i := f.invite(t, "i", "a", protocol.RoleEditor, 1)
	require.NoError(t, f.DeleteRoom(t.Context(), workspace, "a"))
	_, err := f.AcceptInvite(t.Context(), i.Hash, "ben", f.clock)
	requireCode(t, protocol.CodeNotFound, err)
}
