package hub_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"atelier/protocol"
)

func TestHelloIsAnsweredByAWelcomeAndALiveMark(t *testing.T) {
	h := build(t, plan{})
	ana := h.guest("Ana")
	room := ana.room(false)
	c, w := ana.join(room)
	require.Equal(t, ana.id, w.Self.User)
	require.Equal(t, "Ana", w.Self.Name)
	require.Equal(t, protocol.RoleEditor, w.Self.Role)
	require.Regexp(t, `^#[0-9a-f]{6}$`, w.Self.Colour)
	require.Equal(t, room, w.Room.ID)
	require.Equal(t, protocol.DefaultLimits(), w.Limits)
	require.False(t, w.Resumed)
	require.NotEmpty(t, w.Session)
	c.ping(1)
}

func TestWhatComesBeforeHelloEndsTheSocket(t *testing.T) {
	h := build(t, plan{})
	ana := h.guest("Ana")
	c := ana.dial(ana.room(false))
	c.command(protocol.TypePing, 1, nil)
	c.endsWith(protocol.CloseProtocol)
}

func TestASecondHelloEndsTheSocket(t *testing.T) {
	h := build(t, plan{})
	ana := h.guest("Ana")
	c, _ := ana.join(ana.room(false))
	c.command(protocol.TypeHello, 0, protocol.Hello{V: protocol.Version})
	c.endsWith(protocol.CloseProtocol)
}

func TestAnotherVersionIsToldThatItIsNotSpoken(t *testing.T) {
	h := build(t, plan{})
	ana := h.guest("Ana")
	c := ana.dial(ana.room(false))
	c.command(protocol.TypeHello, 0, protocol.Hello{V: protocol.Version + 1})
	c.endsWith(protocol.CloseVersion)
}

func TestAMalformedHelloMayBeSaidAgain(t *testing.T) {
	h := build(t, plan{})
	ana := h.guest("Ana")
	c := ana.dial(ana.room(false))
	c.command(protocol.TypeHello, 0, map[string]any{"v": "one"})
	_, refusal := c.reply(0)
	require.Equal(t, protocol.CodeInvalidInput, refusal.Code)
	c.hello(protocol.Hello{V: protocol.Version})
}

func TestASessionGoesOnWithWhatItMissed(t *testing.T) {
	h := build(t, plan{})
	ana, ben := h.guest("Ana"), h.guest("Ben")
	room := ana.room(false)
	a, w := ana.join(room)
	b, _ := ben.join(room)
	first := note("first")
	rev := a.change(1, first).Rev
	require.NoError(t, a.ws.CloseNow())
	missed := note("missed")
	b.change(1, missed)

	again := ana.dial(room)
	got := again.helloOnly(protocol.Hello{V: protocol.Version, Session: w.Session, Resume: &protocol.Resume{
		Epoch: w.Epoch, Rev: rev, LastChange: first.ID,
	}})
	require.True(t, got.Resumed)
	require.Equal(t, w.Self.M, got.Self.M, "a session that lingers keeps its number")
	require.Equal(t, w.Self.Session, got.Self.Session)
	m, err := again.next()
	require.NoError(t, err)
	require.Equal(t, protocol.TypeChanges, m.typ)
	require.Contains(t, string(m.rest), missed.ID)
	require.NotContains(t, string(m.rest), first.ID)
}

// helloOnly says hello and reads the welcome.
func (c *peer) helloOnly(h protocol.Hello) (w protocol.Welcome) {
	c.t.Helper()
	c.command(protocol.TypeHello, 0, h)
	c.body(protocol.TypeWelcome, &w)
	return w
}

func TestTheNewerSocketOfASessionWins(t *testing.T) {
	h := build(t, plan{})
	ana := h.guest("Ana")
	room := ana.room(false)
	older, w := ana.join(room)
	newer := ana.dial(room)
	got := newer.hello(protocol.Hello{V: protocol.Version, Session: w.Session})
	require.Equal(t, w.Self.M, got.Self.M)
	require.Len(t, got.Members, 1, "[P22] it is still one member")
	older.endsWith(protocol.CloseReplaced)
	newer.ping(1)
}

func TestATokenHoldsForItsUserAndRoomOnly(t *testing.T) {
	h := build(t, plan{})
	ana, ben := h.guest("Ana"), h.guest("Ben")
	room, other := ana.room(false), ana.room(false)
	_, w := ana.join(room)
	for name, try := range map[string]struct {
		who   *person
		room  string
		token string
	}{
		"another user":  {ben, room, w.Session},
		"another room":  {ana, other, w.Session},
		"changed":       {ana, room, "x" + w.Session},
		"never a token": {ana, room, "....."},
	} {
		t.Run(name, func(t *testing.T) {
			got := try.who.dial(try.room).hello(protocol.Hello{V: protocol.Version, Session: try.token})
			require.NotEqual(t, w.Self.Session, got.Self.Session)
			require.Equal(t, try.who.id, got.Self.User)
		})
	}
}

func TestASessionKeepsItsNameOverARestart(t *testing.T) {
	h := build(t, plan{})
	ana := h.guest("Ana")
	room := ana.room(false)
	c, w := ana.join(room)
	change := note("kept")
	rev := c.change(1, change).Rev
	h.close()

	later := build(t, plan{dir: h.dir})
	ana.house = later
	got := ana.dial(room).hello(protocol.Hello{V: protocol.Version, Session: w.Session, Resume: &protocol.Resume{
		Epoch: w.Epoch, Rev: rev, LastChange: change.ID,
	}})
	require.True(t, got.Resumed)
	require.Equal(t, w.Self.Session, got.Self.Session)
}

func TestAUserHasSoManySockets(t *testing.T) {
	h := build(t, plan{})
	ana := h.guest("Ana")
	room := ana.room(false)
	for range protocol.DefaultLimits().SocketsPerUser {
		ana.dial(room)
	}
	c := ana.dial(room)
	_, refusal := c.reply(0)
	require.Equal(t, protocol.CodeRateLimited, refusal.Code, "[P74] sockets_per_user")
	require.True(t, protocol.CloseCode(c.ended().Code).Reconnect())
	h.guest("Ben").join(room)
}

func TestAFullRoomTakesNobodyElse(t *testing.T) {
	h := build(t, plan{limits: func(l *protocol.Limits) { l.MembersPerRoom = 1 }})
	ana := h.guest("Ana")
	room := ana.room(false)
	first, _ := ana.join(room)
	c := ana.dial(room)
	c.command(protocol.TypeHello, 0, protocol.Hello{V: protocol.Version})
	_, refusal := c.reply(0)
	require.Equal(t, protocol.CodeUnavailable, refusal.Code, "[P74] members_per_room")
	c.endsWith(protocol.CloseRoomUnavailable)
	first.ping(1)
}
