package postgres

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/require"

	"atelier/protocol"
	"atelier/rooms"
)

func TestWhatMayPassIsUnavailable(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]protocol.Code{
		"08006": protocol.CodeUnavailable, // the connection failed
		"53100": protocol.CodeUnavailable, // the disk is full
		"53300": protocol.CodeUnavailable, // too many connections
		"55P03": protocol.CodeUnavailable, // waited too long for a lock
		"57014": protocol.CodeUnavailable, // took too long
		"57P01": protocol.CodeUnavailable, // the server shuts down
		"58030": protocol.CodeUnavailable, // the disk fails
		"40P01": protocol.CodeUnavailable, // a deadlock, time after time
		"23505": protocol.CodeInternal,    // a second row with the same key
		"42501": protocol.CodeInternal,    // not allowed
		"42601": protocol.CodeInternal,    // not SQL
	} {
		err := fmt.Errorf("commit: %w", &pgconn.PgError{Code: code})
		require.Equal(t, want, protocol.CodeOf(unavailable(err)), code)
		require.ErrorIs(t, unavailable(err), err)
	}
	require.NoError(t, unavailable(nil))
	require.Equal(t, rooms.ErrNoRoom, unavailable(rooms.ErrNoRoom))
	require.Equal(t, context.Canceled, unavailable(context.Canceled))
	coded := protocol.Errorf(protocol.CodeNotFound, "no such room")
	require.Equal(t, coded, unavailable(coded))
	require.Equal(t, protocol.CodeInternal, protocol.CodeOf(unavailable(errors.New("the log has a gap"))))
}

func TestAServerThatIsNotThereCannotBeOpened(t *testing.T) {
	t.Parallel()
	_, err := Open(t.Context(), "postgres://nobody:hidden@127.0.0.1:1/none", Options{})
	require.ErrorContains(t, err, "127.0.0.1")
	require.NotContains(t, err.Error(), "hidden")
	_, err = Open(t.Context(), "postgres://nobody:hidden@127.0.0.1:port/none", Options{})
	require.ErrorContains(t, err, "the address of the database")
	require.NotContains(t, err.Error(), "hidden")
}
