package rooms

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"atelier/protocol"
)

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
			inHouse(t, Config{PendingBytes: 1 << 30, CommitWait: time.Hour}, func(h *house) {
				t := h.t
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
	inHouse(t, Config{}, func(h *house) {
		t := h.t
		ana := h.join("ana")
		old := ana.out
		ana.attach(nil)
		require.Equal(t, protocol.CloseReplaced, old.closed, "[P22] the older is closed")
		h.room().Detach(ana.m, old) // the old reader notices late
		req := ana.send("1", note("r")...)
		ana.sync()
		require.Contains(t, ana.oks, req)
	})
}

func TestMembersSeeEachOtherComeChangeAndGo(t *testing.T) {
	inHouse(t, Config{}, func(h *house) {
		t := h.t
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

func TestFullRoomRefusesTheNextMember(t *testing.T) {
	limits := protocol.DefaultLimits()
	limits.MembersPerRoom = 2
	inHouse(t, Config{Limits: limits}, func(h *house) {
		t := h.t
		h.join("a")
		h.join("b")
		_, err := h.room().Join(t.Context(), JoinRequest{Session: "c", User: "c", Outbox: &stream{}})
		require.Equal(t, protocol.CodeUnavailable, protocol.CodeOf(err), "[P74] members_per_room")
	})
}

func TestMemberNumbersAreNeverUsedAgain(t *testing.T) {
	inHouse(t, Config{}, func(h *house) {
		t := h.t
		used := make(map[uint32]bool)
		for range 3 {
			for _, name := range []string{"ana", "ben"} {
				m := h.join(name).m
				require.False(t, used[m], "[P23] %d was somebody else's", m)
				used[m] = true
			}
			for m := range used {
				h.room().Leave(m)
			}
			time.Sleep(time.Hour)
			require.Nil(t, h.registry.Loaded("room"), "a room that was unloaded goes on with new numbers")
		}
	})
}

func TestJoinThatNobodyWaitsForLeavesNoMember(t *testing.T) {
	inHouse(t, Config{}, func(h *house) {
		t := h.t
		busy := make(chan struct{})
		h.room().inbox.put(event{do: func() { <-busy }})
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err := h.room().Join(ctx, JoinRequest{Session: "s", User: "u", Role: protocol.RoleEditor, Outbox: &stream{}})
		require.ErrorIs(t, err, context.Canceled)
		close(busy)
		synctest.Wait()
		require.Empty(t, h.room().roster)
	})
}
