package protocol_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"atelier/protocol"
)

// TestRoleTable spells the whole table out, so that a change of one entry shows here.
func TestRoleTable(t *testing.T) {
	const (
		all       = "viewer commenter editor owner "
		commenter = "commenter editor owner "
		editor    = "editor owner "
		owner     = "owner "
	)
	want := map[protocol.Action]string{
		protocol.ActionPublic:        all,
		protocol.ActionSignedIn:      all,
		protocol.ActionRoomSee:       all,
		protocol.ActionRoomPresence:  all,
		protocol.ActionAssetRead:     all,
		protocol.ActionPeopleSee:     all,
		protocol.ActionProviderSee:   all,
		protocol.ActionRoomEvent:     commenter,
		protocol.ActionCanvasComment: commenter,
		protocol.ActionRoomCreate:    editor,
		protocol.ActionCanvasEdit:    editor,
		protocol.ActionJobEnqueue:    editor,
		protocol.ActionJobOwn:        editor,
		protocol.ActionAssetWrite:    editor,
		protocol.ActionRoomManage:    owner,
		protocol.ActionJobManage:     owner,
		protocol.ActionPeopleManage:  owner,
		protocol.ActionKeyManage:     owner,
	}
	for action, roles := range want {
		got := ""
		for _, role := range []protocol.Role{protocol.RoleViewer, protocol.RoleCommenter, protocol.RoleEditor, protocol.RoleOwner} {
			if role.May(action) {
				got += string(role) + " "
			}
		}
		require.Equal(t, roles, got, action)
		require.True(t, action.Known(), action)
	}
}

func TestWhoIsNobodyMayDoOnlyWhatIsPublic(t *testing.T) {
	for _, nobody := range []protocol.Role{"", "admin", "Owner"} {
		require.False(t, nobody.Valid())
		require.True(t, nobody.May(protocol.ActionPublic))
		require.False(t, nobody.May(protocol.ActionRoomSee))
	}
}

func TestActionsOutsideTheTableAreRefused(t *testing.T) {
	require.False(t, protocol.Action("room.burn").Known())
	require.False(t, protocol.RoleOwner.May("room.burn"))
}

func TestEveryCommandHasAnAction(t *testing.T) {
	for _, typ := range protocol.CommandTypes() {
		action, ok := protocol.ActionOf(typ)
		require.True(t, ok, typ)
		require.True(t, action.Known(), action)
	}
	for _, typ := range protocol.ServerTypes() {
		_, ok := protocol.ActionOf(typ)
		require.False(t, ok, "%d is no command", typ)
	}
}
