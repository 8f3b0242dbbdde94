package storetest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"atelier/hub/auth"
	"atelier/protocol"
)

// Tickets is what every store of tickets passes, whose clock is now and which knows the user u.
func Tickets(t *testing.T, store auth.TicketStore, u auth.User, now func() time.Time, wait func(time.Duration)) {
	t.Helper()
	in := func(d time.Duration) auth.Ticket {
		return auth.Ticket{User: u, Until: now().Add(time.Hour).UTC(), Room: "room", Expires: now().Add(d).UTC()}
	}
	first, second, never := hash("1"), hash("2"), hash("3")
	require.NoError(t, store.PutTicket(t.Context(), first, in(30*time.Second)))
	require.NoError(t, store.PutTicket(t.Context(), second, in(30*time.Second)))
	got, err := store.TakeTicket(t.Context(), first)
	require.NoError(t, err)
	require.Equal(t, in(30*time.Second), got)
	_, err = store.TakeTicket(t.Context(), first)
	requireCode(t, protocol.CodeNotFound, err) // once
	_, err = store.TakeTicket(t.Context(), never)
	requireCode(t, protocol.CodeNotFound, err)
	wait(30 * time.Second)
	_, err = store.TakeTicket(t.Context(), second)
	requireCode(t, protocol.CodeNotFound, err) // too late
	forever := in(30 * time.Second)
	forever.Until = time.Time{}
	require.NoError(t, store.PutTicket(t.Context(), never, forever))
	got, err = store.TakeTicket(t.Context(), never)
	require.NoError(t, err)
	require.True(t, got.Until.IsZero())
}
