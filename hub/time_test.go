package hub_test

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/require"

	"atelier/hub/auth"
	"atelier/protocol"
)

// inBubble runs a test on a house whose time is the bubble's.
func inBubble(t *testing.T, test func(h *house)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		p := newPipes()
		h := build(t, plan{listener: p, dial: p.dial})
		test(h)
		h.close()
	})
}

// listen reads in the background, which answers pings, until the socket ends.
func (c *peer) listen() (ended <-chan struct{}) {
	done := make(chan struct{})
	go func() {
		for {
			if _, err := c.next(); err != nil {
				close(done)
				return
			}
		}
	}()
	return done
}

func TestASessionLingersFor15Seconds(t *testing.T) {
	inBubble(t, func(h *house) {
		t := h.t
		ana, ben := h.guest("Ana"), h.guest("Ben")
		room := ana.room(false)
		b, _ := ben.join(room)
		a, w := ana.join(room)
		require.NoError(t, a.ws.CloseNow())
		lost := time.Now()
		var gone protocol.Members
		for len(gone.Left) == 0 {
			b.body(protocol.TypeMembers, &gone)
		}
		require.Equal(t, []uint32{w.Self.M}, gone.Left)
		require.InDelta(t, protocol.SessionLinger.Seconds(), time.Since(lost).Seconds(), 0.2)
		require.NoError(t, b.ws.CloseNow())
	})
}

func TestASessionThatComesBackInTimeStays(t *testing.T) {
	inBubble(t, func(h *house) {
		t := h.t
		ana := h.guest("Ana")
		room := ana.room(false)
		a, w := ana.join(room)
		require.NoError(t, a.ws.CloseNow())
		time.Sleep(protocol.SessionLinger - time.Second)
		again := ana.dial(room)
		require.Equal(t, w.Self.M, again.hello(protocol.Hello{V: protocol.Version, Session: w.Session}).Self.M)
		ended := again.listen()
		time.Sleep(2 * protocol.SessionLinger)
		require.Equal(t, 1, h.registry.Loaded(room).Members(t.Context()))
		require.NoError(t, again.ws.CloseNow())
		<-ended
	})
}

func TestTheOlderSocketsEndDoesNotEndTheSession(t *testing.T) {
	inBubble(t, func(h *house) {
		t := h.t
		ana := h.guest("Ana")
		room := ana.room(false)
		older, w := ana.join(room)
		lost := older.listen()
		newer := ana.dial(room)
		require.Equal(t, w.Self.M, newer.hello(protocol.Hello{V: protocol.Version, Session: w.Session}).Self.M)
		<-lost
		ended := newer.listen()
		time.Sleep(2 * protocol.SessionLinger)
		require.Equal(t, 1, h.registry.Loaded(room).Members(t.Context()))
		require.NoError(t, newer.ws.CloseNow())
		<-ended
	})
}

func TestHelloComesWithinFiveSeconds(t *testing.T) {
	inBubble(t, func(h *house) {
		t := h.t
		ana := h.guest("Ana")
		c := ana.dial(ana.room(false))
		began := time.Now()
		c.endsWith(protocol.CloseProtocol)
		require.Equal(t, protocol.HelloTimeout, time.Since(began), "[P3] nothing for five seconds ends the socket")
	})
}

func TestWhoAnswersPingsStays(t *testing.T) {
	inBubble(t, func(h *house) {
		t := h.t
		ana := h.guest("Ana")
		c, _ := ana.join(ana.room(false))
		ended := c.listen()
		time.Sleep(10 * protocol.HeartbeatEvery)
		select {
		case <-ended:
			require.Fail(t, "was closed")
		default:
		}
		require.NoError(t, c.ws.CloseNow())
		<-ended
	})
}

func TestWhoIsSilentIsClosed(t *testing.T) {
	inBubble(t, func(h *house) {
		t := h.t
		ana := h.guest("Ana")
		room := ana.room(false)
		c, _ := ana.join(room)
		// The peer's library answers pings while it reads, and here it does not read: the ping cannot even be written.
		time.Sleep(protocol.HeartbeatEvery + protocol.HeartbeatTimeout + 10*time.Second)
		_, err := c.next()
		require.Error(t, err)
		select {
		case why := <-h.cuts:
			require.Equal(t, "timeout", why, "[P72] no answer to a ping ends the socket")
		default:
			require.Fail(t, "was not cut")
		}
	})
}

func TestContinuedAbuseIsClosedAfterTenSeconds(t *testing.T) {
	inBubble(t, func(h *house) {
		t := h.t
		ana := h.guest("Ana")
		c, _ := ana.join(ana.room(false))
		limited := 0
		began := time.Now()
		var ended error
		for req := uint64(1); ended == nil; req++ {
			if req%25 == 0 {
				time.Sleep(100 * time.Millisecond) // 250/s, twice what is allowed
			}
			c.command(protocol.TypePing, req, nil)
			var m message
			for m.typ != protocol.TypeOK && m.typ != protocol.TypeError && ended == nil {
				m, ended = c.next()
			}
			if m.typ == protocol.TypeError {
				limited++
			}
		}
		require.Equal(t, websocket.StatusCode(protocol.CloseForbidden), websocket.CloseStatus(ended))
		require.Greater(t, limited, 100)
		require.InDelta(t, 11.8, time.Since(began).Seconds(), 1, "the burst lasts 1.8 s, then ten seconds of abuse")
	})
}

func TestATicketHoldsOnceAndFor30Seconds(t *testing.T) {
	inBubble(t, func(h *house) {
		t := h.t
		ana := h.guest("Ana")
		room, other := ana.room(false), ana.room(false)
		ticket := func() string {
			var out struct{ Ticket string }
			ana.ok(http.MethodPost, "/v1/tickets", map[string]string{"room": room}, &out)
			return out.Ticket
		}
		with := func(room, ticket string) *peer {
			nobody := &person{house: h}
			return nobody.dialWith(room, ticket)
		}
		one := ticket()
		c := with(room, one)
		require.Equal(t, ana.id, c.hello(protocol.Hello{V: protocol.Version}).Self.User)
		require.NoError(t, c.ws.CloseNow())
		with(room, one).endsWith(protocol.CloseUnauthenticated)
		with(other, ticket()).endsWith(protocol.CloseUnauthenticated)
		late := ticket()
		time.Sleep(auth.TicketLife)
		with(room, late).endsWith(protocol.CloseUnauthenticated)
	})
}

// dialWith opens a socket with a ticket.
func (p *person) dialWith(room, ticket string) *peer {
	p.house.t.Helper()
	ws, _, err := p.open(room+"/socket?ticket="+ticket+"#", http.Header{})
	require.NoError(p.house.t, err)
	return &peer{t: p.house.t, ws: ws}
}
