package protocol_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"atelier/protocol"
)

func TestSealedMembersMeanTheSameAsOpenOnes(t *testing.T) {
	open := &protocol.Members{Joined: []protocol.Member{ana(), bot()}}
	sealed := &protocol.Members{Joined: []protocol.Member{ana().Seal(), bot().Seal()}}
	want := meaning(t, protocol.Message(protocol.TypeMembers, open).Payload())
	require.JSONEq(t, string(want), string(meaning(t, protocol.Message(protocol.TypeMembers, sealed).Payload())))
}

func TestSealingAgainShowsWhatChanged(t *testing.T) {
	m := ana().Seal()
	m.Role = protocol.RoleViewer
	m = m.Seal()
	var got protocol.Members
	body := protocol.Message(protocol.TypeMembers, &protocol.Members{Joined: []protocol.Member{m}}).Payload()[2:]
	require.NoError(t, protocol.DecodeBody(body, &got))
	require.Equal(t, protocol.RoleViewer, got.Joined[0].Role)
}
