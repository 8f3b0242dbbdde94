package hub_test

import (
	"context"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"atelier/hub/auth"
	"atelier/protocol"
)

// pausing is a directory whose next Access, once it has read, waits.
type pausing struct {
	auth.RoomStore

	armed atomic.Bool
	read  chan struct{}
	on    chan struct{}
}

func (p *pausing) Access(ctx context.Context, room, user string) (auth.Room, protocol.Role, error) {
	r, role, err := p.RoomStore.Access(ctx, room, user)
	if p.armed.CompareAndSwap(true, false) {
		p.read <- struct{}{}
		<-p.on
	}
	return r, role, err
}

func TestARoleIsNotOvertakenByAnOlderOne(t *testing.T) {
	slow := &pausing{read: make(chan struct{}), on: make(chan struct{})}
	h := build(t, plan{auth: func(c *auth.Config) {
		slow.RoomStore = c.Stores.Rooms
		c.Stores.Rooms = slow
	}})
	owner, ana := h.as(protocol.RoleOwner), h.as(protocol.RoleEditor)
	room := ana.room(false)
	c, _ := ana.join(room)
	become := func(role protocol.Role) <-chan struct{} {
		done := make(chan struct{})
		go func() {
			defer close(done)
			res, err := h.client.Do(owner.request(http.MethodPatch, "/v1/people/"+ana.id, map[string]any{"role": role}))
			if err == nil {
				_ = res.Body.Close()
			}
		}()
		return done
	}
	slow.armed.Store(true)
	raised := become(protocol.RoleOwner)
	<-slow.read // the role is known to be owner, and not applied yet
	lowered := become(protocol.RoleViewer)
	select {
	case <-lowered: // it overtook
	case <-time.After(200 * time.Millisecond): // it waits
	}
	slow.on <- struct{}{}
	<-raised
	<-lowered
	c.command(protocol.TypeChange, 1, note("as a viewer"))
	_, refusal := c.reply(1)
	require.NotNil(t, refusal)
	require.Equal(t, protocol.CodeForbidden, refusal.Code)
}
