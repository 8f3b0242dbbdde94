package protocol_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"atelier/protocol"
)

func TestCodedErrorsAreFoundThroughWrapping(t *testing.T) {
	err := fmt.Errorf("open room: %w", protocol.Errorf(protocol.CodeNotFound, "no such room"))
	require.Equal(t, protocol.CodeNotFound, protocol.CodeOf(err))
	require.ErrorIs(t, err, &protocol.Error{Code: protocol.CodeNotFound})
	require.NotErrorIs(t, err, &protocol.Error{Code: protocol.CodeConflict})
}

func TestInnerErrorsTellTheClientNothing(t *testing.T) {
	e := protocol.AsError(errors.New("dial 10.0.0.7: password is hunter2"))
	require.Equal(t, protocol.CodeInternal, e.Code)
	require.NotContains(t, e.Message, "hunter2")
	require.Empty(t, protocol.CodeOf(nil))
}

func TestAfterIsRetryableAndRoundsUp(t *testing.T) {
	plain := protocol.Errorf(protocol.CodeConflict, "busy")
	later := plain.After(time.Microsecond)
	require.True(t, later.Retryable)
	require.EqualValues(t, 1, later.RetryAfterMS)
	require.False(t, plain.Retryable, "the original stays")
}

func TestOnlyPassingTroubleIsRetryable(t *testing.T) {
	require.True(t, protocol.CodeRateLimited.Retryable())
	require.True(t, protocol.CodeUnavailable.Retryable())
	for _, c := range []protocol.Code{protocol.CodeConflict, protocol.CodeForbidden, protocol.CodeInternal, protocol.CodeProviderError} {
		require.False(t, c.Retryable(), c)
	}
}

func TestCloseCodesTellWhetherToReconnect(t *testing.T) {
	for code, again := range map[protocol.CloseCode]bool{
		protocol.CloseDraining: true, protocol.CloseHeartbeat: true, protocol.CloseRoomUnavailable: true,
		1000: true, 1001: true, 1006: true, 1011: true,
		protocol.CloseReplaced: false, protocol.CloseUnauthenticated: false, protocol.CloseForbidden: false,
		protocol.CloseProtocol: false, protocol.CloseRoomDeleted: false, protocol.CloseVersion: false,
	} {
		require.Equal(t, again, code.Reconnect(), "[P80] %d", code)
	}
}
