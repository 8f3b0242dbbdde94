package rooms

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"atelier/protocol"
)

// house is a registry with one room on a store in memory, in a synctest bubble.
type house struct {
	t        *testing.T
	store    *memStore
	registry *Registry
}

// inHouse runs a test with virtual time; everything is still when wait returns.
func inHouse(t *testing.T, cfg Config, f func(t *testing.T, h *house)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		h := &house{t: t, store: newMemStore()}
		h.registry = NewRegistry(h.store, cfg)
		defer func() { require.NoError(t, h.registry.Close(context.Background())) }()
		f(t, h)
	})
}

func (h *house) room() *Room {
	h.t.Helper()
	r, err := h.registry.Room(h.t.Context(), "room")
	require.NoError(h.t, err)
	return r
}

// guest is a member with its stream and what it makes of it.
type guest struct {
	*replica
	h    *house
	name string
	m    uint32
	out  *stream
	req  uint64
}

func (h *house) join(name string) *guest {
	h.t.Helper()
	g := &guest{replica: newReplica(h.t), h: h, name: name}
	g.attach(nil)
	return g
}

func (g *guest) attach(resume *protocol.Resume) {
	g.t.Helper()
	g.out, g.read, g.live = &stream{}, 0, false
	m, err := g.h.room().Join(g.t.Context(), JoinRequest{
		Session: g.name, User: "user-" + g.name, Name: g.name, Role: protocol.RoleEditor, Resume: resume, Outbox: g.out,
	})
	require.NoError(g.t, err)
	g.m = m
	g.sync()
}

func (g *guest) sync() {
	g.t.Helper()
	synctest.Wait()
	g.take(g.out)
}

func (g *guest) send(changeID string, writes ...protocol.Write) uint64 {
	g.req++
	g.h.room().Change(g.m, g.req, protocol.Change{ID: id(changeID), Base: g.rev, Writes: writes})
	return g.req
}

func TestChangeIsShownToAllAndAcknowledgedAfterCommit(t *testing.T) {
	inHouse(t, Config{}, func(t *testing.T, h *house) {
		ana, ben := h.join("ana"), h.join("ben")
		release := make(chan struct{})
		h.store.setFault(func([]Row) verdict { <-release; return store })
		req := ana.send("1", note("r")...)
		ana.sync()
		ben.sync()
		require.NotContains(t, ana.oks, req, "[P30] nothing is acknowledged before it is durable")
		require.Zero(t, ben.rev, "and nothing is shown")
		close(release)
		ana.sync()
		ben.sync()
		require.Equal(t, int64(1), ana.oks[req].Rev)
		require.Equal(t, canvasOf(h.room().state), ben.canvas())
		require.Equal(t, ben.canvas(), ana.canvas())
	})
}

func TestChangesThatArriveDuringACommitGoTogether(t *testing.T) {
	inHouse(t, Config{}, func(t *testing.T, h *house) {
		ana := h.join("ana")
		release := make(chan struct{})
		h.store.setFault(func([]Row) verdict { <-release; return store })
		ana.send("0", note("r")...)
		ana.sync()
		for i := 1; i <= 100; i++ {
			ana.send(fmt.Sprint(i), write("r", "x", num(float64(i))))
		}
		close(release)
		ana.sync()
		require.Len(t, ana.oks, 101)
		require.Equal(t, 2, h.store.commits)
	})
}

func TestDuplicateChangeIDReturnsTheFirstResult(t *testing.T) {
	resend := func(t *testing.T, g *guest) {
		t.Helper()
		again := g.send("1", note("r")...)
		other := g.send("1", note("s")...)
		g.sync()
		require.Equal(t, int64(1), g.oks[again].Rev)
		require.Equal(t, protocol.CodeInvalidInput, g.errs[other].Code, "other content with the same id")
		require.Len(t, g.h.store.log(), 1)
	}
	t.Run("while it is in memory", func(t *testing.T) {
		inHouse(t, Config{}, func(t *testing.T, h *house) {
			ana := h.join("ana")
			ana.send("1", note("r")...)
			ana.sync()
			resend(t, ana)
		})
	})
	t.Run("from the log", func(t *testing.T) {
		inHouse(t, Config{}, func(t *testing.T, h *house) {
			ana := h.join("ana")
			ana.send("1", note("r")...)
			ana.sync()
			h.room().tail = newTail()
			resend(t, ana)
		})
	})
	t.Run("while it is in flight", func(t *testing.T) {
		inHouse(t, Config{}, func(t *testing.T, h *house) {
			ana := h.join("ana")
			release := make(chan struct{})
			h.store.setFault(func([]Row) verdict { <-release; return store })
			first, again := ana.send("1", note("r")...), ana.send("1", note("r")...)
			other := ana.send("1", note("s")...)
			synctest.Wait()
			close(release)
			ana.sync()
			require.Equal(t, ana.oks[first], ana.oks[again])
			require.Contains(t, ana.errs, other)
			require.Len(t, h.store.log(), 1)
		})
	})
	t.Run("from another user", func(t *testing.T) {
		inHouse(t, Config{}, func(t *testing.T, h *house) {
			ana, ben := h.join("ana"), h.join("ben")
			ana.send("1", note("r")...)
			ana.sync()
			req := ben.send("1", note("r")...)
			ben.sync()
			require.Equal(t, protocol.CodeInvalidInput, ben.errs[req].Code)
		})
	})
}

func TestUnknownOutcomeIsLookedUpBeforeItIsAnswered(t *testing.T) {
	for name, tt := range map[string]struct {
		act    verdict
		stored bool
	}{"it was stored": {storeFail, true}, "it was not": {refuse, false}} {
		t.Run(name, func(t *testing.T) {
			inHouse(t, Config{}, func(t *testing.T, h *house) {
				ana, ben := h.join("ana"), h.join("ben")
				h.store.setFault(func([]Row) verdict {
					h.store.mu.Lock()
					h.store.readFault = errFault
					h.store.mu.Unlock()
					return tt.act
				})
				req := ana.send("1", note("r")...)
				ana.sync()
				require.Empty(t, ana.oks)
				require.Empty(t, ana.errs, "neither acknowledged nor refused while the log does not answer")
				h.store.mu.Lock()
				h.store.readFault, h.store.fault = nil, nil
				h.store.mu.Unlock()
				time.Sleep(3 * time.Second)
				ana.sync()
				ben.sync()
				if tt.stored {
					require.Equal(t, int64(1), ana.oks[req].Rev)
					require.Equal(t, int64(1), ben.rev)
					return
				}
				require.Equal(t, protocol.CodeUnavailable, ana.errs[req].Code)
				require.True(t, ana.errs[req].Retryable)
				again := ana.send("1", note("r")...)
				ana.sync()
				require.Equal(t, int64(1), ana.oks[again].Rev)
			})
		})
	}
}

func TestMovedHeadIsCaughtUpAndTheBatchJudgedAnew(t *testing.T) {
	inHouse(t, Config{}, func(t *testing.T, h *house) {
		ana := h.join("ana")
		ana.send("1", note("r")...)
		ana.sync()
		// Another instance commits a text that Ana has not seen.
		other := NewState(protocol.DefaultLimits())
		log := h.store.log()
		require.NoError(t, other.commit(&log[0]))
		row, refusal := other.scratch().judge(editor("far"), &protocol.Change{ID: id("far"), Base: 1, Writes: []protocol.Write{
			write("r", "text", str("from afar")),
		}}, 1)
		require.Nil(t, refusal)
		require.NoError(t, h.store.Commit(t.Context(), "room", 1, []Row{row}))

		move := ana.send("2", write("r", "x", num(4)))
		ana.sync()
		require.Equal(t, int64(3), ana.oks[move].Rev)
		require.Equal(t, str("from afar"), ana.records[id("r")]["text"])
		h.store.mu.Lock()
		h.store.rows = append(h.store.rows, Row{Committed: protocol.Committed{Rev: 4, ID: id("far2"), Session: "far", User: "f", Writes: []protocol.Write{write("r", "text", str("again"))}}})
		h.store.mu.Unlock()
		text := ana.send("3", write("r", "text", str("mine")))
		ana.sync()
		require.Equal(t, protocol.CodeConflict, ana.errs[text].Code, "judged in the one order")
	})
}

func TestStalledStoreStopsNoCursorAndRefusesWithUnavailable(t *testing.T) {
	inHouse(t, Config{CommitWait: 2 * time.Second}, func(t *testing.T, h *house) {
		ana, ben := h.join("ana"), h.join("ben")
		release := make(chan struct{})
		h.store.setFault(func([]Row) verdict { <-release; return store })
		first := ana.send("1", note("r")...)
		ana.sync()
		second := ana.send("2", note("s")...)
		for i := range 20 {
			h.room().Cursor(ana.m, float32(i), 1)
			time.Sleep(time.Second)
			ben.sync()
			require.Equal(t, [2]float32{float32(i), 1}, ben.cursors[ana.m])
		}
		ana.sync()
		require.NotContains(t, ana.oks, first)
		require.NotContains(t, ana.errs, first, "its outcome is not known yet")
		require.Equal(t, protocol.CodeUnavailable, ana.errs[second].Code)
		require.Positive(t, ana.errs[second].RetryAfterMS)
		require.Zero(t, ana.out.closed)
		late := h.join("late")
		require.True(t, late.live, "joining goes on")
		close(release)
		again := ana.send("2", note("s")...)
		ana.sync()
		require.Contains(t, ana.oks, first)
		require.Contains(t, ana.oks, again)
	})
}

func TestChangesBeyondTheBudgetAreRefusedAtOnce(t *testing.T) {
	inHouse(t, Config{PendingBytes: 4000}, func(t *testing.T, h *house) {
		ana := h.join("ana")
		release := make(chan struct{})
		h.store.setFault(func([]Row) verdict { <-release; return store })
		for i := range 20 {
			ana.send(fmt.Sprint(i), note(fmt.Sprint("r", i))...)
		}
		ana.sync()
		require.NotEmpty(t, ana.errs)
		for _, e := range ana.errs {
			require.Equal(t, protocol.CodeUnavailable, e.Code, describe(e))
		}
		close(release)
		ana.sync()
		require.Len(t, ana.oks, 20-len(ana.errs))
		require.Zero(t, h.room().budget)
	})
}

func TestResumeBringsExactlyWhatWasMissed(t *testing.T) {
	tests := map[string]struct {
		missed  int
		forget  bool // the tail, so that the log is read
		spoil   func(*protocol.Resume)
		resumed bool
	}{
		"nothing missed":                  {0, false, nil, true},
		"from memory":                     {10, false, nil, true},
		"from the log":                    {2000, true, nil, true},
		"another epoch":                   {3, false, func(r *protocol.Resume) { r.Epoch = "other" }, false},
		"another change at the revision":  {3, false, func(r *protocol.Resume) { r.LastChange = id("other") }, false},
		"another change, from the log":    {3, true, func(r *protocol.Resume) { r.LastChange = id("other") }, false},
		"another change at the head":      {0, false, func(r *protocol.Resume) { r.LastChange = id("other") }, false},
		"from the future":                 {3, false, func(r *protocol.Resume) { r.Rev = 1 << 40 }, false},
		"from before the beginning":       {3, false, func(r *protocol.Resume) { r.Rev = -5 }, false},
		"so much that a snapshot is less": {20_000, true, nil, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			inHouse(t, Config{PendingBytes: 1 << 30, CommitWait: time.Hour}, func(t *testing.T, h *house) {
				ana, ben := h.join("ana"), h.join("ben")
				ana.send("0", note("r")...)
				ana.sync()
				ben.sync()
				h.room().Detach(ben.m, ben.out)
				for i := range tt.missed {
					ana.send(fmt.Sprint("m", i), write("r", "x", num(float64(i+1))))
				}
				ana.sync()
				if tt.forget {
					h.room().tail = newTail()
				}
				resume := resumeOf(ben.replica)
				if tt.spoil != nil {
					tt.spoil(resume)
				}
				ben.revs = nil
				m := ben.m
				ben.attach(resume)
				require.Equal(t, tt.resumed, ben.welcome.Resumed)
				require.Equal(t, m, ben.m, "[P20] a session that is still a member keeps its number")
				require.True(t, ben.live)
				require.Equal(t, ana.canvas(), ben.canvas())
				if tt.resumed {
					require.Len(t, ben.revs, tt.missed)
				}
			})
		})
	}
}

func TestNewerSocketOfASessionWins(t *testing.T) {
	inHouse(t, Config{}, func(t *testing.T, h *house) {
		ana := h.join("ana")
		old := ana.out
		ana.attach(nil)
		require.Equal(t, protocol.CloseReplaced, old.closed)
		h.room().Detach(ana.m, old) // the old reader notices late
		req := ana.send("1", note("r")...)
		ana.sync()
		require.Contains(t, ana.oks, req)
	})
}

func TestSlowMemberGetsTheKeyframeAndNobodyWaits(t *testing.T) {
	inHouse(t, Config{}, func(t *testing.T, h *house) {
		ana, ben, slow := h.join("ana"), h.join("ben"), h.join("slow")
		time.Sleep(time.Second)
		slow.sync()
		slow.out.mu.Lock()
		slow.out.slow, slow.out.keys = true, 0
		slow.out.mu.Unlock()
		h.room().Cursor(ana.m, 1, 2)
		time.Sleep(time.Second)
		h.room().Cursor(ben.m, 3, 4)
		slow.sync()
		require.Equal(t, 2, slow.out.keys)
		require.Equal(t, [2]float32{1, 2}, slow.cursors[ana.m])
		require.Equal(t, [2]float32{3, 4}, slow.cursors[ben.m])
		ben.sync()
		require.Zero(t, ben.out.keys, "who keeps up needs none")
	})
}

func TestFirstMovementIsSentAtOnceAndThenOncePerTick(t *testing.T) {
	inHouse(t, Config{Tick: 20 * time.Millisecond}, func(t *testing.T, h *house) {
		ana := h.join("ana")
		time.Sleep(time.Second)
		ana.sync()
		h.room().Cursor(ana.m, 0, 0)
		ana.sync()
		require.Equal(t, [2]float32{0, 0}, ana.cursors[ana.m], "no time has passed")
		frames := 0
		for i := range 100 {
			h.room().Cursor(ana.m, float32(i), 0)
			time.Sleep(time.Millisecond)
			synctest.Wait()
			ana.out.mu.Lock()
			frames += len(ana.out.latest)
			ana.out.mu.Unlock()
			ana.sync()
		}
		require.Equal(t, 5, frames)
	})
}

func TestIdleRoomSleeps(t *testing.T) {
	inHouse(t, Config{}, func(t *testing.T, h *house) {
		ana := h.join("ana")
		time.Sleep(time.Second)
		ana.sync()
		r := h.room()
		require.Greater(t, r.nextDue(time.Now()), 50*time.Minute, "no ticks while nothing happens")
	})
}

func TestMembersSeeEachOtherComeChangeAndGo(t *testing.T) {
	inHouse(t, Config{}, func(t *testing.T, h *house) {
		ana := h.join("ana")
		ben := h.join("ben")
		time.Sleep(time.Second)
		ana.sync()
		require.Len(t, ana.members, 2)
		h.room().SetRole("user-ben", protocol.RoleViewer)
		time.Sleep(time.Second)
		ana.sync()
		require.Equal(t, protocol.RoleViewer, ana.members[ben.m].Role)
		req := ben.send("1", note("r")...)
		ben.sync()
		require.Equal(t, protocol.CodeForbidden, ben.errs[req].Code, "judged by the role of now")
		h.room().SetRole("user-ben", "")
		time.Sleep(time.Second)
		ana.sync()
		require.Len(t, ana.members, 1)
		require.Equal(t, protocol.CloseForbidden, ben.out.closed)
	})
}

func TestPresenceMergesAndIsBounded(t *testing.T) {
	inHouse(t, Config{}, func(t *testing.T, h *house) {
		ana, ben := h.join("ana"), h.join("ben")
		patch := func(body map[string]any) uint64 {
			v, err := protocol.ValueOf(body)
			require.NoError(t, err)
			ana.req++
			h.room().Presence(ana.m, ana.req, []byte(v))
			time.Sleep(time.Second)
			ana.sync()
			return ana.req
		}
		require.Contains(t, ana.oks, patch(map[string]any{"status": "here", "colour": "red"}))
		require.Contains(t, ana.oks, patch(map[string]any{"status": nil}))
		require.Equal(t, protocol.CodePayloadTooLarge, ana.errs[patch(map[string]any{"big": strings.Repeat("x", 3000)})].Code)
		late := h.join("late")
		want, err := protocol.ValueOf(map[string]any{"colour": "red"})
		require.NoError(t, err)
		require.Equal(t, string(want), string(late.members[ana.m].State))
		ben.sync()
	})
}

func TestEventReachesOthersOrThoseItNames(t *testing.T) {
	inHouse(t, Config{}, func(t *testing.T, h *house) {
		ana, ben, cleo := h.join("ana"), h.join("ben"), h.join("cleo")
		h.room().Event(ana.m, 1, protocol.Event{Topic: "wave"})
		h.room().Event(ana.m, 2, protocol.Event{Topic: "whisper", To: []uint32{cleo.m}})
		h.room().Event(ana.m, 3, protocol.Event{Topic: ""})
		ana.sync()
		ben.sync()
		cleo.sync()
		require.Len(t, ben.notices, 1)
		require.Len(t, cleo.notices, 2)
		require.Empty(t, ana.notices)
		require.Len(t, ana.oks, 2)
		require.Equal(t, protocol.CodeInvalidInput, ana.errs[3].Code)
	})
}

func TestEmptyRoomIsUnloadedAndLoadsAgainWithEverything(t *testing.T) {
	inHouse(t, Config{}, func(t *testing.T, h *house) {
		ana := h.join("ana")
		for i := range 700 {
			ana.send(fmt.Sprint(i), note(fmt.Sprint("r", i))...)
			if i%50 == 0 {
				ana.sync()
			}
		}
		ana.sync()
		before := ana.canvas()
		require.Len(t, before, 700)
		require.Positive(t, h.store.snapRev, "a snapshot was saved on the way")
		first := h.room()
		first.Leave(ana.m)
		time.Sleep(61 * time.Second)
		synctest.Wait()
		require.Nil(t, h.registry.Loaded("room"))
		ben := h.join("ben")
		require.NotSame(t, first, h.room())
		require.Equal(t, before, ben.canvas())
	})
}

func TestRoomIsNotUnloadedUnderAJoin(t *testing.T) {
	inHouse(t, Config{}, func(t *testing.T, h *house) {
		h.room()
		time.Sleep(59 * time.Second)
		ana := h.join("ana")
		time.Sleep(10 * time.Minute)
		req := ana.send("1", note("r")...)
		ana.sync()
		require.Contains(t, ana.oks, req)
	})
}

func TestDeletedRoomClosesItsMembers(t *testing.T) {
	inHouse(t, Config{}, func(t *testing.T, h *house) {
		ana := h.join("ana")
		h.room().Close(protocol.CloseRoomDeleted, "deleted")
		ana.sync()
		require.Equal(t, protocol.CloseRoomDeleted, ana.out.closed)
		h.store.gone = true
		_, err := h.registry.Room(t.Context(), "room")
		require.ErrorIs(t, err, ErrNoRoom)
	})
}

func TestApplyWaitsUntilDurableAndIsIdempotent(t *testing.T) {
	inHouse(t, Config{}, func(t *testing.T, h *house) {
		by := Author{Session: "generation", User: "generation", Role: protocol.RoleOwner}
		for range 2 {
			got, err := h.room().Apply(t.Context(), by, protocol.Change{ID: id("1"), Writes: note("r")})
			require.NoError(t, err)
			require.Equal(t, int64(1), got.Rev)
		}
		_, err := h.room().Apply(t.Context(), by, protocol.Change{ID: id("2"), Writes: []protocol.Write{write("nobody", "x", num(1))}})
		require.Equal(t, protocol.CodeNotFound, protocol.CodeOf(err))
	})
}

func TestRegistryCloseCommitsWhatIsPending(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := &house{t: t, store: newMemStore()}
		h.registry = NewRegistry(h.store, Config{})
		ana := h.join("ana")
		h.store.setFault(func([]Row) verdict { time.Sleep(time.Second); return store })
		first, second := ana.send("1", note("r")...), ana.send("2", note("s")...)
		require.NoError(t, h.registry.Close(context.Background()))
		ana.take(ana.out)
		require.Contains(t, ana.oks, first)
		require.Contains(t, ana.oks, second)
		require.Equal(t, protocol.CloseDraining, ana.out.closed)
		require.Len(t, h.store.log(), 2)
		_, err := h.registry.Room(context.Background(), "room")
		require.Equal(t, protocol.CodeUnavailable, protocol.CodeOf(err))
	})
}

func TestFullRoomRefusesTheNextMember(t *testing.T) {
	limits := protocol.DefaultLimits()
	limits.MembersPerRoom = 2
	inHouse(t, Config{Limits: limits}, func(t *testing.T, h *house) {
		h.join("a")
		h.join("b")
		_, err := h.room().Join(t.Context(), JoinRequest{Session: "c", User: "c", Outbox: &stream{}})
		require.Equal(t, protocol.CodeUnavailable, protocol.CodeOf(err))
	})
}
