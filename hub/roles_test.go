package hub_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"atelier/protocol"
)

// TestEveryRouteAndCommandIsInTheRoleTable fails for whatever was added without saying who may do it.
func TestEveryRouteAndCommandIsInTheRoleTable(t *testing.T) {
	h := build(t, plan{})
	routes := h.hub.RouteActions()
	require.NotEmpty(t, routes)
	for name, action := range routes {
		require.True(t, protocol.Action(action).Known(), "%s has the action %q", name, action)
	}
	for _, typ := range protocol.CommandTypes() {
		action, ok := protocol.ActionOf(typ)
		require.True(t, ok && action.Known(), "command %d", typ)
	}
}

// TestEveryRouteRefusesLesserRoles asks for every route as nobody, as a stranger and as every role that may not.
func TestEveryRouteRefusesLesserRoles(t *testing.T) {
	h := build(t, plan{})
	owner := h.as(protocol.RoleOwner)
	room := owner.room(false)
	u, stranger, err := h.auth.Guest(t.Context(), "Stranger")
	require.NoError(t, err)
	require.NoError(t, h.auth.Remove(t.Context(), u.ID))
	people := map[protocol.Role]*person{
		"":                     {house: h, cookie: stranger},
		protocol.RoleViewer:    h.as(protocol.RoleViewer),
		protocol.RoleCommenter: h.as(protocol.RoleCommenter),
		protocol.RoleEditor:    h.as(protocol.RoleEditor),
	}
	tried := 0
	for name, a := range h.hub.RouteActions() {
		action := protocol.Action(a)
		method, path, _ := strings.Cut(name, " ")
		if action == protocol.ActionPublic || strings.HasSuffix(path, "/socket") {
			continue // sockets are tried in hostile_test.go
		}
		path = strings.NewReplacer(":room", room, ":job", protocol.NewID(), ":user", owner.id, ":invite", "i", ":key", "k",
			":asset", strings.Repeat("0", 64)).Replace(path)
		(&person{house: h}).refused(protocol.CodeAuthRequired, method, path, `{}`)
		for role, p := range people {
			if role.May(action) {
				continue
			}
			tried++
			res, body := p.do(p.request(method, path, `{}`))
			want := protocol.CodeForbidden
			if role == "" && strings.Contains(path, room) {
				want = protocol.CodeNotFound // a stranger does not learn that the room is there
			}
			require.Equal(t, want.HTTPStatus(), res.StatusCode, "%s as %q: %s", name, role, body)
		}
	}
	require.Greater(t, tried, 50)
	var canvas struct{ Rev int64 }
	owner.ok(http.MethodGet, "/v1/rooms/"+room+"/records", nil, &canvas)
	require.Zero(t, canvas.Rev)
}

// TestEveryCommandRefusesLesserRoles says every command as every role.
func TestEveryCommandRefusesLesserRoles(t *testing.T) {
	h := build(t, plan{})
	room := h.as(protocol.RoleOwner).room(false)
	bodies := map[protocol.Type]any{
		protocol.TypePing:       nil,
		protocol.TypePresence:   map[string]any{"status": "here"},
		protocol.TypeEvent:      protocol.Event{Topic: "wave"},
		protocol.TypeChange:     note("a note is more than a comment"),
		protocol.TypeJobEnqueue: protocol.JobRequest{ID: protocol.NewID(), Kind: "image", Prompt: "a hill"},
		protocol.TypeJobCancel:  protocol.JobRef{Job: protocol.NewID()},
		protocol.TypeJobRetry:   protocol.JobRef{Job: protocol.NewID()},
		protocol.TypeJobApprove: protocol.JobRef{Job: protocol.NewID()},
		protocol.TypeJobMove:    protocol.JobMove{Job: protocol.NewID()},
		protocol.TypeJobRate:    protocol.JobRating{Job: protocol.NewID(), Stars: 3},
		protocol.TypeQueueSet:   protocol.QueuePatch{Paused: new(false)},
		protocol.TypeWorkOffer:  protocol.WorkOffer{Slots: 1, Routes: []string{"other/m"}},
		protocol.TypeWorkReport: protocol.WorkReport{Job: protocol.NewID(), Token: 1},
		protocol.TypeWorkEnd:    protocol.WorkEnd{Job: protocol.NewID(), Token: 1},

		protocol.TypeVoiceJoin:      protocol.VoicePatch{},
		protocol.TypeVoiceAnswer:    protocol.VoiceAnswer{Offer: 1},
		protocol.TypeVoiceCandidate: protocol.VoiceCandidate{Offer: 1},
		protocol.TypeVoiceSet:       protocol.VoicePatch{Deaf: new(true)},
		protocol.TypeVoiceRestart:   nil,
		protocol.TypeVoiceLeave:     nil,
		protocol.TypeVoiceModerate:  protocol.VoiceModeration{M: 1},
		protocol.TypeVoiceRecord:    protocol.RecordingPatch{On: true},
		protocol.TypeVoiceConsent:   protocol.VoiceConsent{Recording: protocol.NewID(), Yes: true},
	}
	for _, role := range []protocol.Role{protocol.RoleViewer, protocol.RoleCommenter, protocol.RoleEditor} {
		who := h.as(role)
		bodies[protocol.TypeQueueClear] = protocol.QueueClear{User: who.id}
		c, _ := who.join(room)
		for _, typ := range protocol.CommandTypes() {
			if typ == protocol.TypeHello || typ == protocol.TypeCursor {
				continue // answered by nothing
			}
			body, ok := bodies[typ]
			require.True(t, ok, "command %d is not tried", typ)
			action, _ := protocol.ActionOf(typ)
			if typ == protocol.TypeChange {
				action = protocol.ActionCanvasEdit
			}
			c.command(typ, uint64(typ), body)
			_, refusal := c.reply(uint64(typ))
			forbidden := refusal != nil && refusal.Code == protocol.CodeForbidden
			require.Equal(t, !role.May(action), forbidden, "[P70] command %d as %s: %v", typ, role, refusal)
		}
	}
}

func TestARoleThatChangesWhileSomebodyJoinsIsSeen(t *testing.T) {
	h := build(t, plan{})
	owner, ben := h.as(protocol.RoleOwner), h.as(protocol.RoleEditor)
	room := owner.room(false)
	c := ben.dial(room) // the role was read
	owner.ok(http.MethodDelete, "/v1/people/"+ben.id, nil, nil)
	c.command(protocol.TypeHello, 0, protocol.Hello{V: protocol.Version})
	c.endsWith(protocol.CloseForbidden)
	require.Eventually(t, func() bool { return h.registry.Loaded(room).Members(t.Context()) == 0 }, 5e9, 1e6)
}
