package hub_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/require"

	"atelier/protocol"
)

// TestRejectVectorsAreAnsweredAsTheProtocolSays sends every must-reject vector to a live room: its socket is closed or kept
// as the vector says, and the room stays as it was.
func TestRejectVectorsAreAnsweredAsTheProtocolSays(t *testing.T) {
	h := build(t, plan{limits: func(l *protocol.Limits) { l.SocketsPerUser = 1000 }})
	ana := h.as(protocol.RoleOwner) // who may do everything
	room := ana.room(false)
	witness, _ := ana.join(room)
	paths, err := filepath.Glob("../protocol/testdata/vectors/*.json")
	require.NoError(t, err)
	tried := 0
	for _, path := range paths {
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		var file struct {
			Message string
			From    string
			Reject  []struct{ Name, Rule, Hex, Answer string }
		}
		require.NoError(t, json.Unmarshal(text, &file))
		if file.From != "client" {
			continue
		}
		for _, v := range file.Reject {
			tried++
			t.Run(file.Message+"/["+v.Rule+"] "+v.Name, func(t *testing.T) {
				wire, err := hex.DecodeString(v.Hex)
				require.NoError(t, err)
				c := ana.dial(room)
				if file.Message != "hello" {
					c.hello(protocol.Hello{V: protocol.Version})
				}
				c.write(wire)
				if code, ok := strings.CutPrefix(v.Answer, "close "); ok {
					n, err := strconv.ParseUint(code, 10, 16)
					require.NoError(t, err)
					c.endsWith(protocol.CloseCode(n))
					return
				}
				var e protocol.Error
				_, refusal := c.anyReply()
				e = *refusal
				require.Equal(t, v.Answer, string(e.Code))
				if file.Message == "hello" {
					c.hello(protocol.Hello{V: protocol.Version})
				}
				c.ping(900)
			})
		}
	}
	require.Greater(t, tried, 20)
	witness.ping(1)
	var canvas struct{ Rev int64 }
	ana.ok("GET", "/v1/rooms/"+room+"/records", nil, &canvas)
	require.Zero(t, canvas.Rev)
}

// anyReply reads the next error, whatever it answers.
func (c *peer) anyReply() (req []byte, refusal *protocol.Error) {
	c.t.Helper()
	rest := c.await(protocol.TypeError)
	refusal = new(protocol.Error)
	for skip := range 10 { // the request id is of any width
		if skip < len(rest) && protocol.DecodeBody(rest[skip:], refusal) == nil && refusal.Code != "" {
			return rest[:skip], refusal
		}
	}
	require.Fail(c.t, "no error body")
	return nil, nil
}

func TestATextMessageIsRefused(t *testing.T) {
	h := build(t, plan{})
	ana := h.guest("Ana")
	c, _ := ana.join(ana.room(false))
	require.NoError(t, c.ws.Write(t.Context(), websocket.MessageText, []byte("hello")), "[P1] a text message can be sent")
	c.endsWith(1003)
}

func TestAMessageBeyondTheLimitIsRefused(t *testing.T) {
	h := build(t, plan{})
	ana := h.guest("Ana")
	room := ana.room(false)
	limit := protocol.DefaultLimits().MessageBytes
	pad := func(n int) []byte { // one ping of n bytes
		b := protocol.AppendCommand(nil, protocol.TypePing, 1, map[string]string{"pad": ""})
		body := protocol.AppendCommand(nil, protocol.TypePing, 1, map[string]string{"pad": strings.Repeat("x", n-len(b)-2)})
		require.Len(t, body, n)
		return body
	}
	c, _ := ana.join(room)
	c.write(pad(limit))
	_, refusal := c.reply(1)
	require.Nil(t, refusal, "[P16] a message just within the limit")
	c.write(pad(limit + 1))
	c.endsWith(1009)

	c, _ = ana.join(room)
	_ = c.ws.Write(t.Context(), websocket.MessageBinary, make([]byte, 8<<20))
	c.endsWith(1009)
}

func TestAnUnknownCommandIsAnsweredAndTheSocketKept(t *testing.T) {
	h := build(t, plan{})
	ana := h.guest("Ana")
	c, _ := ana.join(ana.room(false))
	c.command(protocol.Type(99), 7, nil)
	_, refusal := c.reply(7)
	require.Equal(t, protocol.CodeInvalidInput, refusal.Code)
	c.ping(8)
}

func TestUnknownAndForbiddenRoomsLookTheSame(t *testing.T) {
	h := build(t, plan{})
	ana, ben := h.guest("Ana"), h.guest("Ben")
	private := ana.room(true)
	ana.join(private)
	for _, room := range []string{private, "nowhere", strings.Repeat("a", 65), "%2e%2e"} {
		c := ben.dial(room)
		_, refusal := c.reply(0)
		require.Equal(t, protocol.CodeNotFound, refusal.Code, "[P0] told over the socket")
		require.Equal(t, "no such room", refusal.Message)
		c.endsWith(protocol.CloseRoomDeleted)
	}
}

func TestNobodyIsToldToSignIn(t *testing.T) {
	h := build(t, plan{})
	room := h.guest("Ana").room(false)
	for _, p := range []*person{{house: h}, {house: h, cookie: "wrong"}, {house: h, key: "atl_wrong"}, {house: h, key: "wrong"}} {
		c := p.dial(room)
		_, refusal := c.reply(0)
		require.Equal(t, protocol.CodeAuthRequired, refusal.Code, "[P0] told over the socket")
		c.endsWith(protocol.CloseUnauthenticated)
	}
}

// TestASlowReaderIsCutAndNobodyElseSlowed has one member that never reads while two others talk.
func TestASlowReaderIsCutAndNobodyElseSlowed(t *testing.T) {
	h := build(t, plan{limits: func(l *protocol.Limits) { l.CommandsPerSec, l.CommandBurst = 1e6, 1e6 }})
	ana, ben := h.guest("Ana"), h.guest("Ben")
	room := ana.room(false)
	slow, w := ben.join(room)
	a, _ := ana.join(room)
	b, _ := ana.join(room)

	noise := append([]byte{0xda, 0x0f, 0xa0}, bytes.Repeat([]byte("x"), 4000)...) // a string of 4 000 bytes
	var worst time.Duration
	cut := ""
	for req := uint64(1); cut == ""; req++ {
		require.Less(t, req, uint64(10_000), "never cut")
		began := time.Now()
		a.command(protocol.TypeEvent, req, protocol.Event{Topic: "noise", Data: noise})
		_, refusal := a.reply(req)
		require.Nil(t, refusal)
		b.await(protocol.TypeNotice)
		worst = max(worst, time.Since(began))
		select {
		case cut = <-h.cuts:
		default:
		}
	}
	require.Equal(t, "overflow", cut, "[P24] who reads nothing is cut")
	require.Less(t, worst, time.Second)

	require.NoError(t, slow.ws.CloseNow())
	got := ben.dial(room).hello(protocol.Hello{V: protocol.Version, Session: w.Session})
	require.Equal(t, w.Self.M, got.Self.M, "the session goes on")
}
