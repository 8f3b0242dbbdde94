package rooms

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"atelier/protocol"
)

func TestSlowMemberGetsTheKeyframeAndNobodyWaits(t *testing.T) {
	inHouse(t, Config{}, func(h *house) {
		t := h.t
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
		require.Equal(t, 2, slow.out.keys, "[P25] who missed a frame gets all that is current")
		require.Equal(t, [2]float32{1, 2}, slow.cursors[ana.m])
		require.Equal(t, [2]float32{3, 4}, slow.cursors[ben.m])
		ben.sync()
		require.Zero(t, ben.out.keys, "who keeps up needs none")
	})
}

func TestFirstMovementIsSentAtOnceAndThenOncePerTick(t *testing.T) {
	inHouse(t, Config{Tick: 20 * time.Millisecond}, func(h *house) {
		t := h.t
		ana := h.join("ana")
		time.Sleep(time.Second)
		ana.sync()
		h.room().Cursor(ana.m, 0, 0)
		ana.sync()
		require.Equal(t, [2]float32{0, 0}, ana.cursors[ana.m], "[P25] no time has passed")
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
	inHouse(t, Config{}, func(h *house) {
		t := h.t
		ana := h.join("ana")
		time.Sleep(time.Second)
		ana.sync()
		r := h.room()
		require.Greater(t, r.nextDue(time.Now()), 50*time.Minute, "no ticks while nothing happens")
	})
}

func TestPresenceMergesAndIsBounded(t *testing.T) {
	inHouse(t, Config{}, func(h *house) {
		t := h.t
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
	inHouse(t, Config{}, func(h *house) {
		t := h.t
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

func TestAnEventNamesNobodyTwiceAndNoMoreThanARoomHolds(t *testing.T) {
	inHouse(t, Config{}, func(h *house) {
		t := h.t
		ana, ben := h.join("ana"), h.join("ben")
		crowd := make(protocol.Numbers, protocol.DefaultLimits().MembersPerRoom+1)
		for i := range crowd {
			crowd[i] = ben.m
		}
		h.room().Event(ana.m, 1, protocol.Event{Topic: "wave", To: crowd})
		h.room().Event(ana.m, 2, protocol.Event{Topic: "wave", To: crowd[1:]})
		h.room().Event(ana.m, 3, protocol.Event{Topic: "wave", To: protocol.Numbers{1 << 31}})
		ana.sync()
		ben.sync()
		require.Equal(t, protocol.CodeInvalidInput, ana.errs[1].Code, "the actor's work for one event is bounded")
		require.Len(t, ana.oks, 2)
		require.Len(t, ben.notices, 1, "named often, told once")
	})
}
