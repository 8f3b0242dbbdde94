package fanouttest

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"atelier/hub/fanout"
)

// patience is for what has to come.
const patience = 20 * time.Second

// Ear is a receiver that a test looks into.
type Ear struct {
	mu    sync.Mutex
	heard [][]byte
	lost  int
	news  chan struct{}
}

// NewEar makes an ear that has heard nothing.
func NewEar() *Ear { return &Ear{news: make(chan struct{}, 1)} }

// Receive implements [fanout.Receiver].
func (e *Ear) Receive(b []byte) {
	e.mu.Lock()
	e.heard = append(e.heard, b)
	e.mu.Unlock()
	e.ring()
}

// Lost implements [fanout.Receiver].
func (e *Ear) Lost() {
	e.mu.Lock()
	e.lost++
	e.mu.Unlock()
	e.ring()
}

func (e *Ear) ring() {
	select {
	case e.news <- struct{}{}:
	default:
	}
}

// Until waits until what was heard, and how often something was lost, is as it should be.
func (e *Ear) Until(t testing.TB, what string, ok func(heard [][]byte, lost int) bool) {
	t.Helper()
	deadline := time.After(patience)
	for {
		e.mu.Lock()
		heard, lost := e.heard, e.lost
		e.mu.Unlock()
		if ok(heard, lost) {
			return
		}
		select {
		case <-e.news:
		case <-deadline:
			t.Fatalf("%s: heard %d, lost %d times", what, len(heard), lost)
		}
	}
}

// Listens waits until the ear was told so often that listening has begun.
func (e *Ear) Listens(t testing.TB, times int) {
	t.Helper()
	e.Until(t, "listens", func(_ [][]byte, lost int) bool { return lost >= times })
}

// Losses is how often something may have been lost so far.
func (e *Ear) Losses() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.lost
}

// Heard is what was heard so far.
func (e *Ear) Heard() [][]byte {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.heard
}

// Hears waits for a message.
func (e *Ear) Hears(t testing.TB, message string) {
	t.Helper()
	e.Until(t, "hears "+message, func(heard [][]byte, _ int) bool {
		for _, b := range heard {
			if string(b) == message {
				return true
			}
		}
		return false
	})
}

// Run runs the suite over transports that hear one another.
func Run(t *testing.T, open func(t *testing.T) fanout.Transport) {
	t.Helper()
	two := func(t *testing.T) (a, b fanout.Transport) {
		t.Helper()
		a, b = open(t), open(t)
		t.Cleanup(func() {
			require.NoError(t, a.Close(context.Background()))
			require.NoError(t, b.Close(context.Background()))
		})
		return a, b
	}
	t.Run("everybody hears, the publisher included", func(t *testing.T) {
		a, b := two(t)
		here, there, other := NewEar(), NewEar(), NewEar()
		defer a.Subscribe("x", here)()
		defer b.Subscribe("x", there)()
		defer b.Subscribe("y", other)()
		for _, e := range []*Ear{here, there, other} {
			e.Listens(t, 1)
		}
		a.Publish("x", []byte("hello"))
		here.Hears(t, "hello")
		there.Hears(t, "hello")
		b.Publish("y", []byte("end"))
		other.Hears(t, "end")
		require.Len(t, other.Heard(), 1, "only its own topic")
		state, _ := a.Health()
		require.Equal(t, fanout.Healthy, state)
	})
	t.Run("in the order of a publisher", func(t *testing.T) { inOrder(t, two) })
	t.Run("until it is cancelled", func(t *testing.T) { cancelled(t, two) })
	t.Run("two receivers of one topic", func(t *testing.T) {
		a, _ := two(t)
		first, second := NewEar(), NewEar()
		cancel := a.Subscribe("x", first)
		first.Listens(t, 1)
		defer a.Subscribe("x", second)()
		second.Listens(t, 1)
		a.Publish("x", []byte("both"))
		first.Hears(t, "both")
		second.Hears(t, "both")
		cancel()
		a.Publish("x", []byte("one"))
		second.Hears(t, "one")
		require.Len(t, first.Heard(), 1)
	})
	t.Run("many topics come and go", func(t *testing.T) { comeAndGo(t, two) })
	t.Run("large messages", func(t *testing.T) {
		a, b := two(t)
		e := NewEar()
		defer b.Subscribe("x", e)()
		e.Listens(t, 1)
		big := bytes.Repeat([]byte{0, 1, 0xff}, 400_000)
		a.Publish("x", big)
		e.Hears(t, string(big))
	})
}

func inOrder(t *testing.T, two func(*testing.T) (a, b fanout.Transport)) {
	t.Helper()
	a, b := two(t)
	e := NewEar()
	defer b.Subscribe("x", e)()
	e.Listens(t, 1)
	const each = 2000
	var publishing sync.WaitGroup
	for who, from := range map[byte]fanout.Transport{0: a, 1: b} {
		publishing.Go(func() {
			for i := range each {
				from.Publish("x", binary.BigEndian.AppendUint32([]byte{who}, uint32(i)))
			}
		})
	}
	publishing.Wait()
	e.Until(t, "everything", func(heard [][]byte, _ int) bool { return len(heard) == 2*each })
	var next [2]uint32
	for _, m := range e.Heard() {
		require.Equal(t, next[m[0]], binary.BigEndian.Uint32(m[1:]))
		next[m[0]]++
	}
}

func cancelled(t *testing.T, two func(*testing.T) (a, b fanout.Transport)) {
	t.Helper()
	a, b := two(t)
	e, witness := NewEar(), NewEar()
	defer b.Subscribe("z", witness)()
	for i := range 20 { // on and off and on again, whatever is under way
		cancel := b.Subscribe("x", e)
		e.Listens(t, 2*i+1)
		cancel()
		cancel()
		again := b.Subscribe("x", e)
		e.Listens(t, 2*i+2)
		a.Publish("x", fmt.Append(nil, i))
		e.Hears(t, strconv.Itoa(i))
		again()
	}
	witness.Listens(t, 1)
	before := len(e.Heard())
	a.Publish("x", []byte("nobody"))
	a.Publish("z", []byte("end"))
	witness.Hears(t, "end")
	require.Len(t, e.Heard(), before)
}

func comeAndGo(t *testing.T, two func(*testing.T) (a, b fanout.Transport)) {
	t.Helper()
	a, b := two(t)
	var coming sync.WaitGroup
	for i := range 200 {
		coming.Go(func() {
			topic := fmt.Sprint("topic", i)
			for range 3 {
				b.Subscribe(topic, NewEar())()
			}
			e := NewEar()
			cancel := b.Subscribe(topic, e)
			defer cancel()
			e.Listens(t, 1)
			a.Publish(topic, []byte(topic))
			e.Hears(t, topic)
		})
	}
	coming.Wait()
}
