package hub

import (
	"bufio"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/require"
	"github.com/tinylib/msgp/msgp"

	"atelier/protocol"
)

// socketPair is an outbox over a real connection, and its other end.
func socketPair(t testing.TB, limit int) (*outbox, *websocket.Conn) {
	t.Helper()
	made := make(chan *outbox, 1)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		hj := &hijacker{ResponseWriter: w, timeout: 2 * time.Second}
		ws, err := websocket.Accept(hj, r, nil)
		if err != nil {
			close(made)
			return
		}
		made <- &outbox{
			wire: hj.wire, ws: ws, limit: limit, patient: time.Second, metrics: noMetrics{}, gatherers: newGatherers(),
			log: slog.New(slog.DiscardHandler),
		}
	}))
	peer, _, err := websocket.Dial(t.Context(), server.URL, nil) //nolint:bodyclose // the library's
	require.NoError(t, err)
	peer.SetReadLimit(-1)
	o := <-made
	require.NotNil(t, o)
	t.Cleanup(func() {
		o.stop()
		o.wait()
		_ = o.ws.CloseNow()
		_ = peer.CloseNow()
		server.Close()
	})
	return o, peer
}

func frame(n int) *protocol.Frame { return protocol.Live(int64(n)) }

func big(size int) *protocol.Frame {
	return protocol.Seal(msgp.AppendString(msgp.AppendArrayHeader(protocol.NewBuffer(size), 1), string(make([]byte, size))))
}

func expect(t *testing.T, peer *websocket.Conn, frames ...*protocol.Frame) {
	t.Helper()
	for i, f := range frames {
		typ, got, err := peer.Read(t.Context())
		require.NoError(t, err, "frame %d", i)
		require.Equal(t, websocket.MessageBinary, typ)
		require.Equal(t, f.Payload(), got, "frame %d", i)
	}
}

// pages is a catch-up that waits before each frame until it is let on.
type pages struct {
	frames []*protocol.Frame
	on     chan struct{}
	err    error
}

func (p *pages) Next(ctx context.Context) (*protocol.Frame, error) {
	select {
	case <-p.on:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if len(p.frames) == 0 {
		return nil, p.err
	}
	f := p.frames[0]
	p.frames = p.frames[1:]
	return f, nil
}

func TestCatchUpComesBeforeWhatHappensMeanwhile(t *testing.T) {
	o, peer := socketPair(t, 1<<20)
	p := &pages{frames: []*protocol.Frame{frame(1), big(300 << 10), frame(3)}, on: make(chan struct{})}
	want := []*protocol.Frame{frame(0), frame(1), p.frames[1], frame(3), frame(4), frame(5), frame(9)}
	o.Begin(frame(0), p)
	o.Ordered(frame(4))
	require.True(t, o.Latest(frame(8)))
	require.False(t, o.Latest(frame(7)), "one is pending")
	o.Keyframe(frame(9))
	o.Ordered(frame(5))
	close(p.on)
	expect(t, peer, want...)
}

func TestTheOrderedLaneGoesAheadOfTheLatest(t *testing.T) {
	o, peer := socketPair(t, 1<<20)
	p := &pages{on: make(chan struct{})}
	o.Begin(frame(0), p)
	expect(t, peer, frame(0))
	require.True(t, o.Latest(frame(99)))
	var want []*protocol.Frame
	for i := range 500 {
		f := frame(i)
		if i%100 == 0 {
			f = big(20 << 10) // goes by itself, in its place
		}
		want = append(want, f)
		o.Ordered(f)
	}
	close(p.on)
	expect(t, peer, append(want, frame(99))...)
}

func TestAFullOrderedLaneCutsTheSocket(t *testing.T) {
	o, peer := socketPair(t, 100<<10)
	p := &pages{on: make(chan struct{})}
	o.Begin(frame(0), p)
	expect(t, peer, frame(0))
	for range 4 {
		o.Ordered(big(24 << 10))
	}
	require.False(t, o.closed())
	o.Ordered(big(24 << 10))
	require.True(t, o.closed())
	_, _, err := peer.Read(t.Context())
	require.Error(t, err)
	require.Equal(t, websocket.StatusCode(-1), websocket.CloseStatus(err), "it cannot be told")
	require.True(t, o.Latest(frame(1)), "nobody is asked for a keyframe any more")
}

func TestTheCatchUpIsNoPartOfTheLanesBudget(t *testing.T) {
	o, peer := socketPair(t, 1<<10)
	p := &pages{frames: []*protocol.Frame{big(1 << 20), big(1 << 20)}, on: make(chan struct{})}
	want := []*protocol.Frame{frame(0), p.frames[0], p.frames[1]}
	close(p.on)
	o.Begin(frame(0), p)
	expect(t, peer, want...)
	require.False(t, o.closed())
}

func TestACatchUpThatFailsIsToBeTriedAgain(t *testing.T) {
	o, peer := socketPair(t, 1<<20)
	p := &pages{on: make(chan struct{}), err: errors.New("no store")}
	close(p.on)
	o.Begin(frame(0), p)
	o.Ordered(frame(1))
	expect(t, peer, frame(0))
	_, _, err := peer.Read(t.Context())
	require.Equal(t, websocket.StatusCode(protocol.CloseRoomUnavailable), websocket.CloseStatus(err))
}

func TestCloseComesAfterTheOrderedLane(t *testing.T) {
	o, peer := socketPair(t, 1<<20)
	go func() { _, _, _ = o.ws.Reader(context.Background()) }()
	p := &pages{on: make(chan struct{})}
	o.Begin(frame(0), p)
	o.Ordered(frame(1))
	o.Latest(frame(2))
	o.Close(protocol.CloseRoomDeleted, "gone")
	o.Ordered(frame(3))
	o.Close(protocol.CloseForbidden, "later")
	close(p.on)
	expect(t, peer, frame(0), frame(1))
	_, _, err := peer.Read(t.Context())
	var e websocket.CloseError
	require.ErrorAs(t, err, &e)
	require.Equal(t, websocket.CloseError{Code: 4103, Reason: "gone"}, e)
}

func TestAPeerThatTakesNothingIsCutAfterTheTimeout(t *testing.T) {
	ours, theirs := net.Pipe()
	t.Cleanup(func() { _ = theirs.Close() })
	w := &wire{Conn: ours, timeout: 20 * time.Millisecond}
	o := &outbox{wire: w, limit: 1 << 20, metrics: noMetrics{}, gatherers: newGatherers()}
	o.Ordered(frame(1))
	o.drains.Wait()
	require.True(t, o.closed())
}

func TestAWireWritesEachFrameWhole(t *testing.T) {
	ours, theirs := net.Pipe()
	w := &wire{Conn: ours, timeout: 5 * time.Second}
	size := 3 * writePiece
	done := make(chan struct{})
	for _, c := range []byte("abc") {
		go func() {
			b := make([]byte, size)
			for i := range b {
				b[i] = c
			}
			_, _ = w.Write(b)
			done <- struct{}{}
		}()
	}
	r := bufio.NewReader(theirs)
	for range 3 {
		b := make([]byte, size)
		_, err := io.ReadFull(r, b)
		require.NoError(t, err)
		for i := range b {
			require.Equal(t, b[0], b[i])
		}
	}
	for range 3 {
		<-done
	}
	require.NoError(t, ours.Close())
}

// BenchmarkDelivery is what one frame of a room's tick costs for each of 50 members, from the outbox to the kernel and
// through it to a reader.
func BenchmarkDelivery(b *testing.B) {
	const members = 50
	boxes := make([]*outbox, members)
	for i := range boxes {
		o, peer := socketPair(b, 1<<20)
		boxes[i] = o
		conn := peer
		go func() {
			buf := make([]byte, 4096)
			for {
				_, r, err := conn.Reader(context.Background())
				if err != nil {
					return
				}
				for err == nil {
					_, err = r.Read(buf)
				}
			}
		}()
	}
	f := big(500)
	b.ReportAllocs()
	for b.Loop() {
		for _, o := range boxes {
			if !o.Latest(f) {
				o.Keyframe(f)
			}
		}
		for _, o := range boxes {
			o.drains.Wait()
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/members, "ns/delivery")
}
