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

// house is a registry with one room on a store in memory, in a synctest bubble.
type house struct {
	t        *testing.T
	store    *memStore
	registry *Registry
}

// inHouse runs a test with virtual time; everything is still when wait returns.
func inHouse(t *testing.T, cfg Config, f func(h *house)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		h := &house{t: t, store: newMemStore()}
		h.registry = NewRegistry(h.store, cfg)
		defer func() { require.NoError(t, h.registry.Close(context.Background())) }()
		f(h)
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

func TestEmptyRoomIsUnloadedAndLoadsAgainWithEverything(t *testing.T) {
	inHouse(t, Config{}, func(h *house) {
		t := h.t
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
	inHouse(t, Config{}, func(h *house) {
		t := h.t
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
	inHouse(t, Config{}, func(h *house) {
		t := h.t
		ana := h.join("ana")
		h.room().Close(protocol.CloseRoomDeleted, "deleted")
		ana.sync()
		require.Equal(t, protocol.CloseRoomDeleted, ana.out.closed)
		h.store.gone = true
		_, err := h.registry.Room(t.Context(), "room")
		require.ErrorIs(t, err, ErrNoRoom)
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
