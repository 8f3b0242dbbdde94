package postgres

import (
	"context"
	"net"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"atelier/persist/storetest"
)

// trips counts how often something was sent after an answer had come: round trips, also where a message takes several writes.
type trips struct{ n atomic.Int64 }

type counted struct {
	net.Conn

	answered atomic.Bool
	trips    *trips
}

func (c *counted) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	if n > 0 {
		c.answered.Store(true)
	}
	return n, err //nolint:wrapcheck // it stands for the connection
}

func (c *counted) Write(b []byte) (int, error) {
	if c.answered.Swap(false) {
		c.trips.n.Add(1)
	}
	return c.Conn.Write(b) //nolint:wrapcheck // as above
}

func TestACommitIsOneRoundTrip(t *testing.T) {
	t.Parallel()
	server := newServer(t)
	address := server.URLAs(keeper, kept(server))
	require.NoError(t, MigrateUp(t.Context(), address))
	opts := Options{Connections: 1}.withDefaults()
	conf, err := configOf(address, opts)
	require.NoError(t, err)
	made := &trips{}
	conf.ConnConfig.DialFunc = func(ctx context.Context, network, addr string) (net.Conn, error) {
		conn, err := (&net.Dialer{}).DialContext(ctx, network, addr)
		return &counted{Conn: conn, trips: made}, err
	}
	db, err := start(t.Context(), conf, opts)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	makeRoom(t, db, "team", "room")

	require.NoError(t, db.Commit(t.Context(), "room", 0, storetest.Rows("a", 0, 1)), "which prepares the statements")
	for head := int64(1); head < 500; head += head {
		before := made.n.Load()
		require.NoError(t, db.Commit(t.Context(), "room", head, storetest.Rows("a", head, int(head))))
		require.EqualValues(t, 1, made.n.Load()-before, "of %d rows", head)
	}
}
