package e2e

import (
	"context"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"atelier/client"
)

// guest signs in by a name.
func guest(t *testing.T, url, name string) *client.API {
	t.Helper()
	api, err := client.NewAPI(url, client.Identity{}, nil)
	require.NoError(t, err)
	_, err = api.Guest(soon(t), name)
	require.NoError(t, err)
	return api
}

// enter joins a room as somebody signed in. Reconnects come fast, because tests are short.
func enter(t *testing.T, url, room string, api *client.API) *client.Room {
	t.Helper()
	return enterListening(t, url, room, api, nil)
}

func enterListening(t *testing.T, url, room string, api *client.API, events *client.Subscription) *client.Room {
	t.Helper()
	r, err := client.Join(soon(t), client.Options{
		URL: url, Room: room, Cookie: api.Cookie(), Client: "e2e", Events: events,
		Jitter: func() float64 { return rand.Float64() / 20 },
	})
	require.NoError(t, err)
	t.Cleanup(func() { _ = r.Close() })
	return r
}

func newRoom(t *testing.T, api *client.API) string {
	t.Helper()
	entry, err := api.CreateRoom(soon(t), "Room")
	require.NoError(t, err)
	return entry.ID
}

func soon(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	t.Cleanup(cancel)
	return ctx
}

// until waits for a state of a room's replica.
func until(t *testing.T, r *client.Room, what string, ok func() bool) {
	t.Helper()
	require.NoError(t, r.Until(soon(t), ok), what)
}

// agree waits until a replica is the server's canvas.
func agree(t *testing.T, rooms ...*client.Room) {
	t.Helper()
	rev, truth, err := rooms[0].API().Records(soon(t), rooms[0].Info().ID)
	require.NoError(t, err)
	want := make(map[string]client.Record, len(truth))
	for _, rec := range truth {
		want[rec.ID] = rec
	}
	for i, r := range rooms {
		until(t, r, "caught up", func() bool { return r.Live() && r.Rev() >= rev })
		have := make(map[string]client.Record)
		_, records := r.Records()
		for _, rec := range records {
			have[rec.ID] = rec
		}
		require.Equal(t, want, have, "replica %d", i)
	}
}
