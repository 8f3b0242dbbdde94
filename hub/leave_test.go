package hub_test

import (
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/require"

	"atelier/protocol"
)

func TestWhoClosesNormallyLeavesAtOnceAndWhoReloadsLingers(t *testing.T) {
	for _, c := range []struct {
		code    websocket.StatusCode
		lingers time.Duration
	}{
		{websocket.StatusNormalClosure, 0},
		{websocket.StatusGoingAway, protocol.SessionLinger},
	} {
		inBubble(t, func(h *house) {
			t := h.t
			ana, ben := h.guest("Ana"), h.guest("Ben")
			room := ana.room(false)
			b, _ := ben.join(room)
			a, w := ana.join(room)
			began := time.Now()
			require.NoError(t, a.ws.Close(c.code, ""))
			var gone protocol.Members
			for len(gone.Left) == 0 {
				b.body(protocol.TypeMembers, &gone)
			}
			require.Equal(t, []uint32{w.Self.M}, gone.Left)
			require.InDelta(t, c.lingers.Seconds(), time.Since(began).Seconds(), 0.2, c.code)
			require.NoError(t, b.ws.CloseNow())
		})
	}
}

func TestAChangeSentBeforeLeavingIsKept(t *testing.T) {
	h := build(t, plan{})
	ana, ben := h.guest("Ana"), h.guest("Ben")
	room := ana.room(false)
	b, _ := ben.join(room)
	a, _ := ana.join(room)
	last := note("goodbye")
	a.command(protocol.TypeChange, 1, last)
	require.NoError(t, a.ws.Close(websocket.StatusNormalClosure, ""))
	require.Contains(t, string(b.await(protocol.TypeChanges)), last.ID)
}

func TestNobodyFillsARoomByComingAndGoing(t *testing.T) {
	h := build(t, plan{limits: func(l *protocol.Limits) { l.SocketsPerUser, l.MembersPerRoom = 12, 20 }})
	ana, ben := h.guest("Ana"), h.guest("Ben")
	room := ana.room(false)
	stays, _ := ana.join(room)
	var last protocol.Welcome
	for range 40 {
		var c *peer
		c, last = ana.join(room)
		require.NoError(t, c.ws.CloseNow())
	}
	gone := func() bool { return h.registry.Loaded(room).Members(t.Context()) == 1+12 }
	require.Eventually(t, gone, 5*time.Second, time.Millisecond, "as many linger as one user may have sockets")
	ben.join(room)
	again := ana.dial(room).hello(protocol.Hello{V: protocol.Version, Session: last.Session})
	require.Equal(t, last.Self.M, again.Self.M, "the newest is among them")
	stays.ping(1)
}
