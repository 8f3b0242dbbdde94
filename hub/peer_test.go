package hub_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/require"
	"github.com/tinylib/msgp/msgp"
	"github.com/vmihailenco/msgpack/v5"

	"atelier/hub/auth"
	"atelier/protocol"
)

// peer is the other end of a socket.
type peer struct {
	t    testing.TB
	ws   *websocket.Conn
	seen []message // arrived and not asked for yet
}

// message is one server message.
type message struct {
	typ  protocol.Type
	rest []byte // after the type
}

// dial opens a room's socket without a hello.
func (p *person) dial(room string) *peer {
	p.house.t.Helper()
	ws, status, err := p.open(room, http.Header{})
	require.NoError(p.house.t, err)
	require.Equal(p.house.t, http.StatusSwitchingProtocols, status)
	return &peer{t: p.house.t, ws: ws}
}

func (p *person) open(room string, header http.Header) (ws *websocket.Conn, status int, err error) {
	switch {
	case p.key != "":
		header.Set("Authorization", "Bearer "+p.key)
	case p.cookie != "":
		header.Set("Cookie", auth.CookieName+"="+p.cookie)
	}
	ws, res, err := websocket.Dial(p.house.t.Context(), p.house.url+"/v1/rooms/"+room+"/socket", &websocket.DialOptions{
		HTTPClient: p.house.client, HTTPHeader: header, Subprotocols: []string{protocol.Subprotocol},
	})
	if err == nil {
		ws.SetReadLimit(64 << 20)
		p.house.t.Cleanup(func() { _ = ws.CloseNow() })
	}
	if res != nil {
		status = res.StatusCode
		if res.Body != nil { // none when it was upgraded
			_ = res.Body.Close()
		}
	}
	return ws, status, err
}

// join opens a room's socket and says hello.
func (p *person) join(room string) (*peer, protocol.Welcome) {
	p.house.t.Helper()
	c := p.dial(room)
	w := c.hello(protocol.Hello{V: protocol.Version})
	return c, w
}

// hello says hello and reads up to the live mark.
func (c *peer) hello(h protocol.Hello) (w protocol.Welcome) {
	c.t.Helper()
	c.command(protocol.TypeHello, 0, h)
	c.body(protocol.TypeWelcome, &w)
	c.await(protocol.TypeLive)
	return w
}

func (c *peer) command(t protocol.Type, req uint64, body any) {
	c.t.Helper()
	c.write(protocol.AppendCommand(nil, t, req, body))
}

func (c *peer) write(b []byte) {
	c.t.Helper()
	require.NoError(c.t, c.ws.Write(c.t.Context(), websocket.MessageBinary, b))
}

// next reads one message.
func (c *peer) next() (message, error) {
	for len(c.seen) == 0 {
		_, b, err := c.ws.Read(context.WithoutCancel(c.t.Context()))
		if err != nil {
			return message{}, err
		}
		for len(b) > 0 {
			rest, err := msgp.Skip(b)
			require.NoError(c.t, err)
			_, body, err := msgp.ReadArrayHeaderBytes(b[:len(b)-len(rest)])
			require.NoError(c.t, err)
			typ, body, err := msgp.ReadUint8Bytes(body)
			require.NoError(c.t, err)
			c.seen = append(c.seen, message{protocol.Type(typ), body})
			b = rest
		}
	}
	m := c.seen[0]
	c.seen = c.seen[1:]
	return m, nil
}

// await reads up to a message of a type.
func (c *peer) await(t protocol.Type) []byte {
	c.t.Helper()
	for {
		m, err := c.next()
		require.NoError(c.t, err)
		if m.typ == t {
			return m.rest
		}
		if m.typ == protocol.TypeError && t != protocol.TypeError {
			require.Fail(c.t, "an error came", "%x", m.rest)
		}
	}
}

func (c *peer) body(t protocol.Type, into any) {
	c.t.Helper()
	require.NoError(c.t, protocol.DecodeBody(c.await(t), into))
}

// reply reads up to the reply to a command: its body, or its error.
func (c *peer) reply(req uint64) (body []byte, refusal *protocol.Error) {
	c.t.Helper()
	for {
		m, err := c.next()
		require.NoError(c.t, err)
		if m.typ != protocol.TypeOK && m.typ != protocol.TypeError {
			continue
		}
		var to uint64
		if msgp.IsNil(m.rest) {
			m.rest, err = msgp.ReadNilBytes(m.rest)
		} else {
			to, m.rest, err = msgp.ReadUint64Bytes(m.rest)
		}
		require.NoError(c.t, err)
		require.Equal(c.t, req, to)
		if m.typ == protocol.TypeOK {
			return m.rest, nil
		}
		refusal = new(protocol.Error)
		require.NoError(c.t, protocol.DecodeBody(m.rest, refusal))
		return nil, refusal
	}
}

// ping is answered while the socket lives.
func (c *peer) ping(req uint64) {
	c.t.Helper()
	c.command(protocol.TypePing, req, nil)
	_, refusal := c.reply(req)
	require.Nil(c.t, refusal, "[P56] a ping is answered by ok")
}

// ended reads up to the end of the socket.
func (c *peer) ended() websocket.CloseError {
	c.t.Helper()
	for {
		if _, err := c.next(); err != nil {
			var e websocket.CloseError
			require.ErrorAs(c.t, err, &e)
			return e
		}
	}
}

func (c *peer) endsWith(code protocol.CloseCode) string {
	c.t.Helper()
	e := c.ended()
	require.Equal(c.t, websocket.StatusCode(code), e.Code, e.Reason)
	return e.Reason
}

func note(text string) protocol.Change {
	id := protocol.NewID()
	return protocol.Change{ID: protocol.NewID(), Writes: []protocol.Write{
		{Record: id, Prop: protocol.PropKind, Value: protocol.String("note")},
		{Record: id, Prop: "text", Value: protocol.String(text)},
	}}
}

// change makes a change and waits until it is durable.
func (c *peer) change(req uint64, change protocol.Change) (r protocol.ChangeResult) {
	c.t.Helper()
	c.command(protocol.TypeChange, req, change)
	body, refusal := c.reply(req)
	require.Nil(c.t, refusal)
	require.NoError(c.t, msgpack.Unmarshal(body, &r))
	return r
}

func requestOf(t testing.TB, rest []byte) uint64 {
	t.Helper()
	req, _, err := msgp.ReadUint64Bytes(rest)
	require.NoError(t, err)
	return req
}
