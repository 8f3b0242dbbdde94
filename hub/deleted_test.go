package hub_test

import (
	"context"
	"net/http"
	"sync/atomic"
	"testing"

	"atelier/protocol"
	"atelier/rooms"
)

// loading is a store whose next Load, once it has read, waits.
type loading struct {
	rooms.Store

	armed atomic.Bool
	read  chan struct{}
	on    chan struct{}
}

func (l *loading) Load(ctx context.Context, room string) (rooms.Stored, error) {
	stored, err := l.Store.Load(ctx, room)
	if l.armed.CompareAndSwap(true, false) {
		l.read <- struct{}{}
		<-l.on
	}
	return stored, err
}

func TestWhoJoinsARoomWhileItIsDeletedIsSentAway(t *testing.T) {
	slow := &loading{read: make(chan struct{}), on: make(chan struct{})}
	h := build(t, plan{rooms: func(s rooms.Store) rooms.Store {
		slow.Store = s
		return slow
	}})
	owner, ana := h.as(protocol.RoleOwner), h.as(protocol.RoleEditor)
	room := ana.room(false)
	slow.armed.Store(true)
	c := ana.dial(room)
	c.command(protocol.TypeHello, 0, protocol.Hello{V: protocol.Version})
	<-slow.read // the room was there when it was loaded
	owner.ok(http.MethodDelete, "/v1/rooms/"+room, nil, nil)
	slow.on <- struct{}{}
	c.endsWith(protocol.CloseForbidden)
}
