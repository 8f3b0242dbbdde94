package rooms

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"atelier/protocol"
)

func TestChangeIsShownToAllAndAcknowledgedAfterCommit(t *testing.T) {
	inHouse(t, Config{}, func(h *house) {
		t := h.t
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
	inHouse(t, Config{}, func(h *house) {
		t := h.t
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
		require.Equal(t, int64(1), g.oks[again].Rev, "[P33] the first answer")
		require.Equal(t, protocol.CodeInvalidInput, g.errs[other].Code, "other content with the same id")
		require.Len(t, g.h.store.log(), 1)
	}
	t.Run("while it is in memory", func(t *testing.T) {
		inHouse(t, Config{}, func(h *house) {
			t := h.t
			ana := h.join("ana")
			ana.send("1", note("r")...)
			ana.sync()
			resend(t, ana)
		})
	})
	t.Run("from the log", func(t *testing.T) {
		inHouse(t, Config{}, func(h *house) {
			t := h.t
			ana := h.join("ana")
			ana.send("1", note("r")...)
			ana.sync()
			h.room().tail = newTail()
			resend(t, ana)
		})
	})
	t.Run("while it is in flight", func(t *testing.T) {
		inHouse(t, Config{}, func(h *house) {
			t := h.t
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
		inHouse(t, Config{}, func(h *house) {
			t := h.t
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
			inHouse(t, Config{}, func(h *house) {
				t := h.t
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
	inHouse(t, Config{}, func(h *house) {
		t := h.t
		ana := h.join("ana")
		ana.send("1", note("r")...)
		ana.sync()
		// Another instance commits a text that Ana has not seen.
		other := NewState(protocol.NewSchema(protocol.DefaultLimits()))
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
		require.NotNil(t, ana.oks[text].Branched, "judged in the one order: %v", ana.errs[text])
	})
}

func TestStalledStoreStopsNoCursorAndRefusesWithUnavailable(t *testing.T) {
	inHouse(t, Config{CommitWait: 2 * time.Second}, func(h *house) {
		t := h.t
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
	inHouse(t, Config{PendingBytes: 4000}, func(h *house) {
		t := h.t
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

func TestApplyWaitsUntilDurableAndIsIdempotent(t *testing.T) {
	inHouse(t, Config{}, func(h *house) {
		t := h.t
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

func TestResendingOneChangeStaysWithinTheBudget(t *testing.T) {
	inHouse(t, Config{PendingBytes: 4000}, func(h *house) {
		t := h.t
		ana := h.join("ana")
		release := make(chan struct{})
		h.store.setFault(func([]Row) verdict { <-release; return store })
		for range 100 {
			ana.send("1", note("r")...)
		}
		ana.sync()
		require.NotEmpty(t, ana.errs)
		require.LessOrEqual(t, h.room().budget, 4000)
		close(release)
		ana.sync()
		require.Len(t, ana.oks, 100-len(ana.errs))
		require.Zero(t, h.room().budget)
	})
}
