package client_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/require"

	"atelier/client"
	"atelier/protocol"
)

// fake is a server whose every word a test says: sockets come out of next, in order.
type fake struct {
	*httptest.Server
	t       *testing.T
	sockets chan *peer
	over    chan struct{}          // closed when the test ends
	refuse  func() *protocol.Error // of the handshake, when it is set
	put     http.HandlerFunc       // answers uploads
}

// peer is the server's end of one socket.
type peer struct {
	t     *testing.T
	conn  *websocket.Conn
	hello protocol.Hello
	rest  []byte // of the last message
	gone  chan struct{}
	once  sync.Once
}

const patience = 10 * time.Second

func newFake(t *testing.T) *fake {
	t.Helper()
	f := &fake{t: t, sockets: make(chan *peer), over: make(chan struct{})}
	f.Server = httptest.NewServer(http.HandlerFunc(f.accept))
	t.Cleanup(func() {
		close(f.over)
		f.Close()
	})
	return f
}

func (f *fake) accept(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodPut {
		f.put(w, r)
		return
	}
	if f.refuse != nil {
		if e := f.refuse(); e != nil {
			w.WriteHeader(e.Code.HTTPStatus())
			return
		}
	}
	conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{Subprotocols: []string{protocol.Subprotocol}})
	if err != nil {
		return
	}
	defer conn.CloseNow() //nolint:errcheck // gone either way
	p := &peer{t: f.t, conn: conn, gone: make(chan struct{})}
	_, b, err := conn.Read(r.Context())
	if err != nil {
		return
	}
	cmd, _, err := protocol.ReadCommand(b)
	if err != nil || cmd.Type != protocol.TypeHello || protocol.DecodeBody(cmd.Body, &p.hello) != nil {
		return
	}
	select {
	case f.sockets <- p:
		<-p.gone
	case <-f.over:
	}
}

// next is the next socket, after its hello.
func (f *fake) next() *peer {
	f.t.Helper()
	select {
	case p := <-f.sockets:
		f.t.Cleanup(p.cut)
		return p
	case <-time.After(patience):
		require.FailNow(f.t, "no socket came")
		return nil
	}
}

// cut drops the socket without a word.
func (p *peer) cut() {
	p.once.Do(func() {
		_ = p.conn.CloseNow()
		close(p.gone)
	})
}

func (p *peer) closeWith(code protocol.CloseCode, reason string) {
	_ = p.conn.Close(websocket.StatusCode(code), reason)
	p.once.Do(func() { close(p.gone) })
}

func (p *peer) send(frames ...*protocol.Frame) {
	p.t.Helper()
	var b []byte
	for _, f := range frames {
		b = append(b, f.Payload()...)
	}
	require.NoError(p.t, p.conn.Write(context.Background(), websocket.MessageBinary, b))
}

// recv is the next command.
func (p *peer) recv() protocol.Command {
	p.t.Helper()
	if len(p.rest) == 0 {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		_, b, err := p.conn.Read(ctx)
		require.NoError(p.t, err)
		require.NoError(p.t, protocol.Validate(b))
		p.rest = b
	}
	cmd, rest, err := protocol.ReadCommand(p.rest)
	require.NoError(p.t, err)
	p.rest = rest
	return cmd
}

// recvAs is the next command, which is of a type, with its body.
func recvAs[B any](p *peer, want protocol.Type) (req uint64, body B) {
	p.t.Helper()
	cmd := p.recv()
	require.Equal(p.t, want, cmd.Type)
	require.NoError(p.t, protocol.DecodeBody(cmd.Body, &body))
	return cmd.Req, body
}

func (p *peer) recvChange() (uint64, protocol.Change) {
	p.t.Helper()
	cmd := p.recv()
	require.Equal(p.t, protocol.TypeChange, cmd.Type)
	var c protocol.Change
	require.NoError(p.t, protocol.DecodeBody(cmd.Body, &c))
	return cmd.Req, c
}

const epoch = "first"

func welcome(m uint32, rev int64, last string) *protocol.Welcome {
	self := protocol.Member{M: m, Session: "s", User: "u", Name: "Ana", Role: protocol.RoleEditor}
	return &protocol.Welcome{
		Self: self, Session: "secret", Room: protocol.RoomInfo{ID: "room", Name: "Room"}, Epoch: epoch, Rev: rev,
		LastChange: last, Members: []protocol.Member{self}, Limits: protocol.DefaultLimits(), HeartbeatMS: 25_000,
	}
}

func resumed(w *protocol.Welcome) *protocol.Welcome {
	w.Resumed = true
	return w
}

func hail(w *protocol.Welcome) *protocol.Frame { return protocol.Message(protocol.TypeWelcome, w) }

func committed(changes ...protocol.Committed) *protocol.Frame {
	b := protocol.AppendChanges(protocol.NewBuffer(256), len(changes))
	for i := range changes {
		b = protocol.AppendCommitted(b, &changes[i])
	}
	return protocol.Seal(b)
}

func change(rev int64, id string, writes ...protocol.Write) protocol.Committed {
	return protocol.Committed{Rev: rev, Session: "s", User: "u", At: 1, ID: id, Writes: writes}
}

func note(id, text string) []protocol.Write {
	return []protocol.Write{
		client.Set(id, protocol.PropKind, protocol.String(string(protocol.KindNote))),
		client.Set(id, "text", protocol.String(text)),
	}
}

func options(f *fake) client.Options {
	return client.Options{URL: f.URL, Room: "room", Key: "atl_key", Jitter: func() float64 { return 0 }}
}

// join joins a room at revision 0 and gives both ends.
func join(t *testing.T, f *fake, o client.Options) (*client.Room, *peer) {
	t.Helper()
	joined := make(chan *client.Room, 1)
	go func() {
		room, err := client.Join(context.Background(), o)
		if err != nil {
			t.Errorf("join: %v", err)
		}
		joined <- room
	}()
	p := f.next()
	p.send(hail(welcome(1, 0, "")), protocol.Live(0))
	room := <-joined
	require.NotNil(t, room)
	t.Cleanup(func() { _ = room.Close() })
	return room, p
}

func soon(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	t.Cleanup(cancel)
	return ctx
}
