package rooms

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"atelier/protocol"
)

// wire is the bus between the instances of a test. It loses what it is told to.
type wire struct {
	mu       sync.Mutex
	ears     map[int]Receiver
	n        int
	degraded bool
	lose     func(from uint64, k kind) bool // nil loses nothing
	told     map[kind]int
}

func newWire() *wire { return &wire{ears: make(map[int]Receiver), told: make(map[kind]int)} }

func (w *wire) Publish(_ string, b []byte) {
	w.mu.Lock()
	defer w.mu.Unlock()
	e, _ := open(b)
	w.told[e.kind]++
	if w.degraded || (w.lose != nil && w.lose(e.from, e.kind)) {
		return
	}
	for _, to := range w.ears {
		to.Receive(b)
	}
}

func (w *wire) Subscribe(_ string, to Receiver) func() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.n++
	n := w.n
	w.ears[n] = to
	to.Lost()
	return func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		delete(w.ears, n)
	}
}

func (w *wire) Degraded() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.degraded
}

func (w *wire) set(lose func(from uint64, k kind) bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.lose = lose
}

// down takes the bus away, or gives it back.
func (w *wire) down(is bool) {
	w.mu.Lock()
	ears := make([]Receiver, 0, len(w.ears))
	w.degraded = is
	for _, to := range w.ears {
		ears = append(ears, to)
	}
	w.mu.Unlock()
	if !is {
		for _, to := range ears {
			to.Lost()
		}
	}
}

func (s *memStore) Heads(context.Context, []string) (map[string]Extent, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return map[string]Extent{"room": {Rev: int64(len(s.rows)), Jobs: s.jobs}}, nil
}

// feed is a queue whose every sequence is a job of its own.
type feed struct{ *memStore }

func (f feed) Since(_ context.Context, _ string, after int64) ([]JobMessage, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	var out []JobMessage
	for seq := after + 1; seq <= f.jobs; seq++ {
		out = append(out, JobMessage{seq, jobFrame(seq)})
	}
	return out, nil
}

func jobFrame(seq int64) *protocol.Frame {
	return protocol.Message(protocol.TypeJob, &protocol.Job{JobRequest: protocol.JobRequest{ID: fmt.Sprint("job", seq)}, Seq: seq})
}

// street is several instances on one store and one bus.
type street struct {
	t      *testing.T
	store  *memStore
	locks  *lockingStore
	wire   *wire
	houses []*house
}

func onStreet(t *testing.T, n int, f func(t *testing.T, s *street)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s := &street{t: t, store: newMemStore(), wire: newWire()}
		s.locks = newLockingStore(s.store)
		for i := range n {
			h := &house{t: t, store: s.store}
			h.registry = NewRegistry(s.locks, Config{Bus: s.wire, Feed: feed{s.store}, Slot: uint32(i)})
			s.houses = append(s.houses, h)
		}
		defer func() {
			for _, h := range s.houses {
				require.NoError(t, h.registry.Close(context.Background()))
			}
		}()
		f(t, s)
	})
}

// settle lets what is on its way arrive, and ticks pass.
func (s *street) settle(guests ...*guest) {
	s.t.Helper()
	time.Sleep(200 * time.Millisecond)
	for _, g := range guests {
		g.sync()
	}
}

func names(g *guest) (out []string) {
	for _, m := range g.members {
		out = append(out, m.Name)
	}
	slices.Sort(out)
	return out
}

func TestMembersOnTwoInstancesAreInOneRoom(t *testing.T) {
	onStreet(t, 2, func(t *testing.T, s *street) {
		t.Helper()
		ana := s.houses[0].join("ana")
		ben := s.houses[1].join("ben")
		s.settle(ana, ben)
		require.Equal(t, []string{"ana", "ben"}, names(ana))
		require.Equal(t, []string{"ana", "ben"}, names(ben))
		require.NotEqual(t, ana.m, ben.m)

		made := ana.send("1", note("r")...)
		s.settle(ana, ben)
		require.Contains(t, ana.oks, made)
		require.Equal(t, ana.canvas(), ben.canvas())

		s.houses[0].room().Cursor(ana.m, 3, 4)
		s.houses[0].room().Presence(ana.m, 9, []byte{0x81, 0xa1, 'a', 1})
		s.settle(ana, ben)
		require.Equal(t, [2]float32{3, 4}, ben.cursors[ana.m])
		cara := s.houses[1].join("cara")
		s.settle(ana, ben, cara)
		require.Equal(t, [2]float32{3, 4}, cara.cursors[ana.m], "who comes later gets positions of the other instance")
		require.Equal(t, []byte{0x81, 0xa1, 'a', 1}, []byte(cara.members[ana.m].State))

		s.houses[0].room().Event(ana.m, 10, protocol.Event{Topic: "to.ben", To: protocol.Numbers{ben.m}})
		s.settle(ana, ben, cara)
		require.Len(t, ben.notices, 1)
		require.Equal(t, ana.m, ben.notices[0].From)
		require.Empty(t, cara.notices)

		s.houses[0].room().Leave(ana.m)
		s.settle(ben, cara)
		require.Equal(t, []string{"ben", "cara"}, names(ben))
	})
}

func TestOneTickIsToldToOtherInstancesAsOneMessage(t *testing.T) {
	onStreet(t, 2, func(t *testing.T, s *street) {
		t.Helper()
		var here []*guest
		for i := range 5 {
			here = append(here, s.houses[0].join(fmt.Sprint("g", i)))
		}
		far := s.houses[1].join("far")
		s.settle(append(here, far)...)
		s.wire.mu.Lock()
		before := s.wire.told[kindLatest]
		s.wire.mu.Unlock()
		for i, g := range here {
			s.houses[0].room().Cursor(g.m, float32(i), 1)
		}
		s.settle(append(here, far)...)
		s.wire.mu.Lock()
		defer s.wire.mu.Unlock()
		require.LessOrEqual(t, s.wire.told[kindLatest]-before, 2, "the first movement at once, the others together")
		for i, g := range here {
			require.Equal(t, [2]float32{float32(i), 1}, far.cursors[g.m])
		}
	})
}

func TestARoomAloneTellsNobody(t *testing.T) {
	onStreet(t, 1, func(t *testing.T, s *street) {
		t.Helper()
		ana := s.houses[0].join("ana")
		ana.send("1", note("r")...)
		s.houses[0].room().Cursor(ana.m, 3, 4)
		time.Sleep(11 * time.Second)
		synctest.Wait()
		s.wire.mu.Lock()
		defer s.wire.mu.Unlock()
		require.Zero(t, s.wire.told[kindLatest])
		require.Zero(t, s.wire.told[kindRows])
		require.Equal(t, 2, s.wire.told[kindBeat])
	})
}

func TestWhatTheBusLosesIsReadInTheStore(t *testing.T) {
	for _, lost := range []kind{kindRows, kindJob, kindMembers} {
		onStreet(t, 2, func(t *testing.T, s *street) {
			t.Helper()
			ana, ben := s.houses[0].join("ana"), s.houses[1].join("ben")
			s.settle(ana, ben)
			s.wire.set(func(_ uint64, k kind) bool { return k == lost })
			ana.send("1", note("r")...)
			s.store.putJob()
			s.houses[0].registry.Job("room", 1, jobFrame(1))
			cara := s.houses[0].join("cara")
			time.Sleep(4 * time.Second)
			s.settle(ana, ben, cara)
			require.Equal(t, ana.canvas(), ben.canvas(), "kind %d", lost)
			require.Equal(t, []int64{1}, ben.jobs, "kind %d", lost)
			s.wire.set(nil)
			time.Sleep(beatEvery)
			s.settle(ben)
			require.Equal(t, []string{"ana", "ben", "cara"}, names(ben), "kind %d", lost)
		})
	}
}

func TestWithoutTheBusEditsAndJobsGoOn(t *testing.T) {
	onStreet(t, 2, func(t *testing.T, s *street) {
		t.Helper()
		ana, ben := s.houses[0].join("ana"), s.houses[1].join("ben")
		s.settle(ana, ben)
		time.Sleep(compareEvery)
		s.wire.down(true)
		time.Sleep(compareEvery)
		for i := range 3 {
			ana.send(fmt.Sprint("a", i), note(fmt.Sprint("ra", i))...)
			ben.send(fmt.Sprint("b", i), note(fmt.Sprint("rb", i))...)
			seq := s.store.putJob()
			s.houses[0].registry.Job("room", seq, jobFrame(seq))
			time.Sleep(1200 * time.Millisecond)
			s.settle(ana, ben)
			require.Equal(t, ana.canvas(), ben.canvas())
			require.Len(t, ben.jobs, i+1)
		}
		require.Len(t, ana.oks, 3)
		require.Len(t, ben.oks, 3)
		time.Sleep(time.Minute)
		s.settle(ana, ben)
		require.Equal(t, []string{"ana", "ben"}, names(ben), "silence of a bus that is down says nothing")
		s.wire.down(false)
		s.houses[0].room().Cursor(ana.m, 7, 8)
		s.settle(ana, ben)
		require.Equal(t, [2]float32{7, 8}, ben.cursors[ana.m])
	})
}

func TestMembersOfAnInstanceThatDiedLeave(t *testing.T) {
	onStreet(t, 2, func(t *testing.T, s *street) {
		t.Helper()
		ana, ben := s.houses[0].join("ana"), s.houses[1].join("ben")
		s.settle(ana, ben)
		dead := s.houses[0].room().peers.self
		s.wire.set(func(from uint64, _ kind) bool { return from == dead })
		time.Sleep(peerTTL - time.Second)
		s.settle(ben)
		require.Equal(t, []string{"ana", "ben"}, names(ben))
		time.Sleep(beatEvery + 2*time.Second)
		s.settle(ben)
		require.Equal(t, []string{"ben"}, names(ben))
	})
}

func TestWhoIsHandedOverIsNotMissed(t *testing.T) {
	onStreet(t, 2, func(t *testing.T, s *street) {
		t.Helper()
		ana, ben := s.houses[0].join("ana"), s.houses[1].join("ben")
		s.settle(ana, ben)
		s.houses[0].registry.HandOver()
		s.houses[0].room().Leave(ana.m)
		s.settle(ben)
		require.Equal(t, []string{"ana", "ben"}, names(ben))
		require.NoError(t, s.houses[0].registry.Close(context.Background()))
		time.Sleep(2 * time.Second)
		s.settle(ben)
		require.Equal(t, []string{"ana", "ben"}, names(ben))
		ana.h = s.houses[1]
		ana.attach(nil)
		s.settle(ana, ben)
		require.Equal(t, []string{"ana", "ben"}, names(ben))
		require.Len(t, ben.members, 2)
	})
}

func TestASessionThatComesBackElsewhereIsOneMember(t *testing.T) {
	onStreet(t, 3, func(t *testing.T, s *street) {
		t.Helper()
		ana, ben, cara := s.houses[0].join("ana"), s.houses[1].join("ben"), s.houses[2].join("cara")
		ana.send("1", note("r")...)
		s.settle(ana, ben, cara)
		for _, g := range []*guest{ana, ben, cara} {
			require.Equal(t, []string{"ana", "ben", "cara"}, names(g), "as %s sees it", g.name)
		}
		first, out := ana.m, ana.out
		s.houses[0].room().Detach(ana.m, ana.out) // its socket is gone, its membership is not
		s.settle(ben)
		require.Equal(t, []string{"ana", "ben", "cara"}, names(ben))
		ana.h = s.houses[1]
		ana.attach(&protocol.Resume{Epoch: "e1", Rev: ana.rev, LastChange: ana.last})
		require.True(t, ana.welcome.Resumed)
		s.settle(ana, ben, cara)
		for _, g := range []*guest{ana, ben, cara} {
			require.Equal(t, []string{"ana", "ben", "cara"}, names(g), "as %s sees it", g.name)
			require.NotContains(t, g.members, first)
		}
		require.Equal(t, 1, s.houses[1].room().Members(t.Context())-2)
		require.Zero(t, out.closed)

		ana.h = s.houses[2] // with a second socket while the first one lives: the newer wins
		out = ana.out
		ana.attach(&protocol.Resume{Epoch: "e1", Rev: ana.rev, LastChange: ana.last})
		s.settle(ana, ben, cara)
		require.Equal(t, protocol.CloseReplaced, out.closed)
		require.Equal(t, []string{"ana", "ben", "cara"}, names(ben))
	})
}

func TestWhoHasSeenMoreElsewhereIsNotSentBack(t *testing.T) {
	onStreet(t, 2, func(t *testing.T, s *street) {
		t.Helper()
		ana, ben := s.houses[0].join("ana"), s.houses[1].join("ben")
		s.settle(ana, ben)
		s.wire.set(func(uint64, kind) bool { return true })
		ana.send("1", note("r")...)
		synctest.Wait()
		time.Sleep(10 * time.Millisecond)
		ana.sync()
		require.EqualValues(t, 1, ana.rev)
		ana.h = s.houses[1]
		ana.attach(&protocol.Resume{Epoch: "e1", Rev: ana.rev, LastChange: ana.last})
		require.True(t, ana.welcome.Resumed)
		require.EqualValues(t, 1, ana.welcome.Rev)
	})
}

func TestWhoWasBeatenJudgesUnderTheLock(t *testing.T) {
	onStreet(t, 2, func(t *testing.T, s *street) {
		t.Helper()
		ana, ben := s.houses[0].join("ana"), s.houses[1].join("ben")
		s.settle(ana, ben)
		s.wire.set(func(uint64, kind) bool { return true }) // so that each has to find out
		s.store.setFault(func([]Row) verdict { time.Sleep(5 * time.Millisecond); return store })
		ana.send("make", note("r")...)
		time.Sleep(compareEvery)
		s.settle(ana, ben)
		require.Equal(t, ana.rev, ben.rev)
		for i := range 20 {
			ana.send(fmt.Sprint("a", i), write("r", "x", num(float64(i))))
			ben.send(fmt.Sprint("b", i), write("r", "y", num(float64(i))))
			time.Sleep(3 * time.Millisecond)
		}
		time.Sleep(4 * time.Second)
		s.settle(ana, ben)
		require.Equal(t, ana.canvas(), ben.canvas())
		require.Len(t, ana.oks, 21)
		require.Len(t, ben.oks, 20)
		require.Positive(t, s.locks.locked)
	})
}

// TestBusyInstancesConverge has members of several instances write at once while the bus loses, and commits fail with unknown
// outcomes: everybody ends with one canvas, and every change is stored once.
func TestBusyInstancesConverge(t *testing.T) {
	for seed := range uint64(20) {
		onStreet(t, 3, func(t *testing.T, s *street) {
			t.Helper()
			rng := rand.New(rand.NewPCG(seed, 6))
			var mu sync.Mutex
			chance := func(p float64) bool {
				mu.Lock()
				defer mu.Unlock()
				return rng.Float64() < p
			}
			upTo := func(ms int) time.Duration {
				mu.Lock()
				defer mu.Unlock()
				return time.Duration(rng.IntN(ms)) * time.Millisecond
			}
			var guests []*guest
			for i := range 6 {
				guests = append(guests, s.houses[i%3].join(fmt.Sprint("g", i)))
			}
			s.settle(guests...)
			s.wire.set(func(uint64, kind) bool { return chance(0.2) })
			s.store.setFault(func([]Row) verdict {
				time.Sleep(upTo(30))
				if chance(0.05) {
					return refuse
				}
				if chance(0.05) {
					return storeFail
				}
				return store
			})
			sent := 0
			for round := range 40 {
				for i, g := range guests {
					if chance(0.5) {
						g.send(fmt.Sprint("c", round, "-", i), note(fmt.Sprint("r", round, "-", i))...)
						sent++
					}
				}
				time.Sleep(upTo(40))
				for _, g := range guests {
					g.sync()
				}
			}
			s.wire.set(nil)
			s.store.setFault(nil)
			time.Sleep(10 * time.Second)
			s.settle(guests...)
			acked, refused := 0, 0
			for _, g := range guests {
				require.Equal(t, guests[0].canvas(), g.canvas(), "seed %d", seed)
				require.Equal(t, guests[0].rev, g.rev)
				acked, refused = acked+len(g.oks), refused+len(g.errs)
			}
			require.Equal(t, sent, acked+refused, "everybody is answered")
			log := s.store.log()
			require.Len(t, log, int(guests[0].rev))
			ids := make(map[string]bool)
			for _, row := range log {
				require.False(t, ids[row.ID], "stored once")
				ids[row.ID] = true
			}
			require.GreaterOrEqual(t, len(log), acked)
		})
	}
}

func TestRowsAreToldWhole(t *testing.T) {
	row := Row{
		Committed: protocol.Committed{
			Rev: 7, Branch: "b", Session: "s", User: "u", At: 9, ID: "id",
			Writes: []protocol.Write{{Record: "r", Prop: "x", Value: num(1), Before: num(2), Basis: protocol.Nil}},
			Also:   []protocol.Target{{Branch: "c", Writes: []protocol.Write{{Record: "r", Prop: "y", Dropped: true, Basis: num(3)}}}},
		},
		Base: 5, Gesture: "g", Episode: "e", Undo: "un", Merged: "m", Restored: 3, Digest: [32]byte{1, 2}, Result: []byte("result"),
	}
	bare := Row{Committed: protocol.Committed{Rev: 8, ID: "bare"}}
	got, err := readRows(appendRows(nil, []Row{row, bare}))
	require.NoError(t, err)
	require.Equal(t, row, got[0])
	require.Equal(t, bare.ID, got[1].ID)
	for n := range appendRows(nil, []Row{row}) {
		_, err := readRows(appendRows(nil, []Row{row})[:n])
		require.Error(t, err)
	}
}
